"""Clients that prove who they are with a key of their own (`private_key_jwt`), which their metadata document names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents import Document, Documents
from identity_provider import SigningKey, with_shared_key
from oauth_flow import BASE, METADATA, Answer, App, Person, is_page
from oauth_servers import SignIn, documents, key_file, signing_in  # noqa: F401
from redis_server import REDIS, Redis
from stand_in import StandIn

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY_METHOD = {"token_endpoint_auth_method": "private_key_jwt"}


@pytest.fixture
def ovaledge() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def wide(signing_in: Callable[..., SignIn], documents: Documents) -> SignIn:  # noqa: F811
    """A server that finds the documents."""
    return signing_in(resolve=documents.resolve, OAUTH_CA_BUNDLE=documents.authority.bundle)


class KeyHolder:
    """A client with a document and a key."""

    def __init__(self, site: SignIn, documents: Documents, key: SigningKey, **about: object):  # noqa: F811
        self.site, self.documents, self.key = site, documents, key
        self.app: App = site.app(redirect=documents.address("/callback"))
        about = KEY_METHOD | {"jwks_uri": documents.address("/jwks")} | about
        self.publish(key)
        self.app.client_id = documents.describe("/client.json", **about)

    def publish(self, *keys: SigningKey, status: int = 200) -> None:
        self.documents.documents["/jwks"] = Document({"keys": [key.public for key in keys]}, status)

    def claims(self, **changed: object) -> dict:
        now = int(time.time()) + self.site.clock.ahead
        usual = {"iss": self.app.client_id, "sub": self.app.client_id, "aud": BASE, "iat": now, "exp": now + 60, "jti": f"{time.monotonic_ns()}"}
        return {name: value for name, value in (usual | changed).items() if value is not None}

    def assertion(self, key: SigningKey | None = None, typ: str | None = "JWT", **changed: object) -> str:
        return (key or self.key).token(self.claims(**changed), typ=typ)

    def proof(self, assertion: str | None = None, **changed: object) -> dict:
        return {"client_assertion_type": TYPE, "client_assertion": assertion or self.assertion()} | changed

    def code(self, person: Person | None = None) -> str:
        return (person or self.site.person()).sign_in(self.app.link())["code"]


def is_unknown(answer: Answer) -> bool:
    return answer.status == 401 and answer.error == "invalid_client"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
def test_a_client_proves_itself_by_its_key(wide: SignIn, documents: Documents, algorithm: str) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey(algorithm), token_endpoint_auth_signing_alg=algorithm)
    answer = holder.app.exchange(holder.code(), **holder.proof())
    assert answer.status == 200, answer
    # The token endpoint's own address is an audience, too, and the client's id need not be sent besides.
    renewed = holder.app.refresh(answer.json["refresh_token"], client_id=None, **holder.proof(holder.assertion(aud=[f"{BASE}/token"])))
    assert renewed.status == 200, renewed
    assert wide.visitor.call(renewed.json["access_token"]).status == 200
    assert is_unknown(holder.app.revoke(renewed.json["refresh_token"]))
    assert holder.app.revoke(renewed.json["refresh_token"], **holder.proof()).status == 200
    assert wide.visitor.call(renewed.json["access_token"]).status == 401
    assert documents.asked == ["/client.json", "/jwks"]
    wide.program.__exit__()
    wide.program.end_of_log()
    assert "token issued" in wide.program.log and not re.search("eyJ|client_assertion|oe(?:ac|at|rt)_", wide.program.log)


def test_the_metadata_names_what_a_client_may_sign_with(wide: SignIn, signing_in: Callable[..., SignIn]) -> None:  # noqa: F811
    metadata = wide.visitor.get(METADATA).json
    for endpoint in ("token", "revocation"):
        assert metadata[f"{endpoint}_endpoint_auth_methods_supported"] == ["none", "client_secret_post", "client_secret_basic", "private_key_jwt"]
        algorithms = metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert {"RS256", "PS256", "ES256", "EdDSA"} <= set(algorithms) and not {"none", "HS256"} & set(algorithms)
    # Where no document is fetched, no key is.
    known = signing_in(OAUTH_CIMD="known").visitor.get(METADATA).json
    assert "private_key_jwt" not in known["token_endpoint_auth_methods_supported"]
    assert not any("signing_alg" in name for name in known)


def test_what_a_client_has_signed_is_good_once(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey("ES256"))
    proof = holder.proof()
    tokens = holder.app.exchange(holder.code(), **proof).json
    assert is_unknown(holder.app.refresh(tokens["refresh_token"], **proof))
    proof = holder.proof()
    with ThreadPoolExecutor(10) as pool:
        others = [KeyHolder(wide, documents, holder.key) for _ in range(10)]
        answers = list(pool.map(lambda other: other.app.refresh(tokens["refresh_token"], **proof), others))
    assert sorted(answer.status for answer in answers) == [200] + [401] * 9
    # Also after it has ended by the clock of a server whose clock is behind.
    late = holder.assertion(exp=holder.claims()["exp"] + 30)
    assert holder.app.refresh(answers[0].json.get("refresh_token", tokens["refresh_token"]), **holder.proof(late)).status == 200
    wide.clock.advance(100)
    assert is_unknown(holder.app.refresh(tokens["refresh_token"], **holder.proof(late)))


def test_what_another_has_signed_or_for_another_is_not_taken(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey("RS256"))
    tokens = holder.app.exchange(holder.code(), **holder.proof()).json
    now, stranger = holder.claims()["iat"], SigningKey("RS256", kid="stranger")
    impostor = SigningKey("RS256", kid="impostor")
    impostor.kid = holder.key.kid
    wrong = {
        "another key": holder.assertion(stranger),
        "another key of the same name": holder.assertion(impostor),
        "a shared key": with_shared_key(holder.key.pem, holder.claims(), typ="JWT"),
        "no signature": holder.assertion().rpartition(".")[0] + ".",
        "no algorithm": holder.key.token(holder.claims(), alg="none", typ="JWT"),
        "a key that it brings along": stranger.token(holder.claims(), typ="JWT", kid=None, jwk=stranger.public),
        "a critical extension": holder.key.token(holder.claims(), typ="JWT", crit=["x"], x=1),
        "an access token": holder.assertion(typ="at+jwt"),
        "an assertion of a person": holder.assertion(typ="oauth-id-jag+jwt"),
        "another issuer": holder.assertion(iss=documents.address("/other.json")),
        "another subject": holder.assertion(sub=documents.address("/other.json")),
        "no issuer": holder.assertion(iss=None),
        "no subject": holder.assertion(sub=None),
        "no audience": holder.assertion(aud=None),
        "another audience": holder.assertion(aud="https://other.example"),
        "a slash more": holder.assertion(aud=f"{BASE}/"),
        "the resource": holder.assertion(aud=f"{BASE}/mcp"),
        "two audiences": holder.assertion(aud=[BASE, "https://other.example"]),
        "no id": holder.assertion(jti=None),
        "an empty id": holder.assertion(jti=""),
        "a long id": holder.assertion(jti="x" * 257),
        "no end": holder.assertion(exp=None),
        "an end in words": holder.assertion(exp="soon"),
        "an end long ago": holder.assertion(exp=now - 61),
        "an end too far away": holder.assertion(exp=now + 420),
        "a later beginning": holder.assertion(nbf=now + 120),
        "text": "what",
        "too much": "x" * 12_000,
    }
    for number, (name, assertion) in enumerate(wrong.items()):
        holder.app.visitor.address = f"198.51.100.{number}"
        assert is_unknown(holder.app.refresh(tokens["refresh_token"], **holder.proof(assertion))), name
    holder.app.visitor.address = "198.51.100.200"
    asks = {
        "no proof": {},
        "a secret": {"client_secret": "secret"},
        "two proofs": holder.proof(client_secret="secret"),
        "no type": holder.proof(client_assertion_type=None),
        "another type": holder.proof(client_assertion_type="urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        "another client": holder.proof(client_id=documents.address("/other.json")),
    }
    for name, proof in asks.items():
        answer = holder.app.refresh(tokens["refresh_token"], **proof)
        assert is_unknown(answer) or answer.status == 400 and answer.error == "invalid_request", (name, answer)
    basic = {"Authorization": "Basic aHR0cHM6eA=="}
    assert holder.app.refresh(tokens["refresh_token"], basic, **holder.proof()).error == "invalid_request"
    assert holder.app.refresh(tokens["refresh_token"], **holder.proof()).status == 200


def test_a_new_key_is_looked_for(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey("ES256", kid="old"))
    tokens = holder.app.exchange(holder.code(), **holder.proof()).json
    newer = SigningKey("ES256", kid="new")
    assert is_unknown(holder.app.refresh(tokens["refresh_token"], **holder.proof(holder.assertion(newer))))
    holder.publish(holder.key, newer)
    wide.clock.advance(61)
    assert holder.app.refresh(tokens["refresh_token"], **holder.proof(holder.assertion(newer))).status == 200
    assert documents.asked.count("/jwks") == 3


def test_no_client_is_turned_away_for_keys_that_cannot_be_fetched(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey("ES256"))
    code = holder.code()
    holder.publish(holder.key, status=503)
    answer = holder.app.exchange(code, **holder.proof())
    assert answer.status == 503 and answer.error == "temporarily_unavailable" and answer["Retry-After"], answer
    holder.publish(holder.key)
    wide.clock.advance(2)
    assert holder.app.exchange(code, **holder.proof()).status == 200


def test_a_known_client_is_not_turned_away_while_its_document_cannot_be_fetched(
    signing_in: Callable[..., SignIn], tmp_path: Path  # noqa: F811
) -> None:
    chat = Documents(tmp_path / "chat", "chatgpt.com")
    try:
        site = signing_in(resolve=chat.resolve, OAUTH_CA_BUNDLE=chat.authority.bundle, OAUTH_STORE=f"file:{tmp_path / 'store'}")
        holder = KeyHolder(site, chat, SigningKey("ES256"))
        about = KEY_METHOD | {"jwks_uri": chat.address("/jwks"), "redirect_uris": [chat.address("/callback")]}
        holder.app.client_id = chat.describe("/oauth/client.json", **about)
        tokens = holder.app.exchange(holder.code(), **holder.proof()).json
        chat.documents["/oauth/client.json"].status = 503
        site.restart()
        holder.app.visitor = site.visitor
        # What is built in has none of its keys; nor is that a failure of the client's.
        for _ in range(31):
            answer = holder.app.refresh(tokens["refresh_token"], **holder.proof())
            assert answer.status == 503 and answer.error == "temporarily_unavailable" and answer["Retry-After"], answer
        chat.documents["/oauth/client.json"].status = 200
        site.clock.advance(61)
        assert holder.app.refresh(tokens["refresh_token"], **holder.proof()).status == 200
    finally:
        chat.stop()


def test_keys_may_stand_in_the_document(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    key = SigningKey("EdDSA")
    holder = KeyHolder(wide, documents, key, jwks_uri=None, jwks={"keys": [key.public]})
    assert holder.app.exchange(holder.code(), **holder.proof()).status == 200
    assert documents.asked == ["/client.json"]


def test_a_client_that_can_do_both_may_do_either(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey("ES256"), token_endpoint_auth_methods_supported=["private_key_jwt", "none"])
    tokens = holder.app.exchange(holder.code(), **holder.proof()).json
    assert holder.app.refresh(tokens["refresh_token"]).status == 200
    assert holder.app.exchange(holder.code()).status == 200
    other = SigningKey("ES256", kid="other")
    assert is_unknown(holder.app.exchange(holder.code(), **holder.proof(holder.assertion(other))))


def test_a_document_says_where_its_keys_are(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    key = SigningKey("ES256")
    refused: dict[str, dict] = {
        "nowhere": {"jwks_uri": None},
        "in two places": {"jwks": {"keys": [key.public]}},
        "without TLS": {"jwks_uri": "http://client.example/jwks"},
        "in numbers": {"jwks_uri": "https://127.0.0.1/jwks"},
        "at a port": {"jwks_uri": "https://client.example:8443/jwks"},
        "for a shared key": {"token_endpoint_auth_signing_alg": "HS256"},
    }
    for number, (name, about) in enumerate(refused.items()):
        holder = KeyHolder(wide, documents, key, **about)
        holder.app.client_id = documents.describe(f"/{number}.json", **KEY_METHOD | {"jwks_uri": documents.address("/jwks")} | about)
        assert is_page(wide.person(f"203.0.113.{number}").open(holder.app.link()), 400), name


def test_keys_within_the_network_are_not_fetched(signing_in: Callable[..., SignIn], documents: Documents) -> None:  # noqa: F811
    site = signing_in(resolve=f"{documents.resolve},inside.example=10.0.0.1", OAUTH_CA_BUNDLE=documents.authority.bundle)
    holder = KeyHolder(site, documents, SigningKey("ES256"), jwks_uri="https://inside.example/jwks")
    answer = holder.app.exchange(holder.code(), **holder.proof())
    assert answer.status == 503 and answer.error == "temporarily_unavailable", answer
    assert documents.asked == ["/client.json"]


def test_keys_are_fetched_ten_times_a_minute_for_one_address(wide: SignIn, documents: Documents) -> None:  # noqa: F811
    holder = KeyHolder(wide, documents, SigningKey("ES256"))
    code, statuses = holder.code(), []
    for number in range(12):
        holder.app.client_id = documents.describe(f"/{number}.json", **KEY_METHOD, jwks_uri=documents.address(f"/jwks-{number}"))
        statuses.append(holder.app.exchange(code, **holder.proof()).status)
    assert statuses[-1] == 429 and len([path for path in documents.asked if path != "/client.json"]) <= 10


@pytest.mark.skipif(not REDIS, reason="redis-server is missing; scripts/need test gets it")
def test_what_a_client_has_signed_is_good_once_on_all_instances(
    signing_in: Callable[..., SignIn], documents: Documents, tmp_path: Path  # noqa: F811
) -> None:
    redis = Redis(tmp_path / "redis")
    try:
        settings = {"resolve": documents.resolve, "OAUTH_CA_BUNDLE": documents.authority.bundle, "OAUTH_STORE": redis.url}
        holders = [KeyHolder(signing_in(**settings), documents, key) for key in [SigningKey("ES256")] * 2]
        tokens = holders[0].app.exchange(holders[0].code(), **holders[0].proof()).json
        for _ in range(3):
            proof = holders[0].proof()
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda holder: holder.app.refresh(tokens["refresh_token"], **proof), holders))
            assert sorted(answer.status for answer in answers) == [200, 401], answers
        redis.kill()
        # Whether it was used before cannot be known: the client has done nothing wrong.
        answer = holders[0].app.refresh(tokens["refresh_token"], **holders[0].proof())
        assert answer.status == 503 and answer.error == "temporarily_unavailable", answer
    finally:
        redis.stop()
