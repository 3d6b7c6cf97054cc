"""`oe-mcp-http bridge`: a remote server as plain HTTP; each test is an acceptance check of the bridge's guide."""

from __future__ import annotations

import datetime
import json
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridge_program import BridgeProgram, bridges, events, refusal
from collector import Collector
from http_program import wait_until
from identity_provider import IdentityProvider, SigningKey
from recording_remote import TOOLS, Issuer, Remote
from wire import ROOT, clean_environment

VALIDATOR = ROOT / ".build/bridge-venv/bin/openapi-spec-validator"


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    server = Remote()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def forgotten(remote: Remote) -> None:
    remote.forget()


@pytest.fixture(scope="module")
def plain(oe_mcp_http: str, remote: Remote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProgram]:
    """A bridge that is told the address and nothing else."""
    with BridgeProgram(oe_mcp_http, tmp_path_factory.mktemp("plain"), MCP_REMOTE_SERVER=remote.url) as program:
        yield program


@pytest.fixture
def bridge(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> Iterator:
    yield from bridges(oe_mcp_http, remote.url, tmp_path)


def secret_file(path: Path, text: str) -> Path:
    path.touch(0o600)
    path.write_text(text)
    return path


def test_check_1_a_bearer_token_is_in_every_request(bridge, remote: Remote) -> None:
    program = bridge(MCP_REMOTE_BEARER_TOKEN="token-one")
    assert program.call("echo", {"text": "a"}).status == 200
    assert program.call("echo", {"text": "a"}, token="callers-own").status == 200
    assert program.get("/health").json["remote"]["status"] == "up"
    assert {one.fields.get("authorization") for one in remote.heard} == {"Bearer token-one"}


def test_check_2_a_token_file_is_read_again(bridge, remote: Remote, tmp_path: Path, oe_mcp_http: str) -> None:
    path = secret_file(tmp_path / "token", "token-one\n")
    program = bridge(MCP_REMOTE_BEARER_TOKEN_FILE=path)
    assert program.call("echo", {"text": "a"}).status == 200
    assert remote.calls()[-1].fields["authorization"] == "Bearer token-one"
    remote.refuse = lambda fields: None if fields.get("authorization") == "Bearer token-two" else (401, {}, "")
    path.write_text("token-two\n")
    assert program.call("echo", {"text": "a"}).status == 200
    assert remote.calls()[-1].fields["authorization"] == "Bearer token-two"
    both = {"MCP_REMOTE_BEARER_TOKEN": "x-token", "MCP_REMOTE_BEARER_TOKEN_FILE": path}
    code, text = refusal(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url, **both)
    assert code == 78 and "MCP_REMOTE_BEARER_TOKEN" in text


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    server = Issuer()
    yield server
    server.stop()


def exchanging(issuer: Issuer) -> dict[str, str]:
    return {
        "MCP_REMOTE_SERVER_OAUTH_ISSUER": issuer.url, "MCP_REMOTE_CLIENT_ID": "bridge-1",
        "MCP_REMOTE_CLIENT_SECRET": "client-secret-1", "MCP_REMOTE_SCOPE": "read write", "MCP_REMOTE_AUDIENCE": "remote-1",
    }  # fmt: skip


def test_checks_3_and_4_a_callers_token_is_exchanged_once(bridge, remote: Remote, issuer: Issuer) -> None:
    program = bridge(**exchanging(issuer), MCP_REMOTE_BEARER_TOKEN="shared-token")
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: program.call("echo", {"text": "a"}, token="user-token-u").status, range(20)))
    assert replies == [200] * 20
    assert len(issuer.forms) == 1
    assert b'mcp_remote_token_exchanges_total{result="ok"} 1' in program.get("/metrics").body
    form = issuer.forms[0]
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange"
    assert form["subject_token"] == "user-token-u"
    assert form["subject_token_type"] == form["requested_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert (form["scope"], form["audience"]) == ("read write", "remote-1")
    assert {one.fields.get("authorization") for one in remote.heard} == {"Bearer service-for-user-token-u"}
    sessions = {one.fields.get("mcp-session-id") for one in remote.calls()}
    assert program.call("echo", {"text": "a"}, token="user-token-w").status == 200
    assert len(issuer.forms) == 2
    assert remote.calls()[-1].fields["authorization"] == "Bearer service-for-user-token-w"
    assert remote.calls()[-1].fields["mcp-session-id"] not in sessions


def test_check_5_a_refused_exchange_falls_back_to_nothing(bridge, remote: Remote, issuer: Issuer) -> None:
    issuer.problem = "invalid_grant"
    program = bridge(**exchanging(issuer), MCP_REMOTE_BEARER_TOKEN="shared-token")
    reply = program.call("echo", {"text": "a"}, token="user-token-u")
    assert reply.status == 401
    assert reply.json["error"] == "token_exchange_failed"
    assert "Failed to exchange token" in reply.json["detail"]
    assert "user-token-u" not in reply.body.decode() + program.log
    assert "www-authenticate" in reply.headers
    assert remote.heard == []


def test_check_6_an_anonymous_token_is_for_callers_without_one(bridge, remote: Remote) -> None:
    program = bridge(MCP_REMOTE_ANON_BEARER_TOKEN="anon-token")
    assert program.get("/tools").status == 200
    assert program.call("echo", {"text": "a"}).status == 200
    assert program.get("/health").status == 200
    assert {one.fields.get("authorization") for one in remote.heard} == {"Bearer anon-token"}
    remote.forget()
    assert program.call("echo", {"text": "a"}, token="own-token").status == 200
    assert {one.fields.get("authorization") for one in remote.heard} == {"Bearer own-token"}


def test_check_7_nothing_set_and_the_callers_token_arrives(plain: BridgeProgram, remote: Remote) -> None:
    assert plain.call("echo", {"text": "a"}, token="own-token").status == 200
    assert {one.fields.get("authorization") for one in remote.heard} == {"Bearer own-token"}
    remote.forget()
    assert plain.call("echo", {"text": "a"}).status == 200
    assert all("authorization" not in one.fields for one in remote.heard)


def test_check_8_header_fields_have_the_names_of_their_variables(bridge, remote: Remote) -> None:
    program = bridge(
        MCP_REMOTE_HEADER_X_API_KEY="api-key-1", MCP_REMOTE_HEADER_X_CUSTOM_VALUE="custom-1", MCP_REMOTE_HEADER_X_EMPTY="",
        MCP_REMOTE_HEADER_AUTHORIZATION="Basic abc", MCP_REMOTE_BEARER_TOKEN="token-one",
    )  # fmt: skip
    assert program.call("echo", {"text": "a"}).status == 200
    one = remote.calls()[-1]
    assert "X-API-KEY" in one.names and "X-Custom-Value" in one.names
    assert (one.fields["x-api-key"], one.fields["x-custom-value"]) == ("api-key-1", "custom-1")
    assert "x-empty" not in one.fields
    assert [value for name, value in one.headers if name.lower() == "authorization"] == ["Bearer token-one"]


def test_options_say_what_settings_say(bridge, remote: Remote, tmp_path: Path) -> None:
    path = secret_file(tmp_path / "token", "token-one")
    own = ("--header", "X-Line: of the line", "--bearer-file", str(path), "--timeout", "1", "--base-path", "/b")
    program = bridge(remote.url, *own, MCP_REMOTE_SERVER="", MCP_REMOTE_TIMEOUT=20)
    assert program.address.endswith("/b")
    assert program.call("echo", {"text": "a"}).status == 200
    fields = remote.calls()[-1].fields
    assert (fields["x-line"], fields["authorization"]) == ("of the line", "Bearer token-one")
    assert program.call("slow", {"seconds": 1.5}).status == 504


def test_check_9_only_what_is_listed_goes_on(bridge, remote: Remote) -> None:
    sent = {"x_request_id": "r1", "Cookie": "a=b", "Connection": "x-a", "X_A": "hop", "Mcp_Method": "evil", "X_Other": "o"}
    program = bridge(MCP_REMOTE_SERVER_FORWARD_HEADERS="X-Request-ID")
    assert program.call("echo", {"text": "a"}, **sent).status == 200
    fields = remote.calls()[-1].fields
    assert fields["x-request-id"] == "r1"
    assert not {"cookie", "x-a", "x-other"} & set(fields)
    program = bridge(MCP_REMOTE_SERVER_FORWARD_HEADERS="*", MCP_REMOTE_HEADER_X_OTHER="operator")
    assert program.call("echo", {"text": "a"}, **sent).status == 200
    fields = remote.calls()[-1].fields
    assert fields["x-other"] == "operator"
    assert fields["host"].startswith("localhost:") and fields.get("mcp-method") != "evil"
    assert not {"cookie", "x-a"} & set(fields)


def test_check_10_a_line_end_in_a_header_stops_the_start(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    code, text = refusal(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url, MCP_REMOTE_HEADER_X_A="a\r\nX-B: b")
    assert code == 78 and "MCP_REMOTE_HEADER_X_A" in text and "X-B" not in text
    code, text = refusal(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url, MCP_SERVER_COMMAND="/bin/cat")
    assert code == 78 and "MCP_REMOTE_SERVER" in text and "MCP_SERVER_COMMAND" in text


def test_check_11_silence_ends_a_request_and_progress_does_not(bridge, remote: Remote) -> None:
    program = bridge(MCP_REMOTE_TIMEOUT=1)
    assert program.get("/tools").status == 200
    began = time.monotonic()
    reply = program.call("slow", {"seconds": 2})
    assert time.monotonic() - began < 1.5
    assert reply.status == 504 and reply.json["error"] == "upstream_timeout" and reply.json["detail"].startswith("Request timeout")
    assert remote.cancelled.wait(5)
    reply = program.call("steps")
    assert reply.status == 200 and reply.json["content"][0]["text"] == "done"


def test_check_12_a_remote_that_is_not_there(bridge) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/mcp"
        reply = bridge(MCP_REMOTE_SERVER=address).call("echo", {"text": "a"})
    assert reply.status == 502 and reply.json["error"] == "upstream_unreachable"
    assert f"Connection refused to {address}" in reply.json["detail"]
    with socket.socket() as full:
        # A queue that is full and never taken from: a connection is begun, and never made.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        held = [socket.socket() for _ in range(4)]
        for one in held:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        program = bridge(MCP_REMOTE_SERVER=f"http://127.0.0.1:{full.getsockname()[1]}/mcp", MCP_REMOTE_CONNECT_TIMEOUT=1)
        began = time.monotonic()
        reply = program.call("echo", {"text": "a"})
        assert reply.status == 502 and time.monotonic() - began < 1.7
        for one in held:
            one.close()


def test_check_13_connections_are_few(bridge, remote: Remote) -> None:
    program = bridge(MCP_REMOTE_MAX_CONNECTIONS=2, MCP_REMOTE_MAX_KEEPALIVE_CONNECTIONS=1)
    assert program.get("/tools").status == 200
    remote.most_open = 0
    with ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _: program.call("slow", {"seconds": 0.3}).status, range(5)))
    assert replies == [200] * 5
    assert remote.most_open <= 2


