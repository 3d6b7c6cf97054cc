"""Bridges in front of servers, and behind callers, that do what no one should: nothing hangs, and the next call succeeds."""

from __future__ import annotations

import gzip
import json
import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge_program import BridgeProgram
from http_program import wait_until
from raw_remote import RawRemote, answer, chunk, head, said

JSON = {"Content-Type": "application/json"}
ODD_CHILD = Path(__file__).parent / "odd_child.py"
EVENTS = "text/event-stream"
CHUNKED = f"HTTP/1.1 200 OK\r\nContent-Type: {EVENTS}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


@pytest.fixture(scope="module")
def remote():
    with RawRemote() as server:
        yield server


@pytest.fixture(scope="module")
def program(oe_mcp_http: str, remote: RawRemote, tmp_path_factory: pytest.TempPathFactory):
    settings = {"MCP_REMOTE_SERVER": remote.url, "MCP_REMOTE_TIMEOUT": 4, "SCHEMA_CACHE_TTL": 0}
    with BridgeProgram(oe_mcp_http, tmp_path_factory.mktemp("odd"), **settings) as bridge:
        yield bridge


@pytest.fixture(autouse=True)
def plain(remote: RawRemote) -> None:
    remote.replies, remote.tools = {}, [{"name": "get", "inputSchema": {"type": "object"}}]


def event(message: object) -> bytes:
    return b"data: " + json.dumps(message).encode() + b"\n\n"


def ok(number: object, text: str = "odd") -> bytes:
    return json.dumps(answer(number, said(text))).encode()


def stream(*parts: bytes, trailer: bytes = b"") -> bytes:
    return CHUNKED + b"".join(chunk(part) for part in parts) + b"0\r\n" + trailer + b"\r\n"


