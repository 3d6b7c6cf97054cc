"""What scripts/bench --oauth asks with: tokens of an identity provider, people who sign in at the page, and the peers."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

import bench
import http_subjects as subjects
from http_subjects import Server

sys.path.insert(0, str(bench.ROOT / "Tests/Clients"))
from identity_provider import AUDIENCE, IdentityProvider, SigningKey  # noqa: E402

ALGORITHMS = ("RS256", "ES256", "EdDSA")
PEOPLE = 100
HOUR = 3600
CALLBACK = "https://claude.ai/api/mcp/auth_callback"
VERIFIER = "bench-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: An address may open so many pages a minute; each is of this many people, as an office is.
PEOPLE_OF_ADDRESS = 50
LINES = 16
PROXIED = {"X-Forwarded-Proto": "https"}


def with_provider(back_end: dict[str, str], provider: IdentityProvider) -> Server:
    return with_address(back_end, "remote", OAUTH_ISSUER=provider.issuer, OAUTH_AUDIENCE=AUDIENCE)


def with_page(back_end: dict[str, str], store: str) -> Server:
    keys = bench.MADE / "oauth.keys"
    if not keys.exists():
        make = [subjects.program("oe-mcp-http", "OE_MCP_HTTP"), "keys", "new", str(keys)]
        subprocess.run(make, env=bench.environment(), cwd=bench.MADE, check=True, capture_output=True)
    return with_address(back_end, "remote_login", OAUTH_STORE=store, OAUTH_KEY_FILE=str(keys))


def with_address(back_end: dict[str, str], mode: str, **settings: str) -> Server:
    """A server that knows its own address; of what it warns when it starts nothing is news."""
    port = str(subjects.free_port())
    own = {"MCP_HTTP_PORT": port, "MCP_PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "error"}
    return subjects.ours(mode, back_end, **own, **settings)


# Tokens of the identity provider.


def tokens(provider: IdentityProvider, key: SigningKey, count: int) -> list[str]:
    """Access tokens of so many people in turn, each different."""
    scope, end = "ovaledge:read ovaledge:write", int(time.time()) + HOUR
    claims = (provider.claims(sub=f"person-{n % PEOPLE}", scope=scope, exp=end, jti=f"bench-{n}") for n in range(count))
    return [key.token(each) for each in claims]


def by_pyjwt(provider: IdentityProvider, key: SigningKey, texts: list[str]) -> float:
    """Microseconds that PyJWT takes for one token, with the key at hand."""
    public = key.key.public_key()
    rules = {"algorithms": [key.algorithm], "audience": AUDIENCE, "issuer": provider.issuer}
    return microseconds(lambda text: jwt.decode(text, public, **rules), texts)


def by_openssl(key: SigningKey, texts: list[str]) -> float:
    """Microseconds that OpenSSL takes for the signature alone, as Python's cryptography calls it."""
    public, pairs = key.key.public_key(), []
    for text in texts:
        signed, _, signature = text.rpartition(".")
        pairs.append((signed.encode(), base64.urlsafe_b64decode(signature + "==")))
    if key.algorithm == "RS256":
        return microseconds(lambda pair: public.verify(pair[1], pair[0], padding.PKCS1v15(), hashes.SHA256()), pairs)
    if key.algorithm == "ES256":
        named = [(signed, jwt.utils.raw_to_der_signature(signature, ec.SECP256R1())) for signed, signature in pairs]
        return microseconds(lambda pair: public.verify(pair[1], pair[0], ec.ECDSA(hashes.SHA256())), named)
    return microseconds(lambda pair: public.verify(pair[1], pair[0]), pairs)


def microseconds(work: Callable[[object], object], over: list) -> float:
    """Processor time of one, of this thread."""
    begin = time.thread_time()
    for each in over:
        work(each)
    return (time.thread_time() - begin) / len(over) * 1e6


# People who sign in at the page.


