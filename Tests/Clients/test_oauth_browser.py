"""The sign-in page in Chromium: the whole way to every kind of program, by keyboard, in light and dark, never in a frame."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from browser import Browser, find
from network import OPENSSL, Authority, reserved_port
from oauth_flow import CURSOR, App
from oauth_servers import SignIn, key_file, signing_in  # noqa: F401
from wire import ROOT

SERVER, APP, FOREIGN = "mcp.example", "app.example", "evil.example"
BASE = f"https://{SERVER}"
HTTPS_CALLBACK = f"https://{APP}/oauth/callback"
AXE = Path(os.environ.get("AXE", ROOT / ".build/axe/axe_playwright_python/axe.min.js"))
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.skipif(not OPENSSL, reason="openssl is missing; scripts/need test gets it")


class Callback:
    """A program that waits for the browser to come back, at a port of this machine; `then` is where it sends the browser on."""

    def __init__(self, certificate: tuple[Path, Path] | None = None, then: str | None = None):
        callback = self
        self.paths: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/favicon.ico":
                    callback.paths.append(self.path)
                self.send_response(302 if then else 200)
                if then:
                    self.send_header("Location", then)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>Connected</title><p>Connected")

            def log_message(self, *_: object) -> None:
                """The test's output is its own."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def told(self) -> dict[str, str]:
        """What the browser brought, each once; waits for it."""
        end = time.monotonic() + 15
        while not self.paths:
            assert time.monotonic() < end, "The browser did not come."
            time.sleep(0.02)
        assert len(self.paths) == 1, self.paths
        return {name: value for name, (value,) in parse_qs(urlsplit(self.paths[0]).query).items()}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Tab:
    """A browser, and what it held against the pages."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.complaints: list[str] = []
        browser.listeners["Log.entryAdded"] = lambda event: self._complain(event["entry"].get("text", ""))
        browser.listeners["Audits.issueAdded"] = lambda event: self._complain(json.dumps(event["issue"]))
        browser.send("Audits.enable")
        browser.send("Security.setIgnoreCertificateErrors", ignore=True)

    def _complain(self, text: str) -> None:
        if any(word in text for word in ("Content Security Policy", "ContentSecurityPolicy", "frame-ancestors", "X-Frame-Options")):
            self.complaints.append(text)

    def open(self, address: str) -> None:
        self.browser.send("Page.navigate", url=address)
        self.browser.until("document.readyState === 'complete' && document.body && document.title")

    def type(self, field: str, text: str) -> None:
        self.browser.evaluate(f"(e => {{ e.value = ''; e.focus(); }})(document.querySelector('[name={field}]'))")
        self.browser.send("Input.insertText", text=text)
        self.browser.until(f"document.querySelector('[name={field}]').value === {json.dumps(text)}")

    def leave(self, words: str) -> None:
        """Press a button until the page is left; one that was painted a moment ago may miss the first click."""
        self.browser.evaluate("window.stays = true")
        for _ in range(3):
            self.press("button", words)
            end = time.monotonic() + 8
            while time.monotonic() < end:
                try:
                    if not self.browser.evaluate("!!window.stays"):
                        return
                except AssertionError:
                    # Between two pages there is none.
                    pass
                time.sleep(0.05)
        raise AssertionError(f"{words} leads nowhere.")

    def press(self, selector: str, words: str = "") -> None:
        """A click of the mouse in the middle of what has these words."""
        # A page takes no input before it has been painted.
        place = self.browser.evaluate(
            f"(async () => {{ const e = [...document.querySelectorAll({json.dumps(selector)})].find("
            f"one => one.textContent.includes({json.dumps(words)})); e.scrollIntoView({{block: 'center'}});"
            " const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));"
            " for (let i = 0; i < 200; i++) { await painted(); const r = e.getBoundingClientRect();"
            " const [x, y] = [r.x + r.width / 2, r.y + r.height / 2];"
            " if (e.contains(document.elementFromPoint(x, y))) return [x, y]; } })()"
        )
        self.browser.send("Page.bringToFront")
        self.browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
        for kind in ("mousePressed", "mouseReleased"):
            self.browser.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def fill(self, pair: tuple[str, str]) -> None:
        self.type("user_token", pair[0])
        self.type("user_secret", pair[1])

    def allow(self, pair: tuple[str, str]) -> None:
        self.fill(pair)
        self.leave("Allow")

    @property
    def text(self) -> str:
        return self.browser.evaluate("document.body.innerText")

    def until_status(self, status: int) -> None:
        """Waits for a page that came with this status."""
        self.browser.until(f"performance.getEntriesByType('navigation')[0]?.responseStatus === {status} && document.title")

    def check(self, name: str, widths: tuple[int, ...] = (320, 1280)) -> None:
        """Accessible in both themes, and on a narrow screen without scrolling sideways."""
        for theme in ("light", "dark"):
            for width in widths:
                self.browser.shape(width, theme=theme)
                over = self.browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert over <= 0, f"{name} is {over} pixels too wide at {width}."
            if AXE.exists():
                assert not (found := self._axe()), f"{name}, {theme}: {json.dumps(found, indent=1)}"
        self.browser.shape(1280)

    def _axe(self) -> list[dict]:
        self.browser.evaluate(AXE.read_text() + "\n;0")
        options = json.dumps({"runOnly": {"type": "tag", "values": STANDARDS}})
        # What stands in frames is not looked into, and what cannot be seen is not looked at.
        return self.browser.evaluate(
            f"axe.run(document, {options}).then(found => found.violations.map(one => "
            "({id: one.id, help: one.help, nodes: one.nodes.map(node => node.html + ' ' + node.failureSummary)})))"
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority", "Example Root")


@pytest.fixture(scope="module")
def places(authority: Authority) -> Iterator[tuple[int, Callback, Callback]]:
    """The port of the server, a site that sends the browser on to a program, and a foreign one."""
    app = Callback(authority.certificate("app", APP), "claude://connected?code=1")
    foreign = Callback()
    yield reserved_port(), app, foreign
    app.stop()
    foreign.stop()


def started(places: tuple[int, Callback, Callback], folder: Path) -> Browser:
    program = find()
    if not program:
        pytest.skip("There is no Chromium here.")
    port, app, _ = places
    return Browser(program, folder, f"{SERVER}:443=127.0.0.1:{port}", f"{APP}:443=127.0.0.1:{app.port}", FOREIGN, "127.0.0.1")


@pytest.fixture(scope="module")
def browser(places: tuple[int, Callback, Callback], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = started(places, tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    browser.send("Network.clearBrowserCookies")
    browser.shape(1280)
    yield Tab(browser)
    browser.send("Page.navigate", url="about:blank")


@pytest.fixture
def own_tab(places: tuple[int, Callback, Callback], tmp_path: Path) -> Iterator[Tab]:
    """In a browser of its own: once it has been asked to open a program, it may take no more input."""
    browser = started(places, tmp_path / "browser")
    browser.shape(1280)
    yield Tab(browser)
    browser.close()


@pytest.fixture
def site(signing_in: Callable[..., SignIn], authority: Authority, places) -> SignIn:  # noqa: F811
    certificate, key = authority.certificate("server", SERVER)
    site = signing_in(base=BASE, port=places[0], MCP_TLS_CERTIFICATE=certificate, MCP_TLS_KEY=key, OAUTH_REDIRECT_ALLOW=HTTPS_CALLBACK)
    trusting = ssl.create_default_context(cafile=authority.bundle)
    trusting.check_hostname = False
    site.program.connection = lambda: http.client.HTTPSConnection("127.0.0.1", places[0], timeout=30, context=trusting)
    return site


@pytest.fixture
def callback() -> Iterator[Callback]:
    callback = Callback()
    yield callback
    callback.stop()


def app_for(site: SignIn, redirect: str) -> App:
    return site.app(redirect=redirect).register()


# Check 19
def test_a_person_comes_back_to_a_program_at_this_computer(tab: Tab, site: SignIn, callback: Callback) -> None:
    redirect = f"http://127.0.0.1:{callback.port}/callback"
    app = app_for(site, redirect)
    tab.open(app.link())
    tab.check("the page")
    tab.allow(site.pair)
    told = callback.told()
    assert told.keys() == {"code", "state", "iss"} and told["state"] == app.state and told["iss"] == BASE
    assert app.exchange(told["code"]).status == 200 and not tab.complaints, tab.complaints


# Check 19
def test_a_person_comes_back_to_a_site_that_goes_on_to_a_program(own_tab: Tab, site: SignIn, places) -> None:
    tab = own_tab
    app = app_for(site, HTTPS_CALLBACK)
    places[1].paths.clear()
    tab.open(app.link())
    tab.allow(site.pair)
    told = places[1].told()
    assert app.exchange(told["code"]).status == 200 and not tab.complaints, tab.complaints


# Check 19
def test_a_person_opens_an_editor_by_a_link(own_tab: Tab, site: SignIn) -> None:
    tab = own_tab
    app = app_for(site, CURSOR[0])
    tab.open(app.link())
    tab.allow(site.pair)
    tab.browser.until("document.querySelector('a[href^=\"cursor:\"]')")
    link = tab.browser.evaluate("document.querySelector('a[href^=\"cursor:\"]').href")
    told = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    tab.check("the way back")
    wanted: list[str] = []
    tab.browser.listeners["Page.frameRequestedNavigation"] = lambda event: wanted.append(event["url"])
    end = time.monotonic() + 15
    while not wanted and time.monotonic() < end:
        # A page that has just changed its size may miss the first click.
        tab.press('a[href^="cursor:"]')
        tab.browser.evaluate("new Promise(done => setTimeout(done, 300))")
    assert set(wanted) == {link} and app.exchange(told["code"]).status == 200 and not tab.complaints, (wanted, tab.complaints)


# Check 19
def test_the_page_cannot_be_framed(tab: Tab, site: SignIn, callback: Callback, places) -> None:
    app = app_for(site, f"http://127.0.0.1:{callback.port}/callback")
    tab.open(f"http://{FOREIGN}:{places[2].port}/")
    tab.browser.evaluate(
        "new Promise(done => { const frame = document.createElement('iframe'); frame.onload = () => done(0);"
        f" frame.src = {json.dumps(app.link())}; document.body.append(frame); }})"
    )
    tab.browser.until("document.querySelector('iframe')")
    end = time.monotonic() + 10
    while not tab.complaints and time.monotonic() < end:
        tab.browser.evaluate("0")
        time.sleep(0.02)
    assert any("frame" in text.lower() for text in tab.complaints), tab.complaints
    tree = tab.browser.send("Page.getFrameTree")["frameTree"]
    assert all("authorize" not in frame["frame"]["url"] or frame["frame"].get("unreachableUrl") for frame in tree.get("childFrames", []))


def test_the_page_works_by_keyboard_alone(tab: Tab, site: SignIn, callback: Callback) -> None:
    app = app_for(site, f"http://127.0.0.1:{callback.port}/callback")
    tab.open(app.link())
    reached = []
    for _ in range(20):
        tab.browser.key("Tab")
        reached.append(
            tab.browser.evaluate("(e => e === document.body ? '' : e.name || e.textContent)(document.activeElement)")
        )
    # In the order in which they are read, and each is seen to have the focus.
    order = ["scope_write", "user_token", "user_secret", "Cancel", "Allow"]
    assert [name for name in reached if name in order][: len(order)] == order, reached
    outlines = tab.browser.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), button, a')].map(e => { e.focus();"
        " const s = getComputedStyle(e); return s.outlineStyle + ' ' + s.outlineWidth; })"
    )
    assert all(not each.startswith("none") and not each.endswith(" 0px") for each in outlines), outlines
    tab.fill(site.pair)
    # In the field of the secret, Enter allows.
    tab.browser.key("Enter")
    assert app.exchange(callback.told()["code"]).json["scope"] == "ovaledge:read"


def test_who_ticks_write_may_write_and_who_cancels_is_led_back(tab: Tab, site: SignIn, callback: Callback) -> None:
    app = app_for(site, f"http://127.0.0.1:{callback.port}/callback")
    tab.open(app.link())
    if not tab.browser.evaluate("document.querySelector('[name=scope_write]').checked"):
        tab.press("[name=scope_write]")
    tab.allow(site.pair)
    assert app.exchange(callback.told()["code"]).json["scope"] == "ovaledge:read ovaledge:write"
    callback.paths.clear()
    tab.open(app.link())
    tab.leave("Cancel")
    told = callback.told()
    assert told["error"] == "access_denied" and told["state"] == app.state and not tab.complaints


def test_every_page_is_accessible(tab: Tab, site: SignIn, callback: Callback, ovaledge) -> None:
    app = app_for(site, f"http://127.0.0.1:{callback.port}/callback")
    tab.open(app.link())
    tab.allow((site.pair[0], "mistaken-secret"))
    tab.browser.until("document.querySelector('[role=alert], [aria-invalid=true], .error')")
    tab.check("a wrong secret")
    assert tab.browser.evaluate("document.querySelector('[name=user_secret]').value") == ""
    ovaledge.stop()
    tab.allow(site.pair)
    tab.until_status(503)
    tab.check("OvalEdge away")
    ovaledge.start()
    tab.open(app.link())
    tab.browser.send("Network.clearBrowserCookies")
    tab.allow(site.pair)
    tab.until_status(400)
    tab.check("no cookies")
    tab.open(app.link())
    site.clock.advance(16 * 60)
    tab.allow(site.pair)
    tab.until_status(410)
    tab.check("too late")
    for name, link in (
        ("unknown client", app.link(client_id="oec1.AAAA.AAAA")), ("bad redirect", app.link(redirect_uri="https://evil.test/cb")),
        ("connections", f"{BASE}/connections"),
    ):  # fmt: skip
        tab.open(link)
        tab.check(name)
    tab.fill(site.pair)
    tab.browser.key("Enter")
    tab.browser.until("!document.querySelector('[name=user_secret]') || document.querySelector('[name=revoke]')")
    tab.check("what is connected")
    assert not [text for text in tab.complaints if "axe" not in text], tab.complaints


def test_the_page_works_on_a_server_of_this_computer(tab: Tab, signing_in, callback: Callback) -> None:  # noqa: F811
    site = signing_in(base="http://127.0.0.1:{port}")
    app = app_for(site, f"http://127.0.0.1:{callback.port}/callback")
    tab.open(app.link())
    cookies = tab.browser.send("Network.getCookies", urls=[f"{site.base}/authorize"])["cookies"]
    assert [each["name"].startswith("oe_txn_") and each["httpOnly"] and not each["secure"] for each in cookies] == [True]
    tab.allow(site.pair)
    assert app.exchange(callback.told()["code"]).status == 200 and not tab.complaints
