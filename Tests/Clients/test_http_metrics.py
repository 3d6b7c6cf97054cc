"""What `oe-mcp-http` shows its operator: metrics in both formats, a page for people, and the rules and dashboard that rest on them."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from browser import Browser, find
from http_program import INITIALIZE, HTTPProgram, Reply, fields
from network import PLACES
from stand_in import Reply as Answer
from stand_in import StandIn
from test_http_accounts import BOTH, STREAM, Stream, call, modern, opened
from wire import ROOT

PROMTOOL = shutil.which("promtool", path=PLACES)
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}
INFRA = ROOT / "infra"

needs_promtool = pytest.mark.skipif(not PROMTOOL, reason="promtool is missing; scripts/need test gets it")

# What counters are called after their families.
SUFFIXES = re.compile(r"_(bucket|sum|count)$")


class Desk(HTTPProgram):
    """A server, and what its second port says."""

    @property
    def second_port(self) -> int:
        return int(re.search(r":(\d+)/metrics", self.wait_for_log("/metrics"))[1])

    def see(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.second_port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    @property
    def metrics(self) -> dict[str, float]:
        """Every sample, by its name and labels."""
        lines = self.see("/metrics").body.decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def count(self, name: str, **labels: str) -> float:
        """All samples of a name with these labels."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        found = [v for key, v in self.metrics.items() if key.split("{")[0] == name and all(each in key for each in wanted)]
        return sum(found)


@pytest.fixture
def desk(oe_mcp_http: str, tmp_path: Path, remote: dict) -> Callable[..., Desk]:
    running: list[Desk] = []

    def start(**changed: object) -> Desk:
        running.append(Desk(oe_mcp_http, tmp_path, **(remote | {"MCP_METRICS_PORT": 0} | changed)))
        return running[-1]

    yield start
    for each in running:
        each.__exit__()


def test_calls_exchanges_requests_and_refusals_are_counted(desk, pair, ovaledge: StandIn) -> None:
    program = desk(MCP_HTTP_STATELESS="false")
    session = opened(program, pair)
    assert program.post(call(), session).status == 200
    ovaledge.next("asset-explorer", Answer(500))
    assert program.post(call(), session).status == 200
    program.post(call(name="made up", arguments={}), session)
    body, headers = modern("tools/call", name="asset_explorer", arguments={"search_terms": ["loans"]})
    assert program.post(body, headers | fields(pair)).status == 200
    assert program.post(INITIALIZE, {"X-Forwarded-Proto": "https"}).status == 401
    assert program.post(INITIALIZE, fields(("wrong-token-1", "wrong-secret-1"))).status == 401
    assert program.ask("GET", "/nothing").status == 404
    stream = Stream(program.connection(), "GET", session | STREAM)
    operations = "mcp_server_operation_duration_seconds_count"
    tool = {"mcp_method_name": "tools/call", "gen_ai_tool_name": "asset_explorer"}
    assert program.count(operations, **tool) == 3
    assert program.count(operations, **tool, error_type="tool_error", mcp_protocol_version="2024-11-05") == 1
    assert program.count(operations, **tool, mcp_protocol_version="2026-07-28", network_transport="tcp") == 1
    assert program.count(operations, gen_ai_tool_name="other", error_type="-32602") == 1
    assert program.count(operations, mcp_method_name="initialize") == 1
    assert program.count("oe_mcp_exchange_total", outcome="ok") == 1 == program.count("oe_mcp_exchange_total", outcome="refused")
    assert program.count("oe_mcp_exchange_seconds_count") == 2
    assert program.count("oe_mcp_upstream_requests_total", status_class="5xx") == 1
    assert program.count("oe_mcp_auth_cache_total", result="hit") >= 4
    assert program.count("oe_mcp_auth_cache_total", result="miss") == 2
    for reason in ("unauthorized", "invalid_credentials", "not_found"):
        assert program.count("oe_mcp_http_refusals_total", reason=reason) == 1
    answers = "http_server_request_duration_seconds_count"
    assert program.count(answers, http_request_method="POST", http_route="/mcp", http_response_status_code="401") == 2
    assert program.count("oe_mcp_sessions") == 1 == program.count("oe_mcp_accounts")
    assert program.count("oe_mcp_sse_streams") == 1 and program.count("oe_mcp_drain") == 0
    assert program.count("oe_mcp_build_info") == 1 and program.count("process_resident_memory_bytes") > 1e6
    stream.connection.close()
    assert program.ask("DELETE", "/mcp", session).status == 204
    assert program.count("mcp_server_session_duration_seconds_count") == 1 and program.count("oe_mcp_sessions") == 0


def test_what_is_over_a_limit_is_counted_by_the_limit(desk, pair) -> None:
    program = desk(MCP_RATE_CALLS=2)
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert [program.post(ping, fields(pair)).status for _ in range(3)][-1] == 429
    assert program.count("oe_mcp_rate_limited_total", scope="calls") == 1
    assert program.count("oe_mcp_http_refusals_total", reason="rate_limited") == 1


# Check 40
def test_no_client_can_make_up_a_series(desk, pair) -> None:
    program = desk()
    bound = None
    for round in range(3):
        for number in range(40):
            odd = f"odd-{round}-{number}-\u2028\"\\\n"
            program.post(call(name=odd, arguments={odd: odd}), fields(pair))
            program.post({"jsonrpc": "2.0", "id": odd, "method": odd}, fields(pair))
            body, headers = modern("prompts/get", name=odd)
            program.post(body, BOTH | fields(pair) | {"Mcp-Method": "x", "MCP-Protocol-Version": f"{number}"})
            program.ask(f"ODD{number}", "/mcp", fields(pair))
            program.ask("GET", f"/odd/{round}/{number}")
            program.post(INITIALIZE, fields((f"odd-token-{round}-{number}", "odd-secret-00")))
        series = set(program.metrics)
        assert bound is None or series == bound, series - bound
        bound = series
    assert len(bound) < 600
    text = program.see("/metrics").body.decode()
    assert "odd" not in text and pair[0] not in text and pair[1] not in text


def test_metrics_are_in_the_format_that_is_asked_for(desk, pair) -> None:
    program = desk()
    program.post(call(), fields(pair))
    plain, better = program.see("/metrics"), program.see("/metrics", OPENMETRICS)
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert better.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert b"# TYPE oe_mcp_exchange_total counter\n" in plain.body and b"EOF" not in plain.body
    assert b"# TYPE oe_mcp_exchange counter\n" in better.body and better.body.endswith(b"# EOF\n")
    for line in plain.body.decode().splitlines():
        assert line.startswith("# ") or re.fullmatch(r'[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+.e0-9]+', line), line


def test_openmetrics_shows_the_trace_of_a_call(desk, pair) -> None:
    # No collector is there; what is sampled has its id all the same.
    program = desk(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    body, headers = modern("tools/call", name="asset_explorer", arguments={"search_terms": ["loans"]})
    trace = "0af7651916cd43dd8448eb211c80319c"
    body["params"]["_meta"]["traceparent"] = f"00-{trace}-b7ad6b7169203331-01"
    assert program.post(body, headers | fields(pair)).status == 200
    lines = program.see("/metrics", OPENMETRICS).body.decode().splitlines()
    (line,) = [line for line in lines if f'# {{trace_id="{trace}"}}' in line]
    assert line.startswith('mcp_server_operation_duration_seconds_bucket{mcp_method_name="tools/call"')
    assert trace not in program.see("/metrics").body.decode()


@needs_promtool
def test_prometheus_finds_nothing_wrong_with_the_metrics(desk, pair) -> None:
    program = desk()
    program.post(call(), fields(pair))
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=program.see("/metrics").body, capture_output=True)
    assert done.returncode == 0 and done.stderr == b"", done.stderr.decode()


@needs_promtool
@pytest.mark.parametrize("words", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]], ids=" ".join)
def test_the_alert_rules_hold(words: list[str]) -> None:
    done = subprocess.run([PROMTOOL, *words], cwd=INFRA / "prometheus", capture_output=True, text=True)
    assert done.returncode == 0 and "SUCCESS" in done.stdout, done.stdout + done.stderr


