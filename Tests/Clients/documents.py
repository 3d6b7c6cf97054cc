"""A web server of other people, with TLS: it serves the metadata documents by which programs name themselves."""

from __future__ import annotations

import dataclasses
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from network import Authority


@dataclasses.dataclass
class Document:
    body: object = b""
    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    delay: float = 0


class Documents:
    """Documents by their paths, under one name that leads here; `asked` are the paths, as they were asked for."""

    def __init__(self, folder: Path, host: str = "client.example"):
        self.host = host
        self.authority = Authority(folder, "Example Web Root")
        certificate, key = self.authority.certificate("web", host)
        self.documents: dict[str, Document] = {}
        self.asked: list[str] = []
        self.names: list[str | None] = []
        self.headers: list[dict[str, str]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        handler = type("Handler", (_Handler,), {"documents": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.context = context
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def resolve(self) -> str:
        return f"{self.host}=127.0.0.1:{self.port}"

    def address(self, path: str) -> str:
        return f"https://{self.host}{path}"

    def describe(self, path: str, status: int = 200, delay: float = 0, headers: dict[str, str] | None = None, **changed: object) -> str:
        """Serve the document of a program there: the address, which is the program's id."""
        about = {
            "client_id": self.address(path), "client_name": "Example App", "redirect_uris": [self.address("/callback")],
            "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        } | changed  # fmt: skip
        about = {name: value for name, value in about.items() if value is not None}
        self.documents[path] = Document(about, status, headers or {}, delay)
        return self.address(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request, client_address) -> None:
        # In the thread of the request, so that a client that stays silent blocks no other.
        with self.context.wrap_socket(request, server_side=True) as encrypted:
            self.RequestHandlerClass(encrypted, client_address, self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    documents: Documents

    def log_message(self, *_: object) -> None:
        """The test's output is its own."""

    def do_GET(self) -> None:
        served = self.documents
        served.asked.append(self.path)
        served.headers.append({name.lower(): value for name, value in self.headers.items()})
        document = served.documents.get(self.path, Document(status=404))
        time.sleep(document.delay)
        body = document.body if isinstance(document.body, bytes) else json.dumps(document.body).encode()
        self.send_response(document.status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | document.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
