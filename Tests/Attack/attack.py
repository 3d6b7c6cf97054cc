"""A permanent red team: it drives the built program with hostile input, and counts what gives way.

    python attack.py [PART ...] [--inputs N] [--seed S] [--round R] [--quick]

The exit code is 1 when anything was found; each finding is then in a file, with its input and with the seed and round
that bring it back.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import arguments  # noqa: E402
import backends  # noqa: E402
import catalog  # noqa: E402
import clients  # noqa: E402
import files  # noqa: E402
from tally import COUNTERS, Tally  # noqa: E402
from target import Lab  # noqa: E402
from wire import ROOT, program  # noqa: E402

# What attacks, how many inputs in a full run, and how many of them at most are one round.
PARTS = {
    "arguments": (arguments.attack, 90_000, 2500),
    "backends": (backends.attack, 50_000, 1500),
    "catalog": (catalog.attack, 14_000, 400),
    "clients": (clients.attack, 52_000, 2500),
    "files": (files.attack, 4_000, 100),
}


def one_round(
    part: str, number: int, seed: int, inputs: int, programs: dict[str, list[str]], until: float = float("inf")
) -> tuple[str, int, Tally | None, float]:
    """One share of a part, in a folder of its own; everything in it follows from the seed, the part and the number.

    Nothing instead of a tally: it was not started, because the time was over.
    """
    if time.time() > until:
        return part, number, None, 0
    folder = Path(tempfile.mkdtemp(prefix="attack-"))
    lab = Lab(part, number, programs, folder)
    start = time.monotonic()
    try:
        PARTS[part][0](lab, random.Random(f"{seed}/{part}/{number}"), inputs)
    except Exception:
        lab.found("broken", traceback.format_exc())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return part, number, lab.tally, time.monotonic() - start


def main() -> int:
    options = argparse.ArgumentParser(prog="scripts/attack", description="Attack the built program, and count what gives way.")
    options.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}; all when left out")
    options.add_argument("--inputs", type=int, help="about how many inputs in all")
    options.add_argument("--seed", type=int, default=1, help="what every choice follows from (default: 1)")
    options.add_argument("--round", type=int, help="only this round of the parts, as a finding names it")
    options.add_argument("--seconds", type=float, default=840, help="start no round after so many (default: 840)")
    options.add_argument("--quick", action="store_true", help="the small share that every change has to pass")
    given = options.parse_args()
    if unknown := [part for part in given.parts if part not in PARTS]:
        options.error(f"unknown part {unknown[0]}; the parts are {', '.join(PARTS)}")
    return run(given.parts or list(PARTS), given.inputs, given.seed, given.round, given.quick, time.time() + given.seconds)


def run(parts: list[str], inputs: int | None, seed: int, only: int | None, quick: bool, until: float) -> int:
    programs = {name: [program(name, variable)] for name, variable in (("oe-mcp", "OE_MCP"), ("oe-mcp-http", "OE_MCP_HTTP"))}
    whole = sum(PARTS[part][1] for part in parts)
    factor = inputs / whole if inputs else 0.02 if quick else 1
    jobs = []
    for part in parts:
        left, number = max(20, round(PARTS[part][1] * factor)), 0
        while left > 0:
            jobs.append((part, number, seed, min(left, PARTS[part][2]), programs, until))
            left, number = left - PARTS[part][2], number + 1
    if only is not None:
        jobs = [job for job in jobs if job[1] == only]
    # A run that time ends has tried a share of each part.
    jobs.sort(key=lambda job: job[1] / PARTS[job[0]][1] * PARTS[job[0]][2])
    unstarted = 0
    tallies = {part: Tally() for part in parts}
    seconds = dict.fromkeys(parts, 0.0)
    with ProcessPoolExecutor(int(os.environ.get("ATTACK_PROCESSES", 0)) or os.cpu_count() or 2) as pool:
        for done in as_completed([pool.submit(one_round, *job) for job in jobs]):
            part, number, tally, took = done.result()
            seconds[part] += took
            if tally is None:
                unstarted += 1
                continue
            tallies[part].add(tally)
            for finding in tally.findings:
                print(f"✗ {part}, round {number}: {finding.counter}: {finding.says[:300]}", flush=True)
    if unstarted:
        print(f"Time was over before {unstarted} of {len(jobs)} rounds. Run the parts one by one, or raise --seconds.")
    return report(tallies, seconds, seed) or int(unstarted > 0)


def report(tallies: dict[str, Tally], seconds: dict[str, float], seed: int) -> int:
    total = Tally()
    for part, tally in tallies.items():
        total.add(tally)
        print(f"{part}: {tally.text}; at most {tally.peak >> 20} MiB, {seconds[part]:.0f} s")
    if total.findings:
        folder = ROOT / ".build" / "attack"
        shutil.rmtree(folder, ignore_errors=True)
        total.save(folder, seed)
        print(f"Each finding is in {folder.relative_to(ROOT)}, with its input, seed and round.")
        for name in COUNTERS:
            if total.counts[name]:
                print(f"  {name}: {COUNTERS[name]}")
    print(f"\n{total.text}")
    return 1 if total.findings or not total.inputs else 0


if __name__ == "__main__":
    sys.exit(main())
