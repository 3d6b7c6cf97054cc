"""What an attack counts, and what it keeps of a finding so that it can be repeated."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

# Every counter but `inputs` has to stay at zero.
COUNTERS = {
    "crashes": "the program ended by a signal, or ended although it was not told to",
    "hangs": "no answer to a ping, to a call after its deadline, or to the end of the input",
    "leaks": "a secret in standard output or standard error, literally or in a usual encoding",
    "invalid": "a frame that is not JSON-RPC, answers nothing that was asked, or shows raw control characters",
    "unconfirmed": "a request to a writing endpoint whose body no person agreed to, or a write that says it happened",
    "memory": "more resident memory than an attack may cost",
    "slow": "processor time that grows faster than the text it is spent on",
    "unnoticed": "an audit log that was changed, and passes as verified",
    "broken": "the attack itself failed",
}


@dataclass
class Finding:
    counter: str
    part: str
    round: int
    says: str
    input: str = ""


@dataclass
class Tally:
    """The inputs tried and what was found with them; tallies of several rounds add up."""

    inputs: int = 0
    peak: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.inputs += other.inputs
        self.peak = max(self.peak, other.peak)
        self.counts += other.counts
        self.findings += other.findings

    def found(self, finding: Finding) -> None:
        self.counts[finding.counter] += 1
        self.findings.append(finding)

    @property
    def text(self) -> str:
        return ", ".join([f"{self.inputs} inputs", *(f"{self.counts[name]} {name}" for name in COUNTERS)])

    def save(self, folder: Path, seed: int) -> list[Path]:
        """Write one file for each finding; returns their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, finding in enumerate(self.findings, 1):
            path = folder / f"{finding.part}-{seed}-{number}.json"
            path.write_text(json.dumps({"seed": seed, **vars(finding)}, indent=1))
            paths.append(path)
        return paths
