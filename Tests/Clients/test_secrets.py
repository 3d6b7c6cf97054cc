"""Secrets that are kept elsewhere: looked up when they are first needed, in real key stores and from odd programs."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from key_stores import KeyStore, PasswordStore, found
from recording_remote import Remote
from stand_in import EXCHANGE, StandIn
from wire import Wire, clean_environment

SEARCH = {"search_terms": "orders"}
ODD = "q7RkW2mXc9TfLz4p"

needs_key_store = pytest.mark.skipif(not found(*KeyStore.NEEDS), reason="scripts/need test unpacks the key store")
needs_pass = pytest.mark.skipif(not found(*PasswordStore.NEEDS), reason="scripts/need test unpacks pass")


@pytest.fixture
def key_store(tmp_path: Path) -> Iterator[KeyStore]:
    store = KeyStore(tmp_path / "k")
    yield store
    store.stop()


@pytest.fixture
def password_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PasswordStore]:
    store = PasswordStore(tmp_path_factory.mktemp("p") / "p")
    yield store
    store.stop()


@pytest.fixture
def remote() -> Iterator[Remote]:
    server = Remote()
    yield server
    server.stop()


@pytest.fixture
def keeper(tmp_path: Path) -> Callable[[str], str]:
    """A reference to a program in the shell's words."""

    def make(script: str) -> str:
        path = tmp_path / "keeper"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)
        return f"command:{json.dumps([str(path)])}"

    return make


