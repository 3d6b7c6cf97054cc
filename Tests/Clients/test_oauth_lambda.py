"""The sign-in with a page of our own on AWS Lambda: each request meets another instance, and Redis keeps the sign-ins."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import pytest

from http_program import INITIALIZE, Reply
from lambda_runtime import Function, Outcome, balancer_event, http_event, rest_event
from redis_server import REDIS, Redis
from stand_in import StandIn
from test_oauth_login import BACKEND, CALLBACK, PAIR, READ_CALL, Browser, Client, Page, answer_of, connected, sign_in

BASE = "https://mcp.example.com"
DOMAIN = "mcp.example.com"
INSTANCES = 2


def from_http_api(method: str, path: str, fields: dict[str, str], body: str) -> dict:
    """An HTTP API and a function URL hand over cookies apart."""
    cookie = next((value for name, value in fields.items() if name.lower() == "cookie"), None)
    rest = {name: value for name, value in fields.items() if name.lower() != "cookie"}
    event = http_event(method, path, rest, body, domain=DOMAIN)
    return event | ({"cookies": cookie.split("; ")} if cookie else {})


def from_rest_api(method: str, path: str, fields: dict[str, str], body: str) -> dict:
    """A REST API hands over parameters decoded."""
    return rest_event(method, path, fields, body, domain=DOMAIN, encoded=bool(body))


def from_balancer(method: str, path: str, fields: dict[str, str], body: str) -> dict:
    return balancer_event(method, path, fields | {"Host": DOMAIN}, body, lists=True)


class Answer:
    """The HTTP response inside of an outcome, as http.client has it."""

    def __init__(self, outcome: Outcome):
        assert outcome.kind == "response", outcome.body
        told = outcome.json
        self.status = told["statusCode"]
        self.headers = Message()
        pairs = [(name, value) for name, values in told.get("multiValueHeaders", {}).items() for value in values]
        pairs += [*told.get("headers", {}).items(), *(("Set-Cookie", cookie) for cookie in told.get("cookies", []))]
        for name, value in pairs:
            self.headers[name] = value
        self._content = outcome.content

    def getheaders(self) -> list[tuple[str, str]]:
        return self.headers.items()

    def read(self) -> bytes:
        return self._content


class Gateway:
    """Where clients and browsers ask; every request goes to another instance than the one before."""

    base = BASE
    address = BASE + "/mcp"

    def __init__(self, instances: list[Function], event: Callable[..., dict]):
        self._next = itertools.cycle(instances)
        self._event = event

    def connection(self) -> Gateway:
        return self

    def request(self, method: str, path: str, body: str | None, fields: dict[str, str]) -> None:
        self._outcome = next(self._next).invoke(self._event(method, path, fields, body or ""))

    def getresponse(self) -> Answer:
        return Answer(self._outcome)

    def close(self) -> None:
        """There is no connection."""

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, body: object = None) -> Reply:
        self.request(method, path, json.dumps(body) if body is not None else None, fields or {})
        return Reply(self.getresponse())

    def post(self, body: dict, fields: dict[str, str] | None = None) -> Reply:
        both = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        return self.ask("POST", "/mcp", both | (fields or {}), body)


@pytest.fixture(params=[from_http_api, from_rest_api, from_balancer])
def gateway(request: pytest.FixtureRequest, oe_mcp_http: str, tmp_path: Path, ovaledge: StandIn) -> Iterator[Gateway]:
    if not REDIS:
        pytest.skip("redis-server is missing; scripts/need test gets it")
    ovaledge.refusal = 401
    redis = Redis(tmp_path / "redis", "maxmemory-policy noeviction")
    key = "5c" * 32
    settings = {
        "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": BASE, "OAUTH_KEY": key, "MCP_SEAL_KEY": key,
        "OAUTH_STORE": redis.url, "MCP_STORE_URL": redis.url, "OVALEDGE_BASE_URL": ovaledge.base_url,
        "LOG_LEVEL": "debug",
    }  # fmt: skip
    instances = [Function([oe_mcp_http, "lambda"], tmp_path, **settings) for _ in range(INSTANCES)]
    yield Gateway(instances, request.param)
    for instance in instances:
        instance.__exit__()
        found = re.search(r"oe(ac|at|rt)_|petra-secret|petra-token|csrf|state=|5c5c5c5c", instance.log)
        assert not found, instance.log
    redis.stop()


def test_the_flow_of_2025_works_though_no_two_requests_meet_one_instance(gateway: Gateway, ovaledge: StandIn) -> None:
    client, browser = Client(gateway), Browser(gateway)
    metadata = gateway.ask("GET", "/.well-known/oauth-authorization-server", BACKEND).json
    assert (metadata["issuer"], metadata["token_endpoint"]) == (BASE, BASE + "/token")
    registration = client.register()
    assert registration.status == 201 and registration.json["redirect_uris"] == [CALLBACK]
    page = Page(browser.go("GET", client.link(), Referer="https://claude.ai/").body.decode())
    assert all(name.startswith("__Host-oe_txn_") for name in browser.cookies) and browser.cookies
    answer = answer_of(browser, sign_in(browser, page))
    assert answer == {"code": answer["code"], "state": client.state, "iss": BASE}
    tokens = client.exchange(answer["code"])
    assert tokens.status == 200 and tokens.headers["cache-control"] == "no-store"
    again = client.refresh(tokens.json["refresh_token"])
    assert again.status == 200 and again.json["refresh_token"] != tokens.json["refresh_token"]
    bearer = {"Authorization": f"Bearer {again.json['access_token']}"}
    # There are no streams here, which clients know how to take.
    assert gateway.ask("GET", "/", {"Accept": "text/event-stream"} | bearer).status == 200
    for _ in range(INSTANCES):
        assert gateway.post(INITIALIZE, bearer).status == 200
        assert gateway.post(READ_CALL, bearer | {"MCP-Protocol-Version": "2025-06-18"}).status == 200
    # Page and calls on both instances have one session token of OvalEdge.
    assert ovaledge.exchanges == 1


def test_what_is_revoked_on_one_instance_is_renewed_on_none(gateway: Gateway) -> None:
    client, tokens = connected(gateway)
    refused = gateway.post(INITIALIZE)
    assert refused.status == 401 and f'{BASE}/.well-known/oauth-protected-resource/mcp"' in refused.headers["www-authenticate"]
    revoked = client.post("/revoke", {"token": tokens["refresh_token"], "client_id": client.id})
    assert revoked.status == 200
    for _ in range(INSTANCES):
        late = client.refresh(tokens["refresh_token"])
        assert (late.status, late.json["error"]) == (400, "invalid_grant")
    browser = Browser(gateway)
    page = Page(browser.go("GET", "/connections").body.decode())
    assert page.forms and PAIR[0] not in page.text
