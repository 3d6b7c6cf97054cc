"""`oe-mcp-http` as its operator uses it: how it starts, whom it lets in, how it ends, and its other commands."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from http_program import INITIALIZE, SECURE, HTTPProgram, fields
from reports import findings
from stand_in import EXCHANGE, Reply, StandIn, jwt
from wire import clean_environment

TOOL = {
    "jsonrpc": "2.0",
    "id": 7,
    "method": "tools/call",
    "params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}},
}


# Starting


@pytest.mark.parametrize("words", [[], ["serve"]])
def test_a_bare_call_serves_and_prints_its_address_alone(serve, words: list[str]) -> None:
    program = serve(*words, "--sandbox")
    assert program.address.startswith("http://127.0.0.1:")
    reply = program.post(INITIALIZE)
    assert reply.status == 200 and reply.json["result"]["protocolVersion"] == "2024-11-05"
    assert program.end() == 0
    assert program.process.stdout.read() == ""


def test_mode_local_acts_for_the_person_at_this_machine(serve, ovaledge: StandIn, settings) -> None:
    program = serve(**settings)
    assert program.post(INITIALIZE).status == 200
    reply = program.post(TOOL)
    assert reply.status == 200 and "raw_loans" in json.dumps(reply.json["result"])
    assert ovaledge.exchanges == 1


def test_all_problems_of_the_settings_at_once(run, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate\n")
    (tmp_path / "seal.keys").write_text("not a key\n")
    (tmp_path / "seal.keys").chmod(0o600)
    done = run(
        AUTH_MODE="remote_credentials",
        MCP_ALLOWED_HOSTS="https://mcp.example.com",
        MCP_ALLOWED_ORIGINS="chat.example.com",
        MCP_TRUSTED_PROXIES="10.0.0.0/99",
        MCP_TLS_CERTIFICATE="cert.pem",
        MCP_TLS_KEY="missing.pem",
        MCP_SEAL_KEY_FILE="seal.keys",
    )
    assert done.returncode == 78 and done.stdout == "", done
    names = [line.split()[1] for line in done.stderr.splitlines() if line.startswith("- ")]
    assert names == [
        "MCP_ALLOWED_HOSTS", "MCP_ALLOWED_ORIGINS", "MCP_TRUSTED_PROXIES", "MCP_TLS_CERTIFICATE", "MCP_TLS_KEY",
        "MCP_SEAL_KEY_FILE", "OVALEDGE_BASE_URL",
    ], done.stderr  # fmt: skip
    assert "not a key" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"AUTH_MODE": "remote"}, "OAUTH_ISSUER"),
        ({"AUTH_MODE": "remote_login"}, "OAUTH_KEY_FILE"),
        ({"MCP_HTTP_HOST": "0.0.0.0"}, "MCP_HTTP_HOST"),
        ({"MCP_ALLOWED_ORIGINS": "*"}, "MCP_ALLOWED_ORIGINS"),
    ],
)
def test_it_does_not_start_where_it_could_not_be_safe(run, settings: dict[str, str], named: str) -> None:
    done = run("--sandbox", **settings)
    assert done.returncode == 78 and named in done.stderr and done.stdout == "", done


def test_a_port_that_is_taken_is_said_in_two_sentences(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = run("--sandbox", "--port", str(other.getsockname()[1]))
    assert done.returncode == 69 and "another port" in done.stderr and done.stdout == "", done


@pytest.mark.parametrize("words", [["serv"], ["--prt", "1"], ["sandbox", "--host", "x"], ["keys"], ["health", "a", "b"]])
def test_a_wrong_command_line_is_reported(run, words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 64 and done.stdout == "" and done.stderr.startswith("oe-mcp-http: "), done


def with_socket(oe_mcp_http: str, home: Path, listener: socket.socket, **settings: object) -> subprocess.Popen:
    """Starts the program as systemd does, with a socket that listens already."""
    place = os.dup(listener.fileno())
    return subprocess.Popen(
        ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --sandbox', oe_mcp_http],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(home, **settings),
        preexec_fn=lambda: os.dup2(place, 3),
        close_fds=False,
        text=True,
    )


def test_a_socket_of_systemd_is_taken_over(oe_mcp_http: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = with_socket(oe_mcp_http, tmp_path, listener)
        assert process.stdout.readline().strip() == f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        process.terminate()
        process.communicate(timeout=40)
    assert process.returncode == 0


def test_a_socket_that_others_reach_is_for_no_single_person(oe_mcp_http: str, tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        process = with_socket(oe_mcp_http, tmp_path, listener)
        _, errors = process.communicate(timeout=40)
        assert process.returncode == 78 and "LISTEN_FDS" in errors
        many = with_socket(oe_mcp_http, tmp_path, listener, AUTH_MODE="remote_credentials")
        assert many.stdout.readline().strip().endswith("/mcp")
        many.terminate()
        many.communicate(timeout=40)
    assert many.returncode == 0


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    """Makes a certificate for this machine, and its key."""

    def make(name: str) -> tuple[str, str]:
        paths = str(tmp_path / f"{name}.crt"), str(tmp_path / f"{name}.key")
        subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        command = ["openssl", "req", "-x509", *kind, *subject, "-out", paths[0], "-keyout", paths[1]]
        subprocess.run(command, check=True, capture_output=True)
        return paths

    return make


def common_name(program: HTTPProgram) -> str:
    """Of the certificate that a new connection is shown."""
    text = ssl.get_server_certificate(("127.0.0.1", urlsplit(program.address).port))
    done = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip().removeprefix("subject=").replace(" ", "")


def test_it_proves_who_it_is_and_takes_a_new_certificate(run, serve, certificate, tmp_path: Path) -> None:
    """Acceptance 39."""
    first, second = certificate("one"), certificate("two")
    for path, source in zip(("tls.crt", "tls.key"), first, strict=True):
        (tmp_path / path).write_bytes(Path(source).read_bytes())
    (tmp_path / "tls.key").chmod(0o600)
    program = serve("--sandbox", "--tls-certificate", "tls.crt", "--tls-key", "tls.key")
    assert program.address.startswith("https://127.0.0.1:") and common_name(program) == "CN=one"
    assert run("health", program.address, OVALEDGE_CA_BUNDLE=first[0]).returncode == 0
    for path, source in zip(("tls.crt", "tls.key"), second, strict=True):
        (tmp_path / path).write_bytes(Path(source).read_bytes())
    program.send(signal.SIGHUP)
    program.wait_for_log("settings read again")
    assert common_name(program) == "CN=two"
    (tmp_path / "tls.key").write_bytes(Path(first[1]).read_bytes())
    program.send(signal.SIGHUP)
    program.wait_for_log("keeping the current settings")
    assert common_name(program) == "CN=two"
    mixed = run("--sandbox", "--tls-certificate", second[0], "--tls-key", first[1])
    assert mixed.returncode == 78 and "MCP_TLS_CERTIFICATE and MCP_TLS_KEY" in mixed.stderr, mixed


# Many people


def test_each_person_signs_in_with_their_own_credentials(serve, ovaledge: StandIn, remote, pair) -> None:
    others = [(f"user-token-{n}-8c1f", f"user-secret-{n}-7d2a") for n in range(5)]
    ovaledge.credentials.update(others)
    program = serve(**remote)
    for person in [pair, *others]:
        for _ in range(2):
            reply = program.post(TOOL, fields(person))
            assert reply.status == 200 and "raw_loans" in json.dumps(reply.json), reply.body
    assert ovaledge.exchanges == 6
    tokens = {seen.headers["authorization"] for seen in ovaledge.seen("asset-explorer")}
    assert len(tokens) == 6
    assert program.end() == 0
    for text in [text for person in [pair, *others] for text in person] + ovaledge.tokens:
        assert text not in program.log


def test_one_exchange_for_all_who_wait(serve, ovaledge: StandIn, remote, pair) -> None:
    ovaledge.next(EXCHANGE, Reply(200, {"token": jwt("petra", None)}, delay=0.5))
    ovaledge.always("asset-explorer", Reply(200, {"ok": True, "data": {"items": [], "total": 0}}))
    program = serve(**remote)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: program.post(TOOL, fields(pair)).status, range(8)))
    assert statuses == [200] * 8 and ovaledge.exchanges == 1


def test_refused_credentials_are_not_tried_again_at_once(serve, ovaledge: StandIn, remote, pair) -> None:
    """Acceptance 2."""
    program = serve(**remote)
    for _ in range(5):
        reply = program.post(INITIALIZE, fields((pair[0], "wrong-secret-44")))
        assert reply.status == 401 and reply.json["error"] == "invalid_credentials"
        assert "www-authenticate" not in reply.headers
    assert ovaledge.exchanges == 1
    assert program.post(INITIALIZE, fields(pair)).status == 200


@pytest.mark.parametrize("trouble", [Reply(500, "{}"), Reply(403, {"message": "Forbidden"}), Reply(200, b""), Reply(0)])
def test_trouble_of_ovaledge_is_no_fault_of_the_credentials(serve, ovaledge, remote, pair, trouble: Reply) -> None:
    ovaledge.always(EXCHANGE, trouble)
    program = serve(**remote)
    reply = program.post(INITIALIZE, fields(pair))
    assert reply.status == 502 and reply.json["error"] == "server_error", reply.body
    ovaledge.mend()
    assert program.post(INITIALIZE, fields(pair)).status == 200


def test_what_comes_before_the_credentials(serve, ovaledge: StandIn, remote, pair) -> None:
    """Acceptance 3, 36."""
    program = serve(**remote)
    plain = {name: value for name, value in fields(pair).items() if name not in SECURE}
    reply = program.post(INITIALIZE, plain)
    assert reply.status == 400 and reply.json["error"] == "tls_required"
    reply = program.post(INITIALIZE, SECURE)
    assert reply.status == 401 and reply.json["error"] == "unauthorized" and "X-OvalEdge-Token" in reply.json["error_description"]
    reply = program.post(INITIALIZE, fields(("${env:OVALEDGE_USER_TOKEN}", "${env:OVALEDGE_USER_SECRET}")))
    assert reply.status == 401 and "not expanded" in reply.json["error_description"]
    assert ovaledge.exchanges == 0


def test_credentials_come_under_other_names_too_unless_switched_off(serve, ovaledge: StandIn, remote, pair) -> None:
    both = "::".join(pair)
    names = {"X-OvalEdge-Credentials": both, "X-API-Key": both, "X-Auth-Token": both, "Authorization": f"Bearer {both}"}
    program = serve(**remote)
    for name, value in names.items():
        assert program.post(INITIALIZE, SECURE | {name: value}).status == 200, name
    foreign = fields(pair, Authorization="Bearer of-a-proxy")
    assert program.post(INITIALIZE, foreign).status == 200 and ovaledge.exchanges == 1
    strict = serve(**remote, MCP_CREDENTIAL_ALIASES="false")
    assert [strict.post(INITIALIZE, SECURE | {name: value}).status for name, value in names.items()] == [200, 401, 401, 401]


def test_a_session_token_that_is_refused_is_replaced_unseen(serve, ovaledge: StandIn, remote, pair) -> None:
    program = serve(**remote)
    assert program.post(TOOL, fields(pair)).status == 200
    ovaledge.revoke()
    reply = program.post(TOOL, fields(pair))
    assert reply.status == 200 and not reply.json["result"].get("isError") and ovaledge.exchanges == 2


def test_credentials_of_the_operator_are_not_used_for_others(serve, ovaledge: StandIn, remote, pair) -> None:
    program = serve(**remote, OVALEDGE_USER_TOKEN=pair[0], OVALEDGE_USER_SECRET=pair[1])
    assert program.post(INITIALIZE, SECURE).status == 401
    assert program.wait_for_log("are ignored").count("are ignored") == 1 and ovaledge.exchanges == 0


def resident(program: HTTPProgram) -> int:
    """Bytes of the program in memory."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no such numbers")
