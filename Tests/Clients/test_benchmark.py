"""The benchmark's own programs: each is built without a warning, and what it measures is an answer and no error."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wire import ROOT, clean_environment

sys.path.insert(0, str(ROOT / "Benchmarks"))
import bench  # noqa: E402

COMPILER = shutil.which("cc") or shutil.which("clang")
REQUESTS = {"ping": '"method":"ping"', "list": '"method":"tools/list"', "refused": bench.REFUSED, "details": bench.DETAILS}


def built(program: str, folder: Path) -> Path:
    made = folder / program
    source = ROOT / f"Benchmarks/{program}.c"
    subprocess.run([COMPILER, "-O1", "-Wall", "-Werror", "-pthread", "-D_GNU_SOURCE", "-o", made, source], check=True)
    return made


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


def run(drive: Path, *arguments: str, home: Path) -> list[list[str]]:
    done = subprocess.run([drive, *arguments], env=clean_environment(home), cwd=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]
