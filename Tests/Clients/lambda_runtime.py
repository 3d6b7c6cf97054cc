"""A stand-in of AWS Lambda's runtime interface, and the events that its gateways make of requests."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import json
import queue
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

from wire import clean_environment

PREFIX = "/2018-06-01/runtime/"
DOMAIN = "abc123.execute-api.us-east-1.amazonaws.com"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
STREAM = "application/vnd.awslambda.http-integration-response"


@dataclasses.dataclass
class Outcome:
    """What a function did with one invocation, or said before the first."""

    kind: str
    headers: dict[str, str]
    pieces: list[bytes]
    #: When each piece came, and when all were there: seconds of the monotonic clock.
    times: list[float]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def content(self) -> bytes:
        """The body of the HTTP response inside."""
        if self.headers.get("content-type") == STREAM:
            return self.body.split(b"\0" * 8, 1)[1]
        body = self.json["body"]
        return base64.b64decode(body, validate=True) if self.json["isBase64Encoded"] else body.encode()

    @property
    def head(self) -> dict:
        """Status and fields, whatever the format."""
        told = json.loads(self.body.split(b"\0" * 8, 1)[0]) if self.headers.get("content-type") == STREAM else self.json
        fields = {name.lower(): value for name, value in told.get("headers", {}).items()}
        fields |= {name.lower(): ", ".join(values) for name, values in told.get("multiValueHeaders", {}).items()}
        return {"status": told["statusCode"], "fields": fields, "cookies": told.get("cookies", [])}


class Runtime:
    """Hands over what it is told to, one after the other, and keeps what comes back."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[tuple[str, bytes, float | None] | None] = queue.Queue()
        self.outcomes: dict[str, queue.Queue[Outcome]] = {}
        self.init = queue.Queue()
        self.refusal = 0
        self.nexts = 0
        self._ids = (f"8476a536-e9f4-11e8-9739-{number:012}" for number in itertools.count(1))

        class Handler(_Handler):
            runtime = self

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def hand_over(self, event: object, seconds: float | None = 30) -> queue.Queue[Outcome]:
        """Queues an invocation; `event` is JSON, or bytes as they are."""
        name = next(self._ids)
        outcome = self.outcomes[name] = queue.Queue()
        bytes_ = event if isinstance(event, bytes) else json.dumps(event).encode()
        self.waiting.put((name, bytes_, seconds))
        return outcome

    def invoke(self, event: object, seconds: float | None = 30) -> Outcome:
        return self.hand_over(event, seconds).get(timeout=60)

    def stop(self) -> None:
        self.waiting.put(None)
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A function that is ended leaves in the middle of things."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    runtime: Runtime

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        assert self.path == PREFIX + "invocation/next", self.path
        self.runtime.nexts += 1
        invocation = self.runtime.waiting.get()
        if invocation is None:
            return self._send(500, b"{}")
        name, event, seconds = invocation
        fields = {
            "Lambda-Runtime-Aws-Request-Id": name,
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:oe-mcp-dev-lambda",
            "Lambda-Runtime-Trace-Id": TRACE,
            "Content-Type": "application/json",
        }
        if seconds is not None:
            fields["Lambda-Runtime-Deadline-Ms"] = str(int((time.time() + seconds) * 1000))
        self._send(200, event, fields)

    def do_POST(self) -> None:
        pieces, times = self._pieces()
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = self.path.removeprefix(PREFIX).split("/")
        outcome = Outcome(parts[-1], headers, pieces, [*times, time.monotonic()])
        status = self.runtime.refusal or 202
        if parts[0] == "init":
            self.runtime.init.put(outcome)
        else:
            self.runtime.outcomes[parts[1]].put(outcome)
        self._send(status, b'{"status":"OK"}')

    def _pieces(self) -> tuple[list[bytes], list[float]]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return [self.rfile.read(int(self.headers["Content-Length"]))], [time.monotonic()]
        pieces, times = [], []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            times.append(time.monotonic())
            assert self.rfile.readline() == b"\r\n"
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        return pieces, times

    def _send(self, status: int, body: bytes, fields: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (fields or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Function:
    """A program that serves invocations, for as long as the block lasts."""

    def __init__(self, command: list[str], home: Path, runtime: Runtime | None = None, **settings: object):
        self.runtime = runtime or Runtime()
        self.log_lines: list[str] = []
        environment = clean_environment(home, **settings) | {
            "AWS_LAMBDA_RUNTIME_API": self.runtime.address,
            "AWS_LAMBDA_FUNCTION_NAME": "oe-mcp-dev-lambda",
            "TZ": ":UTC",
        }
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=environment, cwd=home, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=lambda: self.log_lines.extend(self.process.stderr), daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        return "".join(self.log_lines)

    def invoke(self, event: object, seconds: float | None = 30) -> Outcome:
        return self.runtime.invoke(event, seconds)

    def wait(self, seconds: float = 30) -> int:
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def __enter__(self) -> Function:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)
        self._reader.join(5)
        self.runtime.stop()


def _text(body: bytes | str, encoded: bool) -> str:
    raw = body.encode() if isinstance(body, str) else body
    return base64.b64encode(raw).decode() if encoded else raw.decode()


def http_event(
    method: str = "GET", path: str = "/", headers: dict[str, str] | None = None, body: bytes | str = "", *,
    encoded: bool = False, stage: str = "$default", domain: str = DOMAIN, source: str = "192.0.2.7",
) -> dict:  # fmt: skip
    """Payload format 2.0: an HTTP API, or a function URL."""
    raw, _, query = path.partition("?")
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw if stage == "$default" else f"/{stage}{raw}",
        "rawQueryString": query,
        "headers": {"host": domain, "x-forwarded-proto": "https", "x-forwarded-for": source, "x-forwarded-port": "443"}
        | {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "accountId": "123456789012", "apiId": domain.split(".")[0], "domainName": domain,
            "domainPrefix": domain.split(".")[0],
            "http": {"method": method, "path": raw, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": "test"},
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": "$default", "stage": stage,
            "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1773342238000,
        },
        "isBase64Encoded": encoded,
    }  # fmt: skip
    return event | ({"body": _text(body, encoded)} if body else {})


def rest_event(
    method: str = "GET", path: str = "/", headers: dict[str, str] | None = None, body: bytes | str = "", *,
    encoded: bool = False, stage: str = "prod", domain: str = DOMAIN, source: str = "192.0.2.7",
) -> dict:  # fmt: skip
    """Payload format 1.0: a REST API."""
    raw, _, query = path.partition("?")
    fields = {"Host": domain, "X-Forwarded-Proto": "https", "X-Forwarded-For": source} | (headers or {})
    pairs = parse_qsl(query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}", "path": raw, "httpMethod": method,
        "headers": fields, "multiValueHeaders": {name: [value] for name, value in fields.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": {name: [v for n, v in pairs if n == name] for name, _ in pairs} or None,
        "pathParameters": {"proxy": raw.lstrip("/")}, "stageVariables": None,
        "requestContext": {
            "resourceId": "2gxmpl", "resourcePath": "/{proxy+}", "httpMethod": method, "path": f"/{stage}{raw}",
            "accountId": "123456789012", "protocol": "HTTP/1.1", "stage": stage, "domainName": domain,
            "domainPrefix": domain.split(".")[0], "requestTimeEpoch": 1773342238000,
            "requestId": "4dfd3a2c-ad9d-4a4a-9c40-exmpl", "identity": {"sourceIp": source, "userAgent": "test"},
            "apiId": domain.split(".")[0],
        },
        "body": _text(body, encoded) if body else None, "isBase64Encoded": encoded,
    }  # fmt: skip


def balancer_event(
    method: str = "GET", path: str = "/", headers: dict[str, str] | None = None, body: bytes | str = "", *,
    encoded: bool = False, lists: bool = False, source: str = "192.0.2.7", scheme: str = "https",
) -> dict:  # fmt: skip
    """What a load balancer makes of a request; `lists` where its target group has multi-value headers."""
    raw, _, query = path.partition("?")
    fields = {
        "host": "lb-1234.us-east-1.elb.amazonaws.com", "x-amzn-trace-id": TRACE.split(";")[0],
        "x-forwarded-for": source, "x-forwarded-port": "443", "x-forwarded-proto": scheme,
    } | {name.lower(): value for name, value in (headers or {}).items()}  # fmt: skip
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambda/49e9d65c45c6791a"
    event = {"requestContext": {"elb": {"targetGroupArn": group}}, "httpMethod": method, "path": raw}
    if lists:
        event["multiValueHeaders"] = {name: [value] for name, value in fields.items()}
        event["multiValueQueryStringParameters"] = {name: [value] for name, value in pairs}
    else:
        event |= {"headers": fields, "queryStringParameters": dict(pairs)}
    return event | {"body": _text(body, encoded), "isBase64Encoded": encoded}
