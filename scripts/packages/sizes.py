"""Which part of a program has how many of its bytes, by the linker's map."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator
from pathlib import Path

# Sections that take no room in the file.
EMPTY = (".bss", ".tbss")
# What the linker makes of all parts together.
TABLES = {
    "** eh_frame": "how to unwind the stack",
    "** eh_frame_hdr": "where to look for that",
    "** dynamic relocs": "addresses that the loader sets",
    "** merge strings": "texts that stand in several modules",
}
REST = "headers, and what else the linker adds"
NAME = r"\*\* \S+(?: \S+)*|\S+"
CONTRIBUTION = re.compile(rf"^ ({NAME})?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?: (\S.*))?$")


def table(program: Path, map_file: Path) -> str:
    """Rows of the largest parts first: bytes, share of the file, name."""
    if not map_file.exists():
        raise SystemExit(f"{map_file} is missing: the linker writes it on Linux. Build {program.name} there with scripts/build.")
    parts = shares(map_file.read_text(errors="replace").splitlines())
    whole = program.stat().st_size
    rest = whole - sum(parts.values())
    parts[REST] += rest
    rows = parts.most_common()
    lines = [f"{size:>12,} {100 * size / whole:>6.1f} %  {name}" for name, size in rows]
    return "\n".join([f"{program.name}: {whole:,} bytes", *lines])


def shares(lines: list[str]) -> collections.Counter[str]:
    """The bytes of each module, library and table of the whole program."""
    sizes: collections.Counter[str] = collections.Counter()
    for section, size, origin in contributions(lines):
        if not section.startswith(EMPTY):
            sizes[part(section, origin)] += size
    return sizes


def contributions(lines: list[str]) -> Iterator[tuple[str, int, str | None]]:
    """The section, the bytes and the object file of each piece. A long name of a section has a line of its own."""
    begun = lines.index("Memory map")
    name = ""
    for line in lines[begun:]:
        if re.fullmatch(f" (?:{NAME})", line):
            name = line.strip()
        elif found := CONTRIBUTION.match(line):
            section = found[1] or name
            if section and int(found[2], 16):
                yield section, int(found[3], 16), found[4]
            name = ""


def part(section: str, origin: str | None) -> str:
    if origin is None:
        return TABLES.get(section, REST)
    if module := re.search(r"/([^/]+)\.build/", origin):
        return module[1]
    if archive := re.search(r"/([^/]+)\.a\(", origin):
        return f"{archive[1]}.a"
    return REST
