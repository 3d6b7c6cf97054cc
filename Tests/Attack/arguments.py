"""Hostile arguments for every tool, in the sandbox, with writes allowed and agreed to. An input is one call."""

from __future__ import annotations

import random

import calls
from people import MODERN, People
from target import Ended, Lab, Target, each

REVISIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
AT_ONCE = 64


def attack(lab: Lab, rng: random.Random, inputs: int) -> None:
    while lab.tally.inputs < inputs and not lab.is_enough:
        try:
            _session(lab, rng, min(inputs - lab.tally.inputs, 4000))
        except Ended:
            continue


def _session(lab: Lab, rng: random.Random, inputs: int) -> None:
    has_session = rng.random() < 0.7
    has_forms = not has_session or rng.random() < 0.5
    people = People(lab, rng, has_forms=has_forms, has_sandbox=True, has_session=has_session)
    target = Target(
        lab, "--sandbox", OVALEDGE_ALLOW_WRITES="all", OVALEDGE_CALL_DEADLINE_SECONDS=10, OVALEDGE_CACHE_SECONDS=rng.choice((0, 30)),
        OVALEDGE_ANSWER_TOKENS=rng.choice((1000, 8000, 8000, 1_000_000)), LOG_LEVEL="debug",
    )
    people.start(target, REVISIONS[0] if has_forms else rng.choice(REVISIONS))
    schemas = schemas_of(target, people)
    end = lab.tally.inputs + inputs
    for some in each(lab, range(inputs), AT_ONCE):
        for _ in some:
            people.call(target, *calls.any_call(rng, schemas))
        target.settle()
        while people.again(target):
            target.settle()
        if lab.tally.inputs >= end:
            break
    target.close()


def schemas_of(target: Target, people: People) -> dict[str, dict]:
    """The schema of every tool's arguments, as the program lists them."""
    found: dict[str, dict] = {}

    def take(reply: dict) -> None:
        found.update((tool["name"], tool["inputSchema"]) for tool in reply["result"]["tools"])

    target.post("tools/list", {} if people.has_session else {"_meta": MODERN}, take)
    target.settle()
    return found
