"""Measures oe-mcp-http beside a bare libmicrohttpd program and two Python servers, interleaved in one run.

Run it with scripts/bench --http; `--write` puts the table into docs/Performance.md. `--quick` asks less and leaves the
Python servers out; what it finds says only that everything can be measured.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import bench
import http_report
import http_subjects as subjects
from http_subjects import CONSTANT, INITIALIZE, LIST, PING, REFUSED, SEARCH, Line, Server


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is asked."""

    rounds: int = 4
    seconds: int = 1
    streams: int = 1000
    accounts: int = 10_000
    calls: int = 100_000
    idle: float = 5
    starts: int = 10
    has_python: bool = True


QUICK = Effort(rounds=1, streams=20, accounts=50, calls=1000, idle=0.5, starts=1, has_python=False)
Found = dict[str, dict[str, list[float]]]


@dataclasses.dataclass
class Load:
    """One request over and over: to which row and column it belongs, and what its answer must hold."""

    row: str
    column: str
    server: Server
    body: bytes
    holds: str
    connections: int = 16
    fields: dict[str, str] = dataclasses.field(default_factory=dict)
    status: int = 200
    path: str = "/mcp"

    def check(self) -> None:
        status, body = self.server.ask(self.body, self.fields, self.path)
        if status != self.status or self.holds.encode() not in body:
            raise SystemExit(f"{self.column} answers {self.row} with {status} {body[:300]!r}")

    @property
    def script(self) -> list[str | Path]:
        """The script for wrk, and what it is given before the fields."""
        return [bench.ROOT / "Benchmarks/post.lua"]

    def run(self, seconds: int, into: Found) -> int:
        """Adds requests a second, the median with one connection, and the processor time of one request."""
        before = self.server.processor
        count, wall, median = wrk(self, seconds)
        rate = count / wall * 1e6
        into[self.row][self.column].append(median if self.connections == 1 else rate)
        into[self.row + " rate"][self.column].append(rate)
        into[self.row + " processor"][self.column].append((self.server.processor - before) / count * 1e6)
        return count


def wrk(load: Load, seconds: int) -> tuple[int, float, float]:
    body = bench.MADE / "body"
    body.write_bytes(load.body)
    fields = [f"{name}: {value}" for name, value in (subjects.FIELDS | load.fields).items()]
    url = load.server.url.removesuffix("/mcp") + load.path
    script, *told = load.script
    done = subprocess.run(
        ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "-s", script, url, "--", body, *told, *fields],
        capture_output=True, text=True,
    )
    try:
        count, wall, median, _, refused, failed = map(int, done.stdout.splitlines()[-1].split())
    except (IndexError, ValueError):
        raise SystemExit(f"wrk: {done.stdout}{done.stderr}") from None
    expected = 0 if load.status < 400 else count
    if not count or refused != expected or failed:
        raise SystemExit(f"{load.column}, {load.row}: {count} answers, {refused} refused, {failed} failed")
    return count, wall, median


class BackEndServer:
    """The back end itself, as something to put load on."""

    def __init__(self, back_end: bench.BackEnd):
        self.process = back_end.process
        self.url = back_end.settings["OVALEDGE_BASE_URL"] + "/mcp"
        self.port = int(self.url.rsplit(":", 1)[-1].split("/")[0])

    ask = Server.ask
    processor = Server.processor


def loads(running: dict[str, Server]) -> list[Load]:
    """What every round asks, in this order."""
    all = [
        Load("ping", "floor", running["floor"], PING, "result"),
        Load("list", "floor", running["list floor"], LIST, "text"),
        Load("constant", "floor", running["floor"], CONSTANT, "result"),
        Load("median", "floor", running["floor"], SEARCH, "result", 1),
        Load("constant", "oe-mcp-http", running["constant"], CONSTANT, "A simple text."),
        Load("refused", "oe-mcp-http", running["ours"], REFUSED, "object_type"),
        Load("median", "back end", running["back end"], b"{}", "orders_1", 1, path="/api/v1/mcp/asset-explorer"),
        Load("account", "oe-mcp-http", running["remote"], PING, "result", fields=subjects.credentials()),
        Load("unauthorized", "oe-mcp-http", running["remote"], PING, "unauthorized", fields={"X-Forwarded-Proto": "https"}, status=401),
    ]
    for key in ("ours", "mcp", "fastmcp"):
        if key not in running:
            continue
        name, server = http_report.NAMES[key], running[key]
        all += [
            Load("ping", name, server, PING, "result"),
            Load("list", name, server, LIST, "asset_explorer"),
            Load("request", name, server, SEARCH, "orders_1"),
            Load("median", name, server, SEARCH, "orders_1", 1),
        ]
        if key != "ours":
            all.append(Load("constant", name, server, CONSTANT, "A simple text."))
    order = [*http_report.NAMES.values(), "back end"]
    return sorted(all, key=lambda load: (list(http_report.ROWS).index(load.row), order.index(load.column)))


def measure(effort: Effort) -> Found:
    found: Found = defaultdict(lambda: defaultdict(list))
    subjects.allow_files(2 * effort.streams + 200)
    with contextlib.ExitStack() as stack:
        desk = bench.BackEnd(0)
        back_end = stack.enter_context(desk)
        with contextlib.ExitStack() as servers:
            running = start(servers, back_end, effort)
            every = loads(running | {"back end": BackEndServer(desk)})
            for load in every:
                load.check()
            for number in range(effort.rounds):
                say(f"round {number + 1} of {effort.rounds}")
                for load in every:
                    load.run(effort.seconds, found)
            grow(running["ours"], effort, found)
            rest(running, effort, found)
        weigh(back_end, effort, found)
        time_starts(back_end, effort, found)
    return found


