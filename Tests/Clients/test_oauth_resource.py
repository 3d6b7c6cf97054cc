"""`oe-mcp-http` behind an identity provider: which tokens it takes, which it does not, and what it asks the provider."""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from http_program import INITIALIZE, PING
from identity_provider import (
    ALGORITHMS, AUDIENCE, IdentityProvider, SigningKey, base64url, joined, with_shared_key,
)  # fmt: skip
from oauth_flow import BASE, BOTH, CHANGE, FIND, LIST, PRM, READ, WRITE, Answer, refused, told
from oauth_secrets import betrayals
from oauth_servers import Behind, behind, federated  # noqa: F401
from wire import ROOT

sys.path.insert(0, str(ROOT / "Tests/Attack"))
import needles  # noqa: E402

YEARS = 4_000_000_000
CLIENT_SECRET = needles.USER_SECRET


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as provider:
        yield provider


@pytest.fixture
def site(behind: Callable[..., Behind], provider: IdentityProvider) -> Behind:  # noqa: F811
    return behind(provider)


@pytest.fixture(autouse=True)
def quiet(serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No token and no secret is in a log, in any form."""
    made: list[str] = []
    sign = SigningKey.token

    def remember(self: SigningKey, *arguments: object, **more: object) -> str:
        made.append(sign(self, *arguments, **more))
        return made[-1]

    monkeypatch.setattr(SigningKey, "token", remember)
    yield
    for program in serve.running:
        program.__exit__()
        program.end_of_log()
        log = program.log.encode()
        assert b"eyJ" not in log, log
        for token in made:
            for place, form in betrayals(token.rsplit(".", 1)[1]).items():
                assert place not in log, form
        for place, form in needles.of(CLIENT_SECRET).items():
            assert place not in log, form


# Check 1, Check 2, Check 3
def test_a_request_without_a_token_is_challenged(site: Behind, provider: IdentityProvider) -> None:
    for path in ("/mcp", "/mcp/"):
        for method in ("POST", "GET", "DELETE", "HEAD"):
            answer = site.visitor.ask(method, path, "{}" if method == "POST" else None)
            assert answer.status == 401, (method, path, answer)
            assert told(answer) == {"resource_metadata": f"{BASE}{PRM}/mcp", "scope": BOTH}
    for path, resource in ((f"{PRM}/mcp", f"{BASE}/mcp"), (PRM, BASE)):
        document = site.visitor.get(path).json
        assert document["resource"] == resource and document["authorization_servers"] == [provider.issuer]
    token = provider.token()
    assert site.visitor.send(PING, {"Authorization": f"bearer {token}"}).status == 200
    assert site.visitor.send(PING, {"Authorization": [f"Bearer {token}"] * 2}).status == 400
    assert site.visitor.send(PING, {"Authorization": f"Bearer {token}", "X-OvalEdge-Token": "a", "X-OvalEdge-Secret": "b"}).status == 400
    assert told(site.visitor.send(PING, {"Authorization": "Basic x"})).keys() == {"resource_metadata", "scope"}
    assert site.visitor.send(PING, target=f"/mcp?access_token={token}").error == "secret_in_query"
    for path in ("/authorize", "/token"):
        assert site.visitor.get(path).status == 404


# Check 34
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_signed_in_any_good_way_is_taken(behind: Callable[..., Behind], algorithm: str) -> None:  # noqa: F811
    with IdentityProvider(algorithm) as provider:
        site = behind(provider)
        for header in ({"typ": "at+jwt"}, {"typ": "application/AT+JWT"}, {"typ": "JWT"}, {"typ": None}):
            answer = site.visitor.call(provider.token(header), FIND)
            assert answer.status == 200 and "raw_loans" in answer.text, (header, answer)
        head, payload, signature = provider.token().split(".")
        changed = ("B" if signature[9] == "A" else "A").join((signature[:9], signature[10:]))
        assert refused(site.elsewhere().call(f"{head}.{payload}.{changed}"))


# Check 34
def test_what_is_no_good_access_token_is_refused(behind: Callable[..., Behind]) -> None:  # noqa: F811
    with IdentityProvider("RS256", "ES256") as provider, IdentityProvider() as attacker:
        site = behind(provider)
        now, key, curve = int(time.time()), provider.keys[0], provider.keys[1]
        good = provider.claims()
        mine = SigningKey("RS256", "attacker")
        weak = SigningKey("RS256", "weak", 1024)
        provider.keys.append(weak)
        head, payload, signature = provider.token().split(".")
        twice = json.dumps(good)[:-1] + f', "aud": "{AUDIENCE}"}}'
        public = [key.pem, key.pem.strip(), json.dumps(key.public).encode(), base64.urlsafe_b64decode(key.public["n"] + "==")]
        tokens = {
            "an ID token": key.token(good | {"nonce": "n", "at_hash": "h"}, typ="JWT"),
            "an ID token by its type": key.token(good, typ="id+jwt"),
            "an ID token of Cognito": key.token(good | {"token_use": "id"}),
            "an ID token of Keycloak": key.token(good | {"typ": "ID"}, typ="JWT"),
            "a logout token": key.token(good | {"events": {}}, typ="logout+jwt"),
            "a security event": key.token(good, typ="secevent+jwt"),
            "a proof": key.token(good, typ="dpop+jwt"),
            "an assertion": key.token(good, typ="oauth-id-jag+jwt"),
            "no algorithm": joined({"alg": "none", "kid": key.kid}, good, lambda _: b""),
            "No algorithm": joined({"alg": "None", "kid": key.kid}, good, lambda _: b""),
            "no signature": f"{head}.{payload}.",
            "two parts": f"{head}.{payload}",
            "five parts": f"{head}.{payload}.{signature}.{payload}.{signature}",
            "a key by its address": mine.token(good, kid=key.kid, jku=f"{attacker.issuer}/jwks"),
            "a certificate by its address": mine.token(good, kid=key.kid, x5u=f"{attacker.issuer}/jwks"),
            "a key within": mine.token(good, kid=key.kid, jwk=mine.public),
            "another's key": mine.token(good, kid=key.kid),
            "what is critical": key.token(good, crit=["exp"], exp=1),
            "not encoded": key.token(good, crit=["b64"], b64=False),
            "the wrong kind of key": key.token(good, kid=curve.kid),
            "an algorithm that is not the key's": key.token(good, alg="PS256"),
            "a curve under another name": curve.token(good, alg="ES384"),
            "a short key": weak.token(good),
            "expired": key.token(good | {"exp": now - 61}),
            "without an end": key.token({name: value for name, value in good.items() if name != "exp"}),
            "not yet": key.token(good | {"nbf": now + 120}),
            "issued tomorrow": key.token(good | {"iat": now + 86400}),
            "an end in words": key.token(good | {"exp": "tomorrow"}),
            "an end before time": key.token(good | {"exp": -1}),
            "an end beyond numbers": key.token(json.dumps(good).replace(str(good["exp"]), "1e999")),
            "an issuer with a slash": key.token(good | {"iss": provider.issuer + "/"}),
            "another's issuer": attacker.token(),
            "no issuer": key.token({name: value for name, value in good.items() if name != "iss"}),
            "for another": key.token(good | {"aud": "https://other.example"}),
            "for others": key.token(good | {"aud": ["https://other.example", AUDIENCE + "/"]}),
            "for nobody": key.token({name: value for name, value in good.items() if name != "aud"}),
            "of nobody": key.token({name: value for name, value in good.items() if name != "sub"}),
            "bound to a key": key.token(good | {"cnf": {"jkt": "x"}}),
            "a name twice": key.token(twice),
            "no object": key.token("[]"),
            "padded": f"{head}.{payload}.{signature}==",
            "in the other alphabet": f"{head}.{payload}.{signature[:-1]}+",
            "with more behind": f"{head}.{payload}.{signature}A",
            "too long": key.token(good | {"note": "x" * (17 << 10)}),
        }
        for secret in public:
            tokens[f"signed with a public key, {len(secret)}"] = with_shared_key(secret, good, kid=key.kid)
        for name, token in tokens.items():
            answer = site.elsewhere().call(token)
            assert refused(answer), (name, answer)
        assert not attacker.requests
        for changed in ({"exp": now - 50}, {"nbf": now + 50}, {"aud": ["x", AUDIENCE]}, {"typ": "Bearer"}, {"token_use": "access"}):
            assert site.elsewhere().call(provider.token(**changed)).status == 200, changed


# Check 35
def test_an_unknown_key_is_looked_for_once(site: Behind, provider: IdentityProvider) -> None:
    assert site.visitor.call(provider.token()).status == 200 and len(provider.asked("/jwks")) == 1

    def unknown(number: int) -> Answer:
        return site.elsewhere().call(provider.token({"kid": f"unknown-{number}"}))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(unknown, range(100)))
    assert all(refused(answer) for answer in answers) and len(provider.asked("/jwks")) == 2
    assert len([each for each in provider.requests if "/.well-known/" in each.path]) <= 2


# Check 35
def test_new_keys_are_found_and_lost_ones_are_remembered(site: Behind, provider: IdentityProvider) -> None:
    assert site.visitor.call(provider.token(exp=YEARS)).status == 200
    for algorithm in (None, "ES256", "EdDSA"):
        old = provider.keys[0]
        provider.rotate(algorithm)
        assert site.visitor.call(provider.token(exp=YEARS)).status == 200, algorithm
        assert refused(site.elsewhere().call(old.token(provider.claims(exp=YEARS))))
        site.clock.advance(31)
    provider.broken["/jwks"] = 500
    for hours in (1, 22):
        site.clock.advance(hours * 3600)
        assert site.visitor.call(provider.token(exp=YEARS, sub=f"person-{hours}")).status == 200
    site.clock.advance(2 * 3600)
    gone = site.elsewhere().call(provider.token(exp=YEARS, sub="another"))
    assert gone.status == 503 and int(gone["Retry-After"]) > 0 and "WWW-Authenticate" not in gone.fields


# Check 35
def test_without_its_provider_a_server_says_that_it_cannot(site: Behind, provider: IdentityProvider) -> None:
    for ending, status in (("openid-configuration", 500), ("oauth-authorization-server", 500), ("/jwks", 503)):
        provider.broken = {ending: status} if ending == "/jwks" else {"configuration": status, "server": status}
        answer = site.elsewhere().call(provider.token())
        assert answer.status == 503 and int(answer["Retry-After"]) > 0 and "WWW-Authenticate" not in answer.fields, answer
        site.clock.advance(60)
    provider.broken.clear()
    assert site.visitor.call(provider.token()).status == 200
    # What another says of itself is not believed.
    provider.changes = {"issuer": "https://evil.test"}
    site.clock.advance(2 * 86400)
    assert site.elsewhere().call(provider.token(exp=YEARS)).status in (401, 503)


# Path of the issuer, settings, claims, and what a token without the last of them is
PROVIDERS = {
    "Okta": ("/oauth2/aus1", {}, {"cid": "0oa1", "scp": ["ovaledge:read", "profile"], "scope": None, "client_id": None}, READ),
    "Entra v2": (
        "/9f0e/v2.0", {"OAUTH_AUDIENCE": "6c1f-guid", "OAUTH_SCOPE_MAP": "Catalog.Read=ovaledge:read,Catalog.Edit=ovaledge:write"},
        {"aud": "6c1f-guid", "azp": "app", "scp": "Catalog.Read Catalog.Edit", "scope": None, "tid": "9f0e", "oid": "o1", "ver": "2.0"}, BOTH,
    ),
    "Entra v1": (
        "/9f0e/", {"OAUTH_SCOPE_MAP": "Catalog.Editor=ovaledge:write"},
        {"appid": "app", "roles": ["Catalog.Editor"], "scope": None, "client_id": None, "tid": "9f0e", "oid": "o1", "ver": "1.0"}, BOTH,
    ),
    "Auth0": ("/", {}, {"azp": "a0", "aud": [AUDIENCE, "https://t.example/userinfo"], "permissions": ["ovaledge:read"], "scope": "openid"}, READ),
    "Keycloak": ("/realms/r", {}, {"azp": "kc", "typ": "Bearer", "aud": ["account", AUDIENCE], "scope": "openid ovaledge:write"}, BOTH),
    "Cognito": (
        "/eu-1_pool", {"OAUTH_AUDIENCE_CLAIM": "client_id", "OAUTH_AUDIENCE": "cog1", "OAUTH_SCOPE_MAP": "oe/read=ovaledge:read"},
        {"aud": None, "client_id": "cog1", "token_use": "access", "scope": "oe/read"}, READ,
    ),
    "PingOne": ("/env/as", {}, {"client_id": "ping", "scope": "ovaledge:read"}, READ),
    "PingFederate": ("", {}, {"client_id": "mcp", "scope": ["ovaledge:read", "ovaledge:write"]}, BOTH),
}  # fmt: skip
WRONG = {
    "Okta": {"iss": "ORIGIN"}, "Entra v2": {"aud": AUDIENCE}, "Entra v1": {"iss": "ORIGIN/9f0e"}, "Auth0": {"iss": "ORIGIN"},
    "Keycloak": {"aud": "account"}, "Cognito": {"token_use": "id"}, "PingOne": {"aud": "https://api.pingone.example"},
    "PingFederate": {"aud": None},
}  # fmt: skip


# Check 36
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_tokens_of_a_provider_are_read_as_it_writes_them(behind: Callable[..., Behind], name: str) -> None:  # noqa: F811
    path, settings, claims, scopes = PROVIDERS[name]
    typ = {"PingOne": "at+jwt", "PingFederate": None}.get(name, "JWT")
    with IdentityProvider(path=path) as provider:
        # Where a path ends with a slash, its documents still lie below it.
        provider.changes = {"jwks_uri": f"{provider.origin}/jwks"}
        site = behind(provider, **settings)
        token = provider.token({"typ": typ}, **claims)
        answer = site.visitor.call(token, LIST)
        assert answer.status == 200, answer
        tools = {tool["name"] for tool in answer.json["result"]["tools"]}
        assert ("update_asset_descriptions" in tools) == (scopes == BOTH) and "asset_explorer" in tools
        wrong = {key: value and value.replace("ORIGIN", provider.origin) for key, value in WRONG[name].items()}
        assert refused(site.elsewhere().call(provider.token({"typ": typ}, **(claims | wrong))))


# Check 36
def test_a_reference_is_asked_for(behind: Callable[..., Behind]) -> None:  # noqa: F811
    with IdentityProvider() as provider:
        site = behind(
            provider, OAUTH_INTROSPECTION_URL=f"{provider.issuer}/introspect", OAUTH_CLIENT_ID="oe:mcp", OAUTH_CLIENT_SECRET=CLIENT_SECRET
        )
        good = {"active": True} | provider.claims()
        provider.opaque = {
            "reference-1": good, "reference-2": good | {"active": "true"}, "reference-3": good | {"aud": "other"},
            "reference-4": {name: value for name, value in good.items() if name != "aud"}, "reference-5": good | {"exp": 1},
            "reference-6": good | {"iss": provider.issuer + "/"}, "reference-7": {"active": False},
        }  # fmt: skip
        assert site.visitor.call("reference-1", FIND).status == 200
        assert provider.asked("/introspect")[0].client == ("oe:mcp", CLIENT_SECRET)
        # What is neither true nor false says nothing.
        assert site.elsewhere().call("reference-2").status in (401, 503)
        for number in range(3, 9):
            assert refused(site.elsewhere().call(f"reference-{number}")), number
        asked = len(provider.asked("/introspect"))
        assert site.visitor.call("reference-1").status == 200 and len(provider.asked("/introspect")) == asked
        provider.opaque.clear()
        site.clock.advance(61)
        assert refused(site.elsewhere().call("reference-1"))
        provider.broken["/introspect"] = 500
        # There is no weaker way, also where it could be read.
        gone = site.elsewhere().call(provider.token())
        assert gone.status == 503 and "WWW-Authenticate" not in gone.fields


# Check 36
def test_a_reference_of_pingfederate_is_known_by_what_is_said_of_it(behind: Callable[..., Behind]) -> None:  # noqa: F811
    with IdentityProvider() as provider:
        site = behind(
            provider, OAUTH_INTROSPECTION_URL=f"{provider.issuer}/introspect", OAUTH_CLIENT_ID="oe-mcp", OAUTH_CLIENT_SECRET=CLIENT_SECRET
        )
        said = provider.claims()
        # Without who issued it, and with the attributes of its access token manager.
        about = {
            "active": True, "token_type": "Bearer", "scope": f"openid {READ}", "client_id": "mcp",
            "exp": said["exp"], "aud": said["aud"], "sub": "ann", "Username": "ann",
        }  # fmt: skip
        provider.opaque = {"reference-1": about} | {
            f"without-{name}": {key: value for key, value in about.items() if key != name} for name in ("aud", "sub", "exp")
        }
        answer = site.visitor.call("reference-1", LIST)
        assert answer.status == 200 and "asset_explorer" in answer.text and "update_asset_descriptions" not in answer.text, answer
        for name in ("aud", "sub", "exp"):
            assert refused(site.elsewhere().call(f"without-{name}")), name


# Check 36
def test_a_server_that_would_take_anything_does_not_start(run, federated) -> None:  # noqa: F811
    good = {
        "AUTH_MODE": "remote", "MCP_PUBLIC_BASE_URL": BASE, "OVALEDGE_BASE_URL": federated.base_url,
        "OAUTH_ISSUER": "https://login.example", "OAUTH_AUDIENCE": AUDIENCE,
    }  # fmt: skip
    for changed in (
        {"OAUTH_AUDIENCE": ""}, {"OAUTH_ISSUER": ""}, {"OAUTH_ISSUER": "http://login.example"},
        {"OAUTH_ISSUER": "https://login.microsoftonline.com/{tenantid}/v2.0"},
        {"OAUTH_ISSUER": "https://login.microsoftonline.com/common/v2.0"},
        {"OAUTH_EXCHANGE": "rfc8693", "OVALEDGE_REMOTE_FORWARD_IDP_TOKEN": "true", "OAUTH_CLIENT_ID": "x"},
        {"OAUTH_EXCHANGE": "rfc8693"},
    ):  # fmt: skip
        ended = run("--port", "0", **(good | changed))
        assert ended.returncode not in (0, 124) and not ended.stdout.strip(), (changed, ended)


# Check 9
def test_a_configured_secret_is_never_returned(behind: Callable[..., Behind], provider: IdentityProvider) -> None:  # noqa: F811
    site = behind(provider, OAUTH_FACADE="true", OAUTH_CLIENT_ID="configured", OAUTH_CLIENT_SECRET=CLIENT_SECRET)
    assert site.visitor.get(f"{PRM}/mcp").json["authorization_servers"] == [BASE]
    known = site.visitor.get("/.well-known/oauth-authorization-server").json
    assert known["issuer"] == BASE and known["registration_endpoint"] == f"{BASE}/register"
    about = {"client_name": "x", "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"], "token_endpoint_auth_method": "none"}
    answer = site.visitor.send(about, target="/register")
    assert answer.status == 201 and answer.json["client_id"] == "configured" and CLIENT_SECRET[:12] not in answer.text
    assert "client_secret" not in answer.json
    assert 400 <= site.visitor.send(about | {"client_name": "x" * (17 << 10)}, target="/register").status < 500


# Check 37
def test_what_a_token_does_not_cover_is_neither_shown_nor_done(behind: Callable[..., Behind], provider: IdentityProvider) -> None:  # noqa: F811
    site = behind(provider)
    read, write, none = (provider.token(scope=scope, sub=scope) for scope in (READ, WRITE, "openid"))
    shown = {token: {tool["name"] for tool in site.visitor.call(token, LIST).json["result"]["tools"]} for token in (read, write, none)}
    assert "update_asset_descriptions" in shown[write] - shown[read] and "asset_explorer" in shown[read] - shown[none]
    for token, message, needed in ((read, CHANGE, {READ, WRITE}), (none, FIND, {READ})):
        answer = site.visitor.call(token, message)
        assert answer.status == 403 and told(answer)["error"] == "insufficient_scope", answer
        assert needed <= set(told(answer)["scope"].split()) <= {READ, WRITE, "openid"}
    assert site.visitor.call(write, CHANGE).status == 200 and site.visitor.call(write, FIND).status == 200


def test_where_nothing_is_written_only_reading_is_asked_for(behind: Callable[..., Behind], provider: IdentityProvider) -> None:  # noqa: F811
    site = behind(provider, OVALEDGE_ALLOW_WRITES=None)
    assert told(site.visitor.send(PING))["scope"] == READ and site.visitor.get(f"{PRM}/mcp").json["scopes_supported"] == [READ]


# Check 38
def test_a_session_belongs_to_one_person(behind: Callable[..., Behind], provider: IdentityProvider) -> None:  # noqa: F811
    site = behind(provider, MCP_HTTP_STATELESS="false")
    petra, anna = provider.token(sub="petra"), provider.token(sub="anna")
    session = site.visitor.call(petra, INITIALIZE)["Mcp-Session-Id"]
    within = {"Mcp_Session_Id": session, "MCP_Protocol_Version": "2024-11-05"}
    assert site.visitor.call(petra, LIST, **within).status == 200
    assert site.visitor.call(anna, LIST, **within).status in (403, 404)
    # A new token of the same person goes on where the old one was.
    newer = provider.token(sub="petra")
    assert site.visitor.call(newer, FIND, **within).status == 200 and site.ovaledge.tokens_seen[-1] == newer
    assert site.visitor.call(anna, FIND).status == 200 and site.ovaledge.tokens_seen[-1] == anna


def test_a_token_that_was_exchanged_ends_with_the_one_it_came_from(behind: Callable[..., Behind], provider: IdentityProvider) -> None:  # noqa: F811
    made: list[str] = []

    def exchange(asked) -> tuple[int, dict]:
        form = asked.form
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange" and form["audience"] == "api://ovaledge"
        assert asked.client == ("oe-mcp", CLIENT_SECRET)
        made.append(f"derived-{len(made)}-{base64url(form['subject_token'][-9:].encode())}")
        return 200, {
            "access_token": made[-1], "token_type": "Bearer", "expires_in": 86400,
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        }  # fmt: skip

    provider.exchange = exchange
    site = behind(
        provider, OAUTH_EXCHANGE="rfc8693", OAUTH_EXCHANGE_AUDIENCE="api://ovaledge", OAUTH_CLIENT_ID="oe-mcp",
        OAUTH_CLIENT_SECRET=CLIENT_SECRET,
    )  # fmt: skip
    token = provider.token()
    for _ in range(3):
        assert site.visitor.call(token, FIND).status == 200
    assert len(made) == 1 and site.ovaledge.tokens_seen == [made[0]] * 3
    anna = provider.token(sub="anna")
    assert site.visitor.call(anna, FIND).status == 200 and site.ovaledge.tokens_seen[-1] == made[1]
    site.clock.advance(700)
    # The source has ended, and with it what came from it.
    assert refused(site.elsewhere().call(token, FIND))
    newer = provider.token(exp=YEARS)
    assert site.visitor.call(newer, FIND).status == 200 and site.ovaledge.tokens_seen[-1] == made[2]
    assert not any(token in site.ovaledge.tokens_seen for token in (token, anna, newer))
