"""An authorization server made with authlib at which a person signs in, run by `test_login.py` in an environment of its own.

    python authlib_sign_in.py

Prints its address. Clients register (RFC 7591), prove themselves with PKCE (RFC 7636), and may use a device code (RFC 8628);
refresh tokens rotate, and tokens are revoked (RFC 7009). A person who opens a page has allowed it already. `/seen` lists the
forms that came to the token endpoint, `/mcp` is the resource, which takes the tokens that are good.
"""

from __future__ import annotations

import json
import secrets
import time
from types import SimpleNamespace

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, TokenMixin
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7591 import ClientRegistrationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict
from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

PERSON = SimpleNamespace(get_user_id=lambda: "person")
app = Flask(__name__)
clients: dict[str, Client] = {}
codes: dict[str, Code] = {}
devices: dict[str, DeviceCredentialDict] = {}
tokens: list[Token] = []
seen: list[dict] = []


class Client(ClientMixin):
    def __init__(self, client_id: str, about: dict):
        self.client_id, self.about = client_id, about
        self.client_metadata = about

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.about["redirect_uris"][0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.about["redirect_uris"]

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, kind: str) -> bool:
        return kind in self.about["response_types"]

    def check_grant_type(self, kind: str) -> bool:
        return kind in self.about["grant_types"]


class Code(AuthorizationCodeMixin):
    def __init__(self, code: str, client: str, redirect: str, scope: str, challenge: str, method: str):
        self.code, self.client_id, self.redirect, self.scope = code, client, redirect, scope
        self.code_challenge, self.code_challenge_method = challenge, method

    def get_redirect_uri(self) -> str:
        return self.redirect

    def get_scope(self) -> str:
        return self.scope


class Token(TokenMixin):
    def __init__(self, client: str, about: dict):
        self.client_id, self.about, self.good = client, about, True
        self.refreshable = True

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.client_id

    def get_scope(self) -> str:
        return self.about.get("scope") or ""

    def get_expires_in(self) -> int:
        return self.about["expires_in"]

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return not self.good


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]

    def save_authorization_code(self, code: str, asked: object) -> None:
        form = asked.payload.data
        codes[code] = Code(
            code, asked.client.client_id, form["redirect_uri"], form.get("scope") or "", form["code_challenge"],
            form.get("code_challenge_method") or "plain",
        )  # fmt: skip

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found = codes.get(code)
        return found if found and found.client_id == client.client_id else None

    def delete_authorization_code(self, code: Code) -> None:
        del codes[code.code]

    def authenticate_user(self, code: Code) -> object:
        return PERSON


class Refreshing(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, text: str) -> Token | None:
        return next((each for each in tokens if each.about.get("refresh_token") == text and each.good and each.refreshable), None)

    def authenticate_user(self, token: Token) -> object:
        return PERSON

    def revoke_old_credential(self, token: Token) -> None:
        token.refreshable = False


class Devices(DeviceAuthorizationEndpoint):
    CLIENT_AUTH_METHODS = ["none"]
    INTERVAL = 1

    def get_verification_uri(self) -> str:
        return f"{issuer}/activate"

    def save_device_credential(self, client_id: str, scope: str, data: dict) -> None:
        devices[data["device_code"]] = DeviceCredentialDict(data | {"client_id": client_id, "scope": scope or "", "expires_at": time.time() + 60})


class DeviceGrant(DeviceCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]
    asked = 0

    def query_device_credential(self, code: str) -> DeviceCredentialDict | None:
        return devices.get(code)

    def query_user_grant(self, code: str) -> tuple[object, bool] | None:
        # The person needs a moment.
        DeviceGrant.asked += 1
        return (PERSON, True) if DeviceGrant.asked > 1 else None

    def should_slow_down(self, credential: DeviceCredentialDict) -> bool:
        return False


class Registration(ClientRegistrationEndpoint):
    def authenticate_token(self, request: object) -> object:
        return PERSON

    def get_server_metadata(self) -> dict:
        return {}

    def save_client(self, info: dict, metadata: dict, request: object) -> Client:
        clients[info["client_id"]] = Client(info["client_id"], dict(request.payload.data))
        clients[info["client_id"]].client_info = info
        return clients[info["client_id"]]


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ["none"]

    def query_token(self, text: str, hint: str) -> Token | None:
        return next((each for each in tokens if text in (each.about.get("access_token"), each.about.get("refresh_token"))), None)

    def revoke_token(self, token: Token, request: object) -> None:
        for each in tokens:
            if each.client_id == token.client_id:
                each.good = False


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=type("Quiet", (WSGIRequestHandler,), {"log": lambda *_: None}))
issuer = f"http://127.0.0.1:{server.server_port}"
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {}
oauth = AuthorizationServer(
    app, query_client=clients.get, save_token=lambda token, asked: tokens.append(Token(asked.client.client_id, token))
)
oauth.register_token_generator(
    "default",
    BearerTokenGenerator(
        lambda **_: secrets.token_hex(16), lambda **_: secrets.token_hex(16), expires_generator=lambda *_: 3600
    ),
)
for grant, more in ((CodeGrant, [CodeChallenge(required=True)]), (Refreshing, []), (DeviceGrant, [])):
    oauth.register_grant(grant, more)
for endpoint in (Registration, Revocation, Devices):
    oauth.register_endpoint(endpoint)


@app.get("/.well-known/oauth-protected-resource/mcp")
def resource():
    return jsonify(resource=f"{issuer}/mcp", authorization_servers=[issuer], scopes_supported=["read"])


@app.get("/.well-known/oauth-authorization-server")
def discovery():
    return jsonify(
        issuer=issuer, authorization_endpoint=f"{issuer}/authorize", token_endpoint=f"{issuer}/token",
        registration_endpoint=f"{issuer}/register", revocation_endpoint=f"{issuer}/revoke",
        device_authorization_endpoint=f"{issuer}/device", response_types_supported=["code"],
        code_challenge_methods_supported=["S256"], token_endpoint_auth_methods_supported=["none"],
    )  # fmt: skip


@app.post("/mcp")
def mcp():
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if any(each.about["access_token"] == token and each.good for each in tokens):
        return jsonify(jsonrpc="2.0", id=1, result={"tools": []})
    return Response(status=401, headers={"WWW-Authenticate": 'Bearer scope="read"'})


@app.post("/register")
def register():
    return oauth.create_endpoint_response(Registration.ENDPOINT_NAME)


@app.get("/authorize")
def authorize():
    return oauth.create_authorization_response(grant=oauth.get_consent_grant(end_user=PERSON), grant_user=PERSON)


@app.post("/token")
def token():
    seen.append(request.form.to_dict())
    return oauth.create_token_response()


@app.post("/revoke")
def revoke():
    seen.append(request.form.to_dict())
    return oauth.create_endpoint_response(Revocation.ENDPOINT_NAME)


@app.post("/device")
def device():
    return oauth.create_endpoint_response(Devices.ENDPOINT_NAME)


@app.get("/seen")
def all_seen():
    return Response(json.dumps({"forms": seen, "good": sum(each.good for each in tokens)}), content_type="application/json")


print(issuer, flush=True)
server.serve_forever()
