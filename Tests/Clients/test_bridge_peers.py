"""Bridges between servers and clients that nobody here wrote: SDKs of both generations, and mcp-proxy on either side."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from bridge_program import BridgeProgram
from http_program import wait_until
from sdk import server, text_of
from wire import ROOT, clean_environment

OLDER = os.environ.get("MCP1_PYTHON", str(ROOT / ".build/mcp1-venv/bin/python"))
SDK = Path(__file__).with_name("sdk_server.py")
SMALL = Path(__file__).with_name("stdio_server.py")
PROXY = ROOT / ".build/bridge-venv/bin/mcp-proxy"
pytestmark = pytest.mark.anyio


@pytest.fixture(
    scope="module",
    params=[(sys.executable, "streamable-http"), (OLDER, "streamable-http"), (OLDER, "sse")],
    ids=["2.x", "1.x", "1.x over HTTP+SSE"],
)
def peer(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server made with an SDK."""
    python, kind = request.param
    process = subprocess.Popen([python, str(SDK), kind], stdout=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def bridge(peer: str, oe_mcp_http: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProgram]:
    with BridgeProgram(oe_mcp_http, tmp_path_factory.mktemp("peer"), MCP_REMOTE_SERVER=peer) as program:
        yield program


def test_over_rest(bridge: BridgeProgram) -> None:
    assert {tool["name"] for tool in bridge.get("/tools").json} == {"add", "shout", "broken"}
    assert bridge.call("add", {"a": 2, "b": 3}).json["content"][0]["text"] == "5"
    assert bridge.call("add", {"a": "two"}).status == 400
    failed = bridge.call("broken")
    assert failed.status == 422 and failed.json["error"] == "tool_error" and failed.json["result"]["isError"] is True
    assert bridge.get("/resources?uri=note://one").body.startswith(b"Remember")
    greeted = bridge.ask("POST", "/prompts/greet", {"Content-Type": "application/json"}, {"name": "Ada"})
    assert "Hello, Ada." in greeted.body.decode()
    assert "/tools/shout" in bridge.get("/openapi.json").json["paths"]


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_over_http(bridge: BridgeProgram, mode: str) -> None:
    async with Client(streamable_http_client(bridge.address + "/mcp"), mode=mode) as client:
        await used(client)


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_over_stdio(peer: str, oe_mcp: str, tmp_path: Path, mode: str) -> None:
    async with Client(server(oe_mcp, tmp_path, "bridge", peer), mode=mode) as client:
        await used(client)


async def used(client: Client) -> None:
    assert {tool.name for tool in (await client.list_tools()).tools} == {"add", "shout", "broken"}
    assert text_of(await client.call_tool("shout", {"text": "go"})) == "GO!"
    assert (await client.call_tool("broken", {})).is_error
    assert (await client.read_resource("note://one")).contents[0].text.startswith("Remember")
    assert "Hello, Ada." in (await client.get_prompt("greet", {"name": "Ada"})).messages[0].content.text


async def test_mcp_proxy_in_front(bridge: BridgeProgram, tmp_path: Path) -> None:
    arguments = ["--transport", "streamablehttp", bridge.address + "/mcp"]
    proxy = StdioServerParameters(command=str(PROXY), args=arguments, env=clean_environment(tmp_path), cwd=tmp_path)
    async with Client(proxy, mode="legacy") as client:
        assert text_of(await client.call_tool("add", {"a": 2, "b": 3})) == "5"


def test_mcp_proxy_behind(oe_mcp_http: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(PROXY), "--port", str(port), "--", sys.executable, str(SMALL)]
    proxy = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=clean_environment(tmp_path), cwd=tmp_path)
    try:
        with BridgeProgram(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=f"http://127.0.0.1:{port}/mcp") as program:
            wait_until(lambda: program.get("/tools").status == 200)
            tools = program.get("/tools").json
            assert tools and program.call(tools[0]["name"]).status in (200, 400)
    finally:
        proxy.terminate()
        proxy.wait(30)
