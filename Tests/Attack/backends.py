"""Hostile back ends. An input is one reply that is not what OvalEdge would say; calls are those that work, and a few that do not."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import calls
import hostile
import needles
import replies
from arguments import schemas_of
from backend import EXCHANGE, BackEnd, Bytes, Request, SampleCatalog, reply
from people import MODERN, People
from target import Ended, Lab, Target, each

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Clients"))
from stand_in import jwt  # noqa: E402
from wire import clean_environment  # noqa: E402

CREDENTIALS = {"OVALEDGE_USER_TOKEN": needles.USER_TOKEN, "OVALEDGE_USER_SECRET": needles.USER_SECRET}
SETTINGS = CREDENTIALS | {
    "OVALEDGE_ALLOW_WRITES": "all", "OVALEDGE_TIMEOUT_SECONDS": 3, "OVALEDGE_CALL_DEADLINE_SECONDS": 8, "OVALEDGE_MAX_RETRIES": 1,
    "OVALEDGE_CACHE_SECONDS": 0, "OVALEDGE_LOG_HTTP_REQUESTS": "true", "LOG_LEVEL": "debug",
}
AT_ONCE = 32


def attack(lab: Lab, rng: random.Random, inputs: int) -> None:
    with sample_catalog(lab) as catalog:
        # A program that asks nothing of its back end meets no input.
        for _ in range(max(2, inputs // 100)):
            if lab.tally.inputs >= inputs or lab.is_enough:
                break
            try:
                _sign_in(lab, rng)
                _session(lab, rng, catalog, min(inputs - lab.tally.inputs, 600))
            except Ended:
                continue


@contextmanager
def sample_catalog(lab: Lab) -> Iterator[SampleCatalog]:
    command = lab.programs["oe-mcp-http"] + ["sandbox", "--port", "0"]
    environment = clean_environment(lab.folder)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=lab.folder, text=True) as sandbox:
        try:
            yield SampleCatalog(sandbox.stdout.readline().strip())
        finally:
            sandbox.kill()


class Hostile:
    """Answers from the sample catalog; a share of the replies is hostile, the same ones for the same requests."""

    def __init__(self, lab: Lab, rng: random.Random, catalog: SampleCatalog, people: People | None):
        self.lab, self.catalog, self.people = lab, catalog, people
        self.seed = rng.random()
        self.share = rng.choice((0.1, 0.3, 0.6, 1.0))
        # Most stay as they are, so that a change is the same before and after it was agreed to.
        self.is_moody = rng.random() < 0.2
        self.session = jwt("attack", None, number=rng.randrange(10**9))
        self.secrets = [*needles.SECRETS, self.session]
        self._count = 0
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Bytes:
        if request.path.endswith(EXCHANGE):
            return reply(200, json.dumps({"token": self.session}).encode())
        if self.people:
            self.people.seen(request.method, request.path, request.body)
        with self._lock:
            self._count += 1
            mood = self._count if self.is_moody else 0
        what = hashlib.sha256(request.body + request.path.encode() + request.query.encode()).hexdigest()
        rng = random.Random(f"{self.seed}/{what}/{mood}")
        status, body = self.catalog.ask(request, "/ovaledge")
        if rng.random() >= self.share:
            return reply(status, body)
        with self._lock:
            self.lab.tally.inputs += 1
        answer = replies.hostile_reply(request, status, body, rng, self.secrets)
        if self.people and replies.refuses_token(answer):
            self.people.token_refused(request.path, request.body)
        return answer


def _session(lab: Lab, rng: random.Random, catalog: SampleCatalog, inputs: int) -> None:
    has_session = rng.random() < 0.7
    people = People(lab, rng, has_forms=not has_session or rng.random() < 0.5, counts=False, has_session=has_session)
    played = Hostile(lab, rng, catalog, people)
    generation = rng.choice(("auto", "consolidated", "consolidated", "transition", "classic"))
    end = lab.tally.inputs + inputs
    with BackEnd(played.answer) as back_end:
        settings = SETTINGS | {"OVALEDGE_BASE_URL": back_end.url, "OVALEDGE_API_GENERATION": generation, "OVALEDGE_TOKEN_STORE": "false"}
        if rng.random() < 0.3:
            played.secrets.append(needles.PROXY_PASSWORD)
            lab.secrets = [*needles.SECRETS, needles.PROXY_PASSWORD]
            settings |= {"OVALEDGE_PROXY": f"http://user:{needles.percent(needles.PROXY_PASSWORD)}@127.0.0.1:{back_end.port}", "NO_PROXY": ""}
        target = Target(lab, **settings)
        lab.secrets = list(needles.SECRETS)
        people.start(target)
        schemas = schemas_of(target, people)
        for some in each(lab, range(inputs * 4), AT_ONCE):
            for _ in some:
                ask(target, people, rng, schemas)
            target.settle(20)
            while people.again(target):
                target.settle(20)
            if lab.tally.inputs >= end:
                break
        target.close()


def ask(target: Target, people: People, rng: random.Random, schemas: dict[str, dict]) -> None:
    """One call, or a resource, a prompt's completion."""
    meta = {} if people.has_session else {"_meta": MODERN}
    draw = rng.random()
    if draw < 0.85:
        tool, given = calls.write(rng) if rng.random() < 0.5 else rng.choice(calls.READS)
        if rng.random() < 0.1 and tool in schemas:
            given = hostile.changed(given, schemas[tool], rng)
        people.call(target, tool, given)
    elif draw < 0.95:
        kind = rng.choice(("catalog/table", "catalog/file", "governance/glossary-term", "governance/data-story", "governance/tag"))
        target.post("resources/read", {"uri": f"ovaledge://{kind}/{rng.choice((501, 332, 353, 365, 601))}"} | meta)
    else:
        given = {"name": rng.choice(("asset_name", "term", "tag_name", "name")), "value": rng.choice(("o", "sales", "r"))}
        prompt = rng.choice(("trust_assessment", "explain_business_term", "explain_tag", "trace_data_lineage"))
        target.post("completion/complete", {"ref": {"type": "ref/prompt", "name": prompt}, "argument": given} | meta)


