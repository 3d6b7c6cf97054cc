"""What a back end may say that it should not: replies of the sample catalog made hostile, and bytes that are no reply."""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib

import hostile
import needles
from backend import Bytes, Request, reply

FAILURES: list[object] = [
    {"ok": False}, {"ok": "false"}, {"success": False}, {"success": "false", "message": "no"}, {"status": "error"}, {"status": "failed"},
    {"status": 500, "error": "Internal Server Error"}, {"error": "boom"}, {"error": {"code": 7, "message": "boom"}}, {"errors": ["a", "b"]},
    {"errors": [{"message": "boom"}]}, {"ok": True, "data": None}, {"ok": True}, {"ok": True, "data": {}}, {"ok": True, "data": []}, {"data": None},
    {"ok": True, "data": {"items": {}}}, {"ok": True, "data": {"details": None}}, {"ok": True, "data": {"items": [None, 1, "x", [], {}]}},
    {"ok": True, "status": "partial", "results": [{"blocked": True}, {"success": False}, {"error": "x"}]}, {"status": "blocked"}, {"message": "index is being rebuilt"},
    [], None, True, 0, "", "ok", {}, [[]], {"content": {}}, {"data": {"data": {"data": {"data": {}}}}},
]
MESSAGES = [
    "SQL error: invalid token 'FORM' at line 1", "Invalid token, please generate a new token", "Token has expired", "token expired",
    "Unauthorized", "Access Denied", "Prefix missing Token", "Bad credentials", "invalid token", "java.lang.NullPointerException: null",
]


def bent_json(body: bytes, rng: random.Random, share: float = 0.08) -> bytes:
    """The same reply with some of its values, names and lists made hostile."""
    try:
        value = json.loads(body)
    except ValueError:
        return hostile.bent(body, rng)
    return hostile.json_text(_bent(value, rng, share), rng).encode("utf-8", "surrogatepass" if rng.random() < 0.1 else "replace")


def _bent(value: object, rng: random.Random, share: float) -> object:
    if rng.random() < share:
        return _other(value, rng)
    if isinstance(value, dict):
        pairs = hostile.Pairs((name, _bent(inner, rng, share)) for name, inner in value.items() if rng.random() > share / 3)
        if rng.random() < share:
            pairs.append((rng.choice(sorted(value) or ["x"]), hostile.scalar(rng)))
        return pairs
    if isinstance(value, list):
        return [_bent(inner, rng, share) for inner in value]
    return value


def _other(value: object, rng: random.Random) -> object:
    draw = rng.random()
    if isinstance(value, bool):
        return rng.choice((not value, str(value), int(value), None))
    if isinstance(value, int):
        return rng.choice((rng.choice(hostile.INTEGERS), hostile.Raw(rng.choice(hostile.NUMBERS)), str(value), value + 1, None))
    if isinstance(value, str) and draw < 0.7:
        return rng.choice((hostile.text(rng), value + hostile.text(rng), hostile.text(rng, 60_000 if draw < 0.02 else 500)))
    if isinstance(value, list) and draw < 0.5:
        return value * rng.choice((0, 2, 40)) if len(value) < 50 else []
    return hostile.value(rng)


def echo(rng: random.Random, secrets: list[str]) -> Bytes:
    """An error, a header or data in which a secret is repeated in one of the usual encodings."""
    secret = rng.choice(secrets)
    name = rng.choice(sorted(needles.ENCODINGS))
    lead = rng.choice(("", "token=", "Authorization: jwt ", "user ", "[", "(", "/", "\\", "x"))
    said = lead + needles.ENCODINGS[name](secret) + rng.choice(("", " ", ".", "]", '"', "…", "/x"))
    match rng.randrange(4 if name in needles.IN_ERRORS else 6):
        case 0:
            return reply(rng.choice((400, 401, 403, 404, 409, 422, 500, 502, 503)), said.encode(), "text/plain")
        case 1:
            return reply(rng.choice((400, 500)), json.dumps({"message": said, "error": said, "path": "/" + said}).encode())
        case 2:
            return reply(302, b"", more={"Location": "https://login.example/?next=" + said.replace("\n", "")})
        case 3:
            return reply(200, json.dumps({"ok": False, "message": said, said: said}).encode())
        case 4:
            page = f"<html><title>{said}</title><body><p>{said}</p></body></html>"
            return reply(rng.choice((200, 403)), page.encode(), "text/html")
        case _:
            item = {"objectId": 501, "objectType": "oetable", "objectName": said, "description": said, "owner": said, said: 1}
            return reply(200, json.dumps({"ok": True, "data": {"items": [item], "total": 1, "details": item, "page": 1}}).encode())


