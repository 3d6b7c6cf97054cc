"""Release notes, from the template in parts/notes.md and the entries of CHANGELOG.md."""

from __future__ import annotations

import re
from pathlib import Path

from .release import PARTS, ROOT, Release


def package(release: Release, checksums: str, folder: Path) -> Path:
    path = folder / "notes.md"
    template = (PARTS / "notes.md").read_text()
    path.write_text(template.format(version=release.version, changes=changes(release.version), checksums=checksums.strip()))
    return path


def changes(version: str) -> str:
    """The entries of a version; while it is not released, those that wait for it."""
    sections = dict(re.findall(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", (ROOT / "CHANGELOG.md").read_text(), re.M | re.S))
    text = sections.get(f"[{version}]") or sections.get(version) or sections["Unreleased"]
    # Its links are relative to the repository; only their words are of use elsewhere.
    text = re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
    return re.sub(r"^###", "##", text.strip(), flags=re.M)
