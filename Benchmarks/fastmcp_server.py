"""Four tools with Python's FastMCP and its HTTP client: the way such a server is usually made.

On pipes, or with a port at that port, where a second argument `sessions` keeps sessions.
"""

from __future__ import annotations

import sys

from fastmcp import FastMCP

import bench_tools

mcp = FastMCP("FastMCP")
for tool in bench_tools.ASKING:
    mcp.tool(tool)

if __name__ == "__main__":
    if len(sys.argv) == 1:
        mcp.run(show_banner=False)
    else:
        import uvicorn

        mcp.tool(bench_tools.CONSTANT)
        app = mcp.http_app(path="/mcp", json_response=True, stateless_http=sys.argv[2:] != ["sessions"])
        uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
