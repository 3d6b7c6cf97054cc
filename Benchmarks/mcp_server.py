"""The same tools on the low-level server of Python's `mcp`: mcp_server.py PORT [sessions]."""

from __future__ import annotations

import inspect
import json
import sys

import mcp.types as types
import uvicorn
from mcp.server.lowlevel import Server

import bench_tools

KINDS = {"int": "integer", "str": "string", "list[str]": "array"}
TOOLS = {tool.__name__: tool for tool in [*bench_tools.ASKING, bench_tools.CONSTANT]}


def schema(tool) -> dict:
    parameters = inspect.signature(tool).parameters.values()
    return {
        "type": "object",
        "properties": {one.name: {"type": KINDS[one.annotation.removesuffix(" | None")]} for one in parameters},
        "required": [one.name for one in parameters if one.default is inspect.Parameter.empty],
    }


LISTED = [types.Tool(name=name, description=tool.__doc__, input_schema=schema(tool)) for name, tool in TOOLS.items()]
SCHEMAS = {tool.name: tool.input_schema for tool in LISTED}


async def list_tools(context, params) -> types.ListToolsResult:
    return types.ListToolsResult(tools=LISTED)


async def call_tool(context, params) -> types.CallToolResult:
    result = await TOOLS[params.name](**(params.arguments or {}))
    text = result if isinstance(result, str) else json.dumps(result)
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)])


server = Server("mcp", get_tool_input_schema=SCHEMAS.get, on_list_tools=list_tools, on_call_tool=call_tool)

if __name__ == "__main__":
    app = server.streamable_http_app(json_response=True, stateless_http=sys.argv[2:] != ["sessions"], max_sessions=None)
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
