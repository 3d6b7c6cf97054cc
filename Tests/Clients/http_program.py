"""`oe-mcp-http` as its operator starts it: on a port of the kernel's choosing, for as long as the block lasts."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from wire import clean_environment

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
PING = {"jsonrpc": "2.0", "id": 3, "method": "ping"}
SECURE = {"X-Forwarded-Proto": "https"}


def fields(pair: tuple[str, str], **more: str) -> dict[str, str]:
    """Credentials as clients send them, behind a proxy with TLS."""
    return {"X-OvalEdge-Token": pair[0], "X-OvalEdge-Secret": pair[1]} | SECURE | more


class Reply:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class HTTPProgram:
    def __init__(self, program: str, home: Path, *arguments: str, port: int = 0, **settings: object):
        self.errors: list[str] = []
        self.process = subprocess.Popen(
            [program, *arguments, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(home, **settings),
            cwd=home,
            text=True,
        )
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        self.address = self.process.stdout.readline().strip()
        assert self.address.endswith("/mcp"), "".join(self.errors)

    def _read_errors(self) -> None:
        for line in self.process.stderr:
            self.errors.append(line)

    def __enter__(self) -> HTTPProgram:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)

    @property
    def log(self) -> str:
        return "".join(self.errors)

    @property
    def base(self) -> str:
        return self.address.removesuffix("/mcp")

    @property
    def port(self) -> int:
        return urlsplit(self.address).port

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: object = None) -> Reply:
        connection = self.connection()
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def post(self, body: dict, headers: dict[str, str] | None = None) -> Reply:
        both = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        return self.ask("POST", "/mcp", both | (headers or {}), body)

    def end_of_log(self) -> None:
        """Waits for the last line of a program that has ended."""
        self._reader.join(5)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float = 40) -> int:
        """Asks it to end, and gives its exit code."""
        self.send(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.end_of_log()
        return code

    def wait_for_log(self, text: str, seconds: float = 30) -> str:
        end = time.monotonic() + seconds
        while text not in self.log:
            assert time.monotonic() < end, f"{text!r} is not in {self.log}"
            time.sleep(0.01)
        return self.log


class Activated:
    """The program as systemd starts it, with a socket that listens already."""

    def __init__(self, command: list[str], home: Path, listener: socket.socket, **settings: object):
        place = os.dup(listener.fileno())
        self.process = subprocess.Popen(
            ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "systemd", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=clean_environment(home, **settings), preexec_fn=lambda: os.dup2(place, 3), close_fds=False,
        )  # fmt: skip
        os.close(place)
        assert self.process.stdout.readline().endswith("/mcp\n")

    def end(self) -> None:
        self.process.terminate()
        assert self.process.wait(40) == 0


def wait_until(holds: Callable[[], object], within: float = 15) -> None:
    end, pause = time.monotonic() + within, threading.Event()
    while not holds():
        assert time.monotonic() < end, "This never came true."
        pause.wait(0.01)
