"""What a setting of the bridge changes on the wire, or in what callers see: for each that no other test sets."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bridge_program import BridgeProgram, bridges
from http_program import wait_until
from recording_remote import Remote


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    server = Remote()
    yield server
    server.stop()


@pytest.fixture
def bridge(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> Iterator:
    remote.forget()
    yield from bridges(oe_mcp_http, remote.url, tmp_path)


def sent(remote: Remote, name: str) -> str | None:
    """What the last call carried in this field."""
    return remote.calls()[-1].fields.get(name)


def test_the_token_is_in_a_cookie(bridge, remote: Remote) -> None:
    program = bridge(TOKEN_SOURCE="cookie", TOKEN_COOKIE_NAME="who")
    assert program.call("echo", {"text": "a"}, Cookie="x=1; who=from-cookie").status == 200
    assert sent(remote, "authorization") == "Bearer from-cookie" and sent(remote, "cookie") is None


def test_the_token_is_in_a_field_of_a_proxy(bridge, remote: Remote) -> None:
    program = bridge(TOKEN_NAME="X-Who")
    assert program.call("echo", {"text": "a"}, token="other", X_Who="from-field").status == 200
    assert sent(remote, "authorization") == "Bearer from-field" and sent(remote, "x-who") is None


def test_the_credential_is_written_otherwise(bridge, remote: Remote) -> None:
    program = bridge(
        MCP_REMOTE_BEARER_TOKEN="own", MCP_REMOTE_AUTH_HEADER_NAME="X-Api-Token", MCP_REMOTE_AUTH_HEADER_VALUE_TEMPLATE="key={token}"
    )
    assert program.call("echo", {"text": "a"}).status == 200
    assert sent(remote, "x-api-token") == "key=own" and sent(remote, "authorization") is None


def test_sessions_have_another_name(bridge, remote: Remote) -> None:
    program = bridge(SESSION_FIELD_NAME="x-room")
    begun = program.ask("POST", "/session/start")
    assert begun.headers["set-cookie"].startswith("x-room=") and begun.json["x-room"] == begun.json["session_id"]
    assert program.call("echo", {"text": "a"}, x_room=begun.json["x-room"]).status == 200
    assert program.call("echo", {"text": "a"}, x_room="none").status == 404


def test_a_session_ends_when_no_one_uses_it(bridge) -> None:
    program = bridge(SESSION_TIMEOUT_SECONDS=1)
    session = program.ask("POST", "/session/start").json["session_id"]
    wait_until(lambda: program.ask("POST", f"/session/{session}/ping").status == 404 or threading.Event().wait(1.1))
    assert program.ask("POST", f"/session/{session}/ping").status == 404


def test_a_dry_run_calls_none_of_the_tools_that_change_something(bridge, remote: Remote) -> None:
    program = bridge(EFFECT_TOOLS="delete_*,ech?")
    dry = {"X_Inxm_Dry_Run": "true"}
    for tool, arguments in {"echo": {"text": "a"}, "delete_all": {}}.items():
        tried = program.call(tool, arguments, **dry)
        assert tried.status == 200 and tried.json["_meta"] == {"dry_run": True}
    assert program.call("echo", {"text": 1}, **dry).status == 400
    assert remote.calls() == []
    assert program.call("image", **dry).status == 200
    assert len(remote.calls()) == 1


def test_baggage_goes_on_where_its_key_is_listed(bridge, remote: Remote) -> None:
    program = bridge(MCP_TRACE_BAGGAGE_ALLOWLIST="tenant,team")
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert program.call("echo", {"text": "a"}, baggage="tenant=a,secret=b, team=c;d", traceparent=trace).status == 200
    assert sent(remote, "baggage") == "tenant=a,team=c;d" and sent(remote, "traceparent") == trace
    assert remote.calls()[-1].body["params"]["_meta"]["traceparent"] == trace


@pytest.mark.parametrize("form", ["application/json", "application/x-www-form-urlencoded"])
def test_a_broker_has_the_token_for_the_server(bridge, remote: Remote, form: str) -> None:
    asked: list[tuple[str, str | None]] = []

    class Keycloak(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            good = self.headers["Authorization"] == "Bearer callers"
            body = json.dumps({"access_token": "brokered"}) if form.endswith("json") else "access_token=brokered&expires_in=60"
            self.send_response(200 if good else 401)
            self.send_header("Content-Type", form)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keycloak)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = bridge(
        AUTH_BASE_URL=f"http://localhost:{server.server_port}", KEYCLOAK_REALM="people", KEYCLOAK_PROVIDER_ALIAS="git hub"
    )
    assert program.call("echo", {"text": "a"}, token="callers").status == 200
    assert sent(remote, "authorization") == "Bearer brokered"
    assert asked[0] == ("/realms/people/broker/git%20hub/token", "Bearer callers")
    before = len(remote.calls())
    refused = program.call("echo", {"text": "a"}, token="strangers")
    assert refused.status == 401 and "www-authenticate" in refused.headers, "No other credential stands in for it."
    assert "Failed to exchange token" in refused.json["detail"] and len(remote.calls()) == before
    server.shutdown()
    server.server_close()


def test_all_addresses_are_listened_at_and_one_is_named(bridge, remote: Remote) -> None:
    program = bridge("--host", "0.0.0.0", MCP_BASE_PATH="/api", MCP_REMOTE_BEARER_TOKEN="shared")
    assert program.address == f"http://127.0.0.1:{program.port}/api"
    assert "everyone who reaches this port acts with the token of MCP_REMOTE_BEARER_TOKEN" in program.wait_for_log("everyone")
    for path in ("/ready", "/api/ready", "/health", "/api/health", "/metrics", "/api/metrics"):
        assert program.ask("GET", path).status == 200, path
    assert program.ask("GET", "/tools").status == 404


def test_a_key_guards_all_but_health(bridge) -> None:
    program = bridge(BRIDGE_API_KEY="key-of-the-bridge")
    for path in ("/tools", "/openapi.json", "/docs", "/metrics", "/", "/mcp", "/sse"):
        refused = program.get(path)
        assert refused.status == 401 and "www-authenticate" in refused.headers, path
        if path not in ("/mcp", "/sse"):
            assert program.get(path, {"X-API-Key": "key-of-the-bridge"}).status == 200, path
    assert program.get("/health").status == 200 and program.get("/ready").status == 200


def test_a_server_that_is_stopped_and_goes_on(oe_mcp_http: str, conformance: str, tmp_path: Path) -> None:
    """As a machine that sleeps: nothing is heard, then all of it."""
    with BridgeProgram(oe_mcp_http, tmp_path, "--", conformance, MCP_REMOTE_TIMEOUT=2) as program:
        tools = [tool["name"] for tool in program.get("/tools").json]
        assert tools
        (child,) = children(program)
        os.kill(child, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(program.ask, "POST", "/session/start")
            slow = program.call("test_simple_text")
            assert slow.status == 504 and "Request timeout" in slow.json["detail"]
            os.kill(child, signal.SIGCONT)
            late.result()
        assert program.call("test_simple_text").status == 200


def children(program: BridgeProgram) -> list[int]:
    found = []
    for task in Path(f"/proc/{program.process.pid}/task").iterdir():
        found += [int(number) for number in (task / "children").read_text().split()]
    return found
