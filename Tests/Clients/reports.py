"""What `doctor` has written for people, read line by line."""

from __future__ import annotations

import re

LINE = re.compile(r"^(ok|warn|FAIL|skip) +(\S.*?)  +(.*)$")


def findings(text: str) -> dict[str, tuple[str, str]]:
    """By the name of each check its mark and what follows; of checks of one name the worst."""
    order = ["skip", "ok", "warn", "FAIL"]
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        if match := LINE.match(line):
            mark, name, words = match.groups()
            if name not in found or order.index(mark) > order.index(found[name][0]):
                found[name] = (mark, words)
    return found