def test_one_caller_with_many_long_calls_starves_no_other(bridge, remote: Remote) -> None:
    program = bridge(MCP_REMOTE_MAX_CONNECTIONS=5)
    with ThreadPoolExecutor(20) as pool:
        greedy = [pool.submit(program.call, "slow", {"seconds": 1}, token="greedy") for _ in range(12)]
        wait_until(lambda: len(remote.calls()) == 4)
        assert program.call("echo", {"text": "a"}, token="modest").status == 200
        assert not any(call.done() for call in greedy)
        assert [call.result().status for call in greedy] == [200] * 12


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Remote, Path]]:
    """A remote with a certificate that it has signed itself."""
    folder = tmp_path_factory.mktemp("certified")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path, private = folder / "own.pem", folder / "key.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, private)
    server = Remote(context)
    yield server, path
    server.stop()


def test_check_14_a_certificate_that_is_not_known(bridge, certified: tuple[Remote, Path]) -> None:
    own, bundle = certified
    reply = bridge(MCP_REMOTE_SERVER=own.url).call("echo", {"text": "a"})
    assert reply.status == 502 and "MCP_REMOTE_CA_BUNDLE" in reply.json["detail"]
    assert bridge(MCP_REMOTE_SERVER=own.url, MCP_REMOTE_CA_BUNDLE=bundle).call("echo", {"text": "a"}).status == 200
    trusting = bridge(MCP_REMOTE_SERVER=own.url, MCP_REMOTE_VERIFY_TLS="false")
    assert trusting.call("echo", {"text": "a"}).status == 200
    assert "MCP_REMOTE_VERIFY_TLS" in trusting.log
    assert "MCP_REMOTE_VERIFY_TLS" in trusting.get("/health").json["warnings"][0]


