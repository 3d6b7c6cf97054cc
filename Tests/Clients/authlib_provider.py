"""An authorization server made with authlib, run by `test_oauth_providers.py` in an environment of its own.

    python authlib_provider.py ALGORITHM AUDIENCE

Prints its issuer. Tokens are JWTs of RFC 9068, got with the client credentials of `client` and `secret`; `POST /rotate`
makes a new key, with which the old one is published no longer.
"""

from __future__ import annotations

import sys

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.models import ClientMixin
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator, JWTIntrospectionEndpoint
from flask import Flask, jsonify
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import WSGIRequestHandler, make_server

ALGORITHM, AUDIENCE = sys.argv[1:]
MAKERS = {"RS": lambda: RSAKey.generate_key(2048), "ES": lambda: ECKey.generate_key("P-256"), "Ed": lambda: OKPKey.generate_key("Ed25519")}
# Its library counts this one among the rare.
JWSRegistry.recommended += [] if ALGORITHM in JWSRegistry.recommended else [ALGORITHM]
app = Flask(__name__)
keys: list[dict] = []


def rotate() -> None:
    key = MAKERS[ALGORITHM[:2]]()
    keys[:] = [key.as_dict(private=True) | {"kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}]


class Client(ClientMixin):
    client_id = "client"

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_client_secret(self, secret: str) -> bool:
        return secret == "secret"

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class Tokens(JWTBearerTokenGenerator):
    def get_jwks(self) -> dict:
        return {"keys": keys}

    def get_audiences(self, client: Client, user: object, scope: str) -> str:
        return AUDIENCE


class Introspection(JWTIntrospectionEndpoint):
    def get_jwks(self) -> dict:
        return {"keys": keys}

    def check_permission(self, token: dict, client: Client, request: object) -> bool:
        return True


class Granting(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]


rotate()
server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=type("Quiet", (WSGIRequestHandler,), {"log": lambda *_: None}))
issuer = f"http://127.0.0.1:{server.server_port}"
oauth = AuthorizationServer(app, query_client=lambda _: Client(), save_token=lambda token, request: None)
oauth.register_token_generator("default", Tokens(issuer=issuer, alg=ALGORITHM))
oauth.register_grant(Granting)
oauth.register_endpoint(Introspection(issuer=issuer))


@app.get("/.well-known/oauth-authorization-server")
def discovery():
    return jsonify(issuer=issuer, token_endpoint=f"{issuer}/token", jwks_uri=f"{issuer}/jwks", introspection_endpoint=f"{issuer}/introspect",
                   authorization_endpoint=f"{issuer}/authorize", response_types_supported=["code"])  # fmt: skip


@app.get("/jwks")
def jwks():
    secret = {"d", "p", "q", "dp", "dq", "qi"}
    return jsonify(keys=[{name: value for name, value in key.items() if name not in secret} for key in keys])


@app.post("/token")
def token():
    return oauth.create_token_response()


@app.post("/introspect")
def introspect():
    return oauth.create_endpoint_response(Introspection.ENDPOINT_NAME)


@app.post("/rotate")
def rotated():
    rotate()
    return ""


print(issuer, flush=True)
server.serve_forever()
