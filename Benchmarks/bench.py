"""Measures oe-mcp beside a FastMCP server with the same tools and beside a bare C loop, interleaved in one run.

Run it with scripts/bench; `--write` makes docs/Performance.md of what it found.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MADE = ROOT / ".build/bench"
ROUNDS = 5

SEARCH = '"method":"tools/call","params":{"name":"asset_explorer","arguments":{"search_terms":["orders"]}}'
DETAILS = '"method":"tools/call","params":{"name":"asset_details","arguments":{"object_id":501,"object_type":"oetable"}}'
REFUSED = '"method":"tools/call","params":{"name":"asset_details","arguments":{"object_id":"orders"}}'
WIDE = '"method":"tools/call","params":{"name":"asset_lineage","arguments":{"object_id":1200,"object_type":"oetable"}}'
# Every call is a request, but where answers from the cache are measured.
ASKING = {"OVALEDGE_CACHE_SECONDS": "0"}
KEEPING = {"OVALEDGE_CACHE_SECONDS": "300"}
CREDENTIAL = ASKING | {"OVALEDGE_USER_TOKEN": "bench-user-token-1", "OVALEDGE_USER_SECRET": "bench-user-secret-1"}


@dataclasses.dataclass
class Subject:
    """A server, alone and in front of a back end; a slow one is asked less often."""

    name: str
    alone: list[str]
    connected: list[str]
    effort: int
    keeps: bool = False
    asks_as_told: bool = True

    def times(self, count: int) -> int:
        return max(2, count // self.effort)


PROGRAM = str(Path(os.environ.get("OE_MCP", ROOT / ".build/release/oe-mcp")).resolve())
FASTMCP = [str(ROOT / ".build/bench-venv/bin/python"), str(ROOT / "Benchmarks/fastmcp_server.py")]
SUBJECTS = [
    Subject("C loop", [str(MADE / "floor")], [str(MADE / "floor")], 1, asks_as_told=False),
    Subject("oe-mcp", [PROGRAM, "--sandbox"], [PROGRAM], 1, keeps=True),
    Subject("FastMCP", FASTMCP, FASTMCP, 20),
]


@dataclasses.dataclass
class Row:
    """One line of the table: how it reads, how it prints, whether more is better, and what is aimed at."""

    title: str
    unit: str
    goal: str = ""
    more_is_better: bool = False


ROWS = {
    "initialize": Row("start → `initialize` answered", "ms", "≤ 2.5"),
    "listed": Row("start → `tools/list` answered", "ms"),
    "resident": Row("memory after the handshake", "MiB", "≤ 10"),
    "exit": Row("end of input → gone", "ms"),
    "ping": Row("`ping`, median", "µs", "≤ 16"),
    "ping99": Row("`ping`, 99th percentile", "µs"),
    "list": Row("`tools/list`, median", "µs", "≤ 30"),
    "list99": Row("`tools/list`, 99th percentile", "µs"),
    "refused": Row("a tool without a request, median", "µs", "≤ 50"),
    "refused99": Row("a tool without a request, 99th percentile", "µs"),
    "call": Row("a tool, back end inside, median", "µs"),
    "call99": Row("a tool, back end inside, 99th percentile", "µs"),
    "request": Row("a tool with one HTTP request, median", "µs", "≤ 110"),
    "request99": Row("a tool with one HTTP request, 99th percentile", "µs"),
    "kept": Row("the same tool, answered from the cache, median", "µs"),
    "kept99": Row("the same tool, answered from the cache, 99th percentile", "µs"),
    "wide": Row("a lineage of 800 assets, median", "ms", "≤ 15"),
    "pipelined": Row("pipelined `ping`", "1/s", "≥ 400,000", True),
    "flight": Row("tools with a request, 32 under way", "1/s", "≥ 15,000", True),
    "waiting": Row("32 calls of a back end that takes 100 ms", "ms", "≤ 106"),
    "behind": Row("a `ping` behind them", "ms", "≤ 0.5"),
    "idle": Row("wake-ups while idle", "1/s", "0"),
    "grown": Row("memory after 10,000 calls", "MiB", "≤ 16"),
    "cpu": Row("processor time for 10,000 calls", "s"),
    "size": Row("size of the program", "MiB"),
}


def environment(**settings: str) -> dict[str, str]:
    home = MADE / "home"
    home.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return kept | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_RUNTIME_DIR": str(home), **settings}


def drive(*arguments: str, settings: dict[str, str]) -> list[list[float]]:
    done = subprocess.run(
        [MADE / "drive", *arguments], env=environment(**settings), cwd=MADE, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}\n{done.stderr}")
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()]


class BackEnd:
    """The back end with a delay, for as long as the block lasts."""

    def __init__(self, delay: int):
        self.process = subprocess.Popen([MADE / "backend", str(delay)], stdout=subprocess.PIPE, text=True)
        port = self.process.stdout.readline().strip()
        self.settings = CREDENTIAL | {"OVALEDGE_BASE_URL": f"http://127.0.0.1:{port}"}

    def __enter__(self) -> dict[str, str]:
        return self.settings

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


Samples = dict[str, dict[str, list[float]]]


def measure_round(subject: Subject, fast: dict[str, str], slow: dict[str, str], into: dict[str, list[float]]) -> None:
    for greeted, listed, left, size, _ in drive(
        "start", str(subject.times(40)), "--", *subject.alone, settings={}
    ):
        into["initialize"].append(greeted / 1000)
        into["listed"].append(listed / 1000)
        into["exit"].append(left / 1000)
        if size:
            into["resident"].append(size / 1024)

    def calls(count: int, window: int, request: str, settings: dict[str, str]) -> list[float]:
        command = subject.connected if "OVALEDGE_BASE_URL" in settings else subject.alone
        return drive("calls", str(count), str(window), request, "--", *command, settings=settings)[0]

    for name, request, settings in (
        ("ping", '"method":"ping"', {}),
        ("list", '"method":"tools/list"', {}),
        ("refused", REFUSED, {}),
        ("call", DETAILS, ASKING),
        ("request", SEARCH, fast),
        ("kept", SEARCH, fast | KEEPING),
    ):
        if name == "kept" and not subject.keeps:
            continue
        median, tail, *_ = calls(subject.times(5000), 1, request, settings)
        into[name].append(median)
        into[name + "99"].append(tail)
    if subject.asks_as_told:
        into["wide"].append(calls(subject.times(400), 1, WIDE, fast)[0] / 1000)
    into["pipelined"].append(calls(subject.times(400_000 if subject.effort == 1 else 20_000), 5000, '"method":"ping"', {})[3])
    into["flight"].append(calls(subject.times(10_000), 32, SEARCH, fast)[3])
    pinged, wall = drive("behind", "32", SEARCH, "--", *subject.connected, settings=slow)[0]
    into["behind"].append(pinged / 1000)
    into["waiting"].append(wall / 1000)


def measure() -> Samples:
    found: Samples = {subject.name: defaultdict(list) for subject in SUBJECTS}
    with BackEnd(0) as fast, BackEnd(100) as slow:
        for number in range(ROUNDS):
            for subject in SUBJECTS:
                print(f"round {number + 1} of {ROUNDS}: {subject.name}", file=sys.stderr)
                measure_round(subject, fast, slow, found[subject.name])
        for subject in SUBJECTS:
            print(f"10,000 calls: {subject.name}", file=sys.stderr)
            drove = drive("calls", "10000", "8", SEARCH, "--", *subject.connected, settings=fast)[0]
            found[subject.name]["grown"].append(drove[4] / 1024)
            found[subject.name]["cpu"].append(drove[5] / 1e6)
            found[subject.name]["idle"] += drive("idle", "5", SEARCH, "--", *subject.connected, settings=fast)[0]
    for subject in SUBJECTS[:2]:
        found[subject.name]["size"].append(Path(subject.alone[0]).stat().st_size / 2**20)
    return found


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(samples: list[float], unit: str) -> str:
    """The median, with the range that nine of ten samples lie in where there are enough of them."""
    if not samples:
        return "–"
    text = shown(statistics.median(samples))
    if len(samples) >= 5 and unit != "MiB":
        deciles = statistics.quantiles(samples, n=20, method="inclusive")
        text += f" ({shown(max(0.0, deciles[0]))}–{shown(deciles[-1])})"
    return text


def table(found: Samples) -> str:
    lines = ["| | | aim | " + " | ".join(found) + " | oe-mcp is better by |", "|---|---|---|" + "---|" * (len(found) + 1)]
    for key, row in ROWS.items():
        cells = [cell(samples[key], row.unit) for samples in found.values()]
        ratio = "–"
        if found["FastMCP"][key]:
            ours, theirs = (statistics.median(found[name][key]) for name in ("oe-mcp", "FastMCP"))
            below, above = (theirs, ours) if row.more_is_better else (ours, theirs)
            ratio = f"{shown(above / below)}×" if below else "–"
        lines.append(f"| {row.title} | {row.unit} | {row.goal} | " + " | ".join(cells) + f" | {ratio} |")
    return "\n".join(lines)


def page(found: Samples) -> str:
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True).stdout.strip()
    machine = f"{os.cpu_count()} processors, {platform.system()} on {platform.machine()}"
    starts = found["C loop"]["initialize"]
    noise = statistics.quantiles(starts, n=20, method="inclusive")[-1] / statistics.median(starts)
    return f"""# Performance

