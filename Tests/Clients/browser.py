"""A headless Chromium, spoken to through its DevTools pipe with nothing between."""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """The browser of this machine."""
    chosen = os.environ.get("CHROMIUM")
    return chosen or next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One process with one page, which can reach no network.

    `names` are hosts that it finds on this machine, each followed by another port if that is where it stands:
    `app.example` or `app.example=127.0.0.1:8443`.
    """

    def __init__(self, program: str, folder: Path, *names: str):
        places = (each.partition("=") for each in names)
        found = "".join(f"MAP {name} {place or '127.0.0.1'}, " for name, _, place in places)
        # A high number each, so that the two the browser wants can be given away.
        ours, theirs = [], []
        for kept in (1, 0):
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in os.pipe()]
            ours.append(ends[kept])
            theirs.append(ends[1 - kept])

        def give() -> None:
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        self.process = subprocess.Popen(
            [
                program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
                f"--user-data-dir={folder}", "--disable-background-networking", "--disable-component-update",
                f"--host-resolver-rules={found}MAP * ~NOTFOUND", "--disable-features=IsolateSandboxedIframes",
                "--disable-site-isolation-trials", "--force-color-profile=srgb", "--font-render-hinting=none", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)}, close_fds=False, preexec_fn=give,
        )
        for end in theirs:
            os.close(end)
        self._to, self._from = ours
        self._rest = b""
        self._numbers = itertools.count(1)
        self._answers: dict[int, dict] = {}
        self._session: str | None = None
        self.listeners: dict[str, Callable[[dict], None]] = {}
        self.contexts: dict[str, int] = {}
        page = next(t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self.listeners["Runtime.executionContextCreated"] = self._entered
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def _entered(self, event: dict) -> None:
        context = event["context"]
        if context["auxData"].get("isDefault"):
            self.contexts[context["auxData"]["frameId"]] = context["id"]

    def send(self, method: str, within: float = 30, **params: object) -> dict:
        """One command, and its answer; what happens meanwhile is heard."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + within
        while number not in self._answers:
            self._hear(end - time.monotonic())
        answer = self._answers.pop(number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _hear(self, within: float) -> None:
        ready, _, _ = select.select([self._from], [], [], max(within, 0))
        chunk = os.read(self._from, 1 << 20) if ready else b""
        assert chunk, "The browser has ended." if ready else "The browser does not answer."
        *whole, self._rest = (self._rest + chunk).split(b"\0")
        messages = [json.loads(text) for text in whole]
        for message in messages:
            if "id" in message:
                self._answers[message["id"]] = message
        for message in messages:
            if listener := self.listeners.get(message.get("method", "")):
                listener(message["params"])

    def evaluate(self, expression: str, frame: str | None = None) -> object:
        """The value of a script, in the page itself or in one of its frames."""
        where = {"contextId": self.contexts[frame]} if frame else {}
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, **where)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str, frame: str | None = None, within: float = 15) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + within
        while not self.evaluate(f"!!({expression})", frame):
            assert time.monotonic() < end, f"This never came true: {expression}"
            time.sleep(0.02)

    def key(self, name: str, text: str = "") -> None:
        codes = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        text = "\r" if name == "Enter" else text
        about = {"key": name, "code": name, "windowsVirtualKeyCode": codes.get(name, ord(name[0]))}
        self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
        self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def shape(self, width: int, height: int = 900, theme: str = "light", still: bool = True) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        motion = "reduce" if still else "no-preference"
        features = [{"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": motion}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def picture(self, width: int, height: int) -> bytes:
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.send("Page.captureScreenshot", format="png", clip=clip)["data"])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._to)
        os.close(self._from)
