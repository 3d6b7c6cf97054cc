"""`oe-mcp logs` and `oe-mcp bug-report`: what is seen when something is wrong, and what may leave the machine."""

from __future__ import annotations

import base64
import json
import os
import pty
import quopri
import select
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from stand_in import StandIn
from wire import clean_environment

SECRET = "mOrganite-57-vault"
LOG = "logs/oe-mcp.txt"


class Person:
    """A home folder, and the program run in it."""

    def __init__(self, program: str, home: Path):
        self.program, self.home = program, home
        self.archive = home / "report.tar"

    def environment(self, **settings: object) -> dict[str, str]:
        environment = clean_environment(self.home, **settings)
        return environment | {"XDG_CONFIG_HOME": str(self.home / ".config"), "XDG_STATE_HOME": str(self.home / "state")}

    def run(self, *words: str, code: int | None = 0, **settings: object) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [self.program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=self.environment(**settings), cwd=self.home, timeout=120,
        )  # fmt: skip
        assert code is None or done.returncode == code, done
        return done

    def report(self, *words: str, code: int = 0, **settings: object) -> subprocess.CompletedProcess:
        return self.run("bug-report", "--output", str(self.archive), "--yes", *words, code=code, **settings)

    def members(self) -> dict[str, str]:
        with tarfile.open(self.archive) as archive:
            return {each.name.removeprefix("oe-mcp-bug-report/"): archive.extractfile(each).read().decode() for each in archive}

    def write(self, place: str, text: str) -> Path:
        path = self.home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def person(oe_mcp: str, tmp_path: Path) -> Person:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Person(oe_mcp, home)


def test_logs_are_found_where_clients_keep_them(person: Person) -> None:
    places = {
        "claude-desktop": ".config/Claude/logs/mcp-server-ovaledge.log",
        "claude-code": ".cache/claude-cli-nodejs/-home-x/mcp-logs-ovaledge/2026-12-01T00-00-00.jsonl",
        "cursor": ".config/Cursor/logs/20261201T000000/window1/exthost/anysphere.cursor-mcp/MCP user-ovaledge.log",
        "vscode": ".config/Code/logs/20261201T000000/window1/mcpServer.mcp.config.usrlocal.ovaledge.log",
    }
    for client, place in places.items():
        person.write(place, "".join(f"{client} line {number}\n" for number in range(50)))
    person.write(".codex/log/codex-tui.log", "other: a secret of others\nINFO MCP server stderr (oe-mcp): codex line 49\n")
    shown = person.run("logs", "--lines", "3").stdout
    for client in (*places, "codex"):
        assert f"{client} line 49" in shown, client
    assert "line 47" in shown and "line 46" not in shown and "secret of others" not in shown
    only = person.run("logs", "cursor", "oe-mcp").stdout
    assert "cursor line 49" in only and "vscode" not in only
    # Of several starts the last one counts.
    newer = person.write(places["cursor"].replace("20261201T000000", "20261202T000000"), "after the restart\n")
    os.utime(newer, (time.time() + 60, time.time() + 60))
    only = person.run("logs", "cursor").stdout
    assert "after the restart" in only and "cursor line" not in only
    for client, word in (("zed", "zed: open log"), ("windsurf", "its own window"), ("warp", "View logs")):
        done = person.run("logs", client, code=1)
        assert word in done.stdout
    assert "Did you mean cursor" in person.run("logs", "cursr", code=64).stderr
    assert person.run("logs", "--lines", "0", code=64).stderr


def test_without_a_log_it_is_said_what_to_do(person: Person) -> None:
    assert "LOG_FILE" in person.run("logs", code=1).stdout
    for client in ("cursor", "zed"):
        person.run("install", client, "--sandbox", "--no-check", "--force")
    shown = person.run("logs", code=1).stdout
    assert "Cursor shows it in the Output panel" in shown and "Zed shows it in" in shown and "Windsurf" not in shown
    person.write(".config/Cursor/logs/20261201T000000/window1/exthost/anysphere.cursor-mcp/MCP user-ovaledge.log", "one\n")
    shown = person.run("logs").stdout
    assert "one" in shown and "Zed shows it in" in shown and "Cursor shows" not in shown


