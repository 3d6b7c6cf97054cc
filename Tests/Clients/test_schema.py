"""Every message the program writes, checked against the protocol's published schema of the revision in force."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from schema import HANDSHAKE, STATELESS, check, check_all, needed
from wire import own_file

CALLS = [
    ("asset_explorer", {"search_terms": ["orders"], "limit": 3}),
    ("asset_details", {"object_id": 501, "object_type": "oetable"}),
    ("asset_lineage", {"object_id": 501, "object_type": "oetable", "depth": 3}),
    ("knowledge_search", {"query": "returns"}),
    ("asset_details", {"object_id": "none"}),
]

pytestmark = needed


def read_everything(ask) -> None:
    uris = [resource["uri"] for resource in ask("resources/list")["result"]["resources"]]
    templates = [entry["uriTemplate"] for entry in ask("resources/templates/list")["result"]["resourceTemplates"]]
    assert len(uris) == len(templates) == 5
    for uri in [*uris, "ovaledge://catalog/table/501", "ovaledge://governance/tag/357"]:
        assert "result" in ask("resources/read", uri=uri)
    for uri in ["ovaledge://catalog/table/999999", "no uri"]:
        assert "error" in ask("resources/read", uri=uri)
    for template in templates:
        reference = {"type": "ref/resource", "uri": template}
        assert "result" in ask("completion/complete", ref=reference, argument={"name": "object_id", "value": "r"})


def fill_in_everything(ask) -> None:
    for prompt in ask("prompts/list")["result"]["prompts"]:
        # A number, which is a text for those that want one.
        values = {argument["name"]: "20" for argument in prompt["arguments"]}
        assert "result" in ask("prompts/get", name=prompt["name"], arguments=values)
        reference = {"type": "ref/prompt", "name": prompt["name"]}
        for name in values:
            assert "result" in ask("completion/complete", ref=reference, argument={"name": name, "value": "o"})
    assert "error" in ask("prompts/get", name="nope")


def dialogue(wire, methods: dict[int, str], meta: dict | None) -> None:
    def ask(method: str, **params: object) -> dict:
        if meta:
            params["_meta"] = meta
        number = wire.post(method, params)
        methods[number] = method
        return wire.reply(number)

    listed = ask("tools/list")["result"]["tools"]
    assert len(listed) >= 4
    for tool, arguments in CALLS:
        assert "result" in ask("tools/call", name=tool, arguments=arguments)
    read_everything(ask)
    fill_in_everything(ask)
    assert "error" in ask("tools/call", name="nope")
    assert "error" in ask("no/such/method")
    if meta:
        assert "result" in ask("server/discover")
    else:
        assert ask("ping")["result"] == {}


# Rows: G021, G023, G024, G240
@pytest.mark.parametrize("revision", HANDSHAKE)
def test_every_message_of_a_session_is_what_its_revision_says(start, revision):
    wire = start("--sandbox")
    wire.initialize(revision)
    methods = {1: "initialize"}
    dialogue(wire, methods, None)
    check_all(wire.messages, revision, methods)


# Rows: G020, G021, G023, G024, G240
def test_every_message_of_a_conversation_without_session_is_what_its_revision_says(start):
    wire = start("--sandbox")
    keys = "io.modelcontextprotocol/"
    methods: dict[int, str] = {}
    dialogue(wire, methods, {f"{keys}protocolVersion": STATELESS, f"{keys}clientCapabilities": {}})
    wire.send("{bad")
    wire.wait_for(lambda message: message.get("error", {}).get("code") == -32700)
    check_all(wire.messages, STATELESS, methods)


def switch_tools(wire, directory: Path) -> dict:
    """Have the program offer other tools, and wait for the notice of it."""
    own_file(directory).write_text("OVALEDGE_TOOLS=asset_*\n")
    wire.process.send_signal(signal.SIGHUP)
    return wire.wait_for(lambda message: message.get("method") == "notifications/tools/list_changed")


# Rows: G048, G143, G161, G162
@pytest.mark.parametrize("revision", HANDSHAKE)
def test_what_a_session_is_told_unasked_is_what_its_revision_says(start, tmp_path, revision):
    wire = start("--sandbox")
    assert wire.initialize(revision)["capabilities"]["tools"] == {"listChanged": True}
    assert wire.request("logging/setLevel", {"level": "info"})["result"] == {}
    wire.call("asset_explorer", search_terms=["orders"])
    assert wire.wait_for(lambda message: message.get("method") == "notifications/message")["params"]["level"] == "info"
    switch_tools(wire, tmp_path)
    assert wire.close() == 0
    check_all(wire.messages, revision, {1: "initialize", 2: "logging/setLevel", 3: "tools/call"})


# Rows: G165, G182, G184, G188
def test_what_a_subscription_is_told_is_what_its_revision_says(start, tmp_path):
    wire = start("--sandbox")
    keys = "io.modelcontextprotocol/"
    meta = {f"{keys}protocolVersion": STATELESS, f"{keys}clientCapabilities": {}, f"{keys}logLevel": "info"}
    wanted = {"toolsListChanged": True, "resourcesListChanged": True, "resourceSubscriptions": ["docs://ovaledge/none"]}
    listening = wire.post("subscriptions/listen", {"notifications": wanted, "_meta": meta})
    acknowledged = wire.wait_for(lambda message: message.get("method") == "notifications/subscriptions/acknowledged")
    assert acknowledged["params"]["notifications"] == {"toolsListChanged": True, "resourcesListChanged": True}
    wire.request("tools/call", {"name": "asset_explorer", "arguments": {"search_terms": ["orders"]}, "_meta": meta})
    assert switch_tools(wire, tmp_path)["params"]["_meta"] == {f"{keys}subscriptionId": listening}
    assert wire.close() == 0
    assert wire.messages[-1]["id"] == listening
    for message in wire.messages:
        if message.get("method", "").endswith("acknowledged"):
            check(STATELESS, "SubscriptionsAcknowledgedNotification", message)
    check_all(wire.messages, STATELESS, {listening: "subscriptions/listen", listening + 1: "tools/call"})


# Rows: G115
def test_every_result_matches_the_output_schema_of_its_tool(sandbox):
    schemas = {tool["name"]: tool.get("outputSchema") for tool in sandbox.request("tools/list")["result"]["tools"]}
    for tool, arguments in CALLS:
        answer = sandbox.call(tool, **arguments)
        if answer.is_error:
            assert answer.structured is None
        else:
            problems = [e.message[:300] for e in Draft202012Validator(schemas[tool]).iter_errors(answer.structured)]
            assert not problems, (tool, problems)
