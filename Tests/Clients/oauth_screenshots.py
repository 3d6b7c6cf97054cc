"""Takes the pictures of the sign-in pages for the documentation: `oauth_screenshots.py FOLDER`, with a sandbox behind them."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from browser import Browser, find
from http_program import HTTPProgram
from network import Authority, reserved_port
from oauth_flow import CALLBACK, CURSOR, App, Person, Visitor
from sandbox_on_port import SANDBOX_CREDENTIAL, SandboxOnPort
from wire import clean_environment, program

HOST = "mcp.example.com"
PAIR = (SANDBOX_CREDENTIAL["OVALEDGE_USER_TOKEN"], SANDBOX_CREDENTIAL["OVALEDGE_USER_SECRET"])
WIDTH, NARROW = 760, 390


@contextmanager
def server(name: str, folder: Path, port: int) -> Iterator[HTTPProgram]:
    """A server that browsers find at an address as people have it."""
    with SandboxOnPort(name, folder) as sandbox:
        certificate, key = Authority(folder / "authority", "Example Root").certificate("server", HOST)
        keys = folder / "oauth.keys"
        subprocess.run([name, "keys", "new", str(keys)], env=clean_environment(folder), cwd=folder, check=True, capture_output=True)
        settings = {
            "AUTH_MODE": "remote_login", "MCP_PUBLIC_BASE_URL": f"https://{HOST}", "OAUTH_KEY_FILE": keys, "OAUTH_STORE": "memory",
            "OVALEDGE_BASE_URL": sandbox.url, "OVALEDGE_ALLOW_WRITES": "all", "MCP_TLS_CERTIFICATE": certificate, "MCP_TLS_KEY": key,
        }  # fmt: skip
        with HTTPProgram(name, folder, port=port, **settings) as running:
            yield running


class Pictures:
    def __init__(self, browser: Browser, folder: Path):
        self.browser = browser
        self.folder = folder

    def open(self, address: str) -> None:
        self.browser.send("Page.navigate", url=address)
        self.browser.until("document.readyState === 'complete' && document.title && document.body")

    def type(self, field: str, text: str) -> None:
        self.browser.evaluate(f"document.querySelector('[name={field}]').focus()")
        self.browser.send("Input.insertText", text=text)

    def sign_in(self, secret: str) -> None:
        """Fill in and press Enter, and wait for the page that comes of it."""
        self.browser.evaluate("window.before = true")
        self.type("user_token", PAIR[0])
        self.type("user_secret", secret)
        self.browser.key("Enter")
        self.browser.until("!window.before && document.readyState === 'complete' && document.title")

    def take(self, name: str, width: int = WIDTH) -> None:
        for theme in ("light", "dark"):
            self.browser.shape(width, theme=theme)
            self.browser.evaluate("document.activeElement.blur()")
            height = self.browser.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
            self.browser.shape(width, height, theme)
            time.sleep(0.2)
            picture = self.browser.picture(width, height)
            (self.folder / f"{name}-{theme}.png").write_bytes(picture)
            print(f"{name}-{theme}.png: {width} by {height}, {len(picture) // 1024} KiB")


def main() -> None:
    chromium = find() or sys.exit("There is no Chromium here. Install it, or name it in CHROMIUM.")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    port = reserved_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        with server(program("oe-mcp-http", "OE_MCP_HTTP"), Path(place), port):
            browser = Browser(chromium, Path(place) / "profile", f"{HOST}:443=127.0.0.1:{port}")
            try:
                browser.send("Security.setIgnoreCertificateErrors", ignore=True)
                visitor = Visitor(SimpleNamespace(connection=lambda: connection(port)), f"https://{HOST}")
                link = App(visitor).register().link()
                for name, redirect in (("Claude", CALLBACK), ("Cursor", CURSOR[0])):
                    App(visitor, redirect, name).register().connect(Person(visitor, PAIR), write=name == "Claude")
                pictures = Pictures(browser, folder)
                pictures.open(link)
                pictures.take("page")
                pictures.take("page-narrow", NARROW)
                pictures.sign_in("mistaken-secret")
                pictures.take("wrong-secret")
                pictures.open(f"https://{HOST}/connections")
                pictures.sign_in(PAIR[1])
                pictures.take("connections")
                pictures.open(link.replace("claude.ai", "evil.example"))
                pictures.take("refused")
            finally:
                browser.close()


def connection(port: int) -> http.client.HTTPSConnection:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)


if __name__ == "__main__":
    main()