def test_check_15_all_routes_are_below_the_base_path(bridge) -> None:
    program = bridge(MCP_BASE_PATH="/api/github")
    assert program.address.endswith("/api/github")
    for path in ("/", "/health", "/ready", "/healthz/child", "/tools", "/tools/echo", "/tools/echo/schema", "/prompts",
                 "/resources", "/metrics", "/openapi.json", "/docs"):  # fmt: skip
        assert program.ask("GET", "/api/github" + path).status == 200, path
        outside = 200 if path in ("/health", "/ready", "/metrics") else 404
        assert program.ask("GET", path).status == outside, path
    assert program.get("/openapi.json").json["servers"] == [{"url": "/api/github"}]
    assert program.ask("POST", "/api/github/mcp", {"Content-Type": "application/json"}, {}).status == 400
    assert program.ask("POST", "/mcp", {"Content-Type": "application/json"}, {}).status == 404


def test_check_16_all_pages_and_all_members(bridge, plain: BridgeProgram) -> None:
    tools = plain.get("/tools").json
    assert [tool["name"] for tool in tools] == [tool["name"] for tool in TOOLS]
    echo = tools[0]
    for name, value in TOOLS[0].items():
        assert echo[name] == value, name
    assert {"title", "outputSchema", "annotations", "meta", "url"} <= set(tools[1])
    assert plain.get("/tools/echo").json["vendorField"] == {"kept": [1.0, 2e3]}
    assert plain.get("/tools?shape=mcp").json == {"tools": tools}
    assert plain.get("/tools/weird%2Fname%3A1").json["name"] == "weird/name:1"
    program = bridge(EXCLUDE_TOOLS="delete_*", MCP_MAP_HEADER_TO_INPUT="tenant=X-Tenant")
    assert "delete_all" not in [tool["name"] for tool in program.get("/tools").json]
    assert "/tools/delete_all" not in program.get("/openapi.json").json["paths"]
    assert program.call("delete_all").json["error"] == "tool_not_found"
    assert program.call("delete_all").status == 404
    assert "tenant" not in program.get("/tools/echo").json["inputSchema"]["properties"]
    seen = program.call("echo", {"text": "a"}, X_Tenant="t1").json["_meta"]["seen"]
    assert seen == {"text": "a", "tenant": "t1"}
    seen = program.call("echo", {"text": "a", "tenant": "own"}, X_Tenant="t1").json["_meta"]["seen"]
    assert seen["tenant"] == "own"


