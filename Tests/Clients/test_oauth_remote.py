"""`oe-mcp-http` behind an identity provider: what OvalEdge is asked with, what each person sees, and what is published."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from http_program import INITIALIZE, PING, SECURE, HTTPProgram, Reply
from identity_provider import AUDIENCE, Asked, IdentityProvider
from lambda_runtime import DOMAIN, Function, http_event
from reports import findings
from stand_in import EXCHANGE, Seen, StandIn, jwt
from stand_in import Reply as Answer
from wire import clean_environment, own_file

BASE = "https://mcp.example.com"
METADATA = f'resource_metadata="{BASE}/.well-known/oauth-protected-resource'
BOTH = "ovaledge:read ovaledge:write"
FIND = {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}}
LIST = {"jsonrpc": "2.0", "id": 6, "method": "tools/list"}
CHANGE = {
    "jsonrpc": "2.0", "id": 7, "method": "tools/call",
    "params": {"name": "create_tag", "arguments": {"name": "Sensitive"}},
}  # fmt: skip
SECRET = "client-secret-58c1f0"


class Federated(StandIn):
    """An OvalEdge that takes tokens in whose end it believes, under the scheme they come in."""

    def __init__(self):
        super().__init__()
        self.refused: set[str] = set()

    def _refusal(self, seen: Seen) -> Answer | None:
        return Answer(401, {"message": "Unauthorized"}) if self.used(seen)[1] in self.refused else None

    @staticmethod
    def used(seen: Seen) -> tuple[str, str]:
        scheme, _, token = seen.headers.get("authorization", "").partition(" ")
        return scheme, token

    @property
    def with_which(self) -> list[tuple[str, str]]:
        """Schemes and tokens of the calls so far."""
        return [self.used(seen) for seen in self.seen("asset-explorer")]


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as provider:
        yield provider


@pytest.fixture
def federated() -> Iterator[Federated]:
    with Federated() as ovaledge:
        yield ovaledge


@pytest.fixture
def about(provider: IdentityProvider, federated: Federated) -> dict[str, object]:
    return {
        "AUTH_MODE": "remote", "MCP_PUBLIC_BASE_URL": BASE, "OAUTH_ISSUER": provider.issuer, "OAUTH_AUDIENCE": AUDIENCE,
        "OVALEDGE_BASE_URL": federated.base_url, "OVALEDGE_CACHE_SECONDS": 0, "OVALEDGE_TIMEOUT_SECONDS": 2,
        "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.1, "LOG_LEVEL": "debug",
    }  # fmt: skip


@pytest.fixture
def behind(serve: Callable[..., HTTPProgram], about: dict[str, object]) -> Callable[..., HTTPProgram]:
    """Start a server behind the provider; named settings win over the usual ones."""
    return lambda *arguments, **changed: serve(*arguments, **(about | changed))


@pytest.fixture(autouse=True)
def quiet(serve: Callable[..., HTTPProgram]) -> Iterator[None]:
    """No token and no secret is in a log, and no subject of a person."""
    yield
    for program in serve.running:
        program.__exit__()
        program.end_of_log()
        for text in ("eyJ", SECRET, "derived-", "petra"):
            assert text not in program.log, text


def ask(program: HTTPProgram, token: str | None, message: dict, **more: str) -> Reply:
    who = {} if token is None else {"Authorization": f"Bearer {token}"}
    return program.post(message, {"Host": "mcp.example.com"} | SECURE | who | more)


def read(program: HTTPProgram, path: str) -> Reply:
    return program.ask("GET", path, {"Host": "mcp.example.com"} | SECURE)


def names(reply: Reply) -> set[str]:
    return {tool["name"] for tool in reply.json["result"]["tools"]}


def failure(reply: Reply) -> str:
    """What a call says that failed."""
    result = reply.json["result"]
    assert reply.status == 200 and result["isError"], reply.body
    return result["content"][0]["text"]


class TestWithoutAToken:
    def test_a_client_learns_where_people_sign_in(self, behind, provider: IdentityProvider) -> None:
        program = behind(OVALEDGE_ALLOW_WRITES="all")
        for path, document in (("/mcp", "/mcp"), ("/", "")):
            reply = program.ask("POST", path, {"Host": "mcp.example.com"} | SECURE, PING)
            assert reply.status == 401
            assert reply.headers["www-authenticate"] == f'Bearer {METADATA}{document}", scope="{BOTH}"'
        for path, resource in (("", BASE), ("/mcp", f"{BASE}/mcp")):
            reply = read(program, f"/.well-known/oauth-protected-resource{path}")
            assert reply.json == {
                "resource": resource, "authorization_servers": [provider.issuer], "scopes_supported": BOTH.split(),
                "bearer_methods_supported": ["header"], "resource_name": "OvalEdge",
            }, reply.json  # fmt: skip
            assert reply.headers["access-control-allow-origin"] == "*" and "max-age=300" in reply.headers["cache-control"]
        for path in ("oauth-authorization-server", "openid-configuration", "oauth-client-metadata", "anything"):
            assert read(program, f"/.well-known/{path}").status == 404
        assert read(program, "/").json["oauth_discovery"] == "/.well-known/oauth-protected-resource"
        assert not provider.requests

    def test_nothing_is_read_from_what_a_request_says_of_its_host(self, behind) -> None:
        program = behind()
        forged = program.ask("GET", "/.well-known/oauth-protected-resource/mcp", {"Host": "mcp.example.com", "X-Forwarded-Host": "evil.test"})
        assert forged.json["resource"] == f"{BASE}/mcp"
        assert program.ask("GET", "/.well-known/oauth-protected-resource/mcp", {"Host": "evil.test"}).status == 403

    def test_a_secret_in_the_address_comes_before_encryption(self, behind) -> None:
        program = behind()
        plain = {"Host": "mcp.example.com", "Authorization": "Bearer x"}
        assert program.ask("POST", "/mcp?access_token=x", plain, PING).json["error"] == "secret_in_query"
        assert program.ask("POST", "/mcp", plain, PING).json["error"] == "tls_required"

    def test_on_this_machine_no_encryption_is_needed(self, behind, provider: IdentityProvider) -> None:
        program = behind(MCP_PUBLIC_BASE_URL="http://127.0.0.1:9999")
        assert program.post(PING, {"Authorization": f"Bearer {provider.token()}"}).status == 200


class TestForwarding:
    def test_the_token_goes_on_as_it_came_which_is_said_at_the_start(self, behind, provider, federated) -> None:
        program = behind(OVALEDGE_USER_TOKEN="unused-token", OVALEDGE_USER_SECRET="unused-secret")
        token = provider.token()
        assert ask(program, token, INITIALIZE).status == 200 and not federated.requests
        assert "raw_loans" in ask(program, token, FIND).body.decode()
        assert federated.with_which == [("Bearer", token)] and federated.exchanges == 0
        assert program.log.count("is passed on to OvalEdge") == 1 and program.log.count("are ignored") == 1

    @pytest.mark.parametrize(("scheme", "sent"), [("JWT", "Bearer"), ("Token", "Token")])
    def test_under_the_scheme_that_is_set(self, behind, provider, federated, scheme: str, sent: str) -> None:
        program = behind(OVALEDGE_HTTP_AUTH_SCHEME=scheme)
        assert ask(program, provider.token(), FIND).status == 200
        assert federated.with_which[0][0] == sent

    def test_a_newer_token_takes_the_place_of_the_one_before(self, behind, provider, federated) -> None:
        program = behind(MCP_HTTP_STATELESS="false")
        first = provider.token(exp=int(time.time()) + 300)
        session = {"Mcp-Session-Id": ask(program, first, INITIALIZE).headers["mcp-session-id"]}
        assert ask(program, first, FIND, **session).status == 200
        second = provider.token(scope="ovaledge:read ovaledge:write")
        assert ask(program, second, FIND, **session).status == 200
        # The older one is good, too, and it is the same person.
        assert ask(program, first, FIND, **session).status == 200
        assert [token for _, token in federated.with_which] == [first, second, second]
        other = provider.token(sub="omar")
        assert ask(program, other, FIND, **session).status == 404
        assert ask(program, other, FIND).status == 200 and federated.with_which[-1][1] == other

    def test_what_ovaledge_refuses_is_tried_with_another_of_this_person(self, behind, provider, federated) -> None:
        program = behind()
        first, second = provider.token(), provider.token(exp=int(time.time()) + 900)
        assert ask(program, first, FIND).status == 200
        federated.refused.add(second)
        assert "raw_loans" in ask(program, second, FIND).body.decode()
        federated.refused.add(first)
        assert "Sign in again" in failure(ask(program, first, FIND))


class TestATokenOfOvalEdge:
    def test_is_got_with_the_providers_token(self, behind, provider, federated) -> None:
        made = [jwt("petra", time.time() + 3600, number=number) for number in range(3)]
        federated.next(EXCHANGE, *(Answer(200, {"token": token}) for token in made))
        program = behind(OVALEDGE_REMOTE_FORWARD_IDP_TOKEN="false")
        petra, omar = provider.token(), provider.token(sub="omar")
        for token in (petra, petra, omar):
            assert ask(program, token, FIND).status == 200
        assert federated.with_which == [("jwt", made[0]), ("jwt", made[0]), ("jwt", made[1])]
        assert [seen.json for seen in federated.seen(EXCHANGE)] == [{"userToken": petra}, {"userToken": omar}]
        assert "is passed on" not in program.log
        # Refused long before its end, it is got anew.
        federated.refused.add(made[1])
        assert ask(program, omar, FIND).status == 200 and federated.with_which[-1] == ("jwt", made[2])

    def test_is_not_asked_for_again_and_again_where_it_is_refused(self, behind, provider, federated) -> None:
        federated.always(EXCHANGE, Answer(401, {"message": "unknown user"}))
        program = behind(OVALEDGE_REMOTE_FORWARD_IDP_TOKEN="false")
        token = provider.token()
        for _ in range(6):
            assert "Sign in again" in failure(ask(program, token, FIND))
        assert federated.exchanges < 6 and not federated.with_which


class TestAnExchange:
    SETTINGS = {"OAUTH_CLIENT_ID": "oe-mcp", "OAUTH_CLIENT_SECRET": SECRET, "OAUTH_EXCHANGE_AUDIENCE": "api://ovaledge"}

    @pytest.fixture(params=["rfc8693", "on_behalf_of"])
    def exchanging(self, request, behind, provider) -> HTTPProgram:
        self.forms: list[Asked] = []
        self.answer: Callable[[int], tuple[int, dict]] = lambda number: (
            200, {"access_token": f"derived-{number}-opaque-token", "token_type": "Bearer", "expires_in": 86400}
        )  # fmt: skip

        def exchange(asked: Asked) -> tuple[int, dict]:
            self.forms.append(asked)
            return self.answer(len(self.forms))

        provider.exchange = exchange
        return behind(OAUTH_EXCHANGE=request.param, **self.SETTINGS)

    def test_is_made_once_for_each_person(self, request, exchanging, provider, federated) -> None:
        petra, omar = provider.token(), provider.token(sub="omar")
        for token in (petra, petra, omar, petra):
            assert ask(exchanging, token, FIND).status == 200
        derived = [("Bearer", f"derived-{number}-opaque-token") for number in (1, 1, 2, 1)]
        assert federated.with_which == derived and federated.exchanges == 0
        form = self.forms[0].form
        if "subject_token" in form:
            assert form["subject_token"] == petra and form["audience"] == "api://ovaledge"
        else:
            assert form["assertion"] == petra and form["requested_token_use"] == "on_behalf_of"
            assert form["scope"] == "api://ovaledge/.default"
        assert self.forms[0].client == ("oe-mcp", SECRET) and "is passed on" not in exchanging.log

    def test_that_fails_is_told_with_what_to_do(self, exchanging, provider, federated) -> None:
        for number, (status, error, words) in enumerate(
            [
                (400, "invalid_grant", "Sign in again"), (401, "invalid_client", "operator"), (503, "", "gave no token"),
            ]  # fmt: skip
        ):
            self.answer = lambda _, status=status, error=error: (status, {"error": error, "error_description": SECRET})
            assert words in failure(ask(exchanging, provider.token(sub=f"person-{number}"), FIND))
        assert not federated.with_which

    def test_that_is_not_possible_leaves_lists_and_the_handshake(self, exchanging, provider) -> None:
        self.answer = lambda _: (400, {"error": "invalid_grant"})
        token = provider.token()
        assert ask(exchanging, token, INITIALIZE).status == 200 and "asset_explorer" in names(ask(exchanging, token, LIST))
        assert not self.forms


class TestScopes:
    def test_decide_which_tools_there_are(self, behind, provider) -> None:
        program = behind(OVALEDGE_ALLOW_WRITES="all", OAUTH_SCOPE_MAP="catalog.edit=ovaledge:write")
        tokens = {scope: provider.token(scope=scope) for scope in ("ovaledge:read", "catalog.edit", "openid")}
        shown = {scope: names(ask(program, token, LIST)) for scope, token in tokens.items()}
        assert "create_tag" in shown["catalog.edit"] and shown["ovaledge:read"] < shown["catalog.edit"]
        assert "asset_explorer" in shown["ovaledge:read"] and not shown["openid"]
        refused = ask(program, tokens["ovaledge:read"], CHANGE)
        assert refused.status == 403 and refused.headers["www-authenticate"].endswith('scope="ovaledge:read catalog.edit"')
        assert "tick write" in refused.body.decode()
        assert ask(program, tokens["openid"], FIND).status == 403
        assert ask(program, tokens["catalog.edit"], FIND).status == 200

    def test_hold_for_the_token_of_the_request_in_a_session(self, behind, provider) -> None:
        program = behind(OVALEDGE_ALLOW_WRITES="all", MCP_HTTP_STATELESS="false")
        reading, writing = provider.token(), provider.token(scope=BOTH)
        session = {"Mcp-Session-Id": ask(program, reading, INITIALIZE).headers["mcp-session-id"]}
        assert "create_tag" not in names(ask(program, reading, LIST, **session))
        assert "create_tag" in names(ask(program, writing, LIST, **session))
        assert "create_tag" not in names(ask(program, reading, LIST, **session))
        assert ask(program, reading, CHANGE, **session).status == 403

    def test_follow_what_sighup_allows(self, behind, provider, tmp_path: Path) -> None:
        file = own_file(tmp_path)
        program = behind()
        reading, writing = provider.token(), provider.token(sub="writer", scope=BOTH)
        before = names(ask(program, reading, LIST))
        assert before <= names(ask(program, writing, LIST)) and "create_tag" not in names(ask(program, writing, LIST))
        file.write_text("OVALEDGE_ALLOW_WRITES=all\n")
        program.send(signal.SIGHUP)
        program.wait_for_log("settings read again")
        assert "create_tag" in names(ask(program, writing, LIST)) and names(ask(program, reading, LIST)) == before


class TestFailures:
    def test_a_provider_that_is_down_is_no_refusal(self, behind, provider, tmp_path: Path) -> None:
        clock = tmp_path / "clock"
        provider.broken = {"configuration": 500, "server": 500}
        program = behind("--set", f"OAUTH_TEST_CLOCK_FILE={clock}")
        reply = ask(program, provider.token(), PING)
        assert reply.status == 503 and int(reply.headers["retry-after"]) > 0 and "www-authenticate" not in reply.headers
        provider.broken.clear()
        clock.write_text("60")
        assert ask(program, provider.token(), PING).status == 200

    def test_too_many_wrong_tokens_of_one_address_are_enough(self, behind, provider) -> None:
        program = behind(MCP_RATE_FAILED_SIGN_INS="3", MCP_TRUSTED_PROXIES="127.0.0.1")
        here, there = ({"X-Forwarded-For": address} for address in ("198.51.100.7", "198.51.100.8"))
        for _ in range(5):
            assert ask(program, None, PING, **here).status == 401
        statuses = [ask(program, f"wrong-{number}", PING, **here).status for number in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert ask(program, "wrong", PING, **there).status == 401

    def test_an_introspection_takes_the_place_of_reading(self, behind, provider) -> None:
        program = behind(
            OAUTH_INTROSPECTION_URL=f"{provider.issuer}/introspect", OAUTH_CLIENT_ID="oe-mcp", OAUTH_CLIENT_SECRET=SECRET
        )
        provider.opaque["reference"] = {"active": True} | provider.claims()
        assert ask(program, "reference", PING).status == 200 and ask(program, "another", PING).status == 401
        assert ask(program, provider.token(), PING).status == 401
        assert provider.asked("/introspect")[0].client == ("oe-mcp", SECRET) and not provider.asked("/jwks")


class TestStandingIn:
    REGISTRATION = {"client_name": "x", "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"]}

    @pytest.fixture
    def facade(self, behind) -> HTTPProgram:
        return behind(OAUTH_FACADE="true", OAUTH_CLIENT_ID="public-client", OAUTH_CLIENT_SECRET=SECRET)

    def register(self, program: HTTPProgram, body: object, **more: str) -> Reply:
        fields = {"Host": "mcp.example.com", "Content-Type": "application/json"} | SECURE | more
        return program.ask("POST", "/register", fields, body)

    def test_names_the_providers_addresses_and_its_own_for_registering(self, facade, provider) -> None:
        provider.changes = {"scopes_supported": ["openid", "offline_access"], "token_endpoint_auth_methods_supported": ["client_secret_basic"]}
        assert read(facade, "/.well-known/oauth-protected-resource/mcp").json["authorization_servers"] == [BASE]
        document = read(facade, "/.well-known/oauth-authorization-server").json
        assert document["issuer"] == BASE and document["registration_endpoint"] == f"{BASE}/register"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            assert document[name] == provider.discovery[name]
        assert document["scopes_supported"] == ["ovaledge:read", "offline_access"]
        assert document["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "none"]
        openid = read(facade, "/.well-known/openid-configuration").json
        assert openid == document | {"subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]}

    def test_has_all_clients_be_the_one_that_is_registered(self, facade) -> None:
        reply = self.register(facade, self.REGISTRATION | {"client_secret": "mine", "scope": "claudeai"})
        assert reply.status == 201 and reply.json["client_id"] == "public-client"
        assert reply.json["token_endpoint_auth_method"] == "none" and "client_secret" not in reply.json
        assert SECRET not in reply.body.decode() and reply.headers["cache-control"] == "no-store"
        assert reply.headers["access-control-allow-origin"] == "*"

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ([], "invalid_client_metadata"), ({"client_name": "x"}, "invalid_redirect_uri"),
            ({"redirect_uris": []}, "invalid_redirect_uri"), ({"redirect_uris": ["https://a.example/"] * 11}, "invalid_redirect_uri"),
            ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
            ({"redirect_uris": ["https://a.example/#x"]}, "invalid_redirect_uri"), ({"redirect_uris": [7]}, "invalid_redirect_uri"),
            ({"redirect_uris": ["https://a.example/" + "x" * 512]}, "invalid_redirect_uri"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_registration(self, facade, body: object, error: str) -> None:
        reply = self.register(facade, body)
        assert reply.status == 400 and reply.json["error"] == error, reply.body

    def test_refuses_what_is_too_much_or_not_json(self, facade) -> None:
        assert self.register(facade, self.REGISTRATION | {"more": "x" * (17 << 10)}).status == 413
        assert self.register(facade, self.REGISTRATION, **{"Content-Type": "text/plain"}).json["error"] == "invalid_client_metadata"
        assert read(facade, "/register").status == 405

    def test_says_so_where_the_provider_is_down(self, facade, provider) -> None:
        provider.broken = {"configuration": 500, "server": 500}
        reply = read(facade, "/.well-known/oauth-authorization-server")
        assert reply.status == 503 and reply.json["error"] == "temporarily_unavailable" and int(reply.headers["retry-after"]) > 0


def test_the_sandbox_can_be_tried_behind_a_provider(behind, provider) -> None:
    program = behind("--sandbox", OVALEDGE_BASE_URL="")
    assert not ask(program, provider.token(), FIND).json["result"].get("isError")
    assert "is passed on" not in program.log


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"MCP_PUBLIC_BASE_URL": ""}, "MCP_PUBLIC_BASE_URL"), ({"MCP_PUBLIC_BASE_URL": "http://mcp.example.com"}, "MCP_PUBLIC_BASE_URL"),
        ({"OAUTH_ISSUER": ""}, "OAUTH_ISSUER"), ({"OAUTH_ISSUER": "http://login.example.com"}, "OAUTH_ISSUER"),
        ({"OAUTH_ISSUER": "https://login.microsoftonline.com/common/v2.0"}, "OAUTH_ISSUER"), ({"OAUTH_AUDIENCE": ""}, "OAUTH_AUDIENCE"),
        ({"OAUTH_EXCHANGE": "rfc8693"}, "OAUTH_EXCHANGE"), ({"OAUTH_INTROSPECTION_URL": "http://a.example/i"}, "OAUTH_INTROSPECTION_URL"),
        ({"OAUTH_EXCHANGE": "rfc8693", "OAUTH_CLIENT_ID": "x", "OVALEDGE_REMOTE_FORWARD_IDP_TOKEN": "true"}, "FORWARD_IDP_TOKEN"),
    ],
)  # fmt: skip
def test_it_does_not_start_where_it_could_not_be_safe(run, about: dict[str, object], changed: dict[str, str], name: str) -> None:
    done = run("--port", "0", **(about | changed))
    assert done.returncode == 78 and name in done.stderr and done.stdout == "", done


def test_the_other_program_takes_the_same_file(run, oe_mcp: str, about: dict[str, object], tmp_path: Path) -> None:
    file = own_file(tmp_path)
    file.write_text("".join(f"{name}={value}\n" for name, value in (about | {"OAUTH_CLIENT_SECRET": SECRET}).items()))
    done = subprocess.run([oe_mcp, "settings"], capture_output=True, text=True, env=clean_environment(tmp_path), timeout=60)
    assert done.returncode == 0 and not done.stderr and SECRET not in done.stdout, done
    listed = run("settings")
    assert listed.returncode == 0 and "OAUTH_ISSUER" in listed.stdout and SECRET not in listed.stdout and not listed.stderr


def test_doctor_asks_the_provider(run, about: dict[str, object], provider: IdentityProvider) -> None:
    found = run("doctor", **about)
    mark, words = findings(found.stdout)["listen.provider"]
    assert mark == "ok" and f"{provider.issuer} answers" in words and "people sign in at" in found.stdout, found
    provider.changes = {"issuer": "https://other.example.com"}
    missed = run("doctor", **about)
    mark, words = findings(missed.stdout)["listen.provider"]
    assert missed.returncode != 0 and mark == "FAIL" and "another issuer" in words, missed


def test_a_function_has_the_same_addresses(oe_mcp_http: str, tmp_path: Path, about, provider, federated) -> None:
    fields = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    function = Function([oe_mcp_http, "lambda"], tmp_path, **(about | {"MCP_PUBLIC_BASE_URL": f"https://{DOMAIN}"}))
    with function as running:

        def answer(method: str, path: str, own: dict[str, str], message: object = None) -> tuple[int, dict]:
            outcome = running.invoke(http_event(method, path, fields | own, json.dumps(message) if message else ""))
            return outcome.head["status"], json.loads(outcome.content)

        assert answer("POST", "/mcp", {}, PING)[0] == 401
        status, document = answer("GET", "/.well-known/oauth-protected-resource/mcp", {})
        assert status == 200 and document["resource"] == f"https://{DOMAIN}/mcp", document
        token = provider.token()
        assert "raw_loans" in json.dumps(answer("POST", "/mcp", {"Authorization": f"Bearer {token}"}, FIND)[1])
        assert federated.with_which == [("Bearer", token)] and "is passed on" in running.log
