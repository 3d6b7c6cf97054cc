"""`oe-mcp-http lambda` against a stand-in of AWS Lambda's runtime: what every gateway hands over, and what comes back."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from http_program import INITIALIZE, PING, HTTPProgram
from lambda_runtime import DOMAIN, STREAM, Function, Outcome, balancer_event, http_event, rest_event
from stand_in import Reply, StandIn
from talk import STATELESS

JSON_TYPE = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": "l", "method": "tools/list"}
SEARCH = {
    "jsonrpc": "2.0", "id": 7, "method": "tools/call",
    "params": {"name": "asset_explorer", "arguments": {"object_type": "oetable"}},
}  # fmt: skip
URL = "x7exmpl.lambda-url.us-east-1.on.aws"


def function_url_event(*arguments: object, **more: object) -> dict:
    return http_event(*arguments, domain=URL, **more)


def listing_balancer_event(*arguments: object, **more: object) -> dict:
    return balancer_event(*arguments, lists=True, **more)


EVENTS = [http_event, rest_event, balancer_event, listing_balancer_event, function_url_event]


@pytest.fixture
def function(oe_mcp_http: str, tmp_path: Path, remote: dict) -> Iterator[Callable[..., Function]]:
    """Start a function with these settings besides the usual ones, until the test ends."""
    running: list[Function] = []

    def start(*arguments: str, **settings: object) -> Function:
        running.append(Function([oe_mcp_http, "lambda", *arguments], tmp_path, **(remote | settings)))
        return running[-1]

    yield start
    for each in running:
        each.__exit__()


@pytest.fixture
def fields(pair: tuple[str, str]) -> dict[str, str]:
    return {"X-OvalEdge-Token": pair[0], "X-OvalEdge-Secret": pair[1]} | JSON_TYPE


def post(event: Callable[..., dict], message: object, fields: dict[str, str], **more: object) -> dict:
    return event("POST", "/mcp", fields, json.dumps(message), **more)


def without_ids(head: dict) -> dict:
    assert re.fullmatch(r"[0-9a-f]{8}-\d+", head["fields"].pop("x-request-id"))
    return head


def as_over_a_port(program: HTTPProgram, method: str, path: str, fields: dict[str, str], body: str) -> tuple[dict, bytes]:
    """What the same request gets from the port: status and fields without those of a connection, and the body."""
    connection = program.connection()
    connection.request(method, path, body or None, fields | {"X-Forwarded-Proto": "https"})
    response = connection.getresponse()
    own = ("connection", "date", "content-length", "transfer-encoding")
    told = {name.lower(): value for name, value in response.getheaders() if name.lower() not in own}
    content = response.read()
    connection.close()
    return without_ids({"status": response.status, "fields": told, "cookies": []}), content


def raw(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def written(event: Callable[..., dict], status: int, fields: dict[str, str], body: str) -> str:
    """An answer as the gateway behind `event` reads it, byte for byte."""
    listed = event in (rest_event, listing_balancer_event)
    name = "multiValueHeaders" if listed else "headers"
    values = {key: [value] for key, value in fields.items()} if listed else fields
    return raw({"statusCode": status, name: values, "body": body, "isBase64Encoded": False})


class TestAnswers:
    def test_are_to_the_byte_what_the_gateway_reads(self, function, fields):
        running = function()
        for event, encoded in itertools.product(EVENTS, [False, True]):
            outcome = running.invoke(post(event, PING, fields, encoded=encoded))
            id = outcome.head["fields"]["x-request-id"]
            expected = {
                "X-Content-Type-Options": "nosniff", "X-Request-Id": id, "Vary": "Origin",
                "Content-Type": "application/json", "Cache-Control": "no-store",
            }  # fmt: skip
            assert outcome.kind == "response"
            assert outcome.body.decode() == written(event, 200, expected, raw({"jsonrpc": "2.0", "id": 3, "result": {}}))

    def test_are_those_of_the_port(self, function, serve, remote, fields, ovaledge: StandIn):
        running, program = function(), serve(**remote)
        # Two that sign in with one pair would end each other's sessions.
        ovaledge.credentials.add(("another-token", "another-secret"))
        another = {"X-OvalEdge-Token": "another-token", "X-OvalEdge-Secret": "another-secret"}
        for event, (method, path, own, message) in itertools.product(EVENTS, [
            ("POST", "/mcp", fields, INITIALIZE), ("POST", "/mcp/", fields, LIST), ("POST", "/", fields, SEARCH),
            ("POST", "/mcp", fields, {"jsonrpc": "2.0", "method": "notifications/initialized"}),
            ("POST", "/mcp", fields | {"Accept": "text/event-stream"}, PING),
            ("POST", "/mcp", fields | {"Accept": "text/html"}, PING),
            ("POST", "/mcp", fields | {"Content-Type": "text/plain"}, PING), ("POST", "/mcp", JSON_TYPE, PING),
            ("POST", "/mcp", fields, "no json"), ("GET", "/mcp", fields | {"Accept": "text/event-stream"}, None),
            ("DELETE", "/mcp", fields, None), ("GET", "/mcp", {}, None), ("GET", "/health", {}, None),
            ("HEAD", "/health", {}, None), ("GET", "/ready", {}, None), ("GET", "/", {}, None),
            ("OPTIONS", "/mcp", {}, None), ("GET", "/favicon.ico", {}, None), ("GET", "/nothing", {}, None),
            ("GET", "/mcp?token=x", fields, None), ("GET", "/mcp-auth/declined", {}, None),
        ]):  # fmt: skip
            body = "" if message is None else json.dumps(message)
            outcome = running.invoke(event(method, path, own, body))
            head, content = as_over_a_port(program, method, path, own | another if "X-OvalEdge-Token" in own else own, body)
            assert without_ids(outcome.head) == head, (method, path)
            told = outcome.content if method != "HEAD" else b""
            scrub = lambda text: re.sub(rb'"request_id":\\?"[^"]*"', b"", text)  # noqa: E731
            assert scrub(told) == scrub(content), (method, path)

    def test_that_are_no_text_are_base64(self, function):
        outcome = function().invoke(rest_event("GET", "/favicon.ico"))
        assert outcome.json["isBase64Encoded"] is True
        assert outcome.content.startswith(b"\x89PNG")

    def test_say_that_there_are_no_streams(self, function, fields):
        running = function()
        get = running.invoke(http_event("GET", "/mcp", fields | {"Accept": "text/event-stream"}))
        assert (get.head["status"], get.head["fields"]["allow"]) == (405, "POST")
        meta = {"io.modelcontextprotocol/protocolVersion": STATELESS, "io.modelcontextprotocol/clientCapabilities": {}}
        listen = {"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {"_meta": meta, "notifications": {}}}
        modern = fields | {"MCP-Protocol-Version": STATELESS, "Mcp-Method": "subscriptions/listen"}
        refused = running.invoke(post(http_event, listen, modern))
        assert refused.head["status"] == 406
        assert "streaming" in json.loads(refused.content)["error"]["message"]

    def test_of_sessions_have_an_id_and_no_stream(self, function, fields):
        running = function(MCP_HTTP_STATELESS="false")
        begun = running.invoke(post(rest_event, INITIALIZE, fields))
        own = fields | {"Mcp-Session-Id": begun.head["fields"]["mcp-session-id"]}
        assert json.loads(running.invoke(post(rest_event, PING, own)).content)["result"] == {}
        get = running.invoke(rest_event("GET", "/mcp", own | {"Accept": "text/event-stream"}))
        assert (get.head["status"], get.head["fields"]["allow"]) == (405, "POST, DELETE")
        assert running.invoke(rest_event("DELETE", "/mcp", own)).head["status"] == 204

    def test_too_large_for_a_gateway_are_refused_by_name(self, function, fields):
        running = function()
        long = {"jsonrpc": "2.0", "id": "x" * 1_100_000, "method": "ping"}
        whole = running.invoke(post(http_event, long, fields))
        assert whole.head["status"] == 200 and len(whole.content) > 1_100_000
        # A load balancer takes 1 MB.
        outcome = running.invoke(post(balancer_event, long, fields))
        assert (outcome.kind, outcome.head["status"]) == ("response", 500)
        assert json.loads(outcome.content)["error"] == "answer_too_large"


class TestRequests:
    @pytest.mark.parametrize(("event", "stage"), [(http_event, "$default"), (http_event, "prod"), (rest_event, "prod")])
    def test_without_a_public_address_know_the_domain_and_the_stage(self, function, event, stage):
        running = function()
        base = f"https://{DOMAIN}" + ("" if stage == "$default" else "/prod")
        document = json.loads(running.invoke(event("GET", "/.well-known/oauth-protected-resource", stage=stage)).content)
        assert document["resource"] == f"{base}/mcp"
        assert document["authorization_servers"] == [base]
        own = function(MCP_PUBLIC_BASE_URL="https://mcp.example.com")
        document = json.loads(own.invoke(event("GET", "/.well-known/oauth-protected-resource", stage=stage)).content)
        assert document["resource"] == "https://mcp.example.com/mcp"

    def test_are_secure_behind_a_gateway_and_else_as_the_balancer_says(self, function, fields):
        running = function()
        plain = {name: value for name, value in post(http_event, PING, fields).items()}
        del plain["headers"]["x-forwarded-proto"]
        assert running.invoke(plain).head["status"] == 200
        refused = running.invoke(post(balancer_event, PING, fields, scheme="http"))
        assert json.loads(refused.content)["error"] == "tls_required"

    def test_are_taken_from_the_allowed_networks_alone(self, function, fields):
        running = function(ALLOWED_SOURCE_CIDRS="192.0.2.0/24,2001:db8::/32")
        sources = [("192.0.2.99", 200), ("2001:db8::7", 200), ("203.0.113.9", 403), ("", 403)]
        for event, (source, status) in itertools.product(EVENTS, sources):
            outcome = running.invoke(post(event, PING, fields, source=source))
            assert outcome.head["status"] == status, source
            assert running.invoke(event("GET", "/health", source=source)).head["status"] == 200
        assert json.loads(outcome.content)["error"] == "forbidden_address"

    def test_that_are_too_large_are_refused(self, function, fields):
        running = function()
        outcome = running.invoke(http_event("POST", "/mcp", fields, "x" * ((4 << 20) + 1)))
        assert outcome.head["status"] == 413
        assert json.loads(outcome.content)["error"] == "content_too_large"

    def test_are_logged_with_their_trace_and_who_asked(self, function, fields, pair):
        running = function()
        running.invoke(post(http_event, SEARCH, fields))
        running.invoke(post(http_event, PING, fields | {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}))
        # The line of a request is there when the next is handed over.
        running.invoke(http_event("GET", "/health"))
        running.__exit__()
        lines = [line for line in running.log_lines if "http" in line and "route=/mcp" in line]
        assert "trace=5759e988bd862e3fe1be46a994272793" in lines[0] and "peer=192.0.2.7" in lines[0]
        assert f"trace={'a' * 32}" in lines[1]
        assert all(secret not in running.log for secret in pair)


class TestAFunction:
    def test_says_of_what_is_no_request_that_it_is_none(self, function):
        running = function()
        for event in [
            b"", b"{", b"null", b"7", b'"text"', b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"version":"2.0"}',
            {"source": "aws.events", "detail-type": "Scheduled Event"}, {"Records": [{"eventSource": "aws:sqs"}]},
            {"requestContext": None}, {"requestContext": {"http": 7}}, {"requestContext": {"http": {"method": None}}},
            {"httpMethod": 7}, http_event("POST", "/mcp") | {"body": "§", "isBase64Encoded": True},
        ]:  # fmt: skip
            outcome = running.invoke(event)
            assert outcome.kind == "error", event
            assert outcome.headers["lambda-runtime-function-error-type"] == outcome.json["errorType"]
            assert outcome.json.keys() == {"errorMessage", "errorType", "stackTrace"}
            assert outcome.json["errorMessage"].count(". ") == 1
        assert running.invoke(http_event("GET", "/health")).head["status"] == 200

    def test_answers_events_with_parts_missing_or_of_other_kinds(self, function):
        running = function()
        whole = [http_event("POST", "/mcp", JSON_TYPE, "{}"), rest_event("POST", "/mcp", JSON_TYPE, "{}"), balancer_event()]
        odd: list[dict] = []
        for event in whole:
            for name in event:
                odd += [{key: value for key, value in event.items() if key != name}]
                odd += [event | {name: value} for value in (None, 7, "x", [], {}, [[]], {"a": [None, {}]})]
            context = event["requestContext"]
            for name in context:
                odd += [event | {"requestContext": context | {name: value}} for value in (None, 7, "x", [], {})]
        odd += [http_event("GET", "/health", {f"x-{number}": "v" * 100 for number in range(2000)})]
        odd += [http_event("BREW\r\nX: y", "/health\0\r\n", {"bad name": "x", "x": "a\r\nb: c", "host": "a, b"})]
        outcomes = [running.runtime.hand_over(event) for event in odd]
        kinds = [outcome.get(timeout=60) for outcome in outcomes]
        assert {outcome.kind for outcome in kinds} == {"response", "error"}
        assert all(outcome.head["status"] < 500 for outcome in kinds if outcome.kind == "response")
        assert running.process.poll() is None

    def test_answers_before_its_time_is_over_and_ends_what_it_worked_on(self, function, fields, ovaledge: StandIn):
        running = function(OVALEDGE_TIMEOUT_SECONDS=30)
        ovaledge.always("asset-explorer", Reply(200, {}, delay=20))
        began = time.monotonic()
        outcome = running.invoke(post(http_event, SEARCH, fields), seconds=2)
        assert outcome.times[-1] - began < 2
        answer = json.loads(outcome.content)
        assert (outcome.head["status"], answer["id"]) == (200, 7)
        assert "not there in time" in answer["error"]["message"]
        assert json.loads(running.invoke(post(http_event, PING, fields)).content)["result"] == {}
        end = time.monotonic() + 10
        while not ovaledge.abandoned:
            assert time.monotonic() < end
            time.sleep(0.01)

    def test_refuses_credentials_that_are_not_checked_in_time(self, function, fields, ovaledge: StandIn):
        running = function(OVALEDGE_TIMEOUT_SECONDS=30)
        ovaledge.token_shape = lambda token: Reply(200, {"token": token}, delay=20)
        outcome = running.invoke(post(http_event, PING, fields), seconds=1)
        assert (outcome.head["status"], json.loads(outcome.content)["error"]) == (504, "timed_out")

    def test_goes_on_when_an_answer_is_not_taken(self, function, fields):
        running = function()
        running.runtime.refusal = 413
        running.invoke(post(http_event, PING, fields))
        assert running.invoke(post(http_event, PING, fields)).head["status"] == 200
        running.runtime.refusal = 0
        assert running.invoke(post(http_event, PING, fields)).head["status"] == 200
        assert "answer not taken" in running.log and "status 413" in running.log

    def test_serves_several_at_a_time_where_the_runtime_does(self, function, fields, ovaledge: StandIn):
        running = function(AWS_LAMBDA_MAX_CONCURRENCY=4, OVALEDGE_TIMEOUT_SECONDS=30)
        ovaledge.always("asset-explorer", Reply(200, {}, delay=20))
        slow = [running.runtime.hand_over(post(http_event, SEARCH, fields), 8) for _ in range(3)]
        assert running.invoke(post(http_event, PING, fields)).head["status"] == 200
        assert all(outcome.empty() for outcome in slow)

    def test_ends_when_the_runtime_does(self, function):
        running = function()
        assert running.invoke(http_event("GET", "/health")).head["status"] == 200
        running.runtime.waiting.put(None)
        assert running.wait() == 1
        assert "the runtime hands over no more" in running.log

    @pytest.mark.parametrize(
        ("settings", "name"),
        [
            ({"AUTH_MODE": "local"}, "AUTH_MODE"), ({"OVALEDGE_BASE_URL": ""}, "OVALEDGE_BASE_URL"),
            ({"MCP_RATE_CALLS": "many"}, "MCP_RATE_CALLS"), ({"ALLOWED_SOURCE_CIDRS": "x"}, "ALLOWED_SOURCE_CIDRS"),
            ({"MCP_SEAL_KEY": "short"}, "MCP_SEAL_KEY"), ({"AUTH_MODE": "remote"}, "OAUTH_ISSUER"),
        ],
    )  # fmt: skip
    def test_that_cannot_start_tells_the_runtime_why(self, function, settings, name):
        running = function(**settings)
        outcome: Outcome = running.runtime.init.get(timeout=30)
        assert outcome.kind == "error"
        assert outcome.headers["lambda-runtime-function-error-type"] == "Runtime.InvalidSettings"
        assert outcome.json["errorType"] == "Runtime.InvalidSettings"
        assert name in outcome.json["errorMessage"] and name in running.log + outcome.json["errorMessage"]
        assert running.wait() == 78
        assert running.runtime.nexts == 0

    def test_is_told_apart_from_a_server(self, run):
        ended = run("lambda")
        assert ended.returncode == 64
        assert "AWS_LAMBDA_RUNTIME_API is not set" in ended.stderr

    def test_continues_what_another_with_the_same_key_began(self, function, fields):
        key = {"MCP_SEAL_KEY": "ab" * 32, "MCP_HTTP_STATELESS": "false"}
        begun = function(**key).invoke(post(http_event, INITIALIZE, fields))
        own = fields | {"Mcp-Session-Id": begun.head["fields"]["mcp-session-id"]}
        other = function(MCP_SEAL_KEY=f"{'cd' * 32} {'ab' * 32}", MCP_HTTP_STATELESS="false")
        assert other.invoke(post(http_event, PING, own)).head["status"] == 200
        stranger = function(MCP_SEAL_KEY="cd" * 32, MCP_HTTP_STATELESS="false")
        assert stranger.invoke(post(http_event, PING, own)).head["status"] == 404


class TestStreaming:
    @pytest.fixture
    def streaming(self, function) -> Function:
        return function(MCP_LAMBDA_STREAMING="true")

    def test_begins_with_status_and_fields_and_eight_zeros(self, streaming, fields):
        outcome = streaming.invoke(post(function_url_event, PING, fields))
        assert outcome.headers["content-type"] == STREAM
        assert outcome.headers["lambda-runtime-function-response-mode"] == "streaming"
        assert outcome.headers["transfer-encoding"] == "chunked" and "content-length" not in outcome.headers
        id = outcome.head["fields"]["x-request-id"]
        prelude = {
            "statusCode": 200,
            "headers": {
                "X-Content-Type-Options": "nosniff", "X-Request-Id": id, "Vary": "Origin",
                "Content-Type": "application/json", "Cache-Control": "no-store",
            },
        }  # fmt: skip
        assert outcome.body == raw(prelude).encode() + b"\0" * 8 + b'{"jsonrpc":"2.0","id":3,"result":{}}'

    def test_sends_each_event_when_it_is_there_and_ends_before_time_is_over(self, streaming, fields):
        meta = {"io.modelcontextprotocol/protocolVersion": STATELESS, "io.modelcontextprotocol/clientCapabilities": {}}
        params = {"_meta": meta, "notifications": {"toolsListChanged": True}}
        listen = {"jsonrpc": "2.0", "id": 5, "method": "subscriptions/listen", "params": params}
        modern = fields | {"MCP-Protocol-Version": STATELESS, "Mcp-Method": "subscriptions/listen"}
        began = time.monotonic()
        outcome = streaming.invoke(post(function_url_event, listen, modern), seconds=3)
        assert outcome.head["fields"]["content-type"] == "text/event-stream"
        assert outcome.times[0] - began < 1 < 1.5 < outcome.times[-1] - began < 3
        messages = [json.loads(line[6:]) for line in outcome.content.decode().splitlines() if line.startswith("data: {")]
        assert messages[0]["method"] == "notifications/subscriptions/acknowledged"
        assert messages[-1]["id"] == 5 and "result" in messages[-1]

    def test_answers_what_takes_too_long_within_its_stream(self, function, fields, ovaledge: StandIn):
        running = function(MCP_LAMBDA_STREAMING="true", MCP_JSON_RESPONSE="false", OVALEDGE_TIMEOUT_SECONDS=30)
        ovaledge.always("asset-explorer", Reply(200, {}, delay=20))
        began = time.monotonic()
        outcome = running.invoke(post(function_url_event, SEARCH, fields), seconds=2)
        assert outcome.times[-1] - began < 2
        assert "not there in time" in outcome.content.decode()

    def test_refuses_what_it_refuses_otherwise(self, streaming, fields):
        for event, status in [
            (function_url_event("POST", "/mcp", JSON_TYPE, json.dumps(PING)), 401),
            (function_url_event("GET", "/nothing"), 404), (function_url_event("GET", "/favicon.ico"), 200),
            (function_url_event("POST", "/mcp", fields, "x" * ((4 << 20) + 1)), 413),
        ]:  # fmt: skip
            outcome = streaming.invoke(event)
            assert outcome.head["status"] == status
            assert outcome.content
        assert streaming.invoke({}).kind == "error"

    def test_goes_on_when_a_stream_is_not_taken(self, streaming, fields):
        streaming.runtime.refusal = 400
        streaming.invoke(post(function_url_event, LIST, fields))
        streaming.runtime.refusal = 0
        assert streaming.invoke(post(function_url_event, PING, fields)).head["status"] == 200
