"""`oe-mcp doctor`: what it finds at a good OvalEdge and at each kind of bad one, as text and as JSON, and what it repairs."""

from __future__ import annotations

import http.server
import json
import os
import pty
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from network import OPENSSL, Authority
from reports import findings
from stand_in import EXCHANGE, Reply, StandIn, html, redirect
from wire import clean_environment, own_file

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
STATUSES = ["ok", "warn", "fail", "skip"]
BADNESS = ["skip", "ok", "warn", "fail"]
GROUPS = ["program", "profile", "secrets", "network", "ovaledge", "clients", "disk", "handshake"]


def closed(required: dict, optional: dict | None = None) -> dict:
    """An object with these members and no others."""
    members = required | (optional or {})
    return {"type": "object", "properties": members, "required": list(required), "additionalProperties": False}


REPORT = closed({
    "schema": {"const": 1},
    "program": closed({"name": {"const": "oe-mcp"}, "version": TEXT, "os": TEXT, "arch": TEXT}),
    "profile": TEXT,
    "status": {"enum": ["ok", "degraded", "failed"]},
    "counts": closed({status: COUNT for status in STATUSES}),
    "checks": {
        "type": "array",
        "items": closed(
            {
                "id": {"type": "string", "pattern": "^[a-z]+[.][a-z_]+$"}, "group": {"enum": GROUPS},
                "status": {"enum": STATUSES}, "summary": {"type": "string", "minLength": 1}, "details": {"type": "object"},
                "ms": COUNT,
            },
            {"fix": closed({"text": TEXT}, {"command": TEXT}), "profile": TEXT},
        ),
    },
}, {"profiles": {"type": "array", "items": TEXT}})  # fmt: skip
Draft202012Validator.check_schema(REPORT)


class Found:
    """What one run has found, as JSON; the text of another says the same, and ends the same."""

    def __init__(self, code: int, report: dict):
        Draft202012Validator(REPORT).validate(report)
        self.code, self.json = code, report
        self.checks: dict[str, dict] = {}
        for check in report["checks"]:
            known = self.checks.get(check["id"])
            if not known or BADNESS.index(check["status"]) > BADNESS.index(known["status"]):
                self.checks[check["id"]] = check
        places = [GROUPS.index(check["group"]) for check in report["checks"]]
        assert places == sorted(places)
        assert all(check.get("fix") for check in report["checks"] if check["status"] == "fail"), report
        assert sum(report["counts"].values()) == len(report["checks"])

    def those(self, status: str) -> set[str]:
        return {name for name, check in self.checks.items() if check["status"] == status}

    def said(self, name: str) -> str:
        check = self.checks[name]
        return f"{check['summary']} {check.get('fix', {}).get('text')} {json.dumps(check['details'])}"


