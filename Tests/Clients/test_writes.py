"""Changes, from outside: previewed, refused to a wrong token, made with the right one, read back, on record."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from wire import clean_environment

COLUMN = {"object_id": 50106, "object_type": "oecolumn"}
QUERIES = {
    "rule_query": "SELECT COUNT(*) FROM SALES.orders WHERE channel IS NULL",
    "stats_query": "SELECT COUNT(*) FROM SALES.orders",
    "failed_values_query": "SELECT channel FROM SALES.orders WHERE channel IS NULL",
}
# For each writing tool: a call, what its preview shows, what the answer shows after the write, and the target on record.
WRITES = {
    "update_asset_descriptions": (
        {"object_id": 501, "object_type": "oetable", "business_description": "Orders of the shop."},
        "new: Orders of the shop.", "**businessDescription** is now: Orders of the shop.", "oetable 501",
    ),
    "update_cde_associations": (
        {"targets": [{"object_id": 502, "object_type": "oetable"}], "action": "Yes"},
        "new: Yes", "is now: Yes", "oetable 502",
    ),
    "create_glossary_term": (
        {
            "term_name": "Gross revenue", "domain_name": "Sales > Revenue > Reported revenue",
            "description": "What customers paid, tax included.",
        },
        "Sales > Revenue > Reported revenue > Gross revenue", "**termName** is now: Gross revenue",
        "glossary term Gross revenue",
    ),
    "create_tag": (
        {
            "tag_name": "Home address", "parent_tag_id": 353, "parent_tag_id_confirmed_by_user": True,
            "parent_step_completed_by_user": True,
        },
        "> Home address", "**tagName** is now: Home address", "tag Home address",
    ),
    "update_governance_roles": (
        {"object_id": 501, "object_type": "oetable", "role_updates": {"owner": "lena"}},
        "new: lena", "**owner** is now: lena", "oetable 501",
    ),
    "update_custom_field_value": (
        {"object_id": 501, "object_type": "oetable", "field_updates": [{"field_name": "Region", "value": "APAC"}]},
        "new: APAC", "**Region** is now: APAC", "oetable 501",
    ),
    "dq_rule_advisor": (
        {"step": "validate_query", "connection_id": 20, "schema_id": 102} | QUERIES,
        "SELECT COUNT(*) FROM SALES.orders WHERE channel IS NULL", "rule can be created from these queries",
        "schema 102 of connection 20",
    ),
    "dq_rule_manager": (
        {
            "step": "create_custom_sql", "sql_rule_name": "Channel is known", "objects": [COLUMN],
            "recommended_function": "SQL Exact Value",
        } | QUERIES,
        "Create the data quality rule Channel is known", "Now in OvalEdge: [Channel is known](http",
        "the new rule Channel is known for oecolumn 50106",
    ),
    "create_service_request": (
        {"request_type": "access", "object_type": "table", "object_id": [501], "summary": "Read the orders"},
        "**Select object**: bramble_dw.SALES.orders", "### Ticket SR-88 was filed", "service request, oetable 501",
    ),
}


def record(folder: Path) -> list[dict]:
    path = folder / ".local/state/oe-mcp/sandbox/audit.jsonl"
    if not path.exists():
        return []
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_tool_that_writes_is_tried_here(start) -> None:
    wire = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    wire.initialize()
    tools = wire.request("tools/list")["result"]["tools"]
    assert len(tools) == 15
    assert {tool["name"] for tool in tools if not tool["annotations"]["readOnlyHint"]} == set(WRITES)


@pytest.mark.parametrize("tool", WRITES)
def test_a_change_is_shown_agreed_to_made_read_back_and_on_record(start, tmp_path: Path, tool: str) -> None:
    arguments, shown, now, target = WRITES[tool]
    wire = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    wire.initialize()
    preview = wire.call(tool, **arguments)
    assert not preview.is_error and shown in preview.text, preview
    token = preview.structured["confirmationToken"]
    agreed = arguments | {"write_confirmed_by_user": True}
    for wrong in ("0" * 64, token[:-8] + ("A" * 8)):
        refused = wire.call(tool, **agreed, confirmation_token=wrong)
        assert refused.is_error and "does not match" in refused.text and token not in refused.text, refused
    assert record(tmp_path) == []
    done = wire.call(tool, **agreed, confirmation_token=token)
    assert not done.is_error and now in done.text, done
    assert "nothing was written" in wire.call(tool, **agreed, confirmation_token=token).text
    attempted, outcome = record(tmp_path)
    assert (attempted["outcome"], outcome["outcome"]) == ("attempted", "done")
    for line in (attempted, outcome):
        assert line["tool"] == tool and line["target"] == target and line["confirmed"] == "token"
        assert line["client"] == "wire" and line["at"].endswith("Z") and len(line["account"]) == 32
        assert {"before", "after", "requestId", "previous"} <= line.keys() and line["after"]


def test_nothing_is_written_where_it_is_not_allowed(start, tmp_path: Path) -> None:
    wire = start("--sandbox")
    wire.initialize()
    for tool, (arguments, _, _, _) in WRITES.items():
        reply = wire.request("tools/call", {"name": tool, "arguments": arguments})
        words = reply.get("error", {}).get("message") or reply["result"]["content"][0]["text"]
        assert "may not" in words, reply
    assert record(tmp_path) == []


CALL = ["call", "--sandbox", "update_asset_descriptions", "object_id=501", "object_type=oetable"]
CALL += ["business_description=Orders of the shop."]


def shell(oe_mcp: str, folder: Path, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [oe_mcp, *CALL, *more], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, timeout=30,
        env=clean_environment(folder, OVALEDGE_ALLOW_WRITES="all"),
    )


def test_a_script_is_shown_the_change_and_how_to_make_it(oe_mcp: str, tmp_path: Path) -> None:
    done = shell(oe_mcp, tmp_path)
    assert done.returncode == 1 and "new: Orders of the shop." in done.stdout and "`--yes`" in done.stdout, done
    assert "confirmation_token" not in done.stdout and record(tmp_path) == []


def test_a_script_agrees_with_yes(oe_mcp: str, tmp_path: Path) -> None:
    done = shell(oe_mcp, tmp_path, "--yes")
    assert done.returncode == 0 and "is now: Orders of the shop." in done.stdout, done
    assert "new: Orders of the shop." in done.stderr
    assert [(line["outcome"], line["confirmed"], line["client"]) for line in record(tmp_path)] == [
        ("attempted", "--yes", "shell"), ("done", "--yes", "shell")
    ]


@pytest.mark.parametrize("typed, agreed", [("yes", True), ("Y", True), ("no", False), ("", False), ("yess", False)])
def test_a_person_at_a_terminal_is_asked(oe_mcp: str, tmp_path: Path, typed: str, agreed: bool) -> None:
    with at_a_terminal(oe_mcp, tmp_path) as (program, terminal):
        seen = read_until(terminal, b"[y/N]")
        assert b"new: Orders of the shop." in seen and record(tmp_path) == []
        os.write(terminal, typed.encode() + b"\n")
        said = program.stdout.read().decode()
        assert program.wait(20) == (0 if agreed else 1), said
    assert ("is now: Orders of the shop." if agreed else "did not agree; nothing was written") in said
    assert {line["confirmed"] for line in record(tmp_path)} == ({"terminal"} if agreed else set())


def test_a_person_who_leaves_has_not_agreed(oe_mcp: str, tmp_path: Path) -> None:
    with at_a_terminal(oe_mcp, tmp_path) as (program, terminal):
        read_until(terminal, b"[y/N]")
        os.write(terminal, b"\x04")
        assert b"nothing was written" in program.stdout.read()
        assert program.wait(20) == 1
    assert record(tmp_path) == []


@contextmanager
def at_a_terminal(oe_mcp: str, home: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    """A call that writes, begun by a person: the program, and the terminal's other end."""
    ours, theirs = pty.openpty()
    environment = clean_environment(home, OVALEDGE_ALLOW_WRITES="all")
    with subprocess.Popen(
        [oe_mcp, *CALL], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=home, env=environment
    ) as program:
        os.close(theirs)
        yield program, ours
    os.close(ours)


