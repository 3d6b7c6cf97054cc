"""The table and the aims that scripts/bench --http puts into docs/Performance.md, between two lines of its own."""

from __future__ import annotations

import dataclasses
import os
import re
import statistics
from collections.abc import Callable

import bench

BEGIN, END = "<!-- bench --http -->", "<!-- end of bench --http -->"
NAMES = {"floor": "floor", "ours": "oe-mcp-http", "mcp": "mcp", "fastmcp": "FastMCP"}
OURS = NAMES["ours"]

ROWS = {
    "ping": bench.Row("`ping`", "1/s", more_is_better=True),
    "list": bench.Row("`tools/list`", "1/s", more_is_better=True),
    "constant": bench.Row("a tool that answers with a constant", "1/s", more_is_better=True),
    "refused": bench.Row("a tool that refuses its arguments", "1/s", more_is_better=True),
    "request": bench.Row("a tool with one HTTP request", "1/s", more_is_better=True),
    "median": bench.Row("the same with one connection, median", "µs"),
    "account": bench.Row("`ping` with credentials", "1/s", more_is_better=True),
    "unauthorized": bench.Row("`ping` without the credentials it needs: 401", "1/s", more_is_better=True),
    "ping processor": bench.Row("processor time of a `ping`", "µs"),
    "account processor": bench.Row("of a `ping` with credentials", "µs"),
    "unauthorized processor": bench.Row("of a 401", "µs"),
    "request processor": bench.Row("of a tool with one HTTP request", "µs"),
    "resident": bench.Row("memory after the start", "MiB"),
    "stream": bench.Row("memory of an idle stream (GET) and its session", "KiB"),
    "listen": bench.Row("memory of an idle stream (`subscriptions/listen`)", "KiB"),
    "bytes": bench.Row("memory of an account that is signed in", "bytes"),
    "growth": bench.Row("growth over 100,000 calls", "MiB"),
    "clients": bench.Row("growth over 5,000 clients without a session", "MiB"),
    "start": bench.Row("start → listening", "ms"),
    "idle": bench.Row("wake-ups while idle", "1/s"),
}

Found = dict[str, dict[str, list[float]]]


class Medians:
    def __init__(self, found: Found):
        self.found = found

    def __call__(self, row: str, column: str = OURS) -> float | None:
        samples = self.found.get(row, {}).get(column)
        return statistics.median(samples) if samples else None

    def ratio(self, row: str, column: str) -> float | None:
        """How much better ours is than another."""
        ours, theirs = self(row), self(row, column)
        if ours is None or theirs is None:
            return None
        above, below = (ours, theirs) if ROWS[row].more_is_better else (theirs, ours)
        return above / below if below > 0 else None


@dataclasses.dataclass
class Aim:
    """What is aimed at; `value` is what was found, and `limit` the most or the least that it may be."""

    title: str
    value: Callable[[Medians], float | None]
    limit: Callable[[Medians], float | None]
    unit: str
    is_least: bool = False

    def line(self, of: Medians) -> str:
        value, limit = self.value(of), self.limit(of)
        if value is None or limit is None:
            return f"| {self.title} | – | – |"
        is_met = value >= limit if self.is_least else value <= limit
        return f"| {self.title} | {bench.shown(value)} {self.unit} | {'met' if is_met else 'not met'} |"


def percent(row: str) -> Callable[[Medians], float | None]:
    return lambda of: None if (ratio := of.ratio(row, "floor")) is None else ratio * 100


def difference(row: str, other: str) -> Callable[[Medians], float | None]:
    return lambda of: None if of(row) is None or of(other) is None else of(row) - of(other)


def share(row: str, other: str) -> Callable[[Medians], float | None]:
    return lambda of: None if of(row) is None or not of(other) else of(row) / of(other) * 100


def four_floors(of: Medians) -> float | None:
    floor, alone = of("median", "floor"), of("median", "back end")
    return None if floor is None or alone is None else 4 * floor + alone


def always(limit: float) -> Callable[[Medians], float | None]:
    return lambda of: limit


