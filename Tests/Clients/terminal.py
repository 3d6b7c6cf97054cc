"""A program at a terminal of its own, as a person starts it: what it shows, and what is typed."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path


class Terminal:
    """The program leads a session of its own, so that its terminal is also the one behind /dev/tty, and Ctrl-C reaches it."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, columns: int = 100, **streams: int):
        self._person, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.before = termios.tcgetattr(terminal)
        self._terminal = terminal
        pipes = {"stdin": terminal, "stdout": terminal, "stderr": terminal} | streams
        self.program = subprocess.Popen(
            command, env=environment, cwd=folder, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0), **pipes,
        )  # fmt: skip
        self.seen = ""
        self._read = 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        for descriptor in (self._person, self._terminal):
            os.close(descriptor)

    @property
    def attributes(self) -> list:
        return termios.tcgetattr(self._terminal)

    @property
    def echoes(self) -> bool:
        return bool(self.attributes[3] & termios.ECHO)

    def until(self, wanted: str, within: float = 30) -> str:
        """What was shown since the last call, up to and with this."""
        end = time.monotonic() + within
        while (at := self.seen.find(wanted, self._read)) < 0:
            assert time.monotonic() < end and self._take(end), f"{wanted!r} did not come; there was {self.seen[self._read :]!r}"
        start, self._read = self._read, at + len(wanted)
        return self.seen[start : self._read]

    def _take(self, end: float) -> bool:
        """Whether more came, or may come before the end."""
        ready, _, _ = select.select([self._person], [], [], min(max(end - time.monotonic(), 0), 0.1))
        if ready:
            self.seen += os.read(self._person, 65536).decode(errors="replace").replace("\r\n", "\n")
        return bool(ready) or self.program.poll() is None

    def type(self, line: str) -> None:
        self.press(line.encode() + b"\n")

    def press(self, keys: bytes) -> None:
        os.write(self._person, keys)

    def ended(self, within: float = 60) -> int:
        """How the program ended, once everything that it showed was taken."""
        end = time.monotonic() + within
        while self.program.poll() is None:
            assert time.monotonic() < end, f"it goes on; there was {self.seen!r}"
            self._take(end)
        while select.select([self._person], [], [], 0)[0]:
            self._take(end)
        return self.program.returncode
