"""A stand-in for OvalEdge on a loopback port, written from its REST contract alone.

One live token for each credential, real three-part tokens that expire, four endpoints, and failures on demand:

    with StandIn() as ovaledge:
        ovaledge.next("asset-explorer", Reply(503), Reply(503))
        ovaledge.base_url

Started by hand (`python stand_in.py`) it prints its address and serves until it is interrupted.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import select
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import library

EXCHANGE = "/api/user/token/generate"
SUPERSEDED = "Invalid token, please generate a new token"


@dataclasses.dataclass
class Reply:
    """What one request is answered with; a body that is not text or bytes is sent as JSON.

    Status 0 is no answer at all: the connection is closed.
    """

    status: int = 200
    body: object = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    delay: float = 0
    cut_off: bool = False

    def payload(self) -> tuple[bytes, str]:
        if isinstance(self.body, bytes):
            return self.body, self.headers.get("Content-Type", "text/plain")
        if isinstance(self.body, str):
            return self.body.encode(), self.headers.get("Content-Type", "text/plain; charset=utf-8")
        return json.dumps(self.body).encode(), "application/json"


@dataclasses.dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int = 0

    @property
    def json(self) -> dict:
        return json.loads(self.body)


def html(title: str = "Sign in") -> Reply:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><form>…</form></body></html>"
    return Reply(200, page, {"Content-Type": "text/html; charset=utf-8"})


def redirect(to: str = "https://sso.example/saml/login?app=ovaledge") -> Reply:
    return Reply(302, b"", {"Location": to})


def jwt(subject: str, expiry: float | None, key: bytes = b"a key of the stand-in alone", number: int = 0) -> str:
    """A signed token of three parts, as OvalEdge hands them out."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    claims: dict[str, object] = {"sub": subject, "jti": number}
    if expiry is not None:
        claims["exp"] = int(expiry)
    text = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(json.dumps(claims).encode())
    return text + "." + part(hmac.new(key, text.encode(), hashlib.sha256).digest())


