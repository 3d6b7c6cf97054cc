"""The person and the model at the client: what was agreed to, and every write held to it."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from dataclasses import dataclass

import hostile
from target import Lab, Target

# What a request of the newest revision says of its client, which has no session.
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
    "io.modelcontextprotocol/clientInfo": {"name": "attack", "version": "1"},
}
# The endpoints that change something, by the tool that may send there.
WRITING = {
    "/update-asset-descriptions": "update_asset_descriptions",
    "/update-cde-associations": "update_cde_associations",
    "/update-custom-field-values": "update_custom_field_value",
    "/update-governance-roles": "update_governance_roles",
    "/glossary-terms": "create_glossary_term",
    "/tags": "create_tag",
    "/service-requests": "create_service_request",
    "/dq-intelligence/validate-queries": "dq_rule_advisor",
    "/dq-intelligence/create-rules": "dq_rule_manager",
    "/dq-intelligence/create-sql-rule": "dq_rule_manager",
    "/dq-intelligence/associate-rule-objects": "dq_rule_manager",
}
# Forms that are answered, but not with a yes; an `error` is one of the client.
REFUSALS: list[dict] = [
    {"result": {"action": "decline"}},
    {"result": {"action": "cancel"}},
    {"result": {"action": "accept"}},
    {"result": {"action": "accept", "content": {}}},
    {"result": {"action": "accept", "content": None}},
    {"result": {"action": "accept", "content": []}},
    {"result": {"action": "accept", "content": {"write": False}}},
    {"result": {"action": "accept", "content": {"write": "true"}}},
    {"result": {"action": "accept", "content": {"write": 1}}},
    {"result": {"action": "accept", "content": {"write": [True]}}},
    {"result": {"action": "accept", "content": {"Write": True}}},
    {"result": {"action": "ACCEPT", "content": {"write": True}}},
    {"result": {"action": "decline", "content": {"write": True}}},
    {"result": {"action": None, "content": {"write": True}}},
    {"result": {"content": {"write": True}}},
    {"result": {}},
    {"result": []},
    {"result": None},
    {"error": {"code": -32603, "message": "User rejected the request"}},
    {"error": {"code": -1, "message": "User rejected the request"}},
    {"error": {"code": -32000, "message": "declined"}},
    {"error": {"code": -32602, "message": "no"}, "result": {"action": "accept", "content": {"write": True}}},
]


@dataclass
class Agreement:
    """A preview that a person said yes to; good for one request of this tool."""

    tool: str
    preview: str


class People:
    """Answers forms, uses tokens, and knows which writes were agreed to.

    The person says yes with the probability `willing`. The model uses each token it can get hold of, whatever the
    person said; only with a token that came without a question does the person agree.
    """

    def __init__(
        self, lab: Lab, rng: random.Random, willing: float = 0.7, has_forms: bool = True, counts: bool = True,
        has_sandbox: bool = False, has_session: bool = True,
    ):
        self.lab = lab
        self.rng = rng
        self.willing = willing
        self.has_forms = has_forms
        self.counts = counts
        # Without a session, forms come and are answered in rounds of the same call.
        self.has_session = has_session
        # Without a back end to look at, the answers have to say what was written.
        self.has_sandbox = has_sandbox
        self.agreements: list[Agreement] = []
        # For each write, the agreements it may go back to; and which write each of them is spent on.
        self._fitting: list[list[int]] = []
        self._spent_on: dict[int, int] = {}
        self._lock = threading.Lock()
        self._again: list[tuple[str, object, dict]] = []
        self._refused: Counter[tuple[str, bytes]] = Counter()

    @property
    def capabilities(self) -> dict:
        return {"elicitation": {"form": {}}} if self.has_forms else {}

    # At the client

    def start(self, target: Target, revision: str = "2025-11-25") -> None:
        """Begin to speak: with a handshake, where there is a session."""
        target.answer_question = self.question
        if self.has_session:
            target.hello(revision, self.capabilities)

    def call(self, target: Target, tool: str, arguments: object, more: dict | None = None) -> None:
        """Call a tool; where a token or a form comes back, it goes on with the next `again`."""
        text = hostile.json_text(arguments, self.rng)
        meta = {} if self.has_session else {"_meta": MODERN}
        rest = "".join(f",{hostile.quoted(name)}:{json.dumps(value)}" for name, value in (meta | (more or {})).items())
        params = f'{{"name":{hostile.quoted(tool)},"arguments":{text}{rest}}}'
        target.post("tools/call", params, lambda reply: self._answered(tool, arguments, reply))
        self.lab.tally.inputs += self.counts

    def question(self, message: dict) -> dict | list[dict] | None:
        """The person's answer to what the server asks."""
        if message["method"] != "elicitation/create":
            return {"error": {"code": -32601, "message": "Method not found"}}
        self.lab.tally.inputs += self.counts
        params = message.get("params") or {}
        if self.rng.random() >= self.willing:
            return self.rng.choice(REFUSALS)
        schema = (params.get("requestedSchema") or {}).get("properties") or {}
        flags = {name: True for name, property in schema.items() if property.get("type") == "boolean"}
        with self._lock:
            self.agreements.append(Agreement("", str(params.get("message"))))
        return {"result": {"action": "accept", "content": flags}}

    def again(self, target: Target) -> int:
        """Send the calls that have a token or an answered form now; returns how many."""
        with self._lock:
            calls, self._again = self._again, []
        for tool, arguments, more in calls:
            self.call(target, tool, arguments, more)
        return len(calls)

    def _answered(self, tool: str, arguments: object, reply: dict) -> None:
        result = reply.get("result")
        if not isinstance(result, dict):
            return
        if result.get("resultType") == "input_required":
            return self._next_round(tool, arguments, result)
        structured = result.get("structuredContent")
        if not isinstance(structured, dict):
            return
        if structured.get("written") is True and self.has_sandbox:
            self._spend(tool, set(), f"{tool} says that it wrote", json.dumps(reply))
        token = structured.get("confirmationToken")
        if not isinstance(token, str) or not isinstance(arguments, dict) or "confirmation_token" in arguments:
            return
        with self._lock:
            # With forms, a token comes only after the person was asked, and did not say yes.
            if not self.has_forms:
                shown = "\n".join(item.get("text") or "" for item in result["content"]) + str(structured.get("preview"))
                self.agreements.append(Agreement(tool, shown))
            self._again.append((tool, arguments | {"write_confirmed_by_user": True, "confirmation_token": token}, {}))

    def _next_round(self, tool: str, arguments: object, result: dict) -> None:
        """Answer the forms of one round; the call is sent again with the answers."""
        answers = {}
        for key, form in (result.get("inputRequests") or {}).items():
            said = self.question(form)
            said = said[0] if isinstance(said, list) else said
            answers[key] = said["result"] if said and "result" in said and "error" not in said else {"action": "decline"}
        with self._lock:
            self._again.append((tool, arguments, {"inputResponses": answers, "requestState": result.get("requestState")}))

    # At the back end

    def seen(self, method: str, path: str, body: bytes) -> None:
        """Hold one request of the program to what was agreed to."""
        tool = next((tool for ending, tool in WRITING.items() if path.endswith("/api/v1/mcp" + ending)), None)
        if method == "GET" or tool is None:
            return
        try:
            parsed = json.loads(body)
        except ValueError:
            return self.lab.found("unconfirmed", f"a body that is not JSON at {path}", body)
        if isinstance(parsed, dict) and isinstance(parsed.get("options"), dict) and parsed["options"].get("dryRun") is True:
            return
        with self._lock:
            if self._refused[path, body] > 0:
                self._refused[path, body] -= 1
                return
        words = set(hostile.WORD.findall(json.dumps(parsed, ensure_ascii=False)))
        self._spend(tool, words, f"{method} {path}", body)

    def token_refused(self, path: str, body: bytes) -> None:
        """What was answered with a refusal of the session token was not looked at; the same bytes may come with another."""
        with self._lock:
            self._refused[path, body] += 1

    def _spend(self, tool: str, words: set[str], what: str, given: bytes | str) -> None:
        """Spend one agreement that holds all words of a write; earlier writes move to another where they can."""
        with self._lock:
            self._fitting.append([
                number for number, agreement in enumerate(self.agreements)
                if agreement.tool in ("", tool) and all(word in agreement.preview for word in words)
            ])
            if self._finds_agreement(len(self._fitting) - 1, set()):
                return
        self.lab.found("unconfirmed", f"{what}, and nobody agreed to {sorted(words)[:9] or 'it'}", given)

    def _finds_agreement(self, write: int, tried: set[int]) -> bool:
        """An augmenting path of the matching of writes and agreements."""
        for number in self._fitting[write]:
            if number in tried:
                continue
            tried.add(number)
            if number not in self._spent_on or self._finds_agreement(self._spent_on[number], tried):
                self._spent_on[number] = write
                return True
        return False
