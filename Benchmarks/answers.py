"""Asks the forty questions of `questions.py` and the eighty of `large_questions.py`, and counts what they cost a model.

    answers.py            compares with Benchmarks/answers.json and shows what each question costs
    answers.py --large    asks the eighty alone
    answers.py --record   writes docs/Answers.md and takes the totals as the new ones to hold
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import bpe_openai
from large_questions import LARGE_QUESTIONS
from questions import QUESTIONS, Question

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "Benchmarks" / "answers.json"
PAGE = ROOT / "docs" / "Answers.md"
TOKENS = bpe_openai.get_encoding("o200k_base")


def tokens(text: str) -> int:
    return len(TOKENS.encode(text))


class Program:
    """oe-mcp over its standard input and output, in the sandbox, with all writes allowed; each question stands alone."""

    def __init__(self, path: Path, home: str, *catalog: str):
        command = [str(path), "--sandbox", *catalog, "--set", "OVALEDGE_ALLOW_WRITES=all", "--set", "OVALEDGE_CACHE_SECONDS=0"]
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
    untrue: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        return "✗" if self.problems else "✓"


def without_token(text: str) -> str:
    """A preview's token is another one each time, and so is its length in tokens."""
    return re.sub(r"[A-Za-z0-9_-]{43,}", "…", text)


@dataclass
class Asking:
    """One question as its calls are made: what is known so far, and what the last answer was."""

    known: str
    text: str = ""
    data: str = ""
    text_tokens: int = 0
    json_tokens: int = 0
    problems: list[str] = field(default_factory=list)

    def call(self, program: Program, name: str, arguments: dict, may_fail: bool) -> None:
        for id in ids(arguments):
            if not re.search(rf"\b{id}\b", self.known):
                self.problems.append(f"the id {id} for {name} was not to be known")
        result = program.ask("tools/call", {"name": name, "arguments": arguments})
        self.text = without_token("\n".join(block.get("text", "") for block in result["content"]))
        if result.get("isError") and not may_fail:
            self.problems.append(f"{name} failed: {self.text[:300]}")
        self.known += "\n" + self.text
        self.text_tokens += tokens(self.text)
        structured = result.get("structuredContent")
        self.data = json.dumps(structured, ensure_ascii=False, separators=(",", ":")) if structured else ""
        self.json_tokens += tokens(without_token(self.data)) if structured else 0


def asked(program: Program, question: Question) -> Cost:
    """Of the sample catalog: the facts stand in the text of the last answer as they are spelt."""
    asking = Asking(question.words)
    for name, arguments in question.calls:
        asking.call(program, name, arguments, may_fail=False)
    missing = [f"{fact!r} is not in the answer" for fact in question.holds if fact not in asking.text]
    return Cost(question, len(question.calls), asking.text_tokens, asking.json_tokens, asking.problems + missing)


def asked_of_large(program: Program, question: Question) -> Cost:
    """Of the large catalog: the facts stand in both halves of the last answer, and nothing untrue in either."""
    asking = Asking(question.words)
    for name, arguments in question.calls:
        asking.call(program, name, arguments, may_fail=question.fails)
    missing: list[str] = []
    untrue: list[str] = []
    for half, said in (("text", plain(asking.text)), ("data", plain(spaced(asking.data)))):
        # An error has no data; what it says is its text.
        if half == "data" and not said and question.fails:
            continue
        missing += [f"{fact!r} is not in the {half}" for fact in question.holds if not stands(fact, said)]
        untrue += [f"the {half} says {found[0]!r}" for each in question.never if (found := re.search(each, said))]
    problems = asking.problems + missing
    return Cost(question, len(question.calls), asking.text_tokens, asking.json_tokens, problems, untrue)


def spaced(data: str) -> str:
    """With a blank after each comma of a list, which then separates no thousands."""
    return json.dumps(json.loads(data), ensure_ascii=False) if data else ""


def plain(text: str) -> str:
    """Without the separators in numbers, and without the marks of Markdown and JSON before a character."""
    text = re.sub(r"(?<=\d)[,\u202f](?=\d{3}\b)", "", text)
    return re.sub(r"\\([_*\[\]()#+.!|<>`\"-])", r"\1", text)


def stands(fact: str | tuple[str, ...], text: str) -> bool:
    spellings = fact if isinstance(fact, tuple) else (fact,)
    return any(re.search(rf"(?<![\w-]){re.escape(each)}(?!\w)", text, re.IGNORECASE) for each in spellings)


