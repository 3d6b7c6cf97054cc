"""Measures the cold start on AWS Lambda: from the start of the process to the first response, beside FastMCP and Mangum.

Run it with scripts/bench --lambda; `--write` puts the table into docs/Performance.md. Both run against the stand-in of the
runtime that the tests have, in turn, on this machine: what AWS adds before a process starts is the same for both.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import http_report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Clients"))
from lambda_runtime import Function, Runtime, http_event  # noqa: E402
from stand_in import StandIn  # noqa: E402

BEGIN, END = "<!-- bench --lambda -->", "<!-- end of bench --lambda -->"
AIM = 40
PYTHON = [sys.executable, "-B", "-m", "awslambdaric", "lambda_mangum.handler"]
FIELDS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
INITIALIZE = LIST | {"method": "initialize", "params": HELLO}
#: A row of the table: its name, the request, and what its answer must hold.
ROWS = [
    ("start → `initialize` answered", INITIALIZE, "protocolVersion"),
    ("start → `tools/list` answered", LIST, "asset_explorer"),
]
Found = dict[str, dict[str, list[float]]]


def start(command: list[str], message: dict, holds: str, fields: dict[str, str], settings: dict[str, str]) -> float:
    """Milliseconds from the start of the process to the first response."""
    runtime = Runtime()
    # As on AWS, where a process is started because there is an event.
    answer = runtime.hand_over(http_event("POST", "/mcp", FIELDS | fields, json.dumps(message), domain="localhost"))
    with tempfile.TemporaryDirectory() as home:
        began = time.monotonic()
        with Function(command, Path(home), runtime, **settings) as function:
            outcome = answer.get(timeout=60)
            if outcome.kind != "response" or holds not in outcome.content.decode():
                raise SystemExit(f"{command[-1]}: {outcome.body[:300]!r}\n{function.log}")
            return (outcome.times[-1] - began) * 1000


def unpacked(folder: Path) -> str:
    """The zip as AWS unpacks it, made from the release program."""
    package = folder / "function.zip"
    program = ROOT / ".build/release/oe-mcp-http"
    make = [ROOT / "scripts/package-lambda", "--program", program, "--output", package]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            Path(archive.extract(entry, folder)).chmod(entry.external_attr >> 16 & 0o777)
    return str(folder / "bootstrap")


def measure(rounds: int) -> Found:
    found: Found = {name: {"oe-mcp-http": [], "FastMCP": []} for name, _, _ in ROWS}
    with tempfile.TemporaryDirectory() as folder, StandIn() as ovaledge:
        token, secret = next(iter(ovaledge.credentials))
        fields = {"X-OvalEdge-Token": token, "X-OvalEdge-Secret": secret}
        bootstrap = [unpacked(Path(folder))]
        ours = {"AUTH_MODE": "remote_credentials", "OVALEDGE_BASE_URL": ovaledge.base_url, "LAMBDA_TASK_ROOT": folder}
        theirs = {"PYTHONPATH": str(ROOT / "Benchmarks"), "OVALEDGE_BASE_URL": ovaledge.base_url}
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for name, message, holds in ROWS:
                found[name]["oe-mcp-http"].append(start(bootstrap, message, holds, fields, ours))
                found[name]["FastMCP"].append(start(PYTHON, message, holds, fields, theirs))
    return found


def section(found: Found, rounds: int) -> str:
    lines, worst = [], float("inf")
    for name, by_subject in found.items():
        ours, theirs = (statistics.median(by_subject[subject]) for subject in ("oe-mcp-http", "FastMCP"))
        worst = min(worst, theirs / ours)
        lines.append(f"| {name} | ms | {ours:.1f} | {theirs:,.0f} | {theirs / ours:.0f}× |")
    verdict = "met" if worst >= AIM else "not met"
    return f"""{BEGIN}
## Cold start on AWS Lambda

Written by `scripts/bench --lambda --write`; run it again rather than edit this part. Medians of {rounds} starts of each, in
turn, of the zip that `scripts/package-lambda` makes and of FastMCP with Mangum and AWS's runtime client for Python, from the
start of the process to the first response at a stand-in of the runtime. Ours has a sign-in at OvalEdge among it.

| | | oe-mcp-http | FastMCP | better by |
|---|---|---|---|---|
{chr(10).join(lines)}

| aim | found | |
|---|---|---|
| at most 1/{AIM} of FastMCP | 1/{worst:.0f} | {verdict} |
{END}
"""


if __name__ == "__main__":
    rounds = 2 if "--quick" in sys.argv else 15
    text = section(measure(rounds), rounds)
    print(text)
    if "--write" in sys.argv:
        http_report.write(text)
