"""The protocol in raw lines: what goes in byte for byte, what comes out byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wire import Wire, clean_environment

HELLO = (
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",'
    '"capabilities":{},"clientInfo":{"name":"printf","version":"1"}}}'
)
INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}'
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "wire", "version": "1"},
}
TOOLS = {"asset_explorer", "asset_details", "asset_lineage", "knowledge_search"}


def feed(oe_mcp: str, folder: Path, *lines: str, end: str = "\n", **settings: object) -> subprocess.CompletedProcess:
    """Run the program in the sandbox with these lines as its whole input, as a shell's printf would."""
    text = "".join(line + end for line in lines)
    environment = clean_environment(folder, **settings)
    return subprocess.run(
        [oe_mcp, "--sandbox"], input=text.encode(), capture_output=True, env=environment, cwd=folder, timeout=20
    )


def replies(done: subprocess.CompletedProcess) -> list[dict]:
    assert done.stdout.endswith(b"\n"), done
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_line_for_each_request_and_exit_0(oe_mcp: str, tmp_path: Path) -> None:
    ping = '{"jsonrpc":"2.0","id":2,"method":"ping"}'
    listing = '{"jsonrpc":"2.0","id":3,"method":"tools/list"}'
    search = (
        '{"jsonrpc":"2.0","id":4,"method":"tools/call",'
        '"params":{"name":"asset_explorer","arguments":{"search_terms":["orders"]}}}'
    )
    done = feed(oe_mcp, tmp_path, HELLO, INITIALIZED, ping, listing, search)
    assert done.returncode == 0, done
    by_id = {reply["id"]: reply["result"] for reply in replies(done)}
    assert sorted(by_id) == [1, 2, 3, 4]
    assert by_id[1]["protocolVersion"] == "2025-11-25"
    assert by_id[2] == {}
    assert TOOLS <= {tool["name"] for tool in by_id[3]["tools"]}
    assert not by_id[4].get("isError"), by_id[4]


def test_a_last_line_without_newline_is_served(oe_mcp: str, tmp_path: Path) -> None:
    done = feed(oe_mcp, tmp_path, HELLO, end="")
    assert [reply["id"] for reply in replies(done)] == [1]
    assert done.returncode == 0


def test_crlf_and_blank_lines(oe_mcp: str, tmp_path: Path) -> None:
    done = feed(oe_mcp, tmp_path, HELLO, "", "  ", INITIALIZED, '{"jsonrpc":"2.0","id":2,"method":"ping"}', end="\r\n")
    assert [reply["id"] for reply in replies(done)] == [1, 2]
    assert done.returncode == 0