REPLIES = {
    "202 with a body": (lambda m: head("202 Accepted", ok(m["id"])), 200),
    "200 and nothing": (lambda m: head("200 OK", kind=""), 502),
    "204": (lambda m: b"HTTP/1.1 204 No Content\r\n\r\n", 502),
    "another id": (lambda m: head("200 OK", ok(m["id"] + 1000)), 502),
    "the id as a text": (lambda m: head("200 OK", ok(str(m["id"]))), 502),
    "the answer twice in a list": (lambda m: head("200 OK", b"[" + ok(m["id"]) + b"," + ok(m["id"], "two") + b"]"), 200),
    "the answer twice on a stream": (lambda m: stream(event(answer(m["id"], said("odd"))), event(answer(m["id"], said("two")))), 200),
    "a list with a notification": (
        lambda m: head("200 OK", b'[{"jsonrpc":"2.0","method":"notifications/message","params":{}},' + ok(m["id"]) + b"]"), 200,
    ),
    "a byte order mark": (lambda m: head("200 OK", b"\xef\xbb\xbf" + ok(m["id"])), 200),
    "a byte order mark on a stream": (lambda m: stream(b"\xef\xbb\xbf" + event(answer(m["id"], said("odd")))), 200),
    "trailers": (lambda m: stream(event(answer(m["id"], said("odd"))), trailer=b"X-After: 1\r\n"), 200),
    "gzip": (lambda m: head("200 OK", gzip.compress(ok(m["id"])), "application/json", "Content-Encoding: gzip"), 200),
    "gzip that is none": (lambda m: head("200 OK", b"\x1f\x8b no", "application/json", "Content-Encoding: gzip"), 502),
    "early hints": (lambda m: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + head("200 OK", ok(m["id"])), 200),
    "lines that end with CR": (lambda m: stream(b"event: message\rdata: " + ok(m["id"]) + b"\r\r"), 200),
    "a stream that ends early": (lambda m: stream(b": nothing\n\n"), 502),
    "half an answer": (lambda m: [head("200 OK", ok(m["id"]))[:-9], b""], 502),
    "a head and nothing": (lambda m: [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", b""], 502),
    "HTML": (lambda m: head("200 OK", b"<html>hello</html>", "text/html"), 502),
    "no kind": (lambda m: head("200 OK", ok(m["id"]), ""), 502),
    "JSON behind JSON": (lambda m: head("200 OK", ok(m["id"]) + ok(m["id"])), 502),
    "deep JSON": (lambda m: head("200 OK", b"[" * 100_000 + b"]" * 100_000), 502),
    "no UTF-8": (lambda m: head("200 OK", ok(m["id"]).replace(b"odd", b"\xff\xfe")), 502),
    "both a result and an error": (
        lambda m: head("200 OK", json.dumps(answer(m["id"], {}) | {"error": {"code": 1, "message": "no"}}).encode()), 502,
    ),
    "a result that is a list": (lambda m: head("200 OK", json.dumps(answer(m["id"], [1])).encode()), 502),
    "an error that is a text": (lambda m: head("200 OK", json.dumps({"jsonrpc": "2.0", "id": m["id"], "error": "no"}).encode()), 502),
    "a redirect to itself": (lambda m: head("307 Temporary Redirect", b"", "", "Location: /mcp"), 502),
    "a redirect elsewhere": (lambda m: head("308 Permanent Redirect", b"", "", "Location: http://127.0.0.1:1/mcp"), 502),
    "a redirect to nowhere": (lambda m: head("302 Found", b"", ""), 502),
    "later, in words": (lambda m: head("429 Too Many Requests", b"", "", "Retry-After: soon"), 429),
    "later, by a date": (lambda m: head("429 Too Many Requests", b"", "", "Retry-After: Fri, 31 Dec 2099 23:59:59 GMT"), 429),
    "later, long ago": (lambda m: head("503 Service Unavailable", b"", "", "Retry-After: -5"), 502),
    "much later": (lambda m: head("503 Service Unavailable", b"", "", f"Retry-After: {'9' * 40}"), 502),
    "a large head": (lambda m: head("200 OK", ok(m["id"]), "application/json", *[f"X-{n}: {'a' * 1000}" for n in range(500)]), 502),
    "a status that is no number": (lambda m: b"HTTP/1.1 OK fine\r\n\r\n", 502),
    "an answer of HTTP 1.0": (lambda m: [b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + ok(m["id"]), b""], 200),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLIES)
def test_an_answer_to_a_call_is(name: str, program: BridgeProgram, remote: RawRemote) -> None:
    reply, status = REPLIES[name]
    remote.replies["tools/call"] = reply
    began = time.monotonic()
    answered = program.call("get")
    assert answered.status == status, answered.body
    assert time.monotonic() - began < 3, "An answer that is there is not waited for."
    if status == 200:
        assert answered.json["content"][0]["text"] == "odd"
    elif status != 429:
        assert answered.json["error"] in ("upstream_error", "upstream_unreachable"), answered.body
    remote.replies = {}
    assert program.call("get").json["content"][0]["text"] == "plain"


LISTS = {
    "null": None, "an object": {"a": 1}, "numbers": [1, 2], "nameless": [{}, {"name": 4}],
    "no schema": [{"name": "get"}], "a schema that is a text": [{"name": "get", "inputSchema": "x"}],
    "a schema that is true": [{"name": "get", "inputSchema": True}],
    "a schema that is itself": [{"name": "get", "inputSchema": {"$ref": "#"}}],
    "a circle": [{"name": "get", "inputSchema": {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}}],
    "a pattern that never ends": [{"name": "get", "inputSchema": {"type": "object", "properties": {"a": {"pattern": "(a+)+$"}}}}],
    "a long name": [{"name": "n" * 100_000, "inputSchema": {"type": "object"}}],
    "a name twice": [{"name": "get", "inputSchema": {"type": "object"}}] * 2,
    "a name with slashes": [{"name": "../../get", "inputSchema": {"type": "object"}}],
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_tools_has(name: str, program: BridgeProgram, remote: RawRemote) -> None:
    remote.tools = LISTS[name]
    for path in ("/tools", "/openapi.json", "/openapi.json?version=3.0", "/docs", "/healthz/child"):
        assert program.get(path).status in (200, 502, 503), path
    assert program.call("get", {"a": "a" * 40 + "!"}).status in (200, 400, 404)
    remote.tools = [{"name": "get", "inputSchema": {"type": "object"}}]
    assert program.call("get").status == 200


def test_a_hundred_thousand_tools_are_taken_as_far_as_the_limit(program: BridgeProgram, remote: RawRemote) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    remote.tools = [{"name": f"t{number}", "description": "d", "inputSchema": schema} for number in range(100_000)]
    assert len(program.get("/tools").json) == 10_000
    listed = program.get("/tools?shape=mcp").json
    assert listed["_meta"] == {"oe-mcp/omitted": 90_000}
    ready = program.get("/ready")
    assert ready.status == 200 and ready.json["remote"]["tools_omitted"] == 90_000
    program.wait_for_log("omitted=90000")
    assert program.call("t9999").status == 200 and program.call("t10000").status == 404
    assert memory(program) < 400


def test_a_list_of_two_hundred_megabytes_ends_no_one(program: BridgeProgram, remote: RawRemote) -> None:
    size, piece = 200 << 20, b" " * (1 << 20)

    def huge(message: dict):
        yield f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
        for _ in range(size // len(piece)):
            yield piece

    remote.replies["tools/list"] = huge
    refused = program.get("/tools")
    assert refused.status == 422 and refused.json["error"] == "too_large"
    assert program.get("/ready").json["remote"]["tools_omitted"] == "all"
    assert memory(program) < 400
    remote.replies = {}
    assert program.get("/tools").status == 200
    assert "tools_omitted" not in program.get("/ready").json["remote"]


def test_calls_are_counted_by_the_tools_that_are_listed(program: BridgeProgram, remote: RawRemote) -> None:
    for _ in range(2):
        assert program.call("get").status == 200
    remote.replies["tools/call"] = lambda m: head("200 OK", json.dumps(answer(m["id"], said("no") | {"isError": True})).encode())
    assert program.call("get").status == 422
    text = program.get("/metrics").body.decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    calls, failed = (int(values[f'mcp_tool_{kind}_total{{tool="get"}}']) for kind in ("calls", "errors"))
    assert calls >= 3 and 1 <= failed < calls
    assert int(values['mcp_tool_call_duration_seconds_count{tool="get"}']) == calls
    assert "mcp_remote_open_streams" in values and "mcp_sessions_active" in values


def test_pages_that_never_end_are_read_to_an_end(program: BridgeProgram, remote: RawRemote) -> None:
    for cursor in (lambda n: "same", lambda n: 7, lambda n: ""):
        def page(message: dict, cursor=cursor) -> bytes:
            tool = {"name": "get", "inputSchema": {"type": "object"}}
            return head("200 OK", json.dumps(answer(message["id"], {"tools": [tool], "nextCursor": cursor(0)})).encode())

        remote.replies["tools/list"] = page
        assert [tool["name"] for tool in program.get("/tools").json] == ["get"]


def test_a_flood_of_progress_is_taken_as_it_comes(program: BridgeProgram, remote: RawRemote) -> None:
    def flood(message: dict):
        yield CHUNKED
        params = {"progressToken": message["params"]["_meta"]["progressToken"], "progress": 1, "message": "m" * 900}
        block = b"".join(event({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}) for _ in range(100))
        for _ in range(100):
            yield chunk(block)
        yield chunk(event(answer(message["id"], said("odd")))) + b"0\r\n\r\n"

    remote.replies["tools/call"] = flood
    assert program.call("get").json["content"][0]["text"] == "odd"
    reply = program.ask("POST", "/tools/get/stream", JSON, {})
    assert reply.status == 200 and reply.body.count(b'"progress"') >= 1
    assert b'"odd"' in reply.body.splitlines()[-2]
    assert memory(program) < 400


def memory(program: BridgeProgram) -> float:
    """MiB."""
    text = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def test_a_busy_server_is_asked_for_its_list_once_more(program: BridgeProgram, remote: RawRemote) -> None:
    tries = []

    def busy(message: dict) -> bytes:
        tries.append(time.monotonic())
        if len(tries) == 1:
            return head("503 Service Unavailable", b"", "", "Retry-After: 1")
        return head("200 OK", json.dumps(answer(message["id"], {"tools": remote.tools})).encode())

    remote.replies["tools/list"] = busy
    assert program.get("/tools").status == 200
    assert len(tries) == 2 and tries[1] - tries[0] >= 0.9


def talk(program: BridgeProgram, *parts: bytes, within: float = 10) -> bytes:
    """What is answered to these bytes until the other side closes or is silent."""
    connection = program.connection()
    with socket.create_connection((connection.host, connection.port), timeout=within) as wire:
        for part in parts:
            wire.sendall(part)
        received = b""
        try:
            while part := wire.recv(1 << 16):
                received += part
                if b"\r\n\r\n" in received and b"Connection: close" not in received:
                    break
        except TimeoutError:
            pass
        return received


def post(path: str, body: bytes, *fields: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *fields, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"[]", 400), (b"null", 400), (b'"a"', 400), (b"\xff", 400), (b'{"a": 1}}', 400), (b"[" * 5000, 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400), (b"", 200), (b"\xef\xbb\xbf{}", 200),
    ],
)  # fmt: skip
def test_a_body_that_is_no_object(program: BridgeProgram, body: bytes, status: int) -> None:
    assert talk(program, post("/tools/get", body)).split()[1] == str(status).encode()


def test_a_large_head_is_refused_and_no_one_else_notices(program: BridgeProgram) -> None:
    large = talk(program, post("/tools/get", b"{}", *[f"X-{n}: {'a' * 1000}" for n in range(100)]))
    assert large.split()[1] in (b"431", b"400", b"413"), large[:200]
    assert program.call("get").status == 200


def test_a_caller_who_leaves_ends_the_call(program: BridgeProgram, remote: RawRemote) -> None:
    def silent(message: dict):
        yield CHUNKED
        for _ in range(100):
            time.sleep(0.05)
            yield chunk(b": waiting\n\n")

    remote.replies["tools/call"] = silent
    before = remote.count("notifications/cancelled")
    connection = program.connection()
    with socket.create_connection((connection.host, connection.port)) as wire:
        wire.sendall(post("/tools/get", b"{}"))
        wait_until(lambda: any(m.get("method") == "tools/call" for m in remote.heard[-3:]))
    wait_until(lambda: remote.count("notifications/cancelled") > before)
    remote.replies = {}
    assert program.call("get").status == 200


def test_a_thousand_calls_at_once_are_answered_each(program: BridgeProgram, remote: RawRemote) -> None:
    def slow(message: dict) -> bytes:
        time.sleep(0.01)
        return head("200 OK", ok(message["id"], str(message["params"]["arguments"]["n"])))

    remote.replies["tools/call"] = slow

    def ask(number: int) -> tuple[int, str]:
        reply = program.call("get", {"n": number})
        return reply.status, reply.json["content"][0]["text"] if reply.status == 200 else reply.json["error"]

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(ask, range(1000)))
    assert answers == [(200, str(number)) for number in range(1000)]


@pytest.mark.parametrize("how", ["mark", "dies_listing", "forks", "closes_output", "no_line_end", "noise", "floods_errors"])
def test_a_child_that(how: str, oe_mcp_http: str, tmp_path: Path) -> None:
    note = tmp_path / "once"
    arguments = ["--", sys.executable, str(ODD_CHILD), how, str(note)]
    with BridgeProgram(oe_mcp_http, tmp_path, *arguments, MCP_REMOTE_TIMEOUT=5) as program:
        began = time.monotonic()
        first = program.get("/tools")
        assert time.monotonic() - began < 5.5
        assert first.status in (200, 502), first.body
        wait_until(lambda: program.get("/tools").status == 200)
        assert program.call("say").json["content"][0]["text"] == "said"
        others = [int(line) for line in note.read_text().split()] if note.exists() else []
        assert program.end() == 0
    for process in others:
        wait_until(lambda process=process: not alive(process))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[:1]
