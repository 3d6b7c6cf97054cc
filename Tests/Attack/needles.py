"""Secrets made to be recognised, the encodings in which servers repeat them, and what of them may never be seen."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

# Two long runs of letters and digits each, around characters that every encoding writes in its own way.
USER_TOKEN = "Tk7Rk2Vm9Lp4Qz=~&'/<+;Hd8Wn3Yb6Jc5Fs"
USER_SECRET = "Sx5Gf1Bq8Nv3Ec=~&'/<+;Zu4Mw9Kt2Pa7Ld"
PROXY_PASSWORD = "Px3Jr8Yd5Wb6Nm=~&'/<+;Ck7Fs2Ht9Vq4Gz"
SECRETS = [USER_TOKEN, USER_SECRET]


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda s: s,
    "percent": lambda s: quote(s, safe=""),
    "percent, slashes kept": quote,
    "percent, lower case": lambda s: percent(s).lower(),
    "percent, every byte": percent,
    "percent, twice": lambda s: quote(quote(s, safe=""), safe=""),
    "a form's": lambda s: quote_plus(s).replace("~", "%7E"),
    "JSON": lambda s: json.dumps(s)[1:-1],
    "JSON, twice": lambda s: json.dumps(json.dumps(s))[1:-1],
    "JSON, as Gson": lambda s: "".join(f"\\u{ord(c):04x}" if c in "=&'<>" else c for c in s),
    "JSON, every character": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "HTML": lambda s: html.escape(s),
    "HTML, as OWASP": lambda s: "".join(c if c.isalnum() else f"&#x{ord(c):x};" for c in s),
    "HTML, decimal": lambda s: "".join(c if c.isalnum() else f"&#{ord(c)};" for c in s),
    "Base64": lambda s: base64.b64encode(s.encode()).decode(),
    "Base64 for URLs": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "Base64 after one byte": lambda s: base64.b64encode(b":" + s.encode()).decode(),
    "Base64 after two bytes": lambda s: base64.b64encode(b"::" + s.encode()).decode(),
    "hexadecimal": lambda s: s.encode().hex(),
    "HEXADECIMAL": lambda s: s.encode().hex().upper(),
    "all but the last": lambda s: s[:-1],
    "the first twelve": lambda s: s[:12],
    "the first twenty": lambda s: s[:20],
}


# No server escapes letters and digits in data; in the words of an error, anything may have been escaped by anybody.
IN_ERRORS = {"percent, lower case", "percent, every byte", "JSON, every character"}


def of(secret: str) -> dict[bytes, str]:
    """What betrays a secret, each with the encoding it belongs to: parts long enough to be no accident."""
    found: dict[bytes, str] = {}
    for run in _runs(secret):
        for name in ("as it is", "percent, every byte", "percent, lower case", "JSON, every character", "hexadecimal", "HEXADECIMAL"):
            found[ENCODINGS[name](run[:12]).encode()] = name
    for lead in range(3):
        encoded = base64.b64encode(b":" * lead + secret.encode())
        found[encoded[4:24]] = "Base64"
    return found


def _runs(secret: str) -> list[str]:
    kept = "".join(c if c.isalnum() else " " for c in secret)
    return [run for run in kept.split() if len(run) >= 12]
