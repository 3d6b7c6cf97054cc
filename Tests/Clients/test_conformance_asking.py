"""What the conformance suite's scenarios look for when a server asks its client: elicitation, sampling, roots, rounds."""

from __future__ import annotations

import pytest

from talk import EVERYTHING, STATELESS, Talk

FORM = {"action": "accept", "content": {"name": "Ada", "username": "ada", "email": "ada@example.com", "ok": True}}
SAID = {"role": "assistant", "content": {"type": "text", "text": "Paris"}, "model": "m", "stopReason": "endTurn"}
ROOTS = {"roots": [{"uri": "file:///work", "name": "work"}]}
ANSWERS = {"elicitation/create": FORM, "sampling/createMessage": SAID, "roots/list": ROOTS}


# Rows: G058, G196, G207, G212
@pytest.mark.parametrize("action", ["accept", "decline", "cancel"])
def test_tools_call_elicitation(talk: Talk, action: str) -> None:
    answer = FORM if action == "accept" else {"action": action}
    result, questions = talk.answering(
        {"elicitation/create": answer}, "tools/call", name="test_elicitation", arguments={"message": "Who are you?"}
    )
    assert f"action={action}" in result["content"][0]["text"]
    asked = questions[0]["params"]
    assert asked["message"] == "Who are you?"
    assert asked["requestedSchema"]["required"] == ["username", "email"]
    assert "elicitationId" not in asked and not talk.messages("notifications/elicitation/complete")


# Rows: G208
def test_elicitation_sep1034_defaults(talk: Talk) -> None:
    _, questions = talk.answering(ANSWERS, "tools/call", name="test_elicitation_sep1034_defaults")
    fields = questions[0]["params"]["requestedSchema"]["properties"]
    assert {name: field["default"] for name, field in fields.items()} == {
        "name": "John Doe", "age": 30, "score": 95.5, "status": "active", "verified": True,
    }
    assert fields["age"]["type"] == "integer" and fields["score"]["type"] == "number"


def test_elicitation_sep1330_enums(talk: Talk) -> None:
    _, questions = talk.answering(ANSWERS, "tools/call", name="test_elicitation_sep1330_enums")
    fields = questions[0]["params"]["requestedSchema"]["properties"]
    assert fields["untitledSingle"]["enum"] and "oneOf" in fields["titledSingle"]
    assert fields["legacyEnum"]["enumNames"] and fields["untitledMulti"]["items"]["enum"]
    assert fields["titledMulti"]["items"]["anyOf"][0].keys() == {"const", "title"}


def test_tools_call_sampling(talk: Talk) -> None:
    result, questions = talk.answering(ANSWERS, "tools/call", name="test_sampling", arguments={"prompt": "Where?"})
    assert questions[0]["params"]["maxTokens"] == 100
    assert "Paris" in result["content"][0]["text"]


# Rows: G213, G217
def test_roots_are_asked_for_again(talk: Talk) -> None:
    tool = "test_input_required_result_list_roots"
    asked = []
    for name in ("one", "two"):
        roots = {"roots": [{"uri": f"file:///{name}"}]}
        result, questions = talk.answering({"roots/list": roots}, "tools/call", name=tool)
        assert f"file:///{name}" in result["content"][0]["text"]
        asked += questions
        if not talk.is_stateless:
            talk.tell("notifications/roots/list_changed")
    assert len(asked) == 2
    if not talk.is_stateless:
        assert asked[0]["id"] != asked[1]["id"]


ROUNDS = [
    ("test_input_required_result_elicitation", ["user_name"], "Hello, Ada!"),
    ("test_input_required_result_sampling", ["capital_question"], "Paris"),
    ("test_input_required_result_list_roots", ["client_roots"], "file:///work"),
    ("test_input_required_result_request_state", ["confirm"], "state-ok"),
    ("test_input_required_result_multiple_inputs", ["user_name", "greeting", "client_roots"], "Paris Ada, 1 roots"),
]


