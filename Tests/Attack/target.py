"""One running program under attack: what is sent, what comes back, and everything that may not come back."""

from __future__ import annotations

import json
import os
import queue
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import needles
from tally import Finding, Tally

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Clients"))
from wire import clean_environment  # noqa: E402

# Seconds to an answer that is due. A machine that is busy with other work needs most of them.
PATIENCE = 20.0
MEMORY = 512 << 20
NOTICES = re.compile(
    r"notifications/(message|progress|cancelled|(tools|prompts|resources)/list_changed|resources/updated|subscriptions/acknowledged)$"
)
# Characters that change a terminal or the order of a line; an answer shows them, it does not contain them.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass
class Lab:
    """Where one round works, and what it has found so far."""

    part: str
    round: int
    programs: dict[str, list[str]]
    folder: Path
    tally: Tally = field(default_factory=Tally)
    secrets: list[str] = field(default_factory=lambda: list(needles.SECRETS))
    tried: int = 0

    def found(self, counter: str, says: str, given: bytes | str = "") -> None:
        if isinstance(given, bytes):
            given = given.decode("utf-8", "backslashreplace")
        self.tally.found(Finding(counter, self.part, self.round, says[:2000], given[:4_000_000]))

    @property
    def is_enough(self) -> bool:
        """A round that found this much says no more by going on."""
        return len(self.tally.findings) >= 12

    def take_turns(self, kinds: list[Callable[[Lab, random.Random], None]], rng: random.Random, inputs: int) -> None:
        """One kind of attack after the other, until so many inputs were tried or enough was found."""
        turn = self.round
        while self.tally.inputs < inputs and not self.is_enough:
            try:
                kinds[turn % len(kinds)](self, rng)
            except Ended:
                pass
            turn += 1


class Ended(Exception):
    """The program is gone, or is not waited for any longer; the finding is noted."""