def test_accounts_at_rest_are_small(serve, ovaledge: StandIn, remote) -> None:
    """Ten thousand of them must fit in 128 MiB."""
    people = [(f"user-token-{n}-8c1fd2b07a6e4953", f"user-secret-{n}-7d2a90be41c6f358") for n in range(800)]
    ovaledge.credentials.update(people)
    program = serve(**remote | {"MCP_RATE_LIMITS": "off", "LOG_LEVEL": "error"})
    ping = {"jsonrpc": "2.0", "id": 3, "method": "ping"}
    # More than are kept ready, with all that they need to answer.
    for person in people[:300]:
        assert program.post(ping, fields(person)).status == 200
    before = resident(program)
    for person in people[300:]:
        assert program.ask("DELETE", "/mcp", fields(person)).status == 405
    grown = (resident(program) - before) / 500
    assert ovaledge.exchanges == 800 and grown < 8 << 10, f"{grown:.0f} bytes for each"


def test_discovery_leads_to_no_sign_in(serve, remote) -> None:
    program = serve(**remote)
    for name in ("oauth-authorization-server", "openid-configuration", "oauth-protected-resource"):
        reply = program.ask("GET", f"/.well-known/{name}")
        assert reply.status == 200 and program.base in reply.body.decode()
    for method in ("GET", "POST", "OPTIONS"):
        assert program.ask(method, "/mcp-auth/declined").status == 400
    assert program.ask("POST", "/register").status == 404
    off = serve(**remote, MCP_DISCOVERY_STUBS="false")
    assert off.ask("GET", "/.well-known/oauth-protected-resource").status == 404


