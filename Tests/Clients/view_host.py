"""The program around a view: a page in a browser on one side, the server on the other."""

from __future__ import annotations

import json
from pathlib import Path

from browser import Browser
from wire import Wire

UI = {"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html;profile=mcp-app"]}}
EVERYTHING = {"serverTools": {}, "openLinks": {}}


class ViewHost:
    """Shows the views of one server, one at a time; the tools they call are called."""

    def __init__(self, browser: Browser, wire: Wire):
        self.browser = browser
        self.wire = wire
        self.troubles: list[str] = []
        self.requested: list[str] = []
        self.calls: list[dict] = []
        hello = {"protocolVersion": "2025-11-25", "capabilities": {"extensions": UI}}
        wire.request("initialize", hello | {"clientInfo": {"name": "views", "version": "1"}})
        wire.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        tools = wire.request("tools/list")["result"]["tools"]
        self.views = {tool["name"]: tool["_meta"]["ui"]["resourceUri"] for tool in tools if "ui" in tool.get("_meta", {})}
        browser.listeners |= {
            "Runtime.bindingCalled": self._called,
            "Runtime.exceptionThrown": lambda event: self.troubles.append(json.dumps(event["exceptionDetails"])),
            "Runtime.consoleAPICalled": lambda event: self.troubles.append(json.dumps(event["args"])),
            "Log.entryAdded": lambda event: self.troubles.append(event["entry"]["text"]),
            "Network.requestWillBeSent": lambda event: self.requested.append(event["request"]["url"]),
        }
        browser.send("Runtime.addBinding", name="called")
        page = Path(__file__).with_name("view_host.html").read_text()
        frame = browser.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        browser.send("Page.setDocumentContent", frameId=frame, html=page)

    def _called(self, event: dict) -> None:
        message = json.loads(event["payload"])
        self.calls.append(message["params"])
        reply = self.wire.request("tools/call", message["params"])
        self.tell({"id": message["id"]} | {name: reply[name] for name in ("result", "error") if name in reply})

    def page(self, tool: str) -> str:
        return self.wire.request("resources/read", {"uri": self.views[tool]})["result"]["contents"][0]["text"]

    def show(self, tool: str, capabilities: dict | None = None, **context: object) -> None:
        """The view of a tool, once it has introduced itself."""
        capabilities = EVERYTHING if capabilities is None else capabilities
        hello = {
            "protocolVersion": "2026-01-26", "hostInfo": {"name": "tests", "version": "1"},
            "hostCapabilities": capabilities, "hostContext": {"locale": "en-GB"} | context,
        }
        self.browser.evaluate(f"show({json.dumps(self.page(tool))}, {json.dumps(hello)})")
        self.browser.until("heard.some(message => message.method === 'ui/notifications/initialized')")

    def tell(self, message: dict) -> None:
        self.browser.evaluate(f"tell({json.dumps(message)})")

    def notify(self, method: str, **params: object) -> None:
        self.tell({"method": f"ui/notifications/{method}", "params": params})

    def answer(self, tool: str, **arguments: object) -> dict:
        """Calls the tool as a model would, and hands the view what it gets."""
        result = self.wire.request("tools/call", {"name": tool, "arguments": arguments})["result"]
        self.give(result, arguments)
        return result

    def give(self, result: dict, arguments: dict | None = None) -> None:
        self.notify("tool-input", arguments=arguments or {})
        self.notify("tool-result", **result)

    @property
    def frame(self) -> str:
        tree = self.browser.send("Page.getFrameTree")["frameTree"]
        return tree["childFrames"][0]["frame"]["id"]

    def see(self, script: str) -> object:
        """What a script finds inside the view."""
        return self.browser.evaluate(script, self.frame)

    def until(self, script: str) -> None:
        self.browser.until(script, self.frame)

    def press(self, name: str) -> None:
        """Presses what is called so."""
        label = "(one.getAttribute('aria-label') ?? one.textContent)"
        pressed = self.see(
            f"(found => (found?.focus(), found?.click(), !!found))([...document.querySelectorAll('button,a,summary')]"
            f".find(one => {label}.startsWith({json.dumps(name)})))"
        )
        assert pressed, f"There is nothing called {name}."

    def heard(self, method: str) -> list[dict]:
        """What the view has sent by this method."""
        return self.browser.evaluate(f"heard.filter(message => message.method === {json.dumps(method)})")

    @property
    def text(self) -> str:
        return self.see("document.body.innerText")