def test_the_own_log_is_shown_across_rotation_and_without_secrets(person: Person) -> None:
    log = person.write("logs/own.log", f"third {SECRET}\n\x1b[31mred\n")
    person.write("logs/own.log.1", "second\n")
    person.write("logs/own.log.2", "first\n")
    shown = person.run("logs", LOG_FILE=log, OVALEDGE_USER_SECRET=SECRET).stdout
    assert [shown.find(word) for word in ("first", "second", "third ••••")] == sorted(shown.find(word) for word in ("first", "second", "third ••••"))
    assert "first" in shown and SECRET not in shown and "\x1b" not in shown
    # A setting that cannot be used hides no log of a client.
    person.write(".config/Claude/logs/mcp-server-ovaledge.log", "still here\n")
    assert "still here" in person.run("logs", OVALEDGE_TIMEOUT_SECONDS="soon").stdout


@pytest.fixture
def following(person: Person) -> Iterator[Callable]:
    running: list[subprocess.Popen] = []

    def start(*words: str, **settings: object):
        process = subprocess.Popen(
            [person.program, "logs", "--follow", *words], stdout=subprocess.PIPE, env=person.environment(**settings), cwd=person.home
        )
        running.append(process)
        seen = bytearray()

        def until(word: str) -> str:
            end = time.monotonic() + 15
            while word.encode() not in seen:
                assert select.select([process.stdout], [], [], end - time.monotonic())[0], seen
                seen.extend(os.read(process.stdout.fileno(), 65536))
            return seen.decode()

        return process, until

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_log_is_followed_when_it_is_rotated_emptied_and_begun_anew(person: Person, following) -> None:
    log = person.write("logs/own.log", "old\n")
    process, until = following(LOG_FILE=log)
    until("old")
    with log.open("a") as file:
        file.write("added\nhalf ")
    until("added")
    with log.open("a") as file:
        file.write("a line\n")
    until("half a line")
    with log.open("a") as file:
        file.write("just before\n")
    log.rename(log.with_name("own.log.1"))
    log.write_text("after rotation\n")
    seen = until("after rotation")
    assert seen.index("just before") < seen.index("after rotation")
    log.write_text("emptied\n")
    until("emptied")
    assert seen.count("old") == 1
    # A client that is started begins a new file.
    person.write(".config/Cursor/logs/1/window1/exthost/anysphere.cursor-mcp/MCP user-ovaledge.log", "cursor begins\n")
    until("cursor begins")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == -signal.SIGINT


def test_a_report_holds_what_is_needed_and_says_so_first(person: Person, ovaledge: StandIn, settings: dict) -> None:
    log = person.write("logs/own.log", f"{person.home}/somewhere is fine\n{person.home}works is no home\n")
    person.run("install", "cursor", "--force", "--no-check", "--sandbox")
    done = person.report(**settings, LOG_FILE=log)
    members = person.members()
    assert list(members) == ["versions.txt", "doctor.txt", "settings.txt", "clients.json", LOG]
    assert person.archive.stat().st_mode & 0o777 == 0o600
    for name, text in members.items():
        assert f"{len(text.encode())}  {name}" in done.stdout, done.stdout
    assert members["versions.txt"].startswith("oe-mcp ") and os.uname().nodename not in members["versions.txt"].split()
    assert "oe.signin" in members["doctor.txt"] and "ended with 0" in members["doctor.txt"]
    assert "OVALEDGE_USER_SECRET" in members["settings.txt"] and "environment" in members["settings.txt"] and "••••" in members["settings.txt"]
    entry = json.loads(members["clients.json"])[0]
    assert entry["id"] == "cursor" and entry["file"] == "~/.cursor/mcp.json" and entry["entry"]["args"] == ["--sandbox"]
    assert "~/somewhere" in members[LOG] and f"{person.home}works" in members[LOG]
    whole = person.archive.read_bytes().decode()
    for live in (*next(iter(ovaledge.credentials)), *ovaledge.tokens):
        assert live not in whole
    assert f"{person.home}/" not in whole
    # The same again is the same, and nothing is written over.
    assert "exists already" in person.report(code=1, **settings, LOG_FILE=log).stderr


def test_the_same_makes_the_same_bytes(person: Person) -> None:
    person.report("--sandbox", "--without", "doctor.txt")
    first = person.archive.read_bytes()
    person.archive.unlink()
    person.report("--sandbox", "--without", "doctor.txt")
    assert person.archive.read_bytes() == first
    listed = subprocess.run(["tar", "tvf", person.archive], capture_output=True, text=True, check=True).stdout
    assert "oe-mcp-bug-report/settings.txt" in listed and "doctor.txt" not in listed


