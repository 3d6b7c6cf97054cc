"""Takes the pictures of the status page for the documentation: `status_screenshots.py FOLDER`, with a sandbox behind it."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path

from browser import Browser, find
from http_program import HTTPProgram, fields
from sandbox_on_port import SANDBOX_CREDENTIAL, SandboxOnPort
from wire import program

PAIR = (SANDBOX_CREDENTIAL["OVALEDGE_USER_TOKEN"], SANDBOX_CREDENTIAL["OVALEDGE_USER_SECRET"])
CALLS = (
    ("asset_explorer", {"search_terms": ["orders"]}, 5),
    ("asset_details", {"object_id": 501, "object_type": "oetable"}, 3),
    ("asset_lineage", {"object_id": 501, "object_type": "oetable"}, 2),
    ("asset_details", {"object_id": 999999, "object_type": "oetable"}, 1),
)
WIDTH = 1000


def use(server: HTTPProgram) -> None:
    """A little of everything that the page shows."""
    for tool, arguments, times in CALLS:
        for _ in range(times):
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
            server.post(call, fields(PAIR))
    server.post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, fields(("another-token-5521", "another-secret-81f0")))


def main() -> None:
    chromium = find() or sys.exit("There is no Chromium here. Install it, or name it in CHROMIUM.")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    name = program("oe-mcp-http", "OE_MCP_HTTP")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, SandboxOnPort(name, Path(place)) as sandbox:
        settings = {"AUTH_MODE": "remote_credentials", "OVALEDGE_BASE_URL": sandbox.url, "MCP_METRICS_PORT": 0}
        with HTTPProgram(name, Path(place), **settings) as server:
            page = "http://localhost:" + re.search(r":(\d+)/metrics", server.wait_for_log("/metrics"))[1] + "/status"
            use(server)
            browser = Browser(chromium, Path(place) / "profile", "localhost")
            try:
                for theme in ("light", "dark"):
                    browser.shape(WIDTH, theme=theme)
                    browser.send("Page.navigate", url=page)
                    browser.until("document.querySelector('footer') && document.styleSheets.length")
                    height = int(json.dumps(browser.evaluate("document.documentElement.offsetHeight")))
                    browser.shape(WIDTH, height, theme)
                    time.sleep(0.2)
                    picture = browser.picture(WIDTH, height)
                    (folder / f"status-{theme}.png").write_bytes(picture)
                    print(f"status-{theme}.png: {WIDTH} by {height}, {len(picture) // 1024} KiB")
            finally:
                browser.close()


if __name__ == "__main__":
    main()
