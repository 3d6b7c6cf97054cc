"""Makes the packages, as scripts/package asks: `python3 -m packages COMMAND …`."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from . import bundle, debian, homebrew, notes, registry, sbom, sizes, tarball, wheel
from .release import PROGRAMS, Release, of_this_machine


def make(release: Release, programs: Path, folder: Path) -> None:
    """All packages of this machine's kind, and then what is made from those of every kind."""
    both = [programs / name for name in PROGRAMS]
    folder.mkdir(parents=True, exist_ok=True)
    tarball.package(release, both, folder)
    if release.uname[0] == "Linux":
        for program in both:
            debian.package(release, program, folder)
    wheel.package(release, both[0], folder)
    sbom.package(release, both, folder)
    collect(release, both[0], folder)


def collect(release: Release, program: Path, folder: Path) -> None:
    """The bundle, the formula, server.json, the sums and the notes, from the packages of all machines in a folder."""
    tarballs = {}
    for path in sorted(folder.glob(f"oe-mcp_{release.version}_*.tar.gz")):
        system, processor = path.name.removesuffix(".tar.gz").removeprefix(f"oe-mcp_{release.version}_").split("_", 1)
        tarballs[system, processor] = path
    made = bundle.package(release, tarballs, bundle.tools(program), folder)
    homebrew.package(release, tarballs, folder)
    registry.package(release, made, folder)
    left_out = {"checksums.txt", "notes.md"}
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in left_out)
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (folder / "checksums.txt").write_text(sums)
    notes.package(release, sums, folder)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="packages", description=__doc__)
    parser.add_argument("command", choices=["make", "collect", "sizes"])
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--maps", type=Path)
    parser.add_argument("--repository", required=True)
    options = parser.parse_args(words)
    release = of_this_machine(options.repository)
    if options.command == "make":
        make(release, options.programs, options.output)
    elif options.command == "collect":
        collect(release, options.programs / PROGRAMS[0], options.output)
    else:
        print("\n\n".join(sizes.table(options.programs / name, options.maps / f"{name}.map") for name in PROGRAMS))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
