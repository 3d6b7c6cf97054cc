"""`oe-mcp-http doctor --oauth` and `validate` in both modes of OAuth: what they find where one thing is wrong."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from http_program import HTTPProgram
from identity_provider import AUDIENCE, IdentityProvider, SigningKey, joined
from network import free_port
from oauth_flow import App, Person, Visitor
from oauth_secrets import betrayals
from oauth_servers import Federated
from stand_in import StandIn
from wire import clean_environment

CLAUDE = "https://claude.ai"
PRM, METADATA, OPENID = (
    f"/.well-known/{name}" for name in ("oauth-protected-resource", "oauth-authorization-server", "openid-configuration")
)
RESOURCES = {"discovery oauth-protected-resource", "discovery oauth-protected-resource/mcp"}
SERVER = "discovery oauth-authorization-server"


class Found:
    """What one run has found, by the names of its checks."""

    def __init__(self, done: subprocess.CompletedProcess):
        assert done.returncode in (0, 1), done
        self.out, self.code = done.stdout + done.stderr, done.returncode
        self.json = json.loads(done.stdout)
        self.checks = {check["name"]: check for check in self.json["checks"]}
        assert len(self.checks) == len(self.json["checks"]), "Two checks have one name."
        for check in self.checks.values():
            assert check["detail"] and bool(check["remedy"]) == (check["state"] != "ok"), check
        assert self.json["ok"] == (self.code == 0) == (not self.those("failed")), self.json

    def those(self, state: str) -> set[str]:
        return {name for name, check in self.checks.items() if check["state"] == state}

    def __getitem__(self, name: str) -> str:
        return f"{self.checks[name]['state']}: {self.checks[name]['detail']}. {self.checks[name]['remedy']}"


class Asked:
    def __init__(self, method: str, path: str, fields: list[tuple[str, str]], body: bytes):
        self.method, self.path, self.fields, self.body = method, path, fields, body

    def has(self, name: str) -> bool:
        return any(field.lower() == name.lower() for field, _ in self.fields)

    def without(self, name: str) -> None:
        self.fields = [field for field in self.fields if field[0].lower() != name.lower()]


class Answer(Asked):
    """What goes back; a fault changes it, or makes one of its own."""

    def __init__(self, status: int, fields: list[tuple[str, str]] | None = None, body: bytes = b""):
        super().__init__("", "", fields or [], body)
        self.status = status

    def add(self, name: str, value: str) -> None:
        self.fields.append((name, value))

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        self.fields = [(n, change(v) if n.lower() == name.lower() else v) for n, v in self.fields]

    def put(self, **members: object) -> None:
        """Change members of the JSON that it has."""
        if self.status == 200:
            self.body = json.dumps(json.loads(self.body) | members).encode()


def first_event(response: http.client.HTTPResponse) -> bytes:
    lines = []
    while not (lines and lines[-1].startswith(b"data: {")):
        lines.append(response.readline())
    return b"".join(lines) + b"\n"


class Proxy:
    """Stands in front of a server, and changes what `asks` and `answers` say; as it is, it changes nothing."""

    def __init__(self) -> None:
        self.target = self.visitors = 0
        self.mend()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def pass_on(handler) -> None:  # noqa: N805
                body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
                answer = self.answer(Asked(handler.command, handler.path, list(handler.headers.items()), body))
                handler.send_response_only(answer.status)
                for name, value in answer.fields:
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        handler.send_header(name, value)
                handler.send_header("Content-Length", str(len(answer.body)))
                handler.end_headers()
                handler.wfile.write(answer.body)
                handler.wfile.flush()

            do_GET = do_POST = do_DELETE = do_OPTIONS = pass_on  # noqa: N815

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def mend(self) -> None:
        # Somebody else asks, of whom nothing has been counted yet.
        self.visitors += 1
        self.asks: Callable[[Asked], Answer | None] = lambda _: None
        self.answers: Callable[[Asked, Answer], object] = lambda *_: None

    def answer(self, asked: Asked) -> Answer:
        if own := self.asks(asked):
            return own
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=10)
        connection.putrequest(asked.method, asked.path, skip_host=True, skip_accept_encoding=True)
        for name, value in asked.fields:
            if name.lower() != "connection":
                connection.putheader(name, value)
        connection.putheader("X-Forwarded-For", f"198.51.100.{self.visitors}")
        connection.putheader("Connection", "close")
        connection.endheaders(asked.body)
        response = connection.getresponse()
        stream = "event-stream" in (response.getheader("Content-Type") or "")
        answer = Answer(response.status, response.getheaders(), first_event(response) if stream else response.read())
        connection.close()
        self.answers(asked, answer)
        return answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Place:
    """A server behind a proxy, the settings that are the same for both ends, and the commands that look at it."""

    def __init__(self, program: str, home: Path, settings: dict[str, object], origins: str | None = CLAUDE):
        self.proxy = Proxy()
        self.proxy.target = port = free_port()
        self.settings = settings | {"MCP_PUBLIC_BASE_URL": self.proxy.base} | ({"MCP_ALLOWED_ORIGINS": origins} if origins else {})
        self.program, self.home = program, home
        self.server = HTTPProgram(program, home, port=port, **self.settings)

    def run(self, *arguments: str, **changed: object) -> subprocess.CompletedProcess:
        settings = {name: value for name, value in (self.settings | changed).items() if value is not None}
        return subprocess.run(
            [self.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
            env=clean_environment(self.home, **settings), cwd=self.home,
        )  # fmt: skip

    def examine(self, *arguments: str, **changed: object) -> Found:
        return Found(self.run("doctor", "--oauth", "--json", *arguments, **changed))

    def close(self) -> None:
        self.server.__exit__()
        self.proxy.close()


@pytest.fixture(scope="module")
def catalog() -> Iterator[StandIn]:
    with StandIn() as ovaledge:
        yield ovaledge


@pytest.fixture(scope="module")
def login_place(oe_mcp_http: str, tmp_path_factory: pytest.TempPathFactory, catalog: StandIn) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("login")
    keys = home / "oauth.keys"
    keys.write_text("5c" * 32 + "\n")
    keys.chmod(0o600)
    place = Place(
        oe_mcp_http, home,
        {"AUTH_MODE": "remote_login", "OAUTH_KEY_FILE": keys, "OAUTH_STORE": "memory", "OVALEDGE_BASE_URL": catalog.base_url},
    )  # fmt: skip
    yield place
    place.close()


@pytest.fixture(scope="module")
def provider_place(oe_mcp_http: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with IdentityProvider("ES256") as provider, Federated() as federated:
        place = Place(
            oe_mcp_http, tmp_path_factory.mktemp("provider"),
            {"AUTH_MODE": "remote", "OAUTH_ISSUER": provider.issuer, "OAUTH_AUDIENCE": AUDIENCE,
             "OAUTH_CLIENT_ID": "oe", "OAUTH_CLIENT_SECRET": "a-secret-of-the-client-41c0", "OVALEDGE_BASE_URL": federated.base_url},
        )  # fmt: skip
        place.provider = provider
        yield place
        place.close()


@pytest.fixture
def login(login_place: Place) -> Place:
    login_place.proxy.mend()
    return login_place


@pytest.fixture
def remote_place(provider_place: Place) -> Place:
    provider_place.proxy.mend()
    provider_place.provider.changes.clear()
    provider_place.provider.broken.clear()
    return provider_place


# Nothing is wrong


def test_a_sign_in_of_its_own_passes(login: Place) -> None:
    found = login.examine()
    assert found.code == 0 and found.json["url"] == login.proxy.base, found.json
    own = {"mode", "challenge", "authorization field", SERVER, "page /authorize", "page /connections", "endpoint /token",
           "endpoint /revoke", "endpoint /register", "browser clients", "discovery openid-configuration"} | RESOURCES  # fmt: skip
    assert own | {"connection", "redirects", "host", "health", "settings"} <= found.those("ok"), found.json
    assert "sign-in" in found.those("skipped") and "--token" in found["sign-in"]
    settings = {each["name"]: each for each in found.json["settings"]}
    assert settings["OAUTH_STORE"]["value"] == "memory" and settings["OAUTH_ACCESS_TTL"]["value"] == "3600"
    assert settings["OAUTH_STORE"]["origin"] == "environment" and "OAUTH_ISSUER" not in settings
    assert "OVALEDGE_USER_SECRET" not in settings
    lines = login.run("doctor", "--oauth")
    assert lines.returncode == 0 and re.search("^ok +challenge ", lines.stdout, re.M) and not re.search("^FAIL", lines.stdout, re.M)
    assert re.search(r"^OAUTH_KEY_FILE +\S+oauth.keys +environment", lines.stdout, re.M), lines.stdout


def test_a_sign_in_passes_without_pages_of_other_origins(oe_mcp_http: str, login: Place, tmp_path: Path) -> None:
    own = {name: value for name, value in login.settings.items() if name != "MCP_ALLOWED_ORIGINS"}
    place = Place(oe_mcp_http, tmp_path, own, origins=None)
    try:
        found = place.examine()
        assert found.code == 0 and "browser clients" in found.those("skipped"), found.json
        assert "MCP_ALLOWED_ORIGINS" in found["browser clients"]
    finally:
        place.close()


def test_a_server_behind_a_provider_passes_with_a_token(remote_place: Place) -> None:
    token = remote_place.provider.token()
    found = remote_place.examine("--token", token)
    own = {"mode", "challenge", "authorization field", "provider", "provider keys", "provider PKCE", "audience",
           "token form", "token issuer (iss)", "token audience (aud)", "token scopes", "token signature"} | RESOURCES  # fmt: skip
    assert found.those("failed") == set() and own <= found.those("ok"), found.json
    assert found.those("warning") >= {"provider clients"} and "OAUTH_FACADE" in found["provider clients"]
    assert "sign-in" in found.those("ok") and AUDIENCE in found["token audience (aud)"]
    settings = {each["name"]: each["value"] for each in found.json["settings"]}
    assert settings["OAUTH_AUDIENCE"] == AUDIENCE and settings["OAUTH_CLIENT_SECRET"] == "••••"
    log = remote_place.server.log
    for text in (found.out, log):
        assert "a-secret-of-the-client" not in text and "eyJ" not in text
        for place, form in betrayals(token.rsplit(".", 1)[1]).items():
            assert place not in text.encode(), form


# One thing is wrong on the way


def to(path: str, *methods: str) -> Callable[[Asked], bool]:
    return lambda asked: asked.path.partition("?")[0] == path and (not methods or asked.method in methods)


def moved(there: Callable[[Asked], bool], place: str) -> Callable[[Asked], Answer | None]:
    return lambda asked: Answer(307, [("Location", place)]) if there(asked) else None


def instead(there: Callable[[Asked], bool], answer: Callable[[], Answer]) -> Callable[[Asked], Answer | None]:
    return lambda asked: answer() if there(asked) else None


def page(status: int) -> Answer:
    return Answer(status, [("Content-Type", "text/html")], b"<html>Not for you</html>")


def with_token(asked: Asked) -> None:
    asked.fields.append(("Authorization", "Bearer of-the-proxy"))


def challenge(change: Callable[[str], str]) -> Callable[[Asked, Answer], None]:
    return lambda _, answer: answer.edit("WWW-Authenticate", change)


def rename(_: Asked, answer: Answer) -> None:
    answer.fields = [(n.replace("WWW", "x-amzn-Remapped-WWW") if n == "WWW-Authenticate" else n, v) for n, v in answer.fields]


def on(there: Callable[[Asked], bool], change: Callable[[Answer], object]) -> Callable[[Asked, Answer], None]:
    return lambda asked, answer: change(answer) if there(asked) else None


def pages(asked: Asked) -> bool:
    return asked.path in ("/authorize", "/connections")


PAGES = {"page /authorize", "page /connections"}
ENDPOINTS = {"endpoint /token", "endpoint /revoke", "endpoint /register"}
# What the proxy does: to what is asked, to what is answered; what is found to be wrong, and a word of it.
FAULTS: dict[str, tuple[Callable | None, Callable | None, set[str], str]] = {
    "drops the challenge": (None, lambda _, answer: answer.without("WWW-Authenticate"), {"challenge"}, "no WWW-Authenticate"),
    "renames the challenge": (None, rename, {"challenge"}, "x-amzn-Remapped"),
    "adds a challenge": (
        None, on(lambda asked: asked.path == "/mcp/", lambda answer: answer.add("WWW-Authenticate", "Bearer")), {"challenge"}, "2 challenges",
    ),
    "asks for a password": (
        instead(lambda asked: asked.path == "/mcp" and asked.method == "GET", lambda: Answer(401, [("WWW-Authenticate", "Basic realm=x")])),
        None, {"challenge"}, "GET /mcp asks for Basic",
    ),
    "names another host": (None, challenge(lambda text: text.replace("127.0.0.1", "internal.example")), {"challenge"}, "MCP_PUBLIC_BASE_URL"),
    "cuts the address": (
        None, challenge(lambda text: re.sub("http://[^/]*", "", text)), {"challenge"}, "no whole address"
    ),
    "drops the address": (
        None, challenge(lambda text: re.sub('resource_metadata="[^"]*", ', "", text)), {"challenge"}, "names no resource_metadata"
    ),
    "drops the scope": (None, challenge(lambda text: re.sub(', scope="[^"]*"', "", text)), {"challenge"}, "scopes"),
    "adds a realm": (None, challenge(lambda text: text + ', realm="proxy"'), {"challenge"}, "another challenge"),
    "brings a token": (with_token, None, {"challenge", "authorization field"}, "no token was sent"),
    "redirects the slash": (moved(to("/mcp/"), "/mcp"), None, {"challenge", "redirects"}, "redirected to /mcp"),
    "redirects GET": (moved(to("/mcp", "GET"), "https://sso.example/"), None, {"challenge"}, "GET /mcp is redirected to https://sso"),
    "knows no GET": (instead(to("/mcp", "GET"), lambda: page(405)), None, {"challenge"}, "405"),
    "drops Authorization": (lambda asked: asked.without("Authorization"), None, {"authorization field"}, "does not arrive"),
    "takes any token": (
        instead(lambda asked: asked.has("Authorization"), lambda: Answer(200, [], b"{}")), None, {"authorization field"}, "a made-up token",
    ),
    "checks tokens itself": (
        instead(lambda asked: asked.has("Authorization"), lambda: page(403)), None, {"authorization field"}, "403"
    ),
    "writes a slash to the issuer": (
        None, on(to(METADATA), lambda answer: answer.put(issuer="http://127.0.0.1/")), {SERVER}, "names the issuer http://127.0.0.1/, not",
    ),
    "lists no S256": (None, on(to(METADATA), lambda answer: answer.put(code_challenge_methods_supported=["plain"])), {SERVER}, "S256"),
    "lists no public clients": (
        None, on(to(METADATA), lambda answer: answer.put(token_endpoint_auth_methods_supported=["client_secret_basic"])), {SERVER}, "`none`",
    ),
    "names no token endpoint": (None, on(to(METADATA), lambda answer: answer.put(token_endpoint=None)), {SERVER}, "no token_endpoint"),
    "names another resource": (
        None, on(to(PRM), lambda answer: answer.put(resource="https://internal.example")), {"discovery oauth-protected-resource"},
        "names https://internal.example",
    ),
    "names another authorization server": (
        None, on(to(PRM), lambda answer: answer.put(authorization_servers=["https://internal.example"])),
        {"discovery oauth-protected-resource"}, "names the authorization server https://internal.example",
    ),
    "names two authorization servers": (
        None, on(to(PRM), lambda answer: answer.put(authorization_servers=["https://a", "https://b"])),
        {"discovery oauth-protected-resource"}, "2 authorization servers",
    ),
    "keeps documents back": (
        instead(lambda asked: asked.path.startswith("/.well-known/oauth"), lambda: page(404)), None, RESOURCES | {SERVER}, "no way to sign in",
    ),
    "has a page for every document": (
        instead(lambda asked: "/.well-known/" in asked.path, lambda: page(200)), None,
        RESOURCES | {SERVER} | {f"discovery {name}" for name in ("openid-configuration", "openid-configuration/mcp", f"/mcp{OPENID}")},
        "without a usable document",
    ),
    "drops CORS of documents": (
        None, on(to(METADATA), lambda answer: answer.without("Access-Control-Allow-Origin")), {SERVER}, "web pages may not read it",
    ),
    "drops CORS of endpoints": (
        None, on(lambda asked: asked.method == "POST", lambda answer: answer.without("Access-Control-Allow-Origin")), ENDPOINTS, "may not read",
    ),
    "redirects the page": (moved(to("/authorize"), "https://sso.example/"), None, {"page /authorize"}, "redirected to https://sso"),
    "has a page of its own": (instead(to("/authorize"), lambda: page(503)), None, {"page /authorize"}, "status 503"),
    "lets pages be framed": (
        None, on(pages, lambda answer: answer.without("Content-Security-Policy")), PAGES, "Content-Security-Policy",
    ),
    "hides where forms come from": (
        None, on(pages, lambda answer: answer.edit("Referrer-Policy", lambda _: "no-referrer")), PAGES, "Referrer-Policy",
    ),
    "lets pages be read": (
        None, on(pages, lambda answer: answer.add("Access-Control-Allow-Origin", CLAUDE)), PAGES, "pages of other origins",
    ),
    "keeps tokens back": (instead(to("/token"), lambda: page(403)), None, {"endpoint /token"}, "403"),
    "keeps registrations back": (instead(to("/register"), lambda: page(404)), None, {"endpoint /register"}, "404"),
    "hides the challenge from pages": (
        None, lambda _, answer: answer.without("Access-Control-Expose-Headers"), {"browser clients"}, "cannot read WWW-Authenticate",
    ),
    "answers OPTIONS itself": (
        instead(lambda asked: asked.method == "OPTIONS", lambda: page(405)), None, {"browser clients", "cors"}, "may not ask",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_proxy_is_found_with_its_remedy(login: Place, fault: str) -> None:
    asks, answers, failed, word = FAULTS[fault]
    login.proxy.asks = asks or login.proxy.asks
    login.proxy.answers = answers or login.proxy.answers
    found = login.examine()
    assert found.code == 1 and found.those("failed") == failed, (fault, found.json)
    assert any(word in found[name] for name in failed), (fault, [found[name] for name in failed])


def test_what_cannot_be_seen_is_no_fault(login: Place) -> None:
    busy = Answer(429, [("Content-Type", "application/json")], b'{"error": "temporarily_unavailable"}')
    login.proxy.asks = instead(to("/token"), lambda: busy)
    login.proxy.answers = on(to("/health"), lambda answer: answer.put(auth_mode=None))
    found = login.examine()
    assert found.code == 0 and {"mode", "endpoint /token"} <= found.those("skipped"), found.json


# The settings


def test_settings_of_another_server_are_found(login: Place, remote_place: Place) -> None:
    found = login.examine(AUTH_MODE="remote", OAUTH_ISSUER=remote_place.provider.issuer, OAUTH_AUDIENCE=AUDIENCE)
    assert "the server has AUTH_MODE=remote_login" in found["mode"] and "mode" in found.those("failed")


def test_what_keeps_a_server_from_starting_is_told(login: Place, tmp_path: Path) -> None:
    found = login.examine(OAUTH_KEY_FILE=None)
    assert found.those("failed") == {"settings OAUTH_KEY_FILE"} and "keys new" in found["settings OAUTH_KEY_FILE"]
    empty = tmp_path / "empty.keys"
    empty.write_text("")
    empty.chmod(0o600)
    assert "OAUTH_KEY_FILE" in next(iter(login.examine(OAUTH_KEY_FILE=empty).those("failed")))


def test_another_address_is_examined_where_it_is_named(login: Place) -> None:
    found = login.examine("--remote", login.server.base)
    # Clients that are given this address find documents of another.
    assert {"challenge", SERVER} | RESOURCES <= found.those("failed") and found.json["url"] == login.server.base


@pytest.mark.parametrize(
    "arguments, settings, word, code",
    [([], {"AUTH_MODE": "remote_credentials"}, "AUTH_MODE", 78), ([], {"MCP_PUBLIC_BASE_URL": None}, "MCP_PUBLIC_BASE_URL", 78),
     (["--sandbox"], {}, "--sandbox", 64), (["--remote", "ftp://x"], {}, "address", 64)],
)  # fmt: skip
def test_what_cannot_be_examined_is_an_error_of_the_line_or_the_settings(login: Place, arguments: list[str], settings: dict, word: str, code: int) -> None:
    done = login.run("doctor", "--oauth", *arguments, **settings)
    assert done.returncode == code and word in done.stderr and not done.stdout, done


# The identity provider


def keyless(provider: IdentityProvider) -> None:
    provider.changes["jwks_uri"] = provider.issuer + "/none/jwks"
    provider.broken["/none/jwks"] = 404


PROVIDERS: dict[str, tuple[Callable[[IdentityProvider], object], set[str], str]] = {
    "another issuer": (lambda p: p.changes.update(issuer="https://login.example"), {"provider"}, "names another issuer"),
    "a slash that is not set": (lambda p: p.changes.update(issuer=p.issuer + "/"), {"provider"}, "lacks the slash"),
    "no issuer": (lambda p: p.changes.update(issuer=None), {"provider"}, "names no issuer"),
    "an address without TLS": (lambda p: p.changes.update(token_endpoint="http://login.example/token"), {"provider"}, "https address"),
    "no answer": (lambda p: p.broken.update({"configuration": 500}), {"provider"}, "answered with 500"),
    "no keys": (keyless, {"provider keys"}, "answered with 404"),
    "no address of keys": (lambda p: p.changes.update(jwks_uri=None), {"provider", "provider keys"}, "no jwks_uri"),
    "no S256": (lambda p: p.changes.update(code_challenge_methods_supported=["plain"]), {"provider PKCE"}, "S256"),
    "no word of PKCE": (lambda p: p.changes.update(code_challenge_methods_supported=None), {"provider PKCE"}, "OAUTH_FACADE"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PROVIDERS)
def test_each_fault_of_an_identity_provider_is_found(remote_place: Place, fault: str) -> None:
    change, failed, word = PROVIDERS[fault]
    change(remote_place.provider)
    found = remote_place.examine()
    assert found.those("failed") == failed, found.json
    assert any(word in found[name] for name in failed), [found[name] for name in failed]


def test_keys_that_cannot_be_used_are_found(remote_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_place.provider, "keys", [SigningKey("RS256", "short", 1024)])
    found = remote_place.examine()
    assert found.those("failed") == {"provider keys"} and "2048" in found["provider keys"]


def test_settings_that_do_not_fit_the_provider_are_found(remote_place: Place) -> None:
    issuer, base = remote_place.provider.issuer, remote_place.proxy.base
    found = remote_place.examine(OAUTH_ISSUER=issuer + "/")
    assert "has a slash at its end" in found["provider"] and f"OAUTH_ISSUER={issuer}," in found["provider"]
    assert "audience" in remote_place.examine(OAUTH_AUDIENCE=f"{base}/mcp/").those("failed")
    assert {"audience", "settings OAUTH_AUDIENCE"} <= remote_place.examine(OAUTH_AUDIENCE=None).those("failed")
    common = remote_place.examine(OAUTH_ISSUER="https://login.microsoftonline.com/common/v2.0")
    assert "every tenant" in common["provider"] and "provider keys" in common.those("skipped")


def test_the_provider_is_examined_though_the_server_is_not_reached(remote_place: Place) -> None:
    found = remote_place.examine("--remote", "http://127.0.0.1:9", "--token", remote_place.provider.token(aud=None))
    assert found.those("failed") == {"connection", "token audience (aud)"} and "provider keys" in found.those("ok")


def test_registration_at_the_provider_is_seen(remote_place: Place) -> None:
    provider = remote_place.provider
    provider.changes["registration_endpoint"] = provider.issuer + "/register"
    assert "provider clients" in remote_place.examine().those("ok")
    provider.changes |= {"registration_endpoint": None, "client_id_metadata_document_supported": True}
    assert "documents" in remote_place.examine(OAUTH_ALLOWED_ISSUERS="http://127.0.0.1:9")["provider clients"]


def test_a_facade_is_examined_as_what_it_stands_for(oe_mcp_http: str, remote_place: Place, tmp_path: Path) -> None:
    place = Place(oe_mcp_http, tmp_path, remote_place.settings | {"OAUTH_FACADE": "true"})
    try:
        found = place.examine()
        assert found.code == 0, found.json
        assert {"endpoint /register", SERVER, "discovery openid-configuration", "provider PKCE"} <= found.those("ok")
        place.proxy.answers = on(to(METADATA), lambda answer: answer.put(issuer=place.proxy.base + "/"))
        assert place.examine().those("failed") == {SERVER}
        remote_place.provider.changes["code_challenge_methods_supported"] = None
        found = place.examine(OAUTH_CLIENT_ID=None, OAUTH_CLIENT_SECRET=None)
        assert "OAUTH_CLIENT_ID" in found["provider clients"] and "provider PKCE" in found.those("ok")
    finally:
        place.close()


# A person's token

NOW = int(time.time())
TOKENS: dict[str, tuple[Callable[[IdentityProvider], str], str, str]] = {
    "no JWT": (lambda p: "opaque-token-of-the-provider-91f2", "token form", "OAUTH_INTROSPECTION_URL"),
    "encrypted": (lambda p: "e30.e30.e30.e30.e30", "token form", "encrypted"),
    "unsigned": (lambda p: joined({"alg": "none"}, p.claims(), lambda _: b""), "token form", "algorithm"),
    "a slash in iss": (lambda p: p.token(iss=p.issuer + "/"), "token issuer (iss)", "differ by the slash"),
    "another iss": (lambda p: p.token(iss="https://login.example"), "token issuer (iss)", "is not trusted"),
    "no iss": (lambda p: p.token(iss=None), "token issuer (iss)", "it is missing"),
    "another type": (lambda p: p.token({"typ": "dpop+jwt"}), "token type (typ)", "dpop+jwt"),
    "an ID token": (lambda p: p.token(nonce="n-1"), "token kind", "nonce"),
    "another aud": (lambda p: p.token(aud=["account", "api://other"]), "token audience (aud)", "account, api://other"),
    "no aud": (lambda p: p.token(aud=None), "token audience (aud)", "OAUTH_AUDIENCE_CLAIM"),
    "no person": (lambda p: p.token(sub=None), "token subject (sub)", "who it is for"),
    "expired": (lambda p: p.token(exp=NOW - 3600), "token times (exp, nbf, iat)", "expired"),
    "no scope of ours": (lambda p: p.token(scope="openid profile"), "token scopes", "OAUTH_SCOPE_MAP"),
    "another key": (lambda p: SigningKey("ES256", "elsewhere").token(p.claims()), "token signature", "no key"),
    "a wrong signature": (lambda p: p.token()[:-8] + "AAAAAAAA", "token signature", "it is wrong"),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_each_fault_of_a_token_is_told_by_its_claim(remote_place: Place, kind: str) -> None:
    make, name, word = TOKENS[kind]
    token = make(remote_place.provider)
    done = remote_place.run("validate", "--credentials", "--json", "--token", token)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1 and not checks[name]["ok"], checks
    assert word in checks[name]["detail"] + checks[name]["remedy"], checks[name]
    assert {each for each, check in checks.items() if not check["ok"]} == {name}, checks
    assert token not in done.stdout + done.stderr


def test_clients_that_are_not_allowed_are_told(remote_place: Place) -> None:
    done = remote_place.run("validate", "--credentials", "--token", remote_place.provider.token(), OAUTH_ALLOWED_CLIENTS="other")
    assert done.returncode == 1 and "✗ token client: claude" in done.stdout and "OAUTH_ALLOWED_CLIENTS" in done.stdout


def test_a_token_is_asked_about_where_it_would_be(remote_place: Place) -> None:
    provider = remote_place.provider
    opaque = "opaque-token-of-the-provider-91f2"
    provider.opaque[opaque] = provider.claims() | {"active": True}
    settings = {"OAUTH_INTROSPECTION_URL": provider.issuer + "/introspect"}
    done = remote_place.run("validate", "--credentials", "--token", opaque, **settings)
    assert done.returncode == 0 and "✓ token introspection" in done.stdout and opaque not in done.stdout, done.stdout
    done = remote_place.run("validate", "--credentials", "--token", opaque + "-of-yesterday", **settings)
    assert done.returncode == 1 and "✗ token introspection" in done.stdout and "not active" in done.stdout
    provider.broken["/introspect"] = 500
    done = remote_place.run("validate", "--credentials", "--token", opaque, **settings)
    assert done.returncode == 1 and "Check OAUTH_INTROSPECTION_URL" in done.stdout
    assert "provider keys" in remote_place.examine(**settings).those("ok")


@pytest.mark.parametrize("kind, word", [("oert", "refresh token"), ("oeac", "code"), ("other", "no access token of this server")])
def test_what_is_no_access_token_of_ours_is_told(login: Place, kind: str, word: str) -> None:
    done = login.run("validate", "--credentials", "--token", f"{kind}_" + "A" * 73)
    assert done.returncode == 1 and word in done.stdout and "AAAA" not in done.stdout, done


# `validate`


def test_validate_takes_the_base_or_the_mcp_address_in_both_modes(login: Place, remote_place: Place) -> None:
    for place in (login, remote_place):
        for address in ([], [place.proxy.base], [place.proxy.base + "/mcp"], [place.proxy.base + "/mcp/"]):
            done = place.run("validate", *address, "--discovery")
            assert done.returncode == 0 and done.stdout.count("✓ discovery") >= 4, done.stdout
        place.proxy.answers = on(to(PRM + "/mcp"), lambda answer: answer.put(resource="https://internal.example/mcp"))
        done = place.run("validate", "--discovery")
        assert done.returncode == 1 and done.stdout.count("✗") == 1 and "internal.example" in done.stdout


def test_validate_checks_all_with_a_token(remote_place: Place) -> None:
    done = remote_place.run("validate", "--all", "--token", remote_place.provider.token())
    assert done.returncode == 0, done.stdout
    for name in ("settings", "ovaledge", "token signature", "discovery", "mcp", "mcp tools"):
        assert f"✓ {name}" in done.stdout, name
    done = remote_place.run("validate", "--all")
    assert done.returncode == 1 and "✗ credentials: no access token" in done.stdout and "✗ mcp: no access token" in done.stdout


def test_validate_asks_a_server_elsewhere_with_a_token_alone(remote_place: Place) -> None:
    token = remote_place.provider.token()
    nothing = {name: None for name in remote_place.settings}
    done = remote_place.run("validate", remote_place.proxy.base, "--all", "--token", token, **nothing)
    assert done.returncode == 0 and "✓ mcp tools" in done.stdout and "✗" not in done.stdout, done.stdout


def test_validate_checks_all_with_a_token_of_our_own(login: Place, catalog: StandIn) -> None:
    visitor = Visitor(login.server, login.proxy.base)
    token = App(visitor).register().connect(Person(visitor, next(iter(catalog.credentials))))["access_token"]
    done = login.run("validate", "--all", "--token", token)
    assert done.returncode == 0 and "✓ token form" in done.stdout and "✓ mcp tools" in done.stdout, done.stdout
    found = login.examine("--token", token)
    assert found.code == 0 and {"token form", "sign-in", "descriptions", "one call"} <= found.those("ok"), found.json
    assert token not in found.out and token not in login.server.log