def ids(arguments: dict) -> list[int]:
    """All numbers that name an object of the catalog."""
    found: list[int] = []
    for name, value in arguments.items():
        if name in ("object_id", "path_to"):
            found += value if isinstance(value, list) else [value]
        if name == "objects":
            found += [each["object_id"] for each in value]
    return found


def measured(path: Path) -> list[Cost]:
    with tempfile.TemporaryDirectory() as home:
        program = Program(path, home)
        costs = [asked(program, question) for question in QUESTIONS]
        program.end()
    return costs


def measured_on_large(path: Path) -> list[Cost]:
    with tempfile.TemporaryDirectory() as home:
        program = Program(path, home, "large")
        costs = [asked_of_large(program, question) for question in LARGE_QUESTIONS]
        program.end()
    return costs


def totals(costs: list[Cost]) -> dict[str, int]:
    return {
        "questions": len(costs),
        "calls": sum(cost.calls for cost in costs),
        "text": sum(cost.text for cost in costs),
        "json": sum(cost.json for cost in costs),
    }


def totals_on_large(costs: list[Cost]) -> dict[str, int]:
    questions, *rest = totals(costs).items()
    answered = sum(not cost.problems for cost in costs)
    misleading = sum(bool(cost.untrue) for cost in costs)
    return dict([questions, ("answered", answered), ("misleading", misleading), *rest])


def recorded() -> dict:
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def change(now: int, then: int | None) -> str:
    return "" if not then else f"{100 * (now - then) / then:+.0f} %"


def page(costs: list[Cost], large: list[Cost], record: dict) -> str:
    first, now = record["first"], record["now"]
    lines = [
        "# What answers cost", "", "## On the sample catalog", "",
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
    return "\n".join(lines + large_section(large, record["largeFirst"], record["large"])) + "\n"


def large_section(costs: list[Cost], first: dict, now: dict) -> list[str]:
    lines = [
        "", "## On the large catalog", "",
        f"{now['questions']} hard questions, as stewards, analysts, engineers and auditors ask them, of `--sandbox large`: "
        "20,000 assets with ids that repeat between kinds, totals that disagree with the rows, and values in every form. "
        "What is true of it is counted in what it is generated from (`Benchmarks/large.json`). A question counts as "
        "answered when the facts stand in the text and in the data of the last answer, and as misleading when either "
        "says something of the subject that is not true.", "",
        "| | At first | Now |", "| --- | --- | --- |",
    ]
    titles = {"questions": "Questions", "answered": "Answered", "misleading": "Misleading", "calls": "Calls",
              "text": "Tokens of text", "json": "Tokens of JSON"}
    lines += [f"| {title} | {first[key]:,} | {now[key]:,} |" for key, title in titles.items()]
    lines += [
        "",
        "| Question | About | Calls | Text | JSON | Answered | Misleads |", "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for cost in costs:
        calls = " → ".join(f"`{name}`" for name, _ in cost.question.calls)
        lines.append(
            f"| {cost.question.words} | {cost.question.kind} | {calls} | {cost.text} | {cost.json} | {cost.mark} | "
            f"{'yes' if cost.untrue else 'no'} |"
        )
    return lines


def main() -> None:
    path = Path(os.environ.get("OE_MCP") or next(
        path for build in ("release", "debug") if (path := ROOT / ".build" / build / "oe-mcp").exists()
    ))
    large = measured_on_large(path.resolve())
    show(large)
    now = totals_on_large(large)
    print(", ".join(f"{value:,} {name}" for name, value in now.items()))
    if "--large" in sys.argv:
        return
    costs = measured(path.resolve())
    show(costs)
    record = recorded() | {"large": now, "now": totals(costs)}
    print(", ".join(f"{value:,} {name}" for name, value in record["now"].items()))
    if any(cost.problems for cost in costs):
        raise SystemExit(1)
    if "--record" in sys.argv:
        record.setdefault("first", record["now"])
        record.setdefault("largeFirst", now)
        record.setdefault("questions", {cost.question.words: cost.text for cost in costs})
        RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
        PAGE.write_text(page(costs, large, record))


def show(costs: list[Cost]) -> None:
    for cost in costs:
        print(f"{cost.mark} {cost.calls} {cost.text:6} {cost.json:6}  {cost.question.words}")
        for problem in cost.problems + cost.untrue:
            print(f"      {problem}")


if __name__ == "__main__":
    main()
