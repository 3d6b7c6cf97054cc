"""A server made with an SDK of either generation, on a free port: `sdk_server.py streamable-http|sse`."""

from __future__ import annotations

import socket
import sys

import uvicorn

try:
    from mcp.server.mcpserver import MCPServer as Server
except ImportError:
    from mcp.server.fastmcp import FastMCP as Server

server = Server("sdk-server", instructions="Add.")


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
def shout(text: str) -> str:
    """Say it louder."""
    return text.upper() + "!"


@server.tool()
def broken() -> str:
    """Fail."""
    raise ValueError("It does not work.")


@server.resource("note://one")
def note() -> str:
    """Hold a note."""
    return "Remember \x1b[31mthis."


@server.prompt()
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {name}."


def main() -> None:
    """Serve until the process is ended, after one line that says where."""
    kind = sys.argv[1]
    app = server.sse_app() if kind == "sse" else server.streamable_http_app()
    listener = socket.create_server(("127.0.0.1", 0))
    path = "sse" if kind == "sse" else "mcp"
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/{path}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    main()
