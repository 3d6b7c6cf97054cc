"""The units of infra/systemd, by systemd's own tools, and the program as systemd runs it: what it says of itself."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import behind_nginx
import guide
from http_program import INITIALIZE, PING, SECURE, Activated, wait_until
from network import NGINX, OPENSSL
from sandbox_on_port import SandboxOnPort
from stand_in import Reply as Answer
from wire import ROOT

PERSON = {"X-OvalEdge-Credentials": "person-user-token::sandbox-secret"}
UNITS = ROOT / "infra/systemd"
ANALYZE = shutil.which("systemd-analyze")
FIND = {"jsonrpc": "2.0", "id": 5, "method": "tools/call"}
FIND |= {"params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}}
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is missing; it is part of systemd")


class Manager:
    """What systemd listens on."""

    def __init__(self, address: str | bytes, name: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(30)
        self.name = name

    def next(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())


@pytest.fixture(params=["in a folder", "in no folder"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    if request.param == "in a folder":
        made = Manager(str(tmp_path / "notify"), str(tmp_path / "notify"))
    else:
        name = f"oe-mcp-test/{tmp_path.name}"
        made = Manager(b"\0" + name.encode(), f"@{name}")
    yield made
    made.socket.close()


def test_it_says_when_it_is_ready_reads_its_settings_again_and_stops(serve, manager: Manager) -> None:
    program = serve("--sandbox", NOTIFY_SOCKET=manager.name)
    assert manager.next() == {"READY": "1", "STATUS": f"Serving at {program.address}"}
    assert program.post(INITIALIZE).status == 200
    program.send(signal.SIGHUP)
    assert manager.next().keys() == {"RELOADING", "MONOTONIC_USEC"}
    assert manager.next() == {"READY": "1"}
    assert program.end() == 0
    # No sign of life was asked for, and none came.
    assert manager.next()["STOPPING"] == "1"


def test_signs_of_life_come_where_they_are_waited_for(serve, manager: Manager) -> None:
    serve("--sandbox", NOTIFY_SOCKET=manager.name, WATCHDOG_USEC=20_000)
    assert manager.next()["READY"] == "1"
    assert [manager.next() for _ in range(5)] == [{"WATCHDOG": "1"}] * 5


def test_signs_of_life_that_another_process_owes_are_not_sent(serve, manager: Manager) -> None:
    program = serve("--sandbox", NOTIFY_SOCKET=manager.name, WATCHDOG_USEC=20_000, WATCHDOG_PID=1)
    assert manager.next()["READY"] == "1"
    assert program.end() == 0
    assert manager.next()["STOPPING"] == "1"


@pytest.mark.parametrize("name", ["/nowhere/at/all", "/" + "x" * 200, "@" + "x" * 200])
def test_a_manager_that_is_not_there_stops_nothing(serve, name: str) -> None:
    program = serve("--sandbox", NOTIFY_SOCKET=name)
    program.wait_for_log("systemd was not reached")
    assert program.post(INITIALIZE).status == 200 and program.end() == 0


@pytest.mark.parametrize("manager", ["in a folder"], indirect=True)
def test_a_restart_drops_no_call(oe_mcp_http: str, manager: Manager, remote, pair, ovaledge, tmp_path: Path) -> None:
    fields = {"Content-Type": "application/json", "X-OvalEdge-Token": pair[0], "X-OvalEdge-Secret": pair[1]} | SECURE
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def ask(message: dict) -> http.client.HTTPConnection:
            connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=30)
            connection.request("POST", "/mcp", json.dumps(message), fields)
            return connection

        remote |= {"MCP_HTTP_STATELESS": "false"}
        old = Activated([oe_mcp_http], tmp_path, listener, NOTIFY_SOCKET=manager.name, **remote)
        assert manager.next()["READY"] == "1"
        assert ask(INITIALIZE).getresponse().status == 200
        ovaledge.next("asset-explorer", Answer(200, {}, delay=1.5))
        begun, kept, streaming = ask(FIND), ask(PING), ask(PING)
        assert kept.getresponse().read() and streaming.getresponse().read()
        wait_until(lambda: ovaledge.seen("asset-explorer"))
        old.process.terminate()
        assert manager.next()["STOPPING"] == "1"
        # What was open has one more answer, unless it would stay open.
        kept.request("POST", "/mcp", json.dumps(PING), fields)
        last = kept.getresponse()
        assert last.status == 200 and last.getheader("Connection") == "close"
        streaming.request("GET", "/mcp", headers=fields | {"Accept": "text/event-stream"})
        assert streaming.getresponse().status == 503
        # Who comes now waits: for the next process, while this one still has a call to finish.
        waiting = ask(PING)
        new = Activated([oe_mcp_http], tmp_path, listener, **remote)
        assert waiting.getresponse().status == 200
        assert old.process.poll() is None
        assert begun.getresponse().status == 200
        assert old.process.wait(30) == 0
        new.process.terminate()
        assert new.process.wait(30) == 0


@pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is missing; scripts/need test gets them")
def test_restarts_under_load_are_not_noticed_behind_nginx(oe_mcp_http: str, tmp_path: Path) -> None:
    assert behind_nginx.restarts(oe_mcp_http, tmp_path, 2) > 100


@pytest.fixture
def units(tmp_path: Path, oe_mcp_http: str) -> list[str]:
    """The units as they are, but for the place of the program."""
    paths = [tmp_path / path.name for path in sorted(UNITS.glob("*.s*"))]
    for path in paths:
        path.write_text((UNITS / path.name).read_text().replace("/usr/local/bin/oe-mcp-http", oe_mcp_http))
    return [str(path) for path in paths]


@needs_systemd
def test_the_units_are_valid(units: list[str]) -> None:
    done = subprocess.run([ANALYZE, "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done


@needs_systemd
def test_each_service_is_exposed_no_more_than_it_must_be(units: list[str]) -> None:
    services = [unit for unit in units if unit.endswith(".service")]
    assert len(services) == 2
    for service in services:
        words = ["security", "--offline=true", "--no-pager", "--threshold=20", service]
        done = subprocess.run([ANALYZE, *words], capture_output=True, text=True, timeout=60)
        exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
        assert done.returncode == 0 and float(exposure[1]) <= 2.0, done.stdout


def environment(folders: dict[str, Path]) -> dict[str, str]:
    """What the service sets, with systemd's folders elsewhere."""
    text = (UNITS / "oe-mcp-http.service").read_text()
    words = " ".join(re.findall(r"^Environment=(.*)$", text, re.M))
    for mark, folder in folders.items():
        words = words.replace(mark, str(folder))
    return dict(word.split("=", 1) for word in words.split())


