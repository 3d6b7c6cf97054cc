"""`oe-mcp-http bridge` as its operator starts it."""

from __future__ import annotations

import http.client
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from http_program import HTTPProgram, Reply
from wire import clean_environment

JSON = {"Content-Type": "application/json"}


class BridgeProgram(HTTPProgram):
    """`address` is what it says when it is ready: its base address."""

    def __init__(self, program: str, home: Path, *arguments: str, **settings: object):
        self.errors: list[str] = []
        self.process = subprocess.Popen(
            [program, "bridge", *arguments, "--port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=clean_environment(home, **settings), cwd=home, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http"), "".join(self.errors)
        self.prefix = urlsplit(self.address).path

    def get(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        return self.ask("GET", self.prefix + path, headers)

    def call(self, tool: str, arguments: object = None, token: str | None = None, query: str = "", **headers: str) -> Reply:
        fields = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            fields["Authorization"] = "Bearer " + token
        return self.ask("POST", f"{self.prefix}/tools/{tool}{query}", fields, {} if arguments is None else arguments)

    def raw(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> http.client.HTTPResponse:
        connection = self.connection()
        connection.request(method, path, body, headers)
        return connection.getresponse()


def refusal(program: str, home: Path, *arguments: str, **settings: object) -> tuple[int, str]:
    """How a bridge ends that cannot start, and what it says."""
    ended = subprocess.run(
        [program, "bridge", *arguments, "--port", "0"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
        env=clean_environment(home, **settings), cwd=home,
    )  # fmt: skip
    return ended.returncode, ended.stderr


def events(text: bytes) -> list[dict]:
    return [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]


def bridges(program: str, remote: str, home: Path) -> Iterator[Callable[..., BridgeProgram]]:
    """What starts bridges to the remote with these settings; they end with who asked for it."""
    running: list[BridgeProgram] = []

    def start(*arguments: str, **settings: object) -> BridgeProgram:
        running.append(BridgeProgram(program, home, *arguments, **{"MCP_REMOTE_SERVER": remote} | settings))
        return running[-1]

    yield start
    for each in running:
        each.__exit__()