# Rows: G093, G096, G194, G195, G196, G198
@pytest.mark.parametrize(("tool", "keys", "text"), ROUNDS)
def test_input_required_result(meet, tool: str, keys: list[str], text: str) -> None:
    talk = meet(STATELESS, EVERYTHING)
    asked = talk.call(tool)
    assert asked["resultType"] == "input_required" and list(asked["inputRequests"]) == keys and asked["requestState"]
    assert not {"ttlMs", "cacheScope"} & set(asked)
    assert all(question.keys() == {"method", "params"} for question in asked["inputRequests"].values())
    result, _ = talk.answering(ANSWERS, "tools/call", name=tool)
    assert text in result["content"][0]["text"]


def test_input_required_result_multi_round(meet) -> None:
    talk = meet(STATELESS, EVERYTHING)
    tool = "test_input_required_result_multi_round"
    first = talk.call(tool)
    said = {"step1": {"action": "accept", "content": {"name": "Ada"}}}
    second = talk.call(tool, inputResponses=said, requestState=first["requestState"])
    assert list(second["inputRequests"]) == ["step2"] and second["requestState"] != first["requestState"]
    said = {"step2": {"action": "accept", "content": {"color": "blue"}}}
    done = talk.call(tool, inputResponses=said, requestState=second["requestState"])
    assert done["content"][0]["text"] == "Ada likes blue"


# Rows: G199
def test_input_required_result_tampered_state(meet) -> None:
    talk = meet(STATELESS, EVERYTHING)
    tool = "test_input_required_result_tampered_state"
    state = talk.call(tool)["requestState"] + "-TAMPERED"
    error = talk.error("tools/call", name=tool, arguments={}, inputResponses={"confirm": FORM}, requestState=state)
    assert error["code"] == -32602


# Rows: G081, G197
def test_input_required_result_capability_check(meet) -> None:
    talk = meet(STATELESS, {"sampling": {}})
    asked = talk.call("test_input_required_result_capabilities")["inputRequests"]
    assert [question["method"] for question in asked.values()] == ["sampling/createMessage"]
    poor = meet(STATELESS)
    assert poor.call("test_input_required_result_capabilities")["resultType"] == "complete"
    error = poor.error("tools/call", name="test_missing_capability")
    assert error["code"] == -32021 and error["data"]["requiredCapabilities"] == {"sampling": {}}


# Rows: G202, G203, G204
def test_input_required_result_missing_extra_and_wrong_answers(meet) -> None:
    talk = meet(STATELESS, EVERYTHING)
    tool = "test_input_required_result_elicitation"
    wrong = talk.call(tool, inputResponses={"other": FORM}, requestState=talk.call(tool)["requestState"])
    assert wrong["resultType"] == "input_required"
    both = talk.call(tool, inputResponses={"user_name": FORM, "x": 1}, requestState=wrong["requestState"])
    assert both["content"][0]["text"] == "Hello, Ada!"
    for answer in (12345, None, "x", [], {"action": "accept", "content": {"name": 5}}, {"action": "accept"}):
        reply = talk.ask(
            "tools/call", name=tool, arguments={}, inputResponses={"user_name": answer},
            requestState=talk.call(tool)["requestState"],
        )
        assert "error" in reply or reply["result"]["resultType"] == "input_required", (answer, reply)


# Rows: G194
def test_input_required_result_of_a_prompt_and_of_nothing_else(meet) -> None:
    talk = meet(STATELESS, EVERYTHING)
    name = "test_input_required_result_prompt"
    asked = talk.result("prompts/get", name=name)
    assert list(asked["inputRequests"]) == ["user_context"]
    said = {"user_context": {"action": "accept", "content": {"context": "ships"}}}
    done = talk.result("prompts/get", name=name, inputResponses=said, requestState=asked["requestState"])
    assert "ships" in done["messages"][0]["content"]["text"]
    for method in ("tools/list", "prompts/list", "resources/list", "server/discover"):
        assert talk.result(method)["resultType"] == "complete"


# Rows: G020, G312
def test_nothing_is_ever_asked_by_a_request(meet) -> None:
    talk = meet(STATELESS, EVERYTHING)
    talk.answering(ANSWERS, "tools/call", name="test_streaming_elicitation")
    assert not any("method" in message and "id" in message for message in talk.wire.messages)
