"""Every feature of the protocol through the SDK generation before, run by `test_older_client.py`.

Prints one line for each that went well; any exception is the failure.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp import ClientSession, McpError, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from pydantic import AnyUrl

WATCHED = AnyUrl("test://watched-resource")


class Person:
    """A client that can do all a server may ask for, and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[types.ServerNotification] = []

    async def form(self, context, params: types.ElicitRequestParams) -> types.ElicitResult:
        return types.ElicitResult(action="accept", content={"username": "ada", "email": "ada@example.com"})

    async def sampling(self, context, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        content = types.TextContent(type="text", text="Paris")
        return types.CreateMessageResult(role="assistant", content=content, model="m", stopReason="endTurn")

    async def roots(self, context) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri="file:///work")])

    async def hear(self, message: object) -> None:
        if isinstance(message, types.ServerNotification):
            self.told.append(message.root)

    async def heard(self, kind: type, count: int = 1) -> list:
        """What was told of this kind, once there is as much."""
        async with asyncio.timeout(10):
            while len(found := [told for told in self.told if isinstance(told, kind)]) < count:
                await asyncio.sleep(0.005)
        return found


async def tools(session: ClientSession, person: Person) -> None:
    page = await session.list_tools()
    names = [tool.name for tool in page.tools]
    while page.nextCursor:
        page = await session.list_tools(cursor=page.nextCursor)
        names += [tool.name for tool in page.tools]
    assert len(set(names)) == len(names) > 20
    mixed = await session.call_tool("test_multiple_content_types", {})
    assert [block.type for block in mixed.content] == ["text", "image", "resource"]
    assert (await session.call_tool("add", {"a": 2, "b": 3})).structuredContent == {"sum": 5}
    assert (await session.call_tool("test_error_handling", {})).isError


async def progress(session: ClientSession, person: Person) -> None:
    heard: list[float] = []

    async def told(done: float, total: float | None, message: str | None) -> None:
        heard.append(done)

    await session.call_tool("test_tool_with_progress", {}, progress_callback=told)
    assert heard == [0, 50, 100], heard


async def cancelling(session: ClientSession, person: Person) -> None:
    async def told(done: float, total: float | None, message: str | None) -> None:
        pass

    person.told.clear()
    call = asyncio.create_task(session.call_tool("wait", {}, progress_callback=told))
    # This generation uses a request's id as its token, and leaves the notice to us.
    number = (await person.heard(types.ProgressNotification))[0].params.progressToken
    params = types.CancelledNotificationParams(requestId=number, reason="enough")
    await session.send_notification(types.ClientNotification(types.CancelledNotification(params=params)))
    await session.send_ping()
    assert not call.done()
    call.cancel()


async def resources(session: ClientSession, person: Person) -> None:
    for resource in (await session.list_resources()).resources:
        assert (await session.read_resource(resource.uri)).contents[0].uri == resource.uri
    assert "7" in (await session.read_resource(AnyUrl("test://template/7/data"))).contents[0].text
    try:
        raise AssertionError(await session.read_resource(AnyUrl("test://nope")))
    except McpError as error:
        assert error.error.code == -32002


async def prompts(session: ClientSession, person: Person) -> None:
    assert len((await session.list_prompts()).prompts) == 4
    prompt = await session.get_prompt("test_prompt_with_arguments", {"arg1": "one", "arg2": "two"})
    assert "one" in prompt.messages[0].content.text
    reference = types.PromptReference(type="ref/prompt", name="test_prompt_with_arguments")
    found = await session.complete(reference, {"name": "arg1", "value": "test"})
    assert found.completion.values == ["testValue1", "testValue2"]


async def logging(session: ClientSession, person: Person) -> None:
    person.told.clear()
    await session.set_logging_level("alert")
    await session.call_tool("test_logging_tool", {})
    lines = await person.heard(types.LoggingMessageNotification, 2)
    assert [line.params.level for line in lines] == ["alert", "emergency"]


async def asking(session: ClientSession, person: Person) -> None:
    said = await session.call_tool("test_elicitation", {"message": "Who?"})
    assert "ada@example.com" in said.content[0].text
    assert "Paris" in (await session.call_tool("test_sampling", {"prompt": "Where?"})).content[0].text
    roots = await session.call_tool("test_input_required_result_list_roots", {})
    assert "file:///work" in roots.content[0].text


async def changes(session: ClientSession, person: Person) -> None:
    await session.subscribe_resource(WATCHED)
    for kind in ("tool", "prompt", "resource"):
        await session.call_tool(f"test_trigger_{kind}_change", {})
    await person.heard(types.ToolListChangedNotification)
    await person.heard(types.PromptListChangedNotification)
    assert (await person.heard(types.ResourceUpdatedNotification))[0].params.uri == WATCHED
    await session.unsubscribe_resource(WATCHED)


@asynccontextmanager
async def connected(place: str) -> AsyncIterator[tuple]:
    """The two ends of a program that is started, or of a server at an address."""
    if place.startswith("http://"):
        async with streamable_http_client(place) as (read, write, _):
            yield read, write
    else:
        parameters = StdioServerParameters(command=place, args=["--page-size", "4"], env=dict(os.environ))
        async with stdio_client(parameters) as (read, write):
            yield read, write


async def main(place: str) -> None:
    person = Person()
    async with (
        connected(place) as (read, write),
        ClientSession(
            read,
            write,
            elicitation_callback=person.form,
            sampling_callback=person.sampling,
            list_roots_callback=person.roots,
            message_handler=person.hear,
        ) as session,
    ):
        await session.initialize()
        for feature in (tools, progress, cancelling, resources, prompts, logging, asking, changes):
            await feature(session, person)
            print(feature.__name__)


asyncio.run(main(sys.argv[1]))