def forms(secret: str) -> dict[str, str]:
    raw = secret.encode()
    wrapped = base64.b64encode(b"user:" + raw + b":end").decode()
    return {
        "raw": f"before {secret} after", "capitals": secret.upper(), "in another case": secret.lower(),
        **{f"base64, shifted by {n}": base64.b64encode(b"x" * n + raw + b"yy").decode() for n in range(3)},
        "base64 for addresses": base64.urlsafe_b64encode(b"??" + raw + b"??").decode(),
        "base64 in lines": "\n".join(wrapped[n:n + 10] for n in range(0, len(wrapped), 10)),
        "hexadecimal": raw.hex(), "hexadecimal in capitals": raw.hex().upper(),
        **{f"hexadecimal with {sign!r}": raw.hex(sign) for sign in ": -"},
        **{f"base32, shifted by {n}": base64.b32encode(b"x" * n + raw + b"yy").decode() for n in range(5)},
        "quoted-printable": quopri.encodestring(raw + b"\xe4").decode(), "all of quoted-printable": "".join(f"={byte:02X}" for byte in raw),
        "quoted-printable over two lines": f"{secret[:6]}=\n{secret[6:]}",
        "base64 of hexadecimal": base64.b64encode(raw.hex().encode()).decode(),
        "base64 of hexadecimal in capitals": base64.b64encode(b"k" + raw.hex().upper().encode()).decode(),
        "hexadecimal of base64": base64.b64encode(b"u:" + raw).hex(), "base64 of base64": base64.b64encode(base64.b64encode(raw)).decode(),
        "an address": quote(secret, safe=""), "all of an address": "".join(f"%{byte:02X}" for byte in raw),
        "JSON": json.dumps({"a": secret}), "JSON in JSON": json.dumps(json.dumps({"a": f'"{secret}'})),
        "escapes": "".join(f"\\u{ord(c):04x}" for c in secret), "escapes in capitals": "".join(f"\\u{ord(c):04X}" for c in secret),
        "some escapes": secret.replace("-", "\\u002d"), "XML": "".join(f"&#{ord(c)};" for c in secret),
        "UTF-16 as base64": base64.b64encode(secret.encode("utf-16-le")).decode(), "over two lines": f"{secret[:9]}\n{secret[9:]}",
        "backwards": secret[::-1], "a colour inside": f"{secret[:9]}\n \n{secret[9:]}",
    }  # fmt: skip


@pytest.mark.parametrize("form", forms(SECRET))
def test_a_secret_in_any_form_refuses_the_report(person: Person, form: str) -> None:
    log = person.write("logs/own.log", f"fine\n{forms(SECRET)[form]}\nfine\n")
    done = person.report("--sandbox", "--without", "doctor.txt", code=1, LOG_FILE=log, OVALEDGE_USER_SECRET=SECRET)
    assert LOG in done.stderr and "--without" in done.stderr and not person.archive.exists()
    assert SECRET not in done.stdout + done.stderr and forms(SECRET)[form] not in done.stdout + done.stderr
    person.report("--sandbox", "--without", "doctor.txt", "--without", LOG, LOG_FILE=log, OVALEDGE_USER_SECRET=SECRET)
    assert LOG not in person.members()


@pytest.mark.parametrize("name", ["OVALEDGE_USER_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS", "LANGFUSE_SECRET_KEY", "OVALEDGE_PROXY"])
def test_every_secret_setting_counts(person: Person, name: str) -> None:
    value = {"OTEL_EXPORTER_OTLP_HEADERS": f"a={SECRET}", "OVALEDGE_PROXY": f"http://me:{SECRET}@127.0.0.1:9"}.get(name, SECRET)
    log = person.write("logs/own.log", f"{SECRET}\n")
    more = {"TELEMETRY_BACKEND": "langfuse", "LANGFUSE_PUBLIC_KEY": "pk-public-key-1"} if "LANGFUSE" in name else {}
    done = person.report("--sandbox", "--without", "doctor.txt", code=1, LOG_FILE=log, **{name: value}, **more)
    assert LOG in done.stderr and not person.archive.exists()


