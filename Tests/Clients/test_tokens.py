"""The estimate of tokens, which keeps answers within their budget, against vocabularies of real models.

How far it may be off is measured, not wished: with the weights as they are, no answer is taken for more than 4 % shorter
than it is with the vocabulary of today's models (o200k), and answers are taken for 8 % longer on average. Limits are a
little wider. Two older habits of vocabularies stay out of reach of one number: cl100k (2023) spells Hebrew, Greek or
Hindi letter by letter, and voyage3 takes each digit for itself; the estimate lies between them and o200k.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from wire import ROOT, program

sys.path.insert(0, str(ROOT / "Benchmarks"))

import answers  # noqa: E402
import bpe_openai  # noqa: E402
import texts  # noqa: E402
from questions import QUESTIONS  # noqa: E402

VOCABULARIES = {name: bpe_openai.get_encoding(name) for name in ("o200k_base", "cl100k_base", "voyage3_base")}

# How much shorter than it is a text may be taken for, in percent, by the kind of text.
UNDER = {
    "o200k_base": {"answer": 6, "JSON": 8, "manual": 6, "prose": 5, "code": 8, "signs": 15},
    "cl100k_base": {"answer": 8, "JSON": 12, "manual": 6, "prose": 58, "code": 18, "signs": 10},
    "voyage3_base": {"answer": 25, "JSON": 15, "manual": 12, "prose": 45, "code": 40, "signs": 10},
}
# How much longer, on average over all of the kind.
OVER = {"answer": 12, "JSON": 12, "manual": 18, "prose": 30, "code": 16, "signs": 10}


@dataclass(frozen=True)
class Sample:
    kind: str
    name: str
    text: str
    estimate: int

    def ratio(self, vocabulary: str) -> float:
        return self.estimate / len(VOCABULARIES[vocabulary].encode(self.text))


def answered(path: Path, home: str) -> list[tuple[str, str, str]]:
    """The answers of the forty questions, as text and as JSON."""
    found = []
    server = answers.Program(path, home)
    for question in QUESTIONS:
        for name, arguments in question.calls:
            result = server.ask("tools/call", {"name": name, "arguments": arguments})
            structured = json.dumps(result["structuredContent"], ensure_ascii=False, separators=(",", ":"))
            found.append(("answer", f"{name}: {question.words}", result["content"][0]["text"]))
            found.append(("JSON", f"{name}: {question.words}", structured))
    server.end()
    return found


def manual() -> list[tuple[str, str, str]]:
    """The example of every tool and its answer, as the manual shows them."""
    page = (ROOT / "docs" / "Tools.md").read_text()
    blocks = re.finditer(r"^(`{3,})(json|markdown)\n(.*?)^\1$", page, re.MULTILINE | re.DOTALL)
    return [("manual", f"block {number}, {block[2]}", block[3]) for number, block in enumerate(blocks, 1)]


def estimates(found: list[str]) -> list[int]:
    lines = "".join(base64.b64encode(text.encode()).decode() + "\n" for text in found)
    done = subprocess.run([program("token-estimator", "TOKEN_ESTIMATOR")], input=lines, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [int(line) for line in done.stdout.split()]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    found = answered(Path(program("oe-mcp", "OE_MCP")), str(tmp_path_factory.mktemp("home"))) + manual()
    for kind, some in (("prose", texts.PROSE), ("code", texts.CODE), ("signs", texts.SIGNS)):
        found += [(kind, name, text) for name, text in some.items()]
    return [Sample(*known, estimate) for known, estimate in zip(found, estimates([text for _, _, text in found]))]


def test_there_is_enough_to_compare(samples: list[Sample]) -> None:
    count = {kind: sum(sample.kind == kind for sample in samples) for kind in OVER}
    assert count["answer"] == count["JSON"] >= 40
    # An example and an answer of each of the fifteen tools.
    assert count["manual"] >= 30
    assert count["prose"] >= 14 and count["code"] >= 10 and count["signs"] >= 4


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_text_is_taken_for_much_shorter_than_it_is(samples: list[Sample], vocabulary: str) -> None:
    short = {
        f"{sample.kind} {sample.name}": round(sample.ratio(vocabulary), 2)
        for sample in samples
        if sample.ratio(vocabulary) < 1 - UNDER[vocabulary][sample.kind] / 100
    }
    assert short == {}


@pytest.mark.parametrize("kind", OVER)
def test_on_average_the_estimate_is_near(samples: list[Sample], kind: str) -> None:
    ratios = [sample.ratio("o200k_base") for sample in samples if sample.kind == kind]
    mean = sum(ratios) / len(ratios)
    assert 0.95 <= mean <= 1 + OVER[kind] / 100


# What clients give their model before anything is asked; what the default may cost.
LISTED = 7_500
CODEX_KEEPS = {"type", "description", "enum", "items", "properties", "required", "additionalProperties", "anyOf"}


def listed(home: Path) -> list[dict]:
    """The tools of a server as it comes: it only reads."""
    client = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "tokens", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    command = [program("oe-mcp", "OE_MCP"), "--sandbox"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=home, env={"HOME": str(home)})
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    return next(reply["result"]["tools"] for reply in replies if reply.get("id") == 2)


def tokens(value: object) -> int:
    return len(VOCABULARIES["o200k_base"].encode(json.dumps(value, ensure_ascii=False, separators=(",", ":"))))


def test_the_list_of_tools_costs_little(tmp_path: Path) -> None:
    cost = {tool["name"]: tokens(tool) for tool in listed(tmp_path)}
    assert sum(cost.values()) < LISTED, cost


def kept_by_codex(schema: dict) -> dict:
    kept = {name: value for name, value in schema.items() if name in CODEX_KEEPS}
    if "properties" in kept:
        kept["properties"] = {name: kept_by_codex(value) for name, value in kept["properties"].items()}
    if isinstance(kept.get("items"), dict):
        kept["items"] = kept_by_codex(kept["items"])
    return kept


def test_no_input_schema_is_so_long_that_codex_drops_its_descriptions(tmp_path: Path) -> None:
    size = {
        tool["name"]: len(json.dumps(kept_by_codex(tool["inputSchema"]), separators=(",", ":"), ensure_ascii=False).encode())
        for tool in listed(tmp_path)
    }
    assert {name: bytes for name, bytes in size.items() if bytes >= 4800} == {}


def test_nothing_and_very_much_are_estimated_too() -> None:
    none, one, much = estimates(["", "a", "customer order revenue " * 40_000])
    assert (none, one) == (0, 1)
    real = len(VOCABULARIES["o200k_base"].encode("customer order revenue " * 40_000))
    assert real <= much <= 1.3 * real
