"""The dialogues on paper: complete, and in every line of the server valid in the schema of their revision."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from schema import HANDSHAKE, RESULTS, STATELESS, check_all, needed
from wire import ROOT

FOLDER = ROOT / "Tests/MCPTests/Transcripts"
REVISIONS = [*HANDSHAKE, STATELESS]
SINCE = {"server/discover": STATELESS, "subscriptions/listen": STATELESS}
UNTIL = {"initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"}


def lines(name: str, mark: str) -> Iterator[dict]:
    for line in (FOLDER / f"{name}.transcript").read_text().splitlines():
        if line.startswith(mark) and line != "--> {bad":
            yield json.loads(line.removeprefix(mark))


def methods(name: str) -> dict[object, str]:
    return {line["id"]: line["method"] for line in lines(name, "--> ") if "method" in line and "id" in line}


# Rows: G240
@needed
@pytest.mark.parametrize(
    ("name", "revision"), [*zip(REVISIONS, REVISIONS), ("subscriptions", "2025-06-18"), ("listening", STATELESS)]
)
def test_every_line_is_what_its_revision_says(name: str, revision: str) -> None:
    check_all(lines(name, "<-- "), revision, methods(name))


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_method_succeeds_once(revision: str) -> None:
    asked = methods(revision)
    answered = {asked[line["id"]] for line in lines(revision, "<-- ") if "result" in line}
    told = {line["method"] for line in lines(revision, "<-- ") if "method" in line}
    for method in RESULTS:
        if SINCE.get(method, "") <= revision and not (method in UNTIL and revision == STATELESS):
            assert method in answered or method == "subscriptions/listen", method
    assert {"notifications/progress", "notifications/message"} <= told
    questions = {"roots/list", "sampling/createMessage"} | ({"elicitation/create"} if revision >= "2025-06-18" else set())
    if revision == STATELESS:
        assert "notifications/subscriptions/acknowledged" in told
        asked_in_rounds = [line["result"].get("inputRequests", {}) for line in lines(revision, "<-- ") if "result" in line]
        assert questions == {question["method"] for asked in asked_in_rounds for question in asked.values()}
    else:
        assert questions <= told
