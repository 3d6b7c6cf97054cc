"""What is installed for a program, below any prefix: itself, its man page, its completions."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .archives import File, Tree
from .release import ROOT, SHELLS

# Where each shell looks, below share: in Debian's folders, and in those that every prefix has.
VENDOR = {
    "bash": "bash-completion/completions/{}",
    "zsh": "zsh/vendor-completions/_{}",
    "fish": "fish/vendor_completions.d/{}.fish",
}
PREFIX = VENDOR | {"zsh": "zsh/site-functions/_{}"}


def shared(program: Path, folders: dict[str, str]) -> Tree:
    """The man page and the completions, as the program itself writes them, below share."""
    tree = {f"man/man1/{program.name}.1": File(said(program, "man"))}
    tree |= {folders[shell].format(program.name): File(said(program, "completion", shell)) for shell in SHELLS}
    return tree


def said(program: Path, *words: str) -> bytes:
    """What a program prints, started as by no one in particular."""
    done = subprocess.run([program, *words], stdin=subprocess.DEVNULL, capture_output=True, env={"HOME": "/nonexistent", "LC_ALL": "C"})
    if done.returncode != 0:
        raise SystemExit(f"{program.name} {' '.join(words)} ended with {done.returncode}: {done.stderr.decode()}Build it again with scripts/build.")
    return done.stdout


def documents() -> Tree:
    """What a person reads without the repository."""
    return {name: File((ROOT / name).read_bytes()) for name in ("LICENSE", "README.md", "CHANGELOG.md")}
