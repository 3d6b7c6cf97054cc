"""A dialogue with a server in one revision, so that one test can hold it in several."""

from __future__ import annotations

import schema
from wire import Wire

KEYS = "io.modelcontextprotocol/"
BOTH = ["2025-11-25", "2026-07-28"]
SESSION, STATELESS = BOTH
EVERYTHING = {"elicitation": {}, "sampling": {}, "roots": {}}


class Talk:
    """Asks as the revision wants it, and remembers what was asked, so that every message can be checked in the end."""

    def __init__(self, wire: Wire, revision: str, capabilities: dict | None = None):
        self.wire = wire
        self.revision = revision
        self.capabilities = capabilities or {}
        self.methods: dict[object, str] = {}
        self.asked: set[object] = set()
        self.is_stateless = revision >= schema.STATELESS
        if not self.is_stateless:
            hello = {"protocolVersion": revision, "capabilities": self.capabilities, "clientInfo": {"name": "t", "version": "1"}}
            self.hello = self.result("initialize", **hello)
            self.tell("notifications/initialized")

    def meta(self, **more: object) -> dict:
        own = {f"{KEYS}protocolVersion": self.revision, f"{KEYS}clientCapabilities": self.capabilities}
        return (own if self.is_stateless else {}) | more

    def post(self, method: str, **params: object) -> int:
        """Send a request without waiting."""
        if meta := self.meta() | params.pop("_meta", {}):
            params["_meta"] = meta
        number = self.wire.post(method, params)
        self.methods[number] = method
        return number

    def ask(self, method: str, **params: object) -> dict:
        return self.wire.reply(self.post(method, **params))

    def result(self, method: str, **params: object) -> dict:
        reply = self.ask(method, **params)
        assert "result" in reply, reply
        return reply["result"]

    def error(self, method: str, **params: object) -> dict:
        reply = self.ask(method, **params)
        assert "error" in reply, reply
        return reply["error"]

    def tell(self, method: str, **params: object) -> None:
        self.wire.send({"jsonrpc": "2.0", "method": method, "params": params})

    def call(self, tool: str, arguments: dict | None = None, **more: object) -> dict:
        return self.result("tools/call", name=tool, arguments=arguments or {}, **more)

    def answering(self, answers: dict[str, dict], method: str, **params: object) -> tuple[dict, list[dict]]:
        """The result of a request that asks for something, and its questions: `answers` has what to say, by method."""
        return (self._in_rounds if self.is_stateless else self._at_once)(answers, method, params)

    def _at_once(self, answers: dict[str, dict], method: str, params: dict) -> tuple[dict, list[dict]]:
        number = self.post(method, **params)
        questions: list[dict] = []
        while True:
            message = self.wire.wait_for(lambda m: self._is_new_question(m) or "method" not in m and m.get("id") == number)
            if "method" not in message:
                return message["result"], questions
            questions.append(message)
            self.asked.add(message["id"])
            self.wire.send({"jsonrpc": "2.0", "id": message["id"], "result": answers[message["method"]]})

    def _is_new_question(self, message: dict) -> bool:
        return "method" in message and "id" in message and message["id"] not in self.asked

    def _in_rounds(self, answers: dict[str, dict], method: str, params: dict) -> tuple[dict, list[dict]]:
        questions: list[dict] = []
        result = self.result(method, **params)
        while result["resultType"] == "input_required":
            asked = result["inputRequests"]
            questions += asked.values()
            said = {key: answers[question["method"]] for key, question in asked.items()}
            result = self.result(method, **params, inputResponses=said, requestState=result["requestState"])
        return result, questions

    def messages(self, method: str) -> list[dict]:
        """The notices of one kind that came so far."""
        return [message["params"] for message in self.wire.messages if message.get("method") == method]

    def check(self) -> None:
        """Every message that came, against the schema of the revision."""
        if schema.SCHEMAS:
            schema.check_all(self.wire.messages, self.revision, self.methods)
