"""What an operator does with keys and connections: `oe-mcp-http keys` and `connections`, over a folder and over Redis."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from http_program import INITIALIZE, HTTPProgram
from redis_server import REDIS, Redis
from test_oauth_login import connected, login  # noqa: F401

ORIGIN = "https://mcp.example.com"
GRANT = {
    "id": "AAAAAAAAAAAAAAAAAAAAAA",
    "client": "client-1",
    "client_name": "Example",
    "client_origin": "https://client.example",
    "subject": "1a2b3c4d",
    "owner": "b3duZXI",
    "scopes": ["ovaledge:read"],
    "resource": f"{ORIGIN}/mcp",
    "box": "AAEC",
}


@pytest.fixture
def keys(run, tmp_path: Path) -> Path:
    path = tmp_path / "oauth.keys"
    assert run("keys", "new", str(path)).returncode == 0
    return path


@pytest.fixture
def sign_ins(keys: Path, tmp_path: Path) -> dict[str, object]:
    """The settings of a server with a sign-in page, that keeps sign-ins in a folder of the test's."""
    return {
        "AUTH_MODE": "remote_login",
        "OVALEDGE_BASE_URL": "https://acme.example/ovaledge",
        "MCP_PUBLIC_BASE_URL": ORIGIN,
        "OAUTH_KEY_FILE": keys,
        "OAUTH_STORE": f"file:{tmp_path}/sign-ins",
    }


def grants(*ids: str) -> dict[str, dict]:
    now = time.time()
    times = {"created": now, "last_issue": now, "end": now + 90 * 86400, "idle_end": now + 30 * 86400}
    return {name: GRANT | times | {"id": name} for name in ids}


def line(content: dict) -> bytes:
    payload = json.dumps(content, separators=(",", ":")).encode()
    return hashlib.sha256(payload).hexdigest()[:16].encode() + b" " + payload + b"\n"


def written(folder: Path, records: dict[str, dict]) -> Path:
    """A folder as a server leaves it."""
    folder.mkdir(mode=0o700)
    path = folder / "sign-ins.log"
    changes = [
        {"name": f"grant:{name}", "value": json.dumps(grant), "end": grant["idle_end"], "lists": ["grants", "owner:b3duZXI"]}
        for name, grant in records.items()
    ]
    path.write_bytes(line({"format": 1}) + line({"line": 1, "changes": changes}))
    path.chmod(0o600)
    return path


def listed(run, sign_ins: dict[str, object]) -> list[str]:
    done = run("connections", "list", "--json", **sign_ins)
    assert done.returncode == 0, done
    return sorted(each["id"] for each in json.loads(done.stdout))


# Keys


def test_a_newer_key_goes_in_front_and_old_ones_go_after_a_while(run, keys: Path) -> None:
    first = keys.read_text()
    done = run("keys", "rotate", str(keys))
    assert done.returncode == 0 and "SIGHUP" in done.stderr, done
    assert keys.read_text().endswith(first) and keys.stat().st_mode & 0o777 == 0o600
    assert [each.split()[-1] for each in run("keys", "list", str(keys)).stdout.splitlines()] == ["current", "accepted"]
    today = time.strftime("%Y-%m-%d", time.gmtime())
    for days, count in [(80, 3), (100, 2)]:
        day = (datetime.date.fromisoformat(today) - datetime.timedelta(days)).isoformat()
        keys.write_text(keys.read_text().replace(today, day))
        assert run("keys", "rotate", str(keys)).returncode == 0
        assert len(run("keys", "list", str(keys)).stdout.splitlines()) == count, days
    secret = [each for each in first.splitlines() if not each.startswith("#")][0]
    assert secret not in keys.read_text() and secret not in done.stderr


def test_a_key_of_an_unknown_day_is_named_and_stays(run, keys: Path) -> None:
    keys.write_text("".join(f"{digit * 64}\n" for digit in "12"))
    done = run("keys", "rotate", OAUTH_KEY_FILE=str(keys))
    assert done.returncode == 0 and "No comment says" in done.stderr, done
    assert len(run("keys", "list", OAUTH_KEY_FILE=str(keys)).stdout.splitlines()) == 3


def test_keys_that_others_could_read_or_that_are_none_are_refused(run, sign_ins: dict[str, object], keys: Path) -> None:
    keys.chmod(0o640)
    for command in [("keys", "rotate", str(keys)), ("keys", "list", str(keys))]:
        done = run(*command)
        assert done.returncode == 1 and "other users" in done.stderr, done
    refused = run(**sign_ins)
    assert refused.returncode == 78 and "OAUTH_KEY_FILE" in refused.stderr and "other users" in refused.stderr
    keys.chmod(0o600)
    keys.write_text("no key\n")
    assert run("keys", "rotate", str(keys)).returncode == 1 and keys.read_text() == "no key\n"


# Connections


def test_connections_in_a_folder_are_listed_and_revoked(run, sign_ins: dict[str, object], tmp_path: Path) -> None:
    path = written(tmp_path / "sign-ins", grants("one", "two", "three"))
    assert listed(run, sign_ins) == ["one", "three", "two"]
    table = run("connections", **sign_ins).stdout
    assert "Example" in table and "https://client.example" in table and "box" not in table
    done = run("connections", "revoke", "two", **sign_ins)
    assert (done.returncode, done.stdout) == (0, "1 connection is revoked.\n")
    again = run("connections", "revoke", "two", **sign_ins)
    assert again.returncode == 1 and "There is no connection two" in again.stderr
    assert listed(run, sign_ins) == ["one", "three"]
    assert run("connections", "revoke", "--all", **sign_ins).stdout == "2 connections are revoked.\n"
    assert listed(run, sign_ins) == [] and run("connections", **sign_ins).stdout == "There are no connections.\n"
    assert b"AAEC" not in path.read_bytes()


