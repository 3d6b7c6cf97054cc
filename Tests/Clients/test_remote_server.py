"""examples/remote-server as its README has it: built, started, called, and asked by pages."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from http_program import HTTPProgram
from sdk import text_of
from wire import ROOT, program

FOLDER = ROOT / "examples/remote-server"
ORIGIN = "https://app.example.com"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", (FOLDER / "README.md").read_text(), re.M | re.S)


@pytest.fixture
def example(tmp_path: Path) -> Iterator[HTTPProgram]:
    with HTTPProgram(program("remote-server", "REMOTE_SERVER"), tmp_path, "--origin", ORIGIN) as running:
        yield running


@pytest.mark.anyio
async def test_the_newest_sdk_calls_its_tool(example: HTTPProgram, mode: str) -> None:
    with anyio.fail_after(30):
        async with Client(streamable_http_client(example.address), mode=mode) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["hello_world"]
            answer = await client.call_tool("hello_world", {"name": "Ada"})
            assert not answer.is_error and text_of(answer).startswith("Hello, Ada! You came with ")


def test_the_request_of_its_page_is_answered(example: HTTPProgram) -> None:
    (command,) = [text for kind, text in BLOCKS if kind == "sh" and text.startswith("curl")]
    words = shlex.split(command.replace("\\\n", " "))
    headers = dict(word.split(": ", 1) for before, word in zip(words, words[1:], strict=False) if before == "-H")
    reply = example.ask("POST", "/mcp", headers, json.loads(words[words.index("-d") + 1]))
    assert reply.status == 200 and "Hello, Ada!" in json.dumps(reply.json["result"])


def test_pages_of_its_origin_may_use_it_and_no_others(example: HTTPProgram) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = example.ask("OPTIONS", "/mcp", asked | {"Origin": ORIGIN})
    assert allowed.status == 204 and allowed.headers["access-control-allow-origin"] == ORIGIN
    refused = example.ask("OPTIONS", "/mcp", asked | {"Origin": "https://evil.example.com"})
    assert refused.status == 403 and "access-control-allow-origin" not in refused.headers
