"""A page in Chromium that uses `oe-mcp-http` from another origin: what it may send and read, and what it may not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from browser import Browser, find
from http_program import INITIALIZE, HTTPProgram
from network import OPENSSL, Authority
from stand_in import StandIn

LISTED, FOREIGN, SERVER = "app.example", "evil.example", "mcp.example"
BOTH = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
KEYS = "io.modelcontextprotocol/"

pytestmark = pytest.mark.skipif(not OPENSSL, reason="openssl is missing; scripts/need test gets it")

# What a page learns of an answer: what the browser lets it read.
FETCH = """(async (url, options) => {
  try {
    const answer = await fetch(url, options);
    return {status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text()};
  } catch (error) {
    return {failed: error.name};
  }
})"""

# The first event of a stream, and then the page is no longer interested.
FIRST_EVENT = """(async (url, options) => {
  const answer = await fetch(url, options), reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('data: ')) text += (await reader.read()).value;
  await reader.cancel();
  return {status: answer.status, text};
})"""


class Pages:
    """Empty pages of every origin whose name leads here."""

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """The test's output is its own."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def origin(self, name: str) -> str:
        return f"http://{name}:{self.port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Page:
    """A page of one origin, and the server that it uses."""

    def __init__(self, browser: Browser, origin: str, program: HTTPProgram):
        self.browser = browser
        self.base = f"https://{SERVER}:{program.port}"
        browser.send("Page.navigate", url=f"{origin}/")
        browser.until(f"location.origin === {json.dumps(origin)} && document.readyState === 'complete'")

    def _run(self, script: str, path: str, method: str, headers: dict[str, str], body: object, **more: str) -> dict:
        options = {"method": method, "headers": headers} | more | ({} if body is None else {"body": json.dumps(body)})
        return self.browser.evaluate(f"{script}({json.dumps(self.base + path)}, {json.dumps(options)})")

    def fetch(self, method: str, path: str, headers: dict[str, str] | None = None, body: object = None, **more: str) -> dict:
        return self._run(FETCH, path, method, headers or {}, body, **more)

    def first_event(self, method: str, headers: dict[str, str], body: object = None) -> dict:
        return self._run(FIRST_EVENT, "/mcp", method, headers, body)


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    pages = Pages()
    yield pages
    pages.stop()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find()
    if not program:
        pytest.skip("There is no Chromium here.")
    browser = Browser(program, tmp_path_factory.mktemp("browser"), LISTED, FOREIGN, SERVER)
    browser.send("Security.setIgnoreCertificateErrors", ignore=True)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    made = Authority(tmp_path_factory.mktemp("tls") / "authority", "Example Root").certificate("site", host=SERVER)
    return dict(zip(("MCP_TLS_CERTIFICATE", "MCP_TLS_KEY"), map(str, made), strict=True))


@pytest.fixture
def program(serve, remote, certificate, pages: Pages) -> HTTPProgram:
    remote |= certificate | {"MCP_ALLOWED_ORIGINS": pages.origin(LISTED), "MCP_ALLOWED_HOSTS": SERVER}
    return serve(**remote, MCP_HTTP_STATELESS="false")


@pytest.fixture
def page(browser: Browser, pages: Pages, program: HTTPProgram) -> Page:
    return Page(browser, pages.origin(LISTED), program)


def credentials(pair: tuple[str, str]) -> dict[str, str]:
    return {"X-OvalEdge-Token": pair[0], "X-OvalEdge-Secret": pair[1]}


def request(method: str, **params: object) -> dict:
    return {"jsonrpc": "2.0", "id": 2, "method": method, "params": params}


