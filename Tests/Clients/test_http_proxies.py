"""`oe-mcp-http` behind nginx and Caddy, configured by infra/edge, and as they are without being told much."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import fastmcp
import httpx2
import pytest
from fastmcp.client.transports import StreamableHttpTransport
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

import guide
from http_program import INITIALIZE, PING, HTTPProgram, Reply, wait_until
from network import NGINX, OPENSSL
from proxies import CADDY, Front
from sdk import text_of
from stand_in import Reply as Answer
from stand_in import StandIn
from test_oauth_login import Browser, connected

ADDRESS = f"https://{guide.HOST}/mcp"
BOTH = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
FIND = {"jsonrpc": "2.0", "id": 5, "method": "tools/call"}
FIND |= {"params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}}
KEYS = "io.modelcontextprotocol/"
LISTEN = {"jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen"}
LISTEN |= {
    "params": {
        "notifications": {"toolsListChanged": True},
        "_meta": {f"{KEYS}protocolVersion": "2026-07-28", f"{KEYS}clientCapabilities": {}},
    }
}
MODERN = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"}

PROXIES = {"nginx": NGINX, "bare nginx": NGINX, "Caddy": CADDY}


class Behind:
    """A proxy and the program behind it, which serves many people as the page says."""

    def __init__(self, front: Front, program: HTTPProgram, pair: tuple[str, str]):
        self.front = front
        self.program = program
        self.credentials = {"X-OvalEdge-Token": pair[0], "X-OvalEdge-Secret": pair[1]}

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Reply:
        connection = self.front.connection()
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            return Reply(connection.getresponse())

    def post(self, body: dict, headers: dict[str, str] | None = None, path: str = "/mcp") -> Reply:
        return self.ask("POST", path, BOTH | self.credentials | (headers or {}), json.dumps(body).encode())

    def stream(self, method: str, headers: dict[str, str], body: dict | None = None) -> Events:
        return Events(self, method, BOTH | self.credentials | headers, body)

    def allow_writes(self, families: str) -> None:
        """Another list of tools, of which clients are told."""
        self.program.settings_file.write_text(f"OVALEDGE_ALLOW_WRITES={families}\n")
        self.program.send(signal.SIGHUP)


class Events:
    """A stream of events, of which each is waited for by itself."""

    def __init__(self, behind: Behind, method: str, headers: dict[str, str], body: dict | None):
        self.connection = behind.front.connection()
        self.connection.request(method, "/mcp", json.dumps(body).encode() if body else None, headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        assert self.response.getheader("Content-Type") == "text/event-stream"

    def wait_for(self, method: str) -> None:
        """For an event; no comment may come first, so that it has not waited for one."""
        while f'"method":"{method}"' not in (line := self.response.readline().decode()):
            assert line and "keep-alive" not in line, f"The stream has {line!r}."

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def behind(oe_mcp_http: str, serve, remote, pair, tmp_path: Path) -> Iterator[Callable[..., Behind]]:
    fronts: list[Front] = []

    def start(kind: str, edge: dict | None = None, **changed: object) -> Behind:
        if not (PROXIES[kind] and OPENSSL):
            pytest.skip(f"{kind} or openssl is missing; scripts/need test gets them")
        file = tmp_path / "named.env"
        file.write_text("")
        file.chmod(0o600)
        program = serve("--env-file", str(file), **(remote | guide.settings("MCP_TRUSTED_PROXIES") | changed))
        program.settings_file = file
        fronts.append(Front(kind, tmp_path / "front", program.port, **(edge or {})))
        return Behind(fronts[-1], program, pair)

    yield start
    for front in fronts:
        front.stop()


@pytest.fixture(params=PROXIES)
def site(request: pytest.FixtureRequest, behind) -> Behind:
    return behind(request.param, MCP_HTTP_STATELESS="false")


# Check 37
def test_events_arrive_one_by_one(site: Behind) -> None:
    session = {"Mcp-Session-Id": site.post(INITIALIZE).headers["mcp-session-id"]}
    assert site.post({"jsonrpc": "2.0", "method": "notifications/initialized"}, session).status == 202
    streams = [site.stream("GET", session), site.stream("POST", MODERN, LISTEN)]
    streams[1].wait_for("notifications/subscriptions/acknowledged")
    for families in ("all", "descriptions", "all"):
        site.allow_writes(families)
        # The next change is made only when this one has arrived.
        for stream in streams:
            stream.wait_for("notifications/tools/list_changed")
    for stream in streams:
        stream.close()
    # The proxy passes on that the client is gone.
    site.program.wait_for_log("mcp=subscriptions/listen")


# Check 37
def test_connections_are_used_again_without_a_reset(site: Behind) -> None:
    def use(_: int) -> set[int]:
        statuses = set()
        with contextlib.closing(site.front.connection()) as connection:
            for number in range(50):
                message = json.dumps(PING | {"id": number}).encode()
                connection.request("POST", "/mcp", message, BOTH | site.credentials)
                reply = Reply(connection.getresponse())
                assert reply.json["id"] == number
                statuses.add(reply.status)
        return statuses

    with ThreadPoolExecutor(8) as pool:
        assert set().union(*pool.map(use, range(8))) == {200}
    assert site.front.troubles == []


# Check 5
def test_both_paths_answer_and_nothing_redirects(site: Behind) -> None:
    bodies = {site.post(PING, path=path).body for path in ("/mcp", "/mcp/", "/")}
    assert len(bodies) == 1
    for name in ("oauth-protected-resource", "oauth-authorization-server"):
        document = site.ask("GET", f"/.well-known/{name}")
        assert document.status == 200 and f"https://{guide.HOST}" in document.body.decode()
    assert site.ask("GET", "/health").json["status"] == "healthy"
    assert site.ask("GET", "/nowhere").status == 404


def test_what_a_client_says_of_its_way_does_not_count(site: Behind) -> None:
    claims = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    assert site.post(PING, claims).status == 200
    site.program.wait_for_log("mcp=ping")
    assert "203.0.113.9" not in site.program.log
    # From where the port can be reached without the proxy, the same words are believed of a trusted address alone.
    plain = site.program.post(PING, site.credentials)
    assert plain.status == 400 and plain.json["error"] == "tls_required"


def test_long_credentials_pass_through_the_proxy(site: Behind) -> None:
    long = {"X-OvalEdge-Token": "t" * 2048, "X-OvalEdge-Secret": "s" * 2048}
    assert site.post(PING, long).json["error"] == "invalid_credentials"


# Check 17
def test_the_limit_of_bodies_is_that_of_the_program(site: Behind) -> None:
    large = site.ask("POST", "/mcp", BOTH | site.credentials, b" " * ((4 << 20) + 1))
    assert large.status == 413 and large.json["error"] == "content_too_large"


# Check 34
def test_a_client_that_hangs_up_is_noticed_through_the_proxy(site: Behind, ovaledge: StandIn) -> None:
    assert site.post(INITIALIZE).status == 200
    ovaledge.next("asset-explorer", Answer(200, {}, delay=20))
    connection = site.front.connection()
    params = FIND["params"] | {"_meta": LISTEN["params"]["_meta"]}
    headers = MODERN | {"Mcp-Method": "tools/call", "Mcp-Name": "asset_explorer"}
    connection.request("POST", "/mcp", json.dumps(FIND | {"params": params}).encode(), BOTH | site.credentials | headers)
    wait_until(lambda: ovaledge.seen("asset-explorer"))
    connection.close()
    wait_until(lambda: ovaledge.abandoned, within=2)


# Keys at the edge, and metrics apart


KEY = "5f1c90ae" * 8


@pytest.fixture(params=["nginx", "Caddy"])
def keyed(request: pytest.FixtureRequest, behind, pair) -> Behind:
    """A proxy that knows a client by its key, and its credentials by that."""
    return behind(request.param, {"keys": {KEY: "::".join(pair)}})


@pytest.mark.anyio
async def test_an_entry_with_nothing_but_a_key_lists_and_calls(keyed: Behind, mode: str) -> None:
    (entry,) = json.loads(guide.snippet("OE_MCP_KEY", "json"))["mcpServers"].values()
    headers = {name: value.replace("${env:OE_MCP_KEY}", KEY) for name, value in entry["headers"].items()}
    assert headers == {"Authorization": f"Bearer {KEY}"}
    with anyio.fail_after(30):
        async with keyed.front.http_client(headers) as http_client:
            async with Client(streamable_http_client(entry["url"], http_client=http_client), mode=mode) as client:
                assert "asset_explorer" in {tool.name for tool in (await client.list_tools()).tools}
                found = await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
                assert not found.is_error and "raw_loans" in text_of(found)


WITHOUT_KEY = [{}, {"Authorization": KEY}, {"Authorization": f"Bearer {KEY}0"}, {"Authorization": "Basic " + KEY}, {"X-API-Key": KEY}]


def test_without_a_key_that_is_known_nothing_reaches_the_program(keyed: Behind, ovaledge: StandIn) -> None:
    body = json.dumps(PING).encode()
    for path in ("/mcp", "/mcp/", "/"):
        for headers in WITHOUT_KEY:
            # Credentials of one's own do not replace a key.
            reply = keyed.ask("POST", path, BOTH | keyed.credentials | headers, body)
            assert reply.status == 401 and reply.json["error"] == "invalid_token"
            assert reply.headers["www-authenticate"].startswith("Bearer ")
    # What is open leads nowhere else.
    for path in ("/health/../mcp", "/.well-known/../mcp", "/.well-known/%2e%2e/mcp", "/.well-known//../mcp", "//mcp", "/%6dcp"):
        assert keyed.ask("POST", path, BOTH | keyed.credentials, body).status in (400, 401, 404), path
    assert ovaledge.exchanges == 0 and "mcp=" not in keyed.program.log


def test_whoever_has_a_key_acts_as_the_one_it_stands_for(keyed: Behind, ovaledge: StandIn) -> None:
    others = {"X-OvalEdge-Token": "another-token", "X-OvalEdge-Secret": "another-secret"}
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert keyed.ask("POST", "/mcp", BOTH | others | bearer, json.dumps(PING).encode()).status == 200
    assert ovaledge.exchanges == 1


def test_what_is_open_to_everyone_needs_no_key(keyed: Behind) -> None:
    assert keyed.ask("GET", "/health").json["status"] == "healthy"
    assert keyed.ask("GET", "/ready").status == 200
    assert keyed.ask("GET", "/.well-known/oauth-protected-resource").status == 200
    # Browsers ask without one; that no page may come is the program's answer.
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    assert keyed.ask("OPTIONS", "/mcp", asked).json["error"] == "forbidden_origin"


@pytest.fixture
def counted() -> Iterator[http.server.ThreadingHTTPServer]:
    """Metrics on a port of their own, which also answers under no name but its own."""

    class Metrics(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/metrics" and self.headers["Host"] == f"127.0.0.1:{self.server.server_port}"
            self.send_response(200 if known else 403)
            self.end_headers()
            self.wfile.write(b"oe_mcp_inflight 0\n")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.parametrize("kind", ["nginx", "Caddy"])
@pytest.mark.parametrize("keys", [None, {KEY: "token::secret"}], ids=["credentials", "keys"])
def test_metrics_ask_for_a_password_and_the_endpoint_never_does(behind, counted, kind: str, keys: dict | None) -> None:
    site = behind(kind, {"metrics": counted.server_port, "keys": keys})
    reader = basic("prometheus", Front.PASSWORD)
    seen = site.ask("GET", "/metrics", reader)
    assert (seen.status, seen.body) == (200, b"oe_mcp_inflight 0\n")
    for headers in ({}, basic("prometheus", "guess"), {"Authorization": f"Bearer {KEY}"}, site.credentials):
        refused = site.ask("GET", "/metrics", headers)
        assert refused.status == 401 and refused.headers["www-authenticate"].startswith("Basic ")
    for path in ("/mcp", "/mcp/", "/", "/mcp/metrics", "/metrics/", "/.well-known/oauth-authorization-server"):
        for method in ("POST", "GET", "DELETE", "OPTIONS"):
            for headers in ({}, reader, {"Authorization": "Bearer nothing"}, {"X-OvalEdge-Credentials": "wrong::pair"}):
                reply = site.ask(method, path, BOTH | headers, b"{}" if method == "POST" else None)
                assert "basic" not in reply.headers.get("www-authenticate", "").lower(), (method, path, headers)


@pytest.mark.parametrize("kind", ["nginx", "Caddy"])
@pytest.mark.parametrize("keys", [None, {KEY: "token::secret"}], ids=["credentials", "keys"])
def test_the_proxys_own_check_finds_nothing(behind, kind: str, keys: dict | None) -> None:
    done = behind(kind, {"keys": keys}).front.check()
    assert done.returncode == 0 and "[warn]" not in done.stderr, done


# Clients nobody here wrote


@pytest.fixture(params=["plain", "nginx", "Caddy"])
def way(request: pytest.FixtureRequest, behind, serve, remote, pair) -> tuple[str, Callable[..., object]]:
    """An address, and what makes the HTTP client for it, with credentials."""
    credentials = {"X-OvalEdge-Token": pair[0], "X-OvalEdge-Secret": pair[1]}
    if request.param == "plain":
        # As the guides' own request does where there is no proxy.
        credentials |= {"X-Forwarded-Proto": "https"}
        program = serve(**(remote | {"MCP_HTTP_STATELESS": "false"}))
        return program.address, lambda headers=None, **more: httpx2.AsyncClient(headers=credentials | (headers or {}), **more)
    front = behind(request.param, MCP_HTTP_STATELESS="false").front
    return ADDRESS, lambda headers=None, **more: front.http_client(credentials | (headers or {}), **more)


# Check 41
@pytest.mark.anyio
async def test_the_newest_sdk_lists_and_calls(way, mode: str) -> None:
    address, client_for = way
    with anyio.fail_after(30):
        async with client_for() as http_client:
            async with Client(streamable_http_client(address, http_client=http_client), mode=mode) as client:
                assert "asset_explorer" in {tool.name for tool in (await client.list_tools()).tools}
                found = await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
                assert not found.is_error and "raw_loans" in text_of(found)


# Check 41
@pytest.mark.anyio
async def test_fastmcp_lists_and_calls(way) -> None:
    address, client_for = way
    with anyio.fail_after(30):
        async with fastmcp.Client(StreamableHttpTransport(address, httpx_client_factory=client_for)) as client:
            assert "asset_explorer" in {tool.name for tool in await client.list_tools()}
            found = await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
            assert "raw_loans" in found.content[0].text


class SigningIn:
    """What clients and browsers of a sign-in ask, under the name of the page."""

    base = f"https://{guide.HOST}"
    address = ADDRESS

    def __init__(self, site: Behind):
        self.connection = site.front.connection
        self.ask = lambda method, path, headers=None, body=None: site.ask(
            method, path, headers, json.dumps(body).encode() if body is not None else None
        )


@pytest.mark.parametrize("kind", ["nginx", "Caddy"])
def test_people_sign_in_through_it(behind, kind: str, tmp_path: Path, ovaledge: StandIn) -> None:
    keys = tmp_path / "oauth.keys"
    keys.write_text("5c" * 32 + "\n")
    keys.chmod(0o600)
    ovaledge.refusal = 401
    site = behind(kind, AUTH_MODE="remote_login", OAUTH_KEY_FILE=keys, OAUTH_STORE="memory")
    server = SigningIn(site)
    for path in ("/mcp", "/mcp/"):
        refused = server.ask("GET", path)
        assert refused.status == 401 and server.base in refused.headers["www-authenticate"]
    assert server.ask("GET", "/").status == 200
    client, tokens = connected(server)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert server.ask("POST", "/mcp", BOTH | bearer, PING).status == 200
    assert Browser(server).go("GET", "/connections").status == 200
    assert client.post("/revoke", {"token": tokens["refresh_token"], "client_id": client.id}).status == 200
    assert client.refresh(tokens["refresh_token"]).status == 400