@pytest.mark.parametrize("place", ["environment", "profile", "entry"])
def test_the_host_of_a_proxy_with_a_password_is_no_secret(person: Person, place: str) -> None:
    proxy = f"http://petra:{SECRET}@proxy7.acme.example:3128"
    settings = {"environment": {"OVALEDGE_PROXY": proxy}, "profile": {}, "entry": {}}[place]
    if place == "profile":
        person.write(".config/oe-mcp/.env", f"HTTPS_PROXY={proxy}\n").chmod(0o600)
    if place == "entry":
        entry = {"command": person.program, "args": ["--set", "OVALEDGE_PROXY=" + proxy]}
        person.write(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": entry}}))
    log = person.write("logs/own.log", "no answer of http://proxy7.acme.example:3128\n")
    left = ("--without", "doctor.txt", *(("--without", "clients.json") if place == "entry" else ()))
    person.report("--sandbox", *left, LOG_FILE=log, **settings)
    assert "proxy7.acme.example:3128" in person.members()[LOG]
    person.archive.unlink()
    log.write_text(f"no answer of {proxy}\n")
    assert LOG in person.report("--sandbox", *left, code=1, LOG_FILE=log, **settings).stderr


def test_secrets_of_entries_and_of_sessions_count_as_well(person: Person, ovaledge: StandIn, settings: dict) -> None:
    entry = {"command": person.program, "args": [], "env": {"OVALEDGE_USER_SECRET": SECRET}}
    person.write(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": entry}}))
    person.write(".config/Cursor/logs/1/window1/exthost/anysphere.cursor-mcp/MCP user-ovaledge.log", f"env: {SECRET}\n")
    done = person.report("--sandbox", "--without", "doctor.txt", code=1)
    assert "logs/cursor.txt" in done.stderr
    person.report("--sandbox", "--without", "doctor.txt", "--without", "logs/cursor.txt")
    assert SECRET not in person.archive.read_bytes().decode() and "OVALEDGE_USER_SECRET" in person.members()["clients.json"]
    person.archive.unlink()
    # The session token that all processes share.
    person.run("doctor", **settings)
    log = person.write("logs/own.log", f"token {ovaledge.tokens[-1]}\n")
    done = person.report("--without", "doctor.txt", "--without", "logs/cursor.txt", code=1, **settings, LOG_FILE=log)
    assert LOG in done.stderr and ovaledge.tokens[-1] not in done.stderr


def test_secrets_of_all_profiles_and_of_files_of_entries_count(person: Person) -> None:
    """The log of a client says what any of them may have said, whichever profile is chosen."""
    entry = {"command": person.program, "args": ["--env-file", str(person.home / "team.env")]}
    person.write(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": entry}}))
    log = person.write(".config/Cursor/logs/1/window1/exthost/anysphere.cursor-mcp/MCP user-ovaledge.log", f"said {SECRET}\n")
    person.write(".config/oe-mcp/.env", "LOG_LEVEL=error\n")
    kept = person.write("kept/secret", f"{SECRET}\n")
    kept.chmod(0o600)
    prod, team = ".config/oe-mcp/profiles/prod.env", "team.env"
    base = "OVALEDGE_BASE_URL=https://acme.example/ovaledge\nOVALEDGE_USER_TOKEN=a-user-token-1\n"
    for place, text in (
        (prod, f"{base}OVALEDGE_USER_SECRET={SECRET}\n"), (team, f"{base}OVALEDGE_USER_SECRET={SECRET}\n"),
        (prod, f"OVALEDGE_USER_SECRET=file:{kept}\n"), (prod, f"OVALEDGE_USER_SECRET_FILE={kept}\n"),
        (prod, f"OVALEDGE_PROXY=http://me:{SECRET}@127.0.0.1:9\n"),
        # What else is wrong in the file does not matter.
        (prod, f"OVALEDGE_TIMEOUT_SECONDS=soon\nOVALEDGE_USER_SECRET={SECRET}\n"),
        (prod, f"OVALEDGE_TIMEOUT_SECONDS=soon\nOVALEDGE_USER_SECRET=file:{kept}\n"),
    ):  # fmt: skip
        path = person.write(place, text)
        path.chmod(0o600)
        for words in ((), ("--sandbox",)):
            done = person.report("--without", "doctor.txt", *words, code=1)
            assert "logs/cursor.txt" in done.stderr and SECRET not in done.stderr and not person.archive.exists(), text
        path.unlink()
    # What only a program knows is named: no program is asked for another profile than the chosen one.
    log.write_text("fine\n")
    person.write(prod, 'OVALEDGE_USER_SECRET=command:["/bin/false"]\n').chmod(0o600)
    done = person.report("--sandbox", "--without", "doctor.txt")
    assert "not every secret" in done.stderr and "profiles/prod.env" in done.stderr and "OVALEDGE_USER_SECRET" in done.stderr


@pytest.mark.parametrize("fault", ["OVALEDGE_TIMEOUT_SECONDS=abc", "LOG_LEVEL=loud", "no setting", "666"])
def test_secrets_of_settings_that_cannot_be_used_count(person: Person, fault: str) -> None:
    file = person.write(".config/oe-mcp/.env", f"OVALEDGE_USER_SECRET={SECRET}\n{fault}\n")
    file.parent.chmod(0o700)
    file.chmod(0o666 if fault == "666" else 0o600)
    person.write(".config/Claude/logs/mcp-server-ovaledge.log", f"it was {SECRET}\n")
    assert "logs/claude-desktop.txt holds a secret" in person.report(code=1).stderr and not person.archive.exists()


def test_a_secret_among_the_arguments_of_an_entry_counts_and_is_reported(person: Person, oe_mcp: str) -> None:
    entry = {"command": oe_mcp, "args": ["--set", f"OVALEDGE_USER_SECRET={SECRET}"]}
    person.write(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": entry}}))
    person.write(".config/Cursor/logs/1/window1/exthost/anysphere.cursor-mcp/MCP user-ovaledge.log", f"args: {SECRET}\n")
    assert "logs/cursor.txt holds a secret" in person.report(code=1).stderr
    person.report("--without", "logs/cursor.txt", "--without", "doctor.txt")
    assert SECRET not in person.archive.read_bytes().decode() and "OVALEDGE_USER_SECRET=••••" in person.members()["clients.json"]
    assert "client.plaintext_secret" in person.run("doctor", "--only", "clients", "--json").stdout


def test_a_weak_secret_refuses_only_where_it_is_a_word_of_its_own(person: Person) -> None:
    log = person.write("logs/own.log", "reorders are fine\n")
    weak = {"LOG_FILE": log, "OVALEDGE_USER_SECRET": "qorders"}
    person.report("--sandbox", "--without", "doctor.txt", **weak)
    person.archive.unlink()
    # The home folder is written as ~ before anything is looked for.
    person.report("--sandbox", "--without", "doctor.txt", LOG_FILE=log, OVALEDGE_USER_TOKEN=person.home.parent.name)
    person.archive.unlink()
    log.write_text("the secret is qorders.\n")
    person.report("--sandbox", "--without", "doctor.txt", code=1, **weak)


def test_nothing_is_asked_without_a_terminal_and_no_is_no_with_one(person: Person) -> None:
    done = person.run("bug-report", "--sandbox", code=64)
    assert "--yes" in done.stderr and not list(person.home.glob("*.tar"))
    for word, code in (("no", 1), ("yes", 0)):
        main, side = pty.openpty()
        process = subprocess.Popen(
            [person.program, "bug-report", "--sandbox", "--without", "doctor.txt"], stdin=side, stdout=subprocess.PIPE,
            stderr=side, env=person.environment(), cwd=person.home,
        )  # fmt: skip
        os.close(side)
        seen = b""
        while b"[y/N]" not in seen:
            assert select.select([main], [], [], 60)[0], seen
            seen += os.read(main, 4096)
        os.write(main, f"{word}\n".encode())
        shown = process.communicate(timeout=60)[0].decode()
        os.close(main)
        assert process.returncode == code and "settings.txt" in shown
        assert (person.home / "oe-mcp-bug-report.tar").exists() == (word == "yes")


def test_only_what_there_can_be_is_left_out(person: Person) -> None:
    done = person.run("bug-report", "--yes", "--without", "nofile", code=64)
    assert "nofile" in done.stderr and all(name in done.stderr for name in ("doctor.txt", "logs/cursor.txt", "logs/oe-mcp.txt"))
    done = person.run("bug-report", "--yes", "--without", "logs/oe-mcp.txt", "--without", "doctor.txt")
    assert "doctor.txt" not in done.stdout and "versions.txt" in done.stdout


def test_settings_that_cannot_be_used_are_reported(person: Person) -> None:
    person.report(OVALEDGE_TIMEOUT_SECONDS="soon", OVALEDGE_USER_SECRET=SECRET)
    members = person.members()
    assert "OVALEDGE_TIMEOUT_SECONDS" in members["settings.txt"] and "ended with 78" in members["doctor.txt"]
    assert SECRET not in person.archive.read_bytes().decode()