def test_check_17_results_are_as_they_came(plain: BridgeProgram) -> None:
    reply = plain.call("image")
    assert reply.status == 200 and [block["type"] for block in reply.json["content"]] == ["image", "text"]
    reply = plain.call("fails")
    assert reply.status == 422 and reply.json["error"] == "tool_error"
    assert reply.json["result"] == {"content": [{"type": "text", "text": "It timed out with a 404."}], "isError": True}
    assert plain.call("fails", query="?errors=200").status == 200
    assert plain.call("echo", {"text": "a"}, query="?unwrap=1").json == {"said": "a"}
    assert plain.call("weird%2Fname%3A1", query="?unwrap=1").json == [1, 2]


def test_arguments_are_checked_before_they_are_sent(plain: BridgeProgram, remote: Remote) -> None:
    for arguments in ({}, {"text": 1}, {"text": ""}, {"text": "a", "count": 10}, {"text": "a", "more": 1}):
        reply = plain.call("echo", arguments)
        assert (reply.status, reply.json["error"]) == (400, "invalid_params"), arguments
    assert plain.call("echo", [1]).json["error"] == "invalid_request"
    connection = {"Content-Type": "text/plain"}
    assert plain.ask("POST", "/tools/echo", connection, {"text": "a"}).status == 415
    assert remote.calls() == []
    assert plain.call("nothing").status == 404
    assert plain.ask("DELETE", "/tools/echo").status == 405
    assert plain.ask("GET", "/nothing").json["status_code"] == 404


def test_check_18_refusals_of_the_remote_keep_their_status(plain: BridgeProgram, remote: Remote) -> None:
    assert plain.call("echo", {"text": "a"}).status == 200
    for status, code in ((401, "upstream_unauthorized"), (403, "upstream_unauthorized"), (429, "rate_limited"), (503, "upstream_error")):
        headers = {"Retry-After": "77"} if status == 429 else {}
        remote.refuse = lambda fields, status=status, headers=headers: (status, headers, "<html>no</html>")
        reply = plain.call("fails")
        assert (reply.status, reply.json["error"]) == (502 if status == 503 else status, code)
        assert reply.headers.get("retry-after") == ("77" if status == 429 else None)
        assert status != 401 or reply.json["detail"].startswith("401 Unauthorized")


