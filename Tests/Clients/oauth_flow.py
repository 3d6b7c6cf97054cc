"""All parties of a sign-in but the server: the network in front of it, a person with a browser, and the client.

    visitor = Visitor(program)
    app = App(visitor)
    app.register()
    back = Person(visitor, pair).sign_in(app.link())
    tokens = app.exchange(back["code"]).json
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import http.client
import json
import re
import secrets
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from http_program import PING, HTTPProgram

BASE = "https://mcp.test"
CALLBACK = "https://claude.ai/api/mcp/auth_callback"
READ, WRITE = "ovaledge:read", "ovaledge:write"
BOTH = f"{READ} {WRITE}"
PRM = "/.well-known/oauth-protected-resource"
METADATA = "/.well-known/oauth-authorization-server"
LOOPBACK = "http://127.0.0.1/callback"
CURSOR = [
    "cursor://anysphere.cursor-mcp/oauth/callback", "https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback",
]  # fmt: skip
LIST = {"jsonrpc": "2.0", "id": 4, "method": "tools/list"}
FIND = {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}}
CHANGE = {
    "jsonrpc": "2.0", "id": 6, "method": "tools/call",
    "params": {
        "name": "update_asset_descriptions",
        "arguments": {"object_id": 501, "object_type": "oetable", "business_description": "Loans, as they come."},
    },
}  # fmt: skip
ACCEPTS = {"Accept": "application/json, text/event-stream"}
# What a browser says of itself when a person follows a link on another site.
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

Parameters = dict[str, object] | list[tuple[str, str]]


def encoded(parameters: Parameters) -> str:
    """As a form; what is None is left out."""
    pairs = parameters.items() if isinstance(parameters, dict) else parameters
    return urlencode([(name, value) for name, value in pairs if value is not None])


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class Answer:
    """One response, with every field as often as it came."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.fields = response.msg
        # A stream does not end; that it began is all there is to see of it here.
        self.is_stream = self.fields.get("Content-Type", "").startswith("text/event-stream")
        self.body = b"" if self.is_stream else response.read()

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.fields.items())} {self.body[:600]!r}"

    def __getitem__(self, name: str) -> str | None:
        return self.fields.get(name)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def error(self) -> str | None:
        return self.json.get("error") if (self["Content-Type"] or "").startswith("application/json") else None

    @property
    def back(self) -> dict[str, str]:
        """The parameters of a redirect, each of which comes once."""
        pairs = parse_qsl(urlsplit(self["Location"] or "").query, keep_blank_values=True)
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)


class Clock:
    """The clock of a server: ahead of this machine's by as much as a test wants."""

    def __init__(self, path: Path):
        self.path = path
        self.ahead = 0
        self.advance(0)

    def advance(self, seconds: int) -> None:
        self.ahead += seconds
        whole = self.path.with_suffix(".new")
        whole.write_text(f"{self.ahead}\n")
        whole.replace(self.path)


