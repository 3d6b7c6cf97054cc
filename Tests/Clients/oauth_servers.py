"""`oe-mcp-http` in the two modes of OAuth, and what stands around it: fixtures for the tests of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents import Documents
from http_program import HTTPProgram
from identity_provider import AUDIENCE, IdentityProvider
from network import OPENSSL, reserved_port
from oauth_flow import BASE, CALLBACK, App, Clock, Person, Visitor
from stand_in import Reply, Seen, StandIn


def listed(folder: Path, secret: str, **about: object) -> Path:
    """A file with one client, as an operator writes it."""
    usual = {
        "client_name": "Configured", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post",
        "client_secret_sha256": hashlib.sha256(secret.encode()).hexdigest(),
    }  # fmt: skip
    path = folder / "clients.json"
    path.write_text(json.dumps([usual | about]))
    path.chmod(0o600)
    return path


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Documents]:
    if not OPENSSL:
        pytest.skip("openssl is missing; scripts/need test gets it")
    documents = Documents(tmp_path / "web")
    yield documents
    documents.stop()


class SignIn:
    """A server with a sign-in page of its own, started with these settings; `visitor` is a client's backend."""

    def __init__(self, program: HTTPProgram, base: str, clock: Clock, pair: tuple[str, str], again: Callable[[], HTTPProgram]):
        self.program = program
        self.base = base
        self.clock = clock
        self.pair = pair
        self.visitor = Visitor(program, base)
        self._again = again

    def person(self, address: str = "203.0.113.20", pair: tuple[str, str] | None = None) -> Person:
        """A person with a browser at an address of their own."""
        return Person(Visitor(self.program, self.base, address), pair or self.pair)

    def app(self, address: str = "198.51.100.7", **about: object) -> App:
        return App(Visitor(self.program, self.base, address), **about)

    def restart(self, kill: bool = True) -> None:
        """Ends the server, and starts it with the same settings at the same port."""
        if kill:
            self.program.__exit__()
        else:
            assert self.program.end() == 0
        self.program = self._again()
        self.visitor = Visitor(self.program, self.base)


@pytest.fixture
def key_file(run, tmp_path: Path) -> Path:
    path = tmp_path / "oauth.keys"
    if not path.exists():
        made = run("keys", "new", str(path))
        assert made.returncode == 0, made.stderr
    return path


@pytest.fixture
def signing_in(serve, key_file: Path, ovaledge: StandIn, tmp_path: Path) -> Iterator[Callable[..., SignIn]]:
    """Start a server with a sign-in page; named settings win over the usual ones, and lower case ones are only for tests."""
    clocks = 0
    # Those whom a test adds come later.
    pair = next(iter(ovaledge.credentials))

    def start(*arguments: str, base: str = BASE, port: int | None = None, resolve: str | None = None, **changed: object) -> SignIn:
        nonlocal clocks
        clock = Clock(tmp_path / f"clock-{clocks}")
        clocks += 1
        port = port or reserved_port()
        base = base.format(port=port)
        settings = {
            "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": base, "OAUTH_KEY_FILE": key_file, "OAUTH_STORE": "memory",
            "OVALEDGE_BASE_URL": ovaledge.base_url, "OVALEDGE_CACHE_SECONDS": 0, "OVALEDGE_TIMEOUT_SECONDS": 2,
            "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.1, "OVALEDGE_ALLOW_WRITES": "all", "LOG_LEVEL": "debug",
        } | changed  # fmt: skip
        only_here = ["--set", f"OAUTH_TEST_CLOCK_FILE={clock.path}"] + (["--set", f"OAUTH_TEST_RESOLVE={resolve}"] if resolve else [])

        def begin() -> HTTPProgram:
            return serve(*only_here, *arguments, port=port, **{name: value for name, value in settings.items() if value is not None})

        return SignIn(begin(), base, clock, pair, begin)

    yield start


@pytest.fixture
def site(signing_in) -> SignIn:
    """A server with the usual settings."""
    return signing_in()


@pytest.fixture
def app(site: SignIn) -> App:
    """A client that has registered."""
    return site.app().register()


class Federated(StandIn):
    """An OvalEdge that takes tokens of an identity provider, and says for whom each call was made."""

    def __init__(self):
        super().__init__()
        self.refused: set[str] = set()

    def _refusal(self, seen: Seen) -> Reply | None:
        scheme, _, token = seen.headers.get("authorization", "").partition(" ")
        return None if scheme == "Bearer" and token and token not in self.refused else Reply(401, {"message": "Unauthorized"})

    @property
    def tokens_seen(self) -> list[str]:
        return [seen.headers["authorization"].partition(" ")[2] for seen in self.seen("asset-explorer")]


class Behind:
    """A server behind an identity provider."""

    def __init__(self, program: HTTPProgram, provider: IdentityProvider, clock: Clock, ovaledge: Federated, base: str):
        self.program, self.provider, self.clock, self.ovaledge, self.base = program, provider, clock, ovaledge, base
        self.visitor = Visitor(program, base)
        self._places = 0

    def elsewhere(self) -> Visitor:
        """A client at an address from which nothing has failed yet."""
        self._places += 1
        return Visitor(self.program, self.base, f"198.51.{self._places // 250}.{self._places % 250 + 1}")


@pytest.fixture
def federated() -> Iterator[Federated]:
    with Federated() as ovaledge:
        yield ovaledge


@pytest.fixture
def behind(serve, federated: Federated, tmp_path: Path) -> Callable[..., Behind]:
    """Start a server behind this provider; named settings win over the usual ones."""
    clocks = 0

    def start(provider: IdentityProvider, base: str = BASE, **changed: object) -> Behind:
        nonlocal clocks
        clock = Clock(tmp_path / f"clock-{clocks}")
        clocks += 1
        port = reserved_port()
        base = base.format(port=port)
        settings = {
            "AUTH_MODE": "remote", "MCP_PUBLIC_BASE_URL": base, "OAUTH_ISSUER": provider.issuer, "OAUTH_AUDIENCE": AUDIENCE,
            "OVALEDGE_BASE_URL": federated.base_url, "OVALEDGE_CACHE_SECONDS": 0, "OVALEDGE_TIMEOUT_SECONDS": 2,
            "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.1, "OVALEDGE_ALLOW_WRITES": "all", "LOG_LEVEL": "debug",
        } | changed  # fmt: skip
        chosen = {name: str(value).replace("{base}", base) for name, value in settings.items() if value is not None}
        return Behind(serve("--set", f"OAUTH_TEST_CLOCK_FILE={clock.path}", port=port, **chosen), provider, clock, federated, base)

    return start
