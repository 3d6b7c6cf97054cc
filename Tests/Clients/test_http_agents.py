"""Coding agents that people use, as they come from their makers, over HTTP: a script is their model."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import guide
from http_program import HTTPProgram, fields
from scripted_model import ScriptedModel, Step
from stand_in import StandIn
from wire import ROOT

PACKAGES = Path(os.environ.get("AGENTS_PACKAGES") or next(ROOT.glob(".build/agents-venv/lib/python3*/site-packages"), ROOT))
CODEX = PACKAGES / "codex_cli_bin/bin/codex"
CLAUDE = PACKAGES / "claude_agent_sdk/_bundled/claude"



def find(word: str, before: Callable[[], object] | None = None) -> Step:
    return Step([("asset_explorer", {"search_terms": [word]})], before=before)


UNEXPANDED = ("${env:OVALEDGE_USER_TOKEN}", "${env:OVALEDGE_USER_SECRET}")

CODEX_CONFIGURATION = """
model = "scripted"
model_provider = "scripted"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "{model}/v1"
wire_api = "responses"
env_key = "MODEL_KEY"
request_max_retries = 0
stream_max_retries = 0
[analytics]
enabled = false
[otel]
exporter = "none"
"""


@dataclasses.dataclass
class Agent:
    """One agent with a home of its own, where nothing of the person who runs the tests is read or written."""

    home: Path

    def environment(self, model: ScriptedModel | None = None, **more: str) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(self.home / "tmp")} | more

    def start(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
        for folder in ("project", "tmp"):
            (self.home / folder).mkdir(exist_ok=True)
        return subprocess.run(
            command, cwd=self.home / "project", env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )


class Codex(Agent):
    program = CODEX

    def environment(self, model: ScriptedModel | None = None, **more: str) -> dict[str, str]:
        return super().environment() | {"CODEX_HOME": str(self.home / ".codex"), "MODEL_KEY": "none"} | more

    def configure(self, model: ScriptedModel, server: str) -> None:
        folder = self.home / ".codex"
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(CODEX_CONFIGURATION.format(model=model.url) + server)

    def go(self, model: ScriptedModel, address: str, headers: dict[str, str]) -> subprocess.CompletedProcess:
        entries = ", ".join(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in headers.items())
        self.configure(model, f'[mcp_servers.ovaledge]\nurl = "{address}"\nhttp_headers = {{ {entries} }}\n')
        return self.start([str(CODEX), "exec", "--skip-git-repo-check", "go"], self.environment())

    @staticmethod
    def tools(request: dict) -> set[str]:
        return {tool["name"] for group in request["tools"] if group.get("name") == "mcp__ovaledge" for tool in group["tools"]}

    @staticmethod
    def results(request: dict) -> list[str]:
        return [json.dumps(item["output"]) for item in request["input"] if item["type"] == "function_call_output"]


class ClaudeCode(Agent):
    program = CLAUDE

    def environment(self, model: ScriptedModel | None = None, **more: str) -> dict[str, str]:
        own = dict.fromkeys(
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_TELEMETRY", "DISABLE_ERROR_REPORTING", "DISABLE_AUTOUPDATER"), "1"
        )
        own |= {"ANTHROPIC_API_KEY": "none", "ENABLE_TOOL_SEARCH": "false"}
        own |= {"ANTHROPIC_BASE_URL": model.url} if model else {}
        return super().environment() | own | more

    def go(self, model: ScriptedModel, address: str, headers: dict[str, str]) -> subprocess.CompletedProcess:
        servers = {"mcpServers": {"ovaledge": {"type": "http", "url": address, "headers": headers}}}
        command = [str(CLAUDE), "-p", "go", "--mcp-config", json.dumps(servers), "--strict-mcp-config", "--allowedTools", "mcp__ovaledge"]
        command += ["--verbose", "--output-format", "stream-json"]
        return self.start(command, self.environment(model))

    @staticmethod
    def tools(request: dict) -> set[str]:
        prefix = "mcp__ovaledge__"
        return {tool["name"].removeprefix(prefix) for tool in request["tools"] if tool["name"].startswith(prefix)}

    @staticmethod
    def results(request: dict) -> list[str]:
        blocks = [block for message in request["messages"] if isinstance(message["content"], list) for block in message["content"]]
        return [json.dumps(block["content"]) for block in blocks if block["type"] == "tool_result"]


@pytest.fixture(params=[Codex, ClaudeCode])
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> Agent:
    return made(request.param, tmp_path)


def made(kind: type[Agent], tmp_path: Path) -> Agent:
    if not kind.program.exists():
        pytest.skip(f"{kind.__name__} is not here. scripts/test gets it, where its maker has a package for this machine.")
    home = tmp_path / "home"
    home.mkdir()
    return kind(home)


@pytest.fixture
def model() -> Iterator[Callable[..., ScriptedModel]]:
    running: list[ScriptedModel] = []

    def follow(*steps: Step) -> ScriptedModel:
        running.append(ScriptedModel([*steps, Step()]).__enter__())
        return running[-1]

    yield follow
    for each in running:
        each.__exit__()


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
