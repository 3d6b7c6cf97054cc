"""Several instances on one credential whose token lives six seconds: no call fails, and no token is exchanged in vain.

    python http_store.py        at full size, as scripts/soak store runs it
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from http_program import HTTPProgram, fields
from redis_server import Redis
from stand_in import StandIn
from wire import clean_environment, program

INSTANCES = 4
LIFE = 6
CALL = {
    "jsonrpc": "2.0",
    "id": 5,
    "method": "tools/call",
    "params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}},
}
FIELDS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def answer(content_type: str, body: bytes) -> dict:
    """What was answered; as an event, where it took so long that the stream was begun before it."""
    if content_type.startswith("text/event-stream"):
        body = next(line for line in body.splitlines() if line.startswith(b"data: {")).removeprefix(b"data: ")
    return json.loads(body)


def seal_keys(server: str, folder: Path) -> Path:
    path = folder / "seal.keys"
    subprocess.run([server, "keys", "new", str(path)], env=clean_environment(folder), cwd=folder, check=True, capture_output=True)
    return path


def lives(server: str, folder: Path, seconds: float, callers: int, kills: bool = False) -> str:
    """So many callers at each of four instances, each with one connection; with `kills` an instance is killed now and then.

    Says how many calls there were, and how many exchanges. A call to an instance that is killed is made again.
    """
    store = Redis(folder / "redis")
    programs: list[HTTPProgram] = []
    try:
        with StandIn() as ovaledge:
            ovaledge.token_life = LIFE
            pair = next(iter(ovaledge.credentials))
            settings = {
                "AUTH_MODE": "remote_credentials",
                "OVALEDGE_BASE_URL": ovaledge.base_url,
                "OVALEDGE_CACHE_SECONDS": 0,
                "OVALEDGE_TIMEOUT_SECONDS": 5,
                "MCP_STORE_URL": store.url,
                "MCP_SEAL_KEY_FILE": seal_keys(server, folder),
                "MCP_RATE_LIMITS": "off",
                "MCP_INFLIGHT_PER_ACCOUNT": 0,
                "LOG_LEVEL": "warning",
            }

            def start(port: int = 0) -> HTTPProgram:
                return HTTPProgram(server, folder, port=port, **settings)

            programs += [start() for _ in range(INSTANCES)]
            end = time.monotonic() + seconds
            counts, failures, ended = [0] * (INSTANCES * callers), [], set()
            replaced = [threading.Event() for _ in range(INSTANCES)]

            def call(number: int) -> None:
                place = number % INSTANCES
                served, connection, body = None, None, b""
                while time.monotonic() < end and not failures:
                    try:
                        if served is not programs[place]:
                            served = programs[place]
                            connection = served.connection()
                        connection.request("POST", "/mcp", json.dumps(CALL), FIELDS | fields(pair))
                        reply = connection.getresponse()
                        body = reply.read()
                        kind = reply.getheader("Content-Type", "")
                        if reply.status != 200 or answer(kind, body)["result"].get("isError"):
                            failures.append((place, reply.status, body[:400]))
                        counts[number] += 1
                    except OSError as error:
                        connection.close()
                        if served not in ended:
                            failures.append((place, error))
                        replaced[place].wait(30)
                        served = None
                    except Exception as error:
                        failures.append((place, error, body[:400]))

            threads = [threading.Thread(target=call, args=(number,)) for number in range(INSTANCES * callers)]
            begun = time.monotonic()
            for thread in threads:
                thread.start()
            killed = 0
            while kills and time.monotonic() < end - 10:
                # At any moment, the turn of an exchange included.
                time.sleep(5.3)
                place = killed % INSTANCES
                replaced[place].clear()
                ended.add(programs[place])
                programs[place].process.kill()
                programs[place].process.wait(5)
                programs[place] = start()
                replaced[place].set()
                killed += 1
            for thread in threads:
                thread.join()
            assert not failures, (failures[:3], [each.log[-600:] for each in programs])
            lifetimes = int((time.monotonic() - begun) / (LIFE * 0.95)) + 1
            # Who is killed in its turn may have exchanged unseen, once.
            most = lifetimes + INSTANCES + killed
            assert ovaledge.exchanges <= most, f"{ovaledge.exchanges} exchanges in {lifetimes} lifetimes"
            return (
                f"{sum(counts)} calls, {ovaledge.exchanges} exchanges in {lifetimes} lifetimes, {killed} killed, "
                f"{store.commands()} commands"
            )
    finally:
        for each in programs:
            each.__exit__()
        store.stop()


def main() -> int:
    server = program("oe-mcp-http", "OE_MCP_HTTP")
    for title, kills in (("tokens of six seconds", False), ("instances killed meanwhile", True)):
        with tempfile.TemporaryDirectory() as folder:
            print(f"{title}: {lives(server, Path(folder), 60, 50, kills)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
