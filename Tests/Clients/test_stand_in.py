"""Everything that can go wrong between the program and OvalEdge, against the stand-in.

Each case ends in a helpful answer or in success; the process lives on, recovers when the cause is gone, and no byte
that leaves it carries a secret.
"""

from __future__ import annotations

import base64
import dataclasses
import re
import time
from collections.abc import Callable

import pytest

from stand_in import EXCHANGE, SUPERSEDED, Reply, StandIn, html, redirect
from wire import Answer, Wire


def search(wire: Wire, within: float = 20) -> Answer:
    return wire.call("asset_explorer", within=within, search_terms=["loans"])


def assert_success(answer: Answer) -> None:
    assert not answer.is_error, answer
    assert "library_dw" in answer.text or "library_dw" in str(answer.structured), answer


def assert_helpful(answer: Answer, names: str | None) -> None:
    """Two sentences or more, in plain words; the setting is named where one is the remedy."""
    assert answer.is_error, answer
    assert len(re.findall(r"[.!?](?:\s|$)", answer.text)) >= 2, answer
    assert not re.search(r"Swift|CURLE_|Optional\(|\{\"", answer.text), answer
    if names:
        assert re.search(names, answer.text), f"{names} is not named: {answer}"


def assert_no_secret(wire: Wire, ovaledge: StandIn) -> None:
    """No credential and no token, plain or encoded, in any byte of either stream."""
    everything = bytes(wire.out) + bytes(wire.err)
    secrets = {text for pair in ovaledge.credentials for text in pair} | wire.given
    for token in ovaledge.tokens:
        secrets |= {token, token.split(".")[2], token.split(".")[1]}
    for secret in secrets:
        for form in (secret.encode(), base64.b64encode(secret.encode())):
            assert form not in everything, f"{secret!r} left the process"


@pytest.fixture
def session(connected: Callable[..., Wire], settings: dict[str, object]) -> Callable[..., Wire]:
    """As `connected`, and remembers the credential that this process was given."""

    def run(**changed: object) -> Wire:
        wire = connected(**changed)
        given = settings | changed
        wire.given = {str(given["OVALEDGE_USER_TOKEN"]), str(given["OVALEDGE_USER_SECRET"])}
        return wire

    return run


def recovers(wire: Wire, within: float = 15) -> None:
    """The next calls succeed soon, whatever the program waits for after a failure."""
    end = time.monotonic() + within
    while (answer := search(wire)).is_error and time.monotonic() < end:
        time.sleep(0.2)
    assert_success(answer)


# What is said to OvalEdge


def test_the_exchange_is_as_documented(session, ovaledge: StandIn) -> None:
    assert_success(search(session()))
    exchange = ovaledge.seen(EXCHANGE)[0]
    token, secret = next(iter(ovaledge.credentials))
    assert exchange.method == "POST"
    assert exchange.json == {"userToken": token, "userSecret": secret}
    assert exchange.headers["authorization"] == "Basic " + base64.b64encode(b"MCP-token-generate:").decode()
    assert exchange.headers["content-type"].startswith("application/json")
    assert exchange.headers["accept"] == "application/json"


def test_a_request_is_as_documented(session, ovaledge: StandIn) -> None:
    assert_success(search(session(OVALEDGE_CLIENT_TIMEZONE="Asia/Kolkata")))
    request = ovaledge.seen("asset-explorer")[0]
    assert request.method == "POST"
    assert request.json["search"] == {"searchTerms": ["loans"], "page": 1, "limit": 20}
    assert request.headers["authorization"] == "jwt " + ovaledge.tokens[-1]
    assert request.headers["time-zone"] == "Asia/Kolkata"
    assert request.headers["accept"] == "application/json"
    assert request.headers["content-type"].startswith("application/json")
    assert request.headers["user-agent"].startswith("oe-mcp/")


def test_every_tool_answers(session, ovaledge: StandIn) -> None:
    wire = session()
    details = wire.call("asset_details", object_id=7001, object_type="oetable")
    lineage = wire.call("asset_lineage", object_id="7001", object_type="oetable", depth=2)
    story = wire.call("knowledge_search", query="lending")
    assert_success(search(wire))
    for answer, word in ((details, "loans"), (lineage, "raw_loans"), (story, "How lending works")):
        assert not answer.is_error and word in answer.text, answer
        assert answer.structured, answer
    assert ovaledge.seen("asset-lineage")[0].query == {"objectId": "7001", "objectType": "oetable", "depth": "2"}


