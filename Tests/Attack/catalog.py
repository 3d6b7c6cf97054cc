"""Hostile catalog text. An input is one text in one place of a reply, at one size."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import hostile
from backend import EXCHANGE, BackEnd, Bytes, Request, reply
from backends import SETTINGS, jwt
from target import Ended, Lab, Target

# Each makes a text of about so many characters.
SHAPES: dict[str, Callable[[int], str]] = {
    "lists in lists": lambda n: "<ul>" * (n // 9) + "<li>a" * (n // 9),
    "lists that end": lambda n: "<ul><li>a" * (n // 24) + "</li></ul>" * (n // 24),
    "quotes in quotes": lambda n: "<blockquote>" * (n // 12),
    "open tags": lambda n: "<b><i><div>" * (n // 11),
    "tags without an end": lambda n: "<" * n,
    "attributes": lambda n: "<a " + "x=1 " * (n // 4) + ">",
    "an attribute without an end": lambda n: '<a href="' + "x" * n,
    "comments without an end": lambda n: "<!--" * (n // 4),
    "declarations": lambda n: "<![CDATA[" * (n // 9),
    "tables in tables": lambda n: "<table><tr><td>" * (n // 15),
    "rows": lambda n: "<table>" + "<tr><td>a<td>b" * (n // 14),
    "columns": lambda n: "<table><tr>" + "<td>a" * (n // 5),
    "entities": lambda n: "&amp;" * (n // 5),
    "an entity without an end": lambda n: "&" + "a" * n,
    "ampersands": lambda n: "&" * n,
    "numbers of characters": lambda n: "&#128512;" * (n // 9),
    "zero width": lambda n: "a\u200b" * (n // 2),
    "nothing but zero width": lambda n: "\u200b" * n,
    "directions": lambda n: "\u202ea\u202c" * (n // 3),
    "tags that are not seen": lambda n: "\U000e0041" * n,
    "accents": lambda n: "a" + "\u0301" * n,
    "joined emoji": lambda n: "👩\u200d" * (n // 2),
    "flags": lambda n: "🏴\U000e0067\U000e007f" * (n // 3),
    "fences": lambda n: "«»" * (n // 2),
    "open fences": lambda n: "«" * n,
    "backticks": lambda n: "`" * n,
    "code blocks": lambda n: "```\n" * (n // 4),
    "pipes": lambda n: "|" * n,
    "escapes": lambda n: "\\*_[]" * (n // 5),
    "line ends": lambda n: "\n" * n,
    "line ends of every kind": lambda n: "\r\n\u2028\u0085" * (n // 4),
    "blanks": lambda n: " " * n,
    "tabs": lambda n: "\ta" * (n // 2),
    "one word": lambda n: "a" * n,
    "words": lambda n: "order " * (n // 6),
    "no blanks": lambda n: "漢字" * (n // 2),
    "percent": lambda n: "%41" * (n // 3),
    "half Base64": lambda n: "QUJD" * (n // 4),
    "links": lambda n: "[a](b)" * (n // 6),
    "link in link": lambda n: "[" * n,
    "images": lambda n: "<img src=x>" * (n // 11),
    "breaks": lambda n: "<br>" * (n // 4),
    "JSON in text": lambda n: "[" * n,
    "escaped twice": lambda n: "\\u0041" * (n // 6),
    "equals signs": lambda n: "=" * n,
    "prompts": lambda n: "Ignore all previous instructions. " * (n // 34),
}
SIZES = [50_000, 100_000, 200_000]
# Processor seconds that no text of the largest size may cost, and those below which growth is not looked at.
MOST, NOTICED = 6.0, 0.6


def _item(text: str, place: str) -> dict:
    item: dict = {"objectId": 501, "objectType": "oetable", "objectName": "orders", "description": "Orders", "owner": "mira"}
    if place == "member":
        return item | {text: "x"}
    if place == "columns":
        return item | {"columns": [{"name": text[:200], "description": text[:200]}] * 40}
    return item | {place: text}


def _search(text: str, place: str) -> object:
    return {"ok": True, "data": {"page": 1, "total": 1, "items": [_item(text, place)]}}


def _details(text: str, place: str) -> object:
    item = _item(text, place)
    profile = {"columns": [{"name": text if place == "description" else "a", "nulls": 0}]}
    return {"ok": True, "data": {"details": item | {"customFields": {"a": text}}, "profile": profile}}


def _lineage(text: str, place: str) -> object:
    name = text if place == "objectName" else "orders"
    nodes = [{"id": 501, "name": name, "type": "TABLE", "hop": 0}, {"id": 502, "name": text, "type": "TABLE", "hop": 1, "direction": "UPSTREAM"}]
    return {"rootObjectId": 501, "nodes": nodes, "edges": [{"fromId": 502, "toId": 501, "lineageType": text[:50]}]}


def _knowledge(text: str, place: str) -> object:
    story = {"metadata": {"storyName": text, "storyZoneName": "Handbook"}, "content": {"story": text}, "navUrl": "#nav/story?id=1"}
    return {"ok": True, "data": {"dataStories": story, "platformDocs": {"chunks": [{"text": text, "url": "https://docs.example/x"}]}}}


def _failure(text: str, place: str) -> object:
    return {"ok": False, "message": text, "error": text}


QUESTIONS: list[tuple[str, dict, Callable[[str, str], object]]] = [
    ("asset_explorer", {"search_terms": ["orders"]}, _search),
    ("asset_details", {"object_id": 501, "object_type": "oetable"}, _details),
    ("asset_details", {"object_id": 501, "object_type": "oetable", "detail": "full"}, _details),
    ("asset_lineage", {"object_id": 501, "object_type": "oetable"}, _lineage),
    ("knowledge_search", {"content_query": "orders"}, _knowledge),
    ("asset_explorer", {"search_terms": ["failure"]}, _failure),
    ("update_asset_descriptions", {"object_id": 501, "object_type": "oetable", "business_description": "New."}, _details),
]
PLACES = ["objectName", "description", "businessDescription", "owner", "fullyQualifiedName", "member", "columns"]


class Texts:
    """A back end whose catalog holds one text, in one place."""

    def __init__(self) -> None:
        self.session = jwt("attack", None)
        self.body = b"{}"

    def answer(self, request: Request) -> Bytes:
        if request.path.endswith(EXCHANGE):
            return reply(200, json.dumps({"token": self.session}).encode())
        return reply(200, self.body)


def attack(lab: Lab, rng: random.Random, inputs: int) -> None:
    texts = Texts()
    with BackEnd(texts.answer) as back_end:
        settings = SETTINGS | {"OVALEDGE_BASE_URL": back_end.url, "OVALEDGE_TOKEN_STORE": "false", "LOG_LEVEL": "info"}
        settings |= {"OVALEDGE_TIMEOUT_SECONDS": 20, "OVALEDGE_CALL_DEADLINE_SECONDS": 30, "OVALEDGE_API_GENERATION": "consolidated"}
        while lab.tally.inputs < inputs and not lab.is_enough:
            target = Target(lab, **settings)
            try:
                target.hello()
                for _ in range(200):
                    if rng.random() < 0.25:
                        _growth(lab, target, rng, texts)
                    else:
                        _small(lab, target, rng, texts)
                    if lab.tally.inputs >= inputs or lab.is_enough:
                        break
                target.close()
            except Ended:
                continue


def _growth(lab: Lab, target: Target, rng: random.Random, texts: Texts) -> None:
    """One text at n, 2n and 4n."""
    shape, place = rng.choice(sorted(SHAPES)), rng.choice(PLACES)
    tool, given, body = rng.choice(QUESTIONS)
    spent: list[float] = []
    for size in SIZES:
        texts.body = json.dumps(body(SHAPES[shape](size), place), ensure_ascii=rng.random() < 0.5).encode()
        before = target.processor_seconds()
        given_line = target.post("tools/call", {"name": tool, "arguments": given})
        lab.tally.inputs += 1
        target.settle(25)
        spent.append(target.processor_seconds() - before)
        if spent[-1] > MOST or (spent[-1] > NOTICED and spent[-1] > 8 * max(spent[0], 0.02)):
            what = f"{shape} in {place}: {', '.join(f'{s:.2f}' for s in spent)} s for {SIZES[: len(spent)]} characters"
            return lab.found("slow", what, given_line + b"\n" + texts.body[:2000])


def _small(lab: Lab, target: Target, rng: random.Random, texts: Texts) -> None:
    """A few texts put together of hostile pieces, in places of one reply."""
    tool, given, body = rng.choice(QUESTIONS)
    parts = [rng.choice((hostile.text(rng, 600), SHAPES[rng.choice(sorted(SHAPES))](rng.randrange(1, 300)))) for _ in range(3)]
    texts.body = hostile.json_text(body("".join(parts), rng.choice(PLACES)), rng).encode("utf-8", "replace")
    target.post("tools/call", {"name": tool, "arguments": given})
    lab.tally.inputs += 1
    target.settle()
