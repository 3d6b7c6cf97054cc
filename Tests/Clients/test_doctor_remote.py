"""`oe-mcp-http doctor --remote`: what it finds at a good server, and at each kind of bad one."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest

import guide
from network import NGINX, OPENSSL, Authority, free_port
from proxies import CADDY, Front
from stand_in import Reply, StandIn

SITE = f"https://{guide.HOST}"
PAGE = "https://chat.example.com"
NAMES = [
    "bind", "address", "port", "connection", "tls", "chain", "redirects", "edge authentication", "host", "cors", "health", "ready",
    "discovery", "clock", "sign-in", "descriptions", "intent", "streams", "secrets", "log file", "store", "one call",
]  # fmt: skip


class Found:
    """What one run has found, by the names of its checks."""

    def __init__(self, done: subprocess.CompletedProcess):
        self.code = done.returncode
        self.json = json.loads(done.stdout)
        self.checks = {check["name"]: check for check in self.json["checks"]}
        assert sorted(self.checks) == sorted(NAMES) and len(self.json["checks"]) == len(NAMES)
        # Whatever is not right is said with its remedy.
        for check in self.checks.values():
            assert check["detail"] and bool(check["remedy"]) == (check["state"] != "ok"), check
        assert self.json["ok"] == (self.code == 0) == (not self.those("failed"))

    def those(self, state: str) -> set[str]:
        return {name for name, check in self.checks.items() if check["state"] == state}

    def __getitem__(self, name: str) -> tuple[str, str]:
        return self.checks[name]["state"], f"{self.checks[name]['detail']} {self.checks[name]['remedy']}"


@pytest.fixture
def examine(run) -> Callable[..., Found]:
    return lambda url, *arguments, **settings: Found(run("doctor", "--remote", url, "--json", *arguments, **settings))


@pytest.fixture
def gate() -> Iterator[Callable[[int], str]]:
    """The net: a proxy that leads each https address to one port, and says of each http address that it has moved."""
    listeners: list[socket.socket] = []
    unencrypted = ""

    def carry(source: socket.socket, to: socket.socket) -> None:
        while data := source.recv(65536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)

    def pass_on(client: socket.socket, port: int) -> None:
        with closing(client):
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += client.recv(65536)
            if not asked.startswith(b"CONNECT"):
                moved = f"301 Moved\r\nLocation: {SITE}/health"
                client.sendall(f"HTTP/1.1 {unencrypted or moved}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                return
            with socket.create_connection(("127.0.0.1", port)) as site:
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=quietly, args=(carry, site, client), daemon=True)
                back.start()
                quietly(carry, client, site)
                back.join(10)

    def quietly(work: Callable, *arguments: object) -> None:
        try:
            work(*arguments)
        except OSError:
            pass

    def accept(listener: socket.socket, port: int) -> None:
        while True:
            client = listener.accept()[0]
            threading.Thread(target=quietly, args=(pass_on, client, port), daemon=True).start()

    def open_to(port: int, plain: str = "") -> str:
        nonlocal unencrypted
        unencrypted = plain
        listeners.append(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=quietly, args=(accept, listeners[-1], port), daemon=True).start()
        return f"http://127.0.0.1:{listeners[-1].getsockname()[1]}"

    yield open_to
    for listener in listeners:
        listener.close()


@pytest.fixture
def front(serve, remote, gate, pair, tmp_path: Path) -> Iterator[Callable[[str], dict[str, object]]]:
    """Serve behind a proxy with TLS; the settings of the server, and what leads there from here."""
    fronts: list[Front] = []

    def start(kind: str, keys: dict[str, str] | None = None) -> dict[str, object]:
        if not ((CADDY if kind == "Caddy" else NGINX) and OPENSSL):
            pytest.skip(f"{kind} or openssl is missing; scripts/need test gets them")
        settings = remote | guide.settings("MCP_TRUSTED_PROXIES") | {"MCP_ALLOWED_ORIGINS": PAGE}
        program = serve(**settings)
        fronts.append(Front(kind, tmp_path / "front", program.port, keys=keys))
        start.port = fronts[-1].port
        way = {"OVALEDGE_PROXY": gate(start.port), "OVALEDGE_CA_BUNDLE": tmp_path / "front/authority/ca.pem"}
        person = {"OVALEDGE_USER_TOKEN": pair[0], "OVALEDGE_USER_SECRET": pair[1]}
        return settings | way | person | {"LOG_FILE": tmp_path / "log/oe-mcp.log"}

    yield start
    for each in fronts:
        each.stop()


@pytest.mark.parametrize("kind", ["nginx", "Caddy"])
def test_a_good_server_passes_from_outside_in(front, examine, run, pair, kind: str) -> None:
    settings = front(kind)
    found = examine(SITE, **settings)
    assert found.code == 0 and found.those("skipped") == {"store"} and not found.those("warning"), found.json
    assert found.json["url"] == SITE and [check["name"] for check in found.json["checks"]] == NAMES
    assert "http:// leads to https://" in found["redirects"][1]
    assert "another name is" in found["host"][1]
    assert PAGE in found["cors"][1]
    lines = run("doctor", "--remote", f"{SITE}/mcp", **settings)
    assert lines.returncode == 0 and lines.stdout.count("\nok ") == len(NAMES) - 2, lines
    assert not any(secret in lines.stdout + lines.stderr + json.dumps(found.json) for secret in pair)


def test_a_key_that_the_edge_knows_takes_the_place_of_credentials(front, examine, pair) -> None:
    key = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
    settings = front("nginx", {key: "::".join(pair)})
    found = examine(SITE, "--token", key, **settings)
    assert found.code == 0 and {"edge authentication", "sign-in", "streams", "one call"} < found.those("ok"), found.json
    refused = examine(SITE, **settings)
    assert refused.those("failed") == {"sign-in"} and "operator" in refused["sign-in"][1] and key not in str(refused.json)


def test_a_proxy_that_holds_events_back_is_found(front, examine) -> None:
    found = examine(SITE, **front("holding nginx"))
    assert found.those("failed") == {"streams"} and "proxy_buffering off" in found["streams"][1], found.json


def test_a_certificate_that_is_not_trusted_ends_the_examination(front, examine) -> None:
    settings = front("nginx")
    del settings["OVALEDGE_CA_BUNDLE"]
    found = examine(SITE, **settings)
    assert found.those("failed") == {"tls", "chain"} and "OVALEDGE_CA_BUNDLE" in found["tls"][1]
    assert {"redirects", "sign-in", "streams", "one call"} < found.those("skipped")


# The certificates that a server shows, by their names below; the root expires in 9 days, and is known.
SHOWN = {
    "complete": (["site", "middle"], "ok", "trusted; it expires in 89 days", "ok", "up to Example Root, with 2 shown"),
    "not complete": (["site"], "failed", "could not be verified", "failed", "the certificate of Example Middle is neither shown"),
    "out of order": (["site", "root", "middle"], "warning", "expires in 8 days", "warning", "out of order"),
    "about to expire": (["soon", "middle"], "warning", "it expires in 11 days", "ok", "2 shown"),
    "expired": (["late", "middle"], "failed", "it expired 1 day ago", "ok", "2 shown"),
    "below one that expires first": (["site", "middle", "root"], "warning", "Example Root above it expires in 8 days", "ok", "3"),
}  # fmt: skip


@pytest.mark.skipif(not OPENSSL, reason="openssl is missing; scripts/need test gets it")
@pytest.mark.parametrize("kind", SHOWN)
def test_the_chain_and_its_days_are_examined(gate, examine, tmp_path: Path, kind: str) -> None:
    names, tls, of_tls, chain, of_chain = SHOWN[kind]
    root = Authority(tmp_path / "root", "Example Root", days=9)
    middle = Authority(tmp_path / "middle", "Example Middle", above=root, days=100)
    days = {"site": 90, "soon": 12, "late": -1}
    made = {name: middle.certificate(name, guide.HOST, days[name])[0] for name in days if name in names}
    shown = tmp_path / "shown.pem"
    shown.write_text("".join((made | {"root": root.bundle, "middle": middle.bundle})[name].read_text() for name in names))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, middle.folder / f"{names[0]}.key")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = examine(SITE, OVALEDGE_PROXY=gate(server.server_port), OVALEDGE_CA_BUNDLE=root.bundle)
    finally:
        server.shutdown()
        server.server_close()
    assert found["tls"][0] == tls and of_tls in found["tls"][1], found.json
    assert found["chain"][0] == chain and of_chain in found["chain"][1], found.json


@pytest.mark.parametrize("plain, state, word", [("200 OK", "failed", "answers unencrypted"), ("403 Forbidden", "ok", "is refused")])
def test_a_port_that_is_not_encrypted_is_found(front, examine, gate, plain: str, state: str, word: str) -> None:
    settings = front("nginx")
    found = examine(SITE, **settings | {"OVALEDGE_PROXY": gate(front.port, plain)})
    assert found["redirects"][0] == state and word in found["redirects"][1], found.json


# Servers of other kinds


class Wrong(http.server.BaseHTTPRequestHandler):
    """Answers everything the same."""

    status, fields, body = 200, (), b"hello"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response_only(self.status)
        for name, value in self.fields:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = do_OPTIONS = do_DELETE = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def wrong() -> Iterator[Callable[..., str]]:
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(**answer: object) -> str:
        fields = {"Content-Length": str(len(answer.get("body", b"hello"))), "Date": formatdate(usegmt=True)}
        answer["fields"] = (fields | answer.get("fields", {})).items()
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (Wrong,), answer)))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


PERSON = {"OVALEDGE_USER_TOKEN": "user-token-0-8c1fd2b07a", "OVALEDGE_USER_SECRET": "user-secret-0-7d2a90be41"}
ENDPOINT = {"edge authentication", "health", "ready", "discovery", "sign-in"}
WRONG = {
    "anything": ({}, ENDPOINT),
    "an empty object": ({"body": b"{}"}, ENDPOINT),
    "elsewhere": ({"status": 302, "fields": {"Location": "https://sso.example/"}}, ENDPOINT | {"redirects"}),
    "a password": ({"status": 401, "fields": {"WWW-Authenticate": 'Basic realm="x"'}}, ENDPOINT),
    "a page": ({"status": 401, "body": b"<html>"}, ENDPOINT),
    "all origins": ({"status": 204, "body": b"", "fields": {"Access-Control-Allow-Origin": "*"}}, ENDPOINT | {"cors"}),
    "any name": ({"body": b'{"resource": "https://doctor.invalid/mcp"}'}, ENDPOINT | {"host"}),
    "trouble": ({"status": 502, "body": b"Bad Gateway"}, ENDPOINT),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_server_of_another_kind_is_found_out(wrong, examine, kind: str) -> None:
    answer, failed = WRONG[kind]
    found = examine(wrong(**answer), **PERSON)
    assert found.code == 1 and found.those("failed") == failed, found.json
    assert {"descriptions", "intent", "streams", "one call"} <= found.those("skipped")
    assert found["tls"][0] == "skipped" and found["address"][0] == "warning"
    if kind == "a password":
        assert "(Basic)" in found["edge authentication"][1]
    if kind == "elsewhere":
        assert "https://sso.example/" in found["redirects"][1]


def test_a_clock_that_differs_is_a_warning(wrong, examine) -> None:
    found = examine(wrong(fields={"Date": formatdate(time() - 300, usegmt=True)}))
    assert found["clock"][0] == "warning" and "behind" in found["clock"][1]
    assert examine(wrong(fields={"Date": "yesterday"}))["clock"][0] == "skipped"


def test_a_closed_port_ends_the_examination(examine) -> None:
    found = examine(f"http://127.0.0.1:{free_port()}", **PERSON)
    assert found.code == 1 and found.those("failed") == {"connection"}, found.json


def test_an_address_without_tls_gets_no_credentials(examine, gate) -> None:
    found = examine(f"http://{guide.HOST}:8080", OVALEDGE_PROXY=gate(9), **PERSON)
    assert found["sign-in"][0] == "skipped" and "unencrypted" in found["sign-in"][1]
    assert found["address"][0] == "failed" and "https" in found["address"][1]
    assert found["port"][0] == "warning"


@pytest.mark.parametrize(
    "arguments",
    [["--remote", "ftp://mcp.example.com"], ["--remote", "mcp.example.com"], ["--remote"], ["--token", "T"],
     ["--remote", "http://127.0.0.1:9", "--sandbox"], ["--remote", "http://127.0.0.1:9", "--offline"]],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_usage_error(run, arguments: list[str]) -> None:
    done = run("doctor", *arguments)
    assert done.returncode == 64 and not done.stdout and done.stderr.count(". ") >= 1, done


# What only those who sign in find, and what only the settings say


def test_without_credentials_no_one_signs_in(serve, remote, examine) -> None:
    found = examine(serve(**remote).base)
    assert found.code == 0, found.json
    assert {"sign-in", "descriptions", "intent", "streams", "one call"} < found.those("skipped")
    assert {"bind", "secrets", "log file", "store"} < found.those("skipped")
    assert "OVALEDGE_USER_TOKEN" in found["sign-in"][1]


def test_what_a_person_would_meet_is_found(serve, remote, examine, pair, ovaledge: StandIn) -> None:
    server = serve(**remote | {"OVALEDGE_ALLOW_WRITES": "all", "MCP_HTTP_STATELESS": "false", "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.01})
    person = {"OVALEDGE_USER_TOKEN": pair[0], "OVALEDGE_USER_SECRET": pair[1]}
    found = examine(server.base, **person)
    assert found["intent"][0] == "warning" and "can change the catalog" in found["intent"][1]
    assert {"sign-in", "descriptions", "streams", "one call"} < found.those("ok"), found.json
    ovaledge.always("asset-explorer", Reply(500, {"message": "out of order"}))
    assert examine(server.base, **person).those("failed") == {"one call"}
    refused = examine(server.base, **person | {"OVALEDGE_USER_SECRET": "another-secret-7d2a90be41"})
    assert refused.those("failed") == {"sign-in"} and "invalid_credentials" in refused["sign-in"][1]


def test_a_server_for_one_person_is_no_remote_one(serve, examine) -> None:
    found = examine(serve("--sandbox").base)
    assert found.those("failed") == {"edge authentication"} and "AUTH_MODE" in found["edge authentication"][1]


def test_the_settings_of_the_server_are_examined_where_they_are(serve, remote, examine, tmp_path: Path) -> None:
    base = serve(**remote).base
    file = tmp_path / "team.env"
    file.write_text("AUTH_MODE=remote_credentials\nMCP_HTTP_HOST=0.0.0.0\n")
    file.chmod(0o600)
    found = examine(base, "--env-file", str(file), **remote)
    assert found["bind"][0] == "warning" and found["log file"][0] == "warning" and found["secrets"][0] == "ok"
    file.chmod(0o644)
    key = tmp_path / "tls.key"
    key.write_text("-")
    assert "chmod" in examine(base, "--env-file", str(file))["secrets"][1]
    file.chmod(0o600)
    key.chmod(0o644)
    opened = examine(
        base, "--env-file", str(file), MCP_TLS_CERTIFICATE="/nowhere", MCP_TLS_KEY=key, LOG_FILE=tmp_path / "team.env/x"
    )
    assert opened.those("failed") == {"secrets", "log file"} and "MCP_TLS_KEY" in opened["secrets"][1]


@pytest.mark.parametrize("store, state", [(None, "skipped"), ({"available": True}, "ok"), ({"available": False}, "failed")])
def test_the_store_is_what_health_says_of_it(wrong, examine, store: dict | None, state: str) -> None:
    health = {"status": "healthy", "version": "1"} | ({"store": store} if store else {})
    found = examine(wrong(body=json.dumps(health).encode()))
    assert found["store"][0] == state and found["health"][0] == "ok"


# Servers that speak the protocol, and do one thing otherwise

HEALTHY = {"status": "healthy", "version": "1", "auth_mode": "remote_credentials"}
LISTED = [{"name": "asset_explorer", "description": "Finds assets.", "annotations": {"readOnlyHint": True}}]
EVENT = b'data: {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}\n\n'


class Speaking(Wrong):
    """Answers the messages of an examination."""

    tools, delay, listens = LISTED, 0.0, 200

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = json.loads(body)["method"] if body else None
        results = {
            "initialize": {"protocolVersion": "2025-06-18", "instructions": "Ask.", "serverInfo": {"name": "x"}},
            "tools/list": {"tools": self.tools}, "tools/call": {"content": []},
        }  # fmt: skip
        if self.path in ("/health", "/ready"):
            self.send(200, HEALTHY | {"status": "ready" if self.path == "/ready" else "healthy"})
        elif self.path.startswith("/.well-known"):
            self.send(404, {"error": "not_found"})
        elif "X-OvalEdge-Token" not in self.headers:
            self.send(401, {"error": "unauthorized"})
        elif method == "subscriptions/listen":
            if self.listens == 200:
                threading.Event().wait(self.delay)
            self.send(self.listens, EVENT, "text/event-stream")
        else:
            self.send(200, {"jsonrpc": "2.0", "id": 1, "result": results.get(method, {})})

    def send(self, status: int, body: dict | bytes, kind: str = "application/json") -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response_only(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(content), "Date": formatdate(usegmt=True)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_OPTIONS = do_DELETE = answer  # noqa: N815


@pytest.fixture
def speaking() -> Iterator[Callable[..., str]]:
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(**otherwise: object) -> str:
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Saying", (Speaking,), otherwise)))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_server_under_any_name_is_a_warning(speaking, examine) -> None:
    found = examine(speaking(), **PERSON)
    assert found.code == 0 and "host" in found.those("warning") and "any name" in found["host"][1], found.json
    assert {"sign-in", "descriptions", "intent", "streams", "one call", "discovery"} <= found.those("ok"), found.json


@pytest.mark.parametrize(
    "otherwise, name, state, word",
    [
        ({"listens": 406}, "streams", "warning", "MCP_LAMBDA_STREAMING"),
        ({"listens": 500}, "streams", "failed", "500"),
        ({"delay": 1.1}, "streams", "warning", "only"),
        ({"tools": [{"name": "mute"}]}, "descriptions", "failed", "mute has none"),
        ({"tools": []}, "descriptions", "failed", "no tool is listed"),
        ({"tools": [{"name": "t", "description": "x"}]}, "intent", "failed", "do not declare"),
        ({"tools": [LISTED[0] | {"name": "other"}]}, "one call", "skipped", "not listed"),
    ],
)
def test_what_differs_is_found_where_it_is(speaking, examine, otherwise: dict, name: str, state: str, word: str) -> None:
    found = examine(speaking(**otherwise), **PERSON)
    assert found[name][0] == state and word in found[name][1], found.json


def test_settings_that_the_server_does_not_have_are_found(serve, remote, examine) -> None:
    base = serve(**remote).base
    found = examine(base, **remote | {"MCP_ALLOWED_ORIGINS": PAGE, "MCP_STORE_URL": "redis://127.0.0.1:9"})
    assert found.those("failed") == {"cors", "store"}, found.json
    assert f"{PAGE} may not ask" in found["cors"][1] and "MCP_STORE_URL is set here" in found["store"][1]