@pytest.fixture
def run(oe_mcp: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    def start(*arguments: str, **settings: object) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [oe_mcp, "doctor", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=clean_environment(tmp_path, **settings), cwd=tmp_path, timeout=60,
        )  # fmt: skip
        for name in ("OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"):
            assert not settings.get(name) or str(settings[name]) not in done.stdout + done.stderr
        return done

    return start


@pytest.fixture
def examine(run) -> Callable[..., Found]:
    """Run it twice, for people and for programs, which get the same answer."""

    def both(*arguments: str, **settings: object) -> Found:
        machine = run("--json", *arguments, **settings)
        found = Found(machine.returncode, json.loads(machine.stdout))
        people = run(*arguments, **settings)
        assert people.returncode == machine.returncode, (people, machine)
        read = {name: mark for name, (mark, _) in findings(people.stdout).items()}
        assert read.keys() == found.checks.keys(), people.stdout
        assert {name for name, mark in read.items() if mark == "FAIL"} == found.those("fail"), people.stdout
        assert people.stdout.splitlines()[-1].startswith(found.json["status"])
        return found

    return both


# OvalEdge


def test_37_a_good_system_passes(examine, settings: dict[str, object]) -> None:
    found = examine(**settings)
    assert found.code == 0 and found.json["status"] in ("ok", "degraded") and not found.those("fail"), found.json
    network = {"net.dns", "net.tcp", "net.proxy", "net.tls", "net.clock", "net.http"}
    assert network | {"oe.signin", "oe.session_shared", "oe.authorization", "oe.api_generation", "oe.permission"} <= found.those("ok")
    assert {"handshake.session", "handshake.stateless", "disk.state", "disk.audit"} <= found.those("ok")
    assert "Authorization: jwt <JWT>" in found.said("oe.authorization")


# What is wrong, the one check that fails, what it says, and what is skipped because of it.
NO_ONE_IN = {"oe.session_shared", "oe.authorization", "oe.api_generation", "oe.permission"}
FAULTS: dict[str, tuple[Callable[[StandIn], object], dict[str, object], str, str, set[str]]] = {
    "html": (lambda oe: oe.always(EXCHANGE, html()), {}, "net.http", "OVALEDGE_BASE_URL", {"oe.signin"} | NO_ONE_IN),
    "redirect": (lambda oe: oe.always(EXCHANGE, redirect()), {}, "net.http", "sso.example", {"oe.signin"} | NO_ONE_IN),
    "401": (lambda oe: None, {"OVALEDGE_USER_SECRET": "wrong-secret-77"}, "oe.signin", "OVALEDGE_USER_SECRET", NO_ONE_IN),
    "too slow": (
        lambda oe: oe.always(EXCHANGE, Reply(delay=20)), {"OVALEDGE_TIMEOUT_SECONDS": 1}, "net.http", "timed out",
        {"oe.signin"} | NO_ONE_IN,
    ),
    "refused": (lambda oe: None, {"OVALEDGE_BASE_URL": "http://127.0.0.1:9/x"}, "net.tcp", "refused", {"net.tls", "oe.signin"}),
    "no name": (
        lambda oe: None, {"OVALEDGE_BASE_URL": "https://name.invalid/x"}, "net.dns", "name.invalid", {"net.tcp", "net.tls", "net.http"},
    ),
    "proxy": (
        lambda oe: None, {"OVALEDGE_BASE_URL": "http://localhost:1/x", "OVALEDGE_PROXY": "http://127.0.0.1:9"}, "net.proxy",
        "OVALEDGE_PROXY", {"net.http", "oe.signin"},
    ),
    "another scheme": (
        lambda oe: setattr(oe, "scheme", "Bearer"), {}, "oe.authorization", "OVALEDGE_HTTP_AUTH_SCHEME",
        {"oe.api_generation", "oe.permission"},
    ),
    "one route refuses": (
        lambda oe: oe.always("knowledge-search", Reply(401, {"message": "Unauthorized"})), {}, "oe.authorization",
        "OVALEDGE_HTTP_AUTH_SCHEME", set(),
    ),
    "no rights": (
        lambda oe: oe.always("asset-explorer", Reply(403, {"message": "no"})), {}, "oe.permission", "administrator", {"oe.api_generation"},
    ),
    "a fault inside": (
        lambda oe: oe.always("asset-explorer", Reply(500, {"message": "no"})), {"OVALEDGE_MAX_RETRIES": 1}, "oe.api_generation", "500",
        {"oe.permission"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_37_each_fault_has_its_code(examine, ovaledge: StandIn, settings: dict[str, object], fault: str) -> None:
    break_it, changed, code, words, skipped = FAULTS[fault]
    break_it(ovaledge)
    found = examine(**(settings | changed))
    assert found.code == 1 and found.json["status"] == "failed", found.json
    assert found.those("fail") == {code} and words in found.said(code), found.json
    assert skipped <= found.those("skip"), found.json
    assert {"handshake.session", "disk.state"} <= found.those("ok"), found.json
    if code == "oe.authorization":
        assert "Authorization: jwt <JWT>" in found.said(code)


def test_a_slow_answer_within_the_setting_is_an_answer(run, ovaledge: StandIn, settings: dict[str, object]) -> None:
    """Longer than one check takes elsewhere, and no reason to raise what does not need to be raised."""
    ovaledge.next(EXCHANGE, Reply(405, delay=5.5))
    ovaledge.next("asset-explorer", Reply(503, delay=5.5))
    found = json.loads(run("--json", "--only", "network", **(settings | {"OVALEDGE_TIMEOUT_SECONDS": 30})).stdout)
    assert not [each for each in found["checks"] if each["status"] == "fail"], found["checks"]


# Where a secret is kept, and the code of what is wrong with that place.
PLACES = {
    "file:/nowhere/secret": "secret.found",
    'command:["/nowhere/helper"]': "secret.helper_missing",
    'command:["/bin/sleep", "60"]': "secret.timeout",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_that_is_not_found_has_its_code_and_remedy(examine, settings: dict[str, object], place: str) -> None:
    found = examine("--only", "secrets", **(settings | {"OVALEDGE_USER_SECRET": place}))
    assert found.code == 1 and found.those("fail") == {PLACES[place]}, found.json
    assert found.checks[PLACES[place]]["fix"]["command"] == "oe-mcp secrets test OVALEDGE_USER_SECRET"
    assert found.those("ok") == {"secret.found"} or PLACES[place] == "secret.found"


@pytest.fixture
def private_site(tmp_path: Path) -> Iterator[str]:
    """An https address whose authority no one knows."""
    authority = Authority(tmp_path / "authority", "Example Private Root")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.certificate("site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"https://localhost:{server.server_address[1]}/ovaledge"
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(not OPENSSL, reason="openssl is missing; scripts/need test gets it")
def test_37_a_certificate_of_an_unknown_authority_is_shown_with_its_chain(examine, settings, private_site: str) -> None:
    found = examine(**(settings | {"OVALEDGE_BASE_URL": private_site}))
    assert found.code == 1 and found.those("fail") == {"net.tls"}, found.json
    assert "Example Private Root" in found.said("net.tls") and "OVALEDGE_CA_BUNDLE" in found.said("net.tls")
    [certificate] = found.checks["net.tls"]["details"]["chain"]
    assert "localhost" in certificate and "issued by" in certificate
    assert {"net.dns", "net.tcp"} <= found.those("ok") and {"net.http", "oe.signin"} <= found.those("skip")


def test_rights_that_are_missing_are_a_warning(examine, ovaledge: StandIn, settings: dict[str, object]) -> None:
    ovaledge.always("knowledge-search", Reply(403, {"message": "no"}))
    found = examine(**settings)
    assert found.code == 0 and found.checks["oe.permission"]["status"] == "warn", found.json
    assert "may not search knowledge" in found.said("oe.permission")
    assert examine("--strict", **settings).code == 1


def test_a_session_that_another_keeps_ending_is_found(run, ovaledge: StandIn, settings: dict[str, object]) -> None:
    for _ in range(6):
        found = json.loads(run("--json", "--only", "ovaledge", **settings).stdout)
        ovaledge.revoke()
        checks = {check["id"]: check for check in found["checks"]}
        if checks["oe.session_shared"]["status"] == "warn":
            assert "user token of its own" in checks["oe.session_shared"]["fix"]["text"]
            return
    raise AssertionError(found)


# Settings, and what is asked for


def test_bad_settings_end_as_they_do_elsewhere(examine, settings: dict[str, object]) -> None:
    bad = examine(**(settings | {"OVALEDGE_TIMEOUT_SECONDS": "soon"}))
    assert bad.code == 78 and bad.those("fail") == {"profile.readable"} and "net.dns" in bad.those("skip"), bad.json
    missing = examine(**(settings | {"OVALEDGE_USER_SECRET": ""}))
    assert missing.code == 78 and missing.those("fail") == {"profile.complete"}, missing.json
    assert "oe.signin" in missing.those("skip") and "net.http" in missing.those("ok")


def test_a_fault_of_the_settings_file_is_said_once(run, tmp_path: Path) -> None:
    own_file(tmp_path).write_text("OVALEDGE_TIMEOUT_SECONDS=soon\n")
    done = run("--offline")
    found = findings(done.stdout)
    assert done.returncode == 78 and {name for name, (mark, _) in found.items() if mark == "FAIL"} == {"profile.readable"}
    assert (done.stdout + done.stderr).count("OVALEDGE_TIMEOUT_SECONDS") == 2, done
    assert done.stderr == "" and "handshake.session" in found
    # Where the report does not say it, the end does.
    assert "OVALEDGE_TIMEOUT_SECONDS" in run("--only", "disk").stderr


def test_offline_asks_no_one(examine, ovaledge: StandIn, settings: dict[str, object]) -> None:
    found = examine("--offline", **settings)
    assert found.code == 0 and not ovaledge.requests
    assert {check["group"] for check in found.json["checks"]} == set(GROUPS) - {"network", "ovaledge"}


def test_all_profiles_are_checked_and_each_line_names_its_own(examine, run, ovaledge: StandIn, tmp_path: Path) -> None:
    (token, secret), = ovaledge.credentials
    folder = tmp_path / "config/oe-mcp/profiles"
    folder.mkdir(mode=0o700, parents=True)
    folder.parent.chmod(0o700)
    texts = {
        "good": f"OVALEDGE_BASE_URL={ovaledge.base_url}\nOVALEDGE_USER_TOKEN={token}\nOVALEDGE_USER_SECRET={secret}\n",
        "bad": f"OVALEDGE_BASE_URL={ovaledge.base_url}\nOVALEDGE_USER_TOKEN={token}\nOVALEDGE_USER_SECRET=wrong-secret-77\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.env").write_text(text)
        (folder / f"{name}.env").chmod(0o600)
    found = examine("--all-profiles")
    assert found.code == 1 and found.json["profiles"] == ["bad", "good"] and found.json["status"] == "failed"
    signed = {check["profile"]: check["status"] for check in found.json["checks"] if check["id"] == "oe.signin"}
    assert signed == {"bad": "fail", "good": "ok"}
    for check in found.json["checks"]:
        assert ("profile" in check) == (check["group"] in ("profile", "secrets", "network", "ovaledge")), check
    assert [check["id"] for check in found.json["checks"]].count("disk.state") == 1
    text = run("--all-profiles").stdout
    for name in texts:
        assert f"{name}: settings are read from {folder}/{name}.env" in text
    assert secret not in text and "wrong-secret-77" not in text
    (folder / "bad.env").write_text("OVALEDGE_TIMEOUT_SECONDS=soon\n")
    broken = examine("--all-profiles", "--offline")
    # What cannot be used takes nothing away from those that can.
    assert not {"handshake.session", "handshake.stateless"} & broken.those("skip")
    assert broken.code == 78 and {check["profile"] for check in broken.json["checks"] if check["id"] == "profile.readable"} == {"bad"}
    unsaid = run("--all-profiles", "--only", "disk")
    assert unsaid.returncode == 78 and "(profile bad)" in unsaid.stderr and "OVALEDGE_TIMEOUT_SECONDS" in unsaid.stderr
    for other in (["--profile", "good"], ["--sandbox"], ["--env-file", "x"]):
        assert run("--all-profiles", *other).returncode == 64
    # One that is named has its own file looked at, and commands that name it.
    (folder / "good.env").chmod(0o644)
    named = examine("--profile", "good", "--offline")
    assert named.json["profile"] == "good" and {"profile.file_mode", "profile.plaintext"} <= named.those("warn")
    assert all(f"{folder}/good.env" in named.said(code) for code in ("profile.file_mode", "profile.plaintext"))
    assert "--profile good" in named.checks["profile.plaintext"]["fix"]["command"]


def test_all_profiles_are_the_default_one_where_none_is_written(examine) -> None:
    found = examine("--all-profiles", "--offline")
    assert found.json["profiles"] == ["default"]
    assert {check["profile"] for check in found.json["checks"] if check["group"] == "profile"} == {"default"}


def test_one_group_alone(examine, run, settings: dict[str, object]) -> None:
    found = examine("--only", "disk", "--only", "handshake", **settings)
    assert {check["group"] for check in found.json["checks"]} == {"disk", "handshake"}
    for wrong in (["--only", "moon"], ["--client", "moon"], ["--moon"]):
        for form in ([], ["--json"]):
            done = run(*wrong, *form)
            assert done.returncode == 64 and not done.stdout and done.stderr.count(". ") >= 1, done


def test_what_a_terminal_shows(oe_mcp: str, tmp_path: Path) -> None:
    def shown(**variables: str) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [oe_mcp, "doctor", "--sandbox", "--only", "ovaledge"], stdin=theirs, stdout=theirs, stderr=theirs,
            env=clean_environment(tmp_path, **variables), cwd=tmp_path,
        )  # fmt: skip
        os.close(theirs)
        text = b""
        try:
            while piece := os.read(ours, 4096):
                text += piece
        except OSError:  # All ends of the other side are closed.
            pass
        os.close(ours)
        assert process.wait(30) == 0
        return text.decode()

    assert "\x1b[32m✓\x1b[0m  oe.signin" in shown()
    plain = shown(NO_COLOR="1")
    assert "ok    oe.signin" in plain and "\x1b" not in plain and plain.isascii()


# Clients


@pytest.fixture
def place(tmp_path: Path) -> Callable[[str, object], Path]:
    def put(name: str, content: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return put


def entry(command: str, **more: object) -> dict:
    return {"mcpServers": {"ovaledge": {"command": command, "args": []} | more}}


CLIENTS: dict[str, tuple[str, dict[str, Callable[[str], object]]]] = {
    "client.unreadable": ("fail", {".cursor/mcp.json": lambda _: "{"}),
    "client.relative_command": ("fail", {".cursor/mcp.json": lambda _: entry("oe-mcp")}),
    "client.wrong_path": ("fail", {".cursor/mcp.json": lambda _: entry("/nonexistent/oe-mcp")}),
    "client.foreign": ("warn", {".cursor/mcp.json": lambda _: entry("/usr/bin/other")}),
    "client.disabled": ("warn", {".cursor/mcp.json": lambda program: entry(program, disabled=True)}),
    "client.plaintext_secret": (
        "warn", {".cursor/mcp.json": lambda program: entry(program, env={"OVALEDGE_USER_SECRET": "secret-word-4711"})},
    ),
    "client.old_location": ("warn", {".lmstudio/mcp.json": lambda _: {}, ".cache/lm-studio/mcp.json": entry}),
    "client.shadowed": ("warn", {".cursor/mcp.json": entry, "project/.cursor/mcp.json": entry}),
}  # fmt: skip


@pytest.mark.parametrize("code", CLIENTS)
def test_each_fault_of_an_entry_has_its_code(oe_mcp: str, tmp_path: Path, place, code: str) -> None:
    status, files = CLIENTS[code]
    for name, content in files.items():
        place(name, content(oe_mcp))
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    for form in (["--json"], []):
        done = subprocess.run(
            [oe_mcp, "doctor", "--offline", "--only", "clients", *form], capture_output=True, text=True, timeout=60,
            env=clean_environment(tmp_path), cwd=folder, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == (1 if status == "fail" else 0), done
        assert "4711" not in done.stdout + done.stderr
        if form:
            found = Found(done.returncode, json.loads(done.stdout))
            assert found.checks[code]["status"] == status, found.json


def test_an_entry_that_is_gone_is_missed(examine, oe_mcp: str, tmp_path: Path, place) -> None:
    place(".cursor/mcp.json", {})
    subprocess.run(
        [oe_mcp, "install", "cursor", "--no-check"], check=True, capture_output=True, env=clean_environment(tmp_path), cwd=tmp_path
    )
    assert examine("--only", "clients", "--client", "cursor").checks["client.entry"]["status"] == "ok"
    place(".cursor/mcp.json", {})
    gone = examine("--only", "clients", "--client", "cursor")
    assert gone.code == 1 and gone.those("fail") == {"client.wiped"}, gone.json
    assert "oe-mcp install cursor" in gone.checks["client.wiped"]["fix"]["command"]


def test_the_handshake_is_made_as_the_client_starts_it(examine, tmp_path: Path, place) -> None:
    broken = place("broken/oe-mcp", "#!/bin/sh\necho cannot open the vault >&2\nexit 1\n")
    broken.chmod(0o755)
    place(".cursor/mcp.json", entry(str(broken)))
    found = examine("--offline", "--only", "handshake")
    assert found.code == 1 and found.those("fail") == {"handshake.session", "handshake.stateless"}, found.json
    assert "cursor" in found.said("handshake.session") and "cannot open the vault" in found.said("handshake.session")
    assert examine("--offline", "--only", "handshake", "--client", "kiro").code == 0


# --fix


def test_nothing_is_repaired_that_no_one_agreed_to(run, tmp_path: Path) -> None:
    file = own_file(tmp_path)
    file.chmod(0o644)
    asked = run("--offline", "--fix")
    assert file.stat().st_mode & 0o777 == 0o644
    assert f"chmod 600 {file}" in asked.stderr and "--yes" in asked.stderr, asked
    done = run("--offline", "--fix", "--yes", "--json")
    assert file.stat().st_mode & 0o777 == 0o600, done
    checks = {check["id"]: check["status"] for check in json.loads(done.stdout)["checks"]}
    assert checks["profile.file_mode"] == "ok", done


def test_a_dead_entry_is_led_to_this_program(run, oe_mcp: str, tmp_path: Path, place) -> None:
    theirs = {"command": "/nonexistent/tool"}
    file = place(".cursor/mcp.json", {"mcpServers": {"ovaledge": {"command": "/nonexistent/oe-mcp", "args": []}, "x": theirs}})
    assert run("--offline", "--only", "clients").returncode == 1
    done = run("--offline", "--only", "clients", "--fix", "--yes")
    assert done.returncode == 0, done
    servers = json.loads(file.read_text())["mcpServers"]
    assert servers["ovaledge"]["command"] == oe_mcp and servers["x"] == theirs


def test_old_copies_are_removed(run, tmp_path: Path) -> None:
    folder = tmp_path / "config/oe-mcp/backups/cursor"
    folder.mkdir(parents=True)
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(0o700)
    old, new = folder / "19990101T000000.000000Z-0-0", folder / "99990101T000000.000000Z-0-0"
    old.write_text("{}"), new.write_text("{}")
    done = run("--offline", "--only", "disk", "--fix", "--yes")
    assert done.returncode == 0 and not old.exists() and new.exists(), done


def test_what_a_folder_names_is_shown_and_not_started(oe_mcp: str, tmp_path: Path, place) -> None:
    program = place("project/oe-mcp", f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    place("project/.cursor/mcp.json", entry(str(program)))
    place(".cursor/mcp.json", entry(oe_mcp))
    done = subprocess.run(
        [oe_mcp, "doctor", "--sandbox", "--offline", "--json"], capture_output=True, text=True, timeout=60,
        env=clean_environment(tmp_path), cwd=tmp_path / "project", stdin=subprocess.DEVNULL,
    )  # fmt: skip
    checks = json.loads(done.stdout)["checks"]
    assert str(program) in " ".join(check["summary"] for check in checks if check["group"] == "clients")
    assert [check["id"] for check in checks if check["group"] == "handshake"] == ["handshake.session", "handshake.stateless"]
    assert not (tmp_path / "started").exists()
