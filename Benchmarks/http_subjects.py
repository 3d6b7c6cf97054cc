"""The servers that scripts/bench --http measures: started, asked, weighed."""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import subprocess
import time
from pathlib import Path

import bench

TOOLS = "asset_explorer,asset_details,asset_lineage,knowledge_search"
UNLIMITED = {name: "0" for name in ("MCP_INFLIGHT_PER_ACCOUNT", "MCP_INFLIGHT", "MCP_SESSIONS", "MCP_SESSIONS_PER_ACCOUNT")}
QUIET = {"MCP_RATE_LIMITS": "off", "LOG_LEVEL": "warning", "OVALEDGE_TOOLS": TOOLS} | UNLIMITED
PYTHON = [str(bench.ROOT / ".build/bench-venv/bin/python"), "-B"]
FIELDS = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2025-11-25",
}


def message(method: str, params: dict | None = None) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method} | ({"params": params} if params else {})).encode()


def call(tool: str, **arguments: object) -> bytes:
    return message("tools/call", {"name": tool, "arguments": arguments})


HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
PING = message("ping")
LIST = message("tools/list")
INITIALIZE = message("initialize", HELLO)
CONSTANT = call("test_simple_text")
REFUSED = call("asset_details", object_id="orders")
MODERN = "2026-07-28"
KEYS = "io.modelcontextprotocol/"
META = {f"{KEYS}protocolVersion": MODERN, f"{KEYS}clientCapabilities": {}, f"{KEYS}clientInfo": HELLO["clientInfo"]}
LISTEN = message("subscriptions/listen", {"notifications": {"toolsListChanged": True}, "_meta": META})
LISTEN_FIELDS = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "subscriptions/listen"}
SEARCH = call("asset_explorer", search_terms=["orders"])


def credentials(number: int = 0) -> dict[str, str]:
    """One person's, as a proxy with TLS passes them on."""
    pair = {"X-OvalEdge-Token": f"bench-token-{number}", "X-OvalEdge-Secret": f"bench-secret-{number}"}
    return pair | {"X-Forwarded-Proto": "https"}


def program(name: str, variable: str) -> str:
    return str(Path(os.environ.get(variable, bench.ROOT / f".build/release/{name}")).resolve())


def ours(mode: str, back_end: dict[str, str], **settings: str) -> Server:
    own = {"AUTH_MODE": mode, "MCP_HTTP_PORT": "0"} | QUIET | back_end | settings
    if mode != "local":
        own = {name: value for name, value in own.items() if not name.startswith("OVALEDGE_USER_")}
    return Server([program("oe-mcp-http", "OE_MCP_HTTP")], own)


def constant() -> Server:
    return Server([program("conformance-server", "CONFORMANCE_SERVER"), "--http", "0", "--stateless"], {})


def floor(more: int = 0) -> Server:
    return Server([str(bench.MADE / "http_floor"), str(more)], {})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def python(script: str, back_end: dict[str, str], *arguments: str) -> Server:
    port = free_port()
    command = [*PYTHON, str(bench.ROOT / f"Benchmarks/{script}"), str(port), *arguments]
    return Server(command, back_end, port)


class Server:
    """A process that answers MCP at an address: the one it prints, or the one whose port it was given."""

    def __init__(self, command: list[str], settings: dict[str, str], port: int | None = None):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            command, env=bench.environment(**settings), cwd=bench.MADE, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
            stderr=None if port is None else subprocess.DEVNULL,
        )
        self.url = f"http://127.0.0.1:{port}/mcp" if port else self.process.stdout.readline().decode().strip()
        self.port = int(self.url.rsplit(":", 1)[-1].split("/")[0]) if self.url else 0
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > begin + 30:
                raise SystemExit(f"{command[0]} does not listen. Start it by hand to see why.")
            time.sleep(0.001)
        self.started = time.monotonic() - begin

    def _listens(self) -> bool:
        with socket.socket() as client:
            return self.port > 0 and client.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, body: bytes, fields: dict[str, str], path: str = "/mcp") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", path, body, FIELDS | fields)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def processor(self) -> float:
        """The seconds of processor time it has used."""
        # The clock of another process, as clock_getcpuclockid(3) makes its number.
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def resident(self, settle: float = 0.5) -> float:
        """KiB, once it had a moment to settle."""
        time.sleep(settle)
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return float(line.split()[1])
        return 0

    def naps(self) -> int:
        """How often its threads have given up the processor by themselves."""
        count = 0
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/status"):
            count += sum(int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith("voluntary_"))
        return count


def allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


class Line:
    """One connection kept open, for requests one after the other."""

    def __init__(self, port: int):
        self.host = f"127.0.0.1:{port}"
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method: str, body: bytes, fields: dict[str, str]) -> None:
        named = FIELDS | {"Host": self.host, "Content-Length": str(len(body))} | fields
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self.socket.sendall(f"{method} /mcp HTTP/1.1\r\n{head}\r\n".encode() + body)

    def head(self) -> tuple[dict[str, str], bytes]:
        """The fields of the answer, and what has come of its body; the status is under the name `status`."""
        have = b""
        while b"\r\n\r\n" not in have:
            piece = self.socket.recv(65536)
            if not piece:
                raise SystemExit("A server hung up. Start it by hand to see why.")
            have += piece
        head, _, rest = have.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return fields | {"status": first.split()[1]}, rest

    def ask(self, method: str, body: bytes, fields: dict[str, str]) -> dict[str, str]:
        self.send(method, body, fields)
        answer, rest = self.head()
        left = int(answer.get("content-length", 0)) - len(rest)
        while left > 0:
            left -= len(self.socket.recv(left))
        return answer