def start(stack: contextlib.ExitStack, back_end: dict[str, str], effort: Effort) -> dict[str, Server]:
    """Everything that the rounds ask, running until the end of the stack."""
    ours = stack.enter_context(subjects.ours("local", back_end, MCP_HTTP_STATELESS="true"))
    running = {
        "ours": ours,
        "remote": stack.enter_context(subjects.ours("remote_credentials", back_end)),
        "constant": stack.enter_context(subjects.constant()),
        "floor": stack.enter_context(subjects.floor()),
        # It sends as many bytes as the list has.
        "list floor": stack.enter_context(subjects.floor(len(ours.ask(LIST, {})[1]))),
    }
    if effort.has_python:
        running["mcp"] = stack.enter_context(subjects.python("mcp_server.py", back_end))
        running["fastmcp"] = stack.enter_context(subjects.python("fastmcp_server.py", back_end))
    return running


def grow(server: Server, effort: Effort, found: Found) -> None:
    """Memory after many more calls, and after many more clients, than it has seen already."""
    say(f"{effort.calls:,} more calls")
    calls = Load("growth", "oe-mcp-http", server, SEARCH, "orders_1")
    clients = Load("clients", "oe-mcp-http", server, INITIALIZE, "result", fields={"Connection": "close"})
    for load, goal in ((calls, effort.calls), (clients, effort.calls // 20)):
        load.run(effort.seconds, defaultdict(lambda: defaultdict(list)))
        before, count = server.resident(), 0
        while count < goal:
            count += load.run(effort.seconds, defaultdict(lambda: defaultdict(list)))
        found[load.row]["oe-mcp-http"].append((server.resident() - before) / 1024)


def rest(running: dict[str, Server], effort: Effort, found: Found) -> None:
    """Memory and wake-ups once there is nothing to do."""
    say("idle")
    named = {http_report.NAMES[key]: server for key, server in running.items() if key in http_report.NAMES}
    # Threads that were needed until now may take a moment to see that they are not any more.
    time.sleep(2)
    before = {name: server.naps() for name, server in named.items()}
    time.sleep(effort.idle)
    for name, server in named.items():
        found["idle"][name].append((server.naps() - before[name]) / effort.idle)


def weigh(back_end: dict[str, str], effort: Effort, found: Found) -> None:
    """Memory: of a server that was just started, of a stream, of an account."""
    say(f"{effort.streams:,} streams")
    kinds = {"oe-mcp-http": lambda: subjects.ours("local", back_end)}
    if effort.has_python:
        kinds["mcp"] = lambda: subjects.python("mcp_server.py", back_end, "sessions")
        kinds["FastMCP"] = lambda: subjects.python("fastmcp_server.py", back_end, "sessions")
    for name, kind in kinds.items():
        with kind() as server:
            found["resident"][name].append(server.resident() / 1024)
            found["stream"][name].append(stream_size(server, effort.streams))
    with subjects.floor() as server:
        found["resident"]["floor"].append(server.resident() / 1024)
    with subjects.ours("local", back_end, MCP_HTTP_STATELESS="true") as server:
        found["listen"]["oe-mcp-http"].append(stream_size(server, effort.streams, session=False))
    say(f"{effort.accounts:,} accounts")
    with subjects.ours("remote_credentials", back_end) as server:
        found["bytes"]["oe-mcp-http"].append(account_size(server, effort.accounts))


def stream_size(server: Server, count: int, session: bool = True) -> float:
    """KiB of one open stream: a GET with its session, or a `subscriptions/listen` without one."""
    asking = Line(server.port)
    streams = [open_stream(server, asking, session) for _ in range(10)]
    before = server.resident()
    streams += [open_stream(server, asking, session) for _ in range(count)]
    size = (server.resident(1) - before) / count
    for line in [*streams, asking]:
        line.socket.close()
    return size


def open_stream(server: Server, asking: Line, session: bool) -> Line:
    line = Line(server.port)
    if session:
        known = asking.ask("POST", INITIALIZE, {})["mcp-session-id"]
        line.send("GET", b"", {"Accept": "text/event-stream", "Mcp-Session-Id": known})
    else:
        line.send("POST", subjects.LISTEN, subjects.LISTEN_FIELDS)
    fields, _ = line.head()
    if fields["status"] != "200":
        raise SystemExit(f"A stream was answered with {fields}")
    return line


def account_size(server: Server, count: int) -> float:
    """Bytes of one account that has signed in."""
    line, few = Line(server.port), count // 20
    for number in range(few):
        sign_in(line, number)
    before = server.resident()
    for number in range(few, count):
        sign_in(line, number)
    return (server.resident() - before) * 1024 / (count - few)


def sign_in(line: Line, number: int) -> None:
    if (status := line.ask("POST", PING, subjects.credentials(number))["status"]) != "200":
        raise SystemExit(f"Account {number} was answered with {status}")


def time_starts(back_end: dict[str, str], effort: Effort, found: Found) -> None:
    say("starts")
    kinds = {"floor": (subjects.floor, effort.starts), "oe-mcp-http": (lambda: subjects.ours("local", back_end), effort.starts)}
    if effort.has_python:
        kinds["mcp"] = (lambda: subjects.python("mcp_server.py", back_end), 2)
        kinds["FastMCP"] = (lambda: subjects.python("fastmcp_server.py", back_end), 2)
    for name, (kind, count) in kinds.items():
        for _ in range(count):
            with kind() as server:
                found["start"][name].append(server.started * 1000)


def say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    load_before = os.getloadavg()[0]
    result = measure(QUICK if "--quick" in sys.argv[1:] else Effort())
    section = http_report.section(result, load_before)
    print(section)
    if "--write" in sys.argv[1:]:
        http_report.write(section)
