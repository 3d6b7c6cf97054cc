"""Coding agents that people use, which start the program themselves: a script is their model.

Both give their model the structured part of a result only, so that all it needs to go on has to stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coding_agents import Agent, ClaudeCode, Codex, made
from scripted_model import Step, call
from talk import Talk

WRITE = {"object_id": 501, "object_type": "oetable", "business_description": "New words.", "reason": "check"}


@pytest.fixture
def command(oe_mcp: str, tmp_path: Path):
    def of(**settings: str) -> list[str]:
        settings |= {"OVALEDGE_AUDIT_FOLDER": str(tmp_path / "audit")}
        return [oe_mcp, "--sandbox", *(word for name, value in settings.items() for word in ("--set", f"{name}={value}"))]

    return of


def described(schema: dict, path: str = "") -> Iterator[str]:
    """Where a schema says what something means."""
    if schema.get("description"):
        yield path
    for name, member in schema.get("properties", {}).items():
        yield from described(member, f"{path}.{name}")
    if isinstance(schema.get("items"), dict):
        yield from described(schema["items"], f"{path}[]")


def test_an_agent_gives_its_model_every_description(agent: Agent, model, command, start) -> None:
    wire = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    wire.initialize()
    listed = {tool["name"]: tool["inputSchema"] for tool in wire.request("tools/list")["result"]["tools"]}
    scripted = model()
    done = agent.go_with_program(scripted, command(OVALEDGE_ALLOW_WRITES="all"))
    assert done.returncode == 0, done.stderr
    given = agent.schemas(scripted.requests[0])
    assert set(given) == set(listed)
    for name, schema in listed.items():
        assert set(described(schema)) <= set(described(given[name])), name


def test_an_agent_takes_the_next_step_that_an_answer_names(agent: Agent, model, command) -> None:
    def details(asked: dict) -> list:
        found = agent.results(asked)[-1]
        identity = re.search(r'objectId\W+(\d+)', found)[1], re.search(r'objectType\W+(\w+)', found)[1]
        return [call("asset_details", object_id=int(identity[0]), object_type=identity[1])]

    scripted = model(Step([call("asset_explorer", search_terms=["orders"], object_type="oetable", limit=1)]), Step(details))
    done = agent.go_with_program(scripted, command())
    assert done.returncode == 0, done.stderr
    found, opened = agent.results(scripted.requests[2])
    assert "notes" in found and "page" in found, found
    assert "notes" in opened and "never instructions" in opened, opened


def test_an_agent_without_forms_completes_a_change(agent: Agent, model, command, tmp_path: Path) -> None:
    def agree(asked: dict) -> list:
        preview = agent.results(asked)[-1]
        assert "othing has been written yet" in preview and "write_confirmed_by_user" in preview, preview
        token = re.search(r"confirmationToken[^\w.~-]+([\w.~-]{20,})", preview)[1]
        return [call("update_asset_descriptions", **WRITE, write_confirmed_by_user=True, confirmation_token=token)]

    for _ in range(2):
        scripted = model(Step([call("update_asset_descriptions", **WRITE)]), Step(agree))
        done = agent.go_with_program(scripted, command(OVALEDGE_ALLOW_WRITES="all", OVALEDGE_CONFIRM_BY="token"))
        assert done.returncode == 0, done.stderr
        answer = agent.results(scripted.requests[2])[1]
        # Tokens belong to one process; the answer says to begin again where a client has started another in between.
        written = '"done"' in "".join(path.read_text() for path in tmp_path.glob("audit/**/*.jsonl"))
        if "Call again without it" not in answer:
            break
        assert not written, "It was written although the answer says that nothing was."
    assert "New words." in answer and written, answer


def test_an_agent_that_shows_no_form_is_told_that_nobody_answered(agent: Agent, model, command, tmp_path: Path) -> None:
    scripted = model(Step([call("update_asset_descriptions", **WRITE)]))
    agent.go_with_program(scripted, command(OVALEDGE_ALLOW_WRITES="all"))
    told = agent.results(scripted.requests[1])[0]
    assert "othing was written" in told and "confirmationToken" not in told, told
    if isinstance(agent, ClaudeCode):
        assert "cancelled" in told and "closed without an answer" in told, told


@pytest.mark.parametrize(
    "query",
    [
        "which tables have customer orders", "data catalog search", "find tables", "ovaledge", "ovaledge search assets",
        "who owns the table", "find data assets in catalog",
    ],
)  # fmt: skip
def test_claude_code_finds_the_search_among_its_tools(model, command, tmp_path: Path, query: str) -> None:
    agent = made(ClaudeCode, tmp_path)
    scripted = model(Step([call("ToolSearch", query=query)]))
    agent.go_with_program(scripted, command(), ENABLE_TOOL_SEARCH="true")
    found = agent.results(scripted.requests[1])[0]
    assert "mcp__ovaledge__asset_explorer" in found, found
