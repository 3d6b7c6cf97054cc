"""A remote MCP server whose every byte a test chooses: one that no library would write, as they are met in the field."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable

HELLO = {
    "protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
    "serverInfo": {"name": "raw", "version": "1"},
}  # fmt: skip
TOOL = {"name": "get", "inputSchema": {"type": "object"}}


def head(status: str, body: bytes = b"", kind: str = "application/json", *fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(number: object, result: object) -> dict:
    return {"jsonrpc": "2.0", "id": number, "result": result}


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def said(text: str) -> dict:
    return {"content": [{"type": "text", "text": text}]}


class RawRemote:
    """`replies` maps a method to what is written for it: bytes, or several in turn; without an entry it is a plain server."""

    def __init__(self) -> None:
        self.heard: list[dict] = []
        self.fields: list[dict[str, str]] = []
        self.replies: dict[str, Callable[[dict], bytes | Iterable[bytes]]] = {}
        self.tools: object = [TOOL]
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/mcp"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RawRemote:
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def count(self, method: str) -> int:
        with self.lock:
            return sum(message.get("method") == method for message in self.heard)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while line := reader.readline():
                fields: dict[str, str] = {}
                while (field := reader.readline()) not in (b"\r\n", b""):
                    name, _, value = field.decode("latin-1").partition(":")
                    fields[name.lower()] = value.strip()
                body = reader.read(int(fields.get("content-length", 0)))
                if not line.startswith(b"POST"):
                    connection.sendall(head("405 Method Not Allowed", kind=""))
                    continue
                message = json.loads(body)
                with self.lock:
                    self.heard.append(message)
                    self.fields.append(fields)
                parts = self._reply(message)
                for part in [parts] if isinstance(parts, bytes) else parts:
                    if part == b"":
                        return
                    connection.sendall(part)

    def _reply(self, message: dict) -> bytes | Iterable[bytes]:
        method, number = message.get("method"), message.get("id")
        if method in self.replies:
            return self.replies[method](message)
        if number is None:
            return head("202 Accepted", kind="")
        if method == "server/discover":
            error = {"jsonrpc": "2.0", "id": number, "error": {"code": -32601, "message": "unknown"}}
            return head("400 Bad Request", json.dumps(error).encode())
        if method == "initialize":
            return head("200 OK", json.dumps(answer(number, HELLO)).encode(), "application/json", "Mcp-Session-Id: s1")
        result = {"tools": self.tools} if method == "tools/list" else said("plain") if method == "tools/call" else {}
        return head("200 OK", json.dumps(answer(number, result)).encode())
