"""The SDK generation before, which many desktop clients still build on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from wire import ROOT, clean_environment

PYTHON = Path(os.environ.get("MCP1_PYTHON", ROOT / ".build/mcp1-venv/bin/python"))


@pytest.mark.skipif(not PYTHON.exists(), reason="scripts/test makes the environment for it")
def test_a_session(oe_mcp: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("older_client.py")
    done = subprocess.run(
        [PYTHON, script, oe_mcp], env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [line.split()[0] for line in done.stdout.splitlines()]
    assert steps == ["initialized", "listed", "called", "refused", "read", "prompted", "alive", "closed"]