def read_until(descriptor: int, wanted: bytes, within: float = 20) -> bytes:
    seen = b""
    end = time.monotonic() + within
    while wanted not in seen:
        ready, _, _ = select.select([descriptor], [], [], max(end - time.monotonic(), 0))
        assert ready, f"{wanted!r} did not come; there was {seen!r}"
        seen += os.read(descriptor, 4096)
    return seen


def confirmed(start, **more: object):
    """A preview by one process, and the call that agrees to it by another."""
    tool, arguments = "update_asset_descriptions", WRITES["update_asset_descriptions"][0]
    first = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    first.initialize()
    token = first.call(tool, **arguments).structured["confirmationToken"]
    first.close()
    second = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    second.initialize()
    agreed = arguments | {"write_confirmed_by_user": True, "confirmation_token": token}
    return second, lambda: second.call(tool, **agreed)


def test_a_token_is_good_in_another_process_and_once(start, tmp_path: Path) -> None:
    """Clients F3: clients that start the server anew for each call could preview and never agree."""
    _, agree = confirmed(start)
    assert agree().structured["written"] is True
    assert "does not match" in agree().text
    assert [line["outcome"] for line in record(tmp_path)] == ["attempted", "done"]


def test_forty_confirmations_in_several_processes_write_once(start, tmp_path: Path) -> None:
    tool, arguments = "update_asset_descriptions", WRITES["update_asset_descriptions"][0]
    wires = [start("--sandbox", OVALEDGE_ALLOW_WRITES="all") for _ in range(4)]
    for wire in wires:
        wire.initialize()
    token = wires[0].call(tool, **arguments).structured["confirmationToken"]
    agreed = arguments | {"write_confirmed_by_user": True, "confirmation_token": token}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda wire: [wire.call(tool, **agreed) for _ in range(10)], wires))
    written = [answer for ours in answers for answer in ours if (answer.structured or {}).get("written")]
    assert len(written) == 1
    assert [line["outcome"] for line in record(tmp_path)] == ["attempted", "done"]


