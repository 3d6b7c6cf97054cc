"""A real `redis-server` on a port that the kernel chose: unpacked, never installed, and in a folder of the test's own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from network import PLACES, Server
from wire import ROOT

REDIS = shutil.which("redis-server", path=PLACES)
# Its own libraries lie where it was unpacked.
LIBRARIES = os.pathsep.join(str(path) for path in (ROOT / ".build/servers/usr/lib").glob("*-linux-gnu"))


class Redis:
    """One server; `tls` is a certificate, its key and the file of its authority, `words` are for the command line."""

    def __init__(
        self, folder: Path, *options: str, tls: tuple[Path, Path, Path] | None = None, words: Sequence[str] = ()
    ):
        folder.mkdir()
        self.folder = folder
        self.options = [*options]
        self.tls = tls
        self.words = words
        self.port = 0
        self.start()

    def start(self) -> None:
        """Starts it, at the same port if it has had one."""
        environment = ["env", f"LD_LIBRARY_PATH={LIBRARIES}", "LC_ALL=C"] if LIBRARIES else []
        if self.port:
            process = subprocess.Popen(
                [*environment, REDIS, "redis.conf", *self.words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
            self.server.process = process
            assert self.server._listens(), (self.folder / "said").read_text()
            return
        self.server = Server(self.folder, [*environment, REDIS, "redis.conf", *self.words], self._configure, ("redis",))
        self.port = self.server.ports["redis"]

    def _configure(self, ports: dict[str, int]) -> None:
        port = ports["redis"]
        lines = ["bind 127.0.0.1", 'save ""', "appendonly no", f"dir {self.folder}", *self.options]
        if self.tls:
            certificate, key, authority = self.tls
            lines += ["port 0", f"tls-port {port}", f"tls-cert-file {certificate}", f"tls-key-file {key}"]
            lines.append(f"tls-ca-cert-file {authority}")
            if not any(option.startswith("tls-auth-clients") for option in self.options):
                lines.append("tls-auth-clients no")
        else:
            lines.append(f"port {port}")
        (self.folder / "redis.conf").write_text("\n".join(lines) + "\n")

    @property
    def url(self) -> str:
        return f"{'rediss' if self.tls else 'redis'}://{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def ask(self, *words: str) -> str:
        """The answer to one command in its plain form, without TLS and without a password."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            client.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words))
            answer = b""
            while not self._is_whole(answer):
                more = client.recv(65536)
                assert more, answer
                answer += more
        return answer.decode(errors="replace")

    @staticmethod
    def _is_whole(answer: bytes) -> bool:
        head, end, rest = answer.partition(b"\r\n")
        if not end:
            return False
        if head[:1] == b"$":
            return head == b"$-1" or len(rest) == int(head[1:]) + 2
        if head[:1] == b"*":
            # A list of texts, as KEYS gives it.
            return rest.count(b"\r\n") == 2 * int(head[1:])
        return True

    def keys(self) -> list[str]:
        return re.findall(r"oe-mcp:\S+", self.ask("KEYS", "*"))

    def contents(self) -> bytes:
        """Everything that is in it, as bytes."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            found = b""
            for key in self.keys():
                client.sendall(b"*2\r\n$4\r\nDUMP\r\n$%d\r\n%s\r\n" % (len(key), key.encode()))
                found += key.encode() + client.recv(1 << 20)
        return found

    def commands(self) -> int:
        """How many it has carried out."""
        return int(re.search(r"total_commands_processed:(\d+)", self.ask("INFO", "stats")).group(1))

    def pause(self) -> None:
        self.server.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.server.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.server.process.kill()
        self.server.process.wait(5)

    def stop(self) -> None:
        self.resume()
        self.kill()
