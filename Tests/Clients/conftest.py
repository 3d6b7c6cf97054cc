"""What the client tests share: the built programs, stand-ins and sessions that end with the test."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from mcp import StdioServerParameters

from coding_agents import Agent, ClaudeCode, Codex, made
from http_program import HTTPProgram
from http_wire import HTTPWire
from sandbox_on_port import SANDBOX_CREDENTIAL, SandboxOnPort
from scripted_model import ScriptedModel, Step
from sdk import server
from stand_in import StandIn
from talk import BOTH, EVERYTHING, Talk
from wire import Wire, clean_environment, program


@pytest.fixture(scope="session")
def oe_mcp() -> str:
    return program("oe-mcp", "OE_MCP")


@pytest.fixture(scope="session")
def oe_mcp_http() -> str:
    return program("oe-mcp-http", "OE_MCP_HTTP")


@pytest.fixture(scope="session")
def conformance() -> str:
    """The test server that has what the official conformance suite asks for."""
    return program("conformance-server", "CONFORMANCE_SERVER")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def ovaledge() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def settings(ovaledge: StandIn) -> dict[str, object]:
    """The three settings for the stand-in, impatient ones beside them, every request sent, and as much logging as there is."""
    token, secret = next(iter(ovaledge.credentials))
    return {
        "OVALEDGE_BASE_URL": ovaledge.base_url,
        "OVALEDGE_USER_TOKEN": token,
        "OVALEDGE_USER_SECRET": secret,
        "OVALEDGE_TIMEOUT_SECONDS": 2,
        "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.1,
        "OVALEDGE_CACHE_SECONDS": 0,
        "OVALEDGE_LOG_HTTP_REQUESTS": "true",
        "LOG_LEVEL": "debug",
    }


@pytest.fixture
def start(oe_mcp: str, tmp_path: Path) -> Iterator[Callable[..., Wire]]:
    """Start the program in an empty folder with these arguments and settings."""
    running: list[Wire] = []

    def run(*arguments: str, **settings: object) -> Wire:
        wire = Wire([oe_mcp, *arguments], clean_environment(tmp_path, **settings), tmp_path)
        running.append(wire)
        return wire

    yield run
    for wire in running:
        wire.kill()


@pytest.fixture
def sandbox(start: Callable[..., Wire]) -> Wire:
    """A session with the built-in sandbox, its handshake done."""
    wire = start("--sandbox")
    wire.initialize()
    return wire


@pytest.fixture
def connected(start: Callable[..., Wire], settings: dict[str, object]) -> Callable[..., Wire]:
    """Start a session with the stand-in, its handshake done; named settings win over the usual ones."""

    def run(**changed: object) -> Wire:
        wire = start(**(settings | changed))
        wire.initialize()
        return wire

    return run


@pytest.fixture(scope="module")
def sandbox_url(oe_mcp_http: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with SandboxOnPort(oe_mcp_http, tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox.url


@pytest.fixture(params=["built in", "over libcurl"])
def parameters(request: pytest.FixtureRequest, oe_mcp: str, tmp_path: Path) -> StdioServerParameters:
    """For the SDK: the same catalog twice, inside the process, and on a port behind libcurl."""
    if request.param == "built in":
        return server(oe_mcp, tmp_path, "--sandbox")
    return server(oe_mcp, tmp_path, **SANDBOX_CREDENTIAL, OVALEDGE_BASE_URL=request.getfixturevalue("sandbox_url"))


@pytest.fixture(params=["auto", "legacy", "2026-07-28"])
def mode(request: pytest.FixtureRequest) -> str:
    """How the SDK begins: by itself, with the handshake, without."""
    return request.param


@pytest.fixture
def meet_over(conformance: str, tmp_path: Path) -> Iterator[Callable[..., Talk]]:
    """Begin a dialogue over a carrier with a server of its own; in the end every message is checked."""
    met: list[Talk] = []

    def begin(
        carrier: str, revision: str, capabilities: dict | None = None, *arguments: str, accept: str | None = None
    ) -> Talk:
        kind, words = (Wire, []) if carrier == "stdio" else (HTTPWire, ["--http", "0"])
        wire = kind([conformance, *words, *arguments], clean_environment(tmp_path), tmp_path)
        if accept:
            wire.fields["Accept"] = accept
        met.append(Talk(wire, revision, capabilities))
        return met[-1]

    yield begin
    for talk in met:
        talk.wire.kill()
        talk.check()


@pytest.fixture
def serve_conformance(conformance: str, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start the test server on a port, and return its address."""
    running: list[HTTPWire] = []

    def serve(*arguments: str) -> str:
        running.append(HTTPWire([conformance, "--http", "0", *arguments], clean_environment(tmp_path), tmp_path))
        return running[-1].address

    yield serve
    for wire in running:
        wire.kill()


@pytest.fixture(params=["stdio", "http"])
def meet(request: pytest.FixtureRequest, meet_over: Callable[..., Talk]) -> Callable[..., Talk]:
    """Begin a dialogue in a revision, over either carrier."""
    return partial(meet_over, request.param)


@pytest.fixture(params=BOTH)
def talk(request: pytest.FixtureRequest, meet: Callable[..., Talk]) -> Talk:
    return meet(request.param, EVERYTHING)


@pytest.fixture
def run(oe_mcp_http: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Run a command of the program that listens, to its end."""

    def start(*arguments: str, **settings: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [oe_mcp_http, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=clean_environment(tmp_path, **settings), cwd=tmp_path, timeout=60,
        )  # fmt: skip

    return start


@pytest.fixture
def serve(oe_mcp_http: str, tmp_path: Path) -> Iterator[Callable[..., HTTPProgram]]:
    """Serve with these arguments and settings, until the test ends."""
    running: list[HTTPProgram] = []

    def start(*arguments: str, **settings: object) -> HTTPProgram:
        running.append(HTTPProgram(oe_mcp_http, tmp_path, *arguments, **settings))
        return running[-1]

    start.running = running
    yield start
    for each in running:
        each.__exit__()


@pytest.fixture
def remote(ovaledge: StandIn) -> dict[str, object]:
    """For many people, each with their own credentials, with as much logging as there is."""
    return {
        "AUTH_MODE": "remote_credentials",
        "OVALEDGE_BASE_URL": ovaledge.base_url,
        "OVALEDGE_CACHE_SECONDS": 0,
        "LOG_LEVEL": "debug",
    }


@pytest.fixture
def pair(ovaledge: StandIn) -> tuple[str, str]:
    return next(iter(ovaledge.credentials))


@pytest.fixture(params=[Codex, ClaudeCode])
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> Agent:
    return made(request.param, tmp_path)


@pytest.fixture
def model() -> Iterator[Callable[..., ScriptedModel]]:
    """A model that says these things one after the other, and then that it is done."""
    running: list[ScriptedModel] = []

    def follow(*steps: Step) -> ScriptedModel:
        running.append(ScriptedModel([*steps, Step()]).__enter__())
        return running[-1]

    yield follow
    for each in running:
        each.__exit__()