def test_each_alert_is_tried() -> None:
    rules = yaml.safe_load((INFRA / "prometheus/alerts.yml").read_text())["groups"][0]["rules"]
    tried = yaml.safe_load((INFRA / "prometheus/alerts.test.yml").read_text())["tests"]
    fired = {test["alertname"] for group in tried for test in group["alert_rule_test"] if test.get("exp_alerts")}
    assert fired == {rule["alert"] for rule in rules}


def test_each_alert_has_a_runbook() -> None:
    rules = yaml.safe_load((INFRA / "prometheus/alerts.yml").read_text())["groups"][0]["rules"]
    headings = re.findall(r"^### (Oe.*)$", (ROOT / "docs/Operations.md").read_text(), re.M)
    assert sorted(re.findall(r"OeMcp\w+", " ".join(headings))) == sorted(rule["alert"] for rule in rules)


def test_rules_and_dashboard_ask_for_what_there_is_and_leave_nothing_out(desk) -> None:
    text = desk().see("/metrics").body.decode()
    types = dict(line.split(" ")[2:4] for line in text.splitlines() if line.startswith("# TYPE"))
    named: set[str] = set()
    dashboard = json.loads((INFRA / "grafana/dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked += re.findall(r"expr: (.*(?:\n +[a-z/(].*)*)", (INFRA / "prometheus/alerts.yml").read_text())
    assert len(asked) > 40
    for name in re.findall(r"\b((?:oe_mcp|mcp_server|http_server|process)_[a-z_]+)(?=[\[{]| ?/|\)| )", " ".join(asked)):
        family = name if name in types else SUFFIXES.sub("", name)
        assert family in types, name
        assert (name == family) == (types[family] != "histogram"), name
        named.add(family)
    assert named == set(types), set(types) - named


def test_there_are_no_metrics_unless_a_port_is_set(serve, remote, pair) -> None:
    program = serve(**remote)
    assert program.ask("GET", "/metrics").status == 404 and program.ask("GET", "/status").status == 404
    assert "/metrics" not in program.log


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no other address of this machine alone")
def test_metrics_are_for_this_machine_unless_a_host_is_set(desk) -> None:
    near, wide = desk(), desk(MCP_METRICS_HOST="0.0.0.0")
    with socket.socket() as other:
        # Another address of this machine.
        assert other.connect_ex(("127.0.0.2", near.second_port)) != 0
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", wide.second_port)) == 0


def test_a_port_that_is_taken_stops_the_start(run, remote) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(**remote, MCP_METRICS_PORT=port, MCP_HTTP_PORT=0)
    assert done.returncode == 69 and done.stdout == ""
    assert f"Port {port} of 127.0.0.1 cannot be opened (Address already in use)." in done.stderr


@pytest.mark.parametrize("value", ["-1", "65536", "metrics", "9090 "])
def test_a_port_must_be_one(run, remote, value: str) -> None:
    done = run("settings", **remote, MCP_METRICS_PORT=value)
    assert (done.returncode == 0) == (value == "9090 ")
    assert value == "9090 " or "MCP_METRICS_PORT" in done.stderr


# Check 21
def test_another_name_is_refused_on_every_path(desk) -> None:
    program = desk()
    for path in ("/metrics", "/status", "/status.css", "/"):
        assert program.see(path, {"Host": "evil.example"}).status == 403
    assert program.see("/metrics", {"Host": "localhost"}).status == 200
    assert program.see("/").status == 404 and program.see("/metrics", method="POST").status == 405


def test_the_status_page_is_for_this_machine_alone(desk) -> None:
    program = desk(MCP_METRICS_HOST="0.0.0.0")
    # One that collects metrics names the host as it knows it.
    assert program.see("/metrics", {"Host": "pod-7.example:9090"}).status == 200
    assert program.see("/status", {"Host": "pod-7.example:9090"}).status == 403
    assert program.see("/status", {"X-Forwarded-For": "10.0.0.7"}).status == 403
    page = program.see("/status")
    assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script" not in policy and b"<script" not in page.body


def test_the_status_page_shows_what_goes_on(desk, pair, tmp_path: Path) -> None:
    browser = find()
    if not browser:
        pytest.skip("there is no Chromium here")
    program = desk(MCP_SERVER_NAME="Catalog <1> & 'ACME'")
    assert program.post(call(), fields(pair)).status == 200
    program.post(call(), fields(("wrong-token-<i>", "wrong-secret-1")))
    page = Browser(browser, tmp_path / "profile", "localhost")
    failures: list[dict] = []
    page.listeners["Log.entryAdded"] = failures.append
    try:
        page.shape(1000)
        page.send("Page.navigate", url=f"http://localhost:{program.second_port}/status")
        page.until("document.querySelector('footer')")
        text = str(page.evaluate("document.body.innerText"))
        assert page.evaluate("document.querySelector('h1').textContent") == "Catalog <1> & 'ACME'"
        cells = page.evaluate("[...document.querySelectorAll('tbody tr')].map(row => row.innerText.split('\\t').slice(0, 3))")
        assert cells == [["asset_explorer", "1", "0"]]
        assert "sign-in failed" in text and "serving" in text and "remote_credentials" in text
        for word in (*pair, "wrong-token", "wrong-secret-1"):
            assert word not in text
        looks = []
        for theme in ("light", "dark"):
            page.shape(1000, theme=theme)
            looks.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert looks == ["rgb(246, 247, 248)", "rgb(18, 24, 27)"]
        assert not [each for each in failures if "favicon" not in json.dumps(each)]
    finally:
        page.close()
