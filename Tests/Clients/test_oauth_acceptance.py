"""The sign-in page of `oe-mcp-http` and everything around it, as its contract lists it: what goes in, and what must come out."""

from __future__ import annotations

import base64
import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from documents import Document, Documents
from http_program import INITIALIZE, PING, wait_until
from oauth_flow import (
    BASE, BOTH, CALLBACK, CHANGE, CURSOR, FIND, LIST, LOOPBACK, METADATA, PRM, READ, WRITE, Answer, App, Page, Person, Visitor,
    challenge, filled, is_page, told,
)  # fmt: skip
from oauth_secrets import betrayals
from oauth_servers import SignIn, app, documents, key_file, listed, signing_in, site  # noqa: F401
from redis_server import REDIS, Redis
from stand_in import StandIn
from wire import ROOT

sys.path.insert(0, str(ROOT / "Tests/Attack"))
import needles  # noqa: E402

@pytest.fixture
def ovaledge() -> Iterator[StandIn]:
    """The token and the secret are recognised in any encoding."""
    with StandIn(token=needles.USER_TOKEN, secret=needles.USER_SECRET) as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def quiet(serve, ovaledge: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No answer and no log holds what a person typed, and no log holds what was issued."""
    answers: list[Answer] = []
    first = Answer.__init__

    def remember(self: Answer, response: object) -> None:
        first(self, response)
        answers.append(self)

    monkeypatch.setattr(Answer, "__init__", remember)
    yield
    for program in serve.running:
        program.__exit__()
        program.end_of_log()
    logs = "".join(program.log for program in serve.running).encode()
    typed = {place: name for secret in needles.SECRETS for place, name in needles.of(secret).items()}
    told = b"\n".join(str(answer.fields).encode() + answer.body for answer in answers)
    for place, name in typed.items():
        assert place not in logs and place not in told, name
    handed = set(re.findall(rb"oe(?:ac|at|rt)_[\w-]{60,}", told)) | {token.encode() for token in ovaledge.tokens}
    for each in handed:
        assert each not in logs, logs
    assert not re.search(rb"oe(?:ac|at|rt)_|eyJ|code=|state=|__Host-oe_txn_[^ ]*=", logs), logs


# Discovery


# Check 1
def test_a_request_without_a_token_is_challenged(site: SignIn) -> None:
    for path in ("/mcp", "/mcp/"):
        for method in ("POST", "GET", "DELETE", "HEAD"):
            answer = site.visitor.ask(method, path, "{}" if method == "POST" else None)
            assert answer.status == 401, (method, path, answer)
            assert told(answer) == {"resource_metadata": f"{BASE}{PRM}/mcp", "scope": BOTH}, (method, path)
    for answer in (site.visitor.send(PING, target="/"), site.visitor.get("/", Accept="text/event-stream")):
        assert answer.status == 401 and "error" not in told(answer)
        assert site.visitor.get(told(answer)["resource_metadata"]).json["resource"] == BASE


# Check 2
def test_a_token_is_brought_in_one_way_only(site: SignIn, app: App) -> None:
    token = app.connect(site.person())["access_token"]
    visitor = site.visitor
    for scheme in ("bearer", "BEARER", "Bearer"):
        assert visitor.send(PING, {"Authorization": f"{scheme} {token}"}).status == 200
    basic = visitor.send(PING, {"Authorization": "Basic dXNlcjpwYXNz"})
    assert basic.status == 401 and "error" not in told(basic)
    for fields in ({"Authorization": [f"Bearer {token}"] * 2}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {token} x"}):
        answer = visitor.send(PING, fields)
        assert answer.status == 400 and answer.error == "invalid_request", (fields, answer)
    both = visitor.send(PING, {"Authorization": f"Bearer {token}", "X-OvalEdge-Token": "a", "X-OvalEdge-Secret": "b"})
    assert both.status == 400
    for scheme in ("https", "http"):
        query = visitor.send(PING, {"X-Forwarded-Proto": scheme}, f"/mcp?access_token={token}")
        assert query.status == 400 and query.error == "secret_in_query", query


def test_a_bad_token_is_said_to_be_bad(site: SignIn, app: App) -> None:
    token = app.connect(site.person())["access_token"]
    for bad in ("x", token[:-1], token + "A", token.replace("oeat_", "oert_"), token[:-9] + "AAAAAAAAA", "é"):
        answer = site.visitor.call(bad.encode("utf-8").decode("latin-1"))
        assert answer.status in ((400, 401) if not bad.isascii() else (401,)), (bad, answer)
        if answer.status == 401:
            about = told(answer)
            assert about["error"] == "invalid_token" and about["scope"] == BOTH and about["resource_metadata"] == f"{BASE}{PRM}/mcp"


# Check 3
def test_the_resource_describes_itself(site: SignIn) -> None:
    for path, resource in ((f"{PRM}/mcp", f"{BASE}/mcp"), (PRM, BASE)):
        answer = site.visitor.get(path, Origin="https://anywhere.example")
        assert answer.status == 200 and answer["Content-Type"].startswith("application/json")
        assert answer["Access-Control-Allow-Origin"] == "*" and "max-age=300" in answer["Cache-Control"]
        document = answer.json
        document.pop("resource_documentation", None)
        assert document == {
            "resource": resource, "authorization_servers": [BASE], "scopes_supported": [READ, WRITE],
            "bearer_methods_supported": ["header"], "resource_name": "OvalEdge",
        }  # fmt: skip
        head = site.visitor.ask("HEAD", path)
        assert head.status == 200 and head.body == b""
        refused = site.visitor.send({}, target=path)
        assert refused.status == 405 and "GET" in refused["Allow"]


# Check 4
def test_the_authorization_server_describes_itself(site: SignIn) -> None:
    answer = site.visitor.get(METADATA)
    assert answer.status == 200 and answer["Access-Control-Allow-Origin"] == "*"
    document = answer.json
    document.pop("client_id_metadata_document_supported", None)
    methods = ["none", "client_secret_post", "client_secret_basic"]
    assert document == {
        "issuer": BASE, "authorization_endpoint": f"{BASE}/authorize", "token_endpoint": f"{BASE}/token",
        "registration_endpoint": f"{BASE}/register", "revocation_endpoint": f"{BASE}/revoke",
        "response_types_supported": ["code"], "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods, "revocation_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"], "scopes_supported": [READ, WRITE, "offline_access"],
        "authorization_response_iss_parameter_supported": True,
    }  # fmt: skip
    wrong = ["/.well-known/openid-configuration", "/.well-known/openid-configuration/mcp", "/mcp/.well-known/openid-configuration"]
    for path in [*wrong, "/.well-known/anything-else"]:
        missing = site.visitor.get(path)
        assert missing.status == 404 and missing["Content-Type"].startswith("application/json") and missing.json, path


# Check 5
def test_no_address_comes_from_the_request(site: SignIn) -> None:
    for fields in ({"Host": "evil.test"}, {"X-Forwarded-Host": "evil.test"}, {"Forwarded": "host=evil.test;proto=https"}):
        for path in (PRM, f"{PRM}/mcp", METADATA):
            answer = site.visitor.ask("GET", path, headers=fields)
            assert answer.status == 403 or "evil.test" not in answer.text
        challenged = site.visitor.send(PING, fields)
        assert challenged.status == 403 or told(challenged)["resource_metadata"].startswith(BASE)


# Check 6, Check 24
def test_the_flow_of_2025_as_it_was_captured(site: SignIn) -> None:
    backend, person = site.visitor, site.person()
    httpx = {"Accept": "*/*", "User-Agent": "python-httpx/0.27.0", "MCP-Protocol-Version": "2024-11-05"}
    known = backend.ask("GET", METADATA, headers=httpx).json
    assert known["code_challenge_methods_supported"] == ["S256"]
    about = {
        "client_name": "claudeai", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none", "scope": "claudeai", "redirect_uris": [CALLBACK],
    }  # fmt: skip
    registered = backend.ask("POST", "/register", json.dumps(about), httpx | {"Content-Type": "application/json"})
    assert registered.status == 201 and registered.json["redirect_uris"] == [CALLBACK]
    app = site.app()
    app.client_id = registered.json["client_id"]
    back = person.sign_in(app.link(scope="claudeai", resource=None), write=False)
    assert back.keys() == {"code", "state", "iss"} and (back["state"], back["iss"]) == (app.state, BASE)
    assert backend.ask("GET", METADATA, headers=httpx).json == known
    first = app.exchange(back["code"], httpx, resource=None)
    assert first.status == 200 and first["Cache-Control"] == "no-store", first
    assert first.json["token_type"] == "Bearer" and first.json["scope"] == READ and first.json["expires_in"] == 3600
    second = app.refresh(first.json["refresh_token"], httpx)
    assert second.status == 200 and second.json["refresh_token"] != first.json["refresh_token"]
    found = backend.call(second.json["access_token"], FIND, target="/")
    assert found.status == 200 and "raw_loans" in found.text


# Check 6, the last step: what Claude of 2025 took for connected
def test_the_stream_that_the_flow_of_2025_ends_with(site: SignIn, app: App) -> None:
    token = app.connect(site.person())["access_token"]
    stream = site.visitor.get("/", Accept="text/event-stream", Authorization=f"Bearer {token}", Cache_Control="no-store")
    assert stream.status == 200 and stream.is_stream


def test_the_flow_of_2026(site: SignIn) -> None:
    backend, person = site.visitor, site.person()
    probe = [backend.send(INITIALIZE), backend.get("/mcp")]
    assert [answer.status for answer in probe] == [401, 401]
    resource = backend.get(told(probe[0])["resource_metadata"]).json
    known = backend.get(f"{resource['authorization_servers'][0]}{METADATA}").json
    assert known["issuer"] == resource["authorization_servers"][0]
    app = site.app().register(scope=None)
    again = site.app().register(scope=None)
    assert again.client_id == app.client_id
    back = person.sign_in(app.link(scope=" ".join([*resource["scopes_supported"], "offline_access"]), resource=resource["resource"]))
    answer = app.exchange(back["code"], resource=resource["resource"])
    assert answer.status == 200 and answer.json["scope"] == BOTH, answer
    called = backend.call(answer.json["access_token"], INITIALIZE, User_Agent="Claude-User")
    assert called.status == 200 and "serverInfo" in called.text


# Registration


# Check 7
def test_a_client_has_one_id_however_often_it_registers(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in()
    first = site.app().register()
    assert first.secret is None and site.app().register().client_id == first.client_id
    link = first.link()
    site.restart()
    assert site.app().register().client_id == first.client_id
    assert site.person().open(link).asks
    # One bit of each part, which is one letter of the alphabet that is next.
    for place in (len(first.client_id) // 3, len(first.client_id) - 6):
        letter = "A" if first.client_id[place] != "A" else "B"
        changed = first.client_id[:place] + letter + first.client_id[place + 1 :]
        assert is_page(site.person().open(first.link(client_id=changed)), 400)


# Check 8
def test_what_may_be_registered_of_a_list_is_registered(site: SignIn) -> None:
    app = site.app()
    answer = site.visitor.send(app.describe(redirect_uris=[*CURSOR, "https://evil.test/cb"]), target="/register")
    assert answer.status == 201 and answer["Cache-Control"] == "no-store", answer
    about = answer.json
    assert about["redirect_uris"] == CURSOR and about["token_endpoint_auth_method"] == "none"
    assert isinstance(about["client_id_issued_at"], int) and "client_secret" not in about and "registration_client_uri" not in about
    refused = [
        "https://evil.test/cb", "javascript:alert(1)//callback", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x",
        "about:blank", "ws://127.0.0.1/cb", "ftp://127.0.0.1/cb", "http://evil.test/cb", "http://10.0.0.1/cb",
        "https://claude.ai@evil.test/api/mcp/auth_callback", f"{CALLBACK}#x", "https://claude.ai\\@evil.test/api/mcp/auth_callback",
        "https://*.claude.ai/api/mcp/auth_callback", "http://127.0.0.1@evil.test/callback", "http://127.0.0.1%2fevil.test/callback",
        "http://localhost.evil.test/callback", f"{CALLBACK}/", f"{CALLBACK}?x=1", "HTTPS://CLAUDE.AI/api/mcp/auth_callback",
        "https://global.consent.azure-apim.net/redirect/../x", "com.evil.app:/callback", " " + CALLBACK,
    ]  # fmt: skip
    for uri in refused:
        answer = site.visitor.send(app.describe(redirect_uris=[uri]), target="/register")
        assert answer.status == 400 and answer.error == "invalid_redirect_uri" and answer["Access-Control-Allow-Origin"] == "*", (uri, answer)


def test_a_client_with_a_secret_has_to_show_it(site: SignIn) -> None:
    for method in (None, "client_secret_basic", "client_secret_post"):
        app = site.app()
        answer = site.visitor.send(app.describe(token_endpoint_auth_method=method, grant_types=None), target="/register")
        about = answer.json
        assert about["token_endpoint_auth_method"] == method or method is None and about["token_endpoint_auth_method"] == "client_secret_basic"
        assert isinstance(about["client_secret_expires_at"], int)
        assert set(about["grant_types"]) == {"authorization_code", "refresh_token"}
        app.client_id, secret = about["client_id"], about["client_secret"]
        code = site.person().sign_in(app.link())["code"]
        basic = base64.b64encode(f"{app.client_id}:{secret}".encode()).decode()
        wrong = base64.b64encode(f"{app.client_id}:wrong".encode()).decode()
        bare = app.exchange(code)
        assert bare.status == 401 and bare.error == "invalid_client"
        if about["token_endpoint_auth_method"] == "client_secret_basic":
            failed = app.exchange(code, {"Authorization": f"Basic {wrong}"}, client_id=None)
            assert failed.status == 401 and failed.error == "invalid_client" and failed["WWW-Authenticate"].startswith("Basic")
            assert app.exchange(code, client_secret=secret).status == 401
            assert app.exchange(code, {"Authorization": f"Basic {basic}"}, client_id=None).status == 200
        else:
            assert app.exchange(code, client_secret="wrong").error == "invalid_client"
            assert app.exchange(code, client_secret=secret).status == 200
    public = site.app().register()
    refused = public.exchange(site.person().sign_in(public.link())["code"], client_secret="anything")
    assert refused.status == 401 and refused.error == "invalid_client"


# Check 9
def test_registration_is_bounded_and_wide(signing_in: Callable[..., SignIn], tmp_path: Path) -> None:
    secret = "a-secret-that-is-configured-51b2"
    site = signing_in(OAUTH_STATIC_CLIENTS=listed(tmp_path, secret, client_id="configured"))
    big = site.visitor.send(site.app().describe(client_name="x" * (17 << 10)), target="/register")
    assert 400 <= big.status < 500
    for broken in ("[]", "{", '{"redirect_uris":"x"}', '{"redirect_uris":[]}', '{"redirect_uris":["https://claude.ai/x"],"redirect_uris":[]}'):
        assert site.visitor.send(broken, target="/register").status == 400, broken
    answers = [site.visitor.send(site.app().describe(), target="/register") for _ in range(1194)]
    assert {answer.status for answer in answers} == {201}
    while (last := site.visitor.send(site.app().describe(), target="/register")).status == 201 and len(answers) < 1300:
        answers.append(last)
    assert len(answers) <= 1200 and last.status == 429
    assert int(last["Retry-After"]) > 0 and last["Access-Control-Allow-Origin"] == "*"
    assert Visitor(site.program, address="198.51.100.99").send(site.app().describe(), target="/register").status == 201
    known = site.app()
    known.client_id = "configured"
    code = site.person().sign_in(known.link())["code"]
    assert known.exchange(code, client_secret="wrong").error == "invalid_client"
    assert known.exchange(code, client_secret=secret).status == 200
    assert secret not in "".join(answer.text for answer in answers) and not any("client_secret" in answer.json for answer in answers)


# Documents by which programs name themselves


@pytest.fixture
def wide(signing_in: Callable[..., SignIn], documents: Documents) -> SignIn:  # noqa: F811
    """A server that finds the documents."""
    return signing_in(resolve=documents.resolve, OAUTH_CA_BUNDLE=documents.authority.bundle)


def named(site: SignIn, client_id: str, redirect: str, **more: object) -> str:
    app = site.app(redirect=redirect, **more)
    app.client_id = client_id
    return app.link()


# Check 10
def test_a_program_may_name_itself_by_a_document(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    app = wide.app(redirect=documents.address("/callback"))
    app.client_id = documents.describe("/oauth/client.json")
    page = wide.person().open(app.link())
    assert page.status == 200 and page.asks and "client.example" in page.text and "Example App" in page.text
    assert documents.names == ["client.example"] and "authorization" not in documents.headers[0] and "cookie" not in documents.headers[0]
    tokens = app.connect(wide.person())
    assert wide.visitor.call(tokens["access_token"]).status == 200 and len(documents.asked) == 1
    assert wide.visitor.get(METADATA).json["client_id_metadata_document_supported"] is True
    # What it says of itself is compared byte for byte.
    documents.documents["/oauth/client.json/"] = documents.documents["/oauth/client.json"]
    assert is_page(wide.person().open(named(wide, app.client_id + "/", app.redirect)), 400)


# Check 11
def test_a_document_within_the_network_is_not_fetched(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in()
    for host in ("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "100.64.0.1", "0"):
        assert is_page(site.person().open(named(site, f"https://{host}/client.json", "http://127.0.0.1/callback")), 400), host
    for client_id in (
        "https://client.example", "https://client.example/", "http://client.example/c.json", "https://client.example:444/c.json",
        "https://me@client.example/c.json", "https://client.example/c.json#x", "https://client.example/a/../c.json",
        f"https://client.example/{'x' * 512}",
    ):  # fmt: skip
        assert is_page(site.person().open(named(site, client_id, "http://127.0.0.1/callback")), 400), client_id


# Check 12
def test_a_document_has_to_come_as_it_should(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    callback = documents.address("/callback")
    documents.describe("/elsewhere.json")
    slow = documents.describe("/slow.json", delay=6)
    refused = {
        "redirected": documents.describe("/moved.json", 302, headers={"Location": documents.address("/elsewhere.json")}),
        "too large": documents.describe("/large.json", note="x" * 6144),
        "missing": documents.address("/missing.json"),
        "no JSON": documents.describe("/text.json", headers={"Content-Type": "text/html"}),
        "with a secret": documents.describe("/secret.json", client_secret="s"),
        "with a shared key": documents.describe("/symmetric.json", token_endpoint_auth_method="client_secret_basic"),
        "without a name": documents.describe("/nameless.json", client_name=""),
        "without a redirect": documents.describe("/nowhere.json", redirect_uris=[]),
        "of another": documents.describe("/other.json", client_id=documents.address("/elsewhere.json")),
    }
    documents.documents["/twice.json"] = Document(b'{"client_id":"%s","client_id":"x"}' % documents.address("/twice.json").encode())
    refused["said twice"] = documents.address("/twice.json")
    with ThreadPoolExecutor(1) as pool:
        # Who asks from another address has a limit of their own.
        late = pool.submit(lambda: wide.person("203.0.113.77").open(named(wide, slow, callback)))
        for number, (name, client_id) in enumerate(refused.items()):
            page = wide.person(f"203.0.113.{number}").open(named(wide, client_id, callback))
            assert is_page(page, 400) or is_page(page, 503), (name, page)
        assert not late.result().asks
    assert "/elsewhere.json" not in documents.asked


# Check 12
def test_a_document_that_was_good_outlives_a_failure_of_its_server(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    client_id, callback = documents.describe("/client.json", headers={"Cache-Control": "max-age=600"}), documents.address("/callback")
    link = named(wide, client_id, callback)
    assert wide.person().open(link).asks
    documents.documents["/client.json"].status = 503
    wide.clock.advance(601)
    assert wide.person().open(link).asks and len(documents.asked) == 2
    wide.clock.advance(8 * 86400)
    assert not wide.person().open(link).asks


# Check 13
def test_a_program_that_can_do_without_a_key_is_taken(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    callback = documents.address("/callback")
    app = wide.app(redirect=callback)
    app.client_id = documents.describe(
        "/both.json", token_endpoint_auth_method="private_key_jwt", token_endpoint_auth_methods_supported=["private_key_jwt", "none"],
        token_endpoint_auth_signing_alg="ES256", jwks_uri=documents.address("/jwks"), logo_uri=documents.address("/logo.png"),
        grant_types=["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
    )  # fmt: skip
    assert app.connect(wide.person())["token_type"] == "Bearer"
    # One that can do without nothing but a key has to name it; test_oauth_client_keys.py has those that do.
    only = documents.describe("/only.json", token_endpoint_auth_method="private_key_jwt")
    assert not wide.person().open(named(wide, only, callback)).asks
    assert documents.asked == ["/both.json", "/only.json"]


# Check 14
def test_a_document_vouches_for_its_own_host_alone(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    client_id = documents.describe(
        "/client.json", redirect_uris=[documents.address("/callback"), "https://third.example/callback", LOOPBACK, "myapp://callback"]
    )
    for redirect in ("https://third.example/callback", "myapp://callback", "https://client.example:8443/callback"):
        assert is_page(wide.person().open(named(wide, client_id, redirect)), 400), redirect
    for redirect in (documents.address("/callback"), "http://127.0.0.1:49152/callback"):
        assert wide.person().open(named(wide, client_id, redirect)).asks, redirect


# Authorization


# Check 15
def test_a_loopback_redirect_may_have_any_port_and_nothing_else(site: SignIn) -> None:
    app = site.app(redirect=LOOPBACK).register()
    for redirect in ("http://127.0.0.1:5555/callback", LOOPBACK):
        assert site.person().open(app.link(redirect_uri=redirect)).asks, redirect
    for redirect in (
        "http://127.0.0.1:5555/callback?x=1", "http://127.0.0.1:5555/Callback", "http://localhost:5555/callback", "http://[::1]/callback",
        "https://127.0.0.1:5555/callback", "http://127.0.0.1.evil.test/callback", "http://127.0.0.1@evil.test/callback",
        "http://127.0.0.1:5555@evil.test/callback", "http://127.0.0.1:99999/callback", "http://127.0.0.1:/callback/", "http://127.1/callback",
    ):  # fmt: skip
        assert is_page(site.person().open(app.link(redirect_uri=redirect)), 400), redirect


# Check 16
def test_a_request_without_a_proper_challenge_goes_back(site: SignIn, app: App) -> None:
    good = challenge(app.verifier)
    for changed in (
        {"code_challenge": None}, {"code_challenge_method": "plain"}, {"code_challenge_method": None}, {"code_challenge": good[:42]},
        {"code_challenge": good + "A"}, {"code_challenge": good[:42] + "+"},
    ):  # fmt: skip
        page = site.person().open(app.link(**changed))
        assert page.status in (302, 303) and page.answer["Location"].startswith(f"{CALLBACK}?"), (changed, page)
        back = page.answer.back
        assert (back["error"], back["state"], back["iss"]) == ("invalid_request", app.state, BASE) and "code" not in back, changed


def test_what_cannot_be_done_goes_back_by_its_name(site: SignIn, app: App) -> None:
    for changed, error in (
        ({"response_type": "token"}, "unsupported_response_type"), ({"prompt": "none"}, "login_required"),
        ({"request": "x"}, "request_not_supported"), ({"request_uri": "https://evil.test"}, "request_uri_not_supported"),
    ):  # fmt: skip
        page = site.person().open(app.link(**changed))
        assert page.answer.back | {"error_description": ""} == {
            "error": error, "error_description": "", "state": app.state, "iss": BASE,
        }, (changed, page)  # fmt: skip
    assert site.person().open(app.link(response_type=None)).answer.back["error"] == "invalid_request"
    assert site.person().open(app.link(state="x" * 4097)).answer.back["error"] == "invalid_request"
    assert site.person().open(app.link() + "&scope=x").answer.back["error"] == "invalid_request"
    for taken in ({"prompt": "consent"}, {"anything": "else"}, {"scope": None}, {"state": None}):
        assert site.person().open(app.link(**taken)).asks, taken


# Check 17
def test_no_browser_is_sent_to_an_unknown_address(site: SignIn, app: App) -> None:
    wrong = {"code_challenge": None, "response_type": "token", "resource": "https://evil.test", "prompt": "none", "scope": "\x00"}
    unknown = {"client_id": "oec1.AAAA.AAAA"}, {"client_id": None}, {"client_id": ""}, {"client_id": "https://evil.test/x"}
    elsewhere = {"redirect_uri": "https://evil.test/cb"}, {"redirect_uri": f"{CALLBACK}/.."}, {"redirect_uri": "javascript:alert(1)"}
    for first in (*unknown, *elsewhere):
        for name, value in [("state", app.state), *wrong.items()]:
            page = site.person().open(app.link(**(first | {name: value})))
            assert is_page(page, 400) and not page.leads_to and "evil.test" not in " ".join(page.links), (first, name, page)
    for twice in (f"&client_id={app.client_id}", "&redirect_uri=https%3A%2F%2Fevil.test%2Fcb"):
        assert is_page(site.person().open(app.link() + twice), 400)


# Check 18
def test_a_token_is_for_this_resource(site: SignIn, app: App) -> None:
    for resource in ("https://evil.test/mcp", f"{BASE}/other", f"{BASE}/mcp?x", f"{BASE}/mcp//", f"{BASE}/MCP", "http://mcp.test/mcp", "x"):
        back = site.person().open(app.link(resource=resource)).answer.back
        assert (back["error"], back["state"], back["iss"]) == ("invalid_target", app.state, BASE), resource
    same = app.link() + "&resource=https%3A%2F%2Fmcp.test%2Fmcp"
    for link in (app.link(resource=None), app.link(resource="HTTPS://MCP.test/mcp/"), app.link(resource=BASE), same):
        assert site.person().open(link).asks, link
    code = site.person().sign_in(app.link())["code"]
    refused = app.exchange(code, resource="https://evil.test/mcp")
    assert refused.status == 400 and refused.error == "invalid_target"
    assert app.exchange(code, resource="HTTPS://MCP.test/mcp/").status == 200


# Check 20
def test_a_name_is_only_text(site: SignIn) -> None:
    name = "<script>alert(1)</script>\"'&\u202e\u2066Claude\u200b\x07 <img src=x onerror=alert(2)>"
    app = site.app(name=name).register()
    page = site.person().open(app.link(state="\"><script>alert(3)</script>", scope="<b>x</b> " + READ))
    assert page.asks and page.status == 200
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "b", "iframe", "object", "svg"}
    assert not any(attribute.startswith("on") for _, of in page.tags for attribute in of)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x07]", page.answer.text) and "alert(3)" not in page.answer.text
    assert "Claude" in page.text


def test_the_page_says_who_asks_what_and_where_it_leads(site: SignIn, app: App, ovaledge: StandIn) -> None:
    page = site.person().open(app.link())
    for word in ("OvalEdge", "mcp.test", "Claude", "claude.ai", urlsplit(ovaledge.base_url).netloc):
        assert word in page.text, word
    fields = {each.get("name"): each for form in page.forms for each in form["inputs"]}
    assert fields["user_token"]["type"] == fields["user_secret"]["type"] == "password"
    assert fields["user_secret"]["autocomplete"] == "off" and fields["scope_write"]["type"] == "checkbox"
    assert {each.get("value") for form in page.forms for each in form["inputs"] if each.get("name") == "decision"} == {"allow", "deny"}
    here = site.app(redirect=LOOPBACK).register()
    assert "this computer" in site.person().open(here.link()).text
    editor = site.app(redirect=CURSOR[0]).register()
    assert "cursor" in site.person().open(editor.link()).text.lower()


def test_the_pages_keep_to_themselves(site: SignIn, app: App) -> None:
    person = site.person()
    page = person.open(app.link())
    wrong = person.open(app.link(client_id="x"))
    done = person.follow(person.decide(page))
    for each in (page, wrong, done, person.open(f"{BASE}/connections", "none")):
        fields = each.answer.fields
        policy = dict(part.strip().partition(" ")[::2] for part in fields["Content-Security-Policy"].split(";") if part.strip())
        assert policy["default-src"] == "'none'" and policy["form-action"] == "'self'", policy
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'" and "unsafe" not in fields["Content-Security-Policy"]
        assert fields["X-Frame-Options"] == "DENY" and fields["Referrer-Policy"] == "same-origin"
        assert fields["X-Content-Type-Options"] == "nosniff" and "no-store" in fields["Cache-Control"]
        assert fields["Strict-Transport-Security"] and "noindex" in fields["X-Robots-Tag"] and fields["Permissions-Policy"]
        assert fields["Cross-Origin-Resource-Policy"] == "same-origin" and fields["Cross-Origin-Opener-Policy"] != "same-origin"
        assert not {tag for tag, _ in each.tags} & {"script", "img", "iframe", "link"}
        lang = next(of for tag, of in each.tags if tag == "html")
        assert lang.get("lang") == "en"
    assert all(re.match(r"__Host-oe_txn_[\w-]+=", line) for line in person.set_cookies), person.set_cookies
    first = person.set_cookies[0].lower()
    assert "secure" in first and "httponly" in first and "samesite=lax" in first and "path=/" in first and "domain" not in first


# Check 21
def test_only_the_browser_that_opened_the_page_can_decide(site: SignIn, app: App, ovaledge: StandIn) -> None:
    def tried(change: Callable[[Person, dict, dict], None] | None = None, **headers: str | None) -> Page:
        person = site.person()
        page = person.open(app.link())
        form = page.form_with("decision", "allow")
        token, secret = person.pair
        fields = filled(form, decision="allow", user_token=token, user_secret=secret)
        if change:
            change(person, form, fields)
        return person.submit(form, fields, **headers)

    other = site.person()
    other_fields = filled(other.open(app.link()).form_with("decision", "allow"))

    def foreign(person: Person, _: dict, fields: dict) -> None:
        person.cookies = dict.fromkeys(person.cookies, next(iter(other.cookies.values())))

    def theirs(person: Person, _: dict, fields: dict) -> None:
        person.cookies = dict(other.cookies)

    def forged(person: Person, _: dict, fields: dict) -> None:
        fields |= {name: "A" * len(str(value)) for name, value in fields.items() if name in other_fields}

    def none(person: Person, _: dict, fields: dict) -> None:
        for name in other_fields:
            fields.pop(name, None)

    refused = [
        tried(lambda person, *_: person.cookies.clear()), tried(foreign), tried(theirs), tried(forged), tried(none),
        tried(origin="https://evil.test"), tried(site="cross-site"), tried(origin="null", site="cross-site"),
        tried(origin="null", site=None), tried(origin="http://mcp.test"),
    ]  # fmt: skip
    for number, page in enumerate(refused):
        assert 400 <= page.status < 500 and "Location" not in page.answer.fields and not page.leads_to, (number, page)
    assert "browser" in refused[0].text and ovaledge.exchanges == 0
    assert tried(origin="null").status == 303


# Check 22
def test_what_is_put_into_the_form_changes_nothing(site: SignIn, app: App) -> None:
    person = site.person()
    page = person.open(app.link(scope=READ))
    form = page.form_with("decision", "allow")
    token, secret = person.pair
    fields = filled(
        form, decision="allow", user_token=token, user_secret=secret, redirect_uri="https://evil.test/cb", client_id="x", scope=BOTH,
        state="x", code_challenge="x", resource="https://evil.test",
    )  # fmt: skip
    done = person.follow(person.submit(form, fields))
    back = dict(parse_qsl(urlsplit(done.leads_to).query))
    assert done.leads_to.startswith(f"{CALLBACK}?") and back["state"] == app.state
    assert app.exchange(back["code"]).json["scope"] == READ


# Check 23
def test_a_wrong_secret_is_asked_for_again_and_not_for_ever(site: SignIn, app: App, ovaledge: StandIn) -> None:
    person = site.person()
    wrong = (person.pair[0], needles.PROXY_PASSWORD)
    page = person.open(app.link())
    for attempt in range(5):
        page = person.decide(page, pair=wrong)
        assert page.status < 500 and "Location" not in page.answer.fields, (attempt, page)
        assert "accept" in page.text or not page.asks, page
        assert not any(each.get("value") for form in page.forms for each in form["inputs"] if each.get("type") == "password")
        if not page.asks:
            # So many for one page; the next one is another.
            page = person.open(app.link())
    last = person.decide(page, pair=wrong)
    assert last.status == 429 and int(last.answer["Retry-After"]) > 0 and "Access-Control-Allow-Origin" not in last.answer.fields
    assert ovaledge.exchanges <= 5
    # Whoever types nothing has not failed.
    empty = site.person("203.0.113.21")
    page = empty.open(app.link())
    for _ in range(3):
        page = empty.decide(page, pair=("", ""))
        assert page.asks
    # Another person at the same address is not held up.
    ovaledge.credentials.add(("another-token-55d1", "another-secret-0c7a"))
    assert site.person(pair=("another-token-55d1", "another-secret-0c7a")).sign_in(app.link())["code"]


# Check 23
def test_no_one_is_signed_in_while_ovaledge_is_away(site: SignIn, app: App, ovaledge: StandIn) -> None:
    person = site.person()
    page = person.open(app.link())
    ovaledge.stop()
    failed = person.decide(page)
    assert is_page(failed, 503) and "OvalEdge" in failed.text and not failed.leads_to
    ovaledge.start()
    assert person.sign_in(app.link())["code"]


# Check 24
def test_who_allows_is_led_back_with_one_code(site: SignIn, app: App) -> None:
    person = site.person()
    decided = person.decide(person.open(app.link()))
    assert decided.status == 303 and decided.answer["Location"].startswith((f"{BASE}/authorize/done", "/authorize/done"))
    assert "code=" not in decided.answer["Location"] and app.state not in decided.answer["Location"]
    stranger = Person(person.visitor, person.pair)
    assert "code=" not in stranger.follow(decided).answer.text
    done = person.follow(decided)
    assert done.status == 200 and done.leads_to.startswith(f"{CALLBACK}?") and done.leads_to in done.links
    back = dict(parse_qsl(urlsplit(done.leads_to).query))
    assert back.keys() == {"code", "state", "iss"} and (back["state"], back["iss"]) == (app.state, BASE)
    again = person.follow(decided)
    assert back["code"] not in again.answer.text and not again.leads_to
    denied = site.person().sign_in(app.link(), decision="deny")
    assert denied.pop("error_description", "") is not None and denied == {"error": "access_denied", "state": app.state, "iss": BASE}


def test_the_alias_of_the_decision_and_links_of_programs(site: SignIn) -> None:
    editor = site.app(redirect=CURSOR[0]).register()
    person = site.person()
    page = person.open(editor.link())
    page.forms = [form | {"action": f"{BASE}/authorize/decision"} for form in page.forms]
    done = person.follow(person.decide(page))
    # A program is opened by a click alone.
    assert not done.leads_to and any(link.startswith(f"{CURSOR[0]}?") for link in done.links), done.links
    here = site.app(redirect=LOOPBACK).register()
    back = site.person().back(here.link(redirect_uri="http://127.0.0.1:41000/callback"))
    assert back.startswith("http://127.0.0.1:41000/callback?")


def test_the_issuer_can_be_left_out(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in(OAUTH_ISS_PARAMETER="false")
    app = site.app().register()
    assert "iss" not in site.person().sign_in(app.link())
    assert site.visitor.get(METADATA).json.get("authorization_response_iss_parameter_supported") in (None, False)


# Tokens


# Check 25
def test_a_wrong_verifier_is_forgiven_twice(site: SignIn, app: App) -> None:
    code = site.person().sign_in(app.link())["code"]
    assert app.exchange(code, code_verifier="x" * 43).error == "invalid_grant"
    assert app.exchange(code).status == 200
    code = site.person().sign_in(app.link())["code"]
    failures = [app.exchange(code, code_verifier=letter * 43) for letter in "xyz"]
    assert [answer.error for answer in failures] == ["invalid_grant"] * 3 and app.exchange(code).error == "invalid_grant"
    assert app.exchange(site.person().sign_in(app.link())["code"], code_verifier=None).error in ("invalid_grant", "invalid_request")


# Check 26
def test_a_code_is_for_one_client_one_redirect_and_two_minutes(site: SignIn, app: App) -> None:
    other = site.app(name="Other").register()
    code = site.person().sign_in(app.link())["code"]
    assert app.exchange(code, client_id=other.client_id).error == "invalid_grant"
    assert app.exchange(code, redirect_uri="https://claude.com/api/mcp/auth_callback").error == "invalid_grant"
    assert app.exchange(code, redirect_uri=None).status == 200
    code = site.person().sign_in(app.link())["code"]
    site.clock.advance(121)
    late = app.exchange(code)
    assert late.status == 400 and late.error == "invalid_grant"
    assert late["Cache-Control"] == "no-store" and late["Access-Control-Allow-Origin"] == "*"


# Check 27
def test_a_code_that_comes_again_ends_what_it_began(site: SignIn, app: App) -> None:
    code = site.person().sign_in(app.link())["code"]
    tokens = app.exchange(code).json
    assert site.visitor.call(tokens["access_token"]).status == 200
    site.clock.advance(10)
    assert app.exchange(code).error == "invalid_grant"
    wait_until(lambda: site.visitor.call(tokens["access_token"]).status == 401)
    assert app.refresh(tokens["refresh_token"]).error == "invalid_grant"


# Check 28
def test_of_fifty_exchanges_at_once_one_succeeds(site: SignIn, app: App) -> None:
    code = site.person().sign_in(app.link())["code"]

    def exchange(_: int) -> Answer:
        visitor = Visitor(site.program)
        answer = App(visitor, client_id=app.client_id, verifier=app.verifier).exchange(code)
        visitor.close()
        return answer

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(exchange, range(50)))
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) == 1, [answer.status for answer in answers]
    assert {answer.error for answer in answers if answer.status == 400} == {"invalid_grant"}
    assert {answer.status for answer in answers} <= {200, 400, 429}
    assert site.visitor.call(good[0].json["access_token"]).status == 200


# Check 29
def test_refreshing_twice_at_a_time_leads_to_one_successor(site: SignIn, app: App) -> None:
    first = app.connect(site.person())

    def refresh(_: int) -> Answer:
        visitor = Visitor(site.program, address=f"198.51.100.{30 + _ % 2}")
        answer = App(visitor, client_id=app.client_id).refresh(first["refresh_token"])
        visitor.close()
        return answer

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(refresh, range(10)))
    assert {answer.status for answer in answers} == {200}, answers
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert all(site.visitor.call(answer.json["access_token"]).status == 200 for answer in answers)
    last = answers[0].json
    site.clock.advance(121)
    assert app.refresh(first["refresh_token"]).error == "invalid_grant"
    assert app.refresh(last["refresh_token"]).error == "invalid_grant"
    wait_until(lambda: site.visitor.call(last["access_token"]).status == 401)


def test_tokens_end(site: SignIn, app: App) -> None:
    tokens = app.connect(site.person())
    site.clock.advance(3601)
    expired = site.visitor.call(tokens["access_token"])
    assert expired.status == 401 and told(expired)["error"] == "invalid_token"
    tokens = app.refresh(tokens["refresh_token"]).json
    assert site.visitor.call(tokens["access_token"]).status == 200
    for _ in range(3):
        site.clock.advance(29 * 86400)
        answer = app.refresh(tokens["refresh_token"])
        assert answer.status == 200, answer
        tokens = answer.json
    # Three months after the sign-in it is over, however often it was used.
    site.clock.advance(4 * 86400)
    assert app.refresh(tokens["refresh_token"]).error == "invalid_grant"
    unused = app.connect(site.person())
    site.clock.advance(31 * 86400)
    assert app.refresh(unused["refresh_token"]).error == "invalid_grant"


# Check 30
def test_a_kill_loses_nothing_and_revives_nothing(signing_in: Callable[..., SignIn], tmp_path: Path) -> None:
    site = signing_in(OAUTH_STORE=f"file:{tmp_path / 'grants'}")
    app = site.app().register()
    alive, revoked, rotated = (app.connect(site.person()) for _ in range(3))
    assert app.revoke(revoked["refresh_token"]).status == 200
    successor = app.refresh(rotated["refresh_token"])
    assert successor.status == 200
    code = site.person().sign_in(app.link())["code"]
    last = app.exchange(code)
    site.restart(kill=True)
    app.visitor = site.visitor
    for tokens in (alive, successor.json, last.json):
        found = site.visitor.call(tokens["access_token"], FIND)
        assert found.status == 200 and "raw_loans" in found.text, found
    assert site.visitor.call(revoked["access_token"]).status == 401 and app.refresh(revoked["refresh_token"]).error == "invalid_grant"
    assert app.refresh(alive["refresh_token"]).status == 200 and app.exchange(code).error == "invalid_grant"
    site.clock.advance(121)
    assert app.refresh(rotated["refresh_token"]).error == "invalid_grant"
    site.restart(kill=True)
    app.visitor = site.visitor
    assert app.refresh(successor.json["refresh_token"]).error == "invalid_grant"


# Check 31
def test_what_is_granted_only_shrinks(site: SignIn, app: App) -> None:
    narrow = app.connect(site.person(), write=False)
    assert narrow["scope"] == READ
    wider = app.refresh(narrow["refresh_token"], scope=BOTH)
    assert wider.status == 400 and wider.error == "invalid_scope"
    both = app.connect(site.person())
    assert both["scope"] == BOTH
    less = app.refresh(both["refresh_token"], scope=READ)
    assert less.status == 200 and less.json["scope"] == READ
    inherited = app.refresh(less.json["refresh_token"])
    assert inherited.status == 200 and set(inherited.json["scope"].split()) in ({READ}, {READ, WRITE})
    other = app.refresh(inherited.json["refresh_token"], resource="https://evil.test/mcp")
    assert other.error == "invalid_target"
    assert app.refresh(inherited.json["refresh_token"], resource=f"{BASE}/mcp").status == 200


# Check 32
def test_revoking_ends_what_was_named(site: SignIn, app: App) -> None:
    tokens, kept = app.connect(site.person()), app.connect(site.person())
    assert app.revoke(tokens["access_token"]).status == 200
    wait_until(lambda: site.visitor.call(tokens["access_token"]).status == 401)
    renewed = app.refresh(tokens["refresh_token"])
    assert renewed.status == 200
    other = site.app(name="Other").register()
    for token in (kept["refresh_token"], kept["access_token"], "oert_unknown", "x"):
        assert other.revoke(token).status == 200
    assert site.visitor.call(kept["access_token"]).status == 200
    assert app.revoke(renewed.json["refresh_token"], token_type_hint="access_token").status == 200
    wait_until(lambda: site.visitor.call(renewed.json["access_token"]).status == 401)
    assert app.refresh(renewed.json["refresh_token"]).error == "invalid_grant"
    assert app.refresh(kept["refresh_token"]).status == 200


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    if not REDIS:
        pytest.skip("redis-server is missing; scripts/need test gets it")
    redis = Redis(tmp_path / "redis")
    yield redis
    redis.stop()


# Check 32
def test_what_one_instance_revokes_is_over_at_the_other(signing_in: Callable[..., SignIn], redis: Redis) -> None:
    one, two = (signing_in(OAUTH_STORE=redis.url) for _ in range(2))
    app = one.app().register()
    code = one.person().sign_in(app.link())["code"]
    at_two = App(two.visitor, client_id=app.client_id, verifier=app.verifier)
    tokens = at_two.exchange(code).json
    assert all(each.visitor.call(tokens["access_token"], FIND).status == 200 for each in (one, two))
    assert app.refresh(tokens["refresh_token"]).json["refresh_token"] == at_two.refresh(tokens["refresh_token"]).json["refresh_token"]
    assert app.revoke(tokens["refresh_token"]).status == 200
    wait_until(lambda: two.visitor.call(tokens["access_token"]).status == 401, within=8)
    assert at_two.refresh(tokens["refresh_token"]).error == "invalid_grant"


# Check 32
def test_a_sign_in_may_change_from_one_instance_to_another(signing_in: Callable[..., SignIn], redis: Redis) -> None:
    one, two = (signing_in(OAUTH_STORE=redis.url) for _ in range(2))
    app = one.app().register()
    person = two.person()
    page = person.open(app.link())
    person.visitor = one.person().visitor
    decided = person.decide(page, write=True)
    person.visitor = two.person().visitor
    back = dict(parse_qsl(urlsplit(person.follow(decided).leads_to).query))
    both = [App(each.visitor, client_id=app.client_id, verifier=app.verifier) for each in (one, two)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda each: each.exchange(back["code"]), both))
    assert sorted(answer.status for answer in answers) == [200, 400], answers
    tokens = next(answer.json for answer in answers if answer.status == 200)
    with ThreadPoolExecutor(2) as pool:
        renewed = list(pool.map(lambda each: each.refresh(tokens["refresh_token"]), both))
    assert len({answer.json["refresh_token"] for answer in renewed}) == 1


# Check 32
def test_without_its_store_a_server_says_that_it_cannot(signing_in: Callable[..., SignIn], redis: Redis) -> None:
    site = signing_in(OAUTH_STORE=redis.url)
    app = site.app().register()
    fresh, tokens = (app.connect(site.person()) for _ in range(2))
    code = site.person().sign_in(app.link())["code"]
    redis.kill()
    answers = [
        site.visitor.call(fresh["access_token"]), app.refresh(tokens["refresh_token"]), app.exchange(code),
        app.revoke(tokens["refresh_token"]),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status == 503 and int(answer["Retry-After"]) > 0 and "WWW-Authenticate" not in answer.fields, answer
    page = site.person().open(app.link())
    assert page.status == 503 and not page.asks and "Location" not in page.answer.fields


# Check 33
@pytest.mark.parametrize("store", ["file", "redis"])
def test_a_store_gives_nothing_away(
    signing_in: Callable[..., SignIn], ovaledge: StandIn, key_file: Path, tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "grants"
    redis = request.getfixturevalue("redis") if store == "redis" else None
    site = signing_in(OAUTH_STORE=redis.url if redis else f"file:{folder}")
    app = site.app().register()
    tokens = app.connect(site.person())
    assert site.visitor.call(tokens["access_token"], FIND).status == 200
    unused = site.person().sign_in(app.link())["code"]
    later = app.refresh(tokens["refresh_token"]).json
    page = site.person().open(app.link())
    hidden = [str(value) for value in filled(page.form_with("decision", "allow")).values()]
    cookies = list(site.person().cookies.values())
    dump = redis.contents() if redis else b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert len(dump) > 500
    keys = key_file.read_bytes()
    both = [dump, keys]
    handed = [tokens["access_token"], tokens["refresh_token"], later["access_token"], later["refresh_token"], unused]
    for secret in needles.SECRETS:
        for place, name in needles.of(secret).items():
            assert not any(place in each for each in both), name
    for secret in [*handed, *(token[28:71] for token in handed), *ovaledge.tokens, app.verifier]:
        for place, name in betrayals(secret).items():
            assert not any(place in each for each in both), (secret, name)
    assert not any(len(value) > 30 and value.encode() in dump for value in [*cookies]), hidden
    for line in keys.split():
        assert len(line) < 32 or line not in dump
    if not redis:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}


# What a token may do


# Check 37
def test_what_a_token_does_not_cover_is_neither_shown_nor_done(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in()
    app = site.app().register()
    read, write = app.connect(site.person(), write=False), app.connect(site.person())

    def tools(tokens: dict) -> set[str]:
        answer = site.visitor.call(tokens["access_token"], LIST)
        assert answer.status == 200, answer
        return {tool["name"] for tool in answer.json["result"]["tools"]}

    hidden = tools(write) - tools(read)
    assert "update_asset_descriptions" in hidden and "asset_explorer" in tools(read)
    refused = site.visitor.call(read["access_token"], CHANGE)
    assert refused.status == 403, refused
    about = told(refused)
    assert about["error"] == "insufficient_scope" and set(about["scope"].split()) == {READ, WRITE}
    assert about["resource_metadata"] == f"{BASE}{PRM}/mcp"
    for each in (FIND, CHANGE):
        assert site.visitor.call(write["access_token"], each).status == 200
    assert site.visitor.call(read["access_token"], FIND).status == 200


def test_where_nothing_is_written_only_reading_is_asked_for(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in(OVALEDGE_ALLOW_WRITES=None)
    assert told(site.visitor.send(PING))["scope"] == READ and site.visitor.get(f"{PRM}/mcp").json["scopes_supported"] == [READ]
    app = site.app().register()
    page = site.person().open(app.link())
    assert page.asks and "scope_write" not in page.names
    assert app.connect(site.person())["scope"] == READ


# Check 38
def test_a_session_belongs_to_one_person(signing_in: Callable[..., SignIn], ovaledge: StandIn) -> None:
    ovaledge.credentials.add(("anna-token-7712", "anna-secret-93ab"))
    site = signing_in(MCP_HTTP_STATELESS="false")
    app = site.app().register()
    petra = app.connect(site.person())["access_token"]
    anna = app.connect(site.person("203.0.113.30", ("anna-token-7712", "anna-secret-93ab")))["access_token"]
    begun = site.visitor.call(petra, INITIALIZE)
    session = begun["Mcp-Session-Id"]
    assert begun.status == 200 and session
    within = {"Mcp_Session_Id": session, "MCP_Protocol_Version": "2024-11-05"}
    assert site.visitor.call(petra, LIST, **within).status == 200
    for answer in (
        site.visitor.call(anna, LIST, **within),
        site.visitor.ask("GET", "/mcp", headers={
            "Authorization": f"Bearer {anna}", "Accept": "text/event-stream", "Mcp-Session-Id": session, "Last-Event-ID": f"{session}-1",
        }),
        site.visitor.ask("DELETE", "/mcp", headers={"Authorization": f"Bearer {anna}", "Mcp-Session-Id": session}),
    ):  # fmt: skip
        assert answer.status in (403, 404) and b"tools" not in answer.body, answer
    assert site.visitor.call(petra, LIST, **within).status == 200


# Check 39
def test_pages_of_others_may_ask_where_that_is_meant(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in(MCP_ALLOWED_ORIGINS="https://claude.ai")
    wanted = ["Authorization", "Content-Type", "MCP-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name", "Last-Event-ID"]
    preflight = {
        "Origin": "https://claude.ai", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ", ".join(wanted).lower(),
    }  # fmt: skip
    answer = site.visitor.ask("OPTIONS", "/mcp", headers=preflight)
    assert answer.status == 204 and answer["Access-Control-Allow-Origin"] == "https://claude.ai"
    assert {name.lower() for name in wanted} <= {name.strip().lower() for name in answer["Access-Control-Allow-Headers"].split(",")}
    challenged = site.visitor.send(PING, {"Origin": "https://claude.ai"})
    exposed = {name.strip().lower() for name in challenged["Access-Control-Expose-Headers"].split(",")}
    assert challenged.status == 401 and {"www-authenticate", "mcp-session-id", "retry-after"} <= exposed
    anywhere = preflight | {"Origin": "https://anywhere.example"}
    for path in ("/token", "/register", "/revoke", METADATA, PRM):
        answer = site.visitor.ask("OPTIONS", path, headers=anywhere)
        assert answer.status == 204 and answer["Access-Control-Allow-Origin"] == "*", path
        assert "Access-Control-Allow-Credentials" not in answer.fields
    app = site.app().register()
    for path in ("/authorize", app.link(), "/authorize/done", "/connections"):
        for method in ("GET", "OPTIONS"):
            answer = site.visitor.ask(method, path, headers=preflight if method == "OPTIONS" else {"Origin": "https://claude.ai"})
            assert "Access-Control-Allow-Origin" not in answer.fields, (method, path)


def test_endpoints_take_their_own_method_and_form_only(site: SignIn, app: App) -> None:
    visitor = site.visitor
    for path, method in (("/token", "GET"), ("/register", "GET"), ("/revoke", "GET"), ("/authorize", "DELETE")):
        answer = visitor.ask(method, path)
        assert answer.status == 405 and answer["Allow"], (path, answer)
    code = site.person().sign_in(app.link())["code"]
    form = {"grant_type": "authorization_code", "code": code, "client_id": app.client_id, "code_verifier": app.verifier}
    text = json.dumps(form)
    for fields in (
        {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}, {},
        {"Content-Type": "application/x-www-form-urlencoded, application/json"},
        {"Content-Type": ["application/x-www-form-urlencoded", "application/json"]},
    ):  # fmt: skip
        answer = visitor.ask("POST", "/token", text, fields)
        assert answer.status in (400, 415) and answer.error == "invalid_request", (fields, answer)
    for body in ([*form.items(), ("code", code)], [*form.items(), ("client_id", "x")]):
        assert visitor.ask("POST", "/token", body).error == "invalid_request", body
    for body in ({"grant_type": "authorization_code"}, {}):
        assert visitor.ask("POST", "/token", body).error in ("invalid_request", "invalid_client"), body
    assert visitor.ask("POST", "/token", form | {"grant_type": "password"}).error == "unsupported_grant_type"
    assert visitor.ask("POST", "/token", form | {"grant_type": "client_credentials"}).error in ("unsupported_grant_type", "unauthorized_client")
    query = visitor.ask("POST", f"/token?code={code}", form)
    assert query.status == 400
    large = visitor.ask("POST", "/token", form | {"note": "x" * (17 << 10)})
    assert 400 <= large.status < 500
    assert visitor.ask("POST", "/token", form).status == 200


# Check 40, the suite's authorization-server-metadata-endpoint and authorization-code-grant
def test_the_scenarios_of_the_official_suite(site: SignIn) -> None:
    found = next(
        answer for path in (METADATA, "/.well-known/openid-configuration") if (answer := site.visitor.get(path)).status == 200
    )
    about = found.json
    assert found["Content-Type"].startswith("application/json") and about["issuer"] == BASE
    assert about["authorization_endpoint"] and about["token_endpoint"]
    assert "code" in about["response_types_supported"] and "S256" in about["code_challenge_methods_supported"]
    app = site.app(redirect="http://127.0.0.1:3000/callback").register()
    back = site.person().sign_in(app.link(resource=None, scope=None))
    assert back.keys() == {"code", "state", "iss"} and back["iss"] == BASE and back["state"] == app.state
    answer = app.exchange(back["code"], resource=None)
    assert answer.status == 200 and answer["Content-Type"].startswith("application/json") and "no-store" in answer["Cache-Control"]
    assert answer.json["access_token"] and answer.json["token_type"].lower() == "bearer"


# What a person sees of it


def test_a_person_sees_and_ends_what_is_connected(site: SignIn, app: App, ovaledge: StandIn) -> None:
    first, second = app.connect(site.person()), app.connect(site.person())
    ovaledge.credentials.add(("anna-token-7712", "anna-secret-93ab"))
    anna = app.connect(site.person("203.0.113.30", ("anna-token-7712", "anna-secret-93ab")))
    person = site.person()

    def connections(pair: tuple[str, str]) -> Page:
        page = person.open(f"{BASE}/connections", "none")
        form = page.form_with("user_secret")
        shown = person.submit(form, filled(form, user_token=pair[0], user_secret=pair[1]))
        return person.follow(shown) if shown.status == 303 else shown

    wrong = connections((person.pair[0], "mistaken"))
    assert "revoke" not in wrong.names
    page = connections(person.pair)
    assert page.status == 200 and page.text.count("Claude") >= 2 and "revoke" in page.names, page
    forms = [form for form in page.forms if any(each.get("name") == "revoke" for each in form["inputs"])]
    values = {each["value"] for form in forms for each in form["inputs"] if each.get("name") == "revoke"}
    assert len(values - {"all"}) == 2 and "all" in values, values
    one = sorted(values - {"all"})[0]
    form = page.form_with("revoke", one)
    forged = person.submit(form, {"revoke": one}, origin="https://evil.test", site="cross-site")
    assert forged.status >= 400
    assert person.submit(form, filled(form) | {"revoke": one}).status in (200, 303)
    alive = [each for each in (first, second) if app.refresh(each["refresh_token"]).status == 200]
    assert len(alive) == 1
    page = connections(person.pair)
    form = page.form_with("revoke", "all")
    assert person.submit(form, filled(form) | {"revoke": "all"}).status in (200, 303)
    assert app.refresh(alive[0]["refresh_token"]).error == "invalid_grant"
    assert app.refresh(anna["refresh_token"]).status == 200


def test_the_operator_sees_and_ends_what_is_connected(signing_in: Callable[..., SignIn], run, key_file: Path, tmp_path: Path) -> None:
    site = signing_in(OAUTH_STORE=f"file:{tmp_path / 'grants'}")
    app = site.app().register()
    tokens, others = app.connect(site.person()), app.connect(site.person())
    settings = {
        "AUTH_MODE": "remote_login", "OAUTH_STORE": f"file:{tmp_path / 'grants'}", "OAUTH_KEY_FILE": key_file,
        "MCP_PUBLIC_BASE_URL": BASE, "OVALEDGE_BASE_URL": "http://127.0.0.1:9/ovaledge",
    }  # fmt: skip
    listed = run("connections", "list", "--json", **settings)
    assert listed.returncode == 0, listed.stderr
    for secret in (*tokens.values(), *others.values(), *site.pair):
        assert str(secret) == "Bearer" or not isinstance(secret, str) or len(secret) < 30 or secret not in listed.stdout
    grant = tokens["refresh_token"][5:27]
    assert grant in listed.stdout and "Claude" in listed.stdout
    # Whose it is: eight digits, and the name that OvalEdge's session token tells.
    subjects = {each["subject"] for each in json.loads(listed.stdout)}
    assert len(subjects) == 1 and re.fullmatch(r"[0-9a-f]{8} petra", *subjects), subjects
    ended = run("connections", "revoke", grant, **settings)
    assert ended.returncode == 0, ended.stderr
    wait_until(lambda: site.visitor.call(tokens["access_token"]).status == 401, within=8)
    assert site.visitor.call(others["access_token"]).status == 200
    site.program.end()
    assert run("connections", "revoke", "--all", **settings).returncode == 0
    site.restart(kill=True)
    assert site.visitor.call(others["access_token"]).status == 401


# Keys


def test_new_keys_break_nothing(signing_in: Callable[..., SignIn], run, key_file: Path, tmp_path: Path) -> None:  # noqa: F811
    site = signing_in(OAUTH_STORE=f"file:{tmp_path / 'grants'}")
    app = site.app().register()
    tokens, others = app.connect(site.person()), app.connect(site.person())
    successor = app.refresh(tokens["refresh_token"]).json
    code = site.person().sign_in(app.link())["code"]
    rotated = run("keys", "rotate", str(key_file))
    assert rotated.returncode == 0, rotated.stderr
    site.program.send(signal.SIGHUP)
    wait_until(lambda: site.app().register().client_id != app.client_id)
    assert app.exchange(code).status == 200 and site.visitor.call(others["access_token"], FIND).status == 200
    again = app.refresh(tokens["refresh_token"])
    # The same secret, under a mark of the new keys.
    assert again.status == 200 and again.json["refresh_token"][:-8] == successor["refresh_token"][:-8]
    site.restart()
    app.visitor = site.visitor
    renewed = app.refresh(successor["refresh_token"])
    assert renewed.status == 200 and site.visitor.call(renewed.json["access_token"], FIND).status == 200
    assert app.connect(site.person())["token_type"] == "Bearer"


# What a server needs to start


def test_what_is_only_for_tests_comes_from_the_command_line(signing_in: Callable[..., SignIn], serve, run, key_file: Path, tmp_path: Path, ovaledge: StandIn) -> None:  # noqa: F811
    site = signing_in()
    assert "OAUTH_TEST_CLOCK_FILE" in site.program.wait_for_log("OAUTH_TEST_CLOCK_FILE")
    settings = {
        "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": BASE, "OAUTH_KEY_FILE": key_file, "OAUTH_STORE": "memory",
        "OVALEDGE_BASE_URL": ovaledge.base_url, "OAUTH_TEST_CLOCK_FILE": site.clock.path, "OAUTH_TEST_RESOLVE": "a.example=127.0.0.1:1",
    }  # fmt: skip
    other = SignIn(serve(**settings), BASE, site.clock, site.pair, lambda: None)
    app = other.app().register()
    tokens = app.connect(other.person())
    site.clock.advance(4000)
    assert other.visitor.call(tokens["access_token"]).status == 200
    shown = run("settings", **settings)
    assert "OAUTH_KEY_FILE" in shown.stdout and "OAUTH_TEST" not in shown.stdout


def test_a_server_that_would_not_be_safe_does_not_start(run, key_file: Path, ovaledge: StandIn, tmp_path: Path) -> None:
    good = {
        "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": BASE, "OAUTH_KEY_FILE": key_file, "OAUTH_STORE": "memory",
        "OVALEDGE_BASE_URL": ovaledge.base_url,
    }  # fmt: skip
    open_to_all = tmp_path / "open.keys"
    open_to_all.write_bytes(key_file.read_bytes())
    open_to_all.chmod(0o640)
    clock = f"OAUTH_TEST_CLOCK_FILE={tmp_path / 'clock'}"
    for changed, arguments in (
        ({"MCP_PUBLIC_BASE_URL": "http://mcp.test"}, ()), ({"MCP_PUBLIC_BASE_URL": f"{BASE}/?x=1"}, ()),
        ({"MCP_PUBLIC_BASE_URL": "https://me@mcp.test"}, ()), ({"OAUTH_KEY_FILE": tmp_path / "none"}, ()),
        ({"OAUTH_KEY_FILE": open_to_all}, ()), ({"OAUTH_ACCESS_TTL": "10"}, ()),
        ({"OAUTH_DEFAULT_SCOPES": "admin"}, ()), ({}, ("--set", clock, "--host", "0.0.0.0")),
    ):  # fmt: skip
        ended = run("serve", "--port", "0", *arguments, **(good | changed))
        assert ended.returncode not in (0, 124) and ended.stderr.strip(), (changed, ended)
        assert not ended.stdout.strip(), ended.stdout


def test_only_one_server_has_a_folder(signing_in: Callable[..., SignIn], run, key_file: Path, ovaledge: StandIn, tmp_path: Path) -> None:
    signing_in(OAUTH_STORE=f"file:{tmp_path / 'grants'}")
    second = run(
        "--port", "0", AUTH_MODE="remote_login", MCP_PUBLIC_BASE_URL=BASE, OAUTH_KEY_FILE=key_file, OAUTH_STORE=f"file:{tmp_path / 'grants'}",
        OVALEDGE_BASE_URL=ovaledge.base_url,
    )  # fmt: skip
    assert second.returncode != 0 and str(tmp_path / "grants") in second.stderr, second
