"""The conformance tests through `oe-mcp bridge`: results are the same as without it, in both eras on either side."""

from __future__ import annotations

import pytest

from talk import STATELESS, Talk
from test_conformance import *  # noqa: F403
from test_conformance_asking import *  # noqa: F403
from wire import Wire, clean_environment

# With a handshake a server asks by requests, which have no keys of its own and no codes of 2026-07-28; how the bridge makes
# rounds of them is in test_bridge.py, and in the tests here that take any key.
WITHOUT_HANDSHAKE = {
    "test_input_required_result", "test_input_required_result_multi_round",
    "test_input_required_result_capability_check", "test_input_required_result_missing_extra_and_wrong_answers",
    "test_input_required_result_of_a_prompt_and_of_nothing_else",
}  # fmt: skip

# The program on the other side of the wire is the bridge, which has no noise of the server's to keep out.
del test_nothing_else_gets_into_the_conversation  # noqa: F821


@pytest.fixture(params=["handshake", "modern"])
def meet(request: pytest.FixtureRequest, oe_mcp: str, serve_conformance, tmp_path):
    """Begin a dialogue in a revision through the bridge, which speaks one era with the server behind it."""
    if request.param == "handshake" and request.node.originalname in WITHOUT_HANDSHAKE:
        pytest.skip("what is asked has the keys and codes of 2026-07-28")
    met: list[Talk] = []

    def begin(revision: str, capabilities: dict | None = None, *arguments: str, accept: str | None = None) -> Talk:
        address = serve_conformance(*arguments)
        wire = Wire([oe_mcp, "bridge", address, "--era", request.param], clean_environment(tmp_path), tmp_path)
        met.append(Talk(wire, revision, capabilities))
        return met[-1]

    yield begin
    for talk in met:
        talk.wire.kill()
        talk.check()


def test_subscriptions_listen(meet) -> None:
    """As the test of that name, but for one thing: an acknowledgement is waited for before something is changed."""
    talk = meet(STATELESS)

    def heard(number: int) -> list[str]:
        key = "io.modelcontextprotocol/subscriptionId"
        told = [message for message in talk.wire.messages if message.get("params", {}).get("_meta", {}).get(key) == number]
        return [message["method"].removeprefix("notifications/") for message in told]

    wanted = {"toolsListChanged": True, "resourceSubscriptions": ["test://watched-resource"]}
    numbers = [
        talk.post("subscriptions/listen", notifications=filter) for filter in (wanted, {"promptsListChanged": True})
    ]
    for number in numbers:
        talk.wire.wait_for(lambda message, number=number: heard(number))
    for tool in ("test_trigger_tool_change", "test_trigger_prompt_change", "test_trigger_resource_change"):
        talk.call(tool)
    talk.wire.wait_for(lambda message: message.get("method") == "notifications/resources/updated")
    # While one subscription with the server takes the place of another, a change may come twice.
    assert set(heard(numbers[0])) == {"resources/updated", "subscriptions/acknowledged", "tools/list_changed"}
    talk.wire.wait_for(lambda message: message.get("method") == "notifications/prompts/list_changed")
    assert heard(numbers[1]) == ["subscriptions/acknowledged", "prompts/list_changed"]
    assert wanted in [message["notifications"] for message in talk.messages("notifications/subscriptions/acknowledged")]
    talk.tell("notifications/cancelled", requestId=numbers[0])
    count = len(heard(numbers[0]))
    talk.call("test_trigger_tool_change")
    talk.wire.close()
    assert talk.wire.reply(numbers[1])["result"]["resultType"] == "complete"
    assert len(heard(numbers[0])) == count
