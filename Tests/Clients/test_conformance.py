"""What the scenarios of the protocol's official conformance suite look for, on stdio and over HTTP, in both eras.

Every message of every test is checked against the schema of its revision.
"""

from __future__ import annotations

import base64

import pytest
from jsonschema import Draft202012Validator

from talk import BOTH, KEYS, SESSION, STATELESS, Talk


def blocks(result: dict, *kinds: str) -> list[dict]:
    assert [block["type"] for block in result["content"]] == list(kinds), result
    assert not result.get("isError"), result
    return result["content"]


# Tools


# Rows: G103, G106, G107, G240
def test_tools_list(talk: Talk) -> None:
    tools = talk.result("tools/list")["tools"]
    names = [tool["name"] for tool in tools]
    assert len(set(names)) == len(names) > 20
    for tool in tools:
        assert tool["description"]
        assert tool["inputSchema"]["type"] == "object"
        assert len(tool["name"]) <= 64 and set(tool["name"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


# Rows: G232
def test_every_schema_is_valid_itself(talk: Talk) -> None:
    for tool in talk.result("tools/list")["tools"]:
        Draft202012Validator.check_schema(tool["inputSchema"])
        Draft202012Validator.check_schema(tool.get("outputSchema", {}))


# Rows: G236
def test_json_schema_2020_12(talk: Talk) -> None:
    tools = {tool["name"]: tool for tool in talk.result("tools/list")["tools"]}
    schema = tools["json_schema_2020_12_tool"]["inputSchema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$defs"]["address"]["$anchor"] == "addressDef"
    assert schema["properties"]["address"] == {"$ref": "#/$defs/address"}
    assert schema["allOf"][0]["anyOf"] and schema["if"] and schema["then"] and schema["else"]
    assert schema["additionalProperties"] is False
    assert "Called with" in talk.call("json_schema_2020_12_tool", {"name": "x"})["content"][0]["text"]


def test_tools_call_simple_text(talk: Talk) -> None:
    assert blocks(talk.call("test_simple_text"), "text")[0]["text"]


# Rows: G119
def test_tools_call_image_and_audio(talk: Talk) -> None:
    image = blocks(talk.call("test_image_content"), "image")[0]
    assert image["mimeType"] == "image/png" and base64.b64decode(image["data"], validate=True).startswith(b"\x89PNG")
    audio = blocks(talk.call("test_audio_content"), "audio")[0]
    assert audio["mimeType"] == "audio/wav" and base64.b64decode(audio["data"], validate=True).startswith(b"RIFF")


# Rows: G129
def test_tools_call_embedded_resource_and_mixed_content(talk: Talk) -> None:
    resource = blocks(talk.call("test_embedded_resource"), "resource")[0]["resource"]
    assert resource["uri"] == "test://embedded-resource" and resource["mimeType"] and resource["text"]
    mixed = blocks(talk.call("test_multiple_content_types"), "text", "image", "resource")
    assert mixed[2]["resource"]["uri"] == "test://mixed-content-resource"


# Rows: G033, G112
def test_tools_call_error(talk: Talk) -> None:
    failed = talk.call("test_error_handling")
    assert failed["isError"] is True and failed["content"][0]["text"]
    crashed = talk.call("crash")
    assert crashed["isError"] is True and "secret" not in str(crashed) and "line 7" not in str(crashed)
    wrong = talk.call("add", {"a": "x", "c": 1})
    assert wrong["isError"] is True
    assert all(name in wrong["content"][0]["text"] for name in ("`a`", "`b`", "`c`"))
    assert talk.error("tools/call", name="nope")["code"] == -32602


# Rows: G116
def test_structured_content(talk: Talk) -> None:
    schema = next(tool for tool in talk.result("tools/list")["tools"] if tool["name"] == "add")["outputSchema"]
    result = talk.call("add", {"a": 1, "b": 2})
    assert result["structuredContent"] == {"sum": 3} and result["content"][0]["text"] == "3"
    Draft202012Validator(schema).validate(result["structuredContent"])


# Rows: G170, G171
@pytest.mark.parametrize("token", [0, "a", 2**40])
def test_tools_call_with_progress(talk: Talk, token: object) -> None:
    talk.call("test_tool_with_progress", _meta={"progressToken": token})
    told = talk.messages("notifications/progress")
    assert [message["progress"] for message in told] == [0, 50, 100]
    assert all(message["progressToken"] == token and type(message["progressToken"]) is type(token) for message in told)
    talk.call("test_tool_with_progress")
    assert len(talk.messages("notifications/progress")) == 3


# Rows: G130, G173
def test_a_call_is_cancelled(talk: Talk) -> None:
    number = talk.post("tools/call", name="wait", arguments={}, _meta={"progressToken": "w"})
    talk.wire.wait_for(lambda message: message.get("method") == "notifications/progress")
    talk.tell("notifications/cancelled", requestId=number, reason="enough")
    assert talk.call("test_simple_text")
    assert not any(message.get("id") == number for message in talk.wire.messages)


# Rows: G001, G005
@pytest.mark.parametrize("revision", BOTH)
def test_nothing_else_gets_into_the_conversation(meet_over, revision: str) -> None:
    talk = meet_over("stdio", revision)
    assert blocks(talk.call("noise"), "text")
    assert talk.result("tools/list")["tools"]
    assert talk.wire.close() == 0
    assert all("jsonrpc" in message for message in talk.wire.messages)
    assert b"a stray print" not in talk.wire.out and b"a child" in talk.wire.err and b"a child" not in talk.wire.out


# Rows: G016, G038
def test_many_at_once(talk: Talk) -> None:
    numbers = [talk.post("tools/call", name="test_tool_with_progress", arguments={}) for _ in range(60)]
    for number in reversed(numbers):
        assert "result" in talk.wire.reply(number)


# Logging


# Rows: G161, G162
def test_logging_set_level_and_tools_call_with_logging(meet) -> None:
    talk = meet(SESSION)
    assert "logging" in talk.hello["capabilities"]
    assert talk.result("logging/setLevel", level="info") == {}
    talk.call("test_tool_with_logging")
    lines = [message for message in talk.messages("notifications/message") if message["level"] == "info"]
    assert [line["data"] for line in lines[:3]] == [
        "Tool execution started", "Tool processing data", "Tool execution completed",
    ]
    assert talk.error("logging/setLevel", level="loud")["code"] == -32602


# Rows: G164, G165
def test_logging_is_per_request_without_a_session(meet) -> None:
    talk = meet(STATELESS)
    talk.call("test_logging_tool")
    assert talk.messages("notifications/message") == []
    talk.call("test_logging_tool", _meta={f"{KEYS}logLevel": "critical"})
    assert [line["level"] for line in talk.messages("notifications/message")] == ["critical", "alert", "emergency"]


# Resources


# Rows: G131, G132
def test_resources_list(talk: Talk) -> None:
    resources = talk.result("resources/list")["resources"]
    assert {resource["uri"] for resource in resources} >= {"test://static-text", "test://static-binary"}
    assert all(resource["name"] and resource["description"] for resource in resources)
    templates = talk.result("resources/templates/list")["resourceTemplates"]
    assert [template["uriTemplate"] for template in templates] == ["test://template/{id}/data"]


# Rows: G133, G138
def test_resources_read(talk: Talk) -> None:
    text = talk.result("resources/read", uri="test://static-text")["contents"][0]
    assert text["uri"] == "test://static-text" and text["mimeType"] == "text/plain" and text["text"]
    binary = talk.result("resources/read", uri="test://static-binary")["contents"][0]
    assert binary["mimeType"] == "image/png" and base64.b64decode(binary["blob"], validate=True).startswith(b"\x89PNG")
    data = talk.result("resources/read", uri="test://template/123/data")["contents"][0]
    assert data["uri"] == "test://template/123/data" and "123" in data["text"]


# Rows: G134, G135
def test_resource_not_found(talk: Talk) -> None:
    error = talk.error("resources/read", uri="test://nonexistent-resource")
    assert error["code"] == (-32602 if talk.is_stateless else -32002)
    assert error["data"] == {"uri": "test://nonexistent-resource"}


# What has changed


# Rows: G139, G141, G142, G143
def test_resources_subscribe_and_unsubscribe(meet) -> None:
    talk = meet(SESSION)
    uri = "test://watched-resource"
    assert talk.result("resources/subscribe", uri=uri) == {}
    talk.call("test_trigger_resource_change")
    talk.wire.wait_for(lambda message: message.get("method") == "notifications/resources/updated")
    assert talk.messages("notifications/resources/updated") == [{"uri": uri}]
    assert talk.result("resources/unsubscribe", uri=uri) == {}
    assert talk.result("resources/unsubscribe", uri=uri) == {}
    talk.call("test_trigger_resource_change")
    assert len(talk.messages("notifications/resources/updated")) == 1
    talk.call("test_trigger_tool_change")
    talk.wire.wait_for(lambda message: message.get("method") == "notifications/tools/list_changed")


# Rows: G123, G182, G183, G184, G185, G186, G187, G188
def test_subscriptions_listen(meet) -> None:
    talk = meet(STATELESS)
    talk.call("test_trigger_tool_change")
    assert not any("method" in message for message in talk.wire.messages)
    wanted = {"toolsListChanged": True, "resourceSubscriptions": ["test://watched-resource"]}
    first = talk.post("subscriptions/listen", notifications=wanted)
    second = talk.post("subscriptions/listen", notifications={"promptsListChanged": True})
    for tool in ("test_trigger_tool_change", "test_trigger_prompt_change", "test_trigger_resource_change"):
        talk.call(tool)

    def heard(number: int) -> list[str]:
        key = f"{KEYS}subscriptionId"
        told = [message for message in talk.wire.messages if message.get("params", {}).get("_meta", {}).get(key) == number]
        return [message["method"].removeprefix("notifications/") for message in told]

    talk.wire.wait_for(lambda message: message.get("method") == "notifications/resources/updated")
    assert heard(first) == ["subscriptions/acknowledged", "tools/list_changed", "resources/updated"]
    assert heard(second) == ["subscriptions/acknowledged", "prompts/list_changed"]
    acknowledged = talk.messages("notifications/subscriptions/acknowledged")
    assert acknowledged[0]["notifications"] == wanted
    talk.tell("notifications/cancelled", requestId=first)
    talk.call("test_trigger_tool_change")
    assert heard(first)[3:] == []
    talk.wire.close()
    assert talk.wire.reply(second)["result"]["resultType"] == "complete"


# Prompts and completion


# Rows: G147, G151, G152
def test_prompts(talk: Talk) -> None:
    assert all(prompt["name"] and prompt["description"] for prompt in talk.result("prompts/list")["prompts"])
    assert talk.result("prompts/get", name="test_simple_prompt")["messages"][0]["content"]["text"]
    values = {"arg1": "testValue1", "arg2": "testValue2"}
    filled = talk.result("prompts/get", name="test_prompt_with_arguments", arguments=values)
    assert all(value in filled["messages"][0]["content"]["text"] for value in values.values())
    embedded = talk.result(
        "prompts/get", name="test_prompt_with_embedded_resource", arguments={"resourceUri": "test://example"}
    )
    assert embedded["messages"][0]["content"]["resource"]["uri"] == "test://example"
    image = talk.result("prompts/get", name="test_prompt_with_image")["messages"][0]["content"]
    assert image["type"] == "image" and image["mimeType"] == "image/png"


# Rows: G148, G149, G150
def test_prompts_that_cannot_be_had(talk: Talk) -> None:
    for params in ({"name": "nope"}, {"name": "test_prompt_with_arguments", "arguments": {"arg1": "x"}}):
        assert talk.error("prompts/get", **params)["code"] == -32602
    wrong = {"arg1": 5, "arg2": "x"}
    assert talk.error("prompts/get", name="test_prompt_with_arguments", arguments=wrong)["code"] == -32602


# Rows: G154, G155, G160
def test_completion_complete(talk: Talk) -> None:
    prompt = {"type": "ref/prompt", "name": "test_prompt_with_arguments"}
    found = talk.result("completion/complete", ref=prompt, argument={"name": "arg1", "value": "test"})["completion"]
    assert found == {"values": ["testValue1", "testValue2"], "total": 2, "hasMore": False}
    for uri in ("test://template/{id}/data", "test://template/1/data"):
        resource = {"type": "ref/resource", "uri": uri}
        found = talk.result("completion/complete", ref=resource, argument={"name": "id", "value": "12"})["completion"]
        assert found["values"] == ["123", "124"]


# Paging and caching


# Rows: G098, G178, G179, G181
@pytest.mark.parametrize("revision", BOTH)
def test_lists_come_in_pages(meet, revision: str) -> None:
    talk = meet(revision, None, "--page-size", "2")
    first: dict[str, str] = {}
    for method, name in (("tools/list", "tools"), ("resources/list", "resources"), ("prompts/list", "prompts")):
        page = talk.result(method)
        entries, scopes = list(page[name]), {page.get("cacheScope")}
        first[method] = page["nextCursor"]
        while cursor := page.get("nextCursor"):
            page = talk.result(method, cursor=cursor)
            assert 1 <= len(page[name]) <= 2
            entries += page[name]
            scopes.add(page.get("cacheScope"))
        assert len({entry["name"] for entry in entries}) == len(entries) > 2
        assert len(scopes) == 1
    assert talk.error("prompts/list", cursor=first["tools/list"])["code"] == -32602
    assert talk.error("prompts/list", cursor="garbage")["code"] == -32602


# Rows: G095, G097
def test_caching(meet) -> None:
    talk = meet(STATELESS)
    uri = talk.result("resources/list")["resources"][0]["uri"]
    kept = [(method, {}) for method in ("tools/list", "prompts/list", "resources/list", "resources/templates/list")]
    for method, params in [*kept, ("server/discover", {}), ("resources/read", {"uri": uri})]:
        result = talk.result(method, **params)
        assert type(result["ttlMs"]) is int and result["ttlMs"] >= 0
        assert result["cacheScope"] in ("public", "private")
    assert not {"ttlMs", "cacheScope"} & set(talk.call("test_simple_text"))


# The envelope


# Rows: G031, G043, G051, G061, G177
def test_server_initialize_and_ping(meet) -> None:
    talk = meet(SESSION)
    assert talk.hello["serverInfo"] == {"name": "conformance", "version": "1"}
    assert talk.hello["instructions"]
    assert talk.result("ping") == {}
    assert talk.error("unknown/method")["code"] == -32601


# Rows: G070, G071, G073, G074, G075, G078, G079, G083
def test_server_stateless(meet) -> None:
    talk = meet(STATELESS)
    found = talk.result("server/discover")
    assert STATELESS in found["supportedVersions"] and found["_meta"][f"{KEYS}serverInfo"]["name"] == "conformance"
    for method in ("initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "no/such"):
        assert talk.error(method)["code"] == -32601
    complete = talk.meta()
    for missing in (*complete, None):
        meta = {key: value for key, value in complete.items() if missing and key != missing}
        number = talk.wire.post("server/discover", {"_meta": meta} if missing else None)
        assert talk.wire.reply(number)["error"]["code"] == -32602
    error = talk.error("tools/list", _meta={f"{KEYS}protocolVersion": "v999.0.0"})
    assert error["code"] == -32022 and error["data"]["requested"] == "v999.0.0"
    assert error["data"]["supported"] and set(error["data"]["supported"]) <= set(found["supportedVersions"])
