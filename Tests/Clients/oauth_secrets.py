"""In which forms a token gives itself away."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote


def percent(text: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in text)


def betrayals(secret: str) -> dict[bytes, str]:
    """What must not be seen of a secret, each with the name of its form: parts long enough to be no accident."""
    raw = secret.encode()
    found = {
        raw[:20]: "as it is", quote(secret, safe="").encode()[:24]: "for URLs", percent(raw[:12]).encode(): "percent",
        percent(raw[:12]).lower().encode(): "percent, lower case", raw[:12].hex().encode(): "hexadecimal",
        raw[:12].hex().upper().encode(): "HEXADECIMAL",
    }  # fmt: skip
    for lead in range(3):
        found[base64.b64encode(b":" * lead + raw)[4:24]] = "Base64"
    # What the text stands for, where it is bytes in an encoding.
    for alphabet in (None, b"-_"):
        try:
            inner = base64.b64decode(raw + b"=" * (-len(raw) % 4), alphabet, validate=True)
        except binascii.Error:
            continue
        if len(inner) >= 24:
            found |= {inner[:16]: "decoded", inner[:16].hex().encode(): "decoded, hexadecimal"}
            found[base64.b64encode(inner)[:24]] = "decoded, Base64"
    return found
