"""The dashboard and the alert rules, answered by a real Prometheus that reads a server and a bridge while these are used."""

from __future__ import annotations

import http.client
import itertools
import json
import math
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from bridge_program import BridgeProgram
from http_program import INITIALIZE, fields, wait_until
from network import PLACES, Server, reserved_port
from recording_remote import Remote
from stand_in import Reply as Answer
from stand_in import StandIn
from test_http_accounts import STREAM, Stream, call, opened
from test_http_metrics import Desk
from wire import ROOT

PROMETHEUS = shutil.which("prometheus", path=PLACES)
INFRA = ROOT / "infra"

pytestmark = pytest.mark.skipif(not PROMETHEUS, reason="prometheus is missing; scripts/need test gets it")


class Prometheus:
    """Reads these ports by their jobs, twice a second, and knows the rules of infra."""

    def __init__(self, folder: Path, jobs: dict[str, int]):
        folder.mkdir()
        scraped = [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]} for job, port in jobs.items()
        ]
        rules = [str(INFRA / "prometheus" / name) for name in ("alerts.yml", "bridge-alerts.yml")]
        often = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
        configuration = {"global": often, "rule_files": rules, "scrape_configs": scraped}
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
        self.port = reserved_port()
        command = [
            PROMETHEUS, "--config.file=prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]  # fmt: skip
        self.server = Server(folder, command, lambda _: None, ())
        wait_until(lambda: self.server.process.poll() is None and self.is_ready(), within=30)

    def is_ready(self) -> bool:
        try:
            return self._get("/-/ready")[0] == 200
        except OSError:
            return False

    def _get(self, path: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()

    def ask(self, expression: str) -> list[float]:
        status, body = self._get("/api/v1/query?query=" + quote(expression))
        assert status == 200, body
        return [float(each["value"][1]) for each in json.loads(body)["data"]["result"]]

    def rules(self) -> list[dict]:
        groups = json.loads(self._get("/api/v1/rules")[1])["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


def panels() -> dict[str, str]:
    """What each panel of the dashboard asks for all instances, by its title."""
    dashboard = json.loads((INFRA / "grafana/dashboard.json").read_text())
    found = {}
    for panel in dashboard["panels"]:
        for number, target in enumerate(panel.get("targets", [])):
            asked = target["expr"].replace("$instance", ".*").replace("$__rate_interval", "5s")
            assert "$" not in asked, asked
            found[f"{panel['title']} {number}"] = asked
    return found


@pytest.fixture
def bridge(oe_mcp_http: str, tmp_path: Path) -> Iterator[tuple[BridgeProgram, Remote]]:
    server = Remote()
    try:
        with BridgeProgram(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=server.url) as program:
            yield program, server
    finally:
        server.stop()


def test_every_panel_shows_what_goes_on(oe_mcp_http, tmp_path, remote, pair, ovaledge: StandIn, bridge, run) -> None:
    keys = tmp_path / "seal.keys"
    assert run("keys", "new", str(keys)).returncode == 0
    settings = remote | {
        "MCP_METRICS_PORT": 0, "MCP_HTTP_STATELESS": "false", "MCP_RATE_CALLS": 8,
        # Neither a store nor a collector is there.
        "MCP_STORE_URL": "redis://127.0.0.1:1", "MCP_SEAL_KEY_FILE": keys, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    }  # fmt: skip
    between, other = bridge
    missing = panels()
    end = time.monotonic() + 60

    def use(program: Desk, number: int) -> None:
        """What a person does, and does wrong."""
        person = (f"person-token-{number}", f"person-secret-{number}")
        ovaledge.credentials.add(person)
        session = opened(program, person)
        stream = Stream(program.connection(), "GET", session | STREAM)
        for _ in range(3):
            program.post(call(), session)
        ovaledge.next("asset-explorer", Answer(500))
        # And then more than is allowed.
        while program.post(call(), session).status != 429:
            pass
        program.post(INITIALIZE, {"X-Forwarded-Proto": "https"})
        stream.connection.close()
        program.ask("DELETE", "/mcp", session)
        between.call("echo", {"text": "a"})
        other.refuse = lambda _: (500, {}, "{}")
        between.call("echo", {"text": "a"})
        other.forget()

    with Desk(oe_mcp_http, tmp_path, **settings) as program:
        prometheus = Prometheus(tmp_path / "prometheus", {"oe-mcp": program.second_port, "oe-mcp-bridge-a": between.port})
        try:
            for number in itertools.count():
                use(program, number)
                for title, expression in list(missing.items()):
                    if any(not math.isnan(value) for value in prometheus.ask(expression)):
                        del missing[title]
                if not missing:
                    break
                assert time.monotonic() < end, missing
            for rule in prometheus.rules():
                assert rule["health"] == "ok", rule
        finally:
            prometheus.server.stop()


def test_no_panel_is_empty_because_nothing_fails(oe_mcp_http, tmp_path, remote, pair) -> None:
    with Desk(oe_mcp_http, tmp_path, **remote, MCP_METRICS_PORT=0) as program:
        prometheus = Prometheus(tmp_path / "prometheus", {"oe-mcp": program.second_port})
        asked = panels()["Failed calls 0"]

        def is_nothing() -> bool:
            program.post(call(), fields(pair))
            return prometheus.ask(asked) == [0]

        try:
            wait_until(is_nothing, within=30)
        finally:
            prometheus.server.stop()
