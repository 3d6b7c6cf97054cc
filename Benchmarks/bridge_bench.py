"""Measures what a bridge adds to a call, beside mcp-proxy (stdio) and mcpo (REST), interleaved in one run.

Run it with scripts/bench --bridge; `--write` puts the tables into docs/Performance.md. `--quick` asks less; what it finds
says only that everything can be measured.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from collections import defaultdict

import bench
import bridge_report
import http_report
import http_subjects as subjects
from bench import drive
from http_bench import Found, Load, say
from http_subjects import META, MODERN, Server

TOOL = "test_simple_text"
# As a client asks that has no session.
ALONE = subjects.message("tools/call", {"name": TOOL, "arguments": {}, "_meta": META})
ALONE_FIELDS = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": TOOL}
CALL = '"method":"tools/call","params":{"name":"test_simple_text","arguments":{}}'
HOLDS = "A simple text."


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is asked of us; of programs that are slower, less."""

    rounds: int = 5
    calls: int = 4000
    starts: int = 20
    seconds: int = 1
    slower_by: int = 20


QUICK = Effort(rounds=1, calls=200, starts=2, slower_by=10)


def stdio(remote: Server) -> dict[str, list[str]]:
    """The same server, as a client that starts programs reaches it."""
    proxy = str(bench.ROOT / ".build/bench-proxy/bin/mcp-proxy")
    return {
        "oe-mcp": [bench.PROGRAM, "bridge", remote.url],
        "mcp-proxy": [proxy, "--transport", "streamablehttp", remote.url],
    }


@contextlib.contextmanager
def rest(remote: Server):
    """The same server, as plain HTTP: a POST for each tool."""
    port = subjects.free_port()
    mcpo = str(bench.ROOT / ".build/bench-mcpo/bin/mcpo")
    ours = [subjects.program("oe-mcp-http", "OE_MCP_HTTP"), "bridge", "--port", "0"]
    theirs = [mcpo, "--host", "127.0.0.1", "--port", str(port), "--type", "streamable-http"]
    theirs += ["--log-level", "CRITICAL", "--", remote.url]
    with Server(ours, {"MCP_REMOTE_SERVER": remote.url} | subjects.QUIET) as a, Server(theirs, {}, port) as b:
        yield {"oe-mcp-http": (a, "/tools/test_simple_text"), "mcpo": (b, "/test_simple_text")}


def measure(effort: Effort) -> Found:
    found: Found = defaultdict(lambda: defaultdict(list))
    with contextlib.ExitStack() as stack:
        remote = stack.enter_context(
            Server([subjects.program("conformance-server", "CONFORMANCE_SERVER"), "--http", "0"], {})
        )
        bridges = stack.enter_context(rest(remote))
        for number in range(effort.rounds):
            say(f"round {number + 1} of {effort.rounds}")
            measure_pipes(remote, effort, found)
            measure_posts(remote, bridges, effort, found)
        for name, (server, _) in bridges.items():
            found["rest resident"][name].append(server.resident() / 1024)
            found["rest start"][name].append(server.started * 1000)
    return found


def measure_pipes(remote: Server, effort: Effort, found: Found) -> None:
    for name, command in stdio(remote).items():
        less = 1 if name == "oe-mcp" else effort.slower_by
        for greeted, listed, _, size, _ in drive("start", str(max(1, effort.starts // less)), "--", *command, settings={}):
            found["start"][name].append(greeted / 1000)
            found["listed"][name].append(listed / 1000)
            # Only some starts are weighed.
            if size:
                found["resident"][name].append(size / 1024)
        one = drive("calls", str(effort.calls // less), "1", CALL, "--", *command, settings={})[0]
        found["call"][name].append(one[0])
        found["call99"][name].append(one[1])
        many = drive("calls", str(effort.calls // less), "32", CALL, "--", *command, settings={})[0]
        found["flight"][name].append(many[3])
        found["grown"][name].append(many[4] / 1024)


def measure_posts(remote: Server, bridges: dict[str, tuple[Server, str]], effort: Effort, found: Found) -> None:
    loads = [
        Load(row, "server", remote, ALONE, HOLDS, connections, ALONE_FIELDS)
        for row, connections in (("alone", 1), ("alone flight", 32))
    ]
    for name, (server, path) in bridges.items():
        loads.append(Load("rest", name, server, b"{}", HOLDS, 1, path=path))
        loads.append(Load("rest flight", name, server, b"{}", HOLDS, 32, path=path))
    for load in loads:
        load.check()
        load.run(effort.seconds, found)


if __name__ == "__main__":
    load_before = os.getloadavg()[0]
    result = measure(QUICK if "--quick" in sys.argv[1:] else Effort())
    section = bridge_report.section(result, load_before)
    print(section)
    if "--write" in sys.argv[1:]:
        http_report.write(section)
