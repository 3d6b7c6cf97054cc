"""Coding agents that people use, as they come from their makers, each with a home of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from pathlib import Path

import pytest

from scripted_model import ScriptedModel
from wire import ROOT

PACKAGES = Path(os.environ.get("AGENTS_PACKAGES") or next(ROOT.glob(".build/agents-venv/lib/python3*/site-packages"), ROOT))
CODEX = PACKAGES / "codex_cli_bin/bin/codex"
CLAUDE = PACKAGES / "claude_agent_sdk/_bundled/claude"

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

    @classmethod
    def tools(cls, request: dict) -> set[str]:
        return set(cls.schemas(request))


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

    def go_with_program(self, model: ScriptedModel, command: list[str]) -> subprocess.CompletedProcess:
        program = f"command = {json.dumps(command[0])}\nargs = {json.dumps(command[1:])}\n"
        self.configure(model, f'[mcp_servers.ovaledge]\n{program}default_tools_approval_mode = "approve"\n')
        return self.start([str(CODEX), "exec", "--skip-git-repo-check", "go"], self.environment())

    @staticmethod
    def schemas(request: dict) -> dict[str, dict]:
        groups = [group["tools"] for group in request["tools"] if group.get("name") == "mcp__ovaledge"]
        return {tool["name"]: tool["parameters"] for tools in groups for tool in tools}

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
        return self.go_with(model, {"type": "http", "url": address, "headers": headers})

    def go_with_program(self, model: ScriptedModel, command: list[str], **more: str) -> subprocess.CompletedProcess:
        return self.go_with(model, {"command": command[0], "args": command[1:]}, **more)

    def go_with(self, model: ScriptedModel, entry: dict, **more: str) -> subprocess.CompletedProcess:
        servers = json.dumps({"mcpServers": {"ovaledge": entry}})
        command = [str(CLAUDE), "-p", "go", "--mcp-config", servers, "--strict-mcp-config", "--allowedTools", "mcp__ovaledge"]
        command += ["--verbose", "--output-format", "stream-json"]
        return self.start(command, self.environment(model, **more))

    @staticmethod
    def schemas(request: dict) -> dict[str, dict]:
        prefix = "mcp__ovaledge__"
        listed = [tool for tool in request["tools"] if tool["name"].startswith(prefix)]
        return {tool["name"].removeprefix(prefix): tool["input_schema"] for tool in listed}

    @staticmethod
    def results(request: dict) -> list[str]:
        blocks = [block for message in request["messages"] if isinstance(message["content"], list) for block in message["content"]]
        return [json.dumps(block["content"]) for block in blocks if block["type"] == "tool_result"]


def made(kind: type[Agent], tmp_path: Path) -> Agent:
    if not kind.program.exists():
        pytest.skip(f"{kind.__name__} is not here. scripts/test gets it, where its maker has a package for this machine.")
    home = tmp_path / "home"
    home.mkdir()
    return kind(home)
