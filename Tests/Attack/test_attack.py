"""Each counter of the red team counts: a server with one fault is found out, and one without is left in peace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import attack  # noqa: E402
import catalog  # noqa: E402
import needles  # noqa: E402
import target  # noqa: E402
from tally import COUNTERS, Tally  # noqa: E402
from wire import program  # noqa: E402

FAKE = str(Path(__file__).resolve().parent / "fake_server.py")
# The fault; the part, its round and its inputs that meet it; the counter.
FAULTS = [
    ("crash", "arguments", 0, 60, "crashes"),
    ("leave", "arguments", 0, 60, "crashes"),
    ("hang", "arguments", 0, 60, "hangs"),
    ("stays", "arguments", 0, 60, "hangs"),
    ("no JSON", "arguments", 0, 60, "invalid"),
    ("unasked", "arguments", 0, 60, "invalid"),
    ("controls", "arguments", 0, 60, "invalid"),
    ("says that it wrote", "arguments", 0, 60, "unconfirmed"),
    ("memory", "arguments", 0, 60, "memory"),
    ("leak", "backends", 0, 60, "leaks"),
    ("writes", "backends", 0, 60, "unconfirmed"),
    ("slow", "catalog", 0, 9, "slow"),
    ("trusts", "files", 2, 10, "unnoticed"),
]


def attacked(fault: str, part: str, number: int, inputs: int) -> Tally:
    programs = {"oe-mcp": [sys.executable, "-B", FAKE, fault], "oe-mcp-http": [program("oe-mcp-http", "OE_MCP_HTTP")]}
    return attack.one_round(part, number, 7, inputs, programs)[2]


@pytest.mark.parametrize(("fault", "part", "number", "inputs", "counter"), FAULTS)
def test_a_planted_fault_is_counted(
    fault: str, part: str, number: int, inputs: int, counter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What hangs is waited for; what is slow has to end by itself, however busy the machine is.
    monkeypatch.setattr(target, "PATIENCE", 3.0 if counter == "hangs" else 120.0)
    monkeypatch.setattr(catalog, "SIZES", [20_000, 40_000, 80_000])
    tally = attacked(fault, part, number, inputs)
    assert tally.counts[counter] > 0, tally.text
    assert all(tally.counts[name] == 0 for name in COUNTERS if name != counter), tally.findings
    assert tally.findings[0].says and tally.findings[0].part == part


def test_a_server_without_a_fault_is_left_in_peace() -> None:
    tally = attacked("none", "arguments", 0, 200)
    assert tally.inputs >= 200 and not tally.findings, tally.findings


def test_a_finding_is_kept_with_what_repeats_it(tmp_path: Path) -> None:
    tally = attacked("controls", "arguments", 0, 20)
    saved = [path.read_text() for path in tally.save(tmp_path, 7)]
    assert len(saved) == len(tally.findings) and all('"seed": 7' in text and '"round": 0' in text for text in saved)


def test_every_encoding_of_a_secret_is_recognised() -> None:
    betraying = needles.of(needles.USER_SECRET)
    for name, encode in needles.ENCODINGS.items():
        said = encode(needles.USER_SECRET).encode()
        assert any(needle in said for needle in betraying), name


def test_the_same_seed_makes_the_same_inputs() -> None:
    first, second = (attacked("controls", "arguments", 0, 30).findings for _ in range(2))
    assert sorted(finding.says for finding in first) == sorted(finding.says for finding in second)
