"""The official Python SDK as the client: discover and handshake, list, call, error, cancel, close."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters

from sdk import server, text_of
from stand_in import Reply, StandIn

TOOLS = {"asset_explorer", "asset_details", "asset_lineage", "knowledge_search"}
pytestmark = pytest.mark.anyio


async def test_connects(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        assert client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
        if mode != "2026-07-28":
            assert client.server_info.name
            assert client.server_info.version
            assert client.server_capabilities.tools is not None


async def test_lists_tools(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert TOOLS <= {tool.name for tool in tools}
        for tool in tools:
            assert tool.title and tool.description
            assert tool.input_schema["type"] == "object"
            assert tool.annotations.read_only_hint is True


async def test_searches_and_follows_what_was_found(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        await client.list_tools()
        found = await client.call_tool("asset_explorer", {"search_terms": ["orders"], "object_type": "oetable"})
        assert not found.is_error and "orders" in text_of(found).lower()
        first = _first_item(found.structured_content)
        which = {"object_id": first["objectId"], "object_type": first["objectType"]}
        details = await client.call_tool("asset_details", which)
        assert not details.is_error and first["objectName"] in text_of(details)
        lineage = await client.call_tool("asset_lineage", which | {"depth": 3})
        assert not lineage.is_error and text_of(lineage)
        story = await client.call_tool("knowledge_search", {"query": "retention"})
        assert not story.is_error and text_of(story)


async def test_mistakes_are_told(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        with pytest.raises(MCPError) as error:
            await client.call_tool("no_such_tool", {})
        assert error.value.code == -32602
        answer = await client.call_tool("asset_details", {"object_id": "seven", "object_type": "oetabel"})
        assert answer.is_error and "object_id" in text_of(answer) and "oetable" in text_of(answer)
        assert (await client.list_tools()).tools


# Rows: G016, G038
async def test_many_calls_at_once(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        answers = []

        async def call() -> None:
            answers.append(await client.call_tool("asset_explorer", {"search_terms": ["orders"]}))

        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(call)
        assert len(answers) == 40 and not any(answer.is_error for answer in answers)


async def test_closes_without_a_signal(parameters: StdioServerParameters, mode: str) -> None:
    async with Client(parameters, mode=mode) as client:
        await client.call_tool("asset_explorer", {"search_terms": ["orders"]})
        before = time.monotonic()
    assert time.monotonic() - before < 1, "the SDK had to end the process"


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_a_cancelled_call_hangs_up(oe_mcp: str, tmp_path: Path, ovaledge: StandIn, settings, mode: str) -> None:
    parameters = server(oe_mcp, tmp_path, **(settings | {"OVALEDGE_TIMEOUT_SECONDS": 30}))
    async with Client(parameters, mode=mode) as client:
        assert not (await client.call_tool("asset_explorer", {"search_terms": ["loans"]})).is_error
        ovaledge.next("asset-explorer", Reply(200, {}, delay=20))
        with anyio.move_on_after(0.5):
            await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
        with anyio.fail_after(5):
            while not ovaledge.abandoned:
                await anyio.sleep(0.01)
        assert not (await client.call_tool("asset_explorer", {"search_terms": ["loans"]})).is_error


def _first_item(content: dict) -> dict:
    items = content.get("items") or content.get("data", {}).get("items")
    assert items, content
    return items[0]