class Visitor:
    """A client at one address; the server sees them through a proxy with TLS, unless its base is http."""

    def __init__(self, program: HTTPProgram, base: str = BASE, address: str = "198.51.100.7"):
        self.program = program
        self.base = base
        self.address = address
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, target: str, body: object = None, headers: dict | None = None) -> Answer:
        """Send one request; a dictionary or a list of pairs is sent as a form, and a field whose value is a list once for each."""
        if isinstance(body, (dict, list)):
            body = encoded(body)
            headers = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
        address = urlsplit(self.base)
        seen = {"Host": address.netloc, "X-Forwarded-Proto": address.scheme, "X-Forwarded-For": self.address}
        path = target.removeprefix(self.base) or "/"
        for attempt in range(2):
            fresh = self._connection is None
            self._connection = self._connection or self.program.connection()
            try:
                self._put(method, path, body, seen | (headers or {}))
                answer = Answer(self._connection.getresponse())
            except (http.client.HTTPException, ConnectionError):
                self.close()
                # A connection that was kept may have been closed meanwhile.
                if fresh or attempt:
                    raise
                continue
            if answer.is_stream or answer.fields.get("Connection", "").lower() == "close":
                self.close()
            return answer
        raise AssertionError("unreachable")

    def _put(self, method: str, path: str, body: object, headers: dict[str, str | list[str]]) -> None:
        connection = self._connection
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            for each in value if isinstance(value, list) else [value]:
                connection.putheader(name, each)
        content = body.encode() if isinstance(body, str) else body
        if content is not None:
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)

    def get(self, target: str, **headers: str) -> Answer:
        return self.ask("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def send(self, document: object, headers: dict[str, str] | None = None, target: str = "/mcp") -> Answer:
        """POST a document as JSON."""
        body = document if isinstance(document, (str, bytes)) else json.dumps(document)
        return self.ask("POST", target, body, {"Content-Type": "application/json"} | ACCEPTS | (headers or {}))

    def call(self, token: str | None, message: dict = PING, target: str = "/mcp", **headers: str) -> Answer:
        """Send a message of MCP with an access token."""
        fields = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.send(message, fields | {name.replace("_", "-"): value for name, value in headers.items()}, target)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


class Page(HTMLParser):
    """What a browser makes of an answer: its forms, its links and where it leads by itself."""

    def __init__(self, answer: Answer, address: str):
        super().__init__()
        self.answer = answer
        self.status = answer.status
        self.address = address
        self.forms: list[dict] = []
        self.links: list[str] = []
        self.leads_to: str | None = None
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._silent = 0
        if (answer["Content-Type"] or "").startswith("text/html"):
            self.feed(answer.text)

    def __repr__(self) -> str:
        return f"{self.status} {self.address} {dict(self.answer.fields.items())}\n{self.text}"

    @property
    def text(self) -> str:
        """What a person reads."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        of = dict(attributes)
        self.tags.append((tag, of))
        if tag in ("style", "script"):
            self._silent += 1
        elif tag == "form":
            self.forms.append({"action": urljoin(self.address, of.get("action") or self.address), "inputs": [], "method": of.get("method")})
        elif tag in ("input", "button") and self.forms:
            self.forms[-1]["inputs"].append({"tag": tag} | of)
        elif tag == "a" and of.get("href"):
            self.links.append(urljoin(self.address, of["href"]))
        elif tag == "meta" and (of.get("http-equiv") or "").lower() == "refresh":
            _, _, rest = (of["content"] or "").partition(";")
            self.leads_to = rest.strip().partition("=")[2].strip("'\"")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    def form_with(self, name: str, value: str | None = None) -> dict:
        """The form that has a field, or a button, of this name and value."""
        for form in self.forms:
            if any(each.get("name") == name and value in (None, each.get("value")) for each in form["inputs"]):
                return form
        raise AssertionError(f"There is no form with {name}={value} in {self!r}")

    @property
    def names(self) -> set[str]:
        return {each["name"] for form in self.forms for each in form["inputs"] if each.get("name")}

    @property
    def asks(self) -> bool:
        """Whether a person can sign in on it."""
        return {"user_token", "user_secret", "decision"} <= self.names


def filled(form: dict, **changed: object) -> dict[str, object]:
    """What a form sends: what is hidden in it, and what a person fills in."""
    hidden = {each["name"]: each.get("value") or "" for each in form["inputs"] if each.get("type") == "hidden"}
    return hidden | changed


class Person:
    """A person with a browser of their own: it keeps cookies, and sends forms as they stand."""

    def __init__(self, visitor: Visitor, pair: tuple[str, str]):
        self.visitor = visitor
        self.pair = pair
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []

    def _browse(self, method: str, address: str, body: object = None, **headers: str) -> Page:
        fields = NAVIGATION | {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if self.cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.visitor.ask(method, address, body, fields)
        for line in answer.fields.get_all("Set-Cookie") or []:
            self.set_cookies.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            if "max-age=0" in line.lower() or not value:
                self.cookies.pop(name.strip(), None)
            else:
                self.cookies[name.strip()] = value
        return Page(answer, address)

    def open(self, address: str, site: str = "cross-site", **headers: str) -> Page:
        return self._browse("GET", address, Sec_Fetch_Site=site, **headers)

    def submit(self, form: dict, fields: Parameters, site: str = "same-origin", origin: str | None = "own", **headers: str) -> Page:
        origin = self.visitor.base if origin == "own" else origin
        return self._browse("POST", form["action"], fields, Sec_Fetch_Site=site, Origin=origin, **headers)

    def decide(self, page: Page, decision: str = "allow", write: bool = False, pair: tuple[str, str] | None = None, **headers: str) -> Page:
        """Fill in the page and press a button, without following where that leads."""
        form = page.form_with("decision", decision)
        fields = filled(form, decision=decision)
        if decision == "allow":
            token, secret = pair or self.pair
            fields |= {"user_token": token, "user_secret": secret} | ({"scope_write": "on"} if write else {})
        return self.submit(form, fields, **headers)

    def follow(self, page: Page) -> Page:
        """Go where a redirect within the server leads, and no further."""
        assert page.status == 303, page
        place = urljoin(page.address, page.answer["Location"])
        assert place.startswith(self.visitor.base + "/"), place
        return self.open(place, "same-origin")

    def back(self, link: str, decision: str = "allow", write: bool = True) -> str:
        """The whole way: the address that the browser returns to."""
        page = self.open(link)
        assert page.status == 200 and page.asks, page
        done = self.follow(self.decide(page, decision, write))
        assert done.status == 200, done
        return done.leads_to or next(each for each in done.links if not each.startswith(self.visitor.base))

    def sign_in(self, link: str, **more: object) -> dict[str, str]:
        """The whole way: the parameters of the address to which the browser returns, each of which comes once."""
        pairs = parse_qsl(urlsplit(self.back(link, **more)).query)
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)


@dataclasses.dataclass
class App:
    """A program that a person connects: a client of OAuth."""

    visitor: Visitor
    redirect: str = CALLBACK
    name: str = "Claude"
    client_id: str | None = None
    secret: str | None = None
    verifier: str = dataclasses.field(default_factory=lambda: secrets.token_urlsafe(32))
    state: str = dataclasses.field(default_factory=lambda: secrets.token_urlsafe(16))

    def describe(self, **changed: object) -> dict:
        about = {
            "client_name": self.name, "redirect_uris": [self.redirect], "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"], "scope": "claudeai",
        }  # fmt: skip
        return {name: value for name, value in (about | changed).items() if value is not None}

    def register(self, **changed: object) -> App:
        answer = self.visitor.send(self.describe(**changed), target="/register")
        assert answer.status == 201, answer
        self.client_id, self.secret = answer.json["client_id"], answer.json.get("client_secret")
        return self

    def link(self, **changed: object) -> str:
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect, "state": self.state,
            "code_challenge": challenge(self.verifier), "code_challenge_method": "S256",
            "scope": f"{BOTH} offline_access", "resource": f"{self.visitor.base}/mcp",
        } | changed  # fmt: skip
        return f"{self.visitor.base}/authorize?{encoded(asked)}"

    def _token(self, asked: Parameters, changed: dict[str, object], headers: dict[str, str] | None) -> Answer:
        return self.visitor.ask("POST", "/token", asked | changed, headers)

    @property
    def _known_as(self) -> dict[str, object]:
        return {"client_id": self.client_id, "client_secret": self.secret}

    def exchange(self, code: str, headers: dict[str, str] | None = None, **changed: object) -> Answer:
        asked = {
            "grant_type": "authorization_code", "code": code, "code_verifier": self.verifier, "redirect_uri": self.redirect,
            "resource": f"{self.visitor.base}/mcp",
        }  # fmt: skip
        return self._token(asked | self._known_as, changed, headers)

    def refresh(self, token: str, headers: dict[str, str] | None = None, **changed: object) -> Answer:
        return self._token({"grant_type": "refresh_token", "refresh_token": token} | self._known_as, changed, headers)

    def revoke(self, token: str, **changed: object) -> Answer:
        return self.visitor.ask("POST", "/revoke", {"token": token} | self._known_as | changed)

    def connect(self, person: Person, write: bool = True, **changed: object) -> dict:
        """Sign a person in, and return the tokens."""
        answer = self.exchange(person.sign_in(self.link(**changed), write=write)["code"])
        assert answer.status == 200, answer
        return answer.json


def told(answer: Answer) -> dict[str, str]:
    """The one challenge of an answer."""
    lines = answer.fields.get_all("WWW-Authenticate") or []
    assert len(lines) == 1 and lines[0].startswith("Bearer ") and lines[0].isascii(), lines
    return dict(re.findall(r'(\w+)="([^"]*)"', lines[0]))


def is_page(page: Page | Answer, status: int) -> bool:
    """Whether it is a page of the server's own, which leads nowhere."""
    answer = page.answer if isinstance(page, Page) else page
    return answer.status == status and "Location" not in answer.fields and answer["Content-Type"].startswith("text/html")


def refused(answer: Answer) -> bool:
    """Whether the token was read, and is not good."""
    return answer.status == 401 and told(answer)["error"] == "invalid_token"