# Check 23, Check 24
def test_a_page_of_a_listed_origin_has_a_session(page: Page, pair) -> None:
    begun = page.fetch("POST", "/mcp", BOTH | credentials(pair), INITIALIZE)
    assert begun["status"] == 200 and {"mcp-session-id", "x-request-id"} <= begun["headers"].keys(), begun
    session = BOTH | credentials(pair) | {"Mcp-Session-Id": begun["headers"]["mcp-session-id"], "MCP-Protocol-Version": "2024-11-05"}
    listed = page.fetch("POST", "/mcp", session, request("tools/list"))
    assert "asset_explorer" in listed["body"]
    stream = page.browser.evaluate(
        f"fetch({json.dumps(page.base + '/mcp')}, {json.dumps({'headers': session | {'Accept': 'text/event-stream'}})})"
        ".then(answer => [answer.status, answer.headers.get('Content-Type'), answer.body.cancel()].slice(0, 2))"
    )
    assert stream == [200, "text/event-stream"]
    assert page.fetch("DELETE", "/mcp", session)["status"] == 204
    assert page.fetch("POST", "/mcp", session, request("tools/list"))["status"] == 404


# Check 23
def test_a_page_speaks_the_newest_revision(page: Page, pair) -> None:
    about = {f"{KEYS}protocolVersion": "2026-07-28", f"{KEYS}clientCapabilities": {}}
    headers = BOTH | credentials(pair) | {"MCP-Protocol-Version": "2026-07-28", "traceparent": f"00-{'1' * 32}-{'2' * 16}-01"}
    call = request("tools/call", name="asset_explorer", arguments={"search_terms": ["loans"]}, _meta=about)
    own = {"Mcp-Method": "tools/call", "Mcp-Name": "asset_explorer", "Mcp-Param-Anything": "x"}
    assert "raw_loans" in page.fetch("POST", "/mcp", headers | own, call)["body"]
    listen = request("subscriptions/listen", notifications={"toolsListChanged": True}, _meta=about)
    first = page.first_event("POST", headers | {"Mcp-Method": "subscriptions/listen"}, listen)
    assert first["status"] == 200 and "notifications/subscriptions/acknowledged" in first["text"]


def test_a_page_can_read_why_it_was_refused(page: Page, pair) -> None:
    refused = page.fetch("POST", "/mcp", BOTH | credentials((pair[0], "mistaken-secret")), INITIALIZE)
    assert refused["status"] == 401 and "OvalEdge refused" in refused["body"] and "x-request-id" in refused["headers"]
    assert page.fetch("PUT", "/mcp", BOTH | credentials(pair))["failed"] == "TypeError"


@pytest.mark.parametrize("path", ["/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server", "/health", "/"])
def test_a_page_may_look_at_what_is_open_to_all(page: Page, path: str) -> None:
    # As the SDK for browsers asks, which makes the browser ask before.
    answer = page.fetch("GET", path, {"MCP-Protocol-Version": "2025-11-25"})
    assert answer.get("status") == 200 and json.loads(answer["body"]), answer


# Check 22
def test_a_page_of_another_origin_neither_reads_nor_does_anything(
    browser: Browser, pages: Pages, program: HTTPProgram, pair, ovaledge: StandIn
) -> None:
    page = Page(browser, pages.origin(FOREIGN), program)
    assert page.fetch("POST", "/mcp", BOTH | credentials(pair), INITIALIZE) == {"failed": "TypeError"}
    # What needs no permission to be sent is not taken.
    blind = page.fetch("POST", "/mcp", {"Content-Type": "text/plain"}, INITIALIZE, mode="no-cors")
    assert blind == {"status": 0, "headers": {}, "body": ""}
    assert page.fetch("GET", "/health") == {"failed": "TypeError"}
    assert program.wait_for_log("reason=forbidden_origin") and ovaledge.exchanges == 0


def test_a_page_reads_nothing_where_that_is_switched_off(browser: Browser, pages: Pages, program, serve, remote, pair) -> None:
    closed = serve(**remote, MCP_CORS="false")
    assert Page(browser, pages.origin(LISTED), closed).fetch("POST", "/mcp", BOTH | credentials(pair), INITIALIZE) == {"failed": "TypeError"}
