"""Frameworks for agents, as they come from their makers, with a script in place of their model.

One is among the packages of the client tests; `scripts/test --clients` gets the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frameworks import FRAMEWORKS
from wire import ROOT, clean_environment

OTHERS = ROOT / ".build/frameworks"
HERE = ["pydantic_ai", *sorted(path.name for path in OTHERS.glob("*") if path.name in FRAMEWORKS and (path / "made").exists())]
FIND = {"search_terms": ["orders"], "object_type": "oetable", "limit": 2}
WRITE = {"object_id": 501, "object_type": "oetable", "business_description": "New words.", "reason": "check"}
AGREED = WRITE | {"write_confirmed_by_user": True, "confirmation_token": "$confirmation_token"}


class Driven:
    """What a framework's model was given."""

    def __init__(self, output: str):
        told = json.loads(output.splitlines()[-1])
        self.tools: dict[str, object] = told["tools"]
        self.results: list[str] = told["results"]


@pytest.fixture(params=HERE)
def drive(request: pytest.FixtureRequest, oe_mcp: str, tmp_path: Path):
    name = request.param
    own = OTHERS / name / "bin/python"
    python = str(own) if own.exists() else sys.executable

    def run(*calls: tuple[str, dict], writes: str = "none") -> Driven:
        command = [oe_mcp, "--sandbox", "--set", f"OVALEDGE_ALLOW_WRITES={writes}", "--set", f"OVALEDGE_AUDIT_FOLDER={tmp_path}/audit"]
        more = {"OPENAI_API_KEY": "none", "OTEL_SDK_DISABLED": "true", "DO_NOT_TRACK": "1", "AGNO_TELEMETRY": "false"}
        more |= {"MCP_USE_ANONYMIZED_TELEMETRY": "false", "PYTHONDONTWRITEBYTECODE": "1", "HAYSTACK_TELEMETRY_ENABLED": "false"}
        done = subprocess.run(
            [python, str(Path(__file__).parent / "frameworks.py"), name], cwd=tmp_path, env=clean_environment(tmp_path, **more),
            input=json.dumps({"command": command, "calls": calls}), capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return Driven(done.stdout)

    return run


def test_a_framework_gives_its_model_every_tool_with_its_choices(drive) -> None:
    driven = drive(("asset_explorer", FIND))
    assert {"asset_explorer", "asset_details", "asset_lineage", "knowledge_search"} <= set(driven.tools)
    assert "oetable" in json.dumps(driven.tools["asset_explorer"])
    assert "orders" in driven.results[0] and "501" in driven.results[0]


def test_a_framework_gives_its_model_what_is_wrong_with_a_call(drive) -> None:
    driven = drive(("asset_explorer", {"object_type": "table"}), ("asset_explorer", FIND))
    assert "oetable" in driven.results[0], driven.results[0]
    assert "orders" in driven.results[1]


def test_a_framework_without_forms_completes_a_change(drive, tmp_path: Path) -> None:
    """Some start the server again for each call, so that what was agreed to has to outlive a process."""
    driven = drive(("update_asset_descriptions", WRITE), ("update_asset_descriptions", AGREED), writes="all")
    preview, done = driven.results
    assert "confirmation_token" in preview and "write_confirmed_by_user" in preview and "nothing" in preview.lower(), preview
    assert "New words." in done and "preview" not in done, done
    record = "".join(path.read_text() for path in tmp_path.glob("audit/**/*.jsonl"))
    assert '"done"' in record and "New words." in record, record
