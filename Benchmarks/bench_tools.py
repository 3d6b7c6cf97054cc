"""The tools of the Python servers: four that ask the back end over one client, and one that answers with a constant."""

from __future__ import annotations

import os

import httpx2 as httpx

BASE = os.environ.get("OVALEDGE_BASE_URL", "")
ORDERS = {"objectId": 1, "objectType": "oetable", "objectName": "orders", "navLink": "#nav/table?id=1"}


class Session:
    """One client and one token for the life of the process."""

    def __init__(self) -> None:
        self.client = httpx.AsyncClient(base_url=BASE or "http://127.0.0.1", timeout=30)
        self.token = ""

    async def send(self, method: str, path: str, **request: object) -> dict:
        if not BASE:
            return {"ok": True, "data": {"items": [ORDERS]}}
        if not self.token:
            body = {"userToken": "bench", "userSecret": "bench"}
            self.token = (await self.client.post("/api/user/token/generate", json=body)).json()["token"]
        headers = {"Authorization": f"jwt {self.token}", "time-zone": "UTC"}
        reply = await self.client.request(method, f"/api/v1/mcp/{path}", headers=headers, **request)
        reply.raise_for_status()
        return reply.json()


session = Session()


async def asset_explorer(
    search_terms: list[str] | None = None,
    tags: list[str] | None = None,
    terms: list[str] | None = None,
    context_query: str | None = None,
    page: int = 1,
    limit: int = 20,
    connection_name: str | None = None,
    schema_name: str | None = None,
    owner: str | None = None,
    steward: str | None = None,
    object_type: str | None = None,
) -> dict:
    """Find catalog assets by words, tags, terms and people."""
    search = {"searchTerms": search_terms or [], "contextQuery": context_query, "page": page, "limit": limit}
    filters = {"tags": tags, "terms": terms, "connectionName": connection_name, "schemaName": schema_name}
    filters |= {"owner": owner, "steward": steward}
    body = {"search": search, "filters": {key: value for key, value in filters.items() if value}}
    return await session.send("POST", "asset-explorer", json=body | ({"objectType": object_type} if object_type else {}))


async def asset_details(object_id: int, object_type: str) -> dict:
    """Everything known about one asset."""
    return await session.send("GET", "asset-details", params={"objectId": object_id, "objectType": object_type})


async def asset_lineage(object_id: int, object_type: str, depth: int = 2) -> dict:
    """Where the data of a table or file comes from and where it goes."""
    query = {"objectId": object_id, "objectType": object_type, "depth": depth}
    return await session.send("GET", "asset-lineage", params=query)


async def knowledge_search(query: str | None = None, story_name: str | None = None, limit: int | None = None) -> dict:
    """Search data stories and the product's documentation."""
    asked = {"query": query, "storyName": story_name, "limit": limit}
    return await session.send("GET", "knowledge-search", params={k: v for k, v in asked.items() if v is not None})


async def test_simple_text() -> str:
    """Answers with a text."""
    return "A simple text."


ASKING = [asset_explorer, asset_details, asset_lineage, knowledge_search]
CONSTANT = test_simple_text
