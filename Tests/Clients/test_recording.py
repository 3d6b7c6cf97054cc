"""`oe-mcp serve --record` and `oe-mcp replay`: what was said is kept without secrets, and said again."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from stand_in import EXCHANGE, Reply, StandIn
from talk import Talk
from wire import Wire, clean_environment

FORMS = {"elicitation": {}}
WRITE = {"object_id": 501, "object_type": "oetable", "business_description": "Orders of the shop."}
REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]


@pytest.fixture
def replay(oe_mcp: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    def run(file: Path, code: int = 0, **settings: object) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [oe_mcp, "replay", str(file)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=clean_environment(tmp_path, **settings), cwd=tmp_path, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, done
        return done

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.jsonl"


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def conversation(start: Callable[..., Wire], file: Path, revision: str, **settings: object) -> Talk:
    """A session on the sandbox with a write that a person agrees to, a cancellation, and lines that are no messages."""
    wire = start("serve", "--sandbox", "--record", str(file), OVALEDGE_ALLOW_WRITES="all", **settings)
    talk = Talk(wire, revision, FORMS if revision >= "2025-06-18" else {})
    talk.ask("tools/list")
    assert "orders" in json.dumps(talk.call("asset_explorer", {"search_terms": ["orders"]}))
    wire.send("{not json")
    wire.send({"jsonrpc": "1.0", "id": "old"})
    if revision == "2025-03-26":
        wire.send(json.dumps([{"jsonrpc": "2.0", "id": "a", "method": "ping"}, {"jsonrpc": "2.0", "id": "b", "method": "tools/list"}]))
    if talk.capabilities:
        agrees = {"elicitation/create": {"action": "accept", "content": {"write": True}}}
        result, questions = talk.answering(agrees, "tools/call", name="update_asset_descriptions", arguments=WRITE)
        assert questions, result
    else:
        preview = talk.call("update_asset_descriptions", WRITE)
        token = preview["content"][0]["text"].split('`confirmation_token`: "')[1].split('"')[0]
        agreed = WRITE | {"write_confirmed_by_user": True, "confirmation_token": token}
        talk.call("update_asset_descriptions", agreed)
    number = talk.post("tools/call", name="asset_explorer", arguments={"search_terms": ["customers"]})
    talk.tell("notifications/cancelled", requestId=number)
    talk.ask("tools/call", name="asset_details", arguments={"object_id": 501, "object_type": "oetable"})
    assert wire.close() == 0
    return talk


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_session_on_the_sandbox_is_the_same_when_it_is_replayed(start, replay, file: Path, revision: str) -> None:
    conversation(start, file, revision)
    said = lines(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert said[0] | {"at": ""} == {
        "recording": 1, "program": "oe-mcp", "version": said[0]["version"], "at": "", "revision": revision,
        "options": ["--sandbox"], "settings": {"OVALEDGE_ALLOW_WRITES": "all", "OVALEDGE_CLIENT_TIMEZONE": said[0]["settings"]["OVALEDGE_CLIENT_TIMEZONE"]},
    }  # fmt: skip
    assert said[-1]["end"] == "done" and said[-1]["ms"] >= said[1]["ms"] >= 0
    assert {line["from"] for line in said[1:-1]} == {"client", "server"}
    assert {"ms", "from", "text"} in [set(line) for line in said] and said[-2].keys() >= {"ms"}
    # What is set on this machine changes nothing for a recording of the sandbox.
    done = replay(file, OVALEDGE_ALLOW_WRITES="none", OVALEDGE_ANSWER_TOKENS="1000", OVALEDGE_TOOLS="asset_details")
    assert "nothing differs" in done.stdout and f"revision {revision}" in done.stdout and "on the sandbox" in done.stdout


def test_what_is_answered_differently_is_shown(start, replay, file: Path) -> None:
    conversation(start, file, "2025-11-25")
    changed = file.read_text().replace("orders", "ordres", 1).replace('"name":"asset_details"', '"name":"asset_detials"', 1)
    other = file.with_name("other.jsonl")
    other.write_text(changed)
    done = replay(other, code=1)
    assert ("1 difference found" in done.stdout) == (done.stdout.count("✗") == 1) and "1 differences" not in done.stdout
    assert "✗ tools/list" in done.stdout and "recorded, “" in done.stdout and "differ" in done.stdout, done.stdout
    # An answer and a question that do not come any more, and one that was not there.
    said = lines(file)
    asked = next(line["message"] for line in said[1:] if line.get("message", {}).get("method") == "elicitation/create")
    without = [line for line in said if line.get("message", {}).get("id") != asked["id"]]
    other.write_text("".join(json.dumps(line) + "\n" for line in without))
    done = replay(other, code=1)
    assert "comes now, and was not recorded" in done.stdout and "elicitation/create" in done.stdout, done.stdout


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_a_session_with_ovaledge_is_replayed_on_it_and_writes_stay_unsent(
    start, replay, ovaledge: StandIn, settings: dict, file: Path, revision: str
) -> None:
    wire = start("serve", "--record", str(file), **settings | {"OVALEDGE_ALLOW_WRITES": "all"})
    talk = Talk(wire, revision)
    assert not talk.call("asset_explorer", {"search_terms": ["orders"]}).get("isError")
    details = talk.call("asset_details", {"object_id": 101, "object_type": "oetable"})
    talk.call("update_asset_descriptions", WRITE)
    assert wire.close() == 0, details
    seen = len(ovaledge.requests)
    done = replay(file, **settings)
    assert "nothing differs" in done.stdout and "update_asset_descriptions" in done.stdout and "not sent" in done.stdout, done.stdout
    assert not [request for request in ovaledge.requests[seen:] if "description" in request.path.lower()]
    ovaledge.always("asset-explorer", Reply(503))
    assert "✗ tools/call asset_explorer" in replay(file, code=1, **settings | {"OVALEDGE_MAX_RETRIES": 1}).stdout


AGREED = WRITE | {"object_id": 101, "write_confirmed_by_user": True, "confirmation_token": "x" * 80}


def written(form: str, arguments: dict) -> dict:
    """A line of a recording in which the client asks for a change."""
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "update_asset_descriptions", "arguments": arguments}}
    line = {"ms": 2, "from": "client"}
    if form == "batch":
        return line | {"message": [{"jsonrpc": "2.0", "id": 9, "method": "ping"}, call]}
    if form == "message":
        return line | {"message": call}
    text = json.dumps(call)
    if form == "escaped":
        text = text.replace("update_asset", "\\u0075pdate\\u005fasset")
    if form == "twice":
        text = text.replace('"name":', '"name": "asset_explorer", "name":')
    return line | {"text": text}


@pytest.mark.parametrize("arguments", [WRITE | {"object_id": 101}, AGREED], ids=["form", "token"])
@pytest.mark.parametrize("form", ["message", "text", "batch", "escaped", "twice"])
def test_a_recording_cannot_change_a_catalog(replay, ovaledge: StandIn, settings: dict, file: Path, form: str, arguments: dict) -> None:
    hello = {"protocolVersion": "2025-03-26" if form == "batch" else "2025-11-25", "capabilities": FORMS, "clientInfo": {"name": "t", "version": "1"}}
    question = {"jsonrpc": "2.0", "id": "ask", "method": "elicitation/create", "params": {"message": "?"}}
    said = [
        {"recording": 1, "program": "oe-mcp", "version": "0.1.0", "at": "", "options": [], "settings": {"OVALEDGE_ALLOW_WRITES": "all"}},
        {"ms": 1, "from": "client", "message": {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}},
        {"ms": 1, "from": "server", "message": {"jsonrpc": "2.0", "id": 1, "result": {}}},
        {"ms": 1, "from": "client", "message": {"jsonrpc": "2.0", "method": "notifications/initialized"}},
        written(form, arguments),
        {"ms": 3, "from": "server", "message": question},
        {"ms": 4, "from": "client", "message": {"jsonrpc": "2.0", "id": "ask", "result": {"action": "accept", "content": {"write": True}}}},
        {"ms": 5, "from": "client", "closed": "inputEnded"},
        {"ms": 6, "end": "done"},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in said))
    done = replay(file, code=1, **settings | {"OVALEDGE_ALLOW_WRITES": "all"})
    assert "not sent, since it could change the catalog" in done.stdout and "Nothing can be written" in done.stdout, done.stdout
    assert not [request.path for request in ovaledge.requests if not request.path.endswith(EXCHANGE)]


def test_a_recording_allows_no_tool_that_is_not_allowed_here(start, replay, ovaledge: StandIn, settings: dict, file: Path) -> None:
    wire = start("serve", "--record", str(file), **settings | {"OVALEDGE_TOOLS": "asset_explorer,asset_details"})
    wire.initialize()
    wire.call("asset_explorer", search_terms=["orders"])
    assert wire.close() == 0
    seen = len(ovaledge.requests)
    replay(file, code=1, **settings | {"OVALEDGE_TOOLS": "asset_details"})
    assert not [request.path for request in ovaledge.requests[seen:] if not request.path.endswith(EXCHANGE)]


def test_a_recording_does_not_say_where_secrets_go(start, replay, ovaledge: StandIn, settings: dict, file: Path) -> None:
    wire = start("serve", "--record", str(file), **settings)
    wire.initialize()
    wire.call("asset_explorer", search_terms=["orders"])
    assert wire.close() == 0
    said = lines(file)
    with StandIn() as other:
        said[0]["settings"] |= {"OVALEDGE_BASE_URL": other.base_url, "OVALEDGE_PROXY": other.base_url, "OVALEDGE_ALLOW_HTTP": "true"}
        file.write_text("".join(json.dumps(line) + "\n" for line in said))
        replay(file, **settings)
        assert not other.requests


def test_no_form_of_a_secret_is_kept(start, ovaledge: StandIn, settings: dict, file: Path) -> None:
    token, secret = next(iter(ovaledge.credentials))
    wire = start("serve", "--record", str(file), **settings)
    wire.initialize()
    escaped = "".join(f"\\u{ord(each):04x}" for each in secret)
    encoded = [base64.b64encode(f"{'x' * number}{secret}yy".encode()).decode() for number in range(3)]
    hidden = [secret, secret.encode().hex(), quote(secret.replace("-", "%2D"), safe=""), *encoded, f"{token}:{secret}"]
    wire.call("asset_explorer", search_terms=hidden)
    wire.send(f'{{"jsonrpc":"2.0","method":"notifications/{escaped}","params":{{"{escaped}":["{secret[:6]}{escaped[36:]}"]}}}}')
    wire.send(f"no json {secret} {escaped}")
    wire.send(json.dumps({"jsonrpc": "2.0", "method": "x", "params": {"inner": json.dumps({"a": f'\\"{secret}'})}}))
    wire.request("ping")
    assert wire.close() == 0
    kept = file.read_text()
    live = [each for each in (token, secret, *ovaledge.tokens)]
    assert live and len(lines(file)) > 8
    for each in live:
        forms = [each, each.encode().hex(), each[:14], each[-14:], *(base64.b64encode(f"{'x' * n}{each}yy".encode()).decode()[8:20] for n in range(3))]
        assert not [form for form in forms if form in kept or form in json.dumps(lines(file), ensure_ascii=False)], kept
    assert escaped[:36] not in kept and "••••" in kept


@pytest.mark.parametrize("kept_in", ["file", "env", "command"])
@pytest.mark.parametrize("is_set_up", [True, False])
def test_a_secret_that_is_kept_elsewhere_is_known_before_anything_is_written(
    start, replay, ovaledge: StandIn, settings: dict, file: Path, tmp_path: Path, kept_in: str, is_set_up: bool
) -> None:
    _, secret = next(iter(ovaledge.credentials))
    place = tmp_path / "secret"
    place.write_text(secret)
    place.chmod(0o600)
    words = json.dumps(["/bin/cat", str(place)])
    reference = {"file": f"file:{place}", "env": "env:MINE", "command": f"command:{words}"}[kept_in]
    given = settings | {"OVALEDGE_USER_SECRET": reference, "MINE": secret}
    if not is_set_up:
        del given["OVALEDGE_BASE_URL"]
    wire = start("serve", "--record", str(file), **given)
    wire.initialize()
    wire.request("tools/call", {"name": "asset_explorer", "arguments": {"search_terms": [secret]}})
    assert wire.close() == 0
    assert secret not in file.read_text()
    if is_set_up or kept_in != "command":
        assert lines(file)[-1]["end"] == "done" and "••••" in json.dumps(lines(file), ensure_ascii=False)
    else:
        assert len(lines(file)) == 2 and "was not looked up" in lines(file)[-1]["end"]
        assert "recording ended: " in wire.err.decode()
        assert "! The recording is not whole" in replay(file).stdout and "was not looked up" in replay(file).stdout


def test_what_cannot_be_kept_does_not_end_the_server(start, file: Path, tmp_path: Path) -> None:
    file.write_text("mine")
    (tmp_path / "full").symlink_to("/dev/full")
    for place, reason in ((file, "exists already"), (tmp_path / "none/said.jsonl", "No such file"), (tmp_path / "full", "exists already")):
        wire = start("serve", "--sandbox", "--record", str(place))
        wire.initialize()
        assert "orders" in wire.call("asset_explorer", search_terms=["orders"]).text
        assert wire.close() == 0
        assert "not recording: " in wire.err.decode() and reason in wire.err.decode(), wire.err
    assert file.read_text() == "mine"


def test_a_disk_that_is_full_ends_the_recording_and_not_the_server(oe_mcp: str, file: Path, tmp_path: Path) -> None:
    command = ["bash", "-c", f"ulimit -f 16; exec {oe_mcp} serve --sandbox --record {file}"]
    wire = Wire(command, clean_environment(tmp_path), tmp_path)
    wire.initialize()
    for _ in range(5):
        assert wire.request("tools/list")["result"]["tools"]
    assert wire.close() == 0
    assert "recording ended: cannot write" in wire.err.decode() and "File too large" in wire.err.decode(), wire.err
    assert file.stat().st_size == 16384


def test_one_that_was_killed_is_kept_to_its_last_line(start, replay, file: Path) -> None:
    wire = start("serve", "--sandbox", "--record", str(file))
    wire.initialize()
    wire.call("asset_explorer", search_terms=["orders"])
    end = time.monotonic() + 10
    while '"isError"' not in file.read_text() and '"content"' not in file.read_text() and time.monotonic() < end:
        os.sched_yield()
    wire.kill()
    said = lines(file)
    assert "end" not in said[-1] and len(said) >= 5
    assert "no end" in replay(file).stdout
    file.write_text(file.read_text() + '{"ms":1,"from":"cli')
    assert "no end" in replay(file).stdout


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no recording"), (b"\n", "no recording"), (b"hello\n", "no recording"), (b"{}\n", "no recording"),
        (b"\xff\xfe\x00\n", "no recording"), (b'{"recording":2,"program":"oe-mcp","version":"9.9"}\n', "9.9"),
        (b'{"recording":1,"program":"oe-mcp"}\nxx\n', "Line 2"), (b'{"recording":1,"program":"oe-mcp"}\n{"ms":1}\n', "Line 2"),
        (b'{"recording":1,"program":"oe-mcp"}\n{"end":"done"}\n{"ms":1,"from":"client","text":"x"}\n', "after the end"),
        (b'{"recording":1,"program":"oe-mcp"}\n' + b"[" * 100_000 + b"\n", "Line 2"),
        (b'{"recording":1,"program":"oe-mcp","options":["--shell","rm"]}\n', "options"),
        (b'{"recording":1,"program":"oe-mcp","options":["--set","OVALEDGE_BASE_URL=http://127.0.0.1:9/x"]}\n', "options"),
        (b'{"recording":1,"program":"oe-mcp","options":["--sandbox","--env-file","/tmp/x"]}\n', "options"),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused_in_two_sentences(replay, file: Path, content: bytes, word: str) -> None:
    file.write_bytes(content)
    done = replay(file, code=2)
    assert word in done.stderr and done.stderr.count(". ") >= 1 and not done.stdout, done
    assert "Check its name" in replay(file.with_name("nowhere"), code=64).stderr


def test_a_line_that_is_too_long_is_replayed_as_one(start, replay, file: Path) -> None:
    wire = start("serve", "--sandbox", "--record", str(file), MCP_MAX_LINE_BYTES=65536)
    wire.initialize()
    wire.send('{"jsonrpc":"2.0","id":77,"method":"ping","params":{"x":"' + "y" * 100_000 + '"}}')
    assert "size limit" in json.dumps(wire.reply(77))
    assert wire.close() == 0
    assert any("tooLong" in line for line in lines(file)) and file.stat().st_size < 50_000
    replay(file)