# Ending, and reading the settings again


def test_a_signal_lets_calls_finish(serve, ovaledge: StandIn, remote, pair) -> None:
    """Acceptance 35."""
    program = serve(**remote)
    assert program.post(INITIALIZE, fields(pair)).status == 200
    arrived, go = threading.Event(), threading.Event()
    ovaledge.next("asset-explorer", Reply(200, {"ok": True, "data": {"items": [], "total": 0}}, delay=1.0))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(program.post, TOOL, fields(pair))
        while not ovaledge.seen("asset-explorer"):
            arrived.wait(0.01)
        program.send(signal.SIGTERM)
        program.wait_for_log("stopping")
        ready = program.ask("GET", "/ready")
        assert ready.status == 503 and ready.json["error"] == "draining"
        go.set()
        assert call.result(30).status == 200
    assert program.process.wait(35) == 0


def test_a_second_signal_cuts(serve, ovaledge: StandIn, remote, pair) -> None:
    program = serve(**remote)
    ovaledge.always("asset-explorer", Reply(200, {}, delay=20))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(program.post, TOOL, fields(pair))
        pause = threading.Event()
        while not ovaledge.seen("asset-explorer"):
            pause.wait(0.01)
        program.send(signal.SIGTERM)
        program.wait_for_log("stopping")
        program.send(signal.SIGTERM)
        assert program.process.wait(10) == 0
        call.exception(30)


