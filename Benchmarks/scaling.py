"""What so many people cost in instances, commands of the store and exchanges: a simulation, and the table of docs/Scaling.md.

    python Benchmarks/scaling.py

People call in bursts, as a model does for them; every call goes to any instance, whichever was last. What one of them costs
follows from the events; each figure it rests on is named below with where it was measured.
"""

from __future__ import annotations

import dataclasses
import math
import random

# Measured: docs/Performance.md, "Over HTTP".
PROCESSOR_SECONDS_PER_CALL = 247e-6
BYTES_PER_ACCOUNT = 3_348
# Measured: docs/Scaling.md, "What it rests on".
COMMANDS_PER_EXCHANGE = 7
COMMANDS_PER_ADOPTION = 1
STORE_COMMANDS_PER_SECOND = 40_000

# Assumed, and what to change where it is otherwise.
TOKEN_LIFE = 3600.0
RENEWAL = 60.0
BURSTS_PER_HOUR = 6.0
CALLS_PER_BURST = 8
SECONDS_BETWEEN_CALLS = 4.0
PROCESSORS = 2
BUSY = 0.5
# CREDENTIALS_CACHE_MAX_ENTRIES: who is not among them when they come back is signed in from the store.
ACCOUNTS_PER_INSTANCE = 100_000
HOURS = 8.0
SAMPLE = 400


@dataclasses.dataclass
class Costs:
    """Of one person in all hours."""

    calls: int = 0
    exchanges: int = 0
    adoptions: int = 0
    stolen: int = 0


def calls(rng: random.Random) -> list[float]:
    """The moments at which one person's model calls."""
    moments, burst = [], rng.expovariate(BURSTS_PER_HOUR / 3600)
    while burst < HOURS * 3600:
        moment = burst
        for _ in range(CALLS_PER_BURST):
            moments.append(moment)
            moment += rng.expovariate(1 / SECONDS_BETWEEN_CALLS)
        burst = max(burst + rng.expovariate(BURSTS_PER_HOUR / 3600), moment)
    return moments


def live(moments: list[float], instances: int, kept: float, rng: random.Random) -> Costs:
    """One person on so many instances, with the store and, in the same run, without one.

    With it, an instance without the newest token reads it; the first after its renewal exchanges. Without it, an instance
    exchanges whenever it has none or another has ended the one it has. An account is forgotten that was not used for `kept`
    seconds, since others have taken its place.
    """
    costs = Costs(calls=len(moments))
    token, born, held, used = 0, -math.inf, {}, {}
    alone, owner, theirs = -math.inf, None, {}
    for moment in moments:
        place = rng.randrange(instances)
        if moment - used.get(place, -math.inf) > kept:
            held.pop(place, None)
            theirs.pop(place, None)
        used[place] = moment
        if moment - born >= TOKEN_LIFE - RENEWAL:
            token, born = token + 1, moment
            costs.exchanges += 1
        elif held.get(place) != token:
            costs.adoptions += 1
        held[place] = token
        if owner != place or moment - theirs.get(place, -math.inf) >= TOKEN_LIFE - RENEWAL:
            costs.stolen += 1
            owner, theirs[place] = place, moment
    return costs


def needed(calls_per_second: float) -> int:
    """By processor time; two at least, so that one can be replaced."""
    return max(2, math.ceil(calls_per_second * PROCESSOR_SECONDS_PER_CALL / (PROCESSORS * BUSY)))


def row(people: int) -> list[str]:
    rng = random.Random(people)
    sample = min(people, SAMPLE)
    days = [calls(rng) for _ in range(sample)]
    rate = sum(len(day) for day in days) / sample * people / (HOURS * 3600)
    instances = needed(rate)
    # At most as many others have come in this time as there are places.
    kept = math.inf if people <= ACCOUNTS_PER_INSTANCE else ACCOUNTS_PER_INSTANCE / (rate / instances)
    costs = [live(day, instances, kept, rng) for day in days]

    def total(name: str) -> float:
        return sum(getattr(each, name) for each in costs) / sample * people

    commands = total("exchanges") * COMMANDS_PER_EXCHANGE + total("adoptions") * COMMANDS_PER_ADOPTION
    per_second = commands / (HOURS * 3600)
    return [
        f"{people:,}",
        f"{rate:,.0f}",
        f"{instances}",
        f"{min(people, ACCOUNTS_PER_INSTANCE) * BYTES_PER_ACCOUNT / 2**20:,.1f} MiB",
        f"{total('exchanges') / HOURS:,.0f}",
        f"{total('stolen') / HOURS:,.0f}",
        f"{per_second:,.1f}",
        f"{per_second / STORE_COMMANDS_PER_SECOND:.2%}",
    ]


HEAD = [
    "people", "calls a second", "instances", "memory of accounts on each", "exchanges an hour",
    "exchanges an hour without a store", "store commands a second", "of what one store can do",
]  # fmt: skip


def table() -> str:
    rows = [HEAD, ["---"] * len(HEAD)] + [row(people) for people in (100, 10_000, 1_000_000)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


if __name__ == "__main__":
    print(table())
