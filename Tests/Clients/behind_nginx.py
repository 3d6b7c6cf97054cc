"""What nginx in front must not notice: ten minutes of connections that are used again, and restarts under load.

    python behind_nginx.py [SECONDS]     says how many requests there were; fails at the first that is not answered
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import guide
from http_program import INITIALIZE, PING, Activated, HTTPProgram, Reply
from proxies import Front
from wire import program

SETTINGS = {"AUTH_MODE": "remote_credentials"} | guide.settings("MCP_TRUSTED_PROXIES")
CLIENTS = 16
# Up to just below the 60 seconds after which nginx ends idle connections: to clients here, and to the program.
PAUSES = [0, 0, 0.1, 1, 5, 20, 45, 58]
PERSON = {"X-OvalEdge-Credentials": "person-user-token::sandbox-secret"}
BOTH = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"} | PERSON


def use(front: Front, number: int, end: float) -> int:
    """Asks over one connection again and again; how often."""
    dice = random.Random(number)
    asked = 0
    with contextlib.closing(front.connection()) as connection:
        connection.connect()
        first = connection.sock
        while time.monotonic() < end:
            connection.request("POST", "/mcp", json.dumps(PING | {"id": asked}), BOTH)
            reply = Reply(connection.getresponse())
            assert reply.status == 200 and reply.json["id"] == asked, (reply.status, reply.body)
            # The library would quietly open another.
            assert connection.sock is first, "The connection was closed."
            asked += 1
            time.sleep(min(dice.choice(PAUSES), max(end - time.monotonic(), 0)))
    return asked


def listen(front: Front, end: float) -> int:
    """Keeps a stream open in which nothing is said; how many signs of life came, each by itself."""
    with contextlib.closing(front.connection()) as connection:
        connection.request("POST", "/mcp", json.dumps(INITIALIZE), BOTH)
        session = Reply(connection.getresponse()).headers["mcp-session-id"]
        connection.request("GET", "/mcp", headers=BOTH | {"Mcp-Session-Id": session})
        response = connection.getresponse()
        assert response.status == 200
        signs, last = 0, time.monotonic()
        while time.monotonic() < end:
            line = response.readline()
            assert line, "The stream ended."
            if line.startswith(b":"):
                now = time.monotonic()
                assert now - last < 20, f"Nothing came for {now - last:.0f} seconds."
                signs, last = signs + 1, now
    return signs


# Check 37
def keep_alive(path: str, folder: Path, length: float) -> str:
    """Connections are used again after any pause, and a stream in which nothing is said stays open."""
    settings = SETTINGS | {"MCP_HTTP_STATELESS": "false"}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(HTTPProgram(path, folder, "--sandbox", **settings))
        front = Front("nginx", folder / "front", server.port)
        stack.callback(front.stop)
        end = time.monotonic() + length
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            stream = pool.submit(listen, front, end)
            asked = sum(pool.map(lambda number: use(front, number, end), range(CLIENTS)))
            signs = stream.result()
        assert front.troubles == [], front.troubles
        assert signs >= length // 15 - 1, signs
    return f"{asked} requests over {CLIENTS} connections in {length:.0f} s, 0 resets; {signs} signs of life in a stream"


def restarts(path: str, folder: Path, times: int) -> int:
    """The program is replaced again and again, on a socket that stays open; how many requests were answered meanwhile."""
    is_over = threading.Event()

    def load(_: int) -> int:
        asked = 0
        with contextlib.closing(front.connection()) as connection:
            while not is_over.is_set():
                connection.request("POST", "/mcp", json.dumps(PING | {"id": asked}), BOTH)
                reply = Reply(connection.getresponse())
                assert reply.status == 200 and reply.json["id"] == asked, (reply.status, reply.body)
                asked += 1
        return asked

    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, contextlib.ExitStack() as stack:
        settings = SETTINGS | {"MCP_RATE_LIMITS": "false", "MCP_INFLIGHT_PER_ACCOUNT": "0"}
        running = Activated([path, "--sandbox"], folder, listener, **settings)
        front = Front("nginx", folder / "front", listener.getsockname()[1])
        stack.callback(front.stop)
        with ThreadPoolExecutor(8) as pool:
            try:
                loads = [pool.submit(load, number) for number in range(8)]
                for _ in range(times):
                    is_over.wait(0.3)
                    running.end()
                    running = Activated([path, "--sandbox"], folder, listener, **settings)
                is_over.wait(0.3)
            finally:
                is_over.set()
            asked = sum(future.result() for future in loads)
        running.end()
        assert front.troubles == [], front.troubles
    return asked


def main() -> int:
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 600
    path = program("oe-mcp-http", "OE_MCP_HTTP")
    with tempfile.TemporaryDirectory() as name:
        print(f"restarts: {restarts(path, Path(name), 50)} requests during 50 restarts, all answered", flush=True)
    with tempfile.TemporaryDirectory() as name:
        print(f"keep-alive: {keep_alive(path, Path(name), length)}")
    print("\n2 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