AIMS = [
    Aim("`ping`: at least 50 % of the floor", percent("ping"), always(50), "%", True),
    Aim("a tool without a request: at least 35 % of the floor", percent("constant"), always(35), "%", True),
    Aim("`tools/list`: at least 40 % of a floor that sends as many bytes", percent("list"), always(40), "%", True),
    Aim("a tool with one request: at least 20 times FastMCP", lambda of: of.ratio("request", "FastMCP"), always(20), "times", True),
    Aim("its median with one connection: at most four floors and the back end alone", lambda of: of("median"), four_floors, "µs"),
    Aim("credentials that are known: at most 5 µs", difference("account processor", "ping processor"), always(5), "µs"),
    Aim("a 401 costs less than a `ping` that is served", share("unauthorized processor", "account processor"), always(100), "% of it"),
    Aim("at most 12 MiB after the start", lambda of: of("resident"), always(12), "MiB"),
    Aim("at most 24 KiB for an idle stream (GET)", lambda of: of("stream"), always(24), "KiB"),
    Aim("at most 24 KiB for an idle stream (`subscriptions/listen`)", lambda of: of("listen"), always(24), "KiB"),
    Aim("10,000 accounts within 128 MiB", lambda of: None if of("bytes") is None else of("bytes") * 1e4 / 2**20, always(128), "MiB"),
    Aim("no growth over 100,000 calls", lambda of: of("growth"), always(0.5), "MiB"),
    Aim("nothing kept for a client without a session", lambda of: of("clients"), always(0.5), "MiB"),
    Aim("start → listening within 10 ms", lambda of: of("start"), always(10), "ms"),
    Aim("no wake-up while idle", lambda of: of("idle"), always(0), "1/s"),
]


def table(found: Found) -> str:
    of, columns = Medians(found), list(NAMES.values())
    lines = [f"| | | {' | '.join(columns)} | of the floor | better than FastMCP by |", "|---|---|" + "---|" * (len(columns) + 2)]
    for key, row in ROWS.items():
        cells = [bench.cell(found.get(key, {}).get(column, []), row.unit) for column in columns]
        share = percent(key)(of) if row.more_is_better else None
        better = of.ratio(key, "FastMCP")
        ratios = [f"{share:.0f} %" if share else "–", f"{bench.shown(better)}×" if better else "–"]
        lines.append(f"| {row.title} | {row.unit} | {' | '.join(cells + ratios)} |")
    return "\n".join(lines)


def section(found: Found, load: float) -> str:
    of = Medians(found)
    rounds = len(found["ping"][OURS])
    alone = of("median", "back end")
    aims = "\n".join(aim.line(of) for aim in AIMS)
    return f"""{BEGIN}
## Over HTTP

Written by `scripts/bench --http --write`; run it again rather than edit this part.

`oe-mcp-http`, beside the low-level server of Python's `mcp` and FastMCP, both on uvicorn, with the same four tools and the same
back end; the *floor* is a C program of a few lines that has libmicrohttpd send a constant. All limits are off. {rounds} interleaved
rounds with `wrk` on {os.cpu_count()} processors, of which it takes one; 16 connections where nothing else is said. The load of
the machine was {load:.1f} before. The back end alone takes {bench.shown(alone) if alone else "–"} µs. Trust the ratios before the figures.

{table(found)}

For `tools/list` the floor sends as many bytes as `oe-mcp-http` does. *A tool that answers with a constant* is one of
`conformance-server`, which is made with the same library. *Processor time* is that of the server, all threads and the kernel
included, for one request at full load.

| aim | found | |
|---|---|---|
{aims}
{END}
"""


def write(section: str) -> None:
    """Puts the section into the page, in the place of the one before."""
    page = bench.ROOT / "docs/Performance.md"
    page.write_text(put(section, page.read_text()))


def put(section: str, page: str) -> str:
    """Puts a section, which begins and ends with a line of its own, in the place of the one before, or at the end."""
    begin, *_, end = section.splitlines()
    return re.sub(f"\n*{begin}.*?{end}\n*", "\n\n", page, flags=re.DOTALL).rstrip("\n") + "\n\n" + section


def kept(page: str) -> str:
    """The sections of a page, as they are; nothing where there is none."""
    found = re.findall(r"<!-- bench --\w+ -->.*?<!-- end of bench --\w+ -->\n", page, flags=re.DOTALL)
    return "\n".join(found)