@pytest.fixture
def run(oe_mcp: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    def start(*arguments: str, typed: str = "", **settings: object) -> subprocess.CompletedProcess:
        return subprocess.run(
            [oe_mcp, *arguments],
            input=typed,
            capture_output=True,
            text=True,
            env=clean_environment(tmp_path) | {name: str(value) for name, value in settings.items()},
            cwd=tmp_path,
            timeout=90,
        )

    return start


def handshake(wire: Wire) -> float:
    """How long the first answer takes, in seconds."""
    start = time.monotonic()
    wire.initialize()
    return time.monotonic() - start


def quick_handshake(start: Callable[..., Wire], **settings: object) -> Wire:
    """A session whose first answer took less than 100 ms, in the best of three: the machine does other work, too."""
    times = []
    for _ in range(3):
        wire = start(**settings)
        times.append(handshake(wire))
        if times[-1] < 0.1:
            return wire
        wire.kill()
    raise AssertionError(times)


def pair(ovaledge: StandIn) -> tuple[str, str]:
    return next(iter(ovaledge.credentials))


@needs_key_store
def test_a_secret_goes_into_the_key_store_and_is_found_there(run, start, ovaledge, settings, key_store) -> None:
    token, secret = pair(ovaledge)
    done = run("secrets", "set", "OVALEDGE_USER_SECRET", typed=secret + "\n", **key_store.variables)
    assert done.returncode == 0, done
    assert done.stdout.splitlines() == [
        "Stored at keychain:OVALEDGE_USER_SECRET.",
        "Write OVALEDGE_USER_SECRET=keychain:OVALEDGE_USER_SECRET into your settings to use it.",
    ]
    assert key_store.lookup("OVALEDGE_USER_SECRET") == secret
    key_store.store("token", token, profile="prod")
    named = settings | key_store.variables
    named |= {"OVALEDGE_USER_TOKEN": "keychain:prod/token", "OVALEDGE_USER_SECRET": "keychain:OVALEDGE_USER_SECRET"}
    tested = run("secrets", "test", **named)
    assert tested.returncode == 0, tested
    assert [line.split(",")[0] for line in tested.stdout.splitlines()] == [
        "✓ OVALEDGE_USER_TOKEN keychain:prod/token",
        "✓ OVALEDGE_USER_SECRET keychain:OVALEDGE_USER_SECRET",
    ]
    wire = quick_handshake(start, **named)
    assert ovaledge.exchanges == 0
    assert not wire.call("asset_explorer", **SEARCH).is_error
    assert ovaledge.exchanges == 1
    wire.close()
    assert secret not in wire.err.decode() + wire.out.decode() + tested.stdout
    assert run("secrets", "remove", "OVALEDGE_USER_SECRET", **named).returncode == 0
    assert key_store.lookup("OVALEDGE_USER_SECRET") == ""


@needs_key_store
def test_a_secret_of_the_key_store_comes_along_with_its_profile_and_goes_with_it(run, key_store) -> None:
    def typed(*words: str) -> None:
        done = run(*words, typed=ODD + "\n", **key_store.variables)
        assert done.returncode == 0, done

    typed("profiles", "add", "two", "OVALEDGE_USER_SECRET=keychain:two/OVALEDGE_USER_SECRET")
    typed("secrets", "set", "OVALEDGE_USER_SECRET", "--profile", "two")
    typed("profiles", "rename", "two", "live")
    found = [key_store.lookup("OVALEDGE_USER_SECRET", profile=name) for name in ("two", "live")]
    assert found == ["", ODD]
    typed("secrets", "test", "--profile", "live")
    typed("profiles", "remove", "live")
    assert key_store.lookup("OVALEDGE_USER_SECRET", profile="live") == ""


@needs_key_store
@pytest.mark.parametrize("state", ["locked", "asking a person", "absent service", "stale bus", "no bus"])
def test_a_key_store_that_gives_nothing_costs_no_handshake_and_is_a_tool_error(
    start, settings, key_store, state: str
) -> None:
    key_store.store("secret", "petra-secret-90ae")
    variables = dict(key_store.variables)
    if state == "locked":
        key_store.lock()
    elif state == "asking a person":
        key_store.daemon.send_signal(signal.SIGSTOP)
    elif state == "absent service":
        key_store.daemon.kill()
        key_store.daemon.wait(10)
    elif state == "stale bus":
        key_store.stop()
    else:
        del variables["DBUS_SESSION_BUS_ADDRESS"]
    wire = quick_handshake(start, **(settings | variables | {"OVALEDGE_USER_SECRET": "keychain:secret"}))
    begun = time.monotonic()
    answer = wire.call("asset_explorer", **SEARCH)
    assert time.monotonic() - begun < 3
    assert answer.is_error and "The user secret cannot be looked up" in answer.text, answer.text
    assert "oe-mcp secrets test" in answer.text
    assert "nlock" in answer.text or "file" in answer.text
    if state in ("locked", "asking a person"):
        key_store.unlock()
        assert not wire.call("asset_explorer", **SEARCH).is_error


@needs_pass
def test_a_secret_of_pass_is_its_first_line(run, start, ovaledge, settings, password_store) -> None:
    _, secret = pair(ovaledge)
    password_store.insert("work/ovaledge", f"{secret}\nurl: https://acme.net\n")
    named = settings | password_store.variables | {"OVALEDGE_USER_SECRET": "pass:work/ovaledge"}
    tested = run("secrets", "test", **named)
    assert tested.returncode == 0, tested
    wire = quick_handshake(start, **named)
    assert not wire.call("asset_explorer", **SEARCH).is_error
    missing = run("secrets", "test", **(named | {"OVALEDGE_USER_SECRET": "pass:work/other"}))
    assert missing.returncode == 1 and "has no pass:work/other" in missing.stdout, missing
    assert secret not in missing.stdout + missing.stderr


@pytest.mark.parametrize(
    "script",
    [
        f"yes {ODD}",
        f"echo {ODD} >&2; exit 1",
        f"echo the vault has {ODD} >&2; exit 1",
        f"echo {ODD}; exit 1",
        "read line < /dev/tty && echo $line",
        "trap '' TERM; sleep 300 & sleep 300; sleep 300",
        f"printf '{ODD}\\nx\\n'",
    ],
)
def test_a_program_that_gives_no_secret_is_ended_and_not_quoted(start, settings, keeper, tmp_path, script: str) -> None:
    mark = tmp_path / "group"
    wire = quick_handshake(start, **(settings | {"OVALEDGE_USER_SECRET": keeper(f"echo $$ > {mark}; {script}")}))
    answer = wire.call("asset_explorer", within=20, **SEARCH)
    assert answer.is_error and "The user secret cannot be looked up" in answer.text, answer.text
    end = time.monotonic() + 10
    while gone := group_lives(int(mark.read_text())):
        assert time.monotonic() < end, "The program lives on."
        time.sleep(0.05)
    wire.close()
    assert not gone and ODD not in answer.text + wire.err.decode() + wire.out.decode()


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_program_ends_with_the_server_that_asked_it(start, settings, keeper, tmp_path) -> None:
    mark = tmp_path / "group"
    wire = start(**(settings | {"OVALEDGE_USER_SECRET": keeper(f"echo $$ > {mark}; sleep 300")}))
    wire.initialize()
    wire.post("tools/call", {"name": "asset_explorer", "arguments": SEARCH})
    end = time.monotonic() + 10
    while not (mark.exists() and mark.read_text().endswith("\n")):
        assert time.monotonic() < end
        time.sleep(0.02)
    wire.process.terminate()
    wire.process.wait(15)
    while group_lives(int(mark.read_text())):
        assert time.monotonic() < end + 10, "The program lives on."
        time.sleep(0.05)


def test_one_program_gives_both_secrets_in_one_run(start, ovaledge, settings, keeper, tmp_path) -> None:
    token, secret = pair(ovaledge)
    answer = json.dumps({"Version": 1, "UserToken": token, "UserSecret": secret})
    reference = keeper(f"echo >> {tmp_path}/runs; printf %s '{answer}'")
    wire = start(**(settings | {"OVALEDGE_USER_TOKEN": reference, "OVALEDGE_USER_SECRET": reference}))
    wire.initialize()
    numbers = [wire.post("tools/call", {"name": "asset_explorer", "arguments": SEARCH}) for _ in range(8)]
    assert not [n for n in numbers if wire.reply(n)["result"].get("isError")]
    assert (tmp_path / "runs").read_text() == "\n"


@needs_key_store
def test_the_token_for_a_remote_server_is_looked_up_and_again_when_it_is_refused(start, key_store, remote) -> None:
    first, second = "token-of-the-first-day", "token-of-the-second-day"
    key_store.store("token", first)
    wire = start("bridge", remote.url, MCP_REMOTE_BEARER_TOKEN="keychain:token", **key_store.variables)
    wire.initialize()
    assert not wire.call("echo", text="a").is_error
    assert remote.calls()[-1].fields["authorization"] == f"Bearer {first}"
    key_store.store("token", second)
    remote.refuse = lambda fields: None if fields.get("authorization") == f"Bearer {second}" else (401, {}, "")
    assert not wire.call("echo", text="a").is_error
    assert remote.calls()[-1].fields["authorization"] == f"Bearer {second}"
    wire.close()
    assert not [token for token in (first, second) if token in (wire.err + wire.out).decode()]


@pytest.mark.parametrize("form", ["file:", "_FILE"])
def test_a_secret_that_was_replaced_is_read_again_when_it_is_refused(start, ovaledge, settings, tmp_path, form) -> None:
    token, old = pair(ovaledge)
    place = tmp_path / "secret"
    place.write_text(old + "\n")
    place.chmod(0o600)
    named = {"OVALEDGE_USER_SECRET_FILE": place} if form == "_FILE" else {"OVALEDGE_USER_SECRET": f"file:{place}"}
    kept = {name: value for name, value in settings.items() if name != "OVALEDGE_USER_SECRET"}
    wire = start(**(kept | named))
    wire.initialize()
    assert not wire.call("asset_explorer", **SEARCH).is_error
    new = "petra-secret-after-rotation"
    ovaledge.credentials = {(token, new)}
    ovaledge.revoke()
    place.write_text(new + "\n")
    assert not wire.call("asset_explorer", **SEARCH).is_error
    assert [json.loads(seen.body)["userSecret"] for seen in ovaledge.seen(EXCHANGE)] == [old, old, new]
    wire.close()
    assert new not in wire.err.decode()


def test_a_file_of_this_user_that_others_can_read_is_refused(run, settings, tmp_path) -> None:
    place = tmp_path / "secret"
    place.write_text(ODD)
    place.chmod(0o644)
    named = settings | {"OVALEDGE_USER_SECRET": f"file:{place}"}
    refused = run("secrets", "test", **named)
    assert refused.returncode == 1 and f"can be read by other users (mode 644). Close it to all but you with `chmod 600 {place}`" in refused.stdout
    assert ODD not in refused.stdout + refused.stderr
    place.chmod(0o600)
    assert run("secrets", "test", **named).returncode == 0


@pytest.mark.parametrize(
    "setting, said",
    [
        ("OVALEDGE_USER_SECRET=file:sec", "begins as a reference to a secret and names no place"),
        ("OVALEDGE_USER_SECRET=command:cat /x", "begins as a reference to a secret and names no place"),
        ("OVALEDGE_USER_SECRET_FILE=secret", "can be read by other users"),
    ],
)
def test_settings_that_cannot_be_used_are_no_settings_without_secrets(run, tmp_path, setting: str, said: str) -> None:
    (tmp_path / "secret").write_text(ODD)
    (tmp_path / "secret").chmod(0o644)
    name, _, value = setting.partition("=")
    for operand in ([], ["OVALEDGE_USER_SECRET"]):
        tested = run("secrets", "test", *operand, **{name: str(tmp_path / value) if value == "secret" else value})
        assert tested.returncode == 78 and tested.stdout == "" and said in tested.stderr, tested


@pytest.mark.parametrize("folder, is_closed", [(".config/oe-mcp", True), ("elsewhere", False)])
def test_doctor_closes_a_file_of_ours_that_others_can_read(run, settings, tmp_path, folder: str, is_closed: bool) -> None:
    place = tmp_path / folder / "secret"
    place.parent.mkdir(parents=True, mode=0o700)
    place.write_text(ODD)
    place.chmod(0o644)
    named = {"XDG_CONFIG_HOME": str(tmp_path / ".config"), "OVALEDGE_USER_SECRET": f"file:{place}"}
    done = run("doctor", "--only", "secrets", "--fix", "--yes", **settings | named)
    assert f"chmod 600 {place}" in done.stdout, done
    assert place.stat().st_mode & 0o777 == (0o600 if is_closed else 0o644)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can make what Kubernetes makes")
@pytest.mark.parametrize("form", ["file:", "_FILE"])
def test_a_folder_that_kubernetes_fills_is_read(run, settings, tmp_path, form: str) -> None:
    (tmp_path / "..2026_12_01").mkdir()
    (tmp_path / "..2026_12_01/secret").write_text(ODD)
    (tmp_path / "..2026_12_01/secret").chmod(0o644)
    (tmp_path / "..data").symlink_to("..2026_12_01")
    (tmp_path / "secret").symlink_to("..data/secret")
    place = tmp_path / "secret"
    named = {"OVALEDGE_USER_SECRET_FILE": place} if form == "_FILE" else {"OVALEDGE_USER_SECRET": f"file:{place}"}
    kept = {name: value for name, value in settings.items() if name != "OVALEDGE_USER_SECRET"}
    tested = run("secrets", "test", **(kept | named))
    assert tested.returncode == 0, tested
    assert f"✓ OVALEDGE_USER_SECRET file:{place}" in tested.stdout


def test_settings_show_where_a_secret_is_and_no_argument(run, settings, keeper) -> None:
    reference = keeper("printf x")[:-1] + f', "{ODD}"]'
    shown = run("settings", **(settings | {"OVALEDGE_USER_SECRET": reference, "OVALEDGE_USER_TOKEN": "keychain:prod/token"}))
    assert shown.returncode == 0, shown
    assert "keychain:prod/token" in shown.stdout and "keeper …" in shown.stdout
    assert ODD not in shown.stdout + shown.stderr


def test_a_file_is_made_for_this_user_alone_and_removed(run, tmp_path) -> None:
    place = tmp_path / "new/secret"
    done = run("secrets", "set", f"file:{place}", typed=ODD)
    assert done.returncode == 0, done
    assert place.read_text() == ODD and place.stat().st_mode & 0o777 == 0o600
    assert run("secrets", "test", f"file:{place}").returncode == 0
    assert run("secrets", "remove", f"file:{place}").returncode == 0
    assert not place.exists()


@pytest.mark.parametrize(
    "words",
    [[], ["show"], ["set"], ["set", "OVALEDGE_USER_SECRE"], ["set", "keychain:"], ["set", ODD], ["test", "LOG_LEVEL"]],
)
def test_a_wrong_command_line_is_a_usage_error_and_repeats_no_secret(run, words: list[str]) -> None:
    done = run("secrets", *words, typed=ODD)
    assert done.returncode == 64, done
    assert ODD not in done.stdout + done.stderr


def test_a_secret_is_typed_without_being_shown(oe_mcp: str, tmp_path: Path) -> None:
    place = tmp_path / "new/secret"
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [oe_mcp, "secrets", "set", f"file:{place}"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=clean_environment(tmp_path),
        start_new_session=True,
    )
    os.close(follower)
    said = b""
    while b"not shown" not in said:
        said += os.read(leader, 1000)
    os.write(leader, ODD.encode() + b"\n")
    try:
        while more := os.read(leader, 1000):
            said += more
    except OSError:
        pass
    assert process.wait(20) == 0, said
    os.close(leader)
    assert place.read_text() == ODD
    assert ODD.encode() not in said


def test_a_secret_is_stored_without_touching_what_lies_beside_it(run, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    (folder / "token.new").write_text("precious")
    run("secrets", "set", f"file:{folder}/token", typed="first-secret-1\n").check_returncode()
    done = run("secrets", "set", f"file:{folder}/token", typed="second-secret-2\n")
    assert done.returncode == 64 and "no setting names it" in done.stderr and "--yes" in done.stderr
    named = {"OVALEDGE_USER_SECRET": f"file:{folder}/token"}
    run("secrets", "set", "OVALEDGE_USER_SECRET", typed="second-secret-2\n", **named).check_returncode()
    assert sorted(path.name for path in folder.iterdir()) == ["token", "token.new"]
    assert (folder / "token").read_text() == "second-secret-2" and (folder / "token.new").read_text() == "precious"
    assert (folder / "token").stat().st_mode & 0o777 == 0o600


def test_what_is_no_secret_is_not_destroyed_without_asking(run, tmp_path: Path) -> None:
    notes, raw = tmp_path / "notes.txt", tmp_path / "picture"
    for path, content in ((notes, b"first line\nsecond line\n"), (raw, b"\xff\xd8\x00")):
        path.write_bytes(content)
        path.chmod(0o600)
        for work, named in (("set", {}), ("remove", {}), ("set", {"OVALEDGE_USER_SECRET": f"file:{path}"})):
            done = run("secrets", work, f"file:{path}", typed="a-secret-1\n", **named)
            assert done.returncode == 64 and "--yes" in done.stderr and path.read_bytes() == content, done
    assert run("secrets", "set", f"file:{notes}", "--yes", typed="a-secret-1\n").returncode == 0 and notes.read_text() == "a-secret-1"
    assert run("secrets", "remove", f"file:{raw}", "--yes").returncode == 0 and not raw.exists()
    # What is empty is no loss, and what was stored here may be removed as it was stored.
    raw.touch(0o600)
    assert run("secrets", "set", f"file:{raw}", typed="a-secret-2\n", OVALEDGE_USER_SECRET=f"file:{raw}").returncode == 0
    assert run("secrets", "remove", f"file:{raw}").returncode == 0 and not raw.exists()


def test_a_line_in_a_file_that_no_setting_names_is_not_removed_without_asking(run, tmp_path: Path) -> None:
    for content, mode in (('{"a":1}', 0o644), ("one line\n", 0o600)):
        file = tmp_path / "one.json"
        file.write_text(content)
        file.chmod(mode)
        done = run("secrets", "remove", f"file:{file}")
        assert done.returncode == 64 and "no setting names it" in done.stderr and file.read_text() == content, done
        assert run("secrets", "remove", f"file:{file}", OVALEDGE_USER_SECRET=f"file:{file}").returncode == 0 and not file.exists()


def test_a_limit_for_files_is_an_error_and_leaves_nothing_half_written(oe_mcp: str, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 0; exec "$0" "$@"', oe_mcp, "secrets", "set", f"file:{folder}/token"],
        input="a-secret-1\n", capture_output=True, text=True, timeout=30, env=clean_environment(tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1 and "File too large" in done.stderr, done
    assert list(folder.iterdir()) == []


def test_what_cannot_be_removed_is_said(run, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    (folder / "inner").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    assert "There was nothing" in run("secrets", "remove", f"file:{folder}/token").stdout
    assert run("secrets", "remove", f"file:{folder}/inner").returncode == 1 and (folder / "inner").exists()
    assert "There was nothing" in run("secrets", "remove", f"file:{tmp_path}/none/token").stdout
    assert not (tmp_path / "none").exists()
    (folder / "token").write_text("a-secret-1")
    (folder / "token").chmod(0o600)
    (folder / "link").symlink_to(folder / "token")
    assert "Removed" in run("secrets", "remove", f"file:{folder}/link").stdout
    assert [path.name for path in sorted(folder.iterdir())] == ["inner", "token"]
