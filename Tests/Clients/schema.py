"""The protocol's published schemas, as far as a server's messages are concerned.

They are not part of this project: MCP_SCHEMA_DIR names a folder with one `REVISION/schema.json` each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

SCHEMAS = os.environ.get("MCP_SCHEMA_DIR")
HANDSHAKE = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
STATELESS = "2026-07-28"
RESULTS = {
    "initialize": "InitializeResult",
    "server/discover": "DiscoverResult",
    "ping": "EmptyResult",
    "logging/setLevel": "EmptyResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "resources/subscribe": "EmptyResult",
    "resources/unsubscribe": "EmptyResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "completion/complete": "CompleteResult",
    "subscriptions/listen": "SubscriptionsListenResult",
}
needed = pytest.mark.skipif(not SCHEMAS, reason="MCP_SCHEMA_DIR names no folder with the protocol's schemas")


@cache
def validator(revision: str, definition: str):
    schema = json.loads((Path(SCHEMAS) / revision / "schema.json").read_text())
    kind, key = (Draft7Validator, "definitions") if "definitions" in schema else (Draft202012Validator, "$defs")
    return kind({**schema, "$ref": f"#/{key}/{definition}"})


def check(revision: str, definition: str, value: object) -> None:
    problems = [f"{list(e.absolute_path)}: {e.message[:300]}" for e in validator(revision, definition).iter_errors(value)]
    assert not problems, (revision, definition, problems, value)


def check_all(messages: Iterable[dict | list], revision: str, methods: dict[object, str]) -> None:
    """Each message of a server by what it is: an error, a notice, a question, or the result of what was asked.

    `methods` has the method of each request by its id.
    """
    count = 0
    for message in messages:
        count += 1
        if isinstance(message, list):
            assert revision == "2025-03-26", message
            check_all(message, revision, methods)
        elif "error" in message and message.get("id", 0) is None:
            # What belongs to no id could not be sent otherwise before 2025-11-25, whose schema gave room for it.
            assert revision < "2025-11-25" and message["error"]["code"] in (-32700, -32600), message
        else:
            check_one(message, revision, methods)
    assert count


def check_one(message: dict, revision: str, methods: dict[object, str]) -> None:
    assert message["jsonrpc"] == "2.0"
    check(revision, "JSONRPCMessage", message)
    if "method" in message:
        is_question = "id" in message
        assert not (is_question and revision == STATELESS), message
        check(revision, "ServerRequest" if is_question else "ServerNotification", message)
        return
    assert ("result" in message) != ("error" in message), message
    if "error" in message:
        check(revision, "JSONRPCErrorResponse" if revision >= "2025-11-25" else "JSONRPCError", message)
    elif message["result"].get("resultType") == "input_required":
        assert methods[message["id"]] in ("tools/call", "prompts/get", "resources/read")
        check(revision, "InputRequiredResult", message["result"])
    else:
        check(revision, RESULTS[methods[message["id"]]], message["result"])
