"""A sign-in with the SDK generation before, run by `test_oauth_clients.py` in an environment of its own.

    python oauth_older_client.py PORT TOKEN SECRET [METADATA_URL]

Prints one line for each step that went well; any exception is the failure.
"""

from __future__ import annotations

import asyncio
import http.client
import sys
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

from oauth_flow import Person, Visitor
from oauth_memory import Memory

REDIRECT = "http://127.0.0.1:41000/callback"


async def main(port: int, token: str, secret: str, metadata: str | None = None) -> None:
    base = f"http://127.0.0.1:{port}"
    server = SimpleNamespace(connection=lambda: http.client.HTTPConnection("127.0.0.1", port, timeout=30))
    person = Person(Visitor(server, base), (token, secret))
    back: list[str] = []

    async def open_page(address: str) -> None:
        back.append(await asyncio.to_thread(person.back, address))

    async def returned() -> tuple[str, str | None]:
        told = parse_qs(urlsplit(back[-1]).query)
        return told["code"][0], told["state"][0]

    storage = Memory()
    about = OAuthClientMetadata(client_name="Older SDK", redirect_uris=[REDIRECT], scope=None)
    auth = OAuthClientProvider(f"{base}/mcp", about, storage, open_page, returned, client_metadata_url=metadata)

    async def use(step: str) -> None:
        async with httpx.AsyncClient(auth=auth, timeout=30) as client:
            async with streamable_http_client(f"{base}/mcp", http_client=client) as (read, write, _):
                async with ClientSession(read, write) as session:
                    await session.initialize()
                    found = await session.call_tool("asset_explorer", {"search_terms": ["loans"]})
                    assert not found.isError and "raw_loans" in found.content[0].text, found
                    print(step, flush=True)

    await use("called")
    assert storage.client.client_id == metadata if metadata else storage.client.client_id.startswith("oec1."), storage.client
    first = storage.tokens
    assert first.refresh_token and len(back) == 1
    auth.context.token_expiry_time = 1
    await use("refreshed")
    assert storage.tokens.refresh_token != first.refresh_token and len(back) == 1, "It asked the person again."


asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))
