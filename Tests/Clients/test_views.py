"""The views in a real browser: what they say to the program around them, and what people see of answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser import Browser, find
from view_host import ViewHost
from wire import Wire, clean_environment

CALLS = {
    "asset_explorer": {"search_terms": ["orders"], "limit": 5},
    "asset_details": {"object_id": 501, "object_type": "oetable"},
    "asset_lineage": {"object_id": 501, "object_type": "oetable", "depth": 3},
    "metadata_changes_between_crawls": {"connection_name": "bramble_dw"},
}
SEES_ANSWER = "document.querySelector('main[aria-label]') && document.body.innerText.includes('orders')"

# Every text that is seen, with a ground it does not stand out from (WCAG 2, AA).
TOO_FAINT = """(() => {
  const parts = color => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = color => parts(color).slice(0, 3).map(part => part / 255)
    .map(part => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4).reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor, [, , , opacity = 1] = parts(color);
      if (opacity === 1 && color !== 'transparent') return color;
    }
    return 'rgb(255, 0, 255)';
  };
  const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, said = walker.currentNode.textContent.trim();
    if (!said || !element.checkVisibility() || element.closest('script,style,.hidden,option')) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    if ((a + .05) / (b + .05) < 4.5) faint.push(`${said}: ${((a + .05) / (b + .05)).toFixed(2)}`);
  }
  return faint;
})()"""


@pytest.fixture(scope="module")
def host(oe_mcp: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewHost]:
    program = find()
    if not program:
        pytest.skip("There is no Chromium here.")
    folder = tmp_path_factory.mktemp("views")
    browser = Browser(program, folder / "profile")
    wire = Wire([oe_mcp, "--sandbox"], clean_environment(folder), folder)
    yield ViewHost(browser, wire)
    browser.close()
    wire.kill()


@pytest.fixture(autouse=True)
def undisturbed(host: ViewHost) -> Iterator[None]:
    """Whatever a test does, nothing goes wrong inside the view and nothing is asked of a network."""
    for kept in (host.calls, host.troubles, host.requested):
        kept.clear()
    host.browser.shape(900)
    yield
    assert host.troubles == []
    assert [url for url in host.requested if not url.startswith(("about:", "data:"))] == []


def answered(host: ViewHost, tool: str, capabilities: dict | None = None, **context: object) -> dict:
    host.show(tool, capabilities, **context)
    result = host.answer(tool, **CALLS[tool])
    host.until(SEES_ANSWER)
    return result


@pytest.mark.parametrize("tool", CALLS)
def test_a_view_introduces_itself_and_says_how_tall_it_is(host: ViewHost, tool: str) -> None:
    host.show(tool)
    assert "waiting" in host.see("document.querySelector('[role=status]').textContent")
    first = host.browser.evaluate("heard[0]")
    assert first["jsonrpc"] == "2.0" and first["method"] == "ui/initialize"
    assert first["params"]["protocolVersion"] == "2026-01-26"
    assert first["params"]["appInfo"]["name"] and first["params"]["appInfo"]["version"]
    assert first["params"]["appCapabilities"]["availableDisplayModes"] == ["inline", "fullscreen"]
    small = host.heard("ui/notifications/size-changed")[-1]["params"]
    host.answer(tool, **CALLS[tool])
    host.browser.until(
        f"heard.at(-1).method === 'ui/notifications/size-changed' && heard.at(-1).params.height > {small['height']}"
    )
    host.until("innerHeight === Math.ceil(document.body.getBoundingClientRect().height)")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("tool", CALLS)
def test_everything_can_be_read(host: ViewHost, tool: str, width: int, theme: str) -> None:
    host.browser.shape(width, theme=theme)
    answered(host, tool)
    assert host.see(TOO_FAINT) == []
    assert host.see("document.documentElement.scrollWidth") <= width
    assert host.see("document.querySelectorAll('main').length") == 1
    assert host.see("document.querySelectorAll('h1').length") == 1


@pytest.mark.parametrize("tool", CALLS)
def test_everything_has_a_name_for_those_who_hear_it(host: ViewHost, tool: str) -> None:
    answered(host, tool)
    nodes = host.browser.send("Accessibility.getFullAXTree", frameId=host.frame)["nodes"]
    spoken = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    named = {"button", "link", "searchbox", "textbox", "combobox", "tab", "table", "region", "group", "main"}
    assert [role for role, name in spoken if role in named and not name.strip()] == []
    assert {"main", "heading"} <= {role for role, _ in spoken}


@pytest.mark.parametrize("tool", CALLS)
def test_catalog_text_stays_text(host: ViewHost, tool: str) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"

    def poison(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: poison(held, key) for key, held in value.items()}
        if isinstance(value, list):
            return [poison(held, name) for held in value]
        if name in ("redirectUrl", "navLink", "compareSchemaUrl", "objectRedirectUrl"):
            return "javascript:alert(3)"
        return hostile if isinstance(value, str) and name not in ("changeType", "direction") else value

    host.show(tool)
    result = host.wire.request("tools/call", {"name": tool, "arguments": CALLS[tool]})["result"]
    host.give(result | {"structuredContent": poison(result["structuredContent"])})
    host.until("document.body.innerText.includes('<script>alert(2)')")
    assert host.see("document.querySelectorAll('img,iframe,object,embed,base,link').length") == 0
    assert host.see("document.querySelectorAll('script').length") == 1
    assert host.see("document.querySelectorAll('a').length") == 0
    assert host.see("[...document.querySelectorAll('*')].flatMap(one => [...one.attributes]).filter(one => /^on/.test(one.name)).length") == 0


@pytest.mark.parametrize("tool", CALLS)
def test_catalog_objects_never_become_attributes(host: ViewHost, tool: str) -> None:
    hostile = {
        "name": "hostile", "style": "content-visibility:auto;position:fixed", "onfocus": "window.ran = 1", "autofocus": True,
        "oncontentvisibilityautostatechange": "window.ran = 1", "class": "hostile", "id": "hostile",
    }

    def poison(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: poison(held, key) for key, held in value.items()}
        if isinstance(value, list):
            return [poison(held, name) for held in value]
        return hostile if isinstance(value, str) and name not in ("changeType", "direction", "objectType") else value

    host.show(tool)
    data = host.wire.request("tools/call", {"name": tool, "arguments": CALLS[tool]})["result"]["structuredContent"]
    data = poison(data)
    data.get("data", data)["fallback"] = {"show": True, "message": hostile}
    host.give({"content": [], "structuredContent": data})
    host.until("document.querySelector('main').innerText.includes('hostile')")
    marked = "[...document.querySelectorAll('*')].flatMap(one => [...one.attributes])"
    assert host.see(f"{marked}.filter(one => /^on/.test(one.name) || one.name === 'autofocus').length") == 0
    assert host.see("document.querySelectorAll('#hostile, .hostile').length") == 0
    assert host.see(f"{marked}.filter(one => one.value.includes('content-visibility')).length") == 0


@pytest.mark.parametrize("tool", CALLS)
def test_no_other_script_runs(host: ViewHost, tool: str) -> None:
    answered(host, tool)
    host.see("(script => (script.textContent = 'window.ran = 1', document.body.append(script)))(document.createElement('script'))")
    host.see("document.body.setAttribute('onclick', 'window.ran = 1'), document.body.click()")
    assert host.see("window.ran ?? null") is None
    assert len(host.troubles) == 2 and all("Content Security Policy" in trouble for trouble in host.troubles)
    host.troubles.clear()


@pytest.mark.parametrize("tool", CALLS)
def test_failures_are_shown(host: ViewHost, tool: str) -> None:
    host.show(tool)
    host.give({"content": [{"type": "text", "text": "OvalEdge is away.\nTry in a minute."}], "isError": True})
    host.until("document.querySelector('[role=alert]')?.innerText.includes('Try in a minute.')")
    host.show(tool)
    host.give({"content": [{"type": "text", "text": "Only words."}]})
    host.until("document.querySelector('[role=alert]')?.innerText.includes('Only words.')")
    host.show(tool)
    host.give({"content": [], "structuredContent": {"data": {"items": 7, "columnChanges": "x", "nodes": {}, "profile": 3}}})
    host.until("!document.querySelector('.wait')")
    host.troubles.clear()
    host.show(tool)
    host.notify("tool-cancelled", reason="Somebody changed their mind.")
    host.until("document.querySelector('[role=alert]')?.innerText.includes('changed their mind')")


@pytest.mark.parametrize(
    ("tool", "data", "says"),
    [
        ("asset_explorer", {"data": {"items": []}, "returned": 0, "total": 0, "complete": True}, "Nothing matches."),
        ("asset_lineage", {"nodes": [], "edges": [], "summary": {}}, "No lineage is known."),
        ("asset_lineage", {"nodes": [{"id": 1, "name": "alone", "hop": 0}], "edges": []}, "Nothing feeds it"),
        ("metadata_changes_between_crawls", {"totalChanges": 0, "complete": True, "data": {}}, "Nothing changed."),
        ("asset_details", {"data": {"objectId": 1, "objectName": "bare"}}, "None is given."),
        (
            "asset_details",
            {"data": {"details": {"objectName": "cut"}}, "complete": False,
             "leftOut": [{"list": "data.profile.columns", "returned": 4, "total": 900}]},
            "4 of 900 columns",
        ),
        (
            "metadata_changes_between_crawls",
            {"totalChanges": 70, "complete": False, "data": {"columnChanges": [{"tableName": "t", "columnName": "c"}]},
             "leftOut": [{"list": "columnChanges", "returned": 40, "total": 70}]},
            "40 of 70 column changes",
        ),
        (
            "asset_lineage",
            {"nodes": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], "edges": [{"fromId": 1, "toId": 2}],
             "rootObjectId": 1, "complete": False, "summary": {"total": 9, "returned": 2, "cut": 7, "filteredOut": 0}},
            "2 of 9 assets shown.",
        ),
    ],
)
def test_nothing_and_not_everything_are_told(host: ViewHost, tool: str, data: dict, says: str) -> None:
    host.show(tool)
    host.give({"content": [], "structuredContent": data})
    host.until(f"document.querySelector('main').innerText.includes({json.dumps(says)})")


def test_a_search_goes_on_through_the_client(host: ViewHost) -> None:
    answered(host, "asset_explorer")
    host.press("Next page")
    host.until("document.querySelector('main').innerText.includes('page 2')")
    assert host.calls[-1] == {"name": "asset_explorer", "arguments": CALLS["asset_explorer"] | {"page": 2}}
    host.see("document.getElementById('terms').focus(); document.getElementById('terms').value = 'refunds'")
    host.browser.key("Enter")
    host.until("document.querySelector('ol').innerText.startsWith('refunds')")
    assert host.calls[-1]["arguments"] == {"search_terms": ["refunds"], "limit": 5, "page": 1}
    host.press("refunds")
    host.until("document.activeElement.id === 'name' && document.activeElement.textContent === 'refunds'")
    assert host.calls[-1]["name"] == "asset_details"
    host.press("← What was found")
    host.until("document.activeElement.textContent === 'refunds'")


def test_details_lead_along_relationships_and_back(host: ViewHost) -> None:
    answered(host, "asset_details")
    host.press("customers")
    host.until("document.querySelector('h1').textContent === 'customers'")
    assert host.calls == [{"name": "asset_details", "arguments": {"object_id": 511, "object_type": "oetable"}}]
    host.press("← orders")
    host.until("document.querySelector('h1').textContent === 'orders' && document.activeElement.id === 'name'")


def test_a_wide_table_is_read_on(host: ViewHost) -> None:
    host.show("asset_details")
    host.give({"content": [], "structuredContent": {
        "data": {"details": {"objectId": 501, "objectType": "oetable", "objectName": "wide"}},
        "rows": {"first": 1, "last": 2, "columns": 6, "relationships": 5}, "nextRow": 3, "complete": False,
    }})
    host.until("document.querySelector('main').innerText.includes('rows 1 to 2 of 6')")
    host.press("Next rows")
    host.until("document.querySelector('main').innerText.includes('rows 3 to 6 of 6')")
    arguments = {"object_id": 501, "object_type": "oetable", "first_row": 3}
    assert host.calls[-1] == {"name": "asset_details", "arguments": arguments}
    host.until("document.querySelector('main').innerText.includes('order_date')")


@pytest.mark.parametrize("tool", CALLS)
def test_a_client_that_calls_no_tools_is_offered_no_calls(host: ViewHost, tool: str) -> None:
    answered(host, tool, capabilities={})
    names = host.see("[...document.querySelectorAll('button')].map(one => one.textContent)")
    assert not {"Search", "Next page →", "One more hop", "Details", "customers"} & set(names)


def test_a_refused_call_leaves_what_was_there(host: ViewHost) -> None:
    answered(host, "asset_explorer")
    host.see("host.input.sort = 'sideways'")
    host.press("Next page")
    host.until("document.querySelector('[role=alert]')?.innerText.includes('sort')")
    assert "shop_orders" in host.text


# What can be pressed, chosen or filled in: the name of each, once.
CONTROLS = """[...new Set([...document.querySelectorAll('button,a,summary,select,input')]
  .filter(one => one.checkVisibility()).map(one => one.getAttribute('aria-label') ?? one.textContent))]"""
USE = """(name => {
  const control = [...document.querySelectorAll('button,a,summary,select,input')]
    .find(one => one.checkVisibility() && (one.getAttribute('aria-label') ?? one.textContent) === name);
  if (!control) return false;
  control.focus();
  if (control.tagName === 'SELECT') {
    control.selectedIndex = (control.selectedIndex + 1) % control.options.length;
    control.dispatchEvent(new Event('change', { bubbles: true }));
  } else if (control.tagName === 'INPUT') {
    control.value = 'orders';
    control.dispatchEvent(new Event('input', { bubbles: true }));
    control.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  } else {
    control.click();
  }
  return true;
})"""
# Where the tours of each view begin, and the controls that must be on the way.
TOURS = {
    "asset_explorer": [({"search_terms": ["orders"], "limit": 5, "page": 2}, {
        "Words to look for", "Kind of asset", "Search", "← Page before", "Next page →", "← What was found"})],
    "asset_details": [({"object_id": 501, "object_type": "oetable"}, {"customers", "← orders", "More", "Open (opens outside)"})],
    "asset_lineage": [
        ({"object_id": 501, "object_type": "oetable", "depth": 3}, {
            "Graph", "Table", "Smaller", "Larger", "Fit all", "Find an asset by name", "Details", "Trace from here",
            "Only the way here", "Whole lineage", "← Lineage", "Full screen"}),
        ({"object_id": 501, "object_type": "oetable", "depth": 1, "limit_per_hop": 1}, {"One more hop", "Show more"}),
    ],
    "metadata_changes_between_crawls": [(CALLS["metadata_changes_between_crawls"], {
        "−Removed 3", "Only tables and columns with", "Open (opens outside)", "Compare (opens outside)"})],
}


def longer(data: dict) -> dict:
    """A drift with all that its view can show."""
    changes = data["data"]["columnChanges"] * 3
    links = {name: "https://catalog.example/" for name in ("objectRedirectUrl", "compareSchemaUrl")}
    return data | {"data": data["data"] | links | {"columnChanges": changes}}


@pytest.mark.parametrize(("tool", "arguments", "expected"), [(tool, *tour) for tool, tours in TOURS.items() for tour in tours])
def test_every_control_does_what_it_says(host: ViewHost, tool: str, arguments: dict, expected: set[str]) -> None:
    """Each control is used once, on the shortest way to it; none may end in an exception or a refused call."""

    def use(name: str) -> None:
        assert host.see(f"{USE}({json.dumps(name)})"), f"There is no control {name}."
        host.until("document.body.getAttribute('aria-busy') !== 'true'")
        assert host.troubles == [], name
        assert host.see("document.querySelector('[role=alert]')?.innerText ?? null") is None, name
        assert host.see("document.querySelectorAll('h1').length") == 1, name

    used: set[str] = set()
    ways: list[list[str]] = [[]]
    while ways:
        way = ways.pop(0)
        host.show(tool, availableDisplayModes=["inline", "fullscreen"])
        result = host.wire.request("tools/call", {"name": tool, "arguments": arguments})["result"]
        if tool == "metadata_changes_between_crawls":
            result["structuredContent"] = longer(result["structuredContent"])
        host.give(result, arguments)
        host.until("!document.querySelector('.wait')")
        for name in way:
            use(name)
        new = [name for name in host.see(CONTROLS) if name not in used] if len(way) < 3 else []
        used.update(new)
        ways += [way + [name] for name in new]
    assert expected <= used, sorted(used)


def test_the_graph_is_walked_by_keyboard(host: ViewHost) -> None:
    answered(host, "asset_lineage")
    here = "document.activeElement.dataset.id"
    host.see("document.querySelector('.node.root').focus()")
    assert host.see("document.querySelectorAll('.node[tabindex=\"0\"]').length") == 1
    for key, number in (("ArrowLeft", "502"), ("ArrowLeft", "411"), ("ArrowRight", "502"), ("Home", "501")):
        host.browser.key(key)
        assert host.see(here) == number
    host.browser.key("ArrowRight")
    chosen = host.see(here)
    host.browser.key("ArrowDown")
    assert host.see(here) != chosen
    host.browser.key("Enter")
    host.until("document.activeElement.getAttribute('aria-pressed') === 'true'")
    assert host.see("document.querySelector('section[aria-label=\"Chosen asset\"]').innerText.includes('Fed by orders')")
    host.browser.key("Escape")
    assert host.see("document.querySelectorAll('[aria-pressed=true].node').length") == 0


def test_the_table_of_a_lineage_tells_what_the_graph_shows(host: ViewHost) -> None:
    answered(host, "asset_lineage")
    drawn = host.see("[...document.querySelectorAll('.node')].map(one => one.dataset.id).sort()")
    flows = host.see("document.querySelectorAll('path.edge').length")
    host.press("Table")
    host.until("document.querySelector('table')")
    assert host.see("[...document.querySelectorAll('tbody [data-id]')].map(one => one.dataset.id).sort()") == drawn
    told = host.see("[...document.querySelectorAll('tbody tr')].map(row => row.cells[4].textContent)")
    assert sum(len(cell.split(", ")) for cell in told if cell != "–") == flows >= len(drawn) - 1


def test_one_more_hop_is_asked_for(host: ViewHost) -> None:
    host.show("asset_lineage")
    host.answer("asset_lineage", object_id=501, object_type="oetable", depth=1)
    host.until("document.querySelectorAll('.node').length === 8")
    host.press("One more hop")
    host.until("document.querySelectorAll('.node').length === 12")
    assert host.calls[-1]["arguments"] == {"object_id": 501, "object_type": "oetable", "depth": 2}


def test_a_large_lineage_with_a_cycle_is_drawn(host: ViewHost) -> None:
    nodes = [{"id": number, "name": f"table {number}", "objectType": "oetable"} for number in range(220)]
    edges = [{"fromId": (number - 1) // 3, "toId": number} for number in range(1, 220)] + [{"fromId": 8, "toId": 0}]
    host.show("asset_lineage")
    host.give({"content": [], "structuredContent": {"rootObjectId": 0, "nodes": nodes, "edges": edges}})
    host.until("document.querySelectorAll('.node').length > 150")
    assert host.see("[...document.querySelectorAll('.node')].filter(one => one.textContent.includes('↻')).map(one => one.dataset.id)") == ["8", "0", "2"]
    assert "more in the table" in host.text
    host.press("Table")
    host.until("document.querySelectorAll('tbody tr').length === 220")


def test_kinds_of_change_can_be_taken_away(host: ViewHost) -> None:
    answered(host, "metadata_changes_between_crawls")
    before = host.see("document.querySelectorAll('tbody')[0].rows.length")
    host.press("−Removed")
    assert host.see("document.querySelectorAll('tbody')[0].rows.length") == before - 1
    assert host.see("document.activeElement.getAttribute('aria-pressed')") == "false"


def test_links_are_opened_by_the_client(host: ViewHost) -> None:
    answered(host, "asset_details")
    host.press("Open")
    host.browser.until("heard.some(message => message.method === 'ui/open-link')")
    assert host.heard("ui/open-link")[0]["params"] == {"url": "http://sandbox.invalid/ovaledge/#nav/table?id=501"}
    answered(host, "asset_details", capabilities={})
    host.press("Open")
    host.until("document.querySelector('.notice.warn')?.innerText.includes('#nav/table?id=501')")


def test_the_look_follows_the_client(host: ViewHost) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    answered(host, "asset_explorer", theme="dark")
    assert host.see(ground) == "rgb(20, 24, 29)"
    host.notify("host-context-changed", theme="light")
    host.until(f"{ground} === 'rgb(255, 255, 255)'")
    colours = {"--color-background-primary": "#101040", "--color-text-primary": "#ffffff"}
    host.notify("host-context-changed", styles={"variables": colours})
    assert host.see(ground) == "rgb(255, 255, 255)"
    more = {"--color-background-secondary": "#202050", "--color-text-secondary": "#d0d0ff"}
    host.notify("host-context-changed", styles={"variables": colours | more}, locale="de-DE")
    host.until(f"{ground} === 'rgb(16, 16, 64)'")


def test_only_the_client_is_listened_to(host: ViewHost) -> None:
    host.show("asset_explorer")
    forged = {"jsonrpc": "2.0", "method": "ui/notifications/tool-result", "params": {"structuredContent": {"total": 666}}}
    host.see(f"window.postMessage({json.dumps(forged)}, '*')")
    host.tell({"jsonrpc": "1.0", "method": forged["method"], "params": forged["params"]})
    host.answer("asset_explorer", **CALLS["asset_explorer"])
    host.until(SEES_ANSWER)
    assert "666" not in host.text


def test_requests_of_the_client_are_answered_until_the_end(host: ViewHost) -> None:
    host.show("asset_explorer")
    for number, method in ((71, "ping"), (72, "ui/unheard-of"), (73, "ui/resource-teardown"), (74, "ping")):
        host.tell({"id": number, "method": method, "params": {}})
    host.browser.until("heard.some(message => message.id === 73 && message.result)")
    replies = host.browser.evaluate("heard.filter(message => message.id > 70)")
    assert [reply["id"] for reply in replies] == [71, 72, 73]
    assert replies[0]["result"] == {} and replies[1]["error"]["code"] == -32601
