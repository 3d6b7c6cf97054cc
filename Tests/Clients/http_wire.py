"""A server over HTTP, spoken to with the same words as one on pipes: each message is a POST of its own.

What a message brings back, in one body or in a stream, comes into the same list in which a pipe's lines do.
"""

from __future__ import annotations

import http.client
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from schema import STATELESS
from wire import Wire

KEYS = "io.modelcontextprotocol/"
NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class HTTPWire(Wire):
    """One running program with a port."""

    def __init__(self, command: list[str], environment: dict[str, str], directory: Path):
        super().__init__(command, environment, directory)
        self.session: str | None = None
        self.revision: str | None = None
        self.statuses: list[int] = []
        self.headers: list[dict[str, str]] = []
        self.fields: dict[str, str] = {}
        self._open: dict[object, http.client.HTTPConnection] = {}
        self.address = self.wait_for(lambda message: "address" in message)["address"]
        self.messages.clear()

    def _read_out(self) -> None:
        # The only line of such a program is its address.
        for line in self.process.stdout:
            self._take({"address": line.decode().strip()})
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _take(self, message: dict) -> None:
        with self._changed:
            if "address" not in message:
                self.out += json.dumps(message).encode() + b"\n"
            self.messages.append(message)
            self._changed.notify_all()

    @property
    def port(self) -> int:
        return int(self.address.split(":")[2].split("/")[0])

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def send(self, message: dict | str | bytes) -> None:
        """POST one message; it has been received when this returns, and its answer comes when it comes."""
        body = message if isinstance(message, bytes) else (message if isinstance(message, str) else json.dumps(message)).encode()
        known = json.loads(body)
        if known.get("method") == "notifications/cancelled" and self.session is None:
            return self.hang_up(known["params"]["requestId"])
        connection = self.connection()
        connection.request("POST", "/mcp", body, self._fields(known))
        expects = "method" in known and "id" in known
        if expects:
            self._open[known["id"]] = connection
        reader = threading.Thread(target=self._read_answer, args=(connection, known), daemon=True)
        reader.start()
        # What asks for nothing is received once it is answered; a stream once it has begun.
        if not expects or known["method"] in ("initialize", "subscriptions/listen"):
            reader.join(30) if known.get("method") != "subscriptions/listen" else self._wait_for_begin(known["id"])
        if known.get("method") == "notifications/initialized" and self.session:
            self.listen()

    def _wait_for_begin(self, number: object) -> None:
        key = f"{KEYS}subscriptionId"
        self.wait_for(
            lambda m: m.get("id") == number or m.get("params", {}).get("_meta", {}).get(key) == number
        )

    def hang_up(self, number: object) -> None:
        connection = self._open.pop(number)
        connection.sock.shutdown(2)

    def _fields(self, message: dict) -> dict[str, str]:
        fields = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"} | self.fields
        params = message.get("params") or {}
        meta = (params.get("_meta") if isinstance(params, dict) else None) or {}
        method = message.get("method", "")
        if method == "initialize" and f"{KEYS}protocolVersion" not in meta:
            return fields
        if claimed := meta.get(f"{KEYS}protocolVersion"):
            self.revision = self.revision or STATELESS
            fields |= {"MCP-Protocol-Version": str(claimed), "Mcp-Method": method}
            name = params.get(NAMES.get(method, ""))
            if isinstance(name, str):
                fields["Mcp-Name"] = name
        elif self.session:
            fields |= {"Mcp-Session-Id": self.session, "MCP-Protocol-Version": self.revision}
        elif self.revision:
            fields |= {"MCP-Protocol-Version": self.revision, "Mcp-Method": method}
        return fields

    def _read_answer(self, connection: http.client.HTTPConnection, message: dict) -> None:
        try:
            response = connection.getresponse()
            self.statuses.append(response.status)
            self.headers.append({name.lower(): value for name, value in response.getheaders()})
            if session := response.getheader("Mcp-Session-Id"):
                self.session = session
            for told in answers(response):
                if message.get("method") == "initialize" and "result" in told:
                    self.revision = told["result"]["protocolVersion"]
                self._take(told)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            # The connection was cut: by the test, or by the end of the server.
            pass
        finally:
            connection.close()

    def listen(self, **fields: str) -> http.client.HTTPResponse:
        """GET the stream of what belongs to no request; returns once it has begun."""
        connection = self.connection()
        own = {"Accept": "text/event-stream", "Mcp-Session-Id": self.session, "MCP-Protocol-Version": self.revision}
        connection.request("GET", "/mcp", headers=self.fields | own | fields)
        response = connection.getresponse()
        assert response.status == 200, (response.status, response.read())
        threading.Thread(target=self._read_stream, args=(response,), daemon=True).start()
        return response

    def _read_stream(self, response: http.client.HTTPResponse) -> None:
        try:
            for told in answers(response):
                self._take(told)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass

    def close(self, within: float = 40) -> int:
        """Ask the program to end, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(within)
        for thread in self._threads:
            thread.join(within)
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        for thread in self._threads:
            thread.join(10)


def answers(response: http.client.HTTPResponse) -> Iterator[dict]:
    """The messages of one answer, as they come."""
    if not (response.getheader("Content-Type") or "").startswith("text/event-stream"):
        body = response.read()
        if body:
            told = json.loads(body)
            yield from told if isinstance(told, list) else [told]
        return
    data: list[str] = []
    while line := response.readline():
        text = line.decode().rstrip("\n")
        if text.startswith("data: ") and len(text) > 6:
            data.append(text[6:])
        elif not text and data:
            yield json.loads("\n".join(data))
            data = []
