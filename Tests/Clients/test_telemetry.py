"""What `oe-mcp` counts for `oe-mcp stats`, and the traces that both programs send."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector import Collector, attributes
from http_program import fields
from stand_in import Reply, StandIn
from test_http_accounts import BOTH, call, modern, opened
from wire import Wire, clean_environment

FIND = {"search_terms": ["loans"]}
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture
def stats(oe_mcp: str, tmp_path: Path) -> Callable[..., dict]:
    """What `oe-mcp stats --json` says."""

    def show(*arguments: str) -> dict:
        done = subprocess.run(
            [oe_mcp, "stats", "--json", *arguments], capture_output=True, text=True, timeout=30,
            env=clean_environment(tmp_path), cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return show


def files(home: Path, folder: str = "stats") -> list[str]:
    place = home / ".local/state/oe-mcp" / folder
    return sorted(path.name for path in place.iterdir()) if place.exists() else []


def calls(report: dict) -> dict[str, int]:
    return {row["tool"]: row["calls"] for row in report.get("tools", [])}


# What is counted


def test_calls_are_summed_over_servers_that_run_and_that_have_ended(connected, ovaledge: StandIn, stats, tmp_path: Path) -> None:
    assert stats() == {}
    for _ in range(2):
        wire = connected()
        wire.call("asset_explorer", **FIND)
        wire.request("tools/call", {"name": "such a tool", "arguments": {}})
        assert wire.close() == 0
    assert files(tmp_path) == ["sum.json", "sum.lock"]
    running = connected()
    ovaledge.next("asset-explorer", Reply(500))
    assert running.call("asset_explorer", **FIND).is_error
    # Written a second after the first call; a file of its own shows that it lives.
    wait_for(lambda: calls(stats()) == {"asset_explorer": 3, "other": 2})
    report = stats()
    assert report["running"] == 1 and len(files(tmp_path)) == 4
    (found,) = [row for row in report["tools"] if row["tool"] == "asset_explorer"]
    assert found["errors"] == {"tool_error": 1} and 0 < found["p50_seconds"] <= found["p95_seconds"] < 5
    (other,) = [row for row in report["tools"] if row["tool"] == "other"]
    assert other["errors"] == {"-32602": 2}
    assert report["exchanges"]["outcomes"]["ok"] >= 1 and report["upstream_requests"]["5xx"] == 1
    assert all("token" not in path.read_text() for path in (tmp_path / ".local/state/oe-mcp/stats").glob("*.json"))


def test_what_a_killed_server_counted_is_kept(connected, stats, tmp_path: Path) -> None:
    wire = connected()
    wire.call("asset_explorer", **FIND)
    wait_for(lambda: calls(stats()) == {"asset_explorer": 1})
    wire.process.kill()
    wire.process.wait()
    assert calls(stats()) == {"asset_explorer": 1}
    assert stats()["running"] == 0 and files(tmp_path) == ["sum.json", "sum.lock"]


def test_a_server_that_is_not_used_leaves_nothing(connected, tmp_path: Path) -> None:
    wire = connected()
    wire.request("tools/list")
    assert wire.close() == 0
    # Its sign-in ahead of the first call may have been counted, and nothing else.
    assert set(files(tmp_path)) <= {"sum.json", "sum.lock"}


def test_what_is_tried_in_the_sandbox_is_counted_apart(sandbox: Wire, stats, tmp_path: Path) -> None:
    sandbox.call("asset_explorer", **FIND)
    assert sandbox.close() == 0
    assert stats() == {} and calls(stats("--sandbox")) == {"asset_explorer": 1}
    assert (tmp_path / ".local/state/oe-mcp/sandbox/stats").stat().st_mode & 0o777 == 0o700


def test_stats_are_a_table_for_people(oe_mcp: str, sandbox: Wire, tmp_path: Path) -> None:
    sandbox.call("asset_explorer", **FIND)
    sandbox.close()
    done = subprocess.run(
        [oe_mcp, "stats", "--sandbox"], capture_output=True, text=True, env=clean_environment(tmp_path), cwd=tmp_path
    )
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[2].split() == ["Tool", "Calls", "Failed", "p50", "p95"]
    assert lines[3].split()[:3] == ["asset_explorer", "1", "0"]
    assert lines[-1].startswith("Requests to OvalEdge: ") and "2xx" in lines[-1]


def test_a_server_without_a_place_for_its_counts_works(connected, tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("")
    wire = connected(XDG_STATE_HOME=tmp_path / "nowhere")
    assert not wire.call("asset_explorer", **FIND).is_error
    assert wire.close() == 0


# Traces


def test_a_call_is_a_span_with_its_requests_and_its_exchange_below_it(connected, collector: Collector, ovaledge, pair) -> None:
    secret = "Bearer collector-secret-5521"
    wire = connected(
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20collector-secret-5521,x-more=1",
        OTEL_SERVICE_NAME="catalog", OTEL_RESOURCE_ATTRIBUTES="deployment.environment=test%2C1",
    )  # fmt: skip
    meta = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    wire.request("tools/call", {"name": "asset_explorer", "arguments": FIND, "_meta": meta})
    spans = collector.wait(lambda spans: any(s["name"] == "tools/call asset_explorer" for s in spans))
    (server,) = [span for span in spans if span["name"] == "tools/call asset_explorer"]
    assert (server["traceId"], server["parentSpanId"], server["kind"]) == (TRACE, SPAN, 2)
    about = attributes(server)
    assert about["mcp.method.name"] == "tools/call" and about["gen_ai.tool.name"] == "asset_explorer"
    assert about["gen_ai.operation.name"] == "execute_tool" and about["network.transport"] == "pipe"
    assert about["mcp.protocol.version"] == "2025-11-25" and about["jsonrpc.request.id"]
    (client,) = [span for span in spans if span.get("parentSpanId") == server["spanId"] and span["kind"] == 3]
    about = attributes(client)
    assert about["http.response.status_code"] == "200" and about["url.path"].endswith("/asset-explorer")
    assert client["traceId"] == TRACE and int(client["startTimeUnixNano"]) >= int(server["startTimeUnixNano"])
    exchange = next(span for span in spans if span["name"] == "token exchange")
    assert any(span.get("parentSpanId") == exchange["spanId"] and span["kind"] == 3 for span in spans)
    path, headers, body = collector.requests[0]
    assert path == "/v1/traces" and headers["Authorization"] == secret and headers["x-more"] == "1"
    assert headers["Content-Type"] == "application/json"
    resource = attributes(body["resourceSpans"][0]["resource"])
    assert resource["service.name"] == "catalog" and resource["deployment.environment"] == "test,1"
    # Never arguments or secrets, in a trace or in the log; and OvalEdge is not told of the trace.
    said = json.dumps([body for _, _, body in collector.requests]) + wire.err.decode()
    for word in ("loans", *pair, *ovaledge.tokens, "collector-secret-5521"):
        assert word not in said
    assert not any("traceparent" in {name.lower() for name in seen.headers} for seen in ovaledge.requests)


def test_a_call_that_fails_says_how(connected, collector: Collector, ovaledge: StandIn) -> None:
    wire = connected(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"{collector.url}/own/path", OVALEDGE_MAX_RETRIES=1)
    ovaledge.next("asset-explorer", Reply(500))
    wire.call("asset_explorer", **FIND)
    wire.request("tools/call", {"name": "such a tool", "arguments": {}})
    spans = collector.wait(lambda spans: len([s for s in spans if s["kind"] == 2]) >= 3)
    assert {path for path, _, _ in collector.requests} == {"/own/path"}
    failed = next(span for span in spans if span["name"] == "tools/call asset_explorer")
    assert failed["status"] == {"code": 2} and attributes(failed)["error.type"] == "tool_error"
    refused = next(span for span in spans if span["name"] == "tools/call other")
    assert attributes(refused)["rpc.response.status_code"] == "-32602" and "such a tool" not in json.dumps(spans)
    assert any(attributes(span).get("error.type") == "500" for span in spans if span["kind"] == 3)


def test_the_trace_of_an_http_request_is_a_link(serve, remote, pair, collector: Collector) -> None:
    program = serve(**remote, MCP_HTTP_STATELESS="false", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    session = opened(program, pair)
    traced = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    assert program.post(call(), session | traced).status == 200
    body, headers = modern("tools/call", name="asset_explorer", arguments=FIND)
    body["params"]["_meta"]["traceparent"] = f"00-{TRACE}-{SPAN}-01"
    assert program.post(body, fields(pair) | headers).status == 200
    collector.wait(lambda spans: sum(span["name"] == "tools/call asset_explorer" for span in spans) == 2)
    first, second = [span for span in collector.spans if span["name"] == "tools/call asset_explorer"]
    assert first["links"] == [{"traceId": TRACE, "spanId": SPAN}] and first["traceId"] != TRACE
    assert attributes(first)["mcp.session.id"] and attributes(first)["network.protocol.name"] == "http"
    assert second["parentSpanId"] == SPAN and second["traceId"] == TRACE and "links" not in second
    (exchange,) = [span for span in collector.spans if span["name"] == "token exchange"]
    # Before a request is known to be anyone's there is no call that it could be part of.
    assert "parentSpanId" not in exchange


@pytest.mark.parametrize(
    "settings", [{}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_SAMPLER": "always_off"}], ids=["unset", "off", "no traces"]
)
def test_nothing_is_sent_unless_it_is_asked_for(connected, collector: Collector, settings: dict) -> None:
    address = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url} if settings else {}
    wire = connected(**address, **settings)
    wire.call("asset_explorer", **FIND)
    assert wire.close() == 0
    assert collector.requests == []


def test_the_settings_of_the_original_work(connected, collector: Collector) -> None:
    langfuse = connected(
        TELEMETRY_BACKEND="langfuse", LANGFUSE_HOST=collector.url, LANGFUSE_PUBLIC_KEY="pk-1", LANGFUSE_SECRET_KEY="sk-2",
        TELEMETRY_PROJECT_NAME="catalog",
    )  # fmt: skip
    phoenix = connected(TELEMETRY_BACKEND="phoenix", PHOENIX_HOST=collector.url, PHOENIX_API_KEY="phoenix-key-77")
    collector.wait(lambda _: len({path for path, _, _ in collector.requests}) == 2)
    for wire in (langfuse, phoenix):
        assert wire.close() == 0
    found = {path: (headers, body) for path, headers, body in collector.requests}
    headers, body = found["/api/public/otel/v1/traces"]
    assert headers["Authorization"] == "Basic cGstMTpzay0y"
    assert attributes(body["resourceSpans"][0]["resource"])["openinference.project.name"] == "catalog"
    headers, body = found["/v1/traces"]
    assert headers["Authorization"] == "Bearer phoenix-key-77" and headers["x-project-name"] == "oe-mcp"


def test_langfuse_without_keys_is_a_problem_of_the_settings(oe_mcp: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [oe_mcp], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(tmp_path, TELEMETRY_BACKEND="langfuse", OTEL_EXPORTER_OTLP_HEADERS="my secret"),
    )  # fmt: skip
    assert done.returncode == 78
    assert "LANGFUSE_SECRET_KEY" in done.stderr and "OTEL_EXPORTER_OTLP_HEADERS" in done.stderr
    assert "my secret" not in done.stderr


# A collector that does not do its part


def gone() -> Collector:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        collector = Collector()
        collector.__exit__()
    return collector


BAD = {
    "slow": lambda: Collector(delay=8),
    "gone": gone,
    "angry": lambda: Collector(status=503, headers={"Retry-After": "3600"}),
    "busy": lambda: Collector(status=429, headers={"Retry-After": "3600"}),
    "broken": lambda: Collector(status=500),
    "refusing": lambda: Collector(status=400),
    "picky": lambda: Collector(body={"partialSuccess": {"rejectedSpans": "1000", "errorMessage": "no"}}),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_collector_costs_no_call_and_no_end_more_than_a_moment(connected, kind: str) -> None:
    with BAD[kind]() as collector:
        wire = connected(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        for _ in range(3):
            assert not wire.call("asset_explorer", within=5, **FIND).is_error
        # The limit of a flush is half a second; a collector that is slow would take eight.
        assert wire.close(within=6) == 0


def test_what_a_collector_refuses_is_counted_and_logged_once(serve, remote, pair) -> None:
    with Collector(status=400) as collector:
        program = serve(**remote, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, MCP_METRICS_PORT=0)
        metrics = program.wait_for_log("/metrics").split("address=")[1].split()[0]
        for _ in range(3):
            before = len(collector.requests)
            assert program.post(call(), BOTH | fields(pair)).status == 200
            wait_for(lambda: len(collector.requests) > before)  # noqa: B023
        wait_for(lambda: counted(metrics, "refused") >= 3)
        assert counted(metrics, "sent") == 0
        assert program.log.count("traces are not sent") == 1 and "status 400" in program.log


def counted(address: str, outcome: str) -> float:
    with urllib.request.urlopen(address) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line for line in lines if line.startswith(f'oe_mcp_spans_total{{outcome="{outcome}"}}')).split()[-1])


def wait_for(wanted: Callable[[], bool], within: float = 15) -> None:
    end = time.monotonic() + within
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_log_lines_of_a_request_say_which_trace_it_belongs_to(connected) -> None:
    wire = connected(LOG_FORMAT="json")
    params = {"name": "asset_explorer", "arguments": {}, "_meta": {"traceparent": f"00-{TRACE}-{SPAN}-01"}}
    assert "result" in wire.request("tools/call", params)
    wire.call("asset_explorer")
    wire.close()
    lines = [json.loads(line) for line in wire.err.decode().splitlines()]
    tools = [line for line in lines if line["event"] == "tool"]
    assert [line.get("trace") for line in tools] == [TRACE, None]
    assert {line["event"] for line in lines if line.get("trace") == TRACE} >= {"tool", "request"}