Written by `scripts/bench --write`; run it again rather than edit this page.

{version}, beside a Python FastMCP server with the same four tools and beside a bare C loop, which is about the least a
program on this machine can do. {ROUNDS} interleaved rounds on {machine}. The median of all samples, in brackets the
range of nine samples in ten. The slowest twentieth of the C loop's starts took {noise:.1f} times the median and more: what
differs by less than that differs by chance. Trust the ratios before the figures.

The aims are those of a machine where the C loop answers a `ping` in 11 µs and a tool with a request in 33. What it takes
longer here is how long this machine needs to wake a process that sleeps, and is in every other figure, too.

{table(found)}

*Memory* is what a process settles at, 200 ms after the handshake. *A tool without a request*: `asset_details` with an id that
is none, which all but the C loop refuse with a sentence. *A tool, back end inside*: `oe-mcp --sandbox` runs the whole client
in the process, token and decoding included; the other two answer with a constant. *With one HTTP request*: all three ask the
same small back end on a loopback port. The C loop looks at no byte it passes on, and has one request under way at a time.
*From the cache*: the same call within the time that `OVALEDGE_CACHE_SECONDS` allows, which is 0 in the other rows; the other
two have no such thing. *A lineage of 800 assets*: a reply of 190 kB, from the same back end, which answers at once.

A tool with a request is about a million instructions, and no function has more than a twentieth of them: the text for the
model and the lean form for programs are a fifth each, reading the reply a sixth, libcurl an eighth, writing the answer a
ninth; the rest is the way through sessions, deadlines and tasks. With the back end inside it is three times that.
"""


if __name__ == "__main__":
    result = measure()
    print(table(result))
    if "--write" in sys.argv[1:]:
        import http_report

        path = ROOT / "docs/Performance.md"
        section = http_report.kept(path.read_text()) if path.exists() else ""
        path.write_text(http_report.put(section, page(result)) if section else page(result))
