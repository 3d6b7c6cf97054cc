"""The tables and the aims that scripts/bench --bridge puts into docs/Performance.md, between two lines of its own."""

from __future__ import annotations

import dataclasses
import os
import statistics
from collections.abc import Callable

import bench
from http_report import Found

BEGIN, END = "<!-- bench --bridge -->", "<!-- end of bench --bridge -->"


@dataclasses.dataclass
class Row:
    """One line of a table; `base` is the row of the server alone, which is taken off, for what a bridge adds."""

    title: str
    unit: str
    key: str
    base: str = ""
    more_is_better: bool = False

    def samples(self, found: Found, column: str) -> list[float]:
        own = found.get(self.key, {}).get(column, [])
        if not self.base:
            return own
        alone = statistics.median(found[self.base]["server"])
        return [each - alone for each in own]

    def median(self, found: Found, column: str) -> float | None:
        samples = self.samples(found, column)
        return statistics.median(samples) if samples else None

    def ratio(self, found: Found, ours: str, theirs: str) -> float | None:
        """By how much ours is better."""
        a, b = self.median(found, ours), self.median(found, theirs)
        if a is None or b is None:
            return None
        above, below = (a, b) if self.more_is_better else (b, a)
        return above / below if below > 0 else None


ADDED = Row("… more than the server alone", "µs", "call", "alone")
FLIGHT = Row("calls, 32 under way", "1/s", "flight", more_is_better=True)
RESIDENT = Row("memory after the handshake", "MiB", "resident")
START = Row("start → `initialize` answered", "ms", "start")
PIPES = [
    START,
    Row("start → `tools/list` answered", "ms", "listed"),
    RESIDENT,
    Row("memory after the calls", "MiB", "grown"),
    Row("a call, median", "µs", "call"),
    ADDED,
    Row("a call, 99th percentile", "µs", "call99"),
    FLIGHT,
]
REST_ADDED = Row("… more than the server alone", "µs", "rest", "alone")
REST_FLIGHT = Row("calls, 32 connections", "1/s", "rest flight", more_is_better=True)
REST = [
    Row("start → listening", "ms", "rest start"),
    Row("memory after the calls", "MiB", "rest resident"),
    Row("a call, median", "µs", "rest"),
    REST_ADDED,
    REST_FLIGHT,
]


def table(rows: list[Row], found: Found, ours: str, theirs: str) -> str:
    lines = [f"| | | {ours} | {theirs} | better by |", "|---|---|---|---|---|"]
    for row in rows:
        cells = [bench.cell(row.samples(found, column), row.unit) for column in (ours, theirs)]
        ratio = row.ratio(found, ours, theirs)
        lines.append(f"| {row.title} | {row.unit} | {' | '.join(cells)} | {f'{bench.shown(ratio)}×' if ratio else '–'} |")
    return "\n".join(lines)


Value = Callable[[Found], float | None]


def aim(title: str, value: float | None, limit: float, unit: str, is_least: bool = False) -> str:
    if value is None:
        return f"| {title} | – | – |"
    is_met = value >= limit if is_least else value <= limit
    return f"| {title} | {bench.shown(value)} {unit} | {'met' if is_met else 'not met'} |"


def section(found: Found, load: float) -> str:
    pipes, posts = ("oe-mcp", "mcp-proxy"), ("oe-mcp-http", "mcpo")
    aims = [
        aim("stdio: adds 20 times less to a call than mcp-proxy", ADDED.ratio(found, *pipes), 20, "times", True),
        aim("REST: adds 20 times less to a call than mcpo", REST_ADDED.ratio(found, *posts), 20, "times", True),
        aim("stdio: 20 times the calls with 32 under way", FLIGHT.ratio(found, *pipes), 20, "times", True),
        aim("REST: 20 times the calls with 32 connections", REST_FLIGHT.ratio(found, *posts), 20, "times", True),
        aim("stdio: at most 10 MiB", RESIDENT.median(found, pipes[0]), 10, "MiB"),
        aim("stdio: start → `initialize` within 10 ms", START.median(found, pipes[0]), 10, "ms"),
    ]
    alone, many = (bench.shown(statistics.median(found[row]["server"])) for row in ("alone", "alone flight"))
    lines = "\n".join(aims)
    return f"""{BEGIN}
## Bridges

Written by `scripts/bench --bridge --write`; run it again rather than edit this part.

`oe-mcp bridge` beside mcp-proxy, and `oe-mcp-http bridge` beside mcpo, in front of the same server on a loopback port: a tool that
answers with a constant. {len(found['call'][pipes[0]])} interleaved rounds on {os.cpu_count()} processors, which the server, the bridge
and what asks share; the load was {load:.1f} before. The server alone answers a POST in {alone} µs, and {many} a second on 32
connections. Trust the ratios before the figures.

{table(PIPES, found, *pipes)}

{table(REST, found, *posts)}

| aim | found | |
|---|---|---|
{lines}
{END}
"""
