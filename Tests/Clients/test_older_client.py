"""The SDK generation before, which many desktop clients still build on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wire import ROOT, clean_environment

PYTHON = Path(os.environ.get("MCP1_PYTHON", ROOT / ".build/mcp1-venv/bin/python"))


pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="scripts/test makes the environment for it")


def steps(script: str, program: str, folder: Path) -> list[str]:
    """What the script got through with the program."""
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name(script), program],
        env=clean_environment(folder), capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.split()[0] for line in done.stdout.splitlines()]


def test_a_session(oe_mcp: str, tmp_path: Path) -> None:
    assert steps("older_client.py", oe_mcp, tmp_path) == [
        "initialized", "listed", "called", "refused", "read", "prompted", "alive", "closed",
    ]


@pytest.mark.parametrize("carrier", ["stdio", "http"])
def test_every_feature(conformance: str, serve_conformance: Callable[..., str], tmp_path: Path, carrier: str) -> None:
    place = conformance if carrier == "stdio" else serve_conformance("--page-size", "4")
    assert steps("older_features.py", place, tmp_path) == [
        "tools", "progress", "cancelling", "resources", "prompts", "logging", "asking", "changes",
    ]
