"""`oe-mcp login` as a person starts it, and the browser that it waits for."""

from __future__ import annotations

import http.client
import os
import re
import stat
import subprocess
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from wire import clean_environment

CALLBACK = "/oauth/callback"


class Login:
    """One run of `oe-mcp login`; what it shows is read as it comes."""

    def __init__(self, program: str, home: Path, *arguments: str, **settings: object):
        self.process = subprocess.Popen(
            [program, "login", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=clean_environment(home, **settings), cwd=home,
        )  # fmt: skip
        self.errors = ""
        self._changed = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            with self._changed:
                self.errors += line
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def until(self, pattern: str, seconds: float = 20) -> re.Match:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or re.search(pattern, self.errors), seconds)
            found = re.search(pattern, self.errors)
        assert found, f"{pattern!r} is not in {self.errors!r}"
        return found

    @property
    def link(self) -> str:
        """Where the browser is to go."""
        return self.until(r"(?m)^(https?://\S+[?]\S+)$").group(1)

    @property
    def redirect(self) -> str:
        return dict(parse_qsl(urlsplit(self.link).query))["redirect_uri"]

    def type(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self, seconds: float = 20) -> tuple[int, str, str]:
        """The exit code, standard output and standard error."""
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        return code, self.process.stdout.read(), self.errors

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


def visit(address: str, host: str | None = None) -> tuple[int, dict[str, str], str]:
    """What a browser gets: status, fields and page."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(host or url.hostname, url.port, timeout=20)
    try:
        connection.request("GET", f"{url.path}?{url.query}" if url.query else url.path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def kept(home: Path) -> list[Path]:
    """The files of the sign-ins that are kept, which nobody else may read."""
    folder = home / ".local/state/oe-mcp/sign-ins"
    if not folder.exists():
        return []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    return sorted(folder.glob("*.tokens"))


def logout(program: str, home: Path, *arguments: str, **settings: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program, "logout", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
        env=clean_environment(home, **settings), cwd=home,
    )  # fmt: skip


def browser(folder: Path) -> tuple[str, Path]:
    """A program for `BROWSER` that writes down what it got from who started it, and says at last where it was sent.

    That is said through a pipe with a name, so that who reads it waits for it.
    """
    seen, script = folder / "visited", folder / "browser"
    os.mkfifo(seen)
    script.write_text(
        f"#!/bin/sh\nls -l /proc/self/fd 2>/dev/null > {seen}.fds\n"
        f'grep -E "Sig(Blk|Ign)" /proc/self/status 2>/dev/null > {seen}.signals\n'
        f'echo "$1" > {seen}\n'
    )
    script.chmod(0o700)
    return str(script), seen


def broken_library(folder: Path) -> dict[str, str]:
    """Settings with which the dynamic linker finds no libmicrohttpd that can be opened."""
    place = folder / "lib"
    place.mkdir()
    (place / "libmicrohttpd.so.12").write_bytes(os.urandom(64))
    return {"LD_LIBRARY_PATH": str(place)}