def test_a_change_is_recorded_where_the_service_may_write(serve, run, oe_mcp_http: str, tmp_path: Path) -> None:
    folders = {mark: tmp_path / name for mark, name in {"%S": "state", "%L": "log", "%d": "credentials"}.items()}
    for folder in folders.values():
        # With a user of its own, systemd has the folder in a place that others do not see, and a link to it.
        (folder / "private/oe-mcp").mkdir(parents=True, mode=0o700)
        (folder / "oe-mcp").symlink_to("private/oe-mcp")
    assert run("keys", "new", str(folders["%d"] / "seal.keys")).returncode == 0
    file = tmp_path / "oe-mcp.env"
    with SandboxOnPort(oe_mcp_http, tmp_path) as sandbox:
        settings = guide.replaced((UNITS / "oe-mcp.env").read_text(), {"https://acme.ovaledge.net/ovaledge": sandbox.url})
        file.write_text(settings + "OVALEDGE_ALLOW_WRITES=all\n")
        file.chmod(0o600)
        program = serve("--env-file", str(file), **environment(folders))

        def write(**more: object) -> dict:
            change = {"object_id": 501, "object_type": "oetable", "business_description": "Orders of the shop."}
            call = {"name": "update_asset_descriptions", "arguments": change | more}
            message = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}
            return program.post(message, PERSON | SECURE | {"MCP-Protocol-Version": "2025-11-25"}).json["result"]

        token = write()["structuredContent"]["confirmationToken"]
        done = write(write_confirmed_by_user=True, confirmation_token=token)
        assert not done.get("isError") and "is now: Orders of the shop." in done["content"][0]["text"], done
    assert (folders["%S"] / "oe-mcp/audit/audit.jsonl").exists() and (folders["%S"] / "oe-mcp/keys/audit.key").exists()
    assert program.end() == 0 and "warning" not in program.log, program.log
    assert "listening" in (folders["%L"] / "oe-mcp/server/oe-mcp.log").read_text()
