"""What the programs are made of, as CycloneDX 1.6: what is inside, what is opened, and what built it."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import subprocess
import uuid
from pathlib import Path

from . import libraries
from .release import SUMMARY, Release


def package(release: Release, programs: list[Path], folder: Path) -> Path:
    path = folder / f"{release.name}.cdx.json"
    path.write_text(json.dumps(described(release, programs), indent=2) + "\n")
    return path


def described(release: Release, programs: list[Path]) -> dict:
    swift = swift_version()
    parts = on_linux(programs, swift) if release.uname[0] == "Linux" else on_macos()
    root = f"pkg:github/{release.owner}/oe-mcp@{release.version}"
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(release.epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tools": {"components": [{"type": "application", "name": "swift", "version": swift}]},
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "oe-mcp",
                "version": release.version,
                "description": SUMMARY,
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "components": [made(program) for program in programs],
            },
        },
        "components": parts,
        "dependencies": [{"ref": root, "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    # The same content has the same number.
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    return document | {"serialNumber": f"urn:uuid:{number}"}


def on_linux(programs: list[Path], swift: str) -> list[dict]:
    """The runtimes that are inside, and what is linked or opened, with the versions against which it was built."""
    needed: dict[str, libraries.Library] = {}
    for program in programs:
        needed |= libraries.opened(program.read_bytes())
    return [
        component("swift-runtime", swift, "Apache-2.0 WITH Swift-exception", "inside: the runtime of Swift, with libdispatch"),
        component("libstdc++", libraries.compiler(programs[0]), "GPL-3.0-or-later WITH GCC-exception-3.1", "inside: the runtime of C++"),
        *(
            debian(library.debian, library.licence, f"of the system, as {name}: {library.purpose}")
            for name, library in sorted(needed.items())
        ),
        debian("libc6", "LGPL-2.1-or-later", "of the system: glibc, which the loader needs"),
    ]


def on_macos() -> list[dict]:
    """What Homebrew installs; the runtimes, libcurl and CryptoKit are parts of macOS."""
    return [
        component(library.formula, brewed(library.formula), library.licence, f"of Homebrew: {library.purpose}")
        for library in libraries.OPENED.values()
        if library.formula not in libraries.OF_MACOS
    ]


def made(program: Path) -> dict:
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    return {"type": "file", "bom-ref": f"file:{program.name}", "name": program.name, "hashes": [{"alg": "SHA-256", "content": digest}]}


def component(name: str, version: str, licence: str, about: str, purl: str | None = None) -> dict:
    described = {"type": "library", "bom-ref": f"{name}@{version}", "name": name, "version": version, "description": about}
    known = {"expression": licence} if " WITH " not in licence or "GCC" in licence else {"license": {"name": licence}}
    return described | {"licenses": [known]} | ({"purl": purl} if purl else {})


def debian(name: str, licence: str, about: str) -> dict:
    shown = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True)
    version = shown.stdout or "unknown"
    return component(name, version, licence, about, f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?distro=debian-12")


def brewed(name: str) -> str:
    shown = subprocess.run(["brew", "list", "--versions", name], capture_output=True, text=True)
    return shown.stdout.split()[-1] if shown.stdout else "unknown"


def swift_version() -> str:
    shown = subprocess.run(["swift", "--version"], check=True, capture_output=True, text=True).stdout
    return re.search(r"Swift version (\S+)", shown)[1]
