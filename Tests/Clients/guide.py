"""The snippets of docs/Remote.md, so that what people copy from it is what is tested."""

from __future__ import annotations

import re

from wire import ROOT

BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", (ROOT / "docs/Remote.md").read_text(), re.M | re.S)
HOST = "mcp.example.com"


def snippet(holding: str, kind: str = "") -> str:
    """The one block of this kind that holds this text."""
    blocks = [block for found, block in BLOCKS if found == kind and holding in block]
    assert len(blocks) == 1, f"{len(blocks)} blocks of kind {kind!r} hold {holding!r}"
    return blocks[0]


def replaced(text: str, changes: dict[str, str]) -> str:
    """With each of these, which must be there, replaced."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in {text!r}"
        text = text.replace(old, new)
    return text


def settings(holding: str) -> dict[str, str]:
    """The settings of a block, name by name."""
    return dict(line.split("=", 1) for line in snippet(holding, "sh").splitlines() if line)
