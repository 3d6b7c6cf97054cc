"""Asks the forty questions of `questions.py` and counts what each costs a model: calls, and tokens to read.

    answers.py            compares with Benchmarks/answers.json and shows what each question costs
    answers.py --record   writes docs/Answers.md and takes the totals as the new ones to hold
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpe_openai
from questions import QUESTIONS, Question

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "Benchmarks" / "answers.json"
PAGE = ROOT / "docs" / "Answers.md"
TOKENS = bpe_openai.get_encoding("o200k_base")


def tokens(text: str) -> int:
    return len(TOKENS.encode(text))


class Program:
    """oe-mcp over its standard input and output, in the sandbox, with all writes allowed; each question stands alone."""

    def __init__(self, path: Path, home: str):
        command = [str(path), "--sandbox", "--set", "OVALEDGE_ALLOW_WRITES=all", "--set", "OVALEDGE_CACHE_SECONDS=0"]
        environment = {"HOME": home, "XDG_RUNTIME_DIR": home, "PATH": os.environ["PATH"]}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=home
        )
        self.count = 0
        client = {"name": "answers", "version": "1"}
        self.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client})

    def ask(self, method: str, params: dict) -> dict:
        self.count += 1
        request = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise SystemExit(f"{method} was answered with {reply['error']}")
        return reply["result"]

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


@dataclass
class Cost:
    question: Question
    calls: int
    text: int
    json: int
    problems: list[str]


def without_token(text: str) -> str:
    """A preview's token is another one each time, and so is its length in tokens."""
    return re.sub(r"[A-Za-z0-9_-]{43,}", "…", text)


def asked(program: Program, question: Question) -> Cost:
    problems: list[str] = []
    known = question.words
    text_tokens = json_tokens = 0
    text = ""
    for name, arguments in question.calls:
        for id in ids(arguments):
            if not re.search(rf"\b{id}\b", known):
                problems.append(f"the id {id} for {name} was not to be known")
        result = program.ask("tools/call", {"name": name, "arguments": arguments})
        text = without_token("\n".join(block.get("text", "") for block in result["content"]))
        if result.get("isError"):
            problems.append(f"{name} failed: {text}")
        known += "\n" + text
        text_tokens += tokens(text)
        if structured := result.get("structuredContent"):
            json_tokens += tokens(without_token(json.dumps(structured, ensure_ascii=False, separators=(",", ":"))))
    problems += [f"{fact!r} is not in the answer" for fact in question.holds if fact not in text]
    return Cost(question, len(question.calls), text_tokens, json_tokens, problems)


def ids(arguments: dict) -> list[int]:
    """All numbers that name an object of the catalog."""
    found: list[int] = []
    for name, value in arguments.items():
        if name in ("object_id", "path_to"):
            found += value if isinstance(value, list) else [value]
    return found


def measured(path: Path) -> list[Cost]:
    with tempfile.TemporaryDirectory() as home:
        program = Program(path, home)
        costs = [asked(program, question) for question in QUESTIONS]
        program.end()
    return costs


def totals(costs: list[Cost]) -> dict[str, int]:
    return {
        "questions": len(costs),
        "calls": sum(cost.calls for cost in costs),
        "text": sum(cost.text for cost in costs),
        "json": sum(cost.json for cost in costs),
    }


def recorded() -> dict:
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def change(now: int, then: int | None) -> str:
    return "" if not then else f"{100 * (now - then) / then:+.0f} %"


def page(costs: list[Cost], record: dict) -> str:
    first, now = record["first"], record["now"]
    lines = [
        "# What answers cost", "",
        f"{len(costs)} questions that stewards and analysts ask, each as the calls a model makes against the sandbox. A "
        "question counts as answered when the facts asked for stand in the last answer, and when no call used an id that "
        "an earlier answer had not shown. `scripts/answers` asks them and writes this page; `scripts/test` holds what is "
        "recorded here. Tokens are those of the o200k vocabulary: of the text, and of the JSON that comes with it; a "
        "client shows its model one of the two.", "",
        "| | At first | Now | Change |", "| --- | --- | --- | --- |",
    ]
    for key, title in (("calls", "Calls"), ("text", "Tokens of text"), ("json", "Tokens of JSON")):
        lines.append(f"| {title} | {first[key]:,} | {now[key]:,} | {change(now[key], first[key])} |")
    lines += ["", "| Question | About | Calls | Text | JSON | Text, change |", "| --- | --- | --- | --- | --- | --- |"]
    for cost in costs:
        then = record["questions"].get(cost.question.words)
        calls = " → ".join(f"`{name}`" for name, _ in cost.question.calls)
        lines.append(
            f"| {cost.question.words} | {cost.question.kind} | {calls} | {cost.text} | {cost.json} | "
            f"{change(cost.text, then)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    path = Path(os.environ.get("OE_MCP") or next(
        path for build in ("release", "debug") if (path := ROOT / ".build" / build / "oe-mcp").exists()
    ))
    costs = measured(path.resolve())
    for cost in costs:
        mark = "✗" if cost.problems else "✓"
        print(f"{mark} {cost.calls} {cost.text:6} {cost.json:6}  {cost.question.words}")
        for problem in cost.problems:
            print(f"      {problem}")
    now = totals(costs)
    record = recorded()
    print(f"{now['questions']} questions, {now['calls']} calls, {now['text']:,} tokens of text, {now['json']:,} of JSON")
    if any(cost.problems for cost in costs):
        raise SystemExit(1)
    if "--record" in sys.argv:
        record.setdefault("first", now)
        record.setdefault("questions", {cost.question.words: cost.text for cost in costs})
        record["now"] = now
        RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
        PAGE.write_text(page(costs, record))


if __name__ == "__main__":
    main()
