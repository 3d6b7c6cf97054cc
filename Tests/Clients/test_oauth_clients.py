"""Programs that others make sign a person in at `oe-mcp-http` and call a tool: SDKs, fastmcp, libraries of OAuth, coding agents."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import socket
import struct
import subprocess
import termios
import threading
import time
import urllib.error
import urllib.request
import warnings
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import anyio
import fastmcp
import httpx2
import pytest
from fastmcp.client.auth import OAuth
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

from coding_agents import Agent, ClaudeCode, Codex, made
from documents import Documents
from network import reserved_port
from oauth_flow import READ, Person
from oauth_servers import SignIn, documents, key_file, listed, signing_in  # noqa: F401
from scripted_model import Step, call
from sdk import text_of
from test_oauth_providers import PYTHON, Memory
from test_older_client import PYTHON as OLDER_PYTHON
from wire import clean_environment

HERE = "http://127.0.0.1:{port}"
REDIRECT = "http://127.0.0.1:41000/callback"


@pytest.fixture
def here(signing_in: Callable[..., SignIn]) -> Callable[..., SignIn]:  # noqa: F811
    """Start a server that is reached at its own port, without a proxy."""
    return lambda **changed: signing_in(base=HERE, **changed)


def deliver(person: Person, link: str) -> None:
    """What a browser does once a person has allowed: it opens the address that the page leads to, as soon as it can."""
    back, end = person.back(link), time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(back, timeout=20) as answer:
                answer.read()
            return
        except ConnectionError:
            pass
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
        assert time.monotonic() < end, "Nobody waits for the browser."
        time.sleep(0.05)


# SDKs


def newest(site: SignIn, storage: Memory, opened: list[str], **more: object) -> OAuthClientProvider:
    person = site.person()

    async def open_page(address: str) -> None:
        opened.append(await anyio.to_thread.run_sync(person.back, address))

    async def returned() -> AuthorizationCodeResult:
        told = {name: values[0] for name, values in parse_qs(urlsplit(opened[-1]).query).items()}
        return AuthorizationCodeResult(code=told["code"], state=told["state"], iss=told["iss"])

    about = OAuthClientMetadata(client_name="Newest SDK", redirect_uris=[REDIRECT])
    return OAuthClientProvider(f"{site.base}/mcp", about, storage, open_page, returned, **more)


async def finds_loans(site: SignIn, auth: httpx2.Auth, mode: str = "auto") -> set[str]:
    with anyio.fail_after(60):
        async with httpx2.AsyncClient(auth=auth, timeout=30) as http_client:
            async with Client(streamable_http_client(f"{site.base}/mcp", http_client=http_client), mode=mode) as client:
                found = await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
                assert not found.is_error and "raw_loans" in text_of(found), found
                return {tool.name for tool in (await client.list_tools()).tools}


@pytest.mark.anyio
async def test_the_newest_sdk_registers_signs_in_and_refreshes(here: Callable[..., SignIn], mode: str) -> None:
    site, storage, opened = here(), Memory(), []
    auth = newest(site, storage, opened)
    assert "asset_explorer" in await finds_loans(site, auth, mode)
    assert storage.client.client_id.startswith("oec1.") and len(opened) == 1 and storage.tokens.refresh_token
    first = storage.tokens
    site.clock.advance(3700)
    # It refreshes on its own, or on the refusal of the token that has ended; the person is not asked again.
    auth.context.token_expiry_time = time.time() - 1
    await finds_loans(site, auth, mode)
    assert storage.tokens.refresh_token != first.refresh_token and len(opened) == 1


@pytest.mark.anyio
async def test_the_newest_sdk_names_itself_by_a_document(here: Callable[..., SignIn], documents: Documents) -> None:  # noqa: F811
    client_id = documents.describe("/oauth/client.json", redirect_uris=[REDIRECT], client_name="Newest SDK")
    site, storage, opened = here(resolve=documents.resolve, OAUTH_CA_BUNDLE=documents.authority.bundle), Memory(), []
    await finds_loans(site, newest(site, storage, opened, client_metadata_url=client_id))
    assert storage.client.client_id == client_id and documents.asked == ["/oauth/client.json"]


@pytest.mark.skipif(not OLDER_PYTHON.exists(), reason="scripts/test makes the environment for it")
@pytest.mark.parametrize("how", ["registered", "by a document"])
def test_the_sdk_generation_before_signs_in_and_refreshes(
    here: Callable[..., SignIn], request: pytest.FixtureRequest, tmp_path: Path, how: str
) -> None:
    more, known = {}, []
    if how == "by a document":
        documents = request.getfixturevalue("documents")
        known = [documents.describe("/oauth/client.json", redirect_uris=[REDIRECT], client_name="Older SDK")]
        more = {"resolve": documents.resolve, "OAUTH_CA_BUNDLE": documents.authority.bundle}
    site = here(**more)
    done = subprocess.run(
        [OLDER_PYTHON, "-B", Path(__file__).with_name("oauth_older_client.py"), str(site.program.port), *site.pair, *known],
        env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["called", "refreshed"]


@pytest.mark.anyio
async def test_a_program_without_a_person_gets_a_token_of_its_own(
    here: Callable[..., SignIn], tmp_path: Path, ovaledge
) -> None:
    secret = "agent-secret-7b20c1"
    clients = listed(tmp_path, secret, client_id="agent", grant_types=["client_credentials"], token_endpoint_auth_method="client_secret_basic")
    token, own = next(iter(ovaledge.credentials))
    site = here(OAUTH_STATIC_CLIENTS=clients, OAUTH_CLIENT_CREDENTIALS="true", OVALEDGE_USER_TOKEN=token, OVALEDGE_USER_SECRET=own)
    auth = ClientCredentialsOAuthProvider(f"{site.base}/mcp", Memory(), "agent", secret, scope=READ)
    await finds_loans(site, auth)


@pytest.mark.anyio
async def test_fastmcp_signs_in(here: Callable[..., SignIn], monkeypatch: pytest.MonkeyPatch) -> None:
    site = here()
    person, opened = site.person(), []

    def browse(address: str) -> bool:
        opened.append(address)
        threading.Thread(target=deliver, args=(person, address), daemon=True).start()
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    with anyio.fail_after(60):
        # That tokens are kept in memory alone is what it warns of.
        with warnings.catch_warnings(action="ignore"):
            client = fastmcp.Client(f"{site.base}/mcp", auth=OAuth(callback_port=reserved_port()))
        async with client:
            found = await client.call_tool("asset_explorer", {"search_terms": ["loans"]})
            assert "raw_loans" in found.content[0].text and len(opened) == 1


# Libraries of OAuth


@pytest.mark.skipif(not PYTHON.exists(), reason="scripts/test makes the environment for it")
@pytest.mark.parametrize("library", ["authlib", "requests_oauthlib", "requests_oauth2client"])
def test_a_library_of_oauth_signs_in(here: Callable[..., SignIn], tmp_path: Path, library: str) -> None:
    site = here()
    done = subprocess.run(
        [PYTHON, "-B", "-W", "ignore", Path(__file__).with_name("oauth_libraries.py"), library, str(site.program.port), *site.pair],
        env=clean_environment(tmp_path, OAUTHLIB_INSECURE_TRANSPORT=1, AUTHLIB_INSECURE_TRANSPORT=1),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["called", "refreshed", "revoked"]


# Coding agents


class Terminal:
    """A command that is typed to: at a terminal, for those that talk to no pipe, or through a pipe."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, is_pipe: bool):
        ends = socket.socketpair() if is_pipe else pty.openpty()
        self.end, theirs = (end.detach() if is_pipe else end for end in ends)
        if not is_pipe:
            # So wide that no address is broken.
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 4000, 0, 0))
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=folder, start_new_session=True
        )
        os.close(theirs)
        self.said = ""

    def until(self, pattern: str, within: float = 60) -> str:
        """Waits until it has said something of this form."""
        limit = time.monotonic() + within
        while not (found := re.search(pattern, self.said)):
            ready, _, _ = select.select([self.end], [], [], max(limit - time.monotonic(), 0))
            assert ready, f"It said only {self.said!r}"
            try:
                more = os.read(self.end, 65536)
            except OSError:
                more = b""
            assert more, f"It ended, and had said {self.said!r}"
            self.said += more.decode(errors="replace")
        return found[0]

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def wait(self) -> int:
        """How it ended; what it still says is not looked at."""
        try:
            while os.read(self.end, 65536):
                pass
        except OSError:
            pass
        os.close(self.end)
        return self.process.wait(30)


