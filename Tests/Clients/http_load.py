"""Many clients of one HTTP server at once: each request carries a marker, and each answer must carry the same."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from echoing_back_end import user_token
from wire import clean_environment

KEYS = "io.modelcontextprotocol/"
MODERN, NEWEST, BATCHES = "2026-07-28", "2025-11-25", "2025-03-26"
# What may become of one request on a machine that has other things to do.
PATIENCE = 60.0
BOTH = "application/json, text/event-stream"
UNLIMITED = {name: "0" for name in ("MCP_INFLIGHT_PER_ACCOUNT", "MCP_INFLIGHT", "MCP_SESSIONS", "MCP_SESSIONS_PER_ACCOUNT")}


class Process:
    """A program that prints its address and serves until it is ended."""

    # What it ends with when it is asked to.
    code = 0

    def __init__(self, command: list[str], folder: Path, **settings: object):
        self.said = folder / "said"
        with open(self.said, "ab") as said:
            self.process = subprocess.Popen(
                command, env=clean_environment(folder, **settings), cwd=folder,
                stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL,
            )
        self.address = self.process.stdout.readline().decode().strip()
        assert self.address.startswith("http://127.0.0.1:"), self.said.read_text()
        self.port = int(self.address.split(":")[2].split("/")[0])

    @property
    def memory(self) -> float:
        """MiB that are resident; 0 where the system does not report it."""
        try:
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        except FileNotFoundError:
            return 0
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0)

    @property
    def connections(self) -> int:
        """How many clients' connections it has not closed; 0 where the system does not report it."""
        try:
            lines = Path(f"/proc/{self.process.pid}/net/tcp").read_text().splitlines()[1:]
        except FileNotFoundError:
            return 0
        own = f":{self.port:04X}"
        # Established, or closed by the client alone.
        return sum(1 for words in map(str.split, lines) if words[1].endswith(own) and words[3] in ("01", "08"))

    async def is_left(self) -> None:
        """Returns once no connection is open any more."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while self.connections > 0:
            assert asyncio.get_running_loop().time() < end, f"{self.connections} connections are open, and no client is there."
            await asyncio.sleep(0.02)

    def end(self, with_signal: int | None = signal.SIGTERM) -> int:
        """Asks it to end, unless that was done already, and returns its exit code."""
        if with_signal is not None and self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.stdout.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        alive = self.process.poll() is None
        code = self.end(signal.SIGKILL if kind else signal.SIGTERM)
        assert kind or alive and code == self.code, f"It ended with {code}: {self.said.read_text()[-2000:]}"


class BackEnd(Process):
    code = -signal.SIGTERM


def back_end(folder: Path) -> Process:
    return BackEnd([sys.executable, "-B", str(Path(__file__).with_name("echoing_back_end.py"))], folder)


def server(program: str, folder: Path, base_url: str, **settings: object) -> Process:
    """`oe-mcp-http` for many people, with sessions and without limits unless the settings say otherwise."""
    usual = {
        "AUTH_MODE": "remote_credentials", "MCP_HTTP_STATELESS": "false", "MCP_RATE_LIMITS": "off", "MCP_HTTP_PORT": 0,
        "OVALEDGE_BASE_URL": base_url, "OVALEDGE_CACHE_SECONDS": 0, "LOG_LEVEL": "warning",
    }
    return Process([program], folder, **(usual | UNLIMITED | settings))


class Reply:
    def __init__(self, status: int, fields: dict[str, str], body: bytes):
        self.status, self.fields, self.body = status, fields, body

    @property
    def messages(self) -> list[dict]:
        """What it says, in one body or as events."""
        if not self.fields.get("content-type", "").startswith("text/event-stream"):
            told = json.loads(self.body)
            return told if isinstance(told, list) else [told]
        return [json.loads(line[6:]) for line in self.body.decode().splitlines() if line.startswith("data: ") and len(line) > 6]


class Client:
    """One connection of one account."""

    def __init__(self, port: int, account: str):
        self.port, self.account = port, account
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def open(self) -> Client:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        self.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def close(self) -> None:
        if self.writer:
            self.writer.transport.abort()
        self.reader = self.writer = None

    def request(self, body: object, method: str = "POST", **fields: str) -> bytes:
        """The bytes of one request; a body that is no text yet is sent as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {
            "Host": "127.0.0.1", "Content-Type": "application/json", "Accept": BOTH, "Content-Length": str(len(data)),
            "X-OvalEdge-Token": user_token(self.account), "X-OvalEdge-Secret": user_token(self.account)[::-1], "X-Forwarded-Proto": "https",
        } | {name.replace("_", "-"): value for name, value in fields.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return f"{method} /mcp HTTP/1.1\r\n{head}\r\n".encode() + data

    async def send(self, data: bytes) -> None:
        if not self.writer or self.writer.is_closing():
            await self.open()
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, within: float = PATIENCE) -> Reply:
        return await asyncio.wait_for(self._reply(), within)

    async def _reply(self) -> Reply:
        status, fields = await self.head()
        if fields.get("transfer-encoding") == "chunked":
            body = b"".join([chunk async for chunk in self.chunks()])
        elif "content-length" in fields or status in (202, 204):
            body = await self.reader.readexactly(int(fields.get("content-length", 0)))
        else:
            body = await self.reader.read()
        if fields.get("connection") == "close":
            self.close()
        return Reply(status, fields, body)

    async def head(self) -> tuple[int, dict[str, str]]:
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().rstrip("\r\n").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split()[1]), fields

    async def chunks(self) -> AsyncIterator[bytes]:
        while length := int(await self.reader.readuntil(b"\r\n"), 16):
            yield (await self.reader.readexactly(length + 2))[:-2]
        await self.reader.readexactly(2)

    async def ask(self, body: object, method: str = "POST", **fields: str) -> Reply:
        await self.send(self.request(body, method, **fields))
        return await self.reply()

    async def listen(self, session: str) -> None:
        """Opens the stream of a session on this connection; returns once it has begun."""
        await self.send(self.request(b"", "GET", Accept="text/event-stream", Mcp_Session_Id=session))
        status, _ = await asyncio.wait_for(self.head(), PATIENCE)
        assert status == 200, status

    async def session(self, revision: str = NEWEST) -> str:
        """Opens a session; its id."""
        hello = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}
        reply = await self.ask({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
        session = reply.fields["mcp-session-id"]
        done = await self.ask({"jsonrpc": "2.0", "method": "notifications/initialized"}, Mcp_Session_Id=session)
        assert (reply.status, done.status) == (200, 202), (reply.status, done.status)
        return session


def call(marker: str, number: int = 1, meta: dict | None = None) -> dict:
    params = {"name": "knowledge_search", "arguments": {"query": marker}} | ({"_meta": meta} if meta else {})
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


META = {f"{KEYS}protocolVersion": MODERN, f"{KEYS}clientCapabilities": {}, f"{KEYS}clientInfo": {"name": "load", "version": "1"}}
MODERN_FIELDS = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": "knowledge_search"}


def check(reply: Reply, client: Client, markers: dict[int, str]) -> None:
    """Each request has its one answer, which says what it asked and who asked; nothing else was said."""
    assert reply.status == 200, (reply.status, reply.body[:500])
    told = {message["id"]: message for message in reply.messages if "method" not in message}
    assert set(told) == set(markers), (reply.body[:500], markers)
    for number, marker in markers.items():
        text = json.dumps(told[number]["result"])
        assert f"{marker} for {client.account}" in text, (text, marker, client.account)
        assert text.count(" for person-") == text.count(f" for {client.account}"), text


ERAS = ["modern", "modern stream", "alone", "batch", "session", "session stream"]


class Person:
    """One client that asks in every way there is, with the ids that everyone uses."""

    def __init__(self, port: int, number: int, accounts: int, rng: random.Random):
        self.client = Client(port, f"person-{number % accounts}-")
        self.number, self.rng, self.asked = number, rng, 0
        self.known: str | None = None

    def marker(self) -> str:
        self.asked += 1
        return f"q{self.number}x{self.asked}y"

    async def ask(self, era: str, session: str | None = None) -> None:
        client, first = self.client, self.marker()
        if era == "batch":
            second = self.marker()
            reply = await client.ask([call(first, 1), call(second, 2)], MCP_Protocol_Version=BATCHES)
            return check(reply, client, {1: first, 2: second})
        fields: dict[str, str] = {"Accept": "text/event-stream"} if era.endswith("stream") else {}
        if era.startswith("modern"):
            reply = await client.ask(call(first, 1, META), **MODERN_FIELDS, **fields)
        elif era == "alone":
            reply = await client.ask(call(first, 1), MCP_Protocol_Version=NEWEST)
        else:
            self.known = session or self.known or await client.session()
            reply = await client.ask(call(first, 1), Mcp_Session_Id=self.known, MCP_Protocol_Version=NEWEST, **fields)
        check(reply, client, {1: first})

    async def hang_up(self) -> None:
        """Goes without waiting for the answer."""
        await self.client.send(self.client.request(call(self.marker(), 1, META), **MODERN_FIELDS))
        self.client.close()

    async def run(self, count: int, hang_ups: float = 0.05) -> int:
        for _ in range(count):
            if self.rng.random() < hang_ups:
                await self.hang_up()
            await self.ask(self.rng.choice(ERAS))
        self.client.close()
        return self.asked