# Sign-ins


def odd_tokens(rng: random.Random) -> object:
    """What a sign-in may say instead of a token."""
    odd = [
        "jsonrpc", "result", "2.0", "id", 123456, 1, -1, 1e300, True, None, [], {}, "", " ", "a", "null", "tools", "content", "text", "isError",
        "x" * 9000, "a b", "a\r\nX: y", "\u00fc" * 20, "\ud83d", "Bearer ", "bearer abcdefghijklmnop", "eyJ.eyJ.x", "..", "a.b.c",
        jwt("x", 1), jwt("x", 10**11), jwt("x", -5), _claims({"exp": 1e300}), _claims({"exp": "soon"}), _claims({"exp": -1e300}),
        _claims({"exp": None}), _claims([]), _claims({"exp": 10**30}), needles.USER_SECRET, needles.USER_TOKEN, "ovaledge", "asset_explorer",
    ]
    token = rng.choice(odd)
    return rng.choice((token, {"token": token}, {"result": token}, {"data": {"jwt": token}}, {"accessToken": token, "token": 7}, [token]))


def _claims(claims: object) -> str:
    import base64

    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJIUzI1NiJ9.{middle}.c2lnbmF0dXJl"


def _sign_in(lab: Lab, rng: random.Random) -> None:
    """Some processes, each with a back end that signs in oddly and repeats what it was given."""
    for _ in range(12):
        token = odd_tokens(rng)
        draw = rng.random()

        def answer(request: Request, token: object = token, draw: float = draw) -> Bytes:
            with lock:
                lab.tally.inputs += 1
            if not request.path.endswith(EXCHANGE):
                return reply(200, json.dumps({"ok": True, "data": {"items": [], "total": 0}}).encode())
            if draw < 0.7:
                return reply(200, hostile.json_text(token, rng).encode("utf-8", "replace"))
            return replies.echo(rng, needles.SECRETS) if draw < 0.85 else replies.no_reply(b'{"token":"abc"}', rng)

        lock = threading.Lock()
        with BackEnd(answer) as back_end:
            target = Target(lab, OVALEDGE_BASE_URL=back_end.url, OVALEDGE_TOKEN_STORE="false", **SETTINGS)
            target.hello()
            for tool, given in rng.sample(calls.READS, 3):
                target.post("tools/call", {"name": tool, "arguments": given})
            target.settle(10)
            target.post("tools/list")
            target.settle()
            target.close()
