"""The client of fastmcp, on which many agents are built, over HTTP against the fixture server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastmcp import Client
from fastmcp.exceptions import ToolError

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sessions", "stateless"])
def connect(request: pytest.FixtureRequest, serve_conformance: Callable[..., str], mode: str) -> Callable[..., Client]:
    address = serve_conformance(*([] if request.param == "sessions" else ["--stateless"]))
    return lambda **more: Client(address, mode=mode, **more)


async def test_lists_and_calls(connect: Callable[..., Client]) -> None:
    heard: list[float] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async with connect(progress_handler=told) as client:
        assert len(await client.list_tools()) > 20
        assert (await client.call_tool("add", {"a": 2, "b": 3})).structured_content == {"sum": 5}
        await client.call_tool("test_tool_with_progress")
        assert heard == [0, 50, 100]
        with pytest.raises(ToolError):
            await client.call_tool("test_error_handling")
        arguments = {"region": "żółw", "count": 42, "dry": True, "place": {"tenant": " a "}}
        said = await client.call_tool("test_header_parameters", arguments)
        assert "żółw" in said.content[0].text


async def test_reads_and_fills_in(connect: Callable[..., Client]) -> None:
    async with connect() as client:
        for resource in await client.list_resources():
            assert await client.read_resource(resource.uri)
        assert "7" in (await client.read_resource("test://template/7/data"))[0].text
        prompt = await client.get_prompt("test_prompt_with_arguments", {"arg1": "one", "arg2": "two"})
        assert "one" in prompt.messages[0].content.text


async def test_two_clients_at_once(connect: Callable[..., Client]) -> None:
    async with connect() as first, connect() as second:
        for client, numbers in ((first, (1, 2)), (second, (3, 4))):
            a, b = numbers
            assert (await client.call_tool("add", {"a": a, "b": b})).structured_content == {"sum": a + b}
