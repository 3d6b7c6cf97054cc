"""What is unusual, and allowed or not: `remote_login` asked in ways that no client of today does, one at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from oauth_flow import BASE, BOTH, CALLBACK, METADATA, PRM, READ, WRITE, App, Page, challenge, encoded, filled, is_page, refused, told
from oauth_servers import SignIn, app, key_file, signing_in, site  # noqa: F401
from stand_in import StandIn

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def ovaledge() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


def goes_back(page: Page, error: str) -> bool:
    return page.status == 303 and page.answer.back.get("error") == error and page.answer.back.get("iss") == BASE


# The authorization endpoint


@pytest.mark.parametrize("name", ["state", "scope", "code_challenge", "code_challenge_method", "response_type", "prompt", "unknown"])
def test_a_parameter_that_comes_twice_is_not_chosen_from(site: SignIn, app: App, name: str) -> None:  # noqa: F811
    for value in ("code", "code2"):
        page = site.person().open(f"{app.link()}&{encoded([(name, value), (name, value)])}")
        assert goes_back(page, "invalid_request"), (value, page)
    # What came twice is sent back neither once nor twice.
    assert ("state" in page.answer.back) == (name != "state")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_client_or_redirect_that_comes_twice_leads_nowhere(site: SignIn, app: App, name: str) -> None:  # noqa: F811
    value = {"client_id": app.client_id, "redirect_uri": CALLBACK}[name]
    for link in (f"{app.link()}&{encoded([(name, value)])}", f"{app.link()}&{name}=", f"{app.link()}&{name[:-1]}%{ord(name[-1]):x}={name}"):
        assert is_page(site.person().open(link), 400), link


@pytest.mark.parametrize(
    "redirect",
    [
        f"{CALLBACK}/", f"{CALLBACK}?", f"{CALLBACK}?x=1", f"{CALLBACK}#x", CALLBACK.upper(), CALLBACK.replace("https", "HTTPS"),
        CALLBACK.replace("claude", "Claude"), CALLBACK.replace("claude.ai", "claude.ai:443"), CALLBACK.replace("claude.ai", "claude.ai."),
        CALLBACK.replace("https://", "https://x@"), CALLBACK.replace("https://claude.ai", "https://claude.ai@evil.test"),
        CALLBACK.replace("api", "%61pi"), CALLBACK.replace("/api", "/./api"), CALLBACK.replace("/api", "/x/../api"),
        CALLBACK.replace("/api", "//api"), CALLBACK.replace("/", "\\"), f" {CALLBACK}", f"{CALLBACK} ", f"{CALLBACK}\n", f"{CALLBACK}\x00",
        CALLBACK.replace("claude.ai", "claude.ai\u3002evil.test"), CALLBACK.replace("claude", "cl\u0430ude"), CALLBACK.replace("https", "http"),
        CALLBACK.removeprefix("https:"), "urn:ietf:wg:oauth:2.0:oob", "postmessage", "javascript:alert(1)", "", "x" * 3000,
    ],
)  # fmt: skip
def test_a_redirect_is_compared_byte_by_byte(site: SignIn, app: App, redirect: str) -> None:  # noqa: F811
    assert is_page(site.person().open(app.link(redirect_uri=redirect)), 400)


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": "x" * 42}, {"code_challenge": "x" * 44}, {"code_challenge": "x" * 42 + "="}, {"code_challenge": "x" * 42 + "+"},
        {"code_challenge": "x" * 42 + "é"}, {"code_challenge_method": "s256"}, {"code_challenge_method": "S256 "}, {"code_challenge_method": "plain"},
        {"code_challenge_method": None}, {"code_challenge": None}, {"code_challenge": ""},
    ],
)  # fmt: skip
def test_a_challenge_is_of_one_kind(site: SignIn, app: App, changed: dict) -> None:  # noqa: F811
    assert goes_back(site.person().open(app.link(**changed)), "invalid_request")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"prompt": "none"}, "login_required"), ({"prompt": "consent none"}, "login_required"), ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"), ({"response_type": "CODE"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"), ({"response_mode": "fragment"}, "invalid_request"), ({"response_mode": "form_post"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"), ({"request_uri": "urn:x"}, "request_uri_not_supported"),
        ({"resource": f"{BASE}/other"}, "invalid_target"), ({"resource": "mcp"}, "invalid_target"), ({"resource": f"{BASE}/mcp#x"}, "invalid_target"),
        ({"resource": f"{BASE}/mcp?x=1"}, "invalid_target"), ({"resource": f"{BASE}/MCP"}, "invalid_target"), ({"resource": f"{BASE}/mcp//"}, "invalid_target"),
        ({"resource": "https://mcp.test.evil.test/mcp"}, "invalid_target"), ({"resource": "https://mcp.test@evil.test/mcp"}, "invalid_target"),
        ({"state": "x" * 4097}, "invalid_request"),
    ],
)  # fmt: skip
def test_what_is_not_served_is_said_by_its_name(site: SignIn, app: App, changed: dict, error: str) -> None:  # noqa: F811
    assert goes_back(site.person().open(app.link(**changed)), error)


@pytest.mark.parametrize(
    "changed",
    [
        {"prompt": "consent"}, {"prompt": "login select_account"}, {"prompt": ""}, {"response_mode": "query"}, {"resource": None}, {"resource": ""},
        {"resource": "HTTPS://MCP.test/mcp/"}, {"resource": BASE}, {"resource": f"{BASE}/"}, {"scope": None}, {"scope": "claudeai openid"},
        {"scope": f"  {READ}   {READ} "}, {"state": None}, {"state": ""}, {"nonce": "n", "claims": "{}", "ui_locales": "de", "login_hint": "x"},
        {"access_type": "offline", "max_age": "0"},
    ],
)  # fmt: skip
def test_what_is_unusual_and_harmless_is_taken(site: SignIn, app: App, changed: dict) -> None:  # noqa: F811
    page = site.person().open(app.link(**changed))
    assert page.status == 200 and page.asks, page


@pytest.mark.parametrize("state", ["ü€😀", "a b+c&d=e%20f", "\"'<>`", "a\r\nSet-Cookie: x=y", "x" * 4096, "%00", "\u202e"])
def test_a_state_comes_back_as_it_went(site: SignIn, app: App, state: str) -> None:  # noqa: F811
    assert site.person().sign_in(app.link(state=state))["state"] == state
    assert site.person().open(app.link(state=state, response_type="token")).answer.back["state"] == state


@pytest.mark.parametrize("query", ["%", "client_id=%zz", "client_id=%ff", "&".join("x=1" for _ in range(65)), "=", "&&&", ""])
def test_a_query_that_cannot_be_read_leads_nowhere(site: SignIn, query: str) -> None:  # noqa: F811
    assert is_page(site.visitor.get(f"/authorize?{query}"), 400)


@pytest.mark.parametrize("query", ["iss=https://evil.test&code=stolen&state=old&error=x&keep=1", "%69ss=x&cod%65=stolen&keep=1", "keep=1&iss", "iss=&keep=1"])
def test_what_an_address_says_already_is_no_answer_of_ours(site: SignIn, query: str) -> None:  # noqa: F811
    app = site.app(redirect=f"http://127.0.0.1:7777/callback?{query}").register()  # noqa: F811
    back = site.person().sign_in(app.link())
    assert back["iss"] == BASE and back["state"] == app.state and back["keep"] == "1" and "error" not in back, back
    assert app.exchange(back["code"]).status == 200
    denied = site.person().sign_in(app.link(), decision="deny")
    assert denied["error"] == "access_denied" and denied["iss"] == BASE and "code" not in denied, denied


# Registration


def test_a_name_is_short_and_can_be_seen(site: SignIn) -> None:  # noqa: F811
    for name in ("Z" + "\u0336\u0489" * 500, "x" * 5000, "👨‍👩‍👧‍👦" * 200, "a\u0301" * 1000):
        app = site.app(name=name).register()  # noqa: F811
        assert len(app.client_id) < 800, (name[:4], len(app.client_id))
        assert site.person().open(app.link()).asks
    for name in ("\u3164\u115f\u1160\uffa0", "\u200b\u2060\ufeff", "\u034f\u180b", "\t\r\n", "\u202e\u2066", ""):
        answer = site.visitor.send(site.app(name=name).describe(), target="/register")
        assert answer.status == 201 and not answer.json.get("client_name"), (name.encode("unicode-escape"), answer)


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", '"x"', "{", '{"redirect_uris":"%s"}' % CALLBACK, '{"redirect_uris":[]}', '{"redirect_uris":[1]}', '{"redirect_uris":[null]}',
     '{"redirect_uris":{"0":"%s"}}' % CALLBACK, "[" * 5000, '{"redirect_uris":["%s"],"grant_types":"authorization_code"}' % CALLBACK,
     '{"redirect_uris":["%s"],"response_types":["token"]}' % CALLBACK, '{"redirect_uris":["%s"],"token_endpoint_auth_method":["none"]}' % CALLBACK,
     '{"redirect_uris":["%s"],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://x.example/k"}' % CALLBACK],
)  # fmt: skip
def test_what_is_no_metadata_is_refused_in_words(site: SignIn, body: str) -> None:  # noqa: F811
    answer = site.visitor.send(body, target="/register")
    assert answer.status == 400 and answer.error in ("invalid_client_metadata", "invalid_redirect_uri"), answer
    assert answer["Access-Control-Allow-Origin"] == "*" and answer["Cache-Control"] == "no-store"


# The token endpoint


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FORM, 200), (FORM.upper(), 200), (f"{FORM}; charset=UTF-8", 200), (f'{FORM};charset="utf-8"', 200), (f"{FORM}; charset=latin1", 400),
        ("application/json", 400), ("text/plain", 400), ("multipart/form-data; boundary=x", 400), ("", 400), (f"{FORM}, {FORM}", 400),
        ([FORM, FORM], 400), ("application/x-www-form-urlencodedx", 400),
    ],
)  # fmt: skip
def test_a_form_says_that_it_is_one(site: SignIn, app: App, kind: str, status: int) -> None:  # noqa: F811
    code = site.person().sign_in(app.link())["code"]
    answer = app.exchange(code, {"Content-Type": kind})
    assert answer.status == status and (status == 200 or answer.error == "invalid_request"), answer
    # What was not understood has used nothing up.
    assert status == 200 or app.exchange(code).status == 200


def test_each_parameter_of_a_token_request_comes_once(site: SignIn, app: App) -> None:  # noqa: F811
    tokens = app.connect(site.person())
    usual = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"]), ("client_id", app.client_id)]
    for name, value in [*usual, ("x", "1"), ("scope", READ)]:
        answer = site.visitor.ask("POST", "/token", [*usual, (name, value), (name, value)])
        assert answer.status == 400 and answer.error == "invalid_request", (name, answer)
    assert site.visitor.ask("POST", "/token?x=1", usual).error == "invalid_request"
    assert site.visitor.ask("POST", f"/token?{encoded(usual)}", []).error == "invalid_request"
    # The same resource twice is one, another one is not.
    twice = [*usual, ("resource", f"{BASE}/mcp"), ("resource", f"{BASE}/mcp")]
    assert site.visitor.ask("POST", "/token", [*twice, ("resource", BASE)]).status == 400
    assert site.visitor.ask("POST", "/token", twice).status == 200


@pytest.mark.parametrize(
    ("verifier", "error"),
    [("x" * 42, "invalid_grant"), ("x" * 129, "invalid_grant"), ("", "invalid_request"), (None, "invalid_request"), ("é" * 43, "invalid_grant")],
)  # fmt: skip
def test_a_verifier_has_43_to_128_characters(site: SignIn, app: App, verifier: str | None, error: str) -> None:  # noqa: F811
    code = site.person().sign_in(app.link())["code"]
    answer = app.exchange(code, code_verifier=verifier)
    assert answer.status == 400 and answer.error == error, answer
    # The challenge itself is no verifier.
    assert app.exchange(code, code_verifier=challenge(app.verifier)).error == "invalid_grant"
    assert app.exchange(code).status == 200


def test_the_longest_verifier_is_taken(site: SignIn, app: App) -> None:  # noqa: F811
    app.verifier = "~._-" * 32
    assert app.exchange(site.person().sign_in(app.link())["code"]).status == 200


def test_a_token_of_one_kind_is_none_of_another(site: SignIn, app: App) -> None:  # noqa: F811
    code = site.person().sign_in(app.link())["code"]
    tokens = app.exchange(code).json
    access, refresh = tokens["access_token"], tokens["refresh_token"]
    for token in (refresh, code, access[:-1], access + "A", access.swapcase(), "oeat_" + refresh[5:], access.replace("oeat", "OEAT")):
        assert refused(site.visitor.call(token)), token[:5]
    for token in (access, code, "oert_" + access[5:], refresh[:-1], refresh + "=", f" {refresh}"):
        assert app.refresh(token).error == "invalid_grant", token[:5]
    for token in (access, refresh):
        assert app.exchange(token).error == "invalid_grant"
    assert site.visitor.call(access).status == 200 and app.refresh(refresh).status == 200


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_a_client_proves_itself_in_one_way(site: SignIn, scheme: str) -> None:  # noqa: F811
    app = site.app().register(token_endpoint_auth_method="client_secret_basic")  # noqa: F811
    tokens = site.person().sign_in(app.link())
    pair = base64.b64encode(f"{app.client_id}:{app.secret}".encode()).decode()
    secret, app.secret = app.secret, None
    code = tokens["code"]
    good = {"Authorization": f"{scheme} {pair}"}
    bad = base64.b64encode(f"{app.client_id}:{secret}x".encode()).decode()
    for headers in ({"Authorization": f"Basic {bad}"}, {"Authorization": "Basic"}, {"Authorization": "Basic !"}, {"Authorization": f"Bearer {pair}"}, {}):
        answer = app.exchange(code, headers)
        assert answer.status == 401 and answer.error == "invalid_client", (headers, answer)
        assert (answer["WWW-Authenticate"] or "").startswith("Basic ") == bool(headers)
    for headers, more in (({"Authorization": [good["Authorization"]] * 2}, {}), (good, {"client_secret": secret}), (good, {"client_id": "other"})):
        assert app.exchange(code, headers, **more).error == "invalid_request"
    assert app.exchange(code, good).status == 200


# Methods


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/token", "POST"), ("/register", "POST"), ("/revoke", "POST"), ("/authorize/decision", "POST"), ("/authorize/done", "GET"),
     ("/authorize", "GET, POST"), ("/connections", "GET, POST"), (METADATA, "GET"), (PRM, "GET")],
)  # fmt: skip
def test_a_wrong_method_is_told_the_right_ones(site: SignIn, path: str, allowed: str) -> None:  # noqa: F811
    methods = set(allowed.split(", "))
    for method in {"GET", "PUT", "DELETE", "PATCH", "POST"} - methods:
        answer = site.visitor.ask(method, path, "" if method != "GET" else None)
        assert answer.status == 405, (method, answer)
        assert methods <= {each.strip() for each in (answer["Allow"] or "").split(",")}, answer
    preflight = site.visitor.ask("OPTIONS", path, None, {"Origin": "https://claude.ai", "Access-Control-Request-Method": "POST"})
    assert preflight.status < 400 or path.startswith(("/authorize", "/connections")), preflight
    open_to_all = not path.startswith(("/authorize", "/connections"))
    assert (preflight["Access-Control-Allow-Origin"] == "*") == open_to_all, preflight
    assert preflight["Access-Control-Allow-Credentials"] is None


def test_head_is_get_without_a_body(site: SignIn) -> None:  # noqa: F811
    for path in (PRM, f"{PRM}/mcp", METADATA):
        whole, head = site.visitor.get(path), site.visitor.ask("HEAD", path)
        assert head.status == whole.status == 200 and head.body == b"" and head["Content-Type"] == whole["Content-Type"], path
    for path in ("/mcp", "/mcp/", "/"):
        answer = site.visitor.ask("HEAD", path)
        assert answer.status in ((401,) if path != "/" else (200, 401)) and answer.body == b"", (path, answer)


# The page's form


def test_a_form_decides_once_and_one_thing(site: SignIn, app: App) -> None:  # noqa: F811
    person = site.person()
    page = person.open(app.link())
    form = page.form_with("decision", "allow")
    token, secret = person.pair
    fields = filled(form, user_token=token, user_secret=secret)
    both = [*fields.items(), ("decision", "allow"), ("decision", "deny")]
    for pairs in (both, list(reversed(both))):
        answer = person.submit(form, pairs)
        assert is_page(answer, 400), (pairs[-2:], answer)
    for decision in ("", "ALLOW", "yes"):
        assert is_page(person.submit(form, fields | {"decision": decision}), 400), decision
    with ThreadPoolExecutor(8) as pool:
        people = [site.person() for _ in range(8)]
        for each in people:
            each.cookies = dict(person.cookies)
        answers = list(pool.map(lambda each: each.submit(form, fields | {"decision": "allow"}), people))
    assert [answer.status for answer in answers].count(303) == 1, answers


def test_cookies_of_others_do_not_get_in_the_way(site: SignIn, app: App) -> None:  # noqa: F811
    person = site.person()
    page = person.open(app.link())
    (name, value), = person.cookies.items()
    person.cookies = {f"x{number}": "y" * 40 for number in range(40)} | {name.lower(): "wrong", name: value, "__Host-oe_txn_other": "wrong"}
    assert person.decide(page).status == 303


# Tokens at the endpoint


@pytest.mark.parametrize("field", ["Bearer  {}", "bearer {}", "BEARER {}", "Bearer\t{}", "Bearer {} ", "Bearer {},{}", "Bearer {} x=1", "Token {}", "{}", "Bearer"])
def test_a_bearer_field_has_one_form(site: SignIn, app: App, field: str) -> None:  # noqa: F811
    token = app.connect(site.person())["access_token"]
    answer = site.visitor.send({"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"Authorization": field.replace("{}", token)})
    assert answer.status in ((200,) if field in ("bearer {}", "BEARER {}", "Bearer {} ", "Bearer  {}") else (400, 401)), answer
    assert answer.status != 401 or told(answer)


def test_a_token_counts_in_its_field_only(site: SignIn, app: App) -> None:  # noqa: F811
    token = app.connect(site.person())["access_token"]
    for name in ("access_token", "ACCESS_TOKEN", "access%5Ftoken", "access_token%20"):
        answer = site.visitor.send({"jsonrpc": "2.0", "id": 1, "method": "ping"}, target=f"/mcp?{name}={token}")
        assert answer.status in (400, 401), (name, answer)
    answer = site.visitor.ask("POST", "/mcp", {"access_token": token})
    assert answer.status in (400, 401, 415), answer


# Scopes


def test_what_was_narrowed_for_one_token_is_not_lost(site: SignIn, app: App) -> None:  # noqa: F811
    tokens = app.connect(site.person())
    assert set(tokens["scope"].split()) == set(BOTH.split())
    narrow = app.refresh(tokens["refresh_token"], scope=READ).json
    assert narrow["scope"] == READ
    assert set(app.refresh(narrow["refresh_token"]).json["scope"].split()) == set(BOTH.split())
    reader = app.connect(site.person(), write=False)
    assert app.refresh(reader["refresh_token"], scope=f"{READ} {WRITE}").error == "invalid_scope"
    # A refused request changes nothing.
    assert json.loads(app.refresh(reader["refresh_token"]).body)["scope"] == READ


@pytest.mark.parametrize("pair", [("petra", "secret-of-petra"), ("token-of-petra", "petra"), ("etra", "secret-of-petra")])
def test_what_was_typed_is_not_shown_as_a_name(site: SignIn, app: App, ovaledge: StandIn, pair: tuple[str, str]) -> None:  # noqa: F811
    app.connect(site.person())
    ovaledge.credentials.add(pair)
    app.connect(site.person("203.0.113.21", pair))
    site.program.__exit__()
    site.program.end_of_log()
    granted = [line for line in site.program.log.splitlines() if "authorization granted" in line]
    assert ["petra" in line for line in granted] == [True, False], granted
