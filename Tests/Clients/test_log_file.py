"""The log file of a server while it is rotated, and on a disk that is full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from http_program import HTTPProgram, fields, wait_until
from test_http_accounts import call

WARNING = "the log is on standard error only"


def lines(folder: Path) -> list[str]:
    """Of all files of the log, whole ones only."""
    found = []
    for path in sorted(folder.glob("oe-mcp.log*")):
        text = path.read_text() if path.suffix != ".lock" else ""
        assert text == "" or text.endswith("\n"), path
        found += text.splitlines()
    return found


def test_a_log_that_is_rotated_by_itself_and_by_others_loses_no_line(serve, remote, pair, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    log = folder / "oe-mcp.log"
    program = serve(**remote, MCP_RATE_LIMITS="off", LOG_FILE=log, LOG_FILE_MAX_BYTES=65_536, LOG_FILE_KEEP=1000)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(program.post, call(), fields(pair)) for _ in range(1000)]
        for number in (100, 300):
            assert calls[number].result().status == 200
            # As logrotate does, while lines are written.
            log.rename(folder / f"oe-mcp.log-{number}")
        assert all(each.result().status == 200 for each in calls)
    assert program.end() == 0
    said = program.log.splitlines()
    assert WARNING not in program.log and (folder / "oe-mcp.log.1").exists()
    assert sorted(lines(folder)) == sorted(said)


FULL = """
mount -t tmpfs -o size=128k,mode=700 tmpfs "$0"
exec "$@"
"""


@pytest.fixture
def on_small_disk(oe_mcp_http: str, tmp_path: Path) -> Iterator:
    """Serve with a log on a disk of 128 KiB, which only the program sees; the other way there is by its process."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a disk of one's own takes root's rights on Linux")
    running: list[HTTPProgram] = []
    disk = tmp_path / "disk"
    disk.mkdir()
    launcher = tmp_path / "launcher"
    mounted = [shutil.which("unshare"), "--mount", "/bin/sh", "-ec", FULL, str(disk), oe_mcp_http]
    launcher.write_text("#!/bin/sh\nexec " + subprocess.list2cmdline(mounted).replace("$", "\\$") + ' "$@"\n')
    launcher.chmod(0o755)

    def start(**settings: object) -> tuple[HTTPProgram, Path]:
        running.append(HTTPProgram(str(launcher), tmp_path, **settings, LOG_FILE=disk / "oe-mcp.log"))
        return running[-1], Path(f"/proc/{running[-1].process.pid}/root{disk}")

    yield start
    for each in running:
        each.__exit__()


def test_a_full_disk_costs_the_file_its_lines_and_no_one_an_answer(on_small_disk, remote, pair) -> None:
    program, disk = on_small_disk(**remote, MCP_RATE_LIMITS="off")
    # Something else takes most of it.
    (disk / "ballast").write_bytes(bytes(96 << 10))
    while WARNING not in program.log:
        assert program.post(call(), fields(pair)).status == 200
    for _ in range(20):
        assert program.post(call(), fields(pair)).status == 200
    warning = next(line for line in program.log.splitlines() if WARNING in line)
    assert program.log.count(WARNING) == 1 and "No space left" in warning, warning
    full = (disk / "oe-mcp.log").stat().st_size
    (disk / "ballast").unlink()
    assert program.post(call(), fields(pair)).status == 200
    wait_until(lambda: (disk / "oe-mcp.log").stat().st_size > full)
    text = (disk / "oe-mcp.log").read_text()
    # The line that the end of the room has cut off is one of its own.
    written = text[: text.rindex("\n")].splitlines()
    wait_until(lambda: len(set(written) - set(program.log.splitlines())) <= 1)
    assert written[-1] in program.log.splitlines()
    assert program.end() == 0
