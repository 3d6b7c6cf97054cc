"""The sandbox as the second program serves it: on a port of the kernel's choosing, for as long as the block lasts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from wire import clean_environment

SANDBOX_CREDENTIAL = {"OVALEDGE_USER_TOKEN": "sandbox-user-token", "OVALEDGE_USER_SECRET": "sandbox-secret"}


class SandboxOnPort:
    def __init__(self, program: str, folder: Path, *arguments: str):
        self.process = subprocess.Popen(
            [program, "sandbox", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(folder),
            cwd=folder,
            text=True,
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), f"no address but {self.url!r}"

    def __enter__(self) -> SandboxOnPort:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        assert self.process.wait(5) == 0
