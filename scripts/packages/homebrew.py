"""The formula of Homebrew, for the kinds of machines whose tarballs are there."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .libraries import OF_MACOS, OPENED
from .release import SUMMARY, Release

SYSTEMS = {"Darwin": "on_macos", "Linux": "on_linux"}
PROCESSORS = {"arm64": "on_arm", "aarch64": "on_arm", "x86_64": "on_intel"}


def package(release: Release, tarballs: dict[tuple[str, str], Path], folder: Path) -> Path:
    path = folder / "oe-mcp.rb"
    path.write_text(formula(release, tarballs))
    return path


def formula(release: Release, tarballs: dict[tuple[str, str], Path]) -> str:
    libraries = sorted(library.formula for library in OPENED.values())
    lines = [
        "class OeMcp < Formula",
        f'  desc "{SUMMARY.partition(":")[0]}"',
        f'  homepage "{release.repository}"',
        f'  version "{release.version}"',
        '  license "Apache-2.0"',
        "",
        *(f'  depends_on "{name}"' for name in libraries if name not in OF_MACOS),
    ]
    for system, block in SYSTEMS.items():
        if of_system := {processor: path for (name, processor), path in tarballs.items() if name == system}:
            inner = [f'depends_on "{name}"' for name in libraries if name in OF_MACOS and system == "Linux"]
            for processor, path in sorted(of_system.items()):
                inner += ([""] if inner else []) + source(release, PROCESSORS[processor], path)
            lines += ["", f"  {block} do", *(f"    {line}".rstrip() for line in inner), "  end"]
    return "\n".join([*lines, ACTIONS])


def source(release: Release, block: str, tarball: Path) -> list[str]:
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    return [f"{block} do", f'  url "{release.download(tarball.name)}"', f'  sha256 "{digest}"', "end"]


# The tarball has the folders of a prefix: programs, man pages, completions.
ACTIONS = """
  def install
    bin.install Dir["bin/*"]
    share.install Dir["share/*"]
  end

  test do
    hello = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",' \\
            '"capabilities":{},"clientInfo":{"name":"brew","version":"1"}}}'
    assert_match '"serverInfo"', pipe_output("#{bin}/oe-mcp --sandbox", "#{hello}\\n", 0)
  end
end
"""
