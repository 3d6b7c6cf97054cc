"""The sign-in with a page of our own, as Claude goes through it: in 2025, in 2026, and what a person can do wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from http_program import INITIALIZE, HTTPProgram, Reply
from network import OPENSSL, Authority, free_port
from stand_in import StandIn

CALLBACK = "https://claude.ai/api/mcp/auth_callback"
PAIR = ("petra-token-5f1c", "petra-secret-90ae")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BACKEND = {"Accept": "*/*", "User-Agent": "python-httpx/0.27.0", "MCP-Protocol-Version": "2024-11-05"}
READ_CALL = {
    "jsonrpc": "2.0",
    "id": 5,
    "method": "tools/call",
    "params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}},
}


class Page(HTMLParser):
    """The forms of a page, its text, and where it goes on to."""

    def __init__(self, text: str):
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.links: list[str] = []
        self.refresh: str | None = None
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        assert tag != "script", self.text
        if tag == "form":
            self.forms.append({"": of["action"]})
        elif tag == "input" and "name" in of and of["type"] == "hidden":
            self.forms[-1][of["name"]] = of["value"]
        elif tag == "a":
            self.links.append(of["href"])
        elif tag == "meta" and of.get("http-equiv") == "refresh":
            self.refresh = of["content"].split("url=", 1)[1]

    def form(self, decision: str) -> dict[str, str]:
        return next({n: v for n, v in form.items() if n} for form in self.forms if form.get("decision") == decision)


class Browser:
    """Cookies, forms and the fields that browsers send; `site` is whose page a request comes from."""

    def __init__(self, server: HTTPProgram):
        self.server = server
        self.cookies: dict[str, str] = {}

    def go(self, method: str, path: str, form: dict[str, str] | None = None, **fields: str) -> Reply:
        headers = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        headers |= {"Sec-Fetch-Site": "cross-site"} if form is None else self.own | FORM
        headers |= {name.replace("_", "-"): value for name, value in fields.items()}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = self.server.connection()
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or []:
                for name, morsel in SimpleCookie(line).items():
                    assert morsel["httponly"] and morsel["samesite"] == "Lax" and morsel["path"] == "/"
                    self.cookies[name] = morsel.value
                    if morsel["max-age"] == "0":
                        del self.cookies[name]
            return Reply(response)
        finally:
            connection.close()

    @property
    def own(self) -> dict[str, str]:
        return {"Sec-Fetch-Site": "same-origin", "Origin": self.server.base}


class Client:
    """What Claude's backend does, with values of its own."""

    def __init__(self, server: HTTPProgram, redirect: str = CALLBACK):
        self.server = server
        self.redirect = redirect
        self.state = secrets.token_urlsafe(24)
        self.verifier = secrets.token_urlsafe(32)
        self.challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        self.id = ""

    def register(self, **changed: object) -> Reply:
        metadata = {
            "client_name": "claudeai",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "scope": "claudeai",
            "redirect_uris": [self.redirect],
        }
        headers = {"Content-Type": "application/json"} | BACKEND
        reply = self.server.ask("POST", "/register", headers, metadata | changed)
        if reply.status == 201:
            self.id = reply.json["client_id"]
        return reply

    def query(self, **changed: str) -> dict[str, str]:
        parameters = {
            "response_type": "code", "client_id": self.id, "redirect_uri": self.redirect, "scope": "claudeai",
            "code_challenge": self.challenge, "code_challenge_method": "S256", "state": self.state,
        }  # fmt: skip
        return {name: value for name, value in (parameters | changed).items() if value}

    def link(self, **changed: str) -> str:
        return "/authorize?" + urlencode(self.query(**changed))

    def post(self, path: str, form: dict[str, str], **headers: str) -> Reply:
        connection = self.server.connection()
        try:
            connection.request("POST", path, urlencode(form), FORM | BACKEND | headers)
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def exchange(self, code: str, **changed: str) -> Reply:
        form = {
            "grant_type": "authorization_code", "code": code, "client_id": self.id, "code_verifier": self.verifier,
            "redirect_uri": self.redirect,
        }  # fmt: skip
        return self.post("/token", form | changed)

    def refresh(self, token: str, **changed: str) -> Reply:
        return self.post("/token", {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.id} | changed)


