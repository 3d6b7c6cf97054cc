"""`oe-mcp login` and `logout`: against our own server with a sign-in page, and against one made with authlib."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from login import CALLBACK, Login, broken_library, browser, kept, logout, visit
from network import reserved_port
from oauth_flow import BOTH
from oauth_servers import SignIn, key_file, listed, signing_in  # noqa: F401
from wire import ROOT, clean_environment

PYTHON = Path(os.environ.get("OAUTH_PYTHON", ROOT / ".build/oauth-venv/bin/python"))


@pytest.fixture
def site(signing_in: Callable[..., SignIn]) -> SignIn:  # noqa: F811
    """A server that is reached at its own port, without a proxy."""
    return signing_in(base="http://127.0.0.1:{port}")


@pytest.fixture
def login(oe_mcp: str, tmp_path: Path) -> Iterator[Callable[..., Login]]:
    running: list[Login] = []

    def start(*arguments: str, **settings: object) -> Login:
        running.append(Login(oe_mcp, tmp_path, *arguments, **settings))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_a_person_signs_in_with_a_browser_and_out_again(
    site: SignIn, login: Callable[..., Login], oe_mcp: str, tmp_path: Path
) -> None:
    command, seen = browser(tmp_path)
    run = login(f"{site.base}/mcp", BROWSER=command)
    back = site.person().back(run.link)
    assert back.startswith(run.redirect + "?") and urlsplit(run.redirect).path == CALLBACK
    assert seen.read_text().strip() == run.link
    # The browser has none of our pipes and sockets, and holds back no signal.
    handed = Path(f"{seen}.fds").read_text()
    assert "/dev/null" in handed and "pipe:" not in handed and "socket:" not in handed, handed
    signals = [int(line.split()[1], 16) for line in Path(f"{seen}.signals").read_text().splitlines()]
    # Those above 31 are the C library's own.
    assert len(signals) == 2 and not any(each & 0x7FFFFFFF for each in signals), signals

    # What is not for this sign-in changes nothing.
    home = run.redirect.removesuffix(CALLBACK)
    for path, status in (("/", 404), ("/favicon.ico", 404), (CALLBACK, 400), (f"{CALLBACK}?state=guess&code=x", 400)):
        assert visit(home + path)[0] == status, path
    assert run.process.poll() is None

    status, fields, page = visit(back)
    assert status == 200 and "close this window" in page and "<script" not in page
    assert fields["content-type"] == "text/html; charset=utf-8" and "default-src 'none'" in fields["content-security-policy"]
    code, out, errors = run.end()
    assert code == 0, errors
    assert out.startswith(f"Signed in at {site.base}/mcp") and "ovaledge:read" in out
    assert len(kept(tmp_path)) == 1
    assert b"oe" not in kept(tmp_path)[0].read_bytes()[:2] and b"refresh_token" not in kept(tmp_path)[0].read_bytes()

    done = logout(oe_mcp, tmp_path, f"{site.base}/mcp")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Signed out of {site.base}/mcp.\n", "")
    assert kept(tmp_path) == []
    assert logout(oe_mcp, tmp_path, f"{site.base}/mcp").stdout == f"You were not signed in at {site.base}/mcp.\n"


def test_the_browser_may_return_to_either_address_of_this_machine(site: SignIn, login: Callable[..., Login]) -> None:
    run = login(f"{site.base}/mcp", "--no-browser", "--redirect-host", "localhost")
    back = site.person().back(run.link)
    assert urlsplit(run.redirect).hostname == "localhost"
    host = "::1" if socket.has_ipv6 and Path("/proc/net/if_inet6").read_text() else "127.0.0.1"
    assert visit(back, host)[0] == 200
    assert run.end()[0] == 0


def test_a_person_may_decline(site: SignIn, login: Callable[..., Login], tmp_path: Path) -> None:
    run = login(f"{site.base}/mcp", "--no-browser")
    status, _, page = visit(site.person().back(run.link, decision="deny"))
    assert status == 400 and "declined" in page
    code, out, errors = run.end()
    assert code == 1 and out == "" and "was declined" in errors and kept(tmp_path) == []


@pytest.mark.parametrize("why", ["chosen", "without the library"])
def test_the_address_is_pasted_where_nothing_can_listen(
    site: SignIn, login: Callable[..., Login], tmp_path: Path, why: str
) -> None:
    more, settings = (["--paste"], {}) if why == "chosen" else (["--no-browser"], broken_library(tmp_path))
    run = login(f"{site.base}/mcp", *more, **settings)
    back = site.person().back(run.link)
    assert ("could not be opened" in run.errors) == (why != "chosen")
    run.type(back.replace("state=", "state=x"))
    run.until("not the address")
    run.type(f"  {back} ")
    code, _, errors = run.end()
    assert code == 0, errors
    assert len(kept(tmp_path)) == 1


def test_a_configured_port_is_that_port_or_none(site: SignIn, login: Callable[..., Login]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        code, out, errors = login(f"{site.base}/mcp", "--no-browser", "--port", str(port)).end()
    assert code == 1 and out == "" and f"Port {port} of this machine is in use." in errors and "--port" in errors
    run = login(f"{site.base}/mcp", "--no-browser", "--port", str(port))
    assert urlsplit(run.redirect).port == port
    # The next sign-in needs no other registration, nor another port.
    assert visit(site.person().back(run.link))[0] == 200 and run.end()[0] == 0
    again = login(f"{site.base}/mcp", "--no-browser")
    assert again.redirect == run.redirect


def test_a_service_signs_in_with_its_own_secret(
    signing_in: Callable[..., SignIn], login: Callable[..., Login], ovaledge, tmp_path: Path  # noqa: F811
) -> None:
    secret = "robot-secret-91c2"
    clients = listed(tmp_path, secret, client_id="robot", grant_types=["client_credentials"], token_endpoint_auth_method="client_secret_basic")
    token, own = next(iter(ovaledge.credentials))
    site = signing_in(
        base="http://127.0.0.1:{port}", OAUTH_STATIC_CLIENTS=clients, OAUTH_CLIENT_CREDENTIALS="true",
        OVALEDGE_USER_TOKEN=token, OVALEDGE_USER_SECRET=own,
    )  # fmt: skip
    file = tmp_path / "secret"
    file.write_text(secret + "\n")
    file.chmod(0o644)
    arguments = [f"{site.base}/mcp", "--service", "--client-id", "robot", "--client-secret-file", str(file)]
    code, _, errors = login(*arguments, "--auth-method", "client_secret_basic").end()
    assert code == 64 and "chmod 600" in errors
    file.chmod(0o600)
    code, out, errors = login(*arguments, "--auth-method", "client_secret_basic", "--scope", "ovaledge:read").end()
    assert (code, errors) == (0, "") and "ovaledge:read" in out
    assert secret.encode() not in kept(tmp_path)[0].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "The address of one server is needed."),
        (["example.com/mcp"], "is not an address"),
        (["http://mcp.example.com/mcp"], "is not encrypted"),
        (["https://mcp.example.com", "--param", "state=1"], "cannot set state"),
        (["https://mcp.example.com", "--service"], "The id of the client is missing."),
        (["https://mcp.example.com", "--client-document", "http://a.example/x"], "needs an https address"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_is_said_before_anything_is_asked(
    login: Callable[..., Login], arguments: list[str], words: str
) -> None:
    code, out, errors = login(*arguments).end()
    assert code == 64 and out == "" and words in errors, errors


def test_a_server_that_does_not_answer_is_named(login: Callable[..., Login]) -> None:
    port = reserved_port()
    code, _, errors = login(f"http://127.0.0.1:{port}/mcp").end()
    assert code == 1 and f"http://127.0.0.1:{port}/mcp" in errors and "refused the connection" in errors


def test_a_server_that_asks_for_no_sign_in_leaves_nothing_to_do(login: Callable[..., Login], serve_conformance) -> None:
    address = serve_conformance()
    code, out, errors = login(address).end()
    assert (code, out, errors) == (0, f"{address} asks for no sign-in. There is nothing to do: call it as it is.\n", "")


def test_the_program_is_not_linked_with_the_library_that_listens(oe_mcp: str) -> None:
    needed = subprocess.run(["ldd", oe_mcp], capture_output=True, text=True, timeout=20)
    assert needed.returncode == 0 and "libc.so" in needed.stdout and "microhttpd" not in needed.stdout


# authlib


class Authlib:
    def __init__(self, home: Path):
        self.process = subprocess.Popen(
            [PYTHON, "-B", Path(__file__).with_name("authlib_sign_in.py")], stdout=subprocess.PIPE, text=True,
            env=clean_environment(home) | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
        )  # fmt: skip
        self.issuer = self.process.stdout.readline().strip()

    @property
    def seen(self) -> dict:
        with urllib.request.urlopen(f"{self.issuer}/seen", timeout=10) as answer:
            return json.load(answer)

    def back(self, link: str) -> str:
        """Where its page sends the browser, which has allowed it already."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: object) -> None:
                return None

        try:
            urllib.request.build_opener(Stay).open(link, timeout=10)
        except urllib.error.HTTPError as answer:
            assert answer.code == 302, answer.read()
            return answer.headers["Location"]
        raise AssertionError("It leads nowhere.")


