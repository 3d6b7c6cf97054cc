"""Which libraries a program needs: linked, opened when they are first needed, and inside of it."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Library:
    """A library of the system that a program opens by name, which no tool finds out from its head."""

    debian: str
    formula: str
    licence: str
    purpose: str


# By the file that is opened, on Debian 12.
OPENED = {
    "libcurl.so.4": Library("libcurl4", "curl", "curl", "requests to OvalEdge"),
    "libcrypto.so.3": Library("libssl3", "openssl@3", "Apache-2.0", "digests, seals and signatures"),
    "libmicrohttpd.so.12": Library("libmicrohttpd12", "libmicrohttpd", "LGPL-2.1-or-later", "HTTP, and the end of a sign-in"),
    "libhiredis.so.0.14": Library("libhiredis0.14", "hiredis", "BSD-3-Clause", "the store that instances share"),
    "libyaml-0.so.2": Library("libyaml-0-2", "libyaml", "MIT", "files of clients in YAML"),
}
# macOS has libcurl, and CryptoKit instead of OpenSSL.
OF_MACOS = ("curl", "openssl@3")


def opened(program: bytes) -> dict[str, Library]:
    """Those that are named in a program; a name that is not known here stops the release."""
    names = {name.decode() for name in re.findall(rb"\blib[a-z][a-z0-9_+-]*\.so\.[0-9.]*[0-9]", program)}
    system = {"libc.so.6", "libm.so.6"}
    if unknown := names - system - OPENED.keys():
        raise SystemExit(f"{', '.join(sorted(unknown))} is opened and not known. Add it to scripts/packages/libraries.py.")
    return {name: OPENED[name] for name in OPENED if name in names}


def linked(program: Path) -> list[str]:
    """The libraries that the loader needs before the program begins."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", readelf("-d", program))


def glibc(program: Path) -> tuple[int, int]:
    """The oldest glibc that has every symbol of a program."""
    versions = re.findall(r"\bGLIBC_(\d+)\.(\d+)", readelf("-V", program))
    return max((int(major), int(minor)) for major, minor in versions)


def compiler(program: Path) -> str:
    """The package of GCC whose runtime is inside, as the compiler noted it."""
    noted = re.search(r"GCC: \(Debian ([^)]+)\)", readelf("-p", ".comment", program))
    return noted[1] if noted else "unknown"


def readelf(*arguments: object) -> str:
    command = ["readelf", "-W", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout
