"""A remote MCP server in this process that does what a test says: refuses, forgets, hangs up, and counts."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HELLO = {
    "protocolVersion": "2025-11-25", "capabilities": {"tools": {"listChanged": True}},
    "serverInfo": {"name": "odd", "version": "1"},
}  # fmt: skip
TOOLS = {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in ("get_it", "put_it")]}


class OddRemote:
    """Speaks 2025-11-25; `answer` has what to do with a tool's call, `refuse` whether a request is refused before all else."""

    def __init__(self, port: int = 0):
        self.messages: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.ended: list[str] = []
        self.sessions: set[str] = set()
        self.refuse: Callable[[dict], tuple[int, str] | None] = lambda message: None
        self.answer: Callable[[dict, BaseHTTPRequestHandler], dict | None] = lambda message, handler: {"content": []}
        self.lock = threading.Lock()
        self.connections: list[socket.socket] = []
        remote = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with remote.lock:
                    remote.connections.append(self.connection)

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                self.reply(405)

            def do_DELETE(self) -> None:
                with remote.lock:
                    remote.ended.append(self.headers["Mcp-Session-Id"])
                self.reply(200)

            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with remote.lock:
                    remote.messages.append(message)
                    remote.headers.append({name.lower(): value for name, value in self.headers.items()})
                remote.take(message, self)

            def reply(self, status: int, body: object = None, **fields: str) -> None:
                data = b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name.replace("_", "-"), value)
                if data:
                    self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> OddRemote:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def count(self, method: str) -> int:
        with self.lock:
            return sum(message.get("method") == method for message in self.messages)

    def take(self, message: dict, handler: BaseHTTPRequestHandler) -> None:
        if refusal := self.refuse(message):
            return handler.reply(refusal[0], refusal[1].encode(), WWW_Authenticate="Bearer")
        if "id" not in message:
            return handler.reply(202)
        method, number = message["method"], message["id"]
        if method == "server/discover":
            error = {"code": -32601, "message": "unknown"}
            return handler.reply(400, {"jsonrpc": "2.0", "id": number, "error": error})
        if method == "initialize":
            with self.lock:
                session = f"s{len(self.sessions) + 1}"
                self.sessions.add(session)
            return handler.reply(200, {"jsonrpc": "2.0", "id": number, "result": HELLO}, Mcp_Session_Id=session)
        if handler.headers["Mcp-Session-Id"] not in self.sessions:
            return handler.reply(404, {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": "Session not found"}})
        result = TOOLS if method == "tools/list" else self.answer(message, handler) if method == "tools/call" else {}
        if result is not None:
            handler.reply(200, {"jsonrpc": "2.0", "id": number, "result": result})

    def forget(self) -> None:
        """The server does not know its sessions any more."""
        with self.lock:
            self.sessions = {"none"}
