"""MCP over HTTP in raw messages: what each of them is answered, which stream it comes on, and when a connection ends."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import schema
from http_wire import HTTPWire, answers
from talk import EVERYTHING, KEYS, SESSION, STATELESS, Talk
from wire import clean_environment

BOTH = "application/json, text/event-stream"
REVISIONS = [*schema.HANDSHAKE, STATELESS]
WATCHED = "test://watched-resource"


class Answer:
    """One answer, read to its end."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.fields = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def type(self) -> str | None:
        return self.fields.get("content-type")

    @property
    def messages(self) -> list[dict]:
        if self.type == "text/event-stream":
            lines = self.body.decode().splitlines()
            return [json.loads(line[6:]) for line in lines if line.startswith("data: ") and len(line) > 6]
        told = json.loads(self.body)
        return told if isinstance(told, list) else [told]

    @property
    def error(self) -> int | str:
        error = json.loads(self.body)["error"]
        return error if isinstance(error, str) else error["code"]


class Served(HTTPWire):
    """A server with a port, asked by requests that are written out."""

    def ask(self, method: str, path: str = "/mcp", body: object = None, **fields: str | None) -> Answer:
        connection = self.connection()
        named = {name.replace("_", "-"): value for name, value in fields.items() if value is not None}
        text = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, text, named)
        try:
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def tell(self, message: object, **fields: str | None) -> Answer:
        return self.ask("POST", body=message, **({"Content_Type": "application/json", "Accept": BOTH} | fields))

    def open_session(self, revision: str = SESSION, **capabilities: dict) -> dict[str, str]:
        """Opens a session, and gives the fields by which messages belong to it."""
        params = {"protocolVersion": revision, "capabilities": capabilities, "clientInfo": {"name": "t", "version": "1"}}
        answer = self.tell(request("initialize", **params))
        assert answer.status == 200, answer.body
        fields = {"Mcp_Session_Id": answer.fields["mcp-session-id"], "MCP_Protocol_Version": revision}
        assert self.tell({"jsonrpc": "2.0", "method": "notifications/initialized"}, **fields).status == 202
        return fields

    def stream(self, body: object = None, **fields: str) -> http.client.HTTPResponse:
        """The answer to a GET, or to a POST of `body`, which is read as it comes."""
        connection = self.connection()
        named = {"Accept": "text/event-stream"} | {name.replace("_", "-"): value for name, value in fields.items()}
        if body is None:
            connection.request("GET", "/mcp", headers=named)
        else:
            named |= {"Content-Type": "application/json", "Accept": BOTH}
            connection.request("POST", "/mcp", json.dumps(body).encode(), named)
        response = connection.getresponse()
        response.socket = connection.sock or response.fp.raw._sock
        return response

    def raw(self, text: bytes, until: Callable[[bytes], bool] = lambda told: False) -> bytes:
        """What these bytes are answered, until that is enough or the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
            connection.sendall(text)
            told = b""
            while not until(told) and (chunk := connection.recv(65536)):
                told += chunk
            return told


def request(method: str, number: object = 1, **params: object) -> dict:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def call(tool: str, number: object = 1, token: object = None, **arguments: object) -> dict:
    message = request("tools/call", number, name=tool, arguments=arguments)
    if token is not None:
        message["params"]["_meta"] = {"progressToken": token}
    return message


def modern(method: str, number: object = 1, version: str = STATELESS, **params: object) -> tuple[dict, dict[str, str]]:
    """A request of 2026-07-28, and its fields."""
    meta = {f"{KEYS}protocolVersion": version, f"{KEYS}clientCapabilities": {}} | params.pop("_meta", {})
    fields = {"MCP_Protocol_Version": version, "Mcp_Method": method}
    if name := params.get("name") or params.get("uri"):
        fields["Mcp_Name"] = str(name)
    return request(method, number, **params, _meta=meta), fields


def events(response: http.client.HTTPResponse, until: Callable[[dict], bool]) -> list[dict]:
    """The events of a stream as their fields, until one of them is enough; a comment is a field without a name."""
    found: list[dict] = []
    event: dict[str, str] = {}
    while line := response.readline():
        text = line.decode().rstrip("\n")
        if text:
            name, _, value = text.partition(":")
            event[name] = value.removeprefix(" ")
        elif event:
            found.append(event)
            if until(event):
                break
            event = {}
    return found


@pytest.fixture
def serve(conformance: str, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def run(*arguments: str) -> Served:
        running.append(Served([conformance, "--http", "0", *arguments], clean_environment(tmp_path), tmp_path))
        return running[-1]

    yield run
    for served in running:
        served.kill()


@pytest.fixture
def stateless(serve: Callable[..., Served]) -> Served:
    return serve("--stateless")


@pytest.fixture
def stateful(serve: Callable[..., Served]) -> Served:
    return serve()


# The endpoint


# Check 5
def test_both_paths_say_the_same_and_none_redirects(stateless: Served) -> None:
    told = [stateless.ask("POST", path, request("tools/list"), Content_Type="application/json") for path in ("/mcp", "/mcp/")]
    assert [answer.status for answer in told] == [200, 200]
    assert told[0].body == told[1].body


# Rows: G241, G246
def test_one_address_on_this_machine_takes_posts_and_gives_streams(stateful: Served) -> None:
    assert stateful.address.startswith("http://127.0.0.1:")
    fields = stateful.open_session()
    assert stateful.tell(request("ping"), **fields).messages == [{"jsonrpc": "2.0", "id": 1, "result": {}}]
    assert stateful.stream(**fields).getheader("Content-Type") == "text/event-stream"


# Check 7
# Rows: G244, G278
def test_without_sessions_there_is_no_stream_to_get(stateless: Served) -> None:
    for method in ("GET", "DELETE", "HEAD"):
        answer = stateless.ask(method, Accept="text/event-stream", Mcp_Session_Id="x", Last_Event_ID="1-1")
        assert answer.status == 405 and answer.fields["allow"] == "POST"


# Check 8
# Rows: G284
def test_a_stream_begins_at_once_and_is_never_silent_for_long(stateful: Served) -> None:
    fields = stateful.open_session()
    began = time.monotonic()
    stream = stateful.stream(**fields)
    assert stream.readline().startswith(b":")
    assert time.monotonic() - began < 1
    assert events(stream, lambda event: event.get("") == "keep-alive")
    assert 10 < time.monotonic() - began < 20


# Check 9
def test_a_stream_belongs_to_a_session(stateful: Served) -> None:
    answer = stateful.ask("GET", Accept="text/event-stream")
    assert answer.status == 405 and answer.fields["allow"] == "POST"
    assert stateful.ask("GET", Accept="text/event-stream", Mcp_Session_Id="made up").status == 404


# Check 10
def test_the_last_who_asks_has_the_stream(stateful: Served) -> None:
    fields = stateful.open_session()
    first = stateful.stream(**fields)
    first.readline()
    second = stateful.stream(**fields)
    assert b"keep-alive" not in first.read(), "it has ended"
    stateful.tell(call("test_trigger_tool_change"), **fields)
    assert events(second, lambda event: "list_changed" in event.get("data", ""))


# What an answer looks like


FORMS = [
    pytest.param("application/json", "application/json", id="Check 11"),
    pytest.param("text/event-stream", "text/event-stream", id="Check 12"),
    pytest.param("*/*", "application/json", id="Check 13, anything"),
    pytest.param(None, "application/json", id="Check 13, nothing said"),
    pytest.param(BOTH, "application/json", id="both"),
    pytest.param("text/event-stream, application/json;q=0", "text/event-stream", id="not JSON"),
    pytest.param("application/json;q=0.5, text/event-stream", "text/event-stream", id="rather a stream"),
]


# Check 11, 12, 13
# Rows: G243, G281, G283
@pytest.mark.parametrize(("accept", "kind"), FORMS)
def test_the_client_says_in_which_form(stateless: Served, accept: str | None, kind: str) -> None:
    answer = stateless.tell(request("ping"), Accept=accept)
    assert answer.status == 200 and answer.type == kind
    assert answer.messages == [{"jsonrpc": "2.0", "id": 1, "result": {}}]
    if kind == "text/event-stream":
        assert answer.fields["x-accel-buffering"] == "no" and answer.fields["cache-control"] == "no-cache, no-transform"
        assert answer.body.endswith(b"\n\n") and b"id:" not in answer.body


# Check 14
# Rows: G264
@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "application/xml, image/*", ""])
def test_what_cannot_be_sent_is_refused(stateless: Served, accept: str) -> None:
    answer = stateless.tell(request("ping"), Accept=accept)
    assert answer.status == 406 and answer.error == "not_acceptable"


# Rows: G264
@pytest.mark.parametrize("weight", ["nan", "inf", "1e999", "-0", "0x1p3", "9" * 400])
def test_a_weight_that_is_no_number_breaks_nothing(stateless: Served, weight: str) -> None:
    assert stateless.tell(request("ping"), Accept=f"application/json;q={weight}").status == 200
    assert stateless.tell(request("ping")).status == 200


# Check 15
# Rows: G264
def test_the_type_of_a_body(stateless: Served) -> None:
    for kind in ("Application/JSON; charset=utf-8", "application/json;charset=UTF-8", "application/json"):
        assert stateless.tell(request("ping"), Content_Type=kind).status == 200
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        answer = stateless.tell(request("ping"), Content_Type=kind)
        assert answer.status == 415 and answer.error == "unsupported_media_type"
    assert stateless.tell(request("ping"), Content_Encoding="gzip").status == 415


# Check 16
# Rows: G242, G280
@pytest.mark.parametrize("revision", REVISIONS)
def test_what_asks_for_nothing_is_accepted(stateless: Served, revision: str) -> None:
    notice = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
    answer = stateless.tell(notice, MCP_Protocol_Version=revision)
    assert answer.status == 202 and answer.body == b"" and answer.type is None
    assert answer.fields.get("content-length", "0") == "0"


# Check 17
# Rows: G264
def test_a_body_that_is_too_large_is_refused_before_it_is_sent(stateless: Served) -> None:
    size = (4 << 20) + 1
    head = (
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Expect: 100-continue\r\nContent-Length: {size}\r\n\r\n"
    )
    told = stateless.raw(head.encode())
    assert told.startswith(b"HTTP/1.1 413 ") and b"content_too_large" in told and b"100 Continue" not in told
    fits = request("ping", "x" * (4 << 20))
    text = json.dumps(fits).encode()
    text = text.replace(b"x" * (len(text) - (4 << 20)), b"", 1)
    assert len(text) == 4 << 20 and stateless.tell(text).status in (200, 400)


# Check 20
BROKEN = [
    "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "Transfer-Encoding: xchunked\r\n\r\n{}",
    "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "Content-Length : 2\r\n\r\n{}",
    "Host: localhost\r\nContent-Length: 2\r\n\r\n{}",
    ": x\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
]


# Check 20
@pytest.mark.parametrize("rest", BROKEN)
def test_a_head_that_two_programs_could_read_in_two_ways_is_refused(stateless: Served, rest: str) -> None:
    told = stateless.raw(f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{rest}".encode())
    assert told.startswith(b"HTTP/1.1 400 ") and told.count(b"HTTP/1.1") == 1


# Who may ask


# Check 21
# Rows: G247
@pytest.mark.parametrize("path", ["/", "/mcp", "/mcp/", "/health", "/ready", "/nowhere", "/metrics"])
def test_another_name_is_refused_everywhere(stateless: Served, path: str) -> None:
    for host in ("evil.example", f"evil.example:{stateless.port}", "localhost.evil.example"):
        answer = stateless.ask("GET", path, Host=host)
        assert answer.status == 403 and answer.error == "forbidden_host"


# Check 22
# Rows: G245, G285
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil", "http://localhost@evil", "x"])
@pytest.mark.parametrize("revision", [SESSION, STATELESS])
def test_a_page_of_another_origin_is_refused(stateless: Served, origin: str, revision: str) -> None:
    body, fields = modern("tools/list") if revision == STATELESS else (request("tools/list"), {})
    answer = stateless.tell(body, **fields, Origin=origin)
    assert answer.status == 403 and answer.error == "forbidden_origin"
    assert "access-control-allow-origin" not in answer.fields
    assert stateless.ask("GET", Accept="text/event-stream", Origin=origin).status == 403


# The suite's dns-rebinding-protection
# Rows: G245, G247
def test_pages_and_names_of_this_machine_are_served(stateless: Served) -> None:
    for host in (f"localhost:{stateless.port}", f"127.0.0.1:{stateless.port}", f"[::1]:{stateless.port}"):
        answer = stateless.tell(request("ping"), Host=host, Origin=f"http://{host}")
        assert answer.status == 200 and answer.fields["access-control-allow-origin"] == f"http://{host}"
    evil = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert stateless.tell(request("ping"), **evil).status == 403


# Check 23
def test_a_page_may_ask_which_fields_it_may_send(stateless: Served) -> None:
    wanted = [
        "Content-Type", "Accept", "Authorization", "Mcp-Session-Id", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name",
        "Mcp-Param-Region", "Last-Event-ID", "traceparent", "tracestate", "baggage",
    ]
    answer = stateless.ask(
        "OPTIONS", Origin="http://localhost:5173", Access_Control_Request_Method="POST",
        Access_Control_Request_Headers=", ".join(wanted).lower(),
    )
    assert answer.status == 204 and answer.body == b""
    allowed = {name.strip().lower() for name in answer.fields["access-control-allow-headers"].split(",")}
    assert {name.lower() for name in wanted} <= allowed
    assert answer.fields["access-control-allow-methods"] == "GET, POST, DELETE, OPTIONS"


# Check 24
def test_a_page_can_read_the_id_of_its_session(stateful: Served) -> None:
    hello = request("initialize", protocolVersion=SESSION, capabilities={}, clientInfo={"name": "t", "version": "1"})
    answer = stateful.tell(hello, Origin="http://localhost:5173")
    exposed = {name.strip() for name in answer.fields["access-control-expose-headers"].split(",")}
    assert "Mcp-Session-Id" in exposed and answer.fields["mcp-session-id"]
    assert answer.fields["vary"] == "Origin"


# Check 25
@pytest.mark.parametrize("query", ["token=shibboleth", "a=1&Secret=shibboleth", "access_token=shibboleth%ZZ", "%6bey=shibboleth", "a=1;token=shibboleth"])
def test_a_credential_in_the_address_is_refused_and_not_logged(stateless: Served, query: str) -> None:
    answer = stateless.ask("POST", f"/mcp?{query}", request("ping"), Content_Type="application/json")
    assert answer.status == 400 and answer.error == "secret_in_query"
    assert stateless.tell(request("ping")).status == 200
    stateless.close()
    assert b"shibboleth" not in stateless.err


# Sessions


# Rows: G248
def test_the_id_of_a_session_is_visible_ascii_and_each_another(stateful: Served) -> None:
    ids = [stateful.open_session()["Mcp_Session_Id"] for _ in range(5)]
    assert len(set(ids)) == 5
    assert all(re.fullmatch(r"[\x21-\x7e]{40,}", text) for text in ids)


# Rows: G249
def test_what_comes_without_a_session_is_refused_where_one_is_required(stateful: Served) -> None:
    for revision in schema.HANDSHAKE:
        answer = stateful.tell(request("tools/list"), MCP_Protocol_Version=revision)
        assert answer.status == 400 and answer.error == -32600
    assert stateful.tell([request("tools/list")]).status == 400
    assert stateful.tell({"jsonrpc": "2.0", "id": 7, "result": {}}).status == 400


# Check 28
# Rows: G250, G251
def test_a_deleted_session_is_over(stateful: Served) -> None:
    fields = stateful.open_session()
    stream = stateful.stream(**fields)
    assert stateful.ask("DELETE", **fields).status == 204
    assert b"list_changed" not in stream.read()
    answer = stateful.tell(request("ping"), **fields)
    assert answer.status == 404 and answer.error == -32001
    assert stateful.ask("GET", Accept="text/event-stream", **fields).status == 404
    assert stateful.ask("DELETE", **fields).status == 404
    hello = request("initialize", protocolVersion=SESSION, capabilities={}, clientInfo={"name": "t", "version": "1"})
    again = stateful.tell(hello, **fields)
    assert again.status == 200 and again.fields["mcp-session-id"] != fields["Mcp_Session_Id"]


# Check 28
def test_deleting_a_session_ends_its_call(stateful: Served) -> None:
    fields = stateful.open_session()
    stream = stateful.stream(call("wait", token="w"), **fields)
    events(stream, lambda event: "progress" in event.get("data", ""))
    assert stateful.ask("DELETE", **fields).status == 204
    assert b"result" not in stream.read()
    before = time.monotonic()
    assert stateful.close() == 0
    assert time.monotonic() - before < 10, "nothing is waited for"


# Check 29
def test_the_oldest_idle_session_makes_room(stateful: Served) -> None:
    sessions = [stateful.open_session() for _ in range(10)]
    stateful.tell(request("ping"), **sessions[0])
    stateful.open_session()
    statuses = [stateful.tell(request("ping"), **fields).status for fields in sessions]
    assert statuses == [200, 404, *[200] * 8]


# Check 30
def test_what_is_refused_opens_no_session(stateful: Served) -> None:
    first = stateful.open_session()
    for _ in range(100):
        answer = stateful.tell(request("initialize", protocolVersion=7, capabilities={}))
        assert "mcp-session-id" not in answer.fields and answer.error == -32602
        assert stateful.tell(b"{", Mcp_Session_Id="x").status == 400
    assert stateful.tell(request("ping"), **first).status == 200


# Rows: G252, G253
def test_the_revision_of_a_session_is_that_which_was_agreed_to(stateful: Served) -> None:
    for revision in schema.HANDSHAKE:
        fields = stateful.open_session(revision)
        for version in ("1.2.3", "2099-01-01", next(other for other in schema.HANDSHAKE if other != revision)):
            assert stateful.tell(request("ping"), **(fields | {"MCP_Protocol_Version": version})).status == 400
        said = stateful.tell(request("tools/list"), Mcp_Session_Id=fields["Mcp_Session_Id"]).messages[0]["result"]
        assert ("title" in said["tools"][0]) == (revision >= "2025-06-18")


# Rows: G252, G253
def test_the_revision_of_a_message_without_a_session_is_in_its_field(stateless: Served) -> None:
    for version in ("1.2.3", "2099-01-01", "draft"):
        answer = stateless.tell(request("tools/list"), MCP_Protocol_Version=version)
        assert answer.status == 400 and answer.error == -32022
    listed = stateless.tell(request("tools/list")).messages[0]["result"]["tools"]
    assert "annotations" in listed[0] and "title" not in listed[0], "2025-03-26 where none is named"


# Rows: G254, G255
def test_several_messages_at_once_are_taken_in_one_revision(stateless: Served, stateful: Served) -> None:
    notice = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    batch = [request("ping", 1), notice, call("test_simple_text", 2), {"jsonrpc": "2.0", "id": 9, "result": {}}]
    for served, fields in ((stateless, {}), (stateful, stateful.open_session("2025-03-26"))):
        answer = served.tell(batch, **fields)
        assert answer.status == 200 and sorted(message["id"] for message in answer.messages) == [1, 2]
        assert served.tell([notice, notice], **fields).status == 202
        assert served.tell([{"jsonrpc": "2.0", "id": 9, "result": {}}], **fields).status == 202
        assert served.tell(batch, Accept="text/event-stream", **fields).type == "text/event-stream"
        assert served.tell([], **fields).status == 400
    for revision in ("2024-11-05", "2025-06-18", "2025-11-25"):
        assert stateless.tell(batch, MCP_Protocol_Version=revision).status == 400
        assert stateful.tell(batch, **stateful.open_session(revision)).status == 400
    for served in (stateless, stateful):
        before = time.monotonic()
        assert served.close() == 0
        assert time.monotonic() - before < 10, "nothing is waited for"


# Streams


# Rows: G256, G257
def test_each_message_comes_on_one_stream(stateful: Served) -> None:
    fields = stateful.open_session()
    assert stateful.tell(request("resources/subscribe", uri=WATCHED), **fields).status == 200
    stream = stateful.stream(**fields)
    told = stateful.tell(call("test_tool_with_progress", 5, token="p"), **fields).messages
    assert [message.get("method") for message in told] == [*["notifications/progress"] * 3, None]
    assert [m.get("method") for m in stateful.tell(call("test_trigger_resource_change"), **fields).messages] == [None]
    heard = events(stream, lambda event: "resources/updated" in event.get("data", ""))
    messages = [json.loads(event["data"]) for event in heard if event.get("data")]
    assert [message["method"] for message in messages] == ["notifications/resources/updated"]


# Rows: G258, G260
def test_a_broken_stream_is_gone_on_with(stateful: Served) -> None:
    fields = stateful.open_session()
    stream = stateful.stream(call("test_tool_with_progress", token="a"), **fields)
    other = stateful.tell(call("test_tool_with_progress", 2, token="b"), **fields)
    heard = events(stream, lambda event: "progress" in event.get("data", ""))
    stream.close()
    assert heard.pop(0) == {"": "stream"}
    # The first event only says where to go on, and how soon.
    assert heard[0]["data"] == "" and int(heard[0]["retry"]) > 0
    assert all(event["id"] for event in heard)
    again = events(stateful.stream(**fields, Last_Event_ID=heard[0]["id"]), lambda event: '"result"' in event.get("data", ""))
    again = [event for event in again if "id" in event]
    messages = [json.loads(event["data"]) for event in again if event.get("data")]
    assert [message.get("params", {}).get("progressToken", message.get("id")) for message in messages] == ["a", "a", "a", 1]
    ids = [event["id"] for event in again] + re.findall(r"id: (\S+)", other.body.decode())
    assert len(set(ids)) == len(ids)
    rest = stateful.stream(**fields, Last_Event_ID=again[1]["id"]).read().decode()
    assert rest.count("notifications/progress") == 1 and '"result"' in rest


# Rows: G260
def test_older_clients_get_no_event_without_data(stateful: Served) -> None:
    for revision in ("2025-03-26", "2025-06-18"):
        fields = stateful.open_session(revision)
        body = stateful.tell(call("test_tool_with_progress", token="a"), **fields).body
        assert b"data: \n" not in body and b"data: {" in body


# Rows: G261
def test_three_streams_at_once(stateful: Served) -> None:
    fields = stateful.open_session()
    streams = [stateful.stream(call("test_tool_with_progress", n, token=n), **fields) for n in range(3)]
    for number, stream in enumerate(streams):
        told = list(answers(stream))
        assert told[-1]["id"] == number and {message["params"]["progressToken"] for message in told[:-1]} == {number}


# Rows: G263
def test_an_unknown_method_is_no_lost_session(stateful: Served) -> None:
    answer = stateful.tell(request("no/such"), **stateful.open_session())
    assert answer.status == 200 and answer.error == -32601


# Check 34
# Rows: G259
def test_a_call_of_a_session_goes_on_without_its_connection(stateful: Served) -> None:
    fields = stateful.open_session()
    watched = stateful.stream(**fields)
    broken = stateful.stream(call("test_tool_with_progress", token="a"), **fields)
    heard = events(broken, lambda event: "progress" in event.get("data", ""))
    broken.close()
    rest = stateful.stream(**fields, Last_Event_ID=heard[-1]["id"]).read().decode()
    assert "All three steps are done." in rest
    watched.close()


def test_who_has_hung_up_costs_nothing_while_the_call_goes_on(stateful: Served) -> None:
    with half_closed(stateful, call("wait")):
        before = processor_seconds(stateful)
        with pytest.raises(subprocess.TimeoutExpired):
            stateful.process.wait(1)
        assert processor_seconds(stateful) - before < 0.3


def test_who_has_said_all_still_reads_the_answer(stateful: Served) -> None:
    with half_closed(stateful, call("test_simple_text")) as caller:
        assert b"A simple text." in b"".join(iter(lambda: caller.recv(65536), b""))


def half_closed(served: Served, message: dict) -> socket.socket:
    """A connection whose caller has sent this message in a session, and closed its own side."""
    body = json.dumps(message)
    named = {"Host": "localhost", "Content-Type": "application/json", "Accept": BOTH, "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in served.open_session().items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    caller = socket.create_connection(("127.0.0.1", served.port), 30)
    caller.sendall(f"POST /mcp HTTP/1.1\r\n{head}\r\n{body}".encode())
    caller.shutdown(socket.SHUT_WR)
    return caller


def processor_seconds(served: Served) -> float:
    fields = Path(f"/proc/{served.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Check 34
# Rows: G282
def test_a_call_of_the_newest_revision_ends_with_its_connection(stateless: Served) -> None:
    body, fields = modern("tools/call", name="wait", arguments={}, _meta={"progressToken": "w"})
    stream = stateless.stream(body, **fields)
    events(stream, lambda event: "progress" in event.get("data", ""))
    stream.socket.shutdown(socket.SHUT_RDWR)
    before = time.monotonic()
    assert stateless.close() == 0
    assert time.monotonic() - before < 10, "nothing is waited for"


# Check 35
# Rows: G188
def test_the_server_ends_in_order(stateful: Served) -> None:
    fields = stateful.open_session()
    streams = [stateful.stream(**stateful.open_session()) for _ in range(3)]
    listening = []
    for number in range(5):
        body, modern_fields = modern("subscriptions/listen", number, notifications={"toolsListChanged": True})
        listening.append(stateful.stream(body, **modern_fields))
        events(listening[-1], lambda event: "acknowledged" in event.get("data", ""))
    calls = [stateful.stream(call("test_tool_with_progress", number, token=number), **fields) for number in range(20)]
    before = time.monotonic()
    stateful.process.send_signal(signal.SIGTERM)
    for number, stream in enumerate(calls):
        assert list(answers(stream))[-1]["id"] == number
    for stream in streams:
        stream.read()
    for number, stream in enumerate(listening):
        assert list(answers(stream))[-1] == {"jsonrpc": "2.0", "id": number, "result": list_end(number)}
    assert stateful.process.wait(40) == 0
    assert time.monotonic() - before < 31


def list_end(number: int) -> dict:
    info = {f"{KEYS}serverInfo": {"name": "conformance", "version": "1"}, f"{KEYS}subscriptionId": number}
    return {"resultType": "complete", "_meta": info}


# Check 35
def test_a_server_that_ends_takes_nothing_new(stateful: Served) -> None:
    fields = stateful.open_session()
    stream = stateful.stream(call("wait", token="w"), **fields)
    events(stream, lambda event: "progress" in event.get("data", ""))
    stateful.process.send_signal(signal.SIGTERM)
    end = time.monotonic() + 10
    while stateful.ask("GET", "/ready").status != 503:
        assert time.monotonic() < end
    refused = stateful.tell(request("ping"), **fields)
    assert refused.status == 503 and json.loads(refused.body)["error"]["data"]["error"] == "draining" and refused.fields["retry-after"] == "1"
    assert stateful.ask("GET", "/health").status == 200
    stateful.process.send_signal(signal.SIGTERM)
    assert stateful.process.wait(10) == 0, "a second signal cuts"


# 2026-07-28


# Rows: G265, G266, G267
def test_the_field_of_the_revision(stateless: Served) -> None:
    body, fields = modern("tools/list")
    assert stateless.tell(body, **fields).status == 200
    missing = stateless.tell(body, Mcp_Method="tools/list")
    assert missing.status == 400 and missing.error == -32020
    other, _ = modern("tools/list", version="v999.0.0")
    differs = stateless.tell(other, **fields)
    assert differs.status == 400 and differs.error == -32020
    unknown = stateless.tell(other, **(fields | {"MCP_Protocol_Version": "v999.0.0"}))
    assert unknown.status == 400 and unknown.error == -32022
    assert json.loads(unknown.body)["error"]["data"]["requested"] == "v999.0.0"


# Rows: G268, G269, G270
def test_the_fields_of_the_method_and_of_the_name(stateless: Served) -> None:
    for method, params in (
        ("tools/call", {"name": "test_simple_text", "arguments": {}}), ("prompts/get", {"name": "test_simple_prompt"}),
        ("resources/read", {"uri": "test://static-text"}), ("tools/list", {}),
    ):
        body, fields = modern(method, **params)
        assert stateless.tell(body, **fields).status == 200
        wrong = [("Mcp_Method", None), ("Mcp_Method", method.upper()), ("Mcp_Method", "ping")]
        if "Mcp_Name" in fields:
            wrong += [("Mcp_Name", None), ("Mcp_Name", fields["Mcp_Name"].upper()), ("Mcp_Name", "")]
        for name, value in wrong:
            answer = stateless.tell(body, **(fields | {name: value}))
            assert answer.status == 400 and answer.error == -32020, (method, name, value)
            assert json.loads(answer.body)["id"] == 1
        blanks = {name.lower(): f"  {value}\t" for name, value in fields.items()}
        assert stateless.tell(body, **blanks).status == 200


# Rows: G288
def test_a_field_that_is_there_twice(stateless: Served) -> None:
    body, fields = modern("tools/call", name="test_simple_text", arguments={})
    text = json.dumps(body).encode()
    for twice in fields:
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in [*fields.items(), (twice, fields[twice])]]
        head = ["POST /mcp HTTP/1.1", "Host: localhost", "Connection: close", "Content-Type: application/json", *lines]
        told = stateless.raw("\r\n".join([*head, f"Content-Length: {len(text)}", "", ""]).encode() + text)
        assert told.startswith(b"HTTP/1.1 400 ") and b"-32020" in told, twice


def sentinel(text: str) -> str:
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


# Rows: G271
def test_what_a_field_cannot_say_is_in_base64(stateless: Served) -> None:
    for name in ("test_simple_text", "żółw", " blank "):
        body, fields = modern("tools/call", name=name, arguments={})
        answer = stateless.tell(body, **(fields | {"Mcp_Name": sentinel(name)}))
        assert answer.status == 200, name
    body, fields = modern("tools/call", name="test_simple_text", arguments={})
    for value in ("=?base64?dGVzdF9zaW1wbGVfdGV4dA?=", "=?base64?dGVzdF9zaW1wbGVfdGV4dA=?=", "=?base64?!!!!?=", "=?base64?/w==?="):
        answer = stateless.tell(body, **(fields | {"Mcp_Name": value}))
        assert answer.status == 400 and answer.error == -32020, value


PARAMETERS = [
    ({"region": "eu"}, {"Region": "eu"}, 200), ({"region": "eu"}, {"region": " eu "}, 200),
    ({"region": "eu"}, {"Region": sentinel("eu")}, 200), ({"region": "żółw"}, {"Region": sentinel("żółw")}, 200),
    ({}, {}, 200), ({"region": None}, {}, 200), ({"plain": "x"}, {}, 200),
    ({"region": "eu"}, {}, 400), ({"region": "eu"}, {"Region": "us"}, 400), ({"region": "eu"}, {"Region": "EU"}, 400),
    ({}, {"Region": "eu"}, 400), ({"region": None}, {"Region": "null"}, 400), ({"region": "eu"}, {"Region": "=?base64?e?="}, 400),
    ({"count": 42}, {"Count": "42"}, 200), ({"count": 42}, {"Count": "42.0"}, 200), ({"count": 42.0}, {"Count": "42"}, 200),
    ({"count": 42}, {"Count": "43"}, 400), ({"count": 42}, {"Count": "forty-two"}, 400), ({"count": 0}, {}, 400),
    ({"region": "42"}, {"Region": "42.0"}, 400),
    ({"dry": True}, {"Dry-Run": "true"}, 200), ({"dry": False}, {"Dry-Run": "false"}, 200),
    ({"dry": True}, {"Dry-Run": "True"}, 400), ({"dry": False}, {}, 400),
    ({"place": {"tenant": "a"}}, {"Tenant": "a"}, 200), ({"place": {"tenant": "a"}}, {"Tenant": "b"}, 400),
    ({"place": {}}, {}, 200), ({"place": {"tenant": "a"}}, {}, 400),
]


# The suite's http-custom-header-server-validation
# Rows: G272, G273
@pytest.mark.parametrize(("arguments", "said", "status"), PARAMETERS)
def test_arguments_that_are_in_fields_as_well(stateless: Served, arguments: dict, said: dict, status: int) -> None:
    body, fields = modern("tools/call", name="test_header_parameters", arguments=arguments)
    answer = stateless.tell(body, **fields, **{f"Mcp-Param-{name}": value for name, value in said.items()})
    assert answer.status == status
    if status == 400:
        assert answer.error == -32020
    else:
        assert json.loads(answer.messages[0]["result"]["content"][0]["text"]) == arguments


def test_the_tool_says_which_arguments_those_are(stateless: Served) -> None:
    body, fields = modern("tools/list")
    tools = {tool["name"]: tool for tool in stateless.tell(body, **fields).messages[0]["result"]["tools"]}
    properties = tools["test_header_parameters"]["inputSchema"]["properties"]
    assert properties["region"]["x-mcp-header"] == "Region"
    assert properties["place"]["properties"]["tenant"]["x-mcp-header"] == "Tenant"


# Rows: G274, G308
@pytest.mark.parametrize(
    "method",
    ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "unknown/method", "tasks/get"],
)
def test_methods_that_are_not_there_any_more(stateless: Served, method: str) -> None:
    body, fields = modern(method, number="x")
    answer = stateless.tell(body, **fields)
    assert answer.status == 404 and answer.error == -32601 and json.loads(answer.body)["id"] == "x"


# Rows: G275, G277
@pytest.mark.parametrize("key", ["protocolVersion", "clientCapabilities"])
def test_what_each_request_must_say_of_itself(stateless: Served, key: str) -> None:
    body, fields = modern("server/discover", number=77)
    del body["params"]["_meta"][f"{KEYS}{key}"]
    answer = stateless.tell(body, **fields)
    assert answer.status == 400 and answer.error == -32602
    assert json.loads(answer.body)["id"] == 77 and key in json.loads(answer.body)["error"]["message"]
    bare = {"jsonrpc": "2.0", "id": 77, "method": "tools/list"}
    assert stateless.tell(bare, MCP_Protocol_Version=STATELESS, Mcp_Method="tools/list").error == -32602


# Rows: G276, G277, G286
def test_errors_have_their_status_whatever_form_was_asked_for(stateless: Served) -> None:
    for accept in (BOTH, "text/event-stream", "application/json"):
        body, fields = modern("tools/call", number="a", name="test_missing_capability", arguments={})
        answer = stateless.tell(body, **fields, Accept=accept)
        assert answer.status == 400 and answer.error == -32021 and json.loads(answer.body)["id"] == "a"
        assert json.loads(answer.body)["error"]["data"]["requiredCapabilities"] == {"sampling": {}}
    body, fields = modern("tools/call", name="nope", arguments={})
    answer = stateless.tell(body, **fields)
    assert answer.status == 200 and answer.type == "application/json" and answer.messages[0]["error"]["code"] == -32602


# Rows: G278, G313
def test_the_id_of_a_session_does_not_count(stateful: Served) -> None:
    session = stateful.open_session(sampling={})
    body, fields = modern("tools/call", name="test_missing_capability", arguments={})
    for known in (session["Mcp_Session_Id"], "made up"):
        answer = stateful.tell(body, **fields, Mcp_Session_Id=known, Last_Event_ID="1-1")
        assert answer.status == 400 and answer.error == -32021, "what the session can do is not what the request can"
        assert "mcp-session-id" not in answer.fields


# Rows: G279
def test_answers_and_lists_are_not_taken(stateless: Served) -> None:
    body, fields = modern("tools/list")
    for posted in ([body], [], {"jsonrpc": "2.0", "id": 1, "result": {}}):
        answer = stateless.tell(posted, **fields)
        assert answer.status == 400 and answer.error == -32600
    assert stateless.tell([body]).status == 400


# Rows: G281
def test_a_stream_has_what_belongs_to_its_request_and_ends_with_its_answer(stateless: Served) -> None:
    body, fields = modern("tools/call", 3, name="test_tool_with_progress", arguments={}, _meta={"progressToken": 5})
    answer = stateless.tell(body, **fields)
    assert answer.type == "text/event-stream"
    assert [message.get("id") for message in answer.messages] == [None, None, None, 3]
    assert all(message["params"]["progressToken"] == 5 for message in answer.messages[:-1])
    assert b"id:" not in answer.body


# Rows: G287
def test_listening_needs_a_stream(stateless: Served) -> None:
    body, fields = modern("subscriptions/listen", notifications={"toolsListChanged": True})
    answer = stateless.tell(body, **fields, Accept="application/json")
    assert answer.status == 406
    assert stateless.stream(body, **fields).getheader("Content-Type") == "text/event-stream"


# Rows: G309
def test_a_handshake_under_the_newest_revision_is_refused(stateless: Served) -> None:
    hello = request("initialize", protocolVersion=SESSION, capabilities={}, clientInfo={"name": "t", "version": "1"})
    answer = stateless.tell(hello, MCP_Protocol_Version=STATELESS)
    assert answer.status == 400 and answer.error == -32020
    assert stateless.tell(hello, MCP_Protocol_Version=SESSION).status == 200


# Bodies


BODIES = [
    pytest.param(b"", -32700, id="nothing"), pytest.param(b"{", -32700, id="cut off"),
    pytest.param(b"\xff\xfe", -32700, id="no UTF-8"), pytest.param(b"null", -32600, id="null"),
    pytest.param(b"{}", -32600, id="nothing in it"),
    pytest.param(b'{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', -32600, id="two methods"),
    pytest.param(b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', -32600, id="two ids"),
    pytest.param(b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}', -32600, id="two names"),
    pytest.param(b"[" * 100_000, -32700, id="deep"),
]


@pytest.mark.parametrize(("body", "code"), BODIES)
@pytest.mark.parametrize("revision", [None, *REVISIONS])
def test_a_body_that_is_no_message_is_refused_as_the_revision_says(
    stateless: Served, body: bytes, code: int, revision: str | None
) -> None:
    answer = stateless.tell(body, MCP_Protocol_Version=revision)
    assert answer.status == 400 and answer.error == code
    if schema.SCHEMAS:
        schema.check_all(answer.messages, revision or "2025-03-26", {})
    assert stateless.tell(request("ping")).status == 200


def test_very_many_members_hold_up_no_one(stateless: Served) -> None:
    params = {f"m{number}": 0 for number in range(150_000)}
    before = time.monotonic()
    assert stateless.tell(request("ping", **params)).status == 200
    assert time.monotonic() - before < 5


def test_a_byte_order_mark_is_passed_over(stateless: Served) -> None:
    assert stateless.tell(b"\xef\xbb\xbf" + json.dumps(request("ping")).encode()).status == 200


# Every message against the schema of its revision


def walk(talk: Talk) -> None:
    """Asks for everything there is once."""
    tools = talk.result("tools/list")["tools"]
    talk.result("prompts/list")
    talk.result("resources/templates/list")
    for resource in talk.result("resources/list")["resources"]:
        talk.result("resources/read", uri=resource["uri"])
    for tool in ("test_simple_text", "test_image_content", "test_multiple_content_types", "test_error_handling"):
        talk.call(tool)
    talk.call("test_tool_with_progress", _meta={"progressToken": "p"})
    for prompt in ("test_simple_prompt", "test_prompt_with_image"):
        talk.result("prompts/get", name=prompt)
    reference = {"type": "ref/prompt", "name": "test_prompt_with_arguments"}
    talk.result("completion/complete", ref=reference, argument={"name": "arg1", "value": "t"})
    for method, params in (("no/such", {}), ("tools/call", {"name": "nope"}), ("resources/read", {"uri": "test://nope"})):
        talk.error(method, **params)
    assert len(tools) > 20


# Rows: G240
@schema.needed
@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("accept", [BOTH, "application/json", "text/event-stream"])
@pytest.mark.parametrize("arguments", [[], ["--stateless"]], ids=["sessions", "stateless"])
def test_every_message_is_valid(meet_over, revision: str, accept: str, arguments: list[str]) -> None:
    talk = meet_over("http", revision, EVERYTHING, *arguments, accept=accept)
    walk(talk)
    if not talk.is_stateless:
        talk.result("ping")
    if not talk.is_stateless and not arguments:
        assert talk.result("logging/setLevel", level="debug") == {}
        assert talk.result("resources/subscribe", uri=WATCHED) == {}
        talk.call("test_trigger_resource_change")
        talk.wire.wait_for(lambda message: message.get("method") == "notifications/resources/updated")
        answer = {"role": "assistant", "content": {"type": "text", "text": "Yes"}, "model": "m", "stopReason": "endTurn"}
        said, _ = talk.answering({"sampling/createMessage": answer}, "tools/call", name="test_sampling", arguments={"prompt": "?"})
        assert "Yes" in said["content"][0]["text"]