def test_settings_are_read_again(serve, remote, tmp_path: Path) -> None:
    path = tmp_path / "named.env"
    path.write_text("MCP_ALLOWED_HOSTS=one.example\n")
    path.chmod(0o600)
    program = serve("--env-file", str(path), **remote)
    host = {"Host": "two.example"}
    assert program.ask("GET", "/health", host).status == 403
    path.write_text("MCP_ALLOWED_HOSTS=two.example\nMCP_HTTP_PORT=1\nLOG_FORMAT=json\n")
    program.send(signal.SIGHUP)
    program.wait_for_log("settings read again")
    assert program.ask("GET", "/health", host).status == 200
    assert "LOG_FORMAT changed. Restart oe-mcp-http" in program.log and "MCP_ALLOWED_HOSTS changed" not in program.log
    path.write_text("MCP_ALLOWED_HOSTS=https://three.example\n")
    program.send(signal.SIGHUP)
    assert "MCP_ALLOWED_HOSTS" in program.wait_for_log("keeping the current settings")
    assert program.ask("GET", "/health", host).status == 200


def test_sessions_outlive_a_restart_with_the_same_key(run, serve, ovaledge: StandIn, remote, pair, tmp_path: Path) -> None:
    """Acceptance 26, 27."""
    assert run("keys", "new", "seal.keys").returncode == 0
    with_sessions = remote | {"MCP_HTTP_STATELESS": "false", "MCP_SEAL_KEY_FILE": str(tmp_path / "seal.keys")}
    first = serve(**with_sessions)
    session = first.post(INITIALIZE, fields(pair)).headers["mcp-session-id"]
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    assert first.end() == 0
    second = serve(**with_sessions)
    own = {"Mcp-Session-Id": session}
    assert second.post(ping, fields(pair) | own).status == 200
    other = ("other-token-91ab", "other-secret-37cd")
    ovaledge.credentials.add(other)
    assert second.post(ping, fields(other) | own).status == 404
    newer = run("keys", "new").stdout
    path = tmp_path / "seal.keys"
    path.write_text(newer + path.read_text())
    second.send(signal.SIGHUP)
    second.wait_for_log("keys read again")
    assert second.post(ping, fields(pair) | own).status == 200


# Other commands


