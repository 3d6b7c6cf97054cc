"""Measures what signing in with OAuth costs oe-mcp-http: cached and new tokens, renewals, memory; interleaved in one run.

Run it with scripts/bench --oauth; `--write` puts the tables into docs/Performance.md. `--quick` asks less; what it finds
says only that everything can be measured.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import bench
import http_report
import http_subjects
import oauth_report
import oauth_subjects as subjects
from http_bench import Found, Load, say
from http_subjects import PING, Server
from oauth_report import DISK, FILE, MEMORY, TMPFS
from oauth_subjects import ALGORITHMS, PROXIED, IdentityProvider

SHARED_MEMORY = Path("/dev/shm")


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is asked."""

    rounds: int = 5
    seconds: int = 1
    # More than the server remembers: none is known any more when its turn comes again.
    tokens: int = 8_500
    verified: int = 500
    grants: int = 10_000
    # A grant is renewed thirty times a minute at most.
    renewed: int = 3_000
    flushing: float = 0.5


QUICK = Effort(rounds=1, tokens=200, verified=20, grants=1_000, renewed=1_000, flushing=0.1)


@dataclasses.dataclass
class TokenLoad(Load):
    """Each request has the next token of a file, where its body or a field says {token}."""

    tokens: Path = Path()

    @property
    def script(self) -> list[str | Path]:
        return [bench.ROOT / "Benchmarks/tokens.lua", self.tokens]

    def check(self) -> None:
        """The first of the tokens is used up where it is one that is renewed, and otherwise is the last from now on."""
        first, _, rest = self.tokens.read_text().partition("\n")
        fields = {name: value.replace("{token}", first) for name, value in self.fields.items()}
        body = self.body.replace(b"{token}", first.encode())
        Load(self.row, self.column, self.server, body, self.holds, fields=fields, path=self.path).check()
        self.tokens.write_text(rest if self.path == "/token" else f"{rest}{first}\n")


@dataclasses.dataclass
class SignedIn:
    """A server with its own page, and what those have who signed in there."""

    server: Server
    folder: Path
    client: str = ""
    tokens: list[dict[str, str]] = dataclasses.field(default_factory=list)

    def add(self, people: range) -> None:
        self.client = self.client or subjects.Visitor(self.server).register()
        self.tokens += subjects.sign_in(self.server, self.client, people)

    def renewals(self, column: str, connections: int) -> TokenLoad:
        path = self.folder / "renewed"
        if not path.exists():
            path.write_text("".join(each["refresh_token"] + "\n" for each in self.tokens))
        body = f"grant_type=refresh_token&refresh_token={{token}}&client_id={self.client}".encode()
        row = "renewals" if connections > 1 else "renewal"
        fields = subjects.FORM | PROXIED
        return TokenLoad(row, column, self.server, body, "refresh_token", connections, fields, path="/token", tokens=path)


def measure(effort: Effort) -> Found:
    found: Found = defaultdict(lambda: defaultdict(list))
    with contextlib.ExitStack() as stack:
        back_end = stack.enter_context(bench.BackEnd(0))
        provider = stack.enter_context(IdentityProvider(*ALGORITHMS))
        signed = {name: stack.enter_context(signing_in(back_end, name)) for name in stores()}
        for name, each in signed.items():
            sign_in(each, name, effort, found)
        servers = {
            "local": stack.enter_context(http_subjects.ours("local", back_end, MCP_HTTP_STATELESS="true")),
            "credentials": stack.enter_context(http_subjects.ours("remote_credentials", back_end)),
            "provider": stack.enter_context(subjects.with_provider(back_end, provider)),
        }
        say(f"{effort.tokens:,} tokens of each kind")
        tokens = {key.algorithm: subjects.tokens(provider, key, effort.tokens) for key in provider.keys}
        every = [*cached(servers, tokens["RS256"][0], signed[MEMORY]), *new(servers["provider"], tokens)]
        every += [each.renewals(name, connections) for name, each in signed.items() for connections in (1, 16)]
        for load in every:
            load.check()
        for number in range(effort.rounds):
            say(f"round {number + 1} of {effort.rounds}")
            for load in every:
                load.run(effort.seconds, found)
            compare(provider, tokens, effort, found)
            times = subjects.flushes(bench.MADE, effort.flushing)
            found["renewal"][DISK].append(statistics.median(times))
            found["renewal rate"][DISK].append(len(times) / effort.flushing)
    return found


