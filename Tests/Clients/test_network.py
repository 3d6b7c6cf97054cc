"""The program in a company's network: private authorities, client certificates and proxies, all real."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from network import NGINX, OPENSSL, TINYPROXY, Proxy, TLSFront, TLSRelay
from reports import findings
from sandbox_on_port import SANDBOX_CREDENTIAL, SandboxOnPort
from wire import Answer, Wire, clean_environment

pytestmark = pytest.mark.skipif(
    not (NGINX and TINYPROXY and OPENSSL), reason="nginx, tinyproxy or openssl is missing; scripts/need test gets them"
)

NAME, PASSWORD, WRONG = "proxy-user", "proxy-password", "mistaken-password"


class Network:
    """All servers of this file, started once: what they know of one test, the next does not look at."""

    def __init__(self, folder: Path, oe_mcp_http: str):
        self.sandbox = SandboxOnPort(oe_mcp_http, folder)
        self.front = TLSFront(folder / "front", self.sandbox.url)
        self.open_proxy = Proxy(folder / "open")
        self.guarded_proxy = Proxy(folder / "guarded", (NAME, PASSWORD))
        self.relay = TLSRelay(*self.front.company.certificate("relay"), self.open_proxy.port)
        broken = folder / "broken.pem"
        broken.write_text("no certificate\n")
        certificate, key = self.front.client
        _, other_key = self.front.public.certificate("other")
        self.words = {
            "COMPANY": self.front.company.bundle,
            "PUBLIC": self.front.public.bundle,
            "CERTIFICATE": certificate,
            "KEY": key,
            "OTHER": other_key,
            "BROKEN": broken,
            "OPEN": f"http://127.0.0.1:{self.open_proxy.port}",
            "OVER_TLS": f"https://localhost:{self.relay.port}",
            "GUARDED": f"http://{NAME}:{PASSWORD}@127.0.0.1:{self.guarded_proxy.port}",
            "MISTAKEN": f"http://{NAME}:{WRONG}@127.0.0.1:{self.guarded_proxy.port}",
            "NAMELESS": f"http://127.0.0.1:{self.guarded_proxy.port}",
        }

    def settings(self, site: str, changed: dict[str, str]) -> dict[str, object]:
        """The settings for a site; in a value, a word in capitals is one of `words`."""
        url = self.sandbox.url if site == "plain" else self.front.url(site)
        settings = {"OVALEDGE_BASE_URL": url, "OVALEDGE_TIMEOUT_SECONDS": 10, "LOG_LEVEL": "debug"}
        return SANDBOX_CREDENTIAL | settings | {name: self.words.get(value, value) for name, value in changed.items()}

    def stop(self) -> None:
        self.relay.stop()
        for server in (self.guarded_proxy.server, self.open_proxy.server, self.front.server):
            server.stop()
        self.sandbox.__exit__()


@pytest.fixture(scope="module")
def network(oe_mcp_http: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    network = Network(tmp_path_factory.mktemp("network"), oe_mcp_http)
    yield network
    network.stop()


@pytest.fixture
def ask(network: Network, start: Callable[..., Wire]) -> Callable[..., Answer]:
    """Ask for something at a site with these settings, and look at every byte that came out."""

    def run(site: str, **changed: str) -> Answer:
        wire = start(**network.settings(site, changed))
        wire.initialize()
        answer = wire.call("asset_explorer", search_terms=["orders"])
        wire.close()
        assert_no_password(bytes(wire.out) + bytes(wire.err))
        return answer

    return run


@pytest.fixture
def doctor(network: Network, oe_mcp: str, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """What `doctor` finds at a site with these settings, and its exit code."""

    def run(site: str, **changed: str) -> tuple[int, str]:
        environment = clean_environment(tmp_path, **network.settings(site, changed))
        done = subprocess.run([oe_mcp, "doctor"], env=environment, cwd=tmp_path, capture_output=True, timeout=30)
        assert_no_password(done.stdout + done.stderr)
        return done.returncode, done.stdout.decode()

    return run


def assert_no_password(everything: bytes) -> None:
    for password in (PASSWORD, WRONG):
        for form in (password.encode(), base64.b64encode(f"{NAME}:{password}".encode())):
            assert form not in everything, f"{form!r} left the process: {everything!r}"


# A site, the settings for it: that is all it takes.
SUCCESSES = [
    ("good", {"OVALEDGE_CA_BUNDLE": "COMPANY"}),
    ("good", {"SSL_CERT_FILE": "COMPANY"}),
    ("good", {"SSL_CERT_FILE": "PUBLIC", "OVALEDGE_CA_BUNDLE": "COMPANY"}),
    ("public", {"SSL_CERT_FILE": "PUBLIC", "OVALEDGE_CA_BUNDLE": "COMPANY"}),
    (
        "guarded",
        {"OVALEDGE_CA_BUNDLE": "COMPANY", "OVALEDGE_CLIENT_CERTIFICATE": "CERTIFICATE", "OVALEDGE_CLIENT_KEY": "KEY"},
    ),
]

COMPANY = {"OVALEDGE_CA_BUNDLE": "COMPANY"}
SHOWN = {"OVALEDGE_CLIENT_CERTIFICATE": "CERTIFICATE"}

# A site, the settings for it, what the answer must say, and which check of `doctor` fails.
FAILURES = [
    ("good", {}, "localhost, issued by Example Company Root,.*OVALEDGE_CA_BUNDLE", "net.tls"),
    ("public", COMPANY, "localhost, issued by Example Public Root,.*OVALEDGE_CA_BUNDLE", "net.tls"),
    ("misnamed", COMPANY, "localhost, issued by Example Company Root, is for another name.*OVALEDGE_BASE_URL", "net.tls"),
    ("expired", COMPANY, "localhost, issued by Example Company Root, has expired.*date and time", "net.tls"),
    ("guarded", COMPANY, "localhost requires a client certificate.*OVALEDGE_CLIENT_CERTIFICATE", "net.tls"),
    ("good", {"OVALEDGE_CA_BUNDLE": "/nonexistent.pem"}, "/nonexistent.pem,.*OVALEDGE_CA_BUNDLE", "net.tls"),
    ("good", {"SSL_CERT_FILE": "/nonexistent.pem"}, "/nonexistent.pem,.*SSL_CERT_FILE", "net.tls"),
    ("good", {"OVALEDGE_CA_BUNDLE": "BROKEN"}, "holds no certificate.*OVALEDGE_CA_BUNDLE", "net.tls"),
    ("guarded", COMPANY | SHOWN, "holds no key.*OVALEDGE_CLIENT_CERTIFICATE", "net.tls"),
    ("guarded", COMPANY | SHOWN | {"OVALEDGE_CLIENT_KEY": "/no.key"}, "/no.key,.*OVALEDGE_CLIENT_KEY", "net.tls"),
    ("guarded", COMPANY | SHOWN | {"OVALEDGE_CLIENT_KEY": "OTHER"}, "key.*OVALEDGE_CLIENT_KEY", "net.tls"),
    ("good", COMPANY | {"OVALEDGE_PROXY": "MISTAKEN"}, "proxy.*OVALEDGE_PROXY", "net.proxy"),
    ("good", COMPANY | {"HTTPS_PROXY": "NAMELESS"}, "proxy.*HTTPS_PROXY", "net.proxy"),
    # This proxy answers 401, as a server would, and hangs up on those who send a body.
    ("plain", {"HTTP_PROXY": "MISTAKEN"}, "proxy.*OVALEDGE_PROXY", "oe.signin"),
    ("good", COMPANY | {"OVALEDGE_PROXY": "http://127.0.0.1:9"}, "proxy.*OVALEDGE_PROXY", "net.proxy"),
    ("good", {"OVALEDGE_PROXY": "OPEN"}, "localhost, issued by Example Company Root,.*OVALEDGE_CA_BUNDLE", "net.tls"),
]


def title(value: object) -> str | None:
    return "+".join(f"{name}={word}" for name, word in value.items()) or "nothing" if isinstance(value, dict) else None


@pytest.mark.parametrize(("site", "settings"), SUCCESSES, ids=title)
def test_a_site_is_reached(ask, doctor, site: str, settings: dict[str, str]) -> None:
    answer = ask(site, **settings)
    assert not answer.is_error, answer
    code, found = doctor(site, **settings)
    assert code == 0 and "FAIL" not in found, found
    checks = findings(found)
    # Certificates of tests are good for two days.
    mark, words = checks["net.tls"]
    assert mark == "warn" and "is trusted" in words and "renew" in words and checks["oe.api_generation"][0] == "ok", found


@pytest.mark.parametrize(("site", "settings", "words", "stop"), FAILURES, ids=title)
def test_what_is_wrong_is_said(ask, doctor, site: str, settings: dict[str, str], words: str, stop: str) -> None:
    answer = ask(site, **settings)
    assert answer.is_error and re.search(words, answer.text), answer
    assert len(re.findall(r"[.!?](?:\s|$)", answer.text)) >= 2, answer
    code, found = doctor(site, **settings)
    failed = {name: text for name, (mark, text) in findings(found).items() if mark == "FAIL"}
    assert code == 1 and list(failed) == [stop] and re.search(words, failed[stop]), found


def test_http_2_is_spoken_over_tls(ask, network: Network) -> None:
    before = len(network.front.log("good"))
    assert not ask("good", **COMPANY).is_error
    assert set(network.front.log("good")[before:]) == {"HTTP/2.0 200"}


# The proxy, the settings, and how the proxy is asked.
PROXIES = [
    ("good", "open_proxy", {"OVALEDGE_PROXY": "OPEN"}),
    ("good", "open_proxy", {"HTTPS_PROXY": "OPEN"}),
    ("good", "open_proxy", {"https_proxy": "OPEN"}),
    ("good", "open_proxy", {"ALL_PROXY": "OPEN"}),
    ("good", "open_proxy", {"OVALEDGE_PROXY": "OVER_TLS"}),
    ("good", "open_proxy", {"OVALEDGE_PROXY": "OPEN", "HTTPS_PROXY": "MISTAKEN"}),
    ("good", "guarded_proxy", {"OVALEDGE_PROXY": "GUARDED"}),
    ("good", "guarded_proxy", {"HTTPS_PROXY": "GUARDED"}),
    ("plain", "open_proxy", {"HTTP_PROXY": "OPEN"}),
    ("plain", "guarded_proxy", {"OVALEDGE_PROXY": "GUARDED"}),
]


@pytest.mark.parametrize(("site", "proxy", "settings"), PROXIES, ids=title)
def test_a_proxy_is_gone_through(ask, doctor, network: Network, site: str, proxy: str, settings: dict[str, str]) -> None:
    seen = getattr(network, proxy).requests
    before = len(seen())
    answer = ask(site, **COMPANY, **settings)
    assert not answer.is_error, answer
    url = network.sandbox.url if site == "plain" else network.front.url(site)
    way = f"POST {url}/" if site == "plain" else f"CONNECT {urlsplit(url).netloc} "
    assert all(line.startswith(way) for line in seen()[before:]), seen()
    assert len(seen()) > before
    code, found = doctor(site, **COMPANY, **settings)
    assert code == 0 and "FAIL" not in found and findings(found)["net.proxy"][0] == "ok", found


@pytest.mark.parametrize("exception", ["localhost", ".example.com,localhost", "*"])
@pytest.mark.parametrize("name", ["OVALEDGE_PROXY", "HTTPS_PROXY"])
def test_hosts_of_no_proxy_are_reached_directly(ask, network: Network, name: str, exception: str) -> None:
    before = len(network.guarded_proxy.requests())
    answer = ask("good", **COMPANY, **{name: "MISTAKEN", "NO_PROXY": exception})
    assert not answer.is_error, answer
    assert len(network.guarded_proxy.requests()) == before


def test_a_variable_for_plain_addresses_does_not_concern_secure_ones(ask) -> None:
    assert not ask("good", **COMPANY, HTTP_PROXY="MISTAKEN").is_error
