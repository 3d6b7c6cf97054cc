"""The .tar.gz that runs from any folder, and below /usr/local with its units for systemd."""

from __future__ import annotations

from pathlib import Path

from . import layout
from .archives import File, Tree, tarball
from .debian import UNITS
from .release import ROOT, Release


def package(release: Release, programs: list[Path], folder: Path) -> Path:
    path = folder / f"{release.name}.tar.gz"
    tree: Tree = {f"share/doc/oe-mcp/{name}": file for name, file in layout.documents().items()}
    for program in programs:
        tree[f"bin/{program.name}"] = File(program.read_bytes(), 0o755)
        tree |= {f"share/{name}": file for name, file in layout.shared(program, layout.PREFIX).items()}
    if release.uname[0] == "Linux":
        tree |= {f"lib/systemd/system/{name}": File((ROOT / "infra/systemd" / name).read_bytes()) for name in UNITS}
    path.write_bytes(tarball({f"{release.name}/{name}": file for name, file in tree.items()}, release.epoch))
    return path