def stores() -> list[str]:
    return [FILE, TMPFS, MEMORY] if SHARED_MEMORY.is_dir() else [FILE, MEMORY]


@contextlib.contextmanager
def signing_in(back_end: dict[str, str], name: str) -> Iterator[SignedIn]:
    """A server with its own page, which keeps sign-ins where the column says."""
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY if name == TMPFS else bench.MADE) as folder:
        with subjects.with_page(back_end, "memory" if name == MEMORY else f"file:{folder}/sign-ins") as server:
            yield SignedIn(server, Path(folder))


def sign_in(signed: SignedIn, name: str, effort: Effort, found: Found) -> None:
    """As many as are renewed later; where it is weighed, all: half as many people, twice, once a few have been there."""
    if name == TMPFS:
        say(f"{effort.renewed:,} sign-ins, {name}")
        return signed.add(range(effort.renewed))
    say(f"{effort.grants:,} sign-ins, {name}")
    few, half = effort.grants // 20, effort.grants // 2
    weights = [signed.server.resident()]
    for people in (range(few), range(few, few + half), range(few, few + half)):
        signed.add(people)
        weights.append(signed.server.resident())
    started, before, between, after = weights
    for row, weight in (("started", started), ("before", before), ("after", after)):
        found[row][name].append(weight / 1024)
    found["first"][name].append((between - before) * 1024 / half)
    found["further"][name].append((after - between) * 1024 / half)
    size = sum(path.stat().st_size for path in signed.folder.rglob("*") if path.is_file())
    if size:
        found["written"][name].append(size / 2**20)


def cached(servers: dict[str, Server], token: str, signed: SignedIn) -> list[Load]:
    """The same request of someone who is known, by what it brings."""
    pairs = http_subjects.credentials()
    own = signed.tokens[0]["access_token"]
    asked = [
        ("local", servers["local"], {}),
        ("credentials", servers["credentials"], pairs),
        ("provider", servers["provider"], bearer(token)),
        ("own", signed.server, bearer(own)),
    ]
    return [
        Load(row, column, server, PING, "result", connections, PROXIED | fields)
        for column, server, fields in asked
        for row, connections in (("cached", 16), ("cached median", 1))
    ]


def new(server: Server, tokens: dict[str, list[str]]) -> list[Load]:
    """The same request with another token each time."""
    loads: list[Load] = []
    for algorithm, texts in tokens.items():
        path = bench.MADE / f"tokens-{algorithm}"
        path.write_text("".join(f"{text}\n" for text in texts))
        for row, connections in (("new", 16), ("new median", 1)):
            fields = PROXIED | bearer("{token}")
            loads.append(TokenLoad(row, algorithm, server, PING, "result", connections, fields, tokens=path))
    return loads


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def compare(provider: IdentityProvider, tokens: dict[str, list[str]], effort: Effort, found: Found) -> None:
    """The same tokens, verified by others."""
    for key in provider.keys:
        texts = tokens[key.algorithm][: effort.verified]
        found["pyjwt"][key.algorithm].append(subjects.by_pyjwt(provider, key, texts))
        found["signature"][key.algorithm].append(subjects.by_openssl(key, texts))


if __name__ == "__main__":
    load_before = os.getloadavg()[0]
    result = measure(QUICK if "--quick" in sys.argv[1:] else Effort())
    section = oauth_report.section(result, load_before)
    print(section)
    if "--write" in sys.argv[1:]:
        http_report.write(section)
