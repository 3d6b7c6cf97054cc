"""`oe-mcp remote`: servers that nobody here wrote, and our own, looked at from a shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from raw_remote import RawRemote
from wire import clean_environment

ROOT = Path(__file__).parents[2]
OLDER = Path(os.environ.get("MCP1_PYTHON", ROOT / ".build/mcp1-venv/bin/python"))
SERVER = Path(__file__).with_name("sdk_server.py")

Remote = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def remote(oe_mcp: str, tmp_path: Path) -> Remote:
    """Run `oe-mcp remote` to its end."""

    def run(*words: str, **settings: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [oe_mcp, "remote", *words],
            env=clean_environment(tmp_path, **settings),
            capture_output=True,
            text=True,
            timeout=30,
        )

    return run


@pytest.fixture(
    scope="module",
    params=[(sys.executable, "streamable-http"), (str(OLDER), "streamable-http"), (str(OLDER), "sse")],
    ids=["2.x", "1.x", "1.x over HTTP+SSE"],
)
def sdk(request: pytest.FixtureRequest) -> Iterator[str]:
    """Start a server made with an SDK, and return its address."""
    python, kind = request.param
    process = subprocess.Popen([python, str(SERVER), kind], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


def test_what_a_server_of_an_sdk_has_is_shown(remote: Remote, sdk: str) -> None:
    summary = remote(sdk)
    assert summary.returncode == 0, summary.stderr
    assert "sdk-server" in summary.stdout and "Add." in summary.stdout
    tools = remote(sdk, "tools").stdout.splitlines()
    assert tools[0].split() == ["NAME", "KIND", "DESCRIPTION"]
    assert [line.split()[0] for line in tools[1:]] == ["add", "shout", "broken"]
    assert "note://one" in remote(sdk, "resources").stdout
    assert remote(sdk, "prompts").stdout.splitlines()[1].split()[:2] == ["greet", "name"]


def test_tools_of_an_sdk_are_called(remote: Remote, sdk: str) -> None:
    assert remote(sdk, "call", "add", "a=2", "b=40").stdout == "42\n"
    result = json.loads(remote(sdk, "call", "shout", "text=é", "--json").stdout)
    assert result["content"][0]["text"] == "É!"
    broken = remote(sdk, "call", "broken")
    assert broken.returncode == 1 and "broken" in broken.stdout
    # What steers a terminal is made visible.
    assert "\x1b" not in remote(sdk, "read", "note://one").stdout


def test_a_list_that_is_too_large_names_the_setting(remote: Remote) -> None:
    with RawRemote() as server:
        server.tools = [{"name": "t", "description": "d" * 9000, "inputSchema": {"type": "object"}}]
        refused = remote(server.url, "tools", MCP_REMOTE_MAX_LIST_BYTES=2000)
    assert refused.returncode == 1
    assert refused.stderr == "oe-mcp: The answer is larger than 8000 bytes. Raise MCP_REMOTE_MAX_LIST_BYTES.\n"


def test_tools_above_the_limit_are_left_out(remote: Remote) -> None:
    with RawRemote() as server:
        server.tools = [{"name": f"t{number}", "inputSchema": {"type": "object"}} for number in range(5)]
        listed = remote(server.url, "tools", "--json", MCP_REMOTE_MAX_TOOLS=2)
    assert [tool["name"] for tool in json.loads(listed.stdout)] == ["t0", "t1"]
    assert listed.stderr.startswith("At least 3 of the server's tools are left out. Raise MCP_REMOTE_MAX_TOOLS or ")


@pytest.mark.parametrize(
    ("era", "protocol"), [("auto", "2026-07-28"), ("handshake", "2025-11-25"), ("modern", "2026-07-28")]
)
def test_our_own_server_is_spoken_to_in_each_era(
    remote: Remote, serve_conformance: Callable[..., str], era: str, protocol: str
) -> None:
    address = serve_conformance()
    assert protocol in remote(address, "--era", era).stdout
    call = remote(address, "call", "test_simple_text", "--era", era)
    assert (call.returncode, call.stdout) == (0, "A simple text.\n")
    assert remote(address, "ping", "--era", era).returncode == 0


def test_mistakes_are_told_from_failures(remote: Remote, serve_conformance: Callable[..., str]) -> None:
    address = serve_conformance()
    assert remote(address, "bogus").returncode == 64
    missing = remote(address, "call", "no_such_tool")
    assert missing.returncode == 64 and "no_such_tool" in missing.stderr
    assert remote().returncode != 0
    refused = remote("http://127.0.0.1:1/mcp")
    assert refused.returncode == 1 and "refused the connection" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "The address of a server is missing."),
        (("nowhere",), "The address of the server must be an address"),
        (("https://mcp.example.com/mcp", "read"), "The URI of a resource is missing."),
        (("https://mcp.example.com/mcp", "call"), "The name of a tool is missing."),
        (("https://mcp.example.com/mcp", "--era", "old"), "`--era` must be one of"),
        (("https://mcp.example.com/mcp", "--timeout", "x"), "`--timeout` must be a number of seconds"),
        (("https://mcp.example.com/mcp", "call", "t", "a=1", "--arguments", "{}"), "`--arguments` takes one JSON object."),
    ],
)
def test_a_wrong_command_line_is_told_in_its_own_words(remote: Remote, words: tuple[str, ...], said: str) -> None:
    done = remote(*words)
    assert done.returncode == 64 and said in done.stderr and "MCP_REMOTE" not in done.stderr


def test_arguments_may_be_one_object(remote: Remote, sdk: str) -> None:
    for words in (('{"text": "é"}',), ("--arguments", '{"text": "é"}')):
        assert remote(sdk, "call", "shout", *words).stdout == "É!\n"
    assert remote(sdk, "call", "shout", "{text").returncode == 64
