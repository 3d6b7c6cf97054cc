"""The protocol's own examples, sent to a server that has never heard of them: each is answered as its schema says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema import SCHEMAS, STATELESS, check_one, needed
from talk import Talk
from wire import Wire, clean_environment

FOLDER = Path(SCHEMAS or "/nowhere") / STATELESS / "examples"
FILES = sorted(FOLDER.glob("*/*.json"))
REQUESTS = [file for file in FILES if file.parent.name.endswith("Request")]
METHODS = {
    "CallToolRequestParams": "tools/call",
    "CompleteRequestParams": "completion/complete",
    "GetPromptRequestParams": "prompts/get",
    "PaginatedRequestParams": "tools/list",
}
PARAMS = [file for file in FILES if file.parent.name in METHODS]

pytestmark = needed


@pytest.fixture
def talk(conformance: str, tmp_path: Path) -> Iterator[Talk]:
    wire = Wire([conformance], clean_environment(tmp_path), tmp_path)
    talk = Talk(wire, STATELESS)
    # From here on it is known that an error without an id is understood.
    assert talk.result("server/discover")
    yield talk
    assert talk.result("server/discover")
    wire.kill()


# Rows: G022, G041, G240
@pytest.mark.parametrize("file", REQUESTS, ids=lambda file: file.stem)
def test_a_request_is_answered(talk: Talk, file: Path) -> None:
    request = {"jsonrpc": "2.0", "id": file.stem} | json.loads(file.read_text())
    talk.wire.send(request)
    if request["method"] == "subscriptions/listen":
        told = talk.wire.wait_for(lambda message: message.get("method", "").endswith("acknowledged"))
        assert told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == request["id"]
    else:
        told = talk.wire.reply(request["id"])
    check_one(told, STATELESS, {request["id"]: request["method"]})


# Rows: G041
@pytest.mark.parametrize("file", PARAMS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_parameters_are_understood(talk: Talk, file: Path) -> None:
    params = json.loads(file.read_text())
    method = METHODS[file.parent.name]
    reply = talk.ask(method, **params)
    check_one(reply, STATELESS, {reply["id"]: method})
    # What is wrong with it is what this server does not have, not how it is written.
    if "error" in reply:
        words = reply["error"]["message"]
        assert reply["error"]["code"] == -32602
        assert "There is no" in words or "not found" in words or "cursor" in str(reply), reply


# Rows: G025, G040, G316
def test_no_line_does_harm(talk: Talk) -> None:
    assert len(FILES) > 80
    for file in FILES:
        talk.wire.send(json.dumps(json.loads(file.read_text())))
        assert talk.result("tools/list")["tools"], file
    for message in talk.wire.messages:
        if "error" in message or "method" in message:
            check_one(message, STATELESS, {})
