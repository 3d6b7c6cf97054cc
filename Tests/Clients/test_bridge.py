"""`oe-mcp bridge`: a remote server on standard input and output, and all that may go wrong with it."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from odd_remote import OddRemote
from talk import EVERYTHING, SESSION, Talk
from wire import Wire

CLIENT = {"name": "desk", "version": "7", "title": "Desk"}


@pytest.fixture
def odd() -> Iterator[OddRemote]:
    with OddRemote() as remote:
        yield remote


@pytest.fixture
def bridge(start: Callable[..., Wire]) -> Callable[..., Wire]:
    """Start the bridge in front of an address, with the handshake done."""

    def run(url: str, *arguments: str, capabilities: dict | None = None, **settings: object) -> Wire:
        wire = start("bridge", url, *arguments, **settings)
        hello = {"protocolVersion": "2025-11-25", "capabilities": capabilities or {}, "clientInfo": CLIENT}
        wire.hello = ask(wire, "initialize", hello)
        wire.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return wire

    return run


def ask(wire: Wire, method: str, params: dict) -> dict:
    return wire.reply(wire.post(method, params))


def listed(wire: Wire) -> list[str]:
    return [tool["name"] for tool in ask(wire, "tools/list", {})["result"]["tools"]]


def call(wire: Wire, name: str = "get_it", **arguments: object) -> dict:
    return ask(wire, "tools/call", {"name": name, "arguments": arguments})


def test_a_hang_up_ends_nothing(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    wire.process.send_signal(signal.SIGHUP)
    wait_until(lambda: b"settings read again" in wire.err)
    assert "result" in call(wire)


def is_change(message: dict) -> bool:
    return message.get("method") == "notifications/tools/list_changed"


def wait_until(condition: Callable[[], object], within: float = 10) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_the_client_itself_reaches_the_server(bridge, odd: OddRemote) -> None:
    capabilities = {"elicitation": {"form": {}}, "roots": {"listChanged": True}}
    wire = bridge(odd.url, "--header", "X-Team: blue", capabilities=capabilities)
    assert wire.hello["result"]["serverInfo"]["name"] == "odd"
    assert listed(wire) == ["get_it", "put_it"]
    said = next(message for message in odd.messages if message.get("method") == "initialize")["params"]
    assert said["clientInfo"] == CLIENT and said["capabilities"] == capabilities
    assert all(fields["x-team"] == "blue" for fields in odd.headers)
    assert odd.count("notifications/initialized") == 1


def test_hidden_tools_are_hidden_at_listing_and_at_call(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url, "--prefix", "o_", INCLUDE_TOOLS="get_*,put_*", EXCLUDE_TOOLS="put_*")
    assert listed(wire) == ["o_get_it"]
    assert "result" in call(wire, "o_get_it")
    assert call(wire, "o_put_it")["error"]["code"] == -32602
    assert odd.count("tools/call") == 1


def test_tools_beyond_the_limit_are_left_out_and_the_list_says_so(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url, MCP_REMOTE_MAX_TOOLS=1)
    result = ask(wire, "tools/list", {})["result"]
    assert [tool["name"] for tool in result["tools"]] == ["get_it"] and result["_meta"] == {"oe-mcp/omitted": 1}


def test_a_lost_session_is_opened_once_and_the_call_repeated(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    assert "result" in call(wire)
    odd.forget()
    numbers = [wire.post("tools/call", {"name": "get_it", "arguments": {}}) for _ in range(5)]
    assert all("result" in wire.reply(number) for number in numbers)
    assert odd.count("initialize") == 2
    assert wire.wait_for(is_change)


def test_a_server_that_dies_during_a_call_is_not_called_again(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    assert listed(wire)

    def die(message: dict, handler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    odd.answer = die
    error = call(wire, "put_it")["error"]
    assert error["code"] == -32603 and "unknown" in error["message"]
    assert odd.count("tools/call") == 1
    odd.answer = lambda message, handler: {"content": []}
    assert "result" in call(wire)


def test_a_server_that_is_restarted_in_mid_call(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    begun = threading.Event()

    def stall(message: dict, handler) -> None:
        begun.set()
        time.sleep(0.3)
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    odd.answer = stall
    number = wire.post("tools/call", {"name": "put_it", "arguments": {}})
    assert begun.wait(10)
    odd.__exit__()
    assert wire.reply(number)["error"]["code"] == -32603
    refused = call(wire)["error"]
    assert refused["message"].startswith(f"Connection refused to {odd.url}") and refused["data"]["cause"] == "connect"
    with OddRemote(odd.port) as again:
        # A connection that went down with the server may cost one more call, which is not repeated.
        wait_until(lambda: "result" in call(wire))
        assert again.count("initialize") == 1


def test_what_is_open_at_the_end_of_input_is_answered_or_cancelled(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    odd.answer = lambda message, handler: time.sleep(0.5) or {"content": []}
    number = wire.post("tools/call", {"name": "get_it", "arguments": {}})
    wait_until(lambda: odd.count("tools/call"))
    assert wire.close() == 0
    assert "result" in wire.reply(number)
    assert odd.ended == ["s1"]


def test_a_call_that_does_not_end_is_cancelled_at_the_end_of_input(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    released = threading.Event()
    odd.answer = lambda message, handler: released.wait(20) and None
    wire.post("tools/call", {"name": "get_it", "arguments": {}})
    wait_until(lambda: odd.count("tools/call"))
    began = time.monotonic()
    assert wire.close() == 0
    assert 4.5 < time.monotonic() - began < 8
    called = next(message for message in odd.messages if message.get("method") == "tools/call")
    cancelled = [message for message in odd.messages if message.get("method") == "notifications/cancelled"]
    assert [message["params"]["requestId"] for message in cancelled] == [called["id"]]
    assert odd.ended == ["s1"]
    released.set()


def test_a_sign_in_that_is_missing_is_an_answer_with_the_remedy(bridge, odd: OddRemote) -> None:
    odd.refuse = lambda message: (401, "{}")
    wire = bridge(odd.url)
    assert wire.hello["result"]["capabilities"]["tools"] == {"listChanged": True}
    assert listed(wire) == ["bridge_sign_in"]
    answer = call(wire, "bridge_sign_in")["result"]
    assert answer["isError"] and f"oe-mcp login {odd.url}" in answer["content"][0]["text"]
    odd.refuse = lambda message: None
    assert wire.wait_for(is_change)
    assert listed(wire) == ["get_it", "put_it"]


def test_a_sign_in_that_ends_is_an_answer_with_the_remedy(bridge, odd: OddRemote) -> None:
    wire = bridge(odd.url)
    assert "result" in call(wire)
    odd.refuse = lambda message: (401, "{}")
    answer = call(wire)["result"]
    assert answer["isError"] and "oe-mcp login" in answer["content"][0]["text"]
    assert wire.wait_for(is_change) and listed(wire) == ["bridge_sign_in"]


def test_initialize_is_answered_with_what_was_known(bridge, odd: OddRemote) -> None:
    bridge(odd.url).close()
    odd.__exit__()
    began = time.monotonic()
    wire = bridge(odd.url)
    assert wire.hello["result"]["serverInfo"]["name"] == "odd" and time.monotonic() - began < 2.5
    with OddRemote(odd.port):
        assert wire.wait_for(is_change)
        assert listed(wire) == ["get_it", "put_it"]
    other = bridge(f"http://127.0.0.1:{odd.port}/other")
    assert other.hello["result"]["capabilities"] == {"tools": {"listChanged": True}}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://mcp.example.com/mcp", "MCP_REMOTE_ALLOW_HTTP"),
        ("https://user:hunter2@mcp.example.com/mcp", "user name"),
        ("mcp.example.com", "http"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(start, url: str, said: str) -> None:
    wire = start("bridge", url)
    assert wire.process.wait(10) != 0
    wire.kill()
    assert said in wire.err.decode() and "hunter2" not in wire.err.decode()


def test_a_thousand_calls_are_answered_once_each(bridge, serve_conformance) -> None:
    wire = bridge(serve_conformance())
    names = ["add", "test_simple_text"]
    numbers = {
        wire.post("tools/call", {"name": names[i % 2], "arguments": {"a": i, "b": 0} if i % 2 == 0 else {}}): i
        for i in range(1000)
    }
    for number, i in numbers.items():
        result = wire.reply(number, 60)["result"]
        assert result["content"][0]["text"] == (str(i) if i % 2 == 0 else "A simple text.")
    assert sum(message.get("id") in numbers for message in wire.messages) == 1000


def test_forty_calls_in_a_row_ask_and_are_answered(start, serve_conformance) -> None:
    """The server is one that asks with its result. A place left unset holds what the calls before it left there."""
    talk = Talk(start("bridge", serve_conformance(), "--era", "modern"), SESSION, EVERYTHING)
    for number in range(40):
        roots = {"roots": [{"uri": f"file:///{number}"}]}
        tool = "test_input_required_result_list_roots"
        result, questions = talk.answering({"roots/list": roots}, "tools/call", name=tool)
        assert f"file:///{number}" in result["content"][0]["text"] and len(questions) == 1


def test_a_large_result_comes_through_as_it_is(bridge, odd: OddRemote) -> None:
    text = "äöü 0123456789 \\n" * (20 << 20 >> 4)
    odd.answer = lambda message, handler: {"content": [{"type": "text", "text": text}]}
    wire = bridge(odd.url)
    number = wire.post("tools/call", {"name": "get_it", "arguments": {}})
    assert wire.reply(number, 60)["result"]["content"][0]["text"] == text


def test_a_program_of_this_machine_is_served_as_well(start, conformance: str) -> None:
    wire = start("bridge", "--prefix", "c_", "--", conformance)
    hello = wire.initialize()
    assert hello["serverInfo"]["name"] == "conformance"
    assert "c_add" in listed(wire)
    assert call(wire, "c_add", a=1, b=2)["result"]["structuredContent"] == {"sum": 3}
    assert wire.close() == 0