def test_the_same_question_is_asked_once_and_its_answer_dated(session, ovaledge: StandIn) -> None:
    wire = session(OVALEDGE_CACHE_SECONDS=300)
    first, second = search(wire), search(wire)
    assert_success(first)
    assert_success(second)
    assert len(ovaledge.seen("asset-explorer")) == 1
    assert "as_of" not in first.structured
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", second.structured["as_of"])
    assert f"Cached response from {second.structured['as_of']}" in second.text


def test_who_waits_for_a_question_that_is_cancelled_gets_its_answer(session, ovaledge: StandIn) -> None:
    wire = session(OVALEDGE_CACHE_SECONDS=300, OVALEDGE_TIMEOUT_SECONDS=30)
    wire.call("asset_explorer", search_terms=["something else"])
    asked = len(ovaledge.seen("asset-explorer"))
    ovaledge.next("asset-explorer", Reply(200, {}, delay=20))
    call = {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}
    first = wire.post("tools/call", call)
    _until(lambda: len(ovaledge.seen("asset-explorer")) == asked + 1)
    others = [wire.post("tools/call", call) for _ in range(3)]
    assert wire.request("ping")["result"] == {}
    assert len(ovaledge.seen("asset-explorer")) == asked + 1
    wire.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": first}})
    for number in others:
        assert_success(Answer(wire.reply(number)["result"]))
    assert len(ovaledge.seen("asset-explorer")) == asked + 2
    assert not [message for message in wire.messages if message.get("id") == first]


def test_links_lead_to_the_link_address(session) -> None:
    answer = search(session(OVALEDGE_LINK_BASE_URL="https://catalog.example/ovaledge/"))
    assert "https://catalog.example/ovaledge/#nav/" in answer.text + str(answer.structured), answer


def test_one_exchange_serves_many_calls_at_once(session, ovaledge: StandIn) -> None:
    wire = session()
    arguments = {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}
    for number in [wire.post("tools/call", arguments) for _ in range(32)]:
        assert_success(Answer(wire.reply(number)["result"]))
    assert ovaledge.exchanges == 1


def test_the_handshake_does_not_wait_for_the_exchange(session, ovaledge: StandIn) -> None:
    ovaledge.next(EXCHANGE, Reply(200, b"", delay=1.5))
    before = time.monotonic()
    wire = session()
    assert wire.request("tools/list")["result"]["tools"]
    assert time.monotonic() - before < 1


# What the exchange may answer


def nested(*keys: str) -> Callable[[str], Reply]:
    def shape(token: str) -> Reply:
        value: object = token
        for key in reversed(keys):
            value = {key: value}
        return Reply(200, value)

    return shape


