"""`oe-mcp-http bridge` as an MCP server, before servers of this machine, and by what tools of others find in its document."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge_program import BridgeProgram
from http_program import wait_until
from network import NGINX, TLSFront
from recording_remote import TOOLS, Remote
from wire import ROOT

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
SCHEMATHESIS = ROOT / ".build/bridge-venv/bin/schemathesis"
SMALL = Path(__file__).parent / "stdio_server.py"


@pytest.fixture
def remote():
    server = Remote()
    yield server
    server.stop()


def rpc(program: BridgeProgram, path: str, message: dict, **headers: str):
    fields = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    reply = program.ask("POST", path, fields, {"jsonrpc": "2.0"} | message)
    if reply.headers.get("content-type") == "text/event-stream":
        lines = [line[6:] for line in reply.body.decode().splitlines() if line.startswith("data: {")]
        return reply, json.loads(lines[-1])
    return reply, reply.json if reply.body else None


def test_mcp_in_all_revisions_before_a_server_with_a_handshake(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    settings = {"MCP_REMOTE_SERVER": remote.url, "MCP_BASE_PATH": "/api", "EXCLUDE_TOOLS": "delete_*"}
    with BridgeProgram(oe_mcp_http, tmp_path, **settings) as program:
        own = {"Authorization": "Bearer own-token"}
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
        reply, answer = rpc(program, "/api/mcp", {"id": 1, "method": "initialize", "params": hello}, **own)
        assert answer["result"]["serverInfo"]["name"] == "recording"
        session = {"Mcp_Session_Id": reply.headers["mcp-session-id"], "MCP_Protocol_Version": "2025-06-18"} | own
        rpc(program, "/api/mcp", {"method": "notifications/initialized"}, **session)
        call = {"name": "echo", "arguments": {"text": "a"}}
        _, answer = rpc(program, "/api/mcp", {"id": 2, "method": "tools/call", "params": call}, **session)
        assert answer["result"]["structuredContent"] == {"said": "a"}
        meta = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "c", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        newer = own | {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/list"}
        _, answer = rpc(program, "/api/mcp", {"id": 3, "method": "tools/list", "params": {"_meta": meta}}, **newer)
        names = [tool["name"] for tool in answer["result"]["tools"]]
        assert "echo" in names and answer["result"]["resultType"] == "complete"
        newer |= {"Mcp_Method": "tools/call", "Mcp_Name": "delete_all"}
        hidden = {"id": 4, "method": "tools/call", "params": {"name": "delete_all", "arguments": {}, "_meta": meta}}
        _, answer = rpc(program, "/api/mcp", hidden, **newer)
        assert answer["error"]["code"] == -32602
        assert {one.fields.get("authorization") for one in remote.heard} == {"Bearer own-token"}
        assert "delete_all" not in [one.body["params"].get("name") for one in remote.calls()]


def test_a_dry_run_is_refused_where_it_would_be_none(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    with BridgeProgram(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url, MCP_BASE_PATH="/api") as program:
        call = {"id": 7, "method": "tools/call", "params": {"name": "echo", "arguments": {"text": "a"}}}
        for asked, status in (("true", 400), ("True", 400), ("false", 200)):
            before = len(remote.calls())
            reply, answer = rpc(program, "/api/mcp", call, Authorization="Bearer own-token", X_Inxm_Dry_Run=asked)
            assert reply.status == status and len(remote.calls()) == before + (status == 200), answer
            if status == 400:
                assert answer["error"]["code"] == -32600 and "/tools/{name}" in answer["error"]["message"]


def test_a_client_of_2024_gets_its_answers_on_one_stream(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    with BridgeProgram(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url, MCP_BASE_PATH="/api") as program:
        own = {"Authorization": "Bearer own-token"}
        stream = program.raw("GET", "/api/sse", own | {"Accept": "text/event-stream"})
        assert stream.status == 200

        def event(name: str) -> str:
            while (line := stream.readline().decode().strip()) != f"event: {name}":
                assert stream.isclosed() is False, line
            return stream.readline().decode().strip().removeprefix("data: ")

        place = event("endpoint")
        assert place.startswith("/api/sse/messages?session_id=")
        hello = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
        assert rpc(program, place, {"id": 1, "method": "initialize", "params": hello}, **own)[0].status == 202
        assert json.loads(event("message"))["result"]["protocolVersion"] == "2024-11-05"
        assert rpc(program, place, {"method": "notifications/initialized"}, **own)[0].status == 202
        call = {"name": "echo", "arguments": {"text": "a"}}
        assert rpc(program, place, {"id": "x", "method": "tools/call", "params": call}, **own)[0].status == 202
        answer = json.loads(event("message"))
        assert answer["id"] == "x" and '"said"' in answer["result"]["content"][0]["text"]
        # It is no one else's, and ends with its stream.
        other = {"Authorization": "Bearer other-token"}
        assert rpc(program, place, {"id": 2, "method": "ping"}, **other)[0].status == 404
        stream.close()
        wait_until(lambda: rpc(program, place, {"id": 3, "method": "ping"}, **own)[0].status == 404)


def test_a_call_on_the_stream_of_2024_is_answered_before_the_end(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    with BridgeProgram(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url) as program:
        stream = program.raw("GET", "/sse", {"Accept": "text/event-stream"})

        def event(name: str) -> str:
            while (line := stream.readline().decode().strip()) != f"event: {name}":
                assert stream.isclosed() is False, line
            return stream.readline().decode().strip().removeprefix("data: ")

        place = event("endpoint")
        hello = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
        rpc(program, place, {"id": 1, "method": "initialize", "params": hello})
        event("message")
        call = {"name": "slow", "arguments": {"seconds": 1}}
        rpc(program, place, {"id": 2, "method": "tools/call", "params": call})
        wait_until(lambda: remote.calls() != [])
        program.send(signal.SIGTERM)
        program.wait_for_log("stopping")
        assert rpc(program, place, {"id": 3, "method": "ping"})[0].status == 503
        answer = json.loads(event("message"))
        assert answer["id"] == 2 and "result" in answer
        assert program.end() == 0


def test_gauges_count_all_endpoints(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    path = tmp_path / "servers.json"
    path.write_text(json.dumps({"mcpServers": {"one": {"url": remote.url}, "two": {"url": remote.url}}}))
    with BridgeProgram(oe_mcp_http, tmp_path, "--config", str(path)) as program:
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
        for place in ("/one/mcp", "/two/mcp", "/mcp"):
            assert rpc(program, place, {"id": 1, "method": "initialize", "params": hello})[0].status == 200
        assert program.ask("POST", "/two/session/start").status == 200

        def gauge(name: str) -> int:
            lines = program.get("/metrics").body.decode().splitlines()
            return next(int(line.split()[1]) for line in lines if line.startswith(f"{name} "))

        assert gauge("oe_mcp_sessions") == 4
        with ThreadPoolExecutor(2) as pool:
            call = {"id": 2, "method": "tools/call", "params": {"name": "slow", "arguments": {"seconds": 0.7}}}
            one = pool.submit(rpc, program, "/one/mcp", call)
            two = pool.submit(program.ask, "POST", "/two/tools/slow", JSON, {"seconds": 0.7})
            wait_until(lambda: gauge("oe_mcp_inflight") == 2)
            assert one.result()[0].status == 200 and two.result().status == 200
        assert gauge("oe_mcp_inflight") == 0
        path.write_text(json.dumps({"mcpServers": {"one": {"url": remote.url}}}))
        program.send(signal.SIGHUP)
        program.wait_for_log("settings read again")
        wait_until(lambda: gauge("oe_mcp_sessions") == 2)
        assert gauge("oe_mcp_drain") == 0


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[:1]


def test_check_29_a_child_that_dies_is_started_again_and_leaves_no_process(oe_mcp_http: str, tmp_path: Path) -> None:
    command = f"{sys.executable} {SMALL}"
    settings = {"MCP_SERVER_COMMAND": command, "MCP_ENV_LEVEL": "level-of-test", "UNRELATED": "secret-of-shell"}
    with BridgeProgram(oe_mcp_http, tmp_path, **settings) as program:
        pids = json.loads(program.call("pids").json["content"][0]["text"])
        shown = json.loads(program.call("env").json["content"][0]["text"])
        assert shown["LEVEL"] == "level-of-test" and "UNRELATED" not in shown and "MCP_SERVER_COMMAND" not in shown
        started = [program.ask("POST", "/session/start").json["session_id"] for _ in range(3)]
        in_sessions = [json.loads(program.call("pids", x_inxm_mcp_session=one).json["content"][0]["text"]) for one in started]
        assert len({tuple(pair) for pair in [pids, *in_sessions]}) == 4
        for one in started:
            assert program.ask("POST", f"/session/{one}/close").status == 200
        wait_until(lambda: not any(alive(process) for pair in in_sessions for process in pair))
        os.kill(pids[0], signal.SIGKILL)
        wait_until(lambda: not any(alive(process) for process in pids))
        wait_until(lambda: program.call("pids").status == 200)
        reply = program.call("die")
        assert reply.status == 502 and reply.json["error"] == "upstream_error"
        wait_until(lambda: program.call("pids").status == 200)
        assert program.get("/health").status == 200
        counted = program.get("/metrics").body.decode()
        assert "mcp_remote_child_restarts_total 2" in counted and "mcp_remote_sessions 1" in counted
        last = json.loads(program.call("pids").json["content"][0]["text"])
        assert program.end() == 0
        wait_until(lambda: not any(alive(process) for process in last))


def test_servers_of_this_machine_are_not_open_to_others(oe_mcp_http: str, tmp_path: Path) -> None:
    from bridge_program import refusal

    path = tmp_path / "servers.json"
    path.write_text(json.dumps({"mcpServers": {"small": {"command": sys.executable, "args": [str(SMALL)]}}}))
    code, text = refusal(oe_mcp_http, tmp_path, "--config", str(path), "--host", "0.0.0.0")
    assert code == 78 and "BRIDGE_API_KEY" in text


def test_a_fuzzer_finds_nothing_that_the_document_does_not_say(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    if not SCHEMATHESIS.exists():
        pytest.skip(f"{SCHEMATHESIS} is not installed")
    hidden = ",".join(tool["name"] for tool in TOOLS if tool["name"] in ("slow", "asks", "steps", "big"))
    with BridgeProgram(oe_mcp_http, tmp_path, MCP_REMOTE_SERVER=remote.url, EXCLUDE_TOOLS=hidden) as program:
        ended = subprocess.run(
            [SCHEMATHESIS, "run", program.address + "/openapi.json", "--max-examples", "8", "--seed", "7", "--no-color",
             "--phases", "examples,coverage,fuzzing", "--checks",
             "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"],
            capture_output=True, text=True, timeout=120, cwd=tmp_path, env=os.environ | {"HOME": str(tmp_path)},
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout[-6000:]


@pytest.mark.skipif(not NGINX, reason="nginx is not there")
def test_twenty_calls_at_a_time_share_one_connection_of_http_2(oe_mcp_http: str, remote: Remote, tmp_path: Path) -> None:
    front = TLSFront(tmp_path / "front", remote.url)
    settings = {"MCP_REMOTE_SERVER": front.url("good"), "MCP_REMOTE_CA_BUNDLE": front.company.bundle}
    try:
        with BridgeProgram(oe_mcp_http, tmp_path, **settings) as program, ThreadPoolExecutor(20) as pool:
            assert program.call("echo", {"text": "a"}).status == 200
            replies = list(pool.map(lambda _: program.call("slow", {"seconds": 0.3}).status, range(20)))
    finally:
        front.server.stop()
    assert replies == [200] * 20
    assert {line.split()[0] for line in front.log("good")} == {"HTTP/2.0"}
    assert len(front.connections("good")) > 20 and len(set(front.connections("good"))) == 1