def test_a_running_server_is_asked(run, sign_ins: dict[str, object], tmp_path: Path) -> None:
    folder = tmp_path / "sign-ins"
    folder.mkdir(mode=0o700)
    asked: list[dict] = []

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            asked.append(json.loads(connection.makefile().readline()))
            connection.sendall(b'{"revoked":1}\n')

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "connections.sock"))
        listener.listen()
        server = threading.Thread(target=answer, args=[listener])
        server.start()
        done = run("connections", "revoke", "one", **sign_ins)
        server.join(10)
    assert (done.returncode, done.stdout) == (0, "1 connection is revoked.\n")
    assert asked == [{"command": "revoke", "grant": "one"}] and not (folder / "sign-ins.lock").exists()


def test_a_connection_ends_while_its_server_runs(
    run, sign_ins: dict[str, object], login: Callable[..., HTTPProgram]  # noqa: F811
) -> None:
    server = login(OAUTH_STORE=sign_ins["OAUTH_STORE"])
    (first, second) = (connected(server)[1]["access_token"] for _ in range(2))
    bearer = [{"Authorization": f"Bearer {token}"} for token in (first, second)]
    assert [server.post(INITIALIZE, each).status for each in bearer] == [200, 200]
    mine = first.split("_", 1)[1][:22]
    assert mine in listed(run, sign_ins) and len(listed(run, sign_ins)) == 2
    assert run("connections", "revoke", mine, **sign_ins).returncode == 0
    assert [server.post(INITIALIZE, each).status for each in bearer] == [401, 200]
    refused = run("--port", "0", **sign_ins)
    assert refused.returncode == 1 and "Another server uses the sign-ins" in refused.stderr, refused
    assert "OAUTH_STORE" in refused.stderr
    assert run("connections", "revoke", "--all", **sign_ins).returncode == 0
    assert [server.post(INITIALIZE, each).status for each in bearer] == [401, 401]
    server.process.kill()
    assert listed(run, sign_ins) == []


@pytest.mark.parametrize("held", [True, False], ids=["in use", "damaged"])
def test_a_folder_that_cannot_be_used_says_why(run, sign_ins: dict[str, object], tmp_path: Path, held: bool) -> None:
    path = written(tmp_path / "sign-ins", grants("one"))
    if not held:
        path.write_bytes(path.read_bytes().replace(b"Example", b"Exemplo"))
    with (tmp_path / "sign-ins/sign-ins.lock").open("w") as lock:
        if held:
            fcntl.flock(lock, fcntl.LOCK_EX)
        before = path.read_bytes()
        done = run("connections", **sign_ins)
    assert done.returncode == 1 and ("Another server" if held else "damaged in line 2") in done.stderr, done
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "changed", "why"),
    [
        (["connections", "revoke"], {}, "connections revoke ID"),
        (["connections", "drop"], {}, "connections revoke ID"),
        (["connections"], {"AUTH_MODE": "remote_credentials"}, "remote_login"),
        (["connections"], {"OAUTH_STORE": "memory"}, "memory"),
    ],
)
def test_what_cannot_be_asked_says_why(run, sign_ins: dict[str, object], words: list[str], changed: dict, why: str) -> None:
    done = run(*words, **(sign_ins | changed))
    code = 78 if "AUTH_MODE" in changed else 64
    assert done.returncode == code and why in done.stderr, done


# Redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    if not REDIS:
        pytest.skip("redis-server is missing; scripts/need test gets it")
    store = Redis(tmp_path / "redis")
    yield store
    store.stop()


def told(store: Redis, *commands: list[str]) -> None:
    """Sends commands as they travel, and waits until all are answered."""
    with socket.create_connection(("127.0.0.1", store.port)) as connection:
        for words in commands:
            parts = b"".join(b"$%d\r\n%s\r\n" % (len(each.encode()), each.encode()) for each in words)
            connection.sendall(b"*%d\r\n" % len(words) + parts)
            assert connection.recv(4096)[:1] in b"+:", words


def test_connections_in_redis_are_listed_and_revoked(run, sign_ins: dict[str, object], redis: Redis) -> None:
    shared = sign_ins | {"OAUTH_STORE": redis.url}
    assert listed(run, shared) == []
    for name, grant in grants(*[f"grant-{number}" for number in range(600)]).items():
        key = f"oe-mcp:{{sign-ins}}:grant:{name}"
        told(redis, ["SET", key, json.dumps(grant), "PX", "100000"], ["ZADD", "oe-mcp:{sign-ins}:grants", str(grant["idle_end"]), key])
    assert len(listed(run, shared)) == 600
    assert run("connections", "revoke", "grant-7", **shared).stdout == "1 connection is revoked.\n"
    assert len(listed(run, shared)) == 599
    redis.stop()
    done = run("connections", **shared)
    assert done.returncode == 1 and "The store cannot be reached." in done.stderr, done