def validated(document: bytes, version: str, folder: Path) -> None:
    if not VALIDATOR.exists():
        pytest.skip(f"{VALIDATOR} is not installed")
    path = folder / f"openapi-{version}.json"
    path.write_bytes(document)
    ended = subprocess.run([VALIDATOR, "--schema", version, path], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_check_19_the_document_is_valid(plain: BridgeProgram, tmp_path: Path) -> None:
    newer, older = plain.get("/openapi.json"), plain.get("/openapi.json?version=3.0")
    validated(newer.body, "3.1", tmp_path)
    validated(older.body, "3.0", tmp_path)
    assert older.json["openapi"] == "3.0.3" and newer.json["openapi"].startswith("3.1")
    schema = newer.json["components"]["schemas"]["echo.input"]
    assert schema["properties"]["_x"] == TOOLS[0]["inputSchema"]["properties"]["_x"]
    assert schema["properties"]["place"] == {"$ref": "#/components/schemas/echo.input.Place"}
    assert newer.json["info"]["title"] == "Recording" and newer.json["info"]["description"] == "Use `echo` <first>."
    assert plain.get("/openapi.json", {"If-None-Match": newer.headers["etag"]}).status == 304
    page = plain.get("/docs")
    assert page.headers["content-type"].startswith("text/html") and b"<script" not in page.body
    assert "script" not in page.headers["content-security-policy"]


def test_check_20_sessions_are_their_owners(bridge, plain: BridgeProgram, remote: Remote) -> None:
    started = plain.ask("POST", "/session/start", {"Authorization": "Bearer own-token"})
    session = started.json["x-inxm-mcp-session"]
    assert started.json["session_id"] == session and "own-token" not in started.body.decode()
    cookie = started.headers["set-cookie"]
    assert cookie.startswith(f"x-inxm-mcp-session={session};") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert plain.call("echo", {"text": "a"}, token="own-token", x_inxm_mcp_session=session).status == 200
    own = remote.calls()[-1].fields["mcp-session-id"]
    assert plain.call("echo", {"text": "a", "inxm-session": session}, token="own-token").status == 200
    assert plain.call("echo", {"text": "a"}, token="own-token", Cookie=f"x-inxm-mcp-session={session}").status == 200
    assert {one.fields["mcp-session-id"] for one in remote.calls()[-3:]} == {own}
    assert plain.call("echo", {"text": "a"}, token="own-token").status == 200
    assert remote.calls()[-1].fields["mcp-session-id"] != own
    other = plain.call("echo", {"text": "a"}, token="other-token", x_inxm_mcp_session=session)
    assert (other.status, other.json["error"]) == (404, "session_not_found")
    assert plain.ask("POST", f"/session/{session}/ping", {"Authorization": "Bearer own-token"}).status == 200
    assert plain.ask("POST", "/session/close").status == 400
    assert plain.ask("POST", f"/session/{session}/close", {"Authorization": "Bearer other-token"}).status == 404
    assert plain.ask("POST", f"/session/{session}/close", {"Authorization": "Bearer own-token"}).json["status"] == "closed"
    assert plain.call("echo", {"text": "a"}, token="own-token", x_inxm_mcp_session=session).status == 404


def test_a_person_is_asked_and_answers(plain: BridgeProgram) -> None:
    asked = plain.call("asks", token="own-token")
    assert (asked.status, asked.json["error"]) == (409, "feedback_required")
    detail = asked.json["detail"]
    assert detail["elicitation"]["message"] == "Who?" and detail["requires_session"] is False
    body = {"user_feedback": {"action": "accept", "content": {"name": "Ada"}}, "resume_token": detail["resume_token"]}
    assert plain.call("asks", body, token="other-token").status == 404
    answered = plain.call("asks", body, token="own-token")
    assert answered.status == 200
    assert json.loads(answered.json["content"][0]["text"]) == {"action": "accept", "content": {"name": "Ada"}}
    assert plain.call("asks", body, token="own-token").status == 404


def test_a_call_is_told_as_it_goes(plain: BridgeProgram) -> None:
    reply = plain.ask("POST", "/tools/steps/stream", {"Content-Type": "application/json"}, {})
    assert reply.headers["content-type"] == "text/event-stream"
    told = events(reply.body)
    assert [event["type"] for event in told] == ["progress"] * 3 + ["log", "result"]
    assert told[0] == {"type": "progress", "progress": 1, "total": 3, "message": "step 1"}
    assert told[3] == {"type": "log", "level": "info", "data": "nearly", "logger_name": "r"}
    assert told[4]["data"]["content"][0]["text"] == "done"
    assert plain.ask("POST", "/tools/nothing/stream", {"Content-Type": "application/json"}, {}).status == 404


def test_prompts_and_resources(plain: BridgeProgram) -> None:
    assert plain.get("/prompts").json["prompts"][0]["name"] == "greet"
    got = plain.ask("POST", "/prompts/greet", {"Content-Type": "application/json"}, {"who": "you"}).json
    assert got["isError"] is False and got["messages"][0]["content"]["text"] == "Hello you"
    assert got["messages"][1]["content"]["type"] == "image"
    assert plain.ask("POST", "/prompts/none", {"Content-Type": "application/json"}, {}).status == 404
    page = plain.get("/resources/page")
    assert (page.status, page.headers["content-type"], page.body) == (200, "text/html; charset=utf-8", b"<script>1</script>")
    assert "sandbox" in page.headers["content-security-policy"] and page.headers["x-content-type-options"] == "nosniff"
    assert plain.get("/resources?uri=x://bytes").body == b"\x89PNG pixels"
    assert plain.get("/resources/empty").status == 204
    assert plain.get("/resources/none").status == plain.get("/resources?uri=x://none").status == 404


def test_checks_21_and_22_what_is_counted_and_logged_has_no_secret(bridge, remote: Remote) -> None:
    program = bridge(
        LOG_LEVEL="debug", MCP_REMOTE_LOG_REQUESTS="true", MCP_REMOTE_LOG_RESPONSES="true",
        MCP_REMOTE_HEADER_X_API_KEY="header-value-secret", MCP_REMOTE_SERVER_FORWARD_HEADERS="X-Tenant",
    )  # fmt: skip
    arguments = {"text": "argument-text", "password": "argument-password"}
    assert program.call("echo", arguments, token="callers-token-secret", X_Tenant="tenant-value").status == 200
    remote.refuse = lambda fields: (500, {}, json.dumps({"seen": fields["authorization"], "api_key": fields["x-api-key"]}))
    assert program.call("fails", token="callers-token-secret", X_Tenant="tenant-value").status == 502
    remote.forget()
    metrics = program.get("/metrics").body.decode()
    for name in ("mcp_remote_requests_total", "mcp_remote_request_duration_seconds_bucket", "mcp_remote_errors_total"):
        assert name in metrics
    assert 'mcp_remote_requests_total{method="tools/call",status="ok"} 1' in metrics
    assert 'mcp_remote_errors_total{method="tools/call",type="http_5xx"} 1' in metrics
    program.wait_for_log('error=http_5xx')
    for name in ("X-API-KEY", "X-Tenant", "argument-text", "mode=forward"):
        assert name in program.log, name
    for secret in ("callers-token-secret", "header-value-secret", "argument-password"):
        assert secret not in program.log and secret not in metrics, secret
    for text in ("argument-text", "localhost", "tenant-value"):
        assert text not in metrics


def test_check_23_a_collector_gets_spans_and_delays_nothing(bridge, remote: Remote) -> None:
    collector = Collector()
    program = bridge(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SERVICE_NAME="bridge-of-tests")
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert program.call("echo", {"text": "a"}, traceparent=parent).status == 200
    spans = collector.wait(lambda spans: {"tools/call echo", "tools/call"} <= {span["name"] for span in spans})
    by_name = {span["name"]: span for span in spans}
    assert by_name["tools/call echo"]["traceId"] == by_name["tools/call"]["traceId"] == parent.split("-")[1]
    assert by_name["tools/call"]["parentSpanId"] == by_name["tools/call echo"]["spanId"]
    assert "bridge-of-tests" in json.dumps(collector.requests)
    sent = remote.calls()[-1]
    assert by_name["tools/call"]["spanId"] in sent.fields["traceparent"]
    assert sent.body["params"]["_meta"]["traceparent"] == sent.fields["traceparent"]
    gone = bridge(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    began = time.monotonic()
    assert gone.call("echo", {"text": "a"}).status == 200
    assert time.monotonic() - began < 1


def test_who_may_call(bridge, plain: BridgeProgram) -> None:
    for path in ("/tools", "/health", "/openapi.json", "/metrics"):
        assert plain.get(path, {"Host": "evil.example"}).status == 403, path
        assert plain.get(path, {"Origin": "https://evil.example"}).status == 403, path
    program = bridge(BRIDGE_API_KEY="key-of-the-bridge")
    for path in ("/tools", "/openapi.json", "/metrics", "/docs", "/tools/health"):
        assert program.get(path).status == 401, path
    assert program.ask("POST", "/mcp", {"Content-Type": "application/json"}, {}).status == 401
    assert program.call("health").status == 401
    for path in ("/health", "/ready", "/healthz/child"):
        assert program.get(path).status == 200, path
    assert program.get("/tools", {"X-API-Key": "key-of-the-bridge"}).status == 200
    assert program.get("/tools", {"Authorization": "Bearer key-of-the-bridge"}).status == 200


def test_a_person_signs_in_with_a_browser_and_out_again(bridge, remote: Remote, issuer: Issuer) -> None:
    program = bridge(**exchanging(issuer), MCP_REMOTE_REDIRECT_URI="http://localhost:9/oauth/callback")
    assert program.get("/oauth/login?redirect_url=https://evil.example/").status == 400
    assert program.get("/oauth/userinfo").status == 401
    begun = program.get("/oauth/login?redirect_url=/docs")
    assert begun.status == 302 and begun.headers["location"].startswith(issuer.url + "/authorize?")
    asked = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    assert (asked["client_id"], asked["code_challenge_method"], asked["scope"]) == ("bridge-1", "S256", "read write")
    binding = begun.headers["set-cookie"].split(";")[0]
    back = f"/oauth/callback?code=code-1&state={asked['state']}&iss={quote(issuer.url)}"
    assert program.get(back).status == 401
    finished = program.raw("GET", back, {"Cookie": binding})
    assert (finished.status, finished.headers["location"]) == (302, "/docs")
    assert "service-for-code-1" not in str(finished.headers) and issuer.forms[-1]["grant_type"] == "authorization_code"
    assert program.get(back, {"Cookie": binding}).status == 401
    own = {"Cookie": finished.headers.get_all("set-cookie")[0].split(";")[0]}
    assert program.get("/oauth/userinfo", own).status == 200
    assert program.call("echo", {"text": "a"}, **own).status == 200
    assert issuer.forms[-1]["subject_token"] == "service-for-code-1"
    assert remote.calls()[-1].fields["authorization"] == "Bearer service-for-service-for-code-1"
    assert program.ask("POST", "/oauth/logout", own).json == {"status": "logged_out"}
    assert program.get("/oauth/userinfo", own).status == 401


def test_the_doctor_says_what_is_wrong(oe_mcp_http: str, remote: Remote, issuer: Issuer, tmp_path: Path) -> None:
    def doctor(*arguments: str, **settings: object) -> tuple[int, str]:
        ended = subprocess.run(
            [oe_mcp_http, "doctor", "--bridge", *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path,
            env=clean_environment(tmp_path, **settings),
        )  # fmt: skip
        return ended.returncode, ended.stdout + ended.stderr

    code, text = doctor(MCP_REMOTE_SERVER=remote.url)
    assert code == 0 and "2025-06-18" in text and f"{len(TOOLS)} are offered" in text
    code, text = doctor("--token", "user-token-u", MCP_REMOTE_SERVER=remote.url, **exchanging(issuer))
    assert code == 0 and "the token was exchanged" in text and "user-token-u" not in text
    issuer.problem = "invalid_grant"
    code, text = doctor("--token", "user-token-u", MCP_REMOTE_SERVER=remote.url, **exchanging(issuer))
    assert code == 1 and "Failed to exchange token" in text
    remote.refuse = lambda fields: (401, {}, "")
    code, text = doctor(MCP_REMOTE_SERVER=remote.url)
    assert code == 1 and "401 Unauthorized" in text
    code, text = doctor(MCP_REMOTE_SERVER="http://127.0.0.1:1/mcp")
    assert code == 1 and "Connection refused to" in text
    code, text = doctor(MCP_REMOTE_TIMEOUT="x")
    assert code == 78 and "MCP_REMOTE_TIMEOUT" in text and "MCP_REMOTE_SERVER" in text


def test_results_and_bodies_have_limits(bridge) -> None:
    program = bridge(MCP_MAX_RESPONSE_BYTES=2000, MCP_MAX_REQUEST_BYTES=3000)
    assert program.call("big", {"bytes": 1000}).status == 200
    for size in (1990, 5000):
        reply = program.call("big", {"bytes": size})
        assert (reply.status, reply.json["error"]) == (422, "too_large")
    reply = program.call("echo", {"text": "x" * 4000})
    assert (reply.status, reply.json["error"]) == (413, "too_large")


def test_health_when_the_remote_is_down(bridge, plain: BridgeProgram) -> None:
    known = plain.get("/health").json
    assert known["status"] == "healthy" and known["remote"]["status"] == "up" and known["remote"]["era"] == "2025-06-18"
    assert plain.get("/ready").status == 200
    assert plain.get("/healthz/child").json == {"status": "ok", "tools": len(TOOLS)}
    down = bridge(MCP_REMOTE_SERVER="http://127.0.0.1:1/mcp")
    health = down.get("/health")
    assert health.status == 200 and health.json["remote"]["status"] == "down"
    assert down.get("/ready").status == down.get("/healthz/child").status == 503


def test_a_reload_and_an_end(bridge, remote: Remote, tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    entry = {"url": remote.url, "headers": {"X-Team": "one"}}
    path.write_text(json.dumps({"mcpServers": {"first": entry, "second": {"url": "http://127.0.0.1:1/mcp"}}}))
    program = bridge("--config", str(path), MCP_REMOTE_SERVER="")
    assert program.ask("POST", "/first/tools/echo", {"Content-Type": "application/json"}, {"text": "a"}).status == 200
    assert remote.calls()[-1].fields["x-team"] == "one"
    document = program.get("/openapi.json").json
    assert "/first/tools/echo" in document["paths"] and "second" in document["info"]["description"]
    assert program.get("/first/openapi.json").json["servers"] == [{"url": "/first"}]
    assert program.get("/health").json["remotes"]["second"]["status"] == "down"
    assert program.get("/ready").json["missing"] == ["second"]
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
    accepts = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    begun = program.ask("POST", "/mcp", accepts, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    session = accepts | {"Mcp-Session-Id": begun.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-06-18"}
    call = {"name": "first__echo", "arguments": {"text": "a"}}
    answer = program.ask("POST", "/mcp", session, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
    assert '{"said":"a"}' in answer.body.decode()
    path.write_text(json.dumps({"mcpServers": {"third": entry}}))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(program.ask, "POST", "/first/tools/slow", {"Content-Type": "application/json"}, {"seconds": 0.7})
        wait_until(lambda: remote.open > 0)
        program.send(signal.SIGHUP)
        program.wait_for_log("settings read again")
        assert slow.result().status == 200
    assert program.get("/third/tools").status == 200 and program.get("/first/tools").status == 404
    path.write_text("{")
    program.send(signal.SIGHUP)
    program.wait_for_log("keeping the current settings")
    assert program.get("/third/tools").status == 200
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(program.ask, "POST", "/third/tools/slow", {"Content-Type": "application/json"}, {"seconds": 0.7})
        wait_until(lambda: remote.open > 0)
        assert program.end() == 0
        assert slow.result().status == 200


def test_only_members_of_required_groups_may_call(bridge, remote: Remote) -> None:
    with IdentityProvider() as people:
        program = bridge(
            MCP_REMOTE_SERVER=remote.url, BRIDGE_REQUIRED_GROUPS="operators, admins", KEYCLOAK_ISSUER=people.issuer,
            MCP_REMOTE_BEARER_TOKEN="shared-token",
        )  # fmt: skip
        member = people.token(groups=["/operators", "others"])
        role = people.token(realm_access={"roles": ["admins"]})
        other = people.token(groups=["others"])
        forged = SigningKey("RS256", "forged").token(people.claims(groups=["operators"]), typ="at+jwt", kid=people.keys[0].kid)
        expected = {member: 200, role: 200, other: 403, forged: 401, "not-a-token": 401, None: 401}
        accepts = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
        for token, status in expected.items():
            assert program.call("echo", {"text": "a"}, token=token).status == status
            fields = accepts | ({"Authorization": f"Bearer {token}"} if token else {})
            begun = program.ask("POST", "/mcp", fields, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
            assert begun.status == status
        assert len(remote.calls()) == 2
        assert program.call("echo", {"text": "a"}, token=other).json["error"] == "forbidden"
        assert program.get("/tools").status == program.get("/openapi.json").status == 401
        assert program.get("/health").status == 200 and program.get("/metrics").status == 200
        assert program.call("echo", {"text": "a"}).headers["www-authenticate"] == "Bearer"


def test_a_client_finds_out_where_to_sign_in(bridge, remote: Remote) -> None:
    with IdentityProvider() as people:
        program = bridge(
            MCP_REMOTE_SERVER=remote.url, MCP_BASE_PATH="/api/x", BRIDGE_REQUIRED_GROUPS="operators", MCP_OAUTH_SCOPES="openid x",
            MCP_PUBLIC_BASE_URL="https://mcp.example.com", MCP_OAUTH_ISSUER=people.issuer, KEYCLOAK_ISSUER=people.issuer,
        )  # fmt: skip
        hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}
        refused = program.ask("POST", "/api/x/mcp", {"Content-Type": "application/json"}, hello)
        document = "/.well-known/oauth-protected-resource/api/x/mcp"
        assert refused.headers["www-authenticate"] == f'Bearer resource_metadata="https://mcp.example.com{document}"'
        found = program.ask("GET", document).json
        assert found["authorization_servers"] == [people.issuer] and found["scopes_supported"] == ["openid", "x"]
        assert found["resource"] == "https://mcp.example.com/api/x/mcp"
        named = bridge(MCP_REMOTE_SERVER=remote.url, MCP_OAUTH_ISSUER="https://id.example", MCP_OAUTH_RESOURCE_URL="https://a.example/x")
        assert named.ask("GET", "/.well-known/oauth-protected-resource").json["resource"] == "https://a.example/x"


def test_a_reload_keeps_what_it_does_not_change(bridge, remote: Remote, tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    entry = {"url": remote.url}
    path.write_text(json.dumps({"mcpServers": {"first": entry, "second": entry}}))
    program = bridge("--config", str(path), MCP_REMOTE_SERVER="")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
    accepts = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

    def session_at(place: str) -> dict[str, str]:
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
        begun = program.ask("POST", place, accepts, message)
        return accepts | {"Mcp-Session-Id": begun.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-06-18"}

    def pings(place: str, session: dict[str, str]) -> int:
        return program.ask("POST", place, session, {"jsonrpc": "2.0", "id": 2, "method": "ping"}).status

    kept, dropped, merged = session_at("/first/mcp"), session_at("/second/mcp"), session_at("/mcp")
    rest = {"x-inxm-mcp-session": program.ask("POST", "/first/session/start").json["session_id"]} | accepts
    asked = program.ask("POST", "/first/tools/asks", accepts, {})
    assert asked.status == 409
    program.send(signal.SIGHUP)
    program.wait_for_log("settings read again")
    assert pings("/mcp", merged) == 200
    path.write_text(json.dumps({"mcpServers": {"third": entry, "first": entry}}))
    program.send(signal.SIGHUP)
    program.wait_for_log("servers=third,first")
    assert pings("/first/mcp", kept) == 200 and pings("/second/mcp", dropped) == 404
    assert pings("/mcp", merged) == 200
    for name, expected in {"third__echo": "result", "first__echo": "result", "second__echo": "error"}.items():
        call = {"name": name, "arguments": {"text": "a"}}
        answer = program.ask("POST", "/mcp", merged, {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call})
        assert f'"{expected}":' in answer.body.decode(), (name, answer.body)
    assert program.ask("POST", "/first/tools/echo", rest, {"text": "a"}).status == 200
    answer = {"user_feedback": {"action": "accept", "content": {}}, "resume_token": asked.json["detail"]["resume_token"]}
    assert program.ask("POST", "/first/tools/asks", accepts, answer).status == 200
    assert b'method="initialize"' in program.get("/metrics").body


def test_an_entry_says_itself_who_calls(bridge, remote: Remote, tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    entries = {
        "own": {"url": remote.url, "headers": {"Authorization": "Basic b3du"}}, "no": {"url": remote.url, "auth": "none"},
        "usual": {"url": remote.url},
    }  # fmt: skip
    path.write_text(json.dumps({"mcpServers": entries}))
    program = bridge("--config", str(path), MCP_REMOTE_SERVER="", MCP_REMOTE_BEARER_TOKEN="token-default")
    sent = {"Content-Type": "application/json", "Authorization": "Bearer token-of-caller"}
    for name, expected in {"own": "Basic b3du", "no": None, "usual": "Bearer token-default"}.items():
        assert program.ask("POST", f"/{name}/tools/echo", sent, {"text": "a"}).status == 200
        assert remote.calls()[-1].fields.get("authorization") == expected


def test_what_cannot_be_started_says_all_of_it(oe_mcp_http: str, tmp_path: Path) -> None:
    code, text = refusal(oe_mcp_http, tmp_path)
    assert code == 78 and "MCP_REMOTE_SERVER" in text
    wrong = {"MCP_REMOTE_SERVER": "http://mcp.example.com/mcp", "MCP_REMOTE_TIMEOUT": "x", "MCP_REMOTE_CA_BUNDLE": "/no/file.pem"}
    code, text = refusal(oe_mcp_http, tmp_path, **wrong)
    assert code == 78 and all(word in text for word in ("MCP_REMOTE_ALLOW_HTTP", "MCP_REMOTE_TIMEOUT", "/no/file.pem"))
    path = tmp_path / "servers.json"
    entries = {
        "Upper": {"url": "https://a.example"}, "tools": {"url": "https://a.example"}, "none": {},
        "both": {"url": "https://a.example", "command": "x"}, "line": {"url": "https://a.example", "headers": {"X": "a\nb"}},
        "plain": {"url": "http://a.example"}, "typo": {"url": "https://a.example", "hedaers": {}},
    }  # fmt: skip
    path.write_text(json.dumps({"mcpServers": entries}))
    code, text = refusal(oe_mcp_http, tmp_path, "--config", str(path))
    assert code == 78 and all(f"servers.json: {name} " in text for name in entries)
