"""Packages for Debian 12: one for each program, without scripts of a maintainer."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from email.utils import formatdate
from pathlib import Path

from . import layout, libraries
from .archives import File, Tree, compressed, written
from .release import DEBIAN_PROCESSORS, DESCRIPTION, HTTP_DESCRIPTION, HTTP_SYNOPSIS, PARTS, ROOT, SYNOPSIS, Release

UNITS = ("oe-mcp-http.service", "oe-mcp-http.socket", "oe-mcp-bridge@.service")
ABOUT = {
    "oe-mcp": ("utils", SYNOPSIS, DESCRIPTION, "libsecret-tools"),
    "oe-mcp-http": ("net", HTTP_SYNOPSIS, HTTP_DESCRIPTION, "tzdata"),
}


def package(release: Release, program: Path, folder: Path) -> Path:
    """Makes the package of a program in a folder."""
    path = folder / f"{program.name}_{release.version}-1_{processor(release)}.deb"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        tree = installed(release, program)
        control = {"DEBIAN/control": File(control_file(release, program, tree).encode()), "DEBIAN/md5sums": File(sums(tree))}
        written(tree | control, root, release.epoch)
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(release.epoch)}
        # One thread: what several make depends on their number.
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", root, path]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return path


def processor(release: Release) -> str:
    return DEBIAN_PROCESSORS.get(release.uname[1], release.uname[1])


def installed(release: Release, program: Path) -> Tree:
    """What the package has, as Debian's policy wants it."""
    name = program.name
    shared = layout.shared(program, layout.VENDOR)
    # Debian compresses its manual pages.
    pages = {path for path in shared if path.startswith("man/")}
    tree = {f"usr/bin/{name}": File(program.read_bytes(), 0o755)}
    tree |= {f"usr/share/{path}": file for path, file in shared.items() if path not in pages}
    tree |= {f"usr/share/{path}.gz": File(compressed(shared[path].content)) for path in pages}
    documents = {
        "copyright": (PARTS / "copyright").read_bytes(),
        "changelog.gz": compressed((ROOT / "CHANGELOG.md").read_bytes()),
        "changelog.Debian.gz": compressed(changelog(release, name).encode()),
    }
    tree |= {f"usr/share/doc/{name}/{file}": File(content) for file, content in documents.items()}
    tree[f"usr/share/lintian/overrides/{name}"] = File((PARTS / f"{name}.lintian-overrides").read_bytes())
    if name == "oe-mcp-http":
        tree |= units(name)
    return tree


def units(name: str) -> Tree:
    """The units of infra/systemd, which start what a person has installed by hand, for the program of the package."""
    tree = {}
    for source in sorted((ROOT / "infra/systemd").iterdir()):
        if source.name in UNITS:
            text = source.read_text().replace("/usr/local/bin/", "/usr/bin/")
            text = text.replace("[Unit]\n", f"[Unit]\nDocumentation=man:{name}(1)\n")
            tree[f"lib/systemd/system/{source.name}"] = File(text.encode())
        else:
            tree[f"usr/share/doc/{name}/examples/{source.name}"] = File(source.read_bytes())
    return tree


def control_file(release: Release, program: Path, tree: Tree) -> str:
    section, synopsis, description, recommended = ABOUT[program.name]
    size = sum(-(-len(file.content) // 1024) for file in tree.values()) + len({str(Path(path).parent) for path in tree})
    fields = {
        "Package": program.name,
        "Version": f"{release.version}-1",
        "Architecture": processor(release),
        "Maintainer": release.maintainer,
        "Installed-Size": size,
        "Depends": ", ".join(depends(program)),
        "Recommends": recommended,
        "Section": section,
        "Priority": "optional",
        "Homepage": release.repository,
        "Description": "\n ".join([synopsis, *description.splitlines()]),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def depends(program: Path) -> list[str]:
    """What is linked as dpkg-shlibdeps finds it, what is opened by name, and certificates."""
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "debian").mkdir()
        Path(scratch, "debian/control").write_text(f"Source: {program.name}\n\nPackage: {program.name}\nArchitecture: any\n")
        command = ["dpkg-shlibdeps", "-O", program.resolve()]
        found = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True).stdout
    packages = found.strip().removeprefix("shlibs:Depends=").split(", ")
    names = {re.match(r"\S+", package)[0] for package in packages}
    others = {library.debian for library in libraries.opened(program.read_bytes()).values()}
    return sorted([*packages, *(others - names), "ca-certificates"])


def changelog(release: Release, name: str) -> str:
    date = formatdate(release.epoch)
    return f"{name} ({release.version}-1) bookworm; urgency=medium\n\n  * Package version {release.version}.\n\n -- {release.maintainer}  {date}\n"


def sums(tree: Tree) -> bytes:
    lines = [f"{hashlib.md5(file.content).hexdigest()}  {path}\n" for path, file in sorted(tree.items())]
    return "".join(lines).encode()