@pytest.fixture
def login(serve: Callable[..., HTTPProgram], ovaledge: StandIn, tmp_path: Path) -> Callable[..., HTTPProgram]:
    """Serve with a page of our own; nothing secret is in any log."""
    ovaledge.refusal = 401
    keys = tmp_path / "oauth.keys"
    keys.write_text("5c" * 32 + "\n")
    keys.chmod(0o600)

    def start(*arguments: str, **settings: object) -> HTTPProgram:
        port = free_port()
        usual = {
            "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", "OAUTH_KEY_FILE": keys,
            "OAUTH_STORE": "memory", "OVALEDGE_BASE_URL": ovaledge.base_url, "OVALEDGE_ALLOW_WRITES": "descriptions",
        }  # fmt: skip
        return serve(*arguments, port=port, **(usual | settings))

    yield start
    for program in serve.running:
        program.__exit__()
        program.end_of_log()
        assert not re.search(r"oe(ac|at|rt)_|petra-secret|petra-token|wrong-secret|static-secret|csrf|state=", program.log), program.log


def sign_in(browser: Browser, page: Page, pair: tuple[str, str] = PAIR, **changed: str) -> Reply:
    form = page.form("allow") | {"user_token": pair[0], "user_secret": pair[1]}
    return browser.go("POST", "/authorize", form | changed)


def answer_of(browser: Browser, reply: Reply) -> dict[str, str]:
    """Follows to the page that leads back, and gives the parameters of the answer."""
    assert reply.status == 303, reply.body
    location = reply.headers["location"]
    assert location.startswith(browser.server.base + "/authorize/done?")
    assert not re.search("code=|state=|error=", location)
    path = location.removeprefix(browser.server.base)
    done = browser.go("GET", path, Sec_Fetch_Site="same-origin")
    assert done.status == 200 and done.headers["cache-control"] == "no-store"
    page = Page(done.body.decode())
    target = page.refresh or page.links[0]
    assert target in page.links
    again = browser.go("GET", path)
    assert again.status in (400, 410) and b"code=" not in again.body
    parameters = parse_qs(urlsplit(target).query, strict_parsing=True)
    assert all(len(values) == 1 for values in parameters.values())
    return {name: values[0] for name, values in parameters.items()}


def connected(server: HTTPProgram, *ticked: str, **query: str) -> tuple[Client, dict]:
    client, browser = Client(server), Browser(server)
    assert client.register().status == 201
    page = Page(browser.go("GET", client.link(**query)).body.decode())
    answer = answer_of(browser, sign_in(browser, page, **dict.fromkeys(ticked, "on")))
    tokens = client.exchange(answer["code"])
    assert tokens.status == 200, tokens.body
    return client, tokens.json


