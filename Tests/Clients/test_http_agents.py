"""Coding agents that people use, over HTTP: a script is their model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import guide
from coding_agents import CLAUDE, CODEX, Agent, ClaudeCode, Codex, made
from http_program import HTTPProgram, fields
from scripted_model import Step, call
from stand_in import StandIn

UNEXPANDED = ("${env:OVALEDGE_USER_TOKEN}", "${env:OVALEDGE_USER_SECRET}")


def find(word: str, **more: object) -> Step:
    return Step([call("asset_explorer", search_terms=[word])], **more)


def test_an_agent_works_for_the_person_at_this_machine(agent: Agent, serve, model) -> None:
    scripted = model(find("orders"))
    done = agent.go(scripted, serve("--sandbox").address, {})
    assert done.returncode == 0, done.stderr
    assert {"asset_explorer", "asset_lineage", "knowledge_search"} <= agent.tools(scripted.requests[0])
    assert "orders" in agent.results(scripted.requests[1])[0]


# Check 26
@pytest.mark.parametrize("stateless", ["true", "false"])
def test_an_agent_works_on_after_a_restart_of_the_server(
    agent: Agent, serve, model, ovaledge: StandIn, remote, pair, run, tmp_path: Path, stateless: str
) -> None:
    assert run("keys", "new", "seal.keys").returncode == 0
    settings = remote | {"MCP_HTTP_STATELESS": stateless, "MCP_SEAL_KEY_FILE": str(tmp_path / "seal.keys")}
    first = serve(**settings)
    second: list[HTTPProgram] = []

    def restart() -> None:
        assert first.end() == 0
        second.append(serve(port=first.port, **settings))

    scripted = model(find("loans"), find("loans", before=restart))
    done = agent.go(scripted, first.address, fields(pair))
    assert done.returncode == 0, done.stderr
    results = agent.results(scripted.requests[2])
    assert len(results) == 2 and all("raw_loans" in result for result in results), results
    assert "tool=asset_explorer outcome=ok" in second[0].log and ovaledge.exchanges == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [((None, "mistaken-secret"), "OvalEdge refused this user token and secret"), (UNEXPANDED, "has a variable that was not expanded")],
    ids=["wrong", "not expanded"],
)
def test_an_agent_without_good_credentials_has_no_tools(
    agent: Agent, serve, model, ovaledge: StandIn, remote, pair, changed: tuple, said: str
) -> None:
    program = serve(**remote)
    scripted = model(find("loans"))
    done = agent.go(scripted, program.address, fields((changed[0] or pair[0], changed[1])))
    assert not agent.tools(scripted.requests[0]) and ovaledge.exchanges == (1 if changed[0] is None else 0)
    if isinstance(agent, Codex):
        assert said in done.stderr
    else:
        begun = next(event for line in done.stdout.splitlines() if (event := json.loads(line)).get("subtype") == "init")
        assert [server["status"] for server in begun["mcp_servers"]] in (["failed"], ["needs-auth"]), begun["mcp_servers"]


def test_what_the_guide_says_of_codex(serve, model, ovaledge: StandIn, remote, pair, tmp_path: Path) -> None:
    agent = made(Codex, tmp_path)
    program = serve(**remote)
    entry = guide.replaced(guide.snippet("mcp_servers", "toml"), {f"https://{guide.HOST}/mcp": program.address})
    scripted = model(find("loans"))
    # What a proxy with TLS adds.
    agent.configure(scripted, entry + 'http_headers = { "X-Forwarded-Proto" = "https" }\n')
    variables = {"OVALEDGE_USER_TOKEN": pair[0], "OVALEDGE_USER_SECRET": pair[1]}
    agent.start([str(CODEX), "exec", "--skip-git-repo-check", "go"], agent.environment(**variables))
    assert "raw_loans" in agent.results(scripted.requests[1])[0] and ovaledge.exchanges == 1


def test_what_the_guide_says_of_claude_code(serve, model, ovaledge: StandIn, remote, pair, tmp_path: Path) -> None:
    agent = made(ClaudeCode, tmp_path)
    program = serve(**remote)
    commands = guide.replaced(guide.snippet("claude mcp add", "sh"), {f"https://{guide.HOST}/mcp": program.address})
    commands = guide.replaced(commands, {"npm install -g @anthropic-ai/claude-code\n": ""})
    # What a proxy with TLS adds.
    commands = guide.replaced(commands, {"  --header": '  --header "X-Forwarded-Proto: https" --header'})
    variables = {"OVALEDGE_USER_TOKEN": pair[0], "OVALEDGE_USER_SECRET": pair[1], "PATH": f"{CLAUDE.parent}:/usr/bin:/bin"}
    done = agent.start(["sh", "-ec", commands], agent.environment(model(), **variables))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Connected" in done.stdout and done.stdout.rstrip().splitlines()[-2].startswith("Removed"), done.stdout
    assert ovaledge.exchanges == 1