def test_a_token_is_refused_where_it_could_be_used_twice(start, tmp_path: Path) -> None:
    _, agree = confirmed(start)
    (tmp_path / ".local/state/oe-mcp/sandbox/tokens").chmod(0o755)
    refused = agree()
    assert refused.is_error and refused.text.startswith("Nothing was written.") and "chmod 700" in refused.text
    assert record(tmp_path) == []


def audit(oe_mcp: str, folder: Path, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [oe_mcp, "audit", "--sandbox", *more], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder,
        timeout=30, env=clean_environment(folder),
    )


def test_the_audit_log_is_verified(oe_mcp: str, tmp_path: Path) -> None:
    """Security M5: a missing end, an emptied and a removed file, and a chain computed again were whole."""
    path = tmp_path / ".local/state/oe-mcp/sandbox/audit.jsonl"
    done = audit(oe_mcp, tmp_path)
    assert done.stdout.strip() == f"No entries in {path.parent}." and not done.stderr, done
    for _ in range(3):
        assert shell(oe_mcp, tmp_path, "--yes").returncode == 0
    good = path.read_bytes()
    count = good.count(b"\n")
    done = audit(oe_mcp, tmp_path, "--verify")
    assert done.returncode == 0 and f"{count} entries, complete and unchanged" in done.stdout, done
    lines = good.splitlines(keepends=True)
    for bad in (b"", b"".join(lines[:-1]), b"".join(lines[:1] + lines[2:]), good.replace(b"Orders", b"Borders", 1)):
        path.write_bytes(bad)
        done = audit(oe_mcp, tmp_path, "--verify")
        assert done.returncode == 1 and "Verification failed" in done.stdout, (bad, done)
    path.write_bytes(b"")
    done = audit(oe_mcp, tmp_path)
    assert done.stdout.strip() == f"No entries in {path.parent}.", done
    assert done.returncode == 1 and f"oe-mcp: Entries 1 to {count} are missing at the end." in done.stderr, done
    path.write_bytes(good + b'{"at":"2026')
    done = audit(oe_mcp, tmp_path, "--verify")
    assert done.returncode == 0 and f"audit.jsonl:{count + 1} is incomplete" in done.stdout, done
    assert f"audit.jsonl:{count + 1} is incomplete" in audit(oe_mcp, tmp_path).stderr
    path.write_bytes(re.sub(rb'"at":"\d{4}', b'"at":"1999', good))
    done = audit(oe_mcp, tmp_path, "--verify")
    assert done.returncode == 1, done
    assert done.stdout.startswith("Verification failed: entries were made up or changed."), done
    path.write_bytes(good)
    key = tmp_path / "config/oe-mcp/audit.key"
    key.rename(tmp_path / "away")
    done = audit(oe_mcp, tmp_path, "--verify")
    incomplete = f"Verification is incomplete: the key {key} is missing, so only the plain chain was checked.\n"
    assert done.returncode == 1 and done.stdout.startswith(incomplete) and not key.exists(), done
    done = shell(oe_mcp, tmp_path, "--yes")
    assert done.returncode != 0 and f"its key, {key}, is missing" in done.stdout + done.stderr, done
    assert path.read_bytes() == good and not key.exists()


def test_reading_the_audit_log_changes_nothing(oe_mcp: str, tmp_path: Path) -> None:
    """Security M6: it took a directory away from everybody."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    done = audit(oe_mcp, tmp_path, "--set", f"OVALEDGE_AUDIT_FOLDER={shared}")
    assert done.returncode == 0 and shared.stat().st_mode & 0o7777 == 0o1777 and not list(shared.iterdir()), done
    assert not (tmp_path / "config").exists() and not (tmp_path / ".local").exists()


def test_the_audit_log_forges_no_line_on_a_terminal(oe_mcp: str, start, tmp_path: Path) -> None:
    """Security M7: a tag's or a client's name made lines, cleared the screen and set the window's title."""
    evil = "Evil\n2026-01-02T00:00:00Z  refused  create_tag\x1b[1A\x1b[2K\x1b]0;x\x07\u202e\u009b2J"
    wire = start("--sandbox", OVALEDGE_ALLOW_WRITES="all")
    wire.initialize(name=evil * 20)
    arguments = WRITES["create_tag"][0] | {"tag_name": evil}
    token = wire.call("create_tag", **arguments).structured["confirmationToken"]
    wire.call("create_tag", **arguments, write_confirmed_by_user=True, confirmation_token=token)
    entries = record(tmp_path)
    assert entries and all(len(entry["client"]) <= 100 for entry in entries)
    for more in ([], ["--json"]):
        text = audit(oe_mcp, tmp_path, *more).stdout
        assert len(text.splitlines()) == len(entries), text
        assert not [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c == "\u202e"], text