def test_the_flow_of_2025_works_in_all_its_eight_steps(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    metadata = server.ask("GET", "/.well-known/oauth-authorization-server", BACKEND).json
    assert metadata["issuer"] == server.base and metadata["code_challenge_methods_supported"] == ["S256"]
    registration = client.register()
    assert registration.status == 201 and registration.json["redirect_uris"] == [CALLBACK]
    shown = browser.go("GET", client.link(), Referer="https://claude.ai/")
    assert shown.status == 200
    page = Page(shown.body.decode())
    assert "claude.ai" in page.text and "self-registered, unverified" in page.text and client.state not in page.text
    answer = answer_of(browser, sign_in(browser, page))
    assert answer == {"code": answer["code"], "state": client.state, "iss": server.base}
    assert server.ask("GET", "/.well-known/oauth-authorization-server", BACKEND).json == metadata
    tokens = client.exchange(answer["code"])
    assert tokens.status == 200 and tokens.headers["cache-control"] == "no-store"
    assert tokens.json["token_type"] == "Bearer" and tokens.json["scope"] == "ovaledge:read"
    again = client.refresh(tokens.json["refresh_token"])
    assert again.status == 200 and again.json["refresh_token"] != tokens.json["refresh_token"]
    bearer = {"Authorization": f"Bearer {again.json['access_token']}"}
    stream = server.ask("GET", "/", {"Accept": "text/event-stream"} | bearer)
    assert stream.status in (200, 405)
    assert server.post(INITIALIZE, bearer).status == 200
    assert server.post(INITIALIZE, {"Authorization": f"bearer {tokens.json['access_token']}"}).status == 200


def test_the_flow_of_2026_works_with_challenge_and_resource(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    refused = server.post(INITIALIZE)
    assert refused.status == 401
    challenge = refused.headers["www-authenticate"]
    metadata = re.search('resource_metadata="([^"]*)"', challenge)[1]
    scope = re.search('scope="([^"]*)"', challenge)[1]
    assert "error=" not in challenge and scope == "ovaledge:read ovaledge:write"
    assert server.ask("GET", "/mcp").status == 401
    resource = server.ask("GET", metadata.removeprefix(server.base)).json
    assert resource["resource"] == server.address and resource["authorization_servers"] == [server.base]
    root = server.ask("GET", "/.well-known/oauth-protected-resource").json
    assert root["resource"] == server.base
    client, browser = Client(server), Browser(server)
    assert client.register().json["client_id"] == client.register().json["client_id"]
    for name in (server.address, server.base, server.address.replace("http:", "HTTP:") + "/"):
        page = Page(browser.go("GET", client.link(scope=scope, resource=name)).body.decode())
        answer = answer_of(browser, sign_in(browser, page, scope_write="on"))
        tokens = client.exchange(answer["code"], resource=name)
        assert tokens.status == 200 and tokens.json["scope"] == scope, tokens.body
        bearer = {"Authorization": f"Bearer {tokens.json['access_token']}", "User-Agent": "Claude-User"}
        assert server.post(INITIALIZE, bearer).status == 200


def test_what_is_not_ticked_is_not_granted_and_hidden(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    scope = "ovaledge:read ovaledge:write"
    bearers, names = [], []
    for ticked in ([], ["scope_write"]):
        _, tokens = connected(server, *ticked, scope=scope)
        bearers.append({"Authorization": f"Bearer {tokens['access_token']}", "MCP-Protocol-Version": "2025-06-18"})
        listed = server.post({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}}, bearers[-1])
        names.append({tool["name"] for tool in listed.json["result"]["tools"]})
    assert names[0] < names[1]
    params = {"name": min(names[1] - names[0]), "arguments": {}}
    call = {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params}
    refused, served = (server.post(call, bearer) for bearer in bearers)
    assert refused.status == 403 and served.status == 200
    challenge = refused.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge and f'scope="{scope}"' in challenge
    assert "tick write" in refused.body.decode()
    assert server.post(READ_CALL, bearers[0]).status == 200


def test_a_wrong_secret_is_told_on_the_page_and_the_sixth_time_refused(
    login: Callable[..., HTTPProgram], ovaledge: StandIn
) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    client.register()
    page = Page(browser.go("GET", client.link()).body.decode())
    for _ in range(5):
        reply = sign_in(browser, page, (PAIR[0], "wrong-secret"))
        assert reply.status == 200 and b'role="alert"' in reply.body and b"wrong-secret" not in reply.body
        page = Page(reply.body.decode())
    sixth = sign_in(browser, page, PAIR)
    assert sixth.status == 429 and int(sixth.headers["retry-after"]) > 0
    assert "access-control-allow-origin" not in sixth.headers


def test_ovaledge_that_is_down_is_a_page_to_try_again_from(
    login: Callable[..., HTTPProgram], ovaledge: StandIn
) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    client.register()
    page = Page(browser.go("GET", client.link()).body.decode())
    ovaledge.stop()
    reply = sign_in(browser, page)
    assert reply.status == 503 and "retry-after" in reply.headers
    ovaledge.start()
    assert "code" in answer_of(browser, sign_in(browser, Page(reply.body.decode())))


def test_only_the_page_of_this_browser_decides(login: Callable[..., HTTPProgram], ovaledge: StandIn) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    client.register()
    page = Page(browser.go("GET", client.link()).body.decode())
    stranger = Browser(server)
    assert sign_in(stranger, page).status == 400
    stranger.go("GET", client.link())
    assert sign_in(stranger, page).status == 400
    assert sign_in(browser, page, csrf="A" * 43).status == 403
    filled = page.form("allow") | {"user_token": PAIR[0], "user_secret": PAIR[1]}
    assert browser.go("POST", "/authorize", filled, Origin="https://evil.test").status == 403
    assert browser.go("POST", "/authorize", filled, Sec_Fetch_Site="cross-site").status == 403
    assert browser.go("POST", "/authorize", filled, Origin="null", Sec_Fetch_Site="none").status == 403
    assert ovaledge.exchanges == 0
    injected = filled | {"redirect_uri": "https://evil.test/cb", "client_id": "evil", "scope": "ovaledge:write"}
    answer = answer_of(browser, browser.go("POST", "/authorize/decision", injected, Origin="null"))
    tokens = client.exchange(answer["code"])
    assert tokens.json["scope"] == "ovaledge:read"


def test_cancel_says_so_to_the_client(login: Callable[..., HTTPProgram], ovaledge: StandIn) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    client.register()
    page = Page(browser.go("GET", client.link()).body.decode())
    answer = answer_of(browser, browser.go("POST", "/authorize", page.form("deny")))
    assert answer["error"] == "access_denied" and answer["iss"] == server.base and answer["state"] == client.state
    assert sign_in(browser, page).status in (400, 410)
    assert ovaledge.exchanges == 0


def test_requests_that_are_wrong_go_nowhere_or_back_with_an_error(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    client.register()
    for changed in (
        {"client_id": client.id[:-1] + ("A" if client.id[-1] != "A" else "B")},
        {"redirect_uri": "https://evil.test/cb", "response_type": "token"},
        {"redirect_uri": ""},
    ):
        reply = browser.go("GET", client.link(**changed))
        assert reply.status == 400 and "location" not in reply.headers and b"<main>" in reply.body
    twice = browser.go("GET", client.link() + "&redirect_uri=" + CALLBACK)
    assert twice.status == 400 and "location" not in twice.headers
    for changed, error in (
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": client.challenge[:-1]}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"resource": "https://other.test/mcp"}, "invalid_target"),
        ({"prompt": "none"}, "login_required"),
    ):
        reply = browser.go("GET", client.link(**changed))
        assert reply.status == 303
        answer = parse_qs(urlsplit(reply.headers["location"]).query)
        assert answer["error"] == [error] and answer["state"] == [client.state] and answer["iss"] == [server.base]


def test_pages_are_kept_to_themselves(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    client.register(client_name='<b onclick="x">\u202eevil</b>')
    reply = browser.go("GET", client.link(state='"><script>alert(1)</script>'))
    policy = reply.headers["content-security-policy"]
    style = re.search("<style>(.*?)</style>", reply.body.decode(), re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert reply.headers["x-frame-options"] == "DENY" and reply.headers["referrer-policy"] == "same-origin"
    assert reply.headers["cache-control"] == "no-store" and "access-control-allow-origin" not in reply.headers
    assert b"<b onclick" not in reply.body and "\u202e" not in reply.body.decode()
    Page(reply.body.decode())


def test_connections_show_and_end_what_was_granted(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client, tokens = connected(server)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert server.post(INITIALIZE, bearer).status == 200
    browser = Browser(server)
    first = Page(browser.go("GET", "/connections").body.decode())
    hidden = {name: value for name, value in first.forms[0].items() if name}
    pair = {"user_token": PAIR[0], "user_secret": PAIR[1]}
    nothing = browser.go("POST", "/connections", hidden | pair | {"user_secret": "wrong-secret"})
    assert b"claudeai" not in nothing.body
    shown = browser.go("POST", "/connections", hidden | pair)
    assert shown.status == 200 and b"claudeai" in shown.body
    grant = re.search(r'name="revoke" value="([^"]{22})"', shown.body.decode())[1]
    assert browser.go("POST", "/connections", hidden | {"revoke": grant}, Origin="https://evil.test").status == 403
    ended = browser.go("POST", "/connections", hidden | {"revoke": grant})
    assert ended.status == 200 and b"claudeai" not in ended.body
    refused = server.post(INITIALIZE, bearer)
    assert refused.status == 401 and 'error="invalid_token"' in refused.headers["www-authenticate"]
    assert client.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_client_revokes_its_own_tokens_only(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client, tokens = connected(server)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    other = Client(server, "http://127.0.0.1/callback")
    other.register()
    assert other.post("/revoke", {"token": tokens["refresh_token"], "client_id": other.id}).status == 200
    assert server.post(INITIALIZE, bearer).status == 200
    assert client.post("/revoke", {"token": tokens["refresh_token"], "client_id": client.id}).status == 200
    assert server.post(INITIALIZE, bearer).status == 401


def test_endpoints_for_programs_are_strict(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client = Client(server)
    client.register()
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": client.id}
    assert server.ask("POST", "/token", {"Content-Type": "application/json"}, form).json["error"] == "invalid_request"
    assert client.post("/token?grant_type=refresh_token", form).json["error"] == "invalid_request"
    assert client.post("/token", form, **{"Content-Type": FORM["Content-Type"] + ", text/plain"}).status == 400
    assert client.post("/token", form | {"client_secret": "x"}).status == 401
    assert client.post("/token", form | {"client_id": "unknown"}).json["error"] == "invalid_client"
    assert client.post("/token", form | {"grant_type": "client_credentials"}).json["error"] == "unsupported_grant_type"
    long = server.ask("POST", "/register", {"Content-Type": "application/json"}, {"client_name": "x" * 17_000})
    assert 400 <= long.status < 500
    wrong = server.ask("GET", "/token")
    assert wrong.status == 405 and wrong.headers["allow"] == "POST"
    for path in ("", "/mcp"):
        assert server.ask("GET", f"/.well-known/openid-configuration{path}").status == 404
    reply = client.post("/token", form, Origin="https://inspector.example")
    assert reply.headers["access-control-allow-origin"] == "*"
    evil = client.register(redirect_uris=["https://evil.test/cb"])
    assert evil.status == 400 and evil.json["error"] == "invalid_redirect_uri"
    three = ["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback", "https://evil.test/cb"]
    assert client.register(redirect_uris=three).json["redirect_uris"] == three[:2]


def test_a_client_with_a_secret_proves_itself_as_it_registered(login: Callable[..., HTTPProgram]) -> None:
    server = login()
    client, browser = Client(server), Browser(server)
    registration = client.register(token_endpoint_auth_method=None).json
    assert registration["token_endpoint_auth_method"] == "client_secret_basic"
    assert registration["client_secret_expires_at"] == 0
    page = Page(browser.go("GET", client.link()).body.decode())
    code = answer_of(browser, sign_in(browser, page))["code"]
    assert client.exchange(code).status == 401
    assert client.exchange(code, client_secret=registration["client_secret"]).status == 401
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": client.verifier}
    pair = base64.b64encode(f"{client.id}:{registration['client_secret']}".encode()).decode()
    assert client.post("/token", form, Authorization=f"Basic {pair}").status == 200


def test_behind_a_proxy_with_tls_everything_is_named_by_its_public_address(login: Callable[..., HTTPProgram]) -> None:
    server = login(MCP_PUBLIC_BASE_URL="https://mcp.example.com")
    plain = {"Host": "mcp.example.com", "X-Forwarded-Host": "evil.test"}
    secure = plain | {"X-Forwarded-Proto": "https"}
    metadata = server.ask("GET", "/.well-known/oauth-authorization-server", secure).json
    assert metadata["issuer"] == "https://mcp.example.com" and "evil" not in json.dumps(metadata)
    challenge = server.post(INITIALIZE, secure).headers["www-authenticate"]
    assert 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"' in challenge
    body = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
    json_type = {"Content-Type": "application/json"}
    assert server.ask("POST", "/register", plain | json_type, body).json["error"] == "tls_required"
    client = Client(server)
    client.id = server.ask("POST", "/register", secure | json_type, body).json["client_id"]
    page = server.ask("GET", client.link(), secure)
    assert page.status == 200 and page.headers["set-cookie"].startswith("__Host-oe_txn_")
    assert page.headers["strict-transport-security"] and b"mcp.example.com" in page.body
    assert server.ask("GET", client.link(), secure | {"Host": "evil.test"}).status == 403


def clients_file(folder: Path, *clients: dict) -> Path:
    path = folder / "clients.json"
    path.write_text(json.dumps(clients))
    return path


COPILOT = {
    "client_id": "copilot-studio",
    "client_name": "Copilot Studio",
    "client_secret_sha256": hashlib.sha256(b"static-secret-77aa").hexdigest(),
    "redirect_uris": ["https://global.consent.azure-apim.net/redirect/tool-1"],
    "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
}


def test_a_client_that_is_set_by_hand_brings_its_secret(login: Callable[..., HTTPProgram], tmp_path: Path) -> None:
    server = login(OAUTH_STATIC_CLIENTS=clients_file(tmp_path, COPILOT), OAUTH_DCR="off", OAUTH_CIMD="off")
    metadata = server.ask("GET", "/.well-known/oauth-authorization-server").json
    assert "registration_endpoint" not in metadata and not metadata["client_id_metadata_document_supported"]
    client, browser = Client(server, COPILOT["redirect_uris"][0]), Browser(server)
    assert client.register().status == 403
    client.id = COPILOT["client_id"]
    page = Page(browser.go("GET", client.link()).body.decode())
    assert "operator of this server" in page.text and "Copilot Studio" in page.text
    code = answer_of(browser, sign_in(browser, page))["code"]
    wrong = base64.b64encode(b"copilot-studio:wrong-secret").decode()
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": client.verifier}
    refused = client.post("/token", form, Authorization=f"Basic {wrong}")
    assert refused.status == 401 and refused.headers["www-authenticate"].startswith("Basic")
    assert client.exchange(code).status == 401
    assert client.exchange(code, client_secret="static-secret-77aa").status == 200
    own = {"grant_type": "client_credentials", "client_id": client.id, "client_secret": "static-secret-77aa"}
    assert client.post("/token", own).json["error"] == "unsupported_grant_type"


def test_agents_get_tokens_of_their_own_only_where_that_is_switched_on(
    login: Callable[..., HTTPProgram], tmp_path: Path
) -> None:
    server = login(
        OAUTH_STATIC_CLIENTS=clients_file(tmp_path, COPILOT), OAUTH_CLIENT_CREDENTIALS="true",
        OVALEDGE_USER_TOKEN=PAIR[0], OVALEDGE_USER_SECRET=PAIR[1],
    )  # fmt: skip
    assert "client_credentials" in server.ask("GET", "/.well-known/oauth-authorization-server").json["grant_types_supported"]
    client = Client(server)
    own = {"grant_type": "client_credentials", "client_id": COPILOT["client_id"], "client_secret": "static-secret-77aa"}
    tokens = client.post("/token", own | {"scope": "ovaledge:read"})
    assert tokens.status == 200 and "refresh_token" not in tokens.json
    assert server.post(READ_CALL, {"Authorization": f"Bearer {tokens.json['access_token']}"}).status == 200
    client.register()
    stranger = client.post("/token", {"grant_type": "client_credentials", "client_id": client.id})
    assert stranger.json["error"] == "unauthorized_client"


def test_keys_and_sign_ins_outlive_the_program(login: Callable[..., HTTPProgram], tmp_path: Path) -> None:
    settings = {"OAUTH_STORE": f"file:{tmp_path / 'sign-ins'}"}
    server = login(**settings)
    client, tokens = connected(server)
    base = server.base
    server.end()
    again = login(**(settings | {"MCP_PUBLIC_BASE_URL": base}))
    client.server = again
    assert again.post(INITIALIZE, {"Authorization": f"Bearer {tokens['access_token']}"}).status == 200
    assert client.refresh(tokens["refresh_token"]).status == 200


def test_settings_that_would_let_others_in_are_refused(run: Callable[..., object], tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("5c" * 32 + "\n")
    keys.chmod(0o600)
    settings = {
        "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": "https://mcp.example.com", "OAUTH_KEY_FILE": keys,
        "OAUTH_STORE": "memory", "OVALEDGE_BASE_URL": "http://127.0.0.1:9", "MCP_HTTP_HOST": "0.0.0.0",
    }  # fmt: skip
    ended = run("--set", "OAUTH_TEST_CLOCK_FILE=/dev/null", "--port", "0", **settings)
    assert ended.returncode != 0 and "OAUTH_TEST_CLOCK_FILE" in ended.stderr
    keys.chmod(0o640)
    ended = run("--port", "0", **settings)
    assert ended.returncode != 0 and "OAUTH_KEY_FILE" in ended.stderr
    keys.chmod(0o600)
    ended = run("--port", "0", **settings, OAUTH_REDIRECT_ALLOW="http://chat.example.com/callback")
    assert ended.returncode != 0 and "OAUTH_REDIRECT_ALLOW" in ended.stderr
    ended = run("--port", "0", **(settings | {"MCP_PUBLIC_BASE_URL": "http://mcp.example.com"}))
    assert ended.returncode != 0 and "MCP_PUBLIC_BASE_URL" in ended.stderr


class Publisher:
    """Serves documents over TLS, each at a path, and remembers what was asked."""

    def __init__(self, certificate: Path, key: Path):
        self.documents: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked.append(self.path)
                status, fields, body = publisher.documents.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in (fields | {"Content-Length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.place = f"127.0.0.1:{self.server.server_address[1]}"

    def publish(self, path: str, document: dict | bytes, status: int = 200, **fields: str) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.documents[path] = (status, {"Content-Type": "application/json"} | fields, body)


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[tuple[Publisher, Path]]:
    authority = Authority(tmp_path / "authority", "publisher")
    publisher = Publisher(*authority.certificate("app", "app.example.test"))
    yield publisher, authority.bundle
    publisher.server.shutdown()
    publisher.server.server_close()


@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl to sign certificates with")
def test_a_client_that_has_a_document_is_known_by_it(
    login: Callable[..., HTTPProgram], publisher: tuple[Publisher, Path]
) -> None:
    web, bundle = publisher
    places = f"app.example.test={web.place},bad.example.test={web.place},inside.example.test=10.0.0.1"
    server = login("--set", f"OAUTH_TEST_RESOLVE={places}", OAUTH_CA_BUNDLE=bundle)
    assert server.ask("GET", "/.well-known/oauth-authorization-server").json["client_id_metadata_document_supported"]
    client, browser = Client(server, "http://127.0.0.1:5555/callback"), Browser(server)
    client.id = "https://app.example.test/client.json"
    document = {
        "client_id": client.id, "client_name": "App", "redirect_uris": ["http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
    }  # fmt: skip
    web.publish("/client.json", document)
    page = Page(browser.go("GET", client.link()).body.decode())
    assert "published by app.example.test" in page.text and "a program on this computer" in page.text
    answer = answer_of(browser, sign_in(browser, page))
    tokens = client.exchange(answer["code"])
    assert tokens.status == 200 and "refresh_token" in tokens.json
    assert web.asked == ["/client.json"]
    web.publish("/moved", b"", 302, Location="https://app.example.test/client.json")
    web.publish("/long", document | {"client_id": "https://app.example.test/long", "x": "y" * 6000})
    only_keys = {"client_id": "https://app.example.test/keys", "token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    web.publish("/keys", document | only_keys)
    web.publish("/slash", document)
    for path in ("/moved", "/long", "/keys", "/slash", "/missing"):
        reply = browser.go("GET", client.link(client_id=f"https://app.example.test{path}"))
        assert reply.status == 400 and "location" not in reply.headers, path
    # Its certificate is for another name; its address is in a private network.
    asked = len(web.asked)
    for host in ("bad.example.test", "inside.example.test", "localhost"):
        assert browser.go("GET", client.link(client_id=f"https://{host}/client.json")).status == 400
    assert len(web.asked) == asked
