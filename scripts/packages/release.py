"""What is released: its names, version and date, and the programs of this machine's kind."""

from __future__ import annotations

import dataclasses
import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = Path(__file__).resolve().parent / "parts"
PROGRAMS = ("oe-mcp", "oe-mcp-http")
SHELLS = ("bash", "zsh", "fish")

TITLE = "OvalEdge catalog"
# At most 100 characters, as the registry of MCP servers has it.
SUMMARY = "Gives an AI client your OvalEdge data catalog: search, lineage, quality, access, and changes"
# At most 80, as Debian has it, and no sentence.
SYNOPSIS = "OvalEdge data catalog for AI clients, over the Model Context Protocol"
DESCRIPTION = """\
oe-mcp lets an AI client search and read an OvalEdge data catalog over the
Model Context Protocol, and change it where that is allowed. It is one native
program: clients start it, and speak with it on standard input and output."""
HTTP_SYNOPSIS = "OvalEdge data catalog over the Model Context Protocol on HTTP"
HTTP_DESCRIPTION = """\
oe-mcp-http lets many people use an OvalEdge data catalog over the Model
Context Protocol on HTTP, each with a sign-in of their own, and stands before
other MCP servers as a bridge. Its units for systemd are disabled at first."""

# Debian's and Python's names of processors, where they are not those of `uname -m`.
DEBIAN_PROCESSORS = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclasses.dataclass(frozen=True)
class Release:
    """One version for one kind of machine. `uname` is its system and processor as that command says them."""

    version: str
    epoch: int
    repository: str
    uname: tuple[str, str]

    @property
    def name(self) -> str:
        return f"oe-mcp_{self.version}_{self.uname[0]}_{self.uname[1]}"

    @property
    def owner(self) -> str:
        return self.repository.rsplit("/", 2)[1]

    @property
    def registry_name(self) -> str:
        return f"io.github.{self.owner}/oe-mcp"

    @property
    def maintainer(self) -> str:
        return f"oe-mcp maintainers <{self.owner}@users.noreply.github.com>"

    def download(self, file: str) -> str:
        """Where a file of this version can be fetched once it is published."""
        return f"{self.repository}/releases/download/v{self.version}/{file}"


def of_this_machine(repository: str) -> Release:
    """The version of the sources, with the date of their last commit unless SOURCE_DATE_EPOCH says another."""
    source = (ROOT / "Sources/Settings/ProgramVersion.swift").read_text()
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "-C", ROOT, "log", "-1", "--format=%ct"], check=True, capture_output=True, text=True
    ).stdout
    machine = (platform.system(), platform.machine())
    return Release(re.search(r'current = "([^"]+)"', source)[1], int(epoch), repository.rstrip("/"), machine)
