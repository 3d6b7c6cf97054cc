"""What a person sees: tables that fit, styles on a terminal alone, and what is waited for; `--output` read by others' readers."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox_on_port import SANDBOX_CREDENTIAL, SandboxOnPort
from terminal import Terminal
from wire import ROOT, clean_environment

SEARCH = ["call", "--sandbox", "asset_explorer", "object_type=oetable", "limit=3"]

WRITE = [
    "call", "--sandbox", "create_tag", "tag_name==HYPERLINK(1)", "description=x", "create_directly_under_master=true",
    "parent_step_completed_by_user=true", "--set", "OVALEDGE_ALLOW_WRITES=all",
]  # fmt: skip


def run(program: str, home: Path, *words: str, **settings: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program, *words], stdin=subprocess.DEVNULL, capture_output=True, env=clean_environment(home, **settings),
        cwd=home, timeout=60,
    )  # fmt: skip


def shown(program: str, home: Path, *words: str, columns: int = 80, errors_only: bool = False, **settings: object) -> tuple[int, str]:
    """The exit code, and what a terminal of this width gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    output = subprocess.DEVNULL if errors_only else theirs
    variables = clean_environment(home, **({"TERM": "xterm"} | settings))
    with subprocess.Popen([program, *words], stdin=subprocess.DEVNULL, stdout=output, stderr=theirs, env=variables, cwd=home) as child:
        os.close(theirs)
        seen = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        code = child.wait(30)
    os.close(ours)
    return code, seen.decode()


def test_the_three_forms_say_the_same(oe_mcp: str, tmp_path: Path) -> None:
    found = json.loads(run(oe_mcp, tmp_path, *SEARCH, "--output", "json").stdout)["data"]["items"]
    text = run(oe_mcp, tmp_path, *SEARCH, "--output=csv").stdout
    assert text.count(b"\r\n") == 4 and text.endswith(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline=""), strict=True))
    assert [row["objectName"] for row in rows] == [item["objectName"] for item in found] and len(rows) == 3
    assert rows[0]["businessDescription.plainText"] == found[0]["businessDescription"]["plainText"]
    assert rows[0]["tags"] == "; ".join(found[0]["tags"])
    table = run(oe_mcp, tmp_path, *SEARCH, "--output", "table").stdout.decode().splitlines()
    assert len(table) == 4 and all(row["objectName"] in line for row, line in zip(rows, table[1:], strict=True))
    assert b"page=2" in run(oe_mcp, tmp_path, *SEARCH, "--output", "table").stderr


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_a_table_fits_the_terminal(oe_mcp: str, tmp_path: Path, columns: int) -> None:
    for words in (["tools"], SEARCH):
        code, text = shown(oe_mcp, tmp_path, *words, "--output", "table", columns=columns)
        lines = [re.sub(r"\x1b\[[01]m", "", line) for line in text.split("\r\n")]
        table = [line for line in lines if not line.startswith(("Not shown", "There is more"))]
        assert code == 0 and len(table) > 3 and max(map(len, table)) <= columns, table


def test_styles_are_for_terminals_and_not_for_who_wants_none(oe_mcp: str, tmp_path: Path) -> None:
    words = ["tools", "--output", "table"]
    assert shown(oe_mcp, tmp_path, *words)[1].startswith("\x1b[1mname")
    for plain in ({"NO_COLOR": 1}, {"TERM": "dumb"}):
        assert "\x1b" not in shown(oe_mcp, tmp_path, *words, **plain)[1]
    assert b"\x1b" not in run(oe_mcp, tmp_path, *words, TERM="xterm").stdout


def test_a_failed_call_makes_no_row(oe_mcp: str, tmp_path: Path) -> None:
    for form in ("table", "csv"):
        done = run(oe_mcp, tmp_path, "call", "--sandbox", "asset_details", "object_type=oetable", "--output", form)
        assert done.returncode == 1 and not done.stdout and b"object_id" in done.stderr
    done = run(oe_mcp, tmp_path, "tools", "--output", "xml")
    assert done.returncode == 64 and b"json, table, csv" in done.stderr


