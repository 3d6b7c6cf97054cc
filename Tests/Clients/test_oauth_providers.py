"""`oe-mcp-http` behind identity providers that others make: their keys, their tokens, their introspection, their sign-in."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

from identity_provider import AUDIENCE
from network import reserved_port
from oauth_flow import BASE, FIND, READ, refused
from oauth_memory import Memory
from oauth_servers import Behind, behind, federated  # noqa: F401
from sdk import text_of
from wire import ROOT, clean_environment

PYTHON = Path(os.environ.get("OAUTH_PYTHON", ROOT / ".build/oauth-venv/bin/python"))

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="scripts/test makes the environment for it")


def asked(address: str, form: dict[str, str] | None = None, client: tuple[str, str] | None = None, document: dict | None = None) -> dict:
    """What a provider answers to its own client."""
    headers = {}
    if client:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(client).encode()).decode()
    if document is not None:
        headers["Content-Type"] = "application/json"
    data = json.dumps(document).encode() if document is not None else urlencode(form).encode() if form is not None else None
    with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=10) as answer:
        body = answer.read()
    return json.loads(body) if body else {}


class Elsewhere:
    """A provider in a process of its own."""

    def __init__(self, issuer: str, process: subprocess.Popen):
        self.issuer = issuer
        self.process = process

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


# authlib


class OfAuthlib(Elsewhere):
    client = ("client", "secret")

    def __init__(self, algorithm: str, folder: Path):
        process = subprocess.Popen(
            [PYTHON, "-B", "-W", "ignore", Path(__file__).with_name("authlib_provider.py"), algorithm, AUDIENCE],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder,
            env=clean_environment(folder, AUTHLIB_INSECURE_TRANSPORT=1),
        )  # fmt: skip
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("http://127.0.0.1:"), "It did not start."
        super().__init__(issuer, process)

    def token(self, scope: str = READ) -> str:
        form = {"grant_type": "client_credentials", "scope": scope}
        return asked(f"{self.issuer}/token", form, self.client)["access_token"]


@pytest.fixture(params=["RS256", "ES256", "EdDSA"])
def authlib(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OfAuthlib]:
    provider = OfAuthlib(request.param, tmp_path)
    yield provider
    provider.stop()



def test_tokens_of_authlib_are_taken_also_after_a_rotation(authlib: OfAuthlib, behind: Callable[..., Behind]) -> None:  # noqa: F811
    site = behind(authlib)
    first = authlib.token()
    found = site.visitor.call(first, FIND)
    assert found.status == 200 and "raw_loans" in found.text, found
    asked(f"{authlib.issuer}/rotate", {})
    assert site.visitor.call(authlib.token(), FIND).status == 200
    site.clock.advance(61)
    # What was signed with the key that is gone is gone, too.
    assert refused(site.elsewhere().call(first))


def test_authlib_is_asked_about_its_tokens(authlib: OfAuthlib, behind: Callable[..., Behind]) -> None:  # noqa: F811
    name, secret = authlib.client
    site = behind(
        authlib, OAUTH_INTROSPECTION_URL=f"{authlib.issuer}/introspect", OAUTH_CLIENT_ID=name, OAUTH_CLIENT_SECRET=secret
    )
    token = authlib.token()
    assert site.visitor.call(token, FIND).status == 200
    asked(f"{authlib.issuer}/rotate", {})
    site.clock.advance(61)
    # For a token that it cannot read, this library returns an error; there is no fallback.
    assert site.elsewhere().call(token).status == 503


# authgent-server


class Authgent(Elsewhere):
    def __init__(self, folder: Path):
        port = reserved_port()
        self.folder = folder
        self.settings = clean_environment(
            folder, AUTHGENT_SERVER_URL=f"http://127.0.0.1:{port}", AUTHGENT_HOST="127.0.0.1", AUTHGENT_PORT=port,
            AUTHGENT_DATABASE_URL=f"sqlite+aiosqlite:///{folder}/authgent.db", AUTHGENT_SECRET_KEY="5b" * 32,
            AUTHGENT_CONSENT_MODE="auto_approve", AUTHGENT_REGISTRATION_POLICY="open", AUTHGENT_REGISTER_RATE_LIMIT=1000,
        )  # fmt: skip
        self.program = PYTHON.with_name("authgent-server")
        process = subprocess.Popen(
            [self.program, "run", "--host", "127.0.0.1", "--port", str(port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env=self.settings,
        )  # fmt: skip
        super().__init__(self.settings["AUTHGENT_SERVER_URL"], process)
        end = time.monotonic() + 30
        while True:
            try:
                asked(f"{self.issuer}/.well-known/oauth-authorization-server")
                break
            except OSError:
                assert time.monotonic() < end and process.poll() is None, "It did not start."
                time.sleep(0.05)
        self.client = self.register()

    def register(self) -> tuple[str, str]:
        about = {
            "client_name": "test", "grant_types": ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
            "scope": "ovaledge:read ovaledge:write",
        }  # fmt: skip
        made = asked(f"{self.issuer}/register", document=about)
        return made["client_id"], made["client_secret"]

    def token(self, scope: str = READ, resource: str = f"{BASE}/mcp") -> str:
        name, secret = self.client
        form = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret, "scope": scope, "resource": resource}
        return asked(f"{self.issuer}/token", form)["access_token"]

    def rotate(self) -> None:
        subprocess.run([self.program, "rotate-keys"], cwd=self.folder, env=self.settings, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authgent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authgent]:
    provider = Authgent(tmp_path_factory.mktemp("authgent"))
    yield provider
    provider.stop()


def test_tokens_of_authgent_are_taken_also_after_a_rotation(authgent: Authgent, behind: Callable[..., Behind]) -> None:  # noqa: F811
    site = behind(authgent, OAUTH_AUDIENCE=f"{BASE}/mcp")
    old = authgent.token()
    assert site.visitor.call(old, FIND).status == 200
    authgent.rotate()
    site.clock.advance(31)
    for token in (authgent.token(), old):
        assert site.visitor.call(token, FIND).status == 200
    assert refused(site.elsewhere().call(authgent.token(resource="https://another.example/mcp")))


def test_authgent_is_asked_about_its_tokens(authgent: Authgent, behind: Callable[..., Behind]) -> None:  # noqa: F811
    name, secret = authgent.client
    site = behind(
        authgent, OAUTH_AUDIENCE=f"{BASE}/mcp", OAUTH_INTROSPECTION_URL=f"{authgent.issuer}/introspect", OAUTH_CLIENT_ID=name,
        OAUTH_CLIENT_SECRET=secret,
    )  # fmt: skip
    token = authgent.token()
    assert site.visitor.call(token, FIND).status == 200
    asked(f"{authgent.issuer}/revoke", {"token": token, "client_id": name, "client_secret": secret})
    assert site.visitor.call(token).status == 200, "What was asked a moment ago is not asked again."
    site.clock.advance(61)
    assert refused(site.elsewhere().call(token))


def test_authgent_gives_another_token_for_ovaledge(authgent: Authgent, behind: Callable[..., Behind]) -> None:  # noqa: F811
    name, secret = authgent.client
    site = behind(
        authgent, OAUTH_AUDIENCE=f"{BASE}/mcp", OAUTH_EXCHANGE="rfc8693", OAUTH_EXCHANGE_AUDIENCE="https://ovaledge.example",
        OAUTH_EXCHANGE_SCOPE=READ, OAUTH_CLIENT_ID=name, OAUTH_CLIENT_SECRET=secret,
    )  # fmt: skip
    token = authgent.token()
    assert site.visitor.call(token, FIND).status == 200
    used = site.ovaledge.tokens_seen[-1]
    assert used != token
    middle = used.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["iss"] == authgent.issuer and claims["aud"] == "https://ovaledge.example" and claims["sub"]


@pytest.mark.anyio
async def test_the_newest_sdk_signs_in_at_authgent_for_this_server(authgent: Authgent, behind: Callable[..., Behind]) -> None:  # noqa: F811
    site = behind(authgent, base="http://127.0.0.1:{port}", OAUTH_AUDIENCE="{base}/mcp")
    came: list[dict[str, str]] = []

    async def browse(link: str) -> None:
        async with httpx2.AsyncClient() as browser:
            answer = await browser.get(link)
            assert answer.status_code in (302, 303, 307), answer.text
            came.append(dict(parse_qsl(urlsplit(answer.headers["location"]).query)))

    async def returned() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(code=came[-1]["code"], state=came[-1]["state"], iss=came[-1].get("iss"))

    about = OAuthClientMetadata(client_name="SDK", redirect_uris=["http://127.0.0.1:41000/callback"])
    storage = Memory()
    auth = OAuthClientProvider(f"{site.base}/mcp", about, storage, browse, returned)
    with anyio.fail_after(60):
        async with httpx2.AsyncClient(auth=auth, timeout=30) as http_client:
            async with Client(streamable_http_client(f"{site.base}/mcp", http_client=http_client)) as client:
                found = await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
                assert not found.is_error and "raw_loans" in text_of(found)
    assert site.ovaledge.tokens_seen == [storage.tokens.access_token] and len(came) == 1
