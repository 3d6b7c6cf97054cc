"""Takes the pictures of the views for the documentation: `screenshots.py FOLDER`, with answers of the sandbox."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from browser import Browser, find
from view_host import ViewHost
from wire import Wire, clean_environment, program

# A name, the tool, what it is asked, how wide, and what is pressed before the picture is taken.
PICTURES = (
    ("asset-explorer", "asset_explorer", {"search_terms": ["orders"], "limit": 5}, 760, None),
    ("asset-details", "asset_details", {"object_id": 501, "object_type": "oetable"}, 760, None),
    ("asset-lineage", "asset_lineage", {"object_id": 501, "object_type": "oetable", "depth": 3}, 1000, "refunds"),
    ("metadata-changes", "metadata_changes_between_crawls", {"connection_name": "bramble_dw"}, 760, None),
)


def take(host: ViewHost, folder: Path) -> None:
    for name, tool, arguments, width, pressed in PICTURES:
        for theme in ("light", "dark"):
            host.browser.shape(width, theme=theme)
            host.show(tool)
            host.answer(tool, **arguments)
            host.until("document.body.innerText.includes('orders')")
            if pressed:
                host.press(pressed)
                # Where the keyboard is, is no part of the picture.
                host.see("document.activeElement.blur()")
            time.sleep(0.3)
            height = host.browser.evaluate("Math.ceil(frame.getBoundingClientRect().height)")
            host.browser.shape(width, height, theme)
            time.sleep(0.2)
            picture = host.browser.picture(width, height)
            (folder / f"{name}-{theme}.png").write_bytes(picture)
            print(f"{name}-{theme}.png: {width} by {height}, {len(picture) // 1024} KiB")


def main() -> None:
    chromium = find() or sys.exit("There is no Chromium here. Install it, or name it in CHROMIUM.")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        browser = Browser(chromium, Path(place) / "profile")
        wire = Wire([program("oe-mcp", "OE_MCP"), "--sandbox"], clean_environment(Path(place)), Path(place))
        try:
            take(ViewHost(browser, wire), folder)
        finally:
            browser.close()
            wire.kill()


if __name__ == "__main__":
    main()
