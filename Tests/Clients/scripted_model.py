"""A model that follows a script, behind the two APIs that coding agents speak, on a loopback port.

    with ScriptedModel([Step([call("asset_explorer", search_terms=["orders"])]), Step(text="done")]) as model:
        ...
        model.requests[1]   # what the agent tells its model of the tool's result

Only requests that offer tools are steps of the script; agents ask for titles and summaries beside them.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


Call = tuple[str, dict]


def call(name: str, **arguments: object) -> Call:
    return name, arguments


@dataclasses.dataclass
class Step:
    """What the model says: tools to call, by the names that it knows them by, or the end of its turn.

    `calls` may be a function of what the agent sent, which has the results of the calls before.
    """

    calls: list[Call] | Callable[[dict], list[Call]] = dataclasses.field(default_factory=list)
    text: str = "done"
    before: Callable[[], object] | None = None


class ScriptedModel:
    def __init__(self, steps: list[Step], namespace: str = "mcp__ovaledge"):
        self.steps = steps
        self.namespace = namespace
        self.requests: list[dict] = []
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"model": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ScriptedModel:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next(self, asked: dict) -> tuple[int, list[Call], str]:
        with self._lock:
            number = len(self.requests)
            self.requests.append(asked)
        step = self.steps[min(number, len(self.steps) - 1)]
        if step.before:
            step.before()
        return number, step.calls(asked) if callable(step.calls) else step.calls, step.text


class _Handler(BaseHTTPRequestHandler):
    model: ScriptedModel
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """The test's output is its own."""

    def do_HEAD(self) -> None:
        self._send(b"")

    def do_GET(self) -> None:
        self._send(b'{"object":"list","data":[],"models":[],"has_more":false}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/responses"):
            self._send_events(self._responses(json.loads(body)))
        elif self.path.partition("?")[0].endswith("/messages"):
            self._send_events(self._messages(json.loads(body)))
        else:
            self._send(b'{"input_tokens":1}')

    def _send(self, body: bytes, kind: str = "application/json") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_events(self, events: list[dict]) -> None:
        text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        self._send(text.encode(), "text/event-stream")

    def _responses(self, asked: dict) -> list[dict]:
        """The Responses API."""
        number, calls, text = self.model.next(asked)
        items = [
            {
                "type": "function_call", "id": f"fc_{number}_{place}", "call_id": f"call_{number}_{place}", "status": "completed",
                "namespace": self.model.namespace, "name": name, "arguments": json.dumps(arguments),
            }
            for place, (name, arguments) in enumerate(calls)
        ]  # fmt: skip
        if not items:
            content = [{"type": "output_text", "text": text, "annotations": []}]
            items = [{"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed", "content": content}]
        response = {"id": f"resp_{number}", "object": "response", "status": "in_progress", "output": []}
        events = [{"type": "response.created", "response": response}]
        for place, item in enumerate(items):
            events.append({"type": "response.output_item.added", "output_index": place, "item": item})
            events.append({"type": "response.output_item.done", "output_index": place, "item": item})
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        events.append({"type": "response.completed", "response": response | {"status": "completed", "output": items, "usage": usage}})
        return [event | {"sequence_number": place} for place, event in enumerate(events)]

    def _messages(self, asked: dict) -> list[dict]:
        """The Messages API."""
        number, calls, text = self.model.next(asked) if asked.get("tools") else (0, [], "done")
        own = {tool["name"] for tool in asked.get("tools", [])}
        blocks = [
            {
                "type": "tool_use", "id": f"toolu_{number}_{place}", "input": arguments,
                "name": name if name in own else f"{self.model.namespace}__{name}",
            }
            for place, (name, arguments) in enumerate(calls)
        ] or [{"type": "text", "text": text}]  # fmt: skip
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {
            "id": f"msg_{number}", "type": "message", "role": "assistant", "model": asked.get("model", "scripted"),
            "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        events: list[dict] = [{"type": "message_start", "message": message}]
        for place, block in enumerate(blocks):
            is_text = block["type"] == "text"
            start = block | ({"text": ""} if is_text else {"input": {}})
            delta = (
                {"type": "text_delta", "text": block["text"]}
                if is_text
                else {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
            )
            events.append({"type": "content_block_start", "index": place, "content_block": start})
            events.append({"type": "content_block_delta", "index": place, "delta": delta})
            events.append({"type": "content_block_stop", "index": place})
        stop = "tool_use" if calls else "end_turn"
        events.append({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage})
        return [*events, {"type": "message_stop"}]
