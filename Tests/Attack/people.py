"""The person and the model at the client: what was agreed to, and every write held to it."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import dataclass

import hostile
from target import Lab, Target

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
        has_sandbox: bool = False,
    ):
        self.lab = lab
        self.rng = rng
        self.willing = willing
        self.has_forms = has_forms
        self.counts = counts
        # Without a back end to look at, the answers have to say what was written.
        self.has_sandbox = has_sandbox
        self.agreements: list[Agreement] = []
        self.writes = 0
        self._lock = threading.Lock()
        self._again: list[tuple[str, dict]] = []

    @property
    def capabilities(self) -> dict:
        return {"elicitation": {"form": {}}} if self.has_forms else {}

    # At the client

    def call(self, target: Target, tool: str, arguments: object) -> None:
        """Call a tool; where a token comes back, it is used with the next `again`."""
        text = hostile.json_text(arguments, self.rng)
        params = f'{{"name":{hostile.quoted(tool)},"arguments":{text}}}'
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
        """Send the calls that have a token now; returns how many."""
        with self._lock:
            calls, self._again = self._again, []
        for tool, arguments in calls:
            self.call(target, tool, arguments)
        return len(calls)

    def _answered(self, tool: str, arguments: object, reply: dict) -> None:
        result = reply.get("result")
        structured = result.get("structuredContent") if isinstance(result, dict) else None
        if isinstance(structured, dict) and structured.get("written") is True and self.has_sandbox:
            self._spend(tool, set(), f"{tool} says that it wrote", json.dumps(reply))
        if not isinstance(structured, dict) or not isinstance(token := structured.get("confirmationToken"), str):
            return
        if not isinstance(arguments, dict) or "confirmation_token" in arguments:
            return
        with self._lock:
            # With forms, a token comes only after the person was asked, and did not say yes.
            if not self.has_forms:
                shown = "\n".join(item.get("text") or "" for item in result["content"]) + str(structured.get("preview"))
                self.agreements.append(Agreement(tool, shown))
            self._again.append((tool, arguments | {"write_confirmed_by_user": True, "confirmation_token": token}))

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
        words = set(hostile.WORD.findall(json.dumps(parsed, ensure_ascii=False)))
        self._spend(tool, words, f"{method} {path}", body)

    def _spend(self, tool: str, words: set[str], what: str, given: bytes | str) -> None:
        """Use up the agreement that a write goes back to."""
        with self._lock:
            self.writes += 1
            for index, agreement in enumerate(self.agreements):
                if agreement.tool in ("", tool) and all(word in agreement.preview for word in words):
                    del self.agreements[index]
                    return
        self.lab.found("unconfirmed", f"{what}, and nobody agreed to {sorted(words)[:9] or 'it'}", given)
