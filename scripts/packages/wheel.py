"""A Python wheel with the program inside, so that uvx and pipx start it; nothing of it is Python."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from . import layout, libraries
from .archives import File, Tree, zipped
from .release import DESCRIPTION, ROOT, SUMMARY, Release

# What the tags manylinux allow a program to be linked with.
ALLOWED = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6"}
# The oldest macOS of Package.swift.
MACOS = "macosx_15_0"


def package(release: Release, program: Path, folder: Path) -> Path:
    tag = f"py3-none-{platform_tag(release, program)}"
    path = folder / f"oe_mcp-{release.version}-{tag}.whl"
    path.write_bytes(zipped(files(release, program, tag), release.epoch))
    return path


def platform_tag(release: Release, program: Path) -> str:
    """The machines on which the program starts: by the newest symbol of glibc that it needs."""
    system, processor = release.uname
    if system == "Darwin":
        return f"{MACOS}_{processor}"
    loader = [name for name in libraries.linked(program) if name.startswith("ld-linux")]
    if others := set(libraries.linked(program)) - ALLOWED - set(loader):
        raise SystemExit(f"{program} is linked with {', '.join(sorted(others))}, which not every Linux has. Build it with scripts/build.")
    major, minor = libraries.glibc(program)
    return f"manylinux_{major}_{minor}_{processor}"


def files(release: Release, program: Path, tag: str) -> Tree:
    """In the order in which zips of wheels have them: what describes the package comes last, and the list of files at the end."""
    base = f"oe_mcp-{release.version}"
    tree = {f"{base}.data/scripts/{program.name}": File(program.read_bytes(), 0o755)}
    tree |= {f"{base}.data/data/share/{path}": file for path, file in layout.shared(program, layout.PREFIX).items()}
    tree |= {
        f"{base}.dist-info/licenses/LICENSE": File((ROOT / "LICENSE").read_bytes()),
        f"{base}.dist-info/METADATA": File(metadata(release).encode()),
        f"{base}.dist-info/WHEEL": File(f"Wheel-Version: 1.0\nGenerator: oe-mcp\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()),
    }
    record = f"{base}.dist-info/RECORD"
    return tree | {record: File("".join([*map(row, tree.items()), f"{record},,\n"]).encode())}


def row(entry: tuple[str, File]) -> str:
    path, file = entry
    digest = base64.urlsafe_b64encode(hashlib.sha256(file.content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(file.content)}\n"


def metadata(release: Release) -> str:
    """The registry of MCP servers looks for its name of the server in the description."""
    fields = {
        "Metadata-Version": "2.4",
        "Name": "oe-mcp",
        "Version": release.version,
        "Summary": SUMMARY,
        "Keywords": "mcp,ovaledge,data-catalog",
        "License-Expression": "Apache-2.0",
        "License-File": "LICENSE",
        "Requires-Python": ">=3.8",
        "Project-URL": f"Repository, {release.repository}",
        "Description-Content-Type": "text/markdown",
    }
    described = f"""# oe-mcp

{DESCRIPTION}

```sh
uvx oe-mcp call asset_explorer search_terms=orders --sandbox    # a sample catalog, without an account
uvx oe-mcp doctor                                               # your own: what is missing, and what to do
```

On Linux it opens libcurl 4, OpenSSL 3, libyaml and libmicrohttpd of the system when it needs them (Debian: \
`libcurl4 libssl3 libyaml-0-2 libmicrohttpd12`). [How to set it up]({release.repository}#readme).

<!-- mcp-name: {release.registry_name} -->
"""
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + "\n" + described