def signed_in(agent: Agent, site: SignIn, model) -> None:
    """Has the agent sign its person in."""
    folder = agent.home / "project"
    for each in (folder, agent.home / "tmp"):
        each.mkdir(exist_ok=True)
    environment = agent.environment(model, TERM="dumb")
    if isinstance(agent, Codex):
        agent.configure(model, f'[mcp_servers.ovaledge]\nurl = "{site.base}/mcp"\n')
        configuration = agent.home / ".codex/config.toml"
        configuration.write_text('mcp_oauth_credentials_store = "file"\n' + configuration.read_text())
        command = [str(agent.program), "mcp", "login", "ovaledge", "--no-browser"]
    else:
        added = [str(agent.program), "mcp", "add", "-s", "user", "--transport", "http", "ovaledge", f"{site.base}/mcp"]
        subprocess.run(added, env=environment, cwd=folder, check=True, capture_output=True, timeout=60)
        command = [str(agent.program), "mcp", "login", "ovaledge", "--no-browser"]
    terminal = Terminal(command, environment, folder, is_pipe=isinstance(agent, Codex))
    link = terminal.until(re.escape(site.base) + r"/authorize\?[^\s\x07\x1b]+(?=[\s\x07\x1b])")
    back = site.person().back(link)
    if isinstance(agent, Codex):
        terminal.until("Callback URL")
        terminal.type(back + "\n")
    else:
        with urllib.request.urlopen(back, timeout=20) as answer:
            answer.read()
    terminal.until("Successfully logged in|Authenticated with")
    assert terminal.wait() == 0


def test_an_agent_signs_its_person_in(agent: Agent, here: Callable[..., SignIn], model) -> None:
    site = here()
    scripted = model(Step([call("asset_explorer", search_terms=["loans"])]))
    signed_in(agent, site, scripted)
    if isinstance(agent, Codex):
        done = agent.start([str(agent.program), "exec", "--skip-git-repo-check", "go"], agent.environment())
    else:
        command = [str(agent.program), "-p", "go", "--allowedTools", "mcp__ovaledge", "--verbose", "--output-format", "stream-json"]
        done = agent.start(command, agent.environment(scripted))
    assert done.returncode == 0, done.stderr
    assert "asset_explorer" in agent.tools(scripted.requests[0]), site.program.log
    assert "raw_loans" in agent.results(scripted.requests[1])[0]
    assert "tool=asset_explorer outcome=ok" in site.program.log
