"""A sign-in with a library of OAuth, run by `test_oauth_clients.py` in an environment of its own.

    python oauth_libraries.py LIBRARY PORT TOKEN SECRET

Prints one line for each step that went well; any exception is the failure.
"""

from __future__ import annotations

import http.client
import sys
from types import SimpleNamespace

import requests

from oauth_flow import BOTH, Person, Visitor

REDIRECT = "http://127.0.0.1:41000/callback"
FIND = {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}}
LIBRARY, PORT, TOKEN, SECRET = sys.argv[1:]
BASE = f"http://127.0.0.1:{PORT}"
SERVER = SimpleNamespace(connection=lambda: http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=30))
KNOWN = requests.get(f"{BASE}/.well-known/oauth-authorization-server", timeout=10).json()


def registered(method: str) -> dict:
    about = {"client_name": LIBRARY, "redirect_uris": [REDIRECT], "token_endpoint_auth_method": method}
    answer = requests.post(KNOWN["registration_endpoint"], json=about, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()


def back(link: str) -> str:
    """Where the browser is in the end, as the program that waits there sees it."""
    return Person(Visitor(SERVER, BASE), (TOKEN, SECRET)).back(link)


def call(token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    return requests.post(f"{BASE}/mcp", json=FIND, headers=headers, timeout=10)


def check(step: str, token: str) -> None:
    answer = call(token)
    assert answer.status_code == 200 and "raw_loans" in answer.text, answer.text
    print(step, flush=True)


def with_authlib() -> None:
    from authlib.integrations.requests_client import OAuth2Session

    client = registered("client_secret_basic")
    session = OAuth2Session(
        client["client_id"], client["client_secret"], scope=BOTH, redirect_uri=REDIRECT, code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",
    )  # fmt: skip
    verifier = "v" * 43
    link, _ = session.create_authorization_url(KNOWN["authorization_endpoint"], code_verifier=verifier, resource=f"{BASE}/mcp")
    first = session.fetch_token(KNOWN["token_endpoint"], authorization_response=back(link), code_verifier=verifier, timeout=10)
    check("called", first["access_token"])
    second = session.refresh_token(KNOWN["token_endpoint"], first["refresh_token"], timeout=10)
    check("refreshed", second["access_token"])
    assert session.revoke_token(KNOWN["revocation_endpoint"], second["refresh_token"], "refresh_token", timeout=10).status_code == 200
    revoked(second["refresh_token"], client)


def with_requests_oauthlib() -> None:
    from requests_oauthlib import OAuth2Session

    client = registered("none")
    session = OAuth2Session(client["client_id"], scope=BOTH.split(), redirect_uri=REDIRECT, pkce="S256")
    link, _ = session.authorization_url(KNOWN["authorization_endpoint"], resource=f"{BASE}/mcp")
    first = session.fetch_token(
        KNOWN["token_endpoint"], authorization_response=back(link), include_client_id=True, resource=f"{BASE}/mcp", timeout=10
    )
    check("called", first["access_token"])
    second = session.refresh_token(KNOWN["token_endpoint"], first["refresh_token"], client_id=client["client_id"], timeout=10)
    check("refreshed", second["access_token"])
    form = {"token": second["refresh_token"], "client_id": client["client_id"]}
    assert requests.post(KNOWN["revocation_endpoint"], form, timeout=10).status_code == 200
    revoked(second["refresh_token"], client)


def with_requests_oauth2client() -> None:
    from requests_oauth2client import OAuth2Client

    about = registered("client_secret_post")
    # It compares the issuer of the answer (RFC 9207).
    client = OAuth2Client(
        token_endpoint=KNOWN["token_endpoint"], authorization_endpoint=KNOWN["authorization_endpoint"],
        revocation_endpoint=KNOWN["revocation_endpoint"], redirect_uri=REDIRECT, client_id=about["client_id"],
        client_secret=about["client_secret"], issuer=KNOWN["issuer"], testing=True,
        authorization_response_iss_parameter_supported=KNOWN["authorization_response_iss_parameter_supported"],
    )  # fmt: skip
    asked = client.authorization_request(scope=BOTH, resource=f"{BASE}/mcp")
    told = asked.validate_callback(back(str(asked)))
    first = client.authorization_code(told)
    check("called", first.access_token)
    second = client.refresh_token(first.refresh_token)
    check("refreshed", second.access_token)
    assert client.revoke_refresh_token(second.refresh_token)
    revoked(second.refresh_token, about)


def revoked(token: str, client: dict) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client["client_id"]}
    secret = client.get("client_secret")
    basic = (client["client_id"], secret) if client["token_endpoint_auth_method"] == "client_secret_basic" else None
    form |= {"client_secret": secret} if secret and not basic else {}
    answer = requests.post(KNOWN["token_endpoint"], form, auth=basic, timeout=10)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant", answer.text
    print("revoked")


{"authlib": with_authlib, "requests_oauthlib": with_requests_oauthlib, "requests_oauth2client": with_requests_oauth2client}[LIBRARY]()
