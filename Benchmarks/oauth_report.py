"""The tables and the aims that scripts/bench --oauth puts into docs/Performance.md, between two lines of its own."""

from __future__ import annotations

import dataclasses
import os
import statistics
from collections.abc import Callable

import bench
from http_report import Found

BEGIN, END = "<!-- bench --oauth -->", "<!-- end of bench --oauth -->"
FILE, TMPFS, MEMORY, DISK = "file", "file, without a disk", "memory", "`fdatasync` alone"

CALLERS = {
    "local": "mode `local`",
    "credentials": "credentials",
    "provider": "token of an identity provider",
    "own": "token of its own",
}
KINDS = {"RS256": "RS256 (2048 bits)", "ES256": "ES256", "EdDSA": "EdDSA (Ed25519)"}
PLACES = {name: name for name in (FILE, TMPFS, MEMORY, DISK)}
WEIGHED = {name: name for name in (FILE, MEMORY)}

Samples = Callable[[Found, str], list[float]]


@dataclasses.dataclass
class Row:
    """One line of a table: how it reads, its unit, and what was found for a column."""

    title: str
    unit: str
    samples: Samples


def of(row: str) -> Samples:
    return lambda found, column: found.get(row, {}).get(column, [])


def more(row: str, column: str, base: str, other: str) -> Callable[[Found], list[float]]:
    """By how much a row is above another one, round by round."""
    return lambda found: [ours - theirs for ours, theirs in zip(of(row)(found, column), of(base)(found, other), strict=True)]


def above(row: str, base: str, other: str) -> Samples:
    """The same for each column; those of callers are compared with the ones before them."""
    order = list(CALLERS)

    def samples(found: Found, column: str) -> list[float]:
        is_before = column in order and order.index(column) <= order.index(other)
        return [] if is_before else more(row, column, base, other)(found)

    return samples


ADDED = above("new processor", "cached processor", "provider")
KNOWN = [
    Row("`ping`, 16 connections", "1/s", of("cached")),
    Row("processor time of one", "µs", of("cached processor")),
    Row("… more than in mode `local`", "µs", above("cached processor", "cached processor", "local")),
    Row("… more than with credentials", "µs", above("cached processor", "cached processor", "credentials")),
    Row("one connection, median", "µs", of("cached median")),
    Row("… more than in mode `local`", "µs", above("cached median", "cached median", "local")),
    Row("… more than with credentials", "µs", above("cached median", "cached median", "credentials")),
]
NEW = [
    Row("`ping` with a new token, 16 connections", "1/s", of("new")),
    Row("processor time of one", "µs", of("new processor")),
    Row("… more than with a known token", "µs", ADDED),
    Row("processor time of PyJWT for the same tokens", "µs", of("pyjwt")),
    Row("of OpenSSL for their signatures alone, called from Python", "µs", of("signature")),
    Row("one connection, median", "µs", of("new median")),
    Row("… more than with a known token", "µs", above("new median", "cached median", "provider")),
]
RENEWED = [
    Row("16 connections", "1/s", of("renewals")),
    Row("processor time of one", "µs", of("renewals processor")),
    Row("one connection", "1/s", of("renewal rate")),
    Row("one connection, median", "µs", of("renewal")),
]
HELD = [
    Row("after the start", "MiB", of("started")),
    Row("after 500 sign-ins", "MiB", of("before")),
    Row("after 10,000 more, of 5,000 people", "MiB", of("after")),
    Row("of a person's first grant and of what is kept of the person", "bytes", of("first")),
    Row("of a person's next grant", "bytes", of("further")),
    Row("size of the file", "MiB", of("written")),
]

TABLES = [(KNOWN, CALLERS), (NEW, KINDS), (RENEWED, PLACES), (HELD, WEIGHED)]


def table(rows: list[Row], columns: dict[str, str], found: Found) -> str:
    lines = [f"| | | {' | '.join(columns.values())} |", "|---|---|" + "---|" * len(columns)]
    for row in rows:
        cells = [bench.cell(row.samples(found, column), row.unit) for column in columns]
        lines.append(f"| {row.title} | {row.unit} | {' | '.join(cells)} |")
    return "\n".join(lines)


@dataclasses.dataclass
class Aim:
    """What is aimed at, of a median at most."""

    title: str
    samples: Callable[[Found], list[float]]
    limit: float
    unit: str

    def line(self, found: Found) -> str:
        if not (samples := self.samples(found)):
            return f"| {self.title} | – | – |"
        value = statistics.median(samples)
        return f"| {self.title} | {bench.shown(value)} {self.unit} | {'met' if value <= self.limit else 'not met'} |"


def cached(column: str, what: str) -> Aim:
    samples = more("cached processor", column, "cached processor", "local")
    return Aim(f"a known token {what} adds at most 10 µs to a request", samples, 10, "µs")


def held(column: str, people: str, *rows: str) -> Aim:
    """Each of the rows has the same share of the grants."""

    def samples(found: Found) -> list[float]:
        each = zip(*(of(row)(found, column) for row in rows), strict=True)
        return [statistics.mean(sizes) * 1e4 / 2**20 for sizes in each]

    return Aim(f"10,000 grants of {people} people within 64 MiB, {column}", samples, 64, "MiB")


AIMS = [
    cached("provider", "of an identity provider"),
    cached("own", "of its own"),
    Aim("a new RS256 token adds at most 120 µs", lambda found: ADDED(found, "RS256"), 120, "µs"),
    held(FILE, "5,000", "first", "further"),
    held(MEMORY, "5,000", "first", "further"),
    held(FILE, "as many", "first"),
    held(MEMORY, "as many", "first"),
]


def section(found: Found, load: float) -> str:
    known, new, renewed, held_in = (table(rows, columns, found) for rows, columns in TABLES)
    aims = "\n".join(aim.line(found) for aim in AIMS)
    return f"""{BEGIN}
## Signing in with OAuth

Written by `scripts/bench --oauth --write`; run it again rather than edit this part.

Medians of {len(found["cached"]["own"])} interleaved rounds with `wrk` on {os.cpu_count()} processors, of which it takes one;
the load of the machine was {load:.1f} before. *Processor time* is that of the server at full load, all threads and the kernel
included. What is *more* is the difference within each round.

The same `ping` of a person who is known: without any sign-in, with a token and secret of OvalEdge in header fields
(`remote_credentials`), with an access token (JWT, RS256) of an identity provider (`remote`), and with one of `oe-mcp-http` itself
(`remote_login`).

{known}

With a token of an identity provider that was never seen, or so long ago that it is known no more: its signature and claims are
verified, and what is asked of OvalEdge from then on is asked with it.

{new}

Renewals at `/token`: each takes a refresh token and gives a new one and an access token, and is answered once that is on the
disk. The grants are many, so that none waits for another; those that come at the same time reach the disk together. *Without a
disk*: a file on tmpfs. `fdatasync` alone is a loop that adds 1 KiB to a file on the same disk.

{renewed}

Memory of `oe-mcp-http` after so many sign-ins at the page, each with an access token and a refresh token. All people have a
credential of their own; of each there is an account with its session token of OvalEdge, too, as in mode `remote_credentials`.

{held_in}

| aim | found | |
|---|---|---|
{aims}
{END}
"""