def no_reply(body: bytes, rng: random.Random) -> Bytes:
    """Bytes that HTTP, the encoding or JSON does not allow, and some that they do."""
    match rng.randrange(20):
        case 0:
            return Bytes([rng.randbytes(rng.choice((1, 20, 3000)))], closes=True)
        case 1:
            return Bytes([], closes=True)
        case 2:
            whole = reply(200, body).parts[0]
            return Bytes([whole[: rng.randrange(len(whole))]], closes=True)
        case 3:
            whole = reply(200, body[:400]).parts[0]
            return Bytes([whole[at : at + 40] for at in range(0, len(whole), 40)], pause=0.002)
        case 4:
            return reply(200, hostile.bent(body, rng))
        case 5:
            return reply(rng.choice((0, 99, 199, 204, 206, 299, 304, 418, 429, 499, 599, 700, 999)), body, more={"Retry-After": "1" * rng.choice((1, 400))})
        case 6:
            to = rng.choice(("/", "http://127.0.0.1:1/", "file:///etc/passwd", "gopher://x/", "//evil.example", "\x7f", ""))
            return reply(rng.choice((301, 302, 303, 307, 308)), b"", more={"Location": to})
        case 7:
            bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
            text = rng.choice((b"[" + b"{}," * 200_000 + b"0]", b" " * (1 << 20), b'{"a":' * 600, b"[" + b"0," * 300_000 + b"1]"))
            return reply(200, bomb.compress(text) + bomb.flush(), more={"Content-Encoding": "gzip"})
        case 8:
            return reply(200, gzip.compress(body)[: rng.randrange(5, 30)], more={"Content-Encoding": rng.choice(("gzip", "deflate", "br", "x"))})
        case 9:
            fields = {f"X-{number}": "v" * rng.choice((1, 100)) for number in range(rng.choice((5, 500, 3000)))}
            return reply(200, body, more=fields)
        case 10:
            return reply(200, body, more={"X-Long": "v" * rng.choice((9000, 70_000, 300_000))})
        case 11:
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[at : at + 7]), body[at : at + 7]) for at in range(0, len(body), 7))
            end = rng.choice((b"0\r\n\r\n", b"", b"zz\r\n", b"ffffffffffffffff\r\n", b"-1\r\n"))
            return Bytes([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + end], closes=True)
        case 12:
            length = rng.choice((b"-1", b"99999999999999999999", b"9223372036854775808", b"5, 6", b"abc", b""))
            return Bytes([b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n" + body], closes=True)
        case 13:
            kind = rng.choice(("application/json; charset=ISO-8859-1", "text/html", "application/json; charset=utf-16", "image/png", ""))
            return reply(200, rng.choice((body, body.decode("utf-8", "replace").encode("utf-16"), b"\xef\xbb\xbf" + body, body.replace(b"e", b"\xfc"))), kind)
        case 14:
            return Bytes([b"HTTP/1.1 100 Continue\r\n\r\n" * rng.choice((1, 50)) + reply(200, body).parts[0]])
        case 15:
            return Bytes([rng.choice((b"HTTP/0.9 200 OK\r\n\r\n", b"HTTP/3.7 200\r\n\r\n", b"ICY 200 OK\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x00\x05")) + body], closes=True)
        case 16:
            return reply(200, rng.choice((b"", b" ", b"null", b"{", b"NaN", b'"\xed\xa0\xbd"', b'"\\ud83d"', b"[" * 600, b"1e400", b"\0" * 50)))
        case 17:
            return reply(200, b"<!DOCTYPE html><html><form action=/login>" + b"<div>" * rng.choice((1, 2000)), "text/html")
        case 18:
            return reply(rng.choice((400, 401, 403, 500)), json.dumps({"message": rng.choice(MESSAGES)}).encode())
        case _:
            return reply(200, json.dumps({"ok": True, "data": {"items": [{"objectId": 1, "name": "x" * 100}] * rng.choice((60, 5000))}}).encode())


def refuses_token(answer: Bytes) -> bool:
    """Whether it may be taken for a refusal of the session token, after which a request is sent once more with another."""
    whole = b"".join(answer.parts)
    status = whole.split(b"\r\n", 1)[0].split(b" ")[1:2]
    return status == [b"401"] or status == [b"400"] and re.search(rb"invalid[ _]token|generate a new token", whole, re.IGNORECASE) is not None


def hostile_reply(request: Request, status: int, body: bytes, rng: random.Random, secrets: list[str]) -> Bytes:
    """One of all those ways to answer a request that the sample catalog answers with this."""
    draw = rng.random()
    if draw < 0.5:
        return reply(status, bent_json(body, rng, rng.choice((0.02, 0.08, 0.3))))
    if draw < 0.7:
        return no_reply(body, rng)
    if draw < 0.85:
        return echo(rng, secrets)
    failure = rng.choice(FAILURES)
    if isinstance(failure, dict) and rng.random() < 0.4:
        failure = failure | {"message": rng.choice(MESSAGES + [hostile.text(rng, 100)])}
    return reply(rng.choice((200, 200, 200, status, 400, 500)), hostile.json_text(failure, rng).encode("utf-8", "replace"))