class Visitor:
    """One connection, with what a browser sends, and what the client sends for it."""

    def __init__(self, server: Server):
        self.base = f"http://127.0.0.1:{server.port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.address = ""
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str | None, status: int, **fields: str) -> tuple[str, str]:
        """The body, and where it leads."""
        named = PROXIED | {name.replace("_", "-"): value for name, value in fields.items()}
        if self.address:
            named["X-Forwarded-For"] = self.address
        if self.cookies:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body.encode() if body is not None else None, named)
        reply = self.connection.getresponse()
        text = reply.read().decode()
        if reply.status != status:
            raise SystemExit(f"{method} {path.partition('?')[0]} is answered with {reply.status}: {text[:300]}")
        for line in reply.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "max-age=0" in line.lower():
                del self.cookies[name]
        return text, reply.headers.get("Location") or ""

    def register(self) -> str:
        """The id of a client, as Claude registers itself."""
        metadata = f'{{"client_name":"bench","token_endpoint_auth_method":"none","redirect_uris":["{CALLBACK}"]}}'
        return found('"client_id":"([^"]+)"', self.ask("POST", "/register", metadata, 201, Content_Type="application/json")[0])

    def sign_in(self, client: str, number: int) -> dict[str, str]:
        """One person's tokens, over the page, its form and the code."""
        office = number // PEOPLE_OF_ADDRESS
        self.address = f"10.{office >> 16 & 255}.{office >> 8 & 255}.{office & 255}"
        asked = {
            "response_type": "code", "client_id": client, "redirect_uri": CALLBACK, "state": f"bench-{number}",
            "scope": "ovaledge:read ovaledge:write", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }  # fmt: skip
        page, _ = self.ask("GET", "/authorize?" + urlencode(asked), None, 200)
        hidden = {name: found(f'name="{name}" value="([^"]+)"', page) for name in ("transaction", "csrf")}
        typed = {"user_token": f"bench-token-{number}", "user_secret": f"bench-secret-{number}", "scope_write": "on"}
        form = urlencode(hidden | typed | {"decision": "allow"})
        own = {"Origin": self.base, "Sec_Fetch_Site": "same-origin"} | {"Content_Type": FORM["Content-Type"]}
        _, location = self.ask("POST", "/authorize", form, 303, **own)
        done, _ = self.ask("GET", location.removeprefix(self.base), None, 200)
        code = found('[?&;]code=([^&"]+)', done)
        exchange = {"grant_type": "authorization_code", "code": code, "client_id": client, "redirect_uri": CALLBACK}
        body = urlencode(exchange | {"code_verifier": VERIFIER})
        answer, _ = self.ask("POST", "/token", body, 200, Content_Type=FORM["Content-Type"])
        return {name: found(f'"{name}":"([^"]+)"', answer) for name in ("access_token", "refresh_token")}


def found(pattern: str, text: str) -> str:
    if not (match := re.search(pattern, text)):
        raise SystemExit(f"There is no {pattern} in {text[:2000]}")
    return match[1]


def sign_in(server: Server, client: str, numbers: range) -> list[dict[str, str]]:
    """The tokens of so many people, who come over several connections at a time."""
    signed: list[dict[str, str]] = []
    failures: list[BaseException] = []

    def visit(own: range) -> None:
        visitor = Visitor(server)
        try:
            for number in own:
                signed.append(visitor.sign_in(client, number))
        except BaseException as failure:
            failures.append(failure)
        finally:
            visitor.connection.close()

    visitors = [threading.Thread(target=visit, args=[numbers[start::LINES]]) for start in range(LINES)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    if failures:
        raise failures[0]
    return signed


# The disk.


def flushes(folder: Path, seconds: float) -> list[float]:
    """The microseconds of each time that 1 KiB was added to a file and brought to the disk, within so many seconds."""
    path, times = folder / "flushed", []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        end = time.perf_counter() + seconds
        while (begin := time.perf_counter()) < end:
            os.write(file, bytes(1024))
            os.fdatasync(file)
            times.append((time.perf_counter() - begin) * 1e6)
    finally:
        os.close(file)
        path.unlink()
    return times
