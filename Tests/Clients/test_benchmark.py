"""The benchmark's own programs: each is built without a warning, and what it measures is an answer and no error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wire import ROOT, clean_environment

sys.path.insert(0, str(ROOT / "Benchmarks"))
import bench  # noqa: E402
import http_bench  # noqa: E402
import http_report  # noqa: E402
import oauth_bench  # noqa: E402
import oauth_report  # noqa: E402

COMPILER = shutil.which("cc") or shutil.which("clang")
REQUESTS = {"ping": '"method":"ping"', "list": '"method":"tools/list"', "refused": bench.REFUSED, "details": bench.DETAILS}


def built(program: str, folder: Path, *libraries: str) -> Path:
    made = folder / program
    source = ROOT / f"Benchmarks/{program}.c"
    options = ["-O1", "-Wall", "-Werror", "-pthread", "-D_GNU_SOURCE", "-o", made, source, *libraries]
    subprocess.run([COMPILER, *options], check=True)
    return made


def library(name: str) -> list[str]:
    """What a compiler needs to be told of a library."""
    return subprocess.run(["pkg-config", "--cflags", "--libs", name], check=True, capture_output=True, text=True).stdout.split()


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("drive", tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize("program", ["floor", "backend"])
def test_its_peers_are_built_without_a_warning(program: str, tmp_path: Path) -> None:
    assert built(program, tmp_path).exists()


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_it_times_every_request(request_: str, drive: Path, oe_mcp: str, tmp_path: Path) -> None:
    told = run(drive, "calls", "10", "2", request_, "--", oe_mcp, "--sandbox", home=tmp_path)
    assert float(told[0][0]) > 0


def test_it_times_starts_and_weighs_what_settles(drive: Path, oe_mcp: str, tmp_path: Path) -> None:
    told = run(drive, "start", "2", "--", oe_mcp, "--sandbox", home=tmp_path)
    assert [float(start[0]) > 0 for start in told] == [True, True]


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed; scripts/need test does that")
@pytest.mark.skipif("SOAK" not in os.environ, reason="half a minute of all processors; scripts/soak benchmark runs it")
def test_over_http_it_finds_every_row(
    oe_mcp_http: str, conformance: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built("http_floor", tmp_path, *library("libmicrohttpd"))
    built("backend", tmp_path)
    monkeypatch.setattr(bench, "MADE", tmp_path)
    monkeypatch.setenv("OE_MCP_HTTP", oe_mcp_http)
    monkeypatch.setenv("CONFORMANCE_SERVER", conformance)
    found = http_bench.measure(http_bench.QUICK)
    assert [row for row in http_report.ROWS if not found[row][http_report.OURS]] == []
    # What is met on a machine that tests in parallel says nothing; that it can be said does.
    of = http_report.Medians(found)
    unsaid = [aim.title for aim in http_report.AIMS if aim.line(of).endswith("| – | – |")]
    assert len(unsaid) == 1 and "FastMCP" in unsaid[0]
    assert all(row.title in http_report.section(found, 0) for row in http_report.ROWS.values())


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed; scripts/need test does that")
@pytest.mark.skipif("SOAK" not in os.environ, reason="half a minute of all processors; scripts/soak benchmark runs it")
def test_with_oauth_it_finds_every_row(oe_mcp_http: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built("backend", tmp_path)
    monkeypatch.setattr(bench, "MADE", tmp_path)
    monkeypatch.setenv("OE_MCP_HTTP", oe_mcp_http)
    found = oauth_bench.measure(oauth_bench.QUICK)
    rows = [(row, columns) for rows, columns in oauth_report.TABLES for row in rows]
    assert [row.title for row, columns in rows if not any(row.samples(found, column) for column in columns)] == []
    assert [aim.title for aim in oauth_report.AIMS if aim.line(found).endswith("| – | – |")] == []
    section = oauth_report.section(found, 0)
    assert all(row.title in section for row, _ in rows)


def test_the_part_about_http_is_replaced_and_kept() -> None:
    first, second = (f"{http_report.BEGIN}\n{text}\n{http_report.END}\n" for text in ("one", "two"))
    page = http_report.put(first, "# Page\n")
    assert page == f"# Page\n\n{first}" and http_report.put(second, page) == f"# Page\n\n{second}"
    assert http_report.kept(page) == first and http_report.kept("# Page\n") == ""


def run(drive: Path, *arguments: str, home: Path) -> list[list[str]]:
    done = subprocess.run([drive, *arguments], env=clean_environment(home), cwd=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]