KEYS = ["token", "access_token", "jwt", "accessToken", "bearerToken", "jwtToken", "userToken", "result"]
SHAPES: dict[str, Callable[[str], Reply]] = {
    "plain text": lambda token: Reply(200, token),
    "plain text with a newline": lambda token: Reply(200, f"  {token}\n"),
    "JSON text": lambda token: Reply(200, f'"{token}"'),
    "JSON text that holds JSON": lambda token: Reply(200, '"{\\"token\\": \\"%s\\"}"' % token),
    **{key: nested(key) for key in KEYS},
    "data.jwtToken": nested("data", "jwtToken"),
    "data is text": nested("data"),
    "data is a list": lambda token: Reply(200, {"data": [{"token": token}]}),
    "result.accessToken": nested("result", "accessToken"),
    "result.data.token": nested("result", "data", "token"),
    "a list of one": lambda token: Reply(200, [{"jwt": token}]),
    "a list of one text": lambda token: Reply(200, [token]),
    "success and data": lambda token: Reply(200, {"success": True, "data": {"token": token}}),
    "failure without a word": lambda token: Reply(200, {"success": False, "token": token}),
    "a blank before the token": lambda token: Reply(200, {"token": " ", "jwt": token}),
    "null before the token": lambda token: Reply(200, {"token": None, "jwt": token}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_documented_shape_of_the_token_is_understood(session, ovaledge: StandIn, shape: str) -> None:
    ovaledge.token_shape = SHAPES[shape]
    assert_success(search(session()))


def test_the_token_may_come_in_the_header_that_is_named(session, ovaledge: StandIn) -> None:
    ovaledge.token_shape = lambda token: Reply(200, b"", {"X-Auth-Jwt": token})
    assert_success(search(session(OVALEDGE_TOKEN_EXCHANGE_FALLBACK_HEADER="X-Auth-Jwt")))


@pytest.mark.parametrize("life", [None, 30, 400])
def test_tokens_of_any_life_are_used(session, ovaledge: StandIn, life: float | None) -> None:
    ovaledge.token_life = life
    wire = session()
    for _ in range(3):
        assert_success(search(wire))
    assert ovaledge.exchanges == 1


# Failures, reported and overcome


@dataclasses.dataclass
class Failure:
    """How OvalEdge misbehaves, and what the answer must name."""

    begin: Callable[[StandIn], object]
    names: str | None = None
    end: Callable[[StandIn], object] = StandIn.mend
    settings: dict[str, object] = dataclasses.field(default_factory=dict)


def shape(reply: Reply) -> Callable[[StandIn], object]:
    return lambda ovaledge: ovaledge.always(EXCHANGE, reply)


def data(reply: Reply) -> Callable[[StandIn], object]:
    return lambda ovaledge: ovaledge.always("asset-explorer", reply)


def forget_everyone(ovaledge: StandIn) -> None:
    ovaledge.known, ovaledge.credentials = ovaledge.credentials, set()


def know_again(ovaledge: StandIn) -> None:
    ovaledge.credentials = ovaledge.known


def move_away(ovaledge: StandIn) -> None:
    ovaledge.context = "/elsewhere"


def move_back(ovaledge: StandIn) -> None:
    ovaledge.context = "/ovaledge"


CREDENTIAL = "OVALEDGE_USER_TOKEN|OVALEDGE_USER_SECRET"
ADDRESS = "OVALEDGE_BASE_URL"
FAILURES = {
    "refused credential": Failure(forget_everyone, CREDENTIAL, know_again),
    "refused with 403": Failure(shape(Reply(403, {"message": "Forbidden"})), CREDENTIAL),
    "locked user": Failure(shape(Reply(200, {"success": False, "message": "user is locked"})), "user is locked"),
    "wrong path": Failure(move_away, ADDRESS, move_back),
    "nobody listens": Failure(StandIn.stop, ADDRESS, StandIn.start),
    "exchange answers with a login page": Failure(shape(html()), ADDRESS),
    "exchange answers with nothing": Failure(shape(Reply(200, b"")), "OVALEDGE_"),
    "exchange answers with blanks": Failure(shape(Reply(200, b" \n ")), "OVALEDGE_"),
    "exchange answers with null": Failure(shape(Reply(200, None)), None),
    "exchange answers with a number": Failure(shape(Reply(200, 42)), None),
    "exchange answers with two": Failure(shape(Reply(200, ["a", "b"])), None),
    "exchange answers without a token": Failure(shape(Reply(200, {"user": "petra", "role": "x"})), None),
    "exchange answers with JSON cut off": Failure(shape(Reply(200, '{"token": "ab')), None),
    "exchange redirects to SSO": Failure(shape(redirect()), ADDRESS),
    "exchange fails": Failure(shape(Reply(500, {"message": "boom"})), None),
    "exchange is unavailable": Failure(shape(Reply(503, "busy")), None),
    "exchange is slow": Failure(shape(Reply(200, b"", delay=5)), "OVALEDGE_TIMEOUT_SECONDS"),
    "exchange is cut off": Failure(shape(Reply(200, {"token": "a.b.c"}, cut_off=True)), None),
    "login page": Failure(data(html()), ADDRESS),
    "redirect to SSO": Failure(data(redirect()), ADDRESS),
    "not allowed": Failure(data(Reply(403, {"message": "Forbidden"})), None),
    "not found": Failure(data(Reply(404, {"message": "No endpoint"})), None),
    "failure": Failure(data(Reply(500, {"message": "NullPointerException"})), None),
    "too many requests": Failure(data(Reply(429, {"message": "slow down"})), None),
    "too many for an hour": Failure(data(Reply(429, "", {"Retry-After": "3600"})), None),
    "unavailable": Failure(data(Reply(503, "maintenance")), None),
    "bad gateway with a page": Failure(data(Reply(502, "<html>Bad Gateway</html>")), None),
    "slow": Failure(data(Reply(200, {}, delay=5)), "OVALEDGE_TIMEOUT_SECONDS"),
    "cut off": Failure(data(Reply(200, {"ok": True}, cut_off=True)), None),
    "hung up": Failure(data(Reply(0)), None),
    "text": Failure(data(Reply(200, "hello")), None),
    "broken JSON": Failure(data(Reply(200, b'{"ok": true, "data": [', {"Content-Type": "application/json"})), None),
    "refused again and again": Failure(data(Reply(400, {"message": SUPERSEDED})), None),
    "unauthorized again and again": Failure(data(Reply(401, {"message": "Unauthorized"})), None),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_are_reported_and_overcome(session, ovaledge: StandIn, name: str) -> None:
    failure = FAILURES[name]
    failure.begin(ovaledge)
    wire = session(OVALEDGE_MAX_RETRIES=2, **failure.settings)
    assert_helpful(search(wire), failure.names)
    assert wire.request("ping")["result"] == {}
    failure.end(ovaledge)
    recovers(wire)
    assert wire.close() == 0
    assert_no_secret(wire, ovaledge)


def test_an_address_nobody_knows(session, ovaledge: StandIn) -> None:
    wire = session(OVALEDGE_BASE_URL="https://ovaledge.invalid/ovaledge")
    assert_helpful(search(wire), ADDRESS)
    assert wire.request("ping")["result"] == {}
    assert wire.close() == 0
    assert_no_secret(wire, ovaledge)


@pytest.mark.parametrize("missing", ["OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"])
def test_a_missing_credential_is_a_tool_answer(session, missing: str) -> None:
    wire = session(**{missing: ""})
    assert_helpful(search(wire), missing)
    assert wire.request("ping")["result"] == {}
    assert wire.close() == 0


# Rows: G168
def test_a_credential_that_is_echoed_stays_inside(session, ovaledge: StandIn) -> None:
    token, secret = next(iter(ovaledge.credentials))
    ovaledge.always("asset-explorer", Reply(500, {"message": f"user {token} with {secret} is unknown"}))
    wire = session()
    assert search(wire).is_error
    assert wire.close() == 0
    assert_no_secret(wire, ovaledge)


# Rows: G168
def test_a_token_that_is_echoed_stays_inside(session, ovaledge: StandIn) -> None:
    wire = session()
    assert_success(search(wire))
    ovaledge.always("asset-explorer", Reply(500, {"message": f"cannot read {ovaledge.tokens[-1]}"}))
    assert search(wire).is_error
    assert wire.close() == 0
    assert_no_secret(wire, ovaledge)


# Failures that need no report


@pytest.mark.parametrize("refusal", [400, 401])
def test_a_revoked_token_is_replaced_without_a_word(session, ovaledge: StandIn, refusal: int) -> None:
    ovaledge.refusal = refusal
    wire = session()
    for _ in range(3):
        assert_success(search(wire))
        ovaledge.revoke()
    assert ovaledge.exchanges == 3
    assert_no_secret(wire, ovaledge)


def test_a_plain_400_does_not_cost_the_token(session, ovaledge: StandIn) -> None:
    wire = session()
    assert_success(search(wire))
    ovaledge.next("asset-explorer", Reply(400, {"message": "unknown filter"}))
    assert "unknown filter" in search(wire).text
    assert_success(search(wire))
    assert ovaledge.exchanges == 1


def test_tokens_that_expire_in_mid_session(session, ovaledge: StandIn) -> None:
    ovaledge.token_life = 2
    wire = session()
    end = time.monotonic() + 5
    while time.monotonic() < end:
        assert_success(search(wire))
        time.sleep(0.05)
    assert 3 <= ovaledge.exchanges <= 8
    assert_no_secret(wire, ovaledge)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_tried_again(session, ovaledge: StandIn, status: int) -> None:
    ovaledge.next("asset-explorer", Reply(status, "busy"))
    assert_success(search(session()))
    assert len(ovaledge.seen("asset-explorer")) == 2


def test_retry_after_is_respected(session, ovaledge: StandIn) -> None:
    wire = session()
    assert_success(search(wire))
    ovaledge.next("asset-explorer", Reply(429, "", {"Retry-After": "1"}))
    before = time.monotonic()
    assert_success(search(wire))
    assert time.monotonic() - before >= 0.95


def test_a_cancelled_call_hangs_up_and_is_not_answered(session, ovaledge: StandIn) -> None:
    wire = session(OVALEDGE_TIMEOUT_SECONDS=30)
    assert_success(search(wire))
    ovaledge.next("asset-explorer", Reply(200, {}, delay=20))
    number = wire.post("tools/call", {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}})
    _until(lambda: len(ovaledge.seen("asset-explorer")) == 2)
    wire.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}})
    _until(lambda: ovaledge.abandoned == 1)
    assert_success(search(wire))
    assert not [message for message in wire.messages if message.get("id") == number]


def _until(condition: Callable[[], bool], within: float = 5) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
