"""A session with the SDK generation before, run by `test_older_client.py` in an environment of its own.

Prints one line for each step that went well; any exception is the failure.
"""

from __future__ import annotations

import asyncio
import os
import sys

from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client


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
        await session.send_ping()
        print("alive")
    print("closed")


asyncio.run(main(sys.argv[1]))
