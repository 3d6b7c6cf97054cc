"""An identity provider under the control of a test: any claims, any algorithm, new keys, and failures on demand.

    with IdentityProvider("ES256") as provider:
        token = provider.token(scope="ovaledge:read", sub="petra")
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

AUDIENCE = "api://ovaledge-mcp"
CURVES = {"ES256": (ec.SECP256R1, "P-256", 32), "ES384": (ec.SECP384R1, "P-384", 48), "ES512": (ec.SECP521R1, "P-521", 66)}
HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
ALGORITHMS = (*(f"{kind}{size}" for kind in ("RS", "PS") for size in HASHES), *CURVES, "EdDSA")
_rsa: dict[str, rsa.RSAPrivateKey] = {}


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class SigningKey:
    """A key pair with an id, for one algorithm."""

    def __init__(self, algorithm: str, kid: str | None = None, bits: int = 2048):
        self.algorithm = algorithm
        self.kid = kid or f"{algorithm}-1"
        if algorithm in CURVES:
            self.key = ec.generate_private_key(CURVES[algorithm][0]())
        elif algorithm == "EdDSA":
            self.key = ed25519.Ed25519PrivateKey.generate()
        else:
            # Of these one for each id in a run of the tests: they take long to make.
            name = f"{self.kid} {bits}"
            _rsa[name] = self.key = _rsa.get(name) or rsa.generate_private_key(65537, bits)

    @property
    def public(self) -> dict:
        """As it is published (RFC 7517)."""
        public = self.key.public_key()
        about = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if self.algorithm in CURVES:
            numbers, (_, curve, size) = public.public_numbers(), CURVES[self.algorithm]
            return about | {"kty": "EC", "crv": curve, "x": number(numbers.x, size), "y": number(numbers.y, size)}
        if self.algorithm == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return about | {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}
        numbers = public.public_numbers()
        return about | {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}

    @property
    def pem(self) -> bytes:
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def signature(self, text: bytes) -> bytes:
        if self.algorithm == "EdDSA":
            return self.key.sign(text)
        method = HASHES[self.algorithm[2:]]()
        if self.algorithm in CURVES:
            size = CURVES[self.algorithm][2]
            r, s = utils.decode_dss_signature(self.key.sign(text, ec.ECDSA(method)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if self.algorithm.startswith("PS"):
            return self.key.sign(text, padding.PSS(padding.MGF1(method), method.digest_size), method)
        return self.key.sign(text, padding.PKCS1v15(), method)

    def token(self, claims: dict | str, **header: object) -> str:
        """Sign these claims; a header field that is None is left out, any other may be anything."""
        fields = {"alg": self.algorithm, "kid": self.kid, "typ": "at+jwt"} | header
        return joined({name: value for name, value in fields.items() if value is not None}, claims, self.signature)


def joined(header: dict, claims: dict | str, sign: Callable[[bytes], bytes]) -> str:
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    text = f"{base64url(json.dumps(header).encode())}.{base64url(payload.encode())}"
    return f"{text}.{base64url(sign(text.encode()))}"


def with_shared_key(key: bytes, claims: dict, **header: object) -> str:
    """HS256 with a key that is public."""
    return joined({"alg": "HS256", "typ": "at+jwt"} | header, claims, lambda text: hmac.new(key, text, hashlib.sha256).digest())


class Asked:
    """One request to the provider."""

    def __init__(self, method: str, path: str, headers: dict[str, str], form: dict[str, str]):
        self.method, self.path, self.headers, self.form = method, path, headers, form

    @property
    def client(self) -> tuple[str, str] | None:
        """Who it says it is: an id and a secret."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, secret = base64.b64decode(value).decode().partition(":")
            return unquote(name), unquote(secret)
        return (self.form["client_id"], self.form.get("client_secret", "")) if "client_id" in self.form else None


class IdentityProvider:
    """One provider on a port of the kernel's choosing; `path` is that of its issuer."""

    def __init__(self, *algorithms: str, path: str = ""):
        self.keys = [SigningKey(algorithm) for algorithm in algorithms or ("RS256",)]
        self.requests: list[Asked] = []
        self.broken: dict[str, int] = {}
        """Which paths answer with which status instead."""
        self.fields: dict[str, str] = {}
        """What the answers to JWKS have as further header fields."""
        self.opaque: dict[str, dict] = {}
        """What introspection says of tokens."""
        self.exchange: Callable[[Asked], tuple[int, dict]] = lambda asked: (400, {"error": "invalid_request"})
        self.changes: dict[str, object] = {}
        """What discovery says otherwise."""
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.issuer = self.origin + path

    def __enter__(self) -> IdentityProvider:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def claims(self, **changed: object) -> dict:
        """Good ones, with these changes; what is None is left out."""
        now = time.time()
        usual = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": "petra", "client_id": "claude", "scope": "ovaledge:read",
            "iat": int(now), "exp": int(now) + 600, "jti": str(time.monotonic_ns()),
        }  # fmt: skip
        return {name: value for name, value in (usual | changed).items() if value is not None}

    def token(self, header: dict[str, object] | None = None, **changed: object) -> str:
        """A good one, with these changes to its claims."""
        return self.keys[0].token(self.claims(**changed), **(header or {}))

    def rotate(self, algorithm: str | None = None) -> SigningKey:
        """A new key in front; the old ones are published no longer."""
        key = SigningKey(algorithm or self.keys[0].algorithm, f"rotated-{len(_rsa)}-{time.monotonic_ns()}" if not algorithm else None)
        self.keys = [key]
        return key

    def asked(self, ending: str) -> list[Asked]:
        return [each for each in self.requests if each.path.endswith(ending)]

    @property
    def discovery(self) -> dict:
        return {
            "issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "introspection_endpoint": f"{self.issuer}/introspect",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "ovaledge:read", "ovaledge:write"],
        } | self.changes  # fmt: skip

    def answer(self, asked: Asked) -> tuple[int, dict, dict[str, str]]:
        for ending, status in self.broken.items():
            if asked.path.endswith(ending):
                return status, {"error": "server_error"}, {}
        end = asked.path.rsplit("/", 1)[-1]
        if "/.well-known/" in asked.path:
            return 200, self.discovery, {}
        if end == "jwks":
            return 200, {"keys": [key.public for key in self.keys]}, self.fields
        if end == "introspect":
            return 200, self.opaque.get(asked.form.get("token", ""), {"active": False}), {}
        if end == "token":
            return *self.exchange(asked), {}
        return 404, {}, {}


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        """The test's output is its own."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, urlsplit(self.path).path, headers, dict(parse_qsl(body)))
        self.provider.requests.append(asked)
        status, document, fields = self.provider.answer(asked)
        payload = json.dumps(document).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(payload))} | fields).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    do_GET = do_POST = _serve