def test_keys_are_private_and_never_replaced(run, tmp_path: Path) -> None:
    path = tmp_path / "seal.keys"
    done = run("keys", "new", str(path))
    assert done.returncode == 0 and done.stdout == "" and str(path) in done.stderr, done
    assert path.stat().st_mode & 0o777 == 0o600
    lines = path.read_text().splitlines()
    assert lines[0].startswith("# Key ") and len(bytes.fromhex(lines[1])) == 32 and len(lines) == 2
    assert lines[1] not in done.stderr
    again = run("keys", "new", str(path))
    assert again.returncode == 1 and "not replaced" in again.stderr and path.read_text().splitlines() == lines
    printed = run("keys", "new").stdout.splitlines()
    assert len(bytes.fromhex(printed[1])) == 32 and printed[1] != lines[1]
    named = tmp_path / "set.keys"
    assert run("keys", "new", MCP_SEAL_KEY_FILE=str(named)).returncode == 0 and named.exists()
    path.chmod(0o644)
    refused = run("--sandbox", MCP_SEAL_KEY_FILE=str(path))
    assert refused.returncode == 78 and "MCP_SEAL_KEY_FILE" in refused.stderr and "other users" in refused.stderr


def test_health_is_an_exit_code(run, serve) -> None:
    program = serve("--sandbox")
    for address in (program.base, program.address, program.base + "/"):
        done = run("health", address)
        assert done.returncode == 0 and "healthy" in done.stdout, done
    port = program.base.rsplit(":", 1)[1]
    assert run("health", MCP_HTTP_PORT=port).returncode == 0
    assert program.end() == 0
    gone = run("health", program.base)
    assert gone.returncode == 1 and gone.stdout == "" and gone.stderr.startswith("oe-mcp-http: "), gone


def test_validate_finds_a_healthy_server(run, serve, ovaledge: StandIn, remote, pair) -> None:
    program = serve(**remote)
    operator = remote | {"OVALEDGE_USER_TOKEN": pair[0], "OVALEDGE_USER_SECRET": pair[1], "MCP_PUBLIC_BASE_URL": program.base}
    done = run("validate", **operator)
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert all(line.startswith("✓ ") for line in lines)
    for name in ("settings", "ovaledge", "credentials", "discovery", "mcp", "mcp tools"):
        assert any(line.startswith(f"✓ {name}") for line in lines), name
    checks = json.loads(run("validate", program.address, "--mcp", "--json", **operator).stdout)["checks"]
    assert [check["name"] for check in checks] == ["mcp", "mcp tools"]
    assert all(set(check) == {"name", "ok", "detail", "remedy"} and check["ok"] for check in checks)
    for text in (*pair, *ovaledge.tokens):
        assert text not in done.stdout + done.stderr


def test_validate_says_what_is_wrong_and_what_to_do(run, serve, remote, pair) -> None:
    program = serve(**remote)
    operator = remote | {"OVALEDGE_USER_TOKEN": pair[0], "OVALEDGE_USER_SECRET": "wrong-secret-12"}
    done = run("validate", program.base, "--mcp", "--credentials", **operator)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line[0] for line in lines] == ["✗", "✗"] and "OVALEDGE_USER_SECRET" in lines[0], done.stdout
    assert "401, invalid_credentials" in lines[1] and "wrong-secret-12" not in done.stdout
    missing = run("validate", program.base, "--mcp", **remote)
    assert missing.returncode == 1 and "OVALEDGE_USER_TOKEN" in missing.stdout
    assert run("validate", "http://127.0.0.1:9", "--discovery", **remote).returncode == 1
    broken = run("validate", "--settings", OVALEDGE_TIMEOUT_SECONDS="soon")
    assert broken.returncode == 1 and broken.stdout.startswith("✗ settings: OVALEDGE_TIMEOUT_SECONDS"), broken
    assert run("validate", "a", "b").returncode == 64 and run("validate", "--al").returncode == 64


def test_the_script_of_the_guides_validates(oe_mcp_http: str, serve, tmp_path: Path) -> None:
    program = serve("--sandbox")
    script = Path(__file__).parents[2] / "scripts/validate_remote_mcp"
    done = subprocess.run(
        [script, program.base, "--discovery"],
        capture_output=True,
        text=True,
        env=clean_environment(tmp_path, OE_MCP_HTTP=oe_mcp_http),
        timeout=60,
    )
    assert done.returncode == 0 and done.stdout.startswith("✓ discovery"), done


def test_settings_and_doctor_know_that_it_listens(run, remote) -> None:
    table = run("settings", **remote).stdout
    assert "MCP_HTTP_PORT" in table and "remote_credentials" in table
    done = run("doctor", **remote)
    assert done.returncode == 0 and "http on 127.0.0.1, port 8000" in findings(done.stdout)["listen.address"][1], done
    assert "each request brings its own credentials" in done.stdout
    assert run("settings", AUTH_MODE="remote").returncode == 78
