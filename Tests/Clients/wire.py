"""The program under test, spoken to in raw lines.

Nothing between the test and the pipes: what is sent goes out byte for byte, what comes back is kept byte for byte.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def program(name: str, variable: str) -> str:
    """The built program: the one the variable names, else the release build, else the debug build."""
    if chosen := os.environ.get(variable):
        return str(Path(chosen).resolve())
    for build in ("release", "debug"):
        path = ROOT / ".build" / build / name
        if path.exists():
            return str(path)
    raise SystemExit(f"{name} is not built. Run scripts/build first.")


def clean_environment(home: Path, **settings: object) -> dict[str, str]:
    """An environment in which only these settings count: no proxy, no file of the person who runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LLVM_PROFILE_FILE") if name in os.environ}
    kept.update(HOME=str(home), XDG_CONFIG_HOME=str(home / "config"), XDG_RUNTIME_DIR=str(home))
    return kept | {name: str(value) for name, value in settings.items()}


def own_file(home: Path) -> Path:
    """The settings file that the program finds by itself in the environment above, where no other user can write."""
    path = home / "config/oe-mcp/.env"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    for place, mode in ((path, 0o600), (path.parent, 0o700), (path.parent.parent, 0o700)):
        place.chmod(mode)
    return path


class Answer:
    """The result of one tool call."""

    def __init__(self, result: dict):
        self.result = result
        self.is_error = bool(result.get("isError"))
        self.text = "\n".join(block.get("text", "") for block in result["content"])
        self.structured = result.get("structuredContent")

    def __repr__(self) -> str:
        return f"Answer({'error' if self.is_error else 'success'}: {self.text[:400]!r})"


class Wire:
    """One running program with its three pipes."""

    def __init__(self, command: list[str], environment: dict[str, str], directory: Path):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=directory
        )
        self.given: set[str] = set()
        self.out = bytearray()
        self.err = bytearray()
        self.messages: list[dict] = []
        self._changed = threading.Condition()
        self._ended = False
        self._next_id = 0
        self._threads = [
            threading.Thread(target=self._read_out, daemon=True),
            threading.Thread(target=self._read_err, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _read_out(self) -> None:
        for line in self.process.stdout:
            with self._changed:
                self.out += line
                try:
                    self.messages.append(json.loads(line))
                except ValueError:
                    self.messages.append({"not json": line})
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read_err(self) -> None:
        for line in self.process.stderr:
            self.err += line

    def send(self, message: dict | str | bytes) -> None:
        """Send one line; a message that is not text yet is written as JSON."""
        if isinstance(message, dict):
            message = json.dumps(message)
        if isinstance(message, str):
            message = message.encode()
        self.process.stdin.write(message + b"\n")
        self.process.stdin.flush()

    def wait_for(self, wanted, within: float = 15) -> dict:
        """The first message for which `wanted` holds, now or within the given seconds."""
        end = time.monotonic() + within
        with self._changed:
            while True:
                for message in self.messages:
                    if wanted(message):
                        return message
                left = end - time.monotonic()
                if self._ended or left <= 0:
                    state = f"ended ({self.process.wait(5)})" if self._ended else f"said nothing for {within} s"
                    raise AssertionError(f"The program {state}.\nstdout: {self.out!r}\nstderr: {self.err.decode()}")
                self._changed.wait(left)

    def reply(self, number: object, within: float = 15) -> dict:
        """The reply whose id is this one, of the same type."""
        return self.wait_for(lambda m: "method" not in m and "id" in m and _same(m["id"], number), within)

    def post(self, method: str, params: dict | None = None) -> int:
        """Send a request under a fresh id, without waiting."""
        self._next_id += 1
        message: dict = {"jsonrpc": "2.0", "id": self._next_id, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return self._next_id

    def request(self, method: str, params: dict | None = None, within: float = 15) -> dict:
        return self.reply(self.post(method, params), within)

    def initialize(self, version: str = "2025-11-25", name: str = "wire") -> dict:
        hello = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": name, "version": "1"}}
        reply = self.request("initialize", hello)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return reply["result"]

    def call(self, tool: str, within: float = 15, **arguments: object) -> Answer:
        reply = self.request("tools/call", {"name": tool, "arguments": arguments}, within)
        assert "result" in reply, reply
        return Answer(reply["result"])

    def close(self, within: float = 10) -> int:
        """End the input and return the exit code."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        code = self.process.wait(within)
        for thread in self._threads:
            thread.join(within)
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.close()


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right