class Target:
    """A program with its three pipes, read and checked as its bytes come."""

    def __init__(
        self, lab: Lab, *arguments: str, home: Path | None = None, over: str = "pipes", memory: int = MEMORY, **settings: object
    ):
        self.lab = lab
        self.memory = memory
        home = home or lab.folder
        environment = clean_environment(home, SWIFT_BACKTRACE="enable=no", **settings)
        command = lab.programs["oe-mcp"] + list(arguments)
        self.command, self.environment = command, environment
        if over == "sockets":
            ours, theirs = socket.socketpair()
            self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=environment, cwd=home)
            theirs.close()
            self._in, self._out = ours.makefile("wb", 0), ours.makefile("rb")
            self._end_input = lambda: ours.shutdown(socket.SHUT_WR)
        else:
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=home)
            self._in, self._out = self.process.stdin, self.process.stdout
            self._end_input = self._in.close
        self.err = bytearray()
        self.answer_question: Callable[[dict], dict | list[dict] | None] = lambda _: None
        # Whether lines were sent that may be answered under any id, or under none; the last of them.
        self.is_asked_anything = False
        self.under_way: list[bytes] = []
        self._needles = {needle: name for secret in lab.secrets for needle, name in needles.of(secret).items()}
        self._open: dict[str, tuple[bytes, Callable[[dict], None] | None]] = {}
        self._broken_lines = 0
        self._next_id = 0
        self._changed = threading.Condition()
        self._ended = False
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._read_out, self._read_err, self._write)]
        for thread in self._threads:
            thread.start()

    # What goes in

    def send(self, line: bytes) -> None:
        self._queue.put(line + b"\n")

    def post(self, method: str, params: object = None, then: Callable[[dict], None] | None = None) -> bytes:
        """Send a request under the next number; `then` gets the reply, on the thread that reads."""
        text = params if isinstance(params, str) else json.dumps({} if params is None else params)
        return self.post_line(lambda number: f'{{"jsonrpc":"2.0","id":{number},"method":"{method}","params":{text}}}', then)

    def post_line(self, line: Callable[[str], str], then: Callable[[dict], None] | None = None) -> bytes:
        self._next_id += 1
        number = f'"a{self._next_id}"'
        data = line(number).encode("utf-8", "replace")
        with self._changed:
            self._open[number] = (data, then)
        self.send(data)
        return data

    def hello(self, revision: str = "2025-11-25", capabilities: dict | None = None) -> None:
        client = {"name": "attack", "version": "1"}
        self.post("initialize", {"protocolVersion": revision, "capabilities": capabilities or {}, "clientInfo": client})
        self.settle()
        self.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')

    # What is waited for

    def settle(self, longer: float = 0) -> None:
        """Wait until all that was asked is answered and a ping beside it; anything else is a finding, and the end."""
        within = PATIENCE + longer
        self.post("ping")
        end = time.monotonic() + within
        with self._changed:
            while self._open and not self._ended and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            unanswered = self.under_way + [line for line, _ in self._open.values()] if self._open else []
            ended = self._ended
        self._check_memory()
        if not unanswered:
            return
        if ended:
            self._note_end(unanswered)
        else:
            what = f"{len(unanswered)} requests are unanswered after {within:.0f} s"
            self.lab.found("hangs", what, b"\n".join(unanswered[:40]))
        self.kill()
        raise Ended

    def close(self) -> None:
        """End the input; the program has to end by itself, with 0."""
        self._queue.put(None)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.lab.found("hangs", f"it went on for {PATIENCE:.0f} s after the end of its input")
            self.kill()
            raise Ended from None
        self._join()
        if self.process.returncode != 0:
            self._note_end([])
            raise Ended

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._queue.put(None)
        self._join()

    def _note_end(self, unanswered: list[bytes]) -> None:
        """The process is over before its time: with a crash, else with an end that nobody asked for."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.lab.found("hangs", "it closed its output and did not end", b"\n".join(unanswered[:40]))
            return
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        culprit = next((line for line in unanswered[:100] if self._kills(line)), None) if code < 0 else None
        said = self.err[-600:].decode("utf-8", "replace")
        alone = "this line alone does it" if culprit else f"one of {len(unanswered)} lines under way"
        self.lab.found("crashes", f"{name}; {alone}; {said}", culprit or b"\n".join(unanswered[:40]))

    def _kills(self, line: bytes) -> bool:
        """Whether a process of its own dies of this one line."""
        hello = b'{"jsonrpc":"2.0","id":"h","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}\n'
        try:
            done = subprocess.run(self.command, input=hello + line + b"\n", capture_output=True, env=self.environment, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode < 0

    def _check_memory(self) -> None:
        peak = peak_memory(self.process.pid)
        self.lab.tally.peak = max(self.lab.tally.peak, peak)
        if peak > self.memory:
            lines = [line for line, _ in self._open.values()][:40]
            self.lab.found("memory", f"{peak >> 20} MiB resident", b"\n".join(lines))
            self.kill()
            raise Ended

    def processor_seconds(self) -> float:
        return processor_seconds(self.process.pid)

    # What comes out

    def _write(self) -> None:
        try:
            while (data := self._queue.get()) is not None:
                while not self._queue.empty() and len(data) < 1 << 18 and (more := self._queue.get()) is not None:
                    data += more
                self._in.write(data)
                self._in.flush()
            self._end_input()
        except (BrokenPipeError, ValueError, OSError):
            pass

    def _read_out(self) -> None:
        block = bytearray()
        for line in self._out:
            block += line
            if len(block) > 1 << 20:
                self._look_for_secrets(block, "standard output")
                del block[: -(1 << 10)]
            self._take(line)
        self._look_for_secrets(block, "standard output")
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read_err(self) -> None:
        block = bytearray()
        for line in self.process.stderr:
            block += line
            self.err = (self.err + line)[-4000:]
            if len(block) > 1 << 20:
                self._look_for_secrets(block, "standard error")
                del block[: -(1 << 10)]
        self._look_for_secrets(block, "standard error")

    def _look_for_secrets(self, block: bytearray, where: str) -> None:
        for needle, name in self._needles.items():
            if (at := block.find(needle)) >= 0:
                around = bytes(block[max(0, at - 300) : at + 300])
                self.lab.found("leaks", f"{needle.decode()} ({name}) in {where}", around)
                return

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError as error:
            return self.lab.found("invalid", f"no JSON: {error}", line)
        for one in message if isinstance(message, list) else [message]:
            self._take_message(one, line)

    def _take_message(self, message: object, line: bytes) -> None:
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return self.lab.found("invalid", "a frame without its version", line)
        if "method" in message:
            self._take_request(message, line)
        elif ("result" in message) == ("error" in message):
            self.lab.found("invalid", "neither a result nor an error, or both", line)
        else:
            self._take_reply(message, line)

    def _take_request(self, message: dict, line: bytes) -> None:
        if "id" not in message:
            if not NOTICES.match(str(message["method"])):
                self.lab.found("invalid", f"a notice that MCP has not: {message['method']}", line)
            return
        said = self.answer_question(message)
        for one in said if isinstance(said, list) else [said]:
            if one is not None:
                self.send(json.dumps({"jsonrpc": "2.0", "id": message["id"]} | one).encode())

    def _take_reply(self, message: dict, line: bytes) -> None:
        key = json.dumps(message.get("id"))
        with self._changed:
            given, then = self._open.pop(key, (None, None))
        if given is None and not self.is_asked_anything:
            self.lab.found("invalid", f"an answer to {key}, which was not asked", line)
        for item in message.get("result", {}).get("content", ()) if isinstance(message.get("result"), dict) else ():
            if found := CONTROLS.search(item.get("text") or ""):
                self.lab.found("invalid", f"U+{ord(found[0]):04X} in a text; the call was {(given or b'')[:600]!r}", line)
        if then:
            then(message)
        with self._changed:
            if not self._open:
                self._changed.notify_all()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(5)


def peak_memory(pid: int) -> int:
    """The most bytes that were resident; on macOS, those that are."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
        return 0
    except OSError:
        said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
        return int(said or 0) << 10


def processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        said = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
        return sum(float(part) * 60**power for power, part in enumerate(reversed(said.split(":")))) if said else 0


def each(lab: Lab, items: Iterable, size: int) -> Iterable[list]:
    """Lists of at most `size`, until the round has found enough."""
    items = iter(items)
    while not lab.is_enough and (some := [item for _, item in zip(range(size), items)]):
        yield some
