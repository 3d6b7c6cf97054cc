"""A session with the SDK generation before, run by `test_older_client.py` in an environment of its own.

Prints one line for each step that went well; any exception is the failure.
"""

from __future__ import annotations

import asyncio
import os
import sys

from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import PromptReference
from pydantic import AnyUrl


async def read_all(session: ClientSession) -> None:
    for resource in (await session.list_resources()).resources:
        assert (await session.read_resource(resource.uri)).contents[0].text.startswith("# ")
    templates = (await session.list_resource_templates()).resourceTemplates
    assert "ovaledge://catalog/table/{object_id}" in [template.uriTemplate for template in templates]
    table = (await session.read_resource(AnyUrl("ovaledge://catalog/table/501"))).contents[0]
    assert "# orders (table, `oetable 501`)" in table.text, table
    try:
        raise AssertionError(await session.read_resource(AnyUrl("ovaledge://catalog/table/999999")))
    except McpError as error:
        assert error.error.code == -32002, error


async def fill_in_all(session: ClientSession) -> None:
    for prompt in (await session.list_prompts()).prompts:
        # A number, which is a text for those that want one.
        values = {argument.name: "20" for argument in prompt.arguments}
        assert "20" in (await session.get_prompt(prompt.name, values)).messages[0].content.text
    reference = PromptReference(type="ref/prompt", name="explain_tag")
    found = await session.complete(reference, {"name": "tag_name", "value": "go"})
    assert found.completion.values == ["Gold"], found


async def main(command: str) -> None:
    parameters = StdioServerParameters(command=command, args=["--sandbox"], env=dict(os.environ))
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        print("initialized", hello.protocolVersion)
        tools = (await session.list_tools()).tools
        print("listed", *sorted(tool.name for tool in tools))
        found = await session.call_tool("asset_explorer", {"search_terms": ["orders"]})
        assert not found.isError, found
        print("called")
        try:
            wrong = await session.call_tool("no_such_tool", {})
            assert wrong.isError, wrong
        except McpError as error:
            assert error.error.code == -32602, error
        print("refused")
        await read_all(session)
        print("read")
        await fill_in_all(session)
        print("prompted")
        await session.send_ping()
        print("alive")
    print("closed")


asyncio.run(main(sys.argv[1]))
