"""Real places for secrets: a Secret Service on a bus of its own, and a password store with a key of its own.

Unpacked, never installed, and gone with the test. A program that is only unpacked gets a wrapper that knows its libraries.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from network import PLACES
from wire import ROOT

SERVERS = ROOT / ".build/servers"
LIBRARIES = os.pathsep.join(str(path) for path in (SERVERS / "usr/lib").glob("*-linux-gnu"))
PASSWORD = "unlock-the-keyring"


def found(*names: str) -> bool:
    return all(shutil.which(name, path=PLACES) for name in names)


def wrapped(folder: Path, *names: str) -> None:
    """Make each program one of `folder`, with the libraries that it was unpacked with."""
    folder.mkdir(exist_ok=True)
    for name in names:
        place = shutil.which(name, path=PLACES)
        script = folder / name
        script.write_text(f"#!/bin/sh\nexport LD_LIBRARY_PATH={shlex.quote(LIBRARIES)}\nexec {shlex.quote(place)} \"$@\"\n")
        script.chmod(0o700)


class KeyStore:
    """gnome-keyring on a private bus; unlocked until `lock`."""

    NEEDS = ("dbus-daemon", "gnome-keyring-daemon", "secret-tool")

    def __init__(self, folder: Path):
        folder.mkdir(mode=0o700)
        self.folder = folder
        wrapped(folder / "bin", *self.NEEDS)
        socket = folder / "bus"
        policy = '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>'
        (folder / "bus.conf").write_text(
            f"<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>"
            f'<policy context="default">{policy}</policy></busconfig>'
        )
        self.variables = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}", "PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
        self.environment = self.variables | {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
        }
        self.bus = self._start("dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork")
        self._until(socket.exists)
        self.daemon: subprocess.Popen | None = None
        self.unlock()

    def _start(self, *command: str, typed: str | None = None) -> subprocess.Popen:
        process = subprocess.Popen(
            [self.folder / "bin" / command[0], *command[1:]],
            stdin=subprocess.DEVNULL if typed is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment,
            start_new_session=True,
        )
        if typed is not None:
            process.stdin.write(typed.encode())
            process.stdin.close()
        return process

    @staticmethod
    def _until(holds, within: float = 10) -> None:
        end = time.monotonic() + within
        while not holds():
            assert time.monotonic() < end, "The key store did not start."
            time.sleep(0.02)

    def _serves(self) -> bool:
        return self.tool("lookup", "service", "none").stderr == ""

    def tool(self, *words: str, typed: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.folder / "bin/secret-tool", *words],
            input=typed,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=20,
        )

    def store(self, key: str, value: str, profile: str = "default") -> None:
        done = self.tool("store", "-l", key, "service", "oe-mcp", "profile", profile, "key", key, typed=value)
        assert done.returncode == 0, done

    def lookup(self, key: str, profile: str = "default") -> str:
        return self.tool("lookup", "service", "oe-mcp", "profile", profile, "key", key).stdout

    def unlock(self) -> None:
        self._end(self.daemon)
        self.daemon = self._start("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock", typed=PASSWORD)
        self._until(self._serves)

    def lock(self) -> None:
        """The same keyring in a service that no one has given the password."""
        self._end(self.daemon)
        self.daemon = self._start("gnome-keyring-daemon", "--foreground", "--components=secrets")
        self._until(self._serves)

    @staticmethod
    def _end(process: subprocess.Popen | None) -> None:
        if process and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(10)

    def stop(self) -> None:
        self._end(self.daemon)
        self._end(self.bus)


class PasswordStore:
    """pass, with a key that has no passphrase, in a home folder of its own."""

    NEEDS = ("pass", "gpg", "gpg-agent")

    def __init__(self, folder: Path):
        folder.mkdir(mode=0o700)
        # Sockets of the agent have short names.
        self.gnupg = folder / "g"
        self.gnupg.mkdir(mode=0o700)
        wrapped(folder / "bin", *self.NEEDS)
        agent = folder / "bin/gpg-agent"
        (self.gnupg / "gpg.conf").write_text(f"agent-program {agent}\n")
        self.folder = folder
        self.variables = {
            "GNUPGHOME": str(self.gnupg),
            "PASSWORD_STORE_DIR": str(folder / "store"),
            "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        }
        self._run("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "oe-mcp test", "default", "default", "never")
        self._run("pass", "init", "oe-mcp test")

    def _run(self, *command: str, typed: str = "") -> None:
        done = subprocess.run(
            [self.folder / "bin" / command[0], *command[1:]],
            input=typed,
            capture_output=True,
            text=True,
            env=self.variables | {"HOME": str(self.folder)},
            timeout=60,
        )
        assert done.returncode == 0, done

    def insert(self, path: str, text: str) -> None:
        self._run("pass", "insert", "-m", "-f", path, typed=text)

    def stop(self) -> None:
        """Ends the agent, which gpg has started."""
        connect = shutil.which("gpg-connect-agent", path=PLACES)
        if connect:
            environment = self.variables | {"HOME": str(self.folder), "LD_LIBRARY_PATH": LIBRARIES}
            subprocess.run(
                [connect, "--no-autostart", "KILLAGENT", "/bye"], env=environment, capture_output=True, timeout=20
            )
