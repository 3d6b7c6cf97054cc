"""What a sign-in with `oe-mcp login` is good for: `oe-mcp bridge`, in several processes at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from login import Login, kept, logout, visit
from oauth_servers import SignIn, key_file, signing_in  # noqa: F401
from wire import Wire

FIND = {"name": "asset_explorer", "arguments": {"search_terms": ["loans"]}}


@pytest.fixture
def site(signing_in: Callable[..., SignIn]) -> SignIn:  # noqa: F811
    return signing_in(base="http://127.0.0.1:{port}")


@pytest.fixture
def bridge(start: Callable[..., Wire], site: SignIn) -> Callable[[], Wire]:
    """Start a bridge in front of the server, its handshake done."""

    def run() -> Wire:
        wire = start("bridge", f"{site.base}/mcp", LOG_LEVEL="info")
        wire.initialize()
        return wire

    return run


@pytest.fixture
def signed_in(site: SignIn, oe_mcp: str, tmp_path: Path) -> Iterator[Callable[[], None]]:
    running: list[Login] = []

    def sign_in() -> None:
        running.append(Login(oe_mcp, tmp_path, f"{site.base}/mcp", "--no-browser"))
        assert visit(site.person().back(running[-1].link))[0] == 200
        assert running[-1].end()[0] == 0

    yield sign_in
    for each in running:
        each.stop()


def found(wire: Wire) -> dict:
    return wire.request("tools/call", FIND, within=30)


def renewals(site: SignIn) -> int:
    """How often a refresh token was spent, well or not."""
    lines = site.program.log.splitlines()
    return sum("route=/token" in line for line in lines) - sum("grant_type=authorization_code" in line for line in lines)


def test_two_processes_with_a_token_that_has_ended_spend_one_refresh_token(
    bridge: Callable[[], Wire], signed_in: Callable[[], None], site: SignIn, tmp_path: Path
) -> None:
    signed_in()
    both = [bridge(), bridge()]
    assert all("raw_loans" in str(found(wire)) for wire in both)
    assert renewals(site) == 0
    before = kept(tmp_path)[0].read_bytes()
    # For the server the tokens have ended; a refresh token that comes a second time would end the whole sign-in.
    site.clock.advance(3700)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(found, both))
    assert all("raw_loans" in str(answer) for answer in answers), answers
    assert renewals(site) == 1 and kept(tmp_path)[0].read_bytes() != before
    assert all("raw_loans" in str(found(wire)) for wire in [*both, bridge()])
    assert renewals(site) == 1
    log = "".join(wire.err.decode() for wire in both) + site.program.log
    assert "grant_type=refresh_token" in log and "Bearer " not in log


def test_who_is_not_signed_in_learns_what_to_do_and_goes_on_afterwards(
    bridge: Callable[[], Wire], signed_in: Callable[[], None], site: SignIn, oe_mcp: str, tmp_path: Path
) -> None:
    wire = bridge()
    assert f"oe-mcp login {site.base}/mcp" in str(wire.reply(wire.post("tools/call", FIND), 30))
    signed_in()
    assert "raw_loans" in str(found(wire))
    assert logout(oe_mcp, tmp_path, f"{site.base}/mcp").returncode == 0
    # The server takes the token no longer, and there is no other.
    site.clock.advance(3700)
    assert f"oe-mcp login {site.base}/mcp" in str(wire.reply(wire.post("tools/call", FIND), 30))