def test_no_input_at_all(oe_mcp: str, tmp_path: Path) -> None:
    done = feed(oe_mcp, tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")


# Rows: G043, G044
@pytest.mark.parametrize("asked", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_every_revision_with_a_handshake_is_spoken(start, asked: str) -> None:
    assert start("--sandbox").initialize(asked)["protocolVersion"] == asked


# Rows: G045
@pytest.mark.parametrize("asked", ["1999-01-01", "3000-01-01", "", "latest"])
def test_an_unknown_revision_is_answered_with_the_newest(start, asked: str) -> None:
    assert start("--sandbox").initialize(asked)["protocolVersion"] == "2025-11-25"


# Mistakes, each followed by a request that must be served


BROKEN = [
    pytest.param("this is not json", -32700, id="words"),
    pytest.param('{"jsonrpc":"2.0","id":1,"method":"ping"', -32700, id="cut off"),
    pytest.param('{"jsonrpc":"2.0","id":1,"method":"ping",}', -32700, id="trailing comma"),
    pytest.param(b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}', -32700, id="bad UTF-8"),
    pytest.param("[]", -32600, id="empty list"),
    pytest.param("42", -32600, id="number"),
    pytest.param('"ping"', -32600, id="text"),
    pytest.param("null", -32600, id="null"),
    pytest.param("{}", -32600, id="empty object"),
    pytest.param('{"jsonrpc":"2.0","id":91}', -32600, id="no method"),
    pytest.param('{"jsonrpc":"1.0","id":91,"method":"ping"}', -32600, id="other version"),
    pytest.param('{"id":91,"method":"ping"}', -32600, id="no version"),
    pytest.param('{"jsonrpc":"2.0","id":91,"method":7}', -32600, id="method is a number"),
    pytest.param('{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, id="id is null"),
    pytest.param('{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, id="id is an object"),
    pytest.param('{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, id="id is a fraction"),
]


# Rows: G011, G012, G026, G027, G028, G029, G042
@pytest.mark.parametrize(("line", "code"), BROKEN)
def test_a_broken_line_is_told_and_the_next_one_served(sandbox: Wire, line: str | bytes, code: int) -> None:
    sandbox.send(line)
    error = sandbox.wait_for(lambda message: "error" in message)["error"]
    assert error["code"] == code
    assert error["message"]
    assert sandbox.request("ping") == {"jsonrpc": "2.0", "id": sandbox._next_id, "result": {}}


WRONG = [
    pytest.param("no/such/method", {}, -32601, id="unknown method"),
    pytest.param("tools/call", {"name": "asset_explorr", "arguments": {}}, -32602, id="unknown tool"),
    pytest.param("tools/call", None, -32602, id="call without params"),
    pytest.param("tools/call", {"arguments": {}}, -32602, id="call without name"),
    pytest.param("tools/call", {"name": 7}, -32602, id="name is a number"),
    pytest.param("tools/call", {"name": "asset_details", "arguments": [1]}, -32602, id="arguments are a list"),
    pytest.param("initialize", {"protocolVersion": 7}, -32602, id="initialize with a number"),
]


# Rows: G031, G047, G108, G109
@pytest.mark.parametrize(("method", "params", "code"), WRONG)
def test_a_wrong_request_is_told_and_the_next_one_served(sandbox: Wire, method: str, params, code: int) -> None:
    reply = sandbox.request(method, params)
    assert reply["error"]["code"] == code, reply
    assert reply["error"]["message"]
    assert sandbox.request("ping")["result"] == {}


def test_an_unknown_tool_is_answered_with_the_nearest_name(sandbox: Wire) -> None:
    message = sandbox.request("tools/call", {"name": "asset_explorr", "arguments": {}})["error"]["message"]
    assert "asset_explorer" in message


# Rows: G110
def test_all_argument_mistakes_come_at_once(sandbox: Wire) -> None:
    answer = sandbox.call("asset_details", object_idd=1, object_type="oetabel")
    assert answer.is_error
    for name in ("object_id", "object_idd", "object_type", "oetable"):
        assert name in answer.text, answer


# Rows: G025, G040, G174
def test_unknown_notifications_and_stray_replies_are_ignored(sandbox: Wire) -> None:
    before = len(sandbox.messages)
    sandbox.send('{"jsonrpc":"2.0","method":"notifications/nobody_knows"}')
    sandbox.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12345}}')
    sandbox.send('{"jsonrpc":"2.0","id":999,"result":{}}')
    assert sandbox.request("ping")["result"] == {}
    assert len(sandbox.messages) == before + 1


# Ids


IDS = ["1", '"1"', "0", "-5", str(2**60), str(-(2**63)), '""', '"a\\u00e9\\n\\"z"', '"' + "x" * 500 + '"']


# Rows: G022
@pytest.mark.parametrize("text", IDS, ids=lambda text: text[:12])
def test_an_id_comes_back_as_it_came(start, text: str) -> None:
    wire = start("--sandbox")
    wire.send('{"jsonrpc":"2.0","id":%s,"method":"ping"}' % text)
    assert wire.reply(json.loads(text))["result"] == {}
    assert wire.close() == 0


def test_equal_looking_ids_are_kept_apart(sandbox: Wire) -> None:
    sandbox.send('{"jsonrpc":"2.0","id":77,"method":"ping"}')
    sandbox.send('{"jsonrpc":"2.0","id":"77","method":"tools/list"}')
    assert sandbox.reply(77)["result"] == {}
    assert sandbox.reply("77")["result"]["tools"]


# The newest revision


# Rows: G070, G071, G085
def test_discover(start) -> None:
    wire = start("--sandbox")
    result = wire.request("server/discover", {"_meta": MODERN})["result"]
    assert "2026-07-28" in result["supportedVersions"]
    assert result["resultType"] == "complete"
    assert "tools" in result["capabilities"]
    assert result["ttlMs"] >= 0
    assert result["cacheScope"] in ("public", "private")
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"]


# Rows: G085
def test_requests_without_a_handshake_in_the_newest_revision(start) -> None:
    wire = start("--sandbox")
    listed = wire.request("tools/list", {"_meta": MODERN})["result"]
    assert listed["resultType"] == "complete" and "ttlMs" in listed and "cacheScope" in listed
    call = {"name": "asset_explorer", "arguments": {"search_terms": ["orders"]}, "_meta": MODERN}
    answer = wire.request("tools/call", call)["result"]
    assert answer["resultType"] == "complete"
    assert not answer.get("isError"), answer


# Rows: G078
def test_a_revision_nobody_serves_is_answered_with_those_served(start) -> None:
    meta = MODERN | {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    error = start("--sandbox").request("tools/list", {"_meta": meta})["error"]
    assert error["code"] == -32022
    assert "2026-07-28" in error["data"]["supported"]
    assert error["data"]["requested"] == "2099-01-01"


# Rows: G059
def test_a_session_of_old_gets_no_field_of_the_newest_revision(sandbox: Wire) -> None:
    listed = sandbox.request("tools/list")["result"]
    assert not {"resultType", "ttlMs", "cacheScope"} & set(listed)


# The process


# Rows: G001, G004
def test_nothing_but_protocol_on_stdout_however_much_is_logged(oe_mcp: str, tmp_path: Path) -> None:
    bad_call = '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"nobody","arguments":{}}}'
    search = '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"asset_explorer","arguments":{}}}'
    noise = {"LOG_LEVEL": "debug", "OVALEDGE_LOG_HTTP_REQUESTS": "true"}
    done = feed(oe_mcp, tmp_path, HELLO, "rubbish", INITIALIZED, bad_call, search, **noise)
    for reply in replies(done):
        assert reply["jsonrpc"] == "2.0"
    assert len(replies(done)) == 4
    assert done.stderr, "debug logging says something"


# Rows: G007
def test_what_was_received_is_answered_after_the_end_of_input(oe_mcp: str, tmp_path: Path) -> None:
    call = '{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"asset_details","arguments":%s}}'
    arguments = '{"object_id":1,"object_type":"oetable"}'
    done = feed(oe_mcp, tmp_path, HELLO, *(call % (number, arguments) for number in range(10, 60)))
    assert {reply["id"] for reply in replies(done)} == {1, *range(10, 60)}
    assert done.returncode == 0


# Rows: G006
def test_leaves_at_once_when_the_input_ends(sandbox: Wire) -> None:
    before = time.monotonic()
    assert sandbox.close() == 0
    assert time.monotonic() - before < 1


# Rows: G008
def test_a_closed_stdout_ends_it_quietly_also_in_the_middle_of_work(oe_mcp: str, tmp_path: Path) -> None:
    call = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"asset_explorer","arguments":{}}}'
    for number in range(60):
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [oe_mcp, "--sandbox"],
            stdin=subprocess.PIPE,
            stdout=writing,
            stderr=subprocess.PIPE,
            env=clean_environment(tmp_path),
            cwd=tmp_path,
        )
        os.close(writing)
        with process.stdin as stdin, process.stderr as stderr:
            stdin.write("\n".join([HELLO, *[call] * (number % 3), ""]).encode())
            stdin.flush()
            os.read(reading, 100)
            os.close(reading)
            assert process.wait(5) == 0, stderr.read().decode()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_after_the_handshake(sandbox: Wire) -> None:
    if "/debug/" in sandbox.process.args[0]:
        pytest.skip("a debug build is larger")
    status = Path(f"/proc/{sandbox.process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    # 12 MiB, and a share for the code of answers that stay true, and for the settings of oe-mcp-http; and one for bridges;
    # and one for setting up. Most of it is code that was read as the program was loaded, and is given back within a moment.
    assert resident <= 12 * 1024 + 768 + 2048 + 1536, f"{resident} KiB"
