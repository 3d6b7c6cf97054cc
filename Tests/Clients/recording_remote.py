"""A remote MCP server that records what it is sent, and the authorization server and collector beside it; all on loopback.

It speaks 2025-06-18 over Streamable HTTP. What it does with a request follows from what the test has set; a tool named
`slow` waits, one named `fails` fails, and so on.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

TOOLS = [
    {
        "name": "echo",
        "title": "Echo",
        "description": "Says it again.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "text": {"type": "string", "minLength": 1},
                "count": {"type": "integer", "minimum": 1, "maximum": 9},
                "tenant": {"type": "string"},
                "_x": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
                "place": {"$ref": "#/$defs/Place"},
                "password": {"type": "string"},
            },
            "required": ["text"],
            "additionalProperties": False,
            "$defs": {
                "Place": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "in": {"$ref": "#/$defs/Place"}},
                }
            },
        },
        "outputSchema": {"type": "object", "properties": {"said": {"type": "string"}}, "required": ["said"]},
        "annotations": {"readOnlyHint": True},
        "_meta": {"vendor/x": 1},
        "vendorField": {"kept": [1.0, 2e3]},
    },
    {"name": "image", "inputSchema": {"type": "object"}},
    {"name": "fails", "inputSchema": {"type": "object"}},
    {"name": "asks", "inputSchema": {"type": "object"}},
    {"name": "slow", "inputSchema": {"type": "object", "properties": {"seconds": {"type": "number"}}}},
    {"name": "steps", "inputSchema": {"type": "object"}},
    {"name": "big", "inputSchema": {"type": "object", "properties": {"bytes": {"type": "integer"}}}},
    {"name": "weird/name:1", "inputSchema": {"type": ["object"], "properties": {"n": {"exclusiveMinimum": 0, "const": 3}}}},
    {"name": "delete_all", "inputSchema": {"type": "object"}},
]
PIXEL = {"type": "image", "data": b64encode(b"\x89PNG pixels").decode(), "mimeType": "image/png"}


class Heard:
    """One request as it came."""

    def __init__(self, method: str, headers: list[tuple[str, str]], body: object):
        self.method, self.headers, self.body = method, headers, body
        self.fields = {name.lower(): value for name, value in headers}
        self.names = [name for name, _ in headers]
        self.rpc = body.get("method") if isinstance(body, dict) else None


class Remote:
    """`refuse` maps the headers of a request to a status, headers and text with which it is refused, or to None."""

    def __init__(self, context: ssl.SSLContext | None = None):
        self.heard: list[Heard] = []
        self.refuse: Callable[[dict[str, str]], tuple[int, dict[str, str], str] | None] = lambda fields: None
        self.cancelled = threading.Event()
        self.open, self.most_open = 0, 0
        self.answers: dict[object, dict] = {}
        self.changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                with outer.changed:
                    outer.connections += 1

            def finish(self) -> None:
                super().finish()
                with outer.changed:
                    outer.connections -= 1

            def do_POST(self) -> None:
                outer._post(self)

            def do_GET(self) -> None:
                outer._end(self, 405, {}, b"")

            def do_DELETE(self) -> None:
                outer._end(self, 200, {}, b"")

            def log_message(self, *_: object) -> None:
                pass

        self.connections = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if context else "http"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server.server_port}/mcp"

    def calls(self, rpc: str = "tools/call") -> list[Heard]:
        return [one for one in self.heard if one.rpc == rpc]

    def forget(self) -> None:
        self.heard.clear()
        self.cancelled.clear()
        self.refuse = lambda fields: None

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _end(self, handler, status: int, headers: dict[str, str], body: bytes) -> None:
        try:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass

    def _post(self, handler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        heard = Heard("POST", list(handler.headers.items()), body)
        self.heard.append(heard)
        if refusal := self.refuse(heard.fields):
            return self._end(handler, refusal[0], refusal[1], refusal[2].encode())
        if "id" not in body or "method" not in body:
            if body.get("method") == "notifications/cancelled":
                self.cancelled.set()
            if "result" in body or "error" in body:
                with self.changed:
                    self.answers[body["id"]] = body
                    self.changed.notify_all()
            return self._end(handler, 202, {}, b"")
        self._answer(handler, body)

    def _answer(self, handler, body: dict) -> None:
        method, params = body["method"], body.get("params", {})
        fields = {"Content-Type": "application/json"}
        if method == "initialize":
            result = {
                "protocolVersion": "2025-06-18", "capabilities": {"tools": {"listChanged": True}, "prompts": {}, "resources": {}},
                "serverInfo": {"name": "recording", "title": "Recording", "version": "7.1"},
                "instructions": "Use `echo` <first>.",
            }  # fmt: skip
            fields["Mcp-Session-Id"] = "session-" + str(len(self.heard))
        elif method == "tools/list":
            start = int(params.get("cursor", 0))
            result = {"tools": TOOLS[start : start + 4]}
            if start + 4 < len(TOOLS):
                result["nextCursor"] = str(start + 4)
        elif method == "tools/call":
            return self._call(handler, body, params, fields)
        elif method == "prompts/list":
            result = {"prompts": [{"name": "greet", "arguments": [{"name": "who"}]}]}
        elif method == "prompts/get":
            text = f"Hello {params['arguments'].get('who')}"
            result = {"description": "d", "messages": [{"role": "user", "content": {"type": "text", "text": text}}, {"role": "user", "content": PIXEL}]}
        elif method == "resources/list":
            result = {"resources": [{"name": "page", "uri": "x://page", "mimeType": "text/html"}, {"name": "empty", "uri": "x://empty"}]}
        elif method == "resources/read" and params["uri"] == "x://page":
            result = {"contents": [{"uri": "x://page", "mimeType": "text/html", "text": "<script>1</script>"}]}
        elif method == "resources/read" and params["uri"] == "x://bytes":
            result = {"contents": [{"uri": "x://bytes", "mimeType": "image/png", "blob": PIXEL["data"]}]}
        elif method == "resources/read" and params["uri"] == "x://empty":
            result = {"contents": []}
        elif method == "ping":
            result = {}
        else:
            code = -32002 if method == "resources/read" else -32601
            error = {"jsonrpc": "2.0", "id": body["id"], "error": {"code": code, "message": "no"}}
            return self._end(handler, 200, fields, json.dumps(error).encode())
        answer = {"jsonrpc": "2.0", "id": body["id"], "result": result}
        self._end(handler, 200, fields, json.dumps(answer).encode())

    def _call(self, handler, body: dict, params: dict, fields: dict[str, str]) -> None:
        name, arguments = params["name"], params.get("arguments", {})
        if name == "echo":
            said = {"said": arguments["text"]}
            result = {"content": [{"type": "text", "text": json.dumps(said)}], "structuredContent": said, "_meta": {"seen": arguments}}
        elif name == "image":
            result = {"content": [PIXEL, {"type": "text", "text": "a pixel"}]}
        elif name == "fails":
            result = {"content": [{"type": "text", "text": "It timed out with a 404."}], "isError": True}
        elif name == "slow":
            with self.changed:
                self.open += 1
                self.most_open = max(self.most_open, self.open)
            time.sleep(arguments.get("seconds", 5))
            with self.changed:
                self.open -= 1
            result = {"content": [{"type": "text", "text": "late"}]}
        elif name == "big":
            result = {"content": [{"type": "text", "text": "x" * arguments["bytes"]}]}
        elif name in ("steps", "asks"):
            return self._stream(handler, body, name)
        else:
            result = {"content": [{"type": "text", "text": "[1, 2]"}]}
        self._end(handler, 200, fields, json.dumps({"jsonrpc": "2.0", "id": body["id"], "result": result}).encode())

    def _stream(self, handler, body: dict, name: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True

        def say(message: dict) -> None:
            handler.wfile.write(f"data: {json.dumps({'jsonrpc': '2.0'} | message)}\n\n".encode())
            handler.wfile.flush()

        text = "done"
        if name == "steps":
            token = body["params"].get("_meta", {}).get("progressToken")
            for step in range(1, 4):
                time.sleep(0.5)
                progress = {"progressToken": token, "progress": step, "total": 3, "message": f"step {step}"}
                say({"method": "notifications/progress", "params": progress})
            say({"method": "notifications/message", "params": {"level": "info", "data": "nearly", "logger": "r"}})
        else:
            schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
            say({"id": "q1", "method": "elicitation/create", "params": {"message": "Who?", "requestedSchema": schema}})
            with self.changed:
                self.changed.wait_for(lambda: "q1" in self.answers, 20)
                text = json.dumps(self.answers.pop("q1", {}).get("result"))
        say({"id": body["id"], "result": {"content": [{"type": "text", "text": text}]}})


class Issuer:
    """An authorization server that exchanges tokens as RFC 8693 says, and refuses what is not so."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.authorizations: list[str | None] = []
        self.problem: str | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                base = outer.url
                known = self.path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
                document = {
                    "issuer": base, "token_endpoint": base + "/token", "authorization_endpoint": base + "/authorize",
                    "grant_types_supported": ["urn:ietf:params:oauth:grant-type:token-exchange", "authorization_code"],
                    "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
                }  # fmt: skip
                self._end(200 if known else 404, document if known else {})

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(text))
                outer.forms.append(form)
                outer.authorizations.append(self.headers.get("Authorization"))
                time.sleep(0.05)
                if outer.problem:
                    return self._end(400, {"error": outer.problem, "error_description": form.get("subject_token")})
                token = {
                    "access_token": "service-for-" + form.get("subject_token", form.get("code", "")),
                    "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                    "token_type": "bearer",
                    "expires_in": 600,
                }
                self._end(200, token)

            def _end(self, status: int, body: dict) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