class StandIn:
    """One stand-in on a port of the kernel's choosing."""

    def __init__(self, *, token: str = "petra-token-5f1c", secret: str = "petra-secret-90ae", context: str = "/ovaledge"):
        self.credentials = {(token, secret)}
        self.context = context
        self.scheme = "jwt"
        self.token_life: float | None = 3600
        self.refusal = 400
        self.token_shape: Callable[[str], Reply] = lambda token: Reply(200, {"token": token})
        self.requests: list[Seen] = []
        self.tokens: list[str] = []
        self.abandoned = 0
        self.in_exchange = self.most_in_exchange = 0
        self._live: dict[tuple[str, str], str] = {}
        self._ends: dict[str, float] = {}
        self._scripts: dict[str, deque[Reply]] = defaultdict(deque)
        self._always: dict[str, Reply] = {}
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    # Running

    def start(self) -> StandIn:
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; `start` opens the same port again."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.context}"

    @property
    def exchanges(self) -> int:
        return sum(1 for seen in self.requests if seen.path.endswith(EXCHANGE))

    def seen(self, ending: str) -> list[Seen]:
        return [seen for seen in self.requests if seen.path.endswith(ending)]

    # Failures

    def next(self, ending: str, *replies: Reply) -> None:
        """Answer the next requests whose path ends so with these, in order."""
        self._scripts[ending].extend(replies)

    def always(self, ending: str, reply: Reply) -> None:
        """Answer every request whose path ends so with this, until `mend`."""
        self._always[ending] = reply

    def mend(self) -> None:
        self._always.clear()
        self._scripts.clear()
        self.token_shape = lambda token: Reply(200, {"token": token})

    def revoke(self) -> None:
        """Forget every live token, as when somebody else signs in with the same credential."""
        with self._lock:
            self._live.clear()

    # Answers

    def scripted(self, path: str) -> Reply | None:
        with self._lock:
            for ending, replies in self._scripts.items():
                if path.endswith(ending) and replies:
                    return replies.popleft()
            for ending, reply in self._always.items():
                if path.endswith(ending):
                    return reply
        return None

    def answer(self, seen: Seen) -> Reply:
        if not seen.path.startswith(self.context + "/"):
            return Reply(404, {"status": 404, "error": "Not Found", "path": seen.path})
        path = seen.path.removeprefix(self.context)
        if path == EXCHANGE:
            return self._exchange(seen)
        if reply := self.scripted(path):
            return reply
        if refusal := self._refusal(seen):
            return refusal
        return self._data(seen, path.removeprefix("/api/v1/mcp/"))

    def _exchange(self, seen: Seen) -> Reply:
        with self._lock:
            self.in_exchange += 1
            self.most_in_exchange = max(self.most_in_exchange, self.in_exchange)
        try:
            if reply := self.scripted(EXCHANGE):
                return reply
            if "authorization" not in seen.headers:
                return Reply(400, {"message": "Prefix missing Token"})
            pair = (seen.json.get("userToken"), seen.json.get("userSecret"))
            if pair not in self.credentials:
                return Reply(401, {"message": "Bad credentials"})
            return self.token_shape(self._mint(pair))
        finally:
            with self._lock:
                self.in_exchange -= 1

    def _mint(self, pair: tuple[str, str]) -> str:
        with self._lock:
            end = None if self.token_life is None else time.time() + self.token_life
            token = jwt("petra", end, number=len(self.tokens))
            self.tokens.append(token)
            self._live[pair] = token
            self._ends[token] = float("inf") if end is None else float(int(end))
            return token

    def _refusal(self, seen: Seen) -> Reply | None:
        scheme, _, token = seen.headers.get("authorization", "").partition(" ")
        if scheme != self.scheme or not token:
            return Reply(401, {"message": "Unauthorized"})
        with self._lock:
            if token not in self._live.values():
                return Reply(self.refusal, {"message": SUPERSEDED})
            if self._ends[token] <= time.time():
                return Reply(401, {"message": "Token has expired"})
        return None

    def _data(self, seen: Seen, name: str) -> Reply:
        number = int(seen.query.get("objectId") or 0)
        match (seen.method, name):
            case ("POST", "asset-explorer"):
                return Reply(200, library.explore(seen.json))
            case ("GET", "asset-details"):
                found = library.details(number, seen.query.get("objectType", ""))
            case ("GET", "asset-lineage"):
                found = library.lineage(number, int(seen.query.get("depth", 2)))
            case ("GET", "knowledge-search"):
                return Reply(200, library.knowledge(seen.query))
            case _:
                return Reply(404, {"message": f"No endpoint {name}"})
        return Reply(200, found) if found else Reply(404, {"message": f"No asset with id {number}"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.stand_in._connections.add(self.connection)

    def finish(self) -> None:
        self.stand_in._connections.discard(self.connection)
        super().finish()

    def log_message(self, *_: object) -> None:
        """The test's output is its own."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen = Seen(self.command, parts.path, query, {k.lower(): v for k, v in self.headers.items()}, body)
        self.stand_in.requests.append(seen)
        reply = self.stand_in.answer(seen)
        seen.status = reply.status
        if reply.delay and self._hung_up_within(reply.delay):
            self.stand_in.abandoned += 1
            self.close_connection = True
        elif reply.status == 0:
            self.close_connection = True
        else:
            self._send(reply)

    do_POST = do_PUT = do_DELETE = do_GET

    def _hung_up_within(self, seconds: float) -> bool:
        readable, _, _ = select.select([self.connection], [], [], seconds)
        return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""

    def _send(self, reply: Reply) -> None:
        body, kind = reply.payload()
        self.send_response(reply.status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + (100 if reply.cut_off else 0)))
        for name, value in reply.headers.items():
            if name.lower() != "content-type":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if reply.cut_off:
            self.close_connection = True


if __name__ == "__main__":
    with StandIn() as ovaledge:
        token, secret = next(iter(ovaledge.credentials))
        print(f"OVALEDGE_BASE_URL={ovaledge.base_url}")
        print(f"OVALEDGE_USER_TOKEN={token}\nOVALEDGE_USER_SECRET={secret}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
