"""What a store costs a request of a known credential: one connection, a store set and none, in turns.

    python Benchmarks/store_cost.py [CALLS]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests/Clients"))

from http_program import PING, HTTPProgram, fields
from http_store import CALL, FIELDS, seal_keys
from redis_server import Redis
from stand_in import StandIn
from wire import program

ROUNDS = 6


def microseconds(connection, pair: tuple[str, str], calls: int) -> float:
    """The median of so many requests that OvalEdge is not asked for."""
    body, headers, times = json.dumps(PING), FIELDS | fields(pair), []
    for _ in range(calls):
        begun = time.perf_counter()
        connection.request("POST", "/mcp", body, headers)
        reply = connection.getresponse()
        reply.read()
        times.append(time.perf_counter() - begun)
        assert reply.status == 200
    return statistics.median(times) * 1e6


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    server = program("oe-mcp-http", "OE_MCP_HTTP")
    with tempfile.TemporaryDirectory() as place, StandIn() as ovaledge:
        folder, pair = Path(place), next(iter(ovaledge.credentials))
        store = Redis(folder / "redis")
        usual = {"AUTH_MODE": "remote_credentials", "OVALEDGE_BASE_URL": ovaledge.base_url, "MCP_RATE_LIMITS": "off"}
        shared = {"MCP_STORE_URL": store.url, "MCP_SEAL_KEY_FILE": seal_keys(server, folder)}
        kinds = {"without a store": usual, "with a store": usual | shared}
        programs = {kind: HTTPProgram(server, folder, LOG_LEVEL="error", **settings) for kind, settings in kinds.items()}
        try:
            connections = {kind: each.connection() for kind, each in programs.items()}
            found: dict[str, list[float]] = {kind: [] for kind in kinds}
            for round in range(ROUNDS + 1):
                # One credential is one token: the one who did not sign in last signs in first.
                for kind, connection in connections.items():
                    connection.request("POST", "/mcp", json.dumps(CALL), FIELDS | fields(pair))
                    assert connection.getresponse().read()
                    before = store.commands()
                    value = microseconds(connection, pair, calls)
                    commands = store.commands() - before - 1
                    if round:
                        found[kind].append(value)
                    assert commands == 0, f"{commands} commands for {calls} requests"
            for kind, values in found.items():
                print(f"{kind}: {statistics.median(values):.0f} µs a request ({min(values):.0f}–{max(values):.0f})")
        finally:
            for each in programs.values():
                each.__exit__()
            store.stop()


if __name__ == "__main__":
    main()
