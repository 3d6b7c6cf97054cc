"""The stand-in's catalog: a lending library.

It shares no asset with the sandbox of the program under test, so that an answer can only come from the wire.
"""

from __future__ import annotations


def asset(number: int, kind: str, name: str, path: str, about: str, **more: object) -> dict:
    return {
        "objectId": number,
        "objectType": kind,
        "objectName": name,
        "fullyQualifiedName": path,
        "connectionName": "library_dw",
        "connectionInfoId": 31,
        "owner": "petra",
        "steward": "omar",
        "description": about,
        "navLink": f"#nav/{kind.removeprefix('oe')}?id={number}",
        **more,
    }


ASSETS = [
    asset(7001, "oetable", "loans", "library_dw.lending.loans", "One row for each book lent", serverType="postgres"),
    asset(7002, "oetable", "members", "library_dw.lending.members", "Who may borrow books", serverType="postgres"),
    asset(7003, "oetable", "raw_loans", "library_dw.landing.raw_loans", "Loans as the counters send them"),
    asset(7004, "oetable", "loan_facts", "library_dw.mart.loan_facts", "Loans joined to members and branches"),
    asset(7005, "oecolumn", "due_date", "library_dw.lending.loans.due_date", "When the book must be back"),
    asset(7006, "oefile", "overdue.csv", "library_files/overdue.csv", "Reminders to send"),
    asset(7007, "oechart", "Branch usage", "library_bi/Branch usage", "Loans for each branch and month"),
    asset(7008, "oeschema", "lending", "library_dw.lending", "Everything about lending"),
]

TERM = {
    "objectId": 7101,
    "objectType": "glossary",
    "objectName": "Overdue",
    "description": "A loan whose due date has passed",
    "navLink": "#nav/glossary?browse=summary&id=7101",
}

TAG = {
    "objectId": 7201,
    "objectType": "oetag",
    "objectName": "Reader data",
    "description": "Says something about a reader",
    "navLink": "#nav/tag?id=7201&objectType=oetag",
    "childTags": [{"objectId": 7202, "objectName": "Address", "navLink": "#nav/tag?id=7202&objectType=oetag"}],
}

EDGES = [(7003, 7001), (7002, 7004), (7001, 7004), (7004, 7007), (7001, 7006)]

STORY = {
    "metadata": {"storyName": "How lending works", "storyZoneName": "Handbook"},
    "content": {"story": "<h2>Lending</h2><p>A member borrows a book for <b>28 days</b>.</p>"},
    "accessControl": {"authorizedRoles": ["OE_PUBLIC"]},
    "storyTitleLink": "[How lending works](#nav/story?id=7301)",
    "navUrl": "#nav/story?id=7301",
}


def explore(body: dict) -> dict:
    """The answer of asset-explorer to one request body."""
    search = body.get("search") or {}
    words = [word.lower() for word in search.get("searchTerms") or []]
    if body.get("name"):
        words.append(str(body["name"]).lower())

    def matches(item: dict) -> bool:
        text = f"{item['objectName']} {item.get('fullyQualifiedName', '')} {item['description']}".lower()
        if words and not any(word in text for word in words):
            return False
        if body.get("objectType") and item["objectType"] != body["objectType"]:
            return False
        if body.get("objectId") and item["objectId"] != body["objectId"]:
            return False
        filters = body.get("filters") or {}
        return all(
            str(item.get(key, "")).lower() == str(value).lower()
            for key, value in filters.items()
            if key in ("connectionName", "serverType", "owner", "steward")
        )

    found = [item for item in ASSETS if matches(item)]
    page, limit = int(search.get("page", 1)), int(search.get("limit", 20))
    data: dict = {"page": page, "total": len(found), "items": found[(page - 1) * limit : page * limit]}
    if words and matches(TERM):
        data["glossaryTerms"] = TERM
    if words and matches(TAG):
        data["tags"] = TAG
    return {"ok": True, "data": data}


def details(number: int, kind: str) -> dict | None:
    """The answer of asset-details, or nothing when there is no such asset."""
    found = [item for item in [*ASSETS, TERM, TAG] if (item["objectId"], item["objectType"]) == (number, kind)]
    if not found:
        return None
    data: dict = {"details": {**found[0], "certificationStatus": "certified", "dqScore": 88}}
    if kind == "oetable":
        data["profile"] = {"columns": [{"name": "due_date", "nulls": 0}, {"name": "member_id", "nulls": 3}]}
        data["relationships"] = [{"from": "loans", "to": "members", "type": "FK"}]
    return {"ok": True, "data": data}


def lineage(number: int, depth: int) -> dict | None:
    """The answer of asset-lineage: a walk along the edges in both directions."""
    names = {item["objectId"]: item for item in ASSETS}
    if number not in names:
        return None
    nodes = {number: {"id": number, "name": names[number]["objectName"], "type": "TABLE", "hop": 0}}
    edges = []
    for direction, here, there in (("UPSTREAM", 1, 0), ("DOWNSTREAM", 0, 1)):
        border = [number]
        for hop in range(1, depth + 1):
            reached = []
            for edge in EDGES:
                if edge[here] not in border:
                    continue
                edges.append({"fromId": edge[0], "toId": edge[1], "lineageType": "auto"})
                end = edge[there]
                reached.append(end)
                label = names[end]["objectName"]
                nodes.setdefault(end, {"id": end, "name": label, "type": "TABLE", "hop": hop, "direction": direction})
            border = reached
    return {"rootObjectId": number, "nodes": list(nodes.values()), "edges": edges}


def knowledge(query: dict) -> dict:
    """The answer of knowledge-search, whatever was asked."""
    words = query.get("query") or query.get("contentQuery") or ""
    docs = [{"text": f"Handbook page about {words}", "url": "https://docs.example/lending"}]
    return {"ok": True, "data": {"dataStories": STORY, "platformDocs": {"chunks": docs}}}
