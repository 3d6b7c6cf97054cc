"""An OvalEdge on a loopback port that answers as an attack wants: any bytes, at any pace."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

EXCHANGE = "/api/user/token/generate"


@dataclass
class Request:
    method: str
    path: str
    query: str
    fields: dict[str, str]
    body: bytes


@dataclass
class Bytes:
    """What goes back: parts with a pause after each, and then perhaps the end of the connection."""

    parts: list[bytes]
    pause: float = 0
    closes: bool = False


def reply(status: int, body: bytes, kind: str = "application/json", more: dict[str, str] | None = None) -> Bytes:
    head = [f"HTTP/1.1 {status} Words", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in (more or {}).items()]
    return Bytes([("\r\n".join(head) + "\r\n\r\n").encode("utf-8", "replace") + body])


class BackEnd:
    """A thread for each connection; `answer` says what each request gets."""

    def __init__(self, answer: Callable[[Request], Bytes]):
        self.answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/ovaledge"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> BackEnd:
        return self

    def __exit__(self, *_: object) -> None:
        # A listener that another thread waits for is not closed by `close` alone.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection, connection.makefile("rb") as stream:
                while (request := _read(stream)) is not None:
                    answer = self.answer(request)
                    for part in answer.parts:
                        connection.sendall(part)
                        if answer.pause:
                            time.sleep(answer.pause)
                    if answer.closes:
                        return
        except (OSError, ValueError):
            return


def _read(stream) -> Request | None:
    line = stream.readline(1 << 20)
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    fields: dict[str, str] = {}
    while (field_line := stream.readline(1 << 20).decode("latin-1").strip()):
        name, _, value = field_line.partition(":")
        fields[name.lower()] = value.strip()
    if fields.get("expect", "").lower() == "100-continue":
        raise ValueError("the program waits for 100")
    parts = urlsplit(target)
    return Request(method, parts.path, parts.query, fields, stream.read(int(fields.get("content-length") or 0)))


class SampleCatalog:
    """The sandbox of `oe-mcp-http`, asked on behalf of whoever asks here."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._host, self._context = parts.netloc, parts.path.rstrip("/")
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._token: str | None = None

    def ask(self, request: Request, context: str) -> tuple[int, bytes]:
        """The status and body that the sandbox has for it."""
        path = self._context + request.path.removeprefix(context) + ("?" + request.query if request.query else "")
        fields = {name: value for name, value in request.fields.items() if name not in ("host", "content-length", "authorization")}
        status, body = self._send(request.method, path, request.body, fields | {"Authorization": f"jwt {self._signed_in()}"})
        if status in (400, 401) and b"oken" in body:
            self._token = None
            status, body = self._send(request.method, path, request.body, fields | {"Authorization": f"jwt {self._signed_in()}"})
        return status, body

    def _signed_in(self) -> str:
        with self._lock:
            if self._token is None:
                body = b'{"userToken":"sandbox-user-token","userSecret":"sandbox-secret"}'
                fields = {"Content-Type": "application/json", "Authorization": "jwt"}
                _, answer = self._send("POST", self._context + EXCHANGE, body, fields)
                self._token = json.loads(answer)["token"]
            return self._token

    def _send(self, method: str, path: str, body: bytes, fields: dict[str, str]) -> tuple[int, bytes]:
        for _ in range(2):
            connection = getattr(self._threads, "connection", None)
            if connection is None:
                connection = self._threads.connection = http.client.HTTPConnection(self._host, timeout=20)
            try:
                connection.request(method, path, body or None, fields)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._threads.connection = None
        return 503, b"{}"
