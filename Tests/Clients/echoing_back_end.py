"""An OvalEdge in a process of its own, fast enough for load: each token says whose it is, each passage who asked for what.

    python echoing_back_end.py     prints its address, then serves until it is ended
"""

from __future__ import annotations

import asyncio
import base64
import json
from urllib.parse import parse_qs, urlsplit

from stand_in import EXCHANGE, jwt

KEY = b"a key of the echoing back end"


def user_token(account: str) -> str:
    """Nothing of the name may stand in it: an answer with part of a token is redacted."""
    return account.encode().hex()


def owner(token: str) -> str:
    """The account whose user token was exchanged for it."""
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return bytes.fromhex(claims["sub"]).decode()


def answer(target: str, fields: dict[str, str], body: bytes) -> tuple[str, dict]:
    parts = urlsplit(target)
    if parts.path.endswith(EXCHANGE):
        return "200 OK", {"token": jwt(json.loads(body)["userToken"], 4102444800, KEY)}
    who = owner(fields["authorization"].partition(" ")[2])
    query = parse_qs(parts.query).get("query", [""])[-1]
    passage = {"text": f"{query} for {who}", "url": "https://docs.example/echo"}
    return "200 OK", {"ok": True, "data": {"dataStories": [], "platformDocs": {"chunks": [passage]}}}


class Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport, self.have = transport, b""

    def data_received(self, data: bytes) -> None:
        self.have += data
        while b"\r\n\r\n" in self.have:
            head, _, rest = self.have.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            length = int(fields.get("content-length", 0))
            if len(rest) < length:
                return
            self.have = rest[length:]
            status, value = answer(first.split(" ")[1], fields, rest[:length])
            text = json.dumps(value).encode()
            fields_out = f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
            self.transport.write(f"HTTP/1.1 {status}\r\n{fields_out}\r\n".encode() + text)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