@pytest.fixture
def authlib(tmp_path: Path) -> Iterator[Authlib]:
    if not PYTHON.exists():
        pytest.skip("scripts/test makes the environment for it")
    server = Authlib(tmp_path)
    yield server
    server.process.kill()
    server.process.wait(10)
    server.process.stdout.close()


def test_a_person_signs_in_at_a_server_made_with_authlib_and_out_again(
    authlib: Authlib, login: Callable[..., Login], oe_mcp: str, tmp_path: Path
) -> None:
    url = f"{authlib.issuer}/mcp"
    run = login(url, "--no-browser")
    assert visit(authlib.back(run.link))[0] == 200
    code, out, errors = run.end()
    assert (code, out) == (0, f"Signed in at {url}, for read.\n"), errors
    form = authlib.seen["forms"][0]
    assert form["grant_type"] == "authorization_code" and form["resource"] == url and len(form["code_verifier"]) == 43
    assert authlib.seen["good"] == 1
    done = logout(oe_mcp, tmp_path, url)
    assert (done.returncode, done.stderr) == (0, "")
    assert authlib.seen["good"] == 0 and kept(tmp_path) == []


def test_a_person_types_a_code_at_a_server_made_with_authlib(authlib: Authlib, login: Callable[..., Login], tmp_path: Path) -> None:
    run = login(f"{authlib.issuer}/mcp", "--device")
    assert run.until(r"open (\S+) and type the code ([A-Z-]+)").group(1) == f"{authlib.issuer}/activate"
    code, _, errors = run.end()
    assert code == 0, errors
    assert len(kept(tmp_path)) == 1
    kinds = [form["grant_type"] for form in authlib.seen["forms"]]
    assert kinds == ["urn:ietf:params:oauth:grant-type:device_code"] * 2