def test_tools_and_the_audit_log_have_the_three_forms(oe_mcp: str, tmp_path: Path) -> None:
    names = {tool["name"] for tool in json.loads(run(oe_mcp, tmp_path, "tools", "--output", "json").stdout)}
    rows = list(csv.DictReader(io.StringIO(run(oe_mcp, tmp_path, "tools", "--output", "csv").stdout.decode()), strict=True))
    assert {row["name"] for row in rows} == names and {row["changes"] for row in rows} > {"", "descriptions"}
    heading = run(oe_mcp, tmp_path, "audit", "--sandbox", "--output", "csv").stdout
    assert heading == b"at,outcome,tool,target,confirmed,client\r\n"
    assert run(oe_mcp, tmp_path, *WRITE, "--yes").returncode == 0
    entries = [json.loads(line) for line in run(oe_mcp, tmp_path, "audit", "--sandbox", "--output", "json").stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run(oe_mcp, tmp_path, "audit", "--sandbox", "--output", "csv").stdout.decode(), newline=""), strict=True))
    assert set(heading.decode().strip().split(",")) <= set(rows[0])
    assert len(rows) == len(entries) > 0 and [row["tool"] for row in rows] == [entry["tool"] for entry in entries]
    assert not any(value.startswith("=") for row in rows for value in row.values())
    assert "create_tag" in run(oe_mcp, tmp_path, "audit", "--sandbox", "--output", "table").stdout.decode()


def test_a_server_at_a_terminal_says_what_the_page_says(oe_mcp: str, tmp_path: Path) -> None:
    example = re.search(r"^\$ oe-mcp --sandbox\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    with Terminal([oe_mcp, "--sandbox"], clean_environment(tmp_path, TERM="xterm"), tmp_path) as terminal:
        terminal.until("--help\n")
        terminal.press(b"\x04")
        assert example and terminal.ended() == 0 and terminal.seen == example[1]


SLOW = ["call", "asset_explorer", "search_terms=orders"]


@pytest.fixture
def slow(oe_mcp_http: str, tmp_path: Path) -> Iterator[Callable[[int], dict[str, object]]]:
    """Settings for an OvalEdge whose first answer takes so many milliseconds."""
    with ExitStack() as sandboxes:

        def started(milliseconds: int) -> dict[str, object]:
            sandbox = sandboxes.enter_context(SandboxOnPort(oe_mcp_http, tmp_path, "--fault", f"slow={milliseconds}ms"))
            return SANDBOX_CREDENTIAL | {"OVALEDGE_BASE_URL": sandbox.url, "OVALEDGE_TOKEN_STORE": "false", "TERM": "xterm"}

        yield started


def test_what_takes_long_is_shown_and_gone_in_the_end(oe_mcp: str, tmp_path: Path, slow) -> None:
    code, text = shown(oe_mcp, tmp_path, *SLOW, errors_only=True, **slow(2400))
    waits = [f"\r\x1b[KCalling asset_explorer … {second} s\r" for second in (1, 2)]
    assert (code, text) == (0, waits[0] + waits[1] + "\r\x1b[K"), repr(text)
    code, text = shown(oe_mcp, tmp_path, "doctor", **slow(1400))
    assert code == 0 and "\r\x1b[KChecking … 1 s\r\r\x1b[K" in text
    lines = [line.rpartition("\x1b[K")[2] for line in text.removesuffix("\r\n").split("\r\n")]
    assert len(lines) > 10 and not any("Checking" in line for line in lines), lines


def test_what_is_quick_or_has_no_terminal_shows_nothing_of_it(oe_mcp: str, tmp_path: Path, slow) -> None:
    assert shown(oe_mcp, tmp_path, *SEARCH, errors_only=True) == (0, "")
    assert run(oe_mcp, tmp_path, *SLOW, **slow(1300)).stderr == b""
    assert shown(oe_mcp, tmp_path, *SLOW, errors_only=True, **slow(1300) | {"TERM": "dumb"})[1] == ""


def test_a_question_is_not_written_over(oe_mcp: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    variables = clean_environment(tmp_path, TERM="xterm")
    with subprocess.Popen([oe_mcp, *WRITE], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=variables, cwd=tmp_path) as child:
        os.close(theirs)
        seen = b""
        while b"[y/N]" not in seen:
            assert select.select([ours], [], [], 30)[0], seen
            seen += os.read(ours, 4096)
        while select.select([ours], [], [], 2.3)[0]:
            seen += os.read(ours, 4096)
        assert b"Calling" not in seen, seen
        os.write(ours, b"no\n")
        assert child.wait(30) == 1
    os.close(ours)
