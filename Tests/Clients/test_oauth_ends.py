"""What ends with what allowed it, and who comes without a page: streams of a sign-in, and assertions of a provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from http_program import INITIALIZE, PING
from identity_provider import IdentityProvider
from oauth_servers import SignIn, key_file, listed, signing_in  # noqa: F401
from stand_in import StandIn

SECRET = "agent-secret-7b20c1"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MODERN = INITIALIZE | {"params": INITIALIZE["params"] | {"protocolVersion": "2025-11-25"}}
SEEN = {"Host": "mcp.test", "X-Forwarded-Proto": "https"}


def bearer(token: str) -> dict[str, str]:
    return SEEN | {"Authorization": f"Bearer {token}"}


def test_a_stream_ends_with_the_sign_in_that_opened_it(signing_in: Callable[..., SignIn]) -> None:
    site = signing_in(MCP_HTTP_STATELESS="false")
    app = site.app().register()
    tokens, other = (app.connect(site.person())["access_token"] for _ in range(2))
    host = {"Host": site.base.removeprefix("https://")}
    streams = []
    for token in (tokens, other):
        begun = site.program.post(MODERN, bearer(token) | host)
        assert begun.status == 200, begun.body
        line = site.program.connection()
        session = {"Mcp-Session-Id": begun.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-11-25"}
        line.request("GET", "/mcp", headers=bearer(token) | session | host | {"Accept": "text/event-stream"})
        answer = line.getresponse()
        assert answer.status == 200 and answer.read(1) == b":"
        streams.append(answer)
    revoked = app.visitor.ask("POST", "/revoke", {"token": tokens, "client_id": app.client_id})
    assert revoked.status == 200
    begin = time.monotonic()
    streams[0].read()
    assert time.monotonic() - begin < 5, "It was left to the look that comes by itself."
    assert site.program.post(PING, bearer(other) | host).status == 200
    streams[1].fp.raw._sock.settimeout(0.3)
    with pytest.raises(TimeoutError):
        streams[1].read()


class TestAssertions:
    @pytest.fixture
    def site(self, signing_in: Callable[..., SignIn], provider: IdentityProvider, ovaledge: StandIn, tmp_path: Path) -> SignIn:
        clients = listed(tmp_path, SECRET, client_id="agent")
        user, secret = next(iter(ovaledge.credentials))
        return signing_in(
            MCP_HTTP_STATELESS="false", OAUTH_ID_JAG_ISSUERS=provider.issuer, OAUTH_STATIC_CLIENTS=clients, OVALEDGE_USER_TOKEN=user,
            OVALEDGE_USER_SECRET=secret,
        )  # fmt: skip

    @pytest.fixture
    def provider(self):
        with IdentityProvider("ES256") as provider:
            yield provider

    def ask(self, site: SignIn, provider: IdentityProvider, **changed: object):
        now = int(time.time())
        claims = {"aud": site.base, "client_id": "agent", "resource": f"{site.base}/mcp", "iat": now, "exp": now + 300}
        assertion = changed.pop("assertion", None) or provider.token({"typ": "oauth-id-jag+jwt"}, **claims | changed)
        form = {"grant_type": GRANT, "assertion": assertion, "client_id": "agent", "client_secret": SECRET}
        return assertion, site.visitor.ask("POST", "/token", form)

    def test_get_people_tokens_that_act_for_the_account_of_this_server(self, site: SignIn, provider: IdentityProvider) -> None:
        metadata = site.visitor.ask("GET", "/.well-known/oauth-authorization-server").json
        assert GRANT in metadata["grant_types_supported"]
        assertion, issued = self.ask(site, provider, scope="ovaledge:read")
        assert issued.status == 200 and issued.json["scope"] == "ovaledge:read" and "refresh_token" not in issued.json
        host = {"Host": site.base.removeprefix("https://")}
        call = {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}
        found = site.program.post(
            {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}, bearer(issued.json["access_token"]) | host
        )
        assert found.status == 200 and b"raw_loans" in found.body
        _, again = self.ask(site, provider, assertion=assertion)
        assert again.status == 400 and again.json["error"] == "invalid_grant"
        assert "it was used before" in site.program.wait_for_log("token request refused")
        assert assertion not in site.program.log

    def test_are_taken_for_this_server_and_this_client_alone(self, site: SignIn, provider: IdentityProvider) -> None:
        for changed in ({"aud": "https://other.test"}, {"client_id": "other"}, {"resource": "https://other.test/mcp"}):
            _, refused = self.ask(site, provider, **changed)
            assert refused.status == 400 and refused.json["error"] == "invalid_grant", changed

    def test_keep_people_apart_who_act_for_one_account(self, site: SignIn, provider: IdentityProvider) -> None:
        host = {"Host": site.base.removeprefix("https://")}
        petra, paul = (self.ask(site, provider, sub=name)[1].json["access_token"] for name in ("petra", "paul"))
        begun = site.program.post(MODERN, bearer(petra) | host)
        session = host | {"Mcp-Session-Id": begun.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-11-25"}
        assert site.program.post(PING, bearer(petra) | session).status == 200
        assert site.program.post(PING, bearer(paul) | session).status == 404
        assert site.program.post(PING, bearer(paul) | host).status == 200


def test_assertions_are_off_where_no_provider_is_named(signing_in: Callable[..., SignIn]) -> None:
    app = signing_in().app().register()
    refused = app.visitor.ask("POST", "/token", {"grant_type": GRANT, "assertion": "x", "client_id": app.client_id})
    assert refused.json["error"] == "unsupported_grant_type"
