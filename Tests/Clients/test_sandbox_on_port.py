"""The program against the sandbox on a port, with the failures that the sandbox can play."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox_on_port import SANDBOX_CREDENTIAL, SandboxOnPort
from wire import Answer, Wire


@pytest.fixture
def session(start: Callable[..., Wire], oe_mcp_http: str, tmp_path: Path) -> Iterator[Callable[..., Wire]]:
    """A session with a sandbox on a port that was started with these arguments."""
    sandboxes: list[SandboxOnPort] = []

    def run(*arguments: str) -> Wire:
        sandboxes.append(SandboxOnPort(oe_mcp_http, tmp_path, *arguments))
        impatient = {"OVALEDGE_TIMEOUT_SECONDS": 1, "OVALEDGE_RETRY_BACKOFF_SECONDS": 0.1}
        wire = start(**SANDBOX_CREDENTIAL, **impatient, OVALEDGE_BASE_URL=sandboxes[0].url, OVALEDGE_ALLOW_WRITES="all")
        wire.initialize()
        return wire

    yield run
    for sandbox in sandboxes:
        sandbox.__exit__()


def search(wire: Wire) -> Answer:
    return wire.call("asset_explorer", search_terms=["orders"])


@pytest.mark.parametrize("fault", ["401", "400-revoked", "429=1", "502", "503*2", "504"])
def test_a_passing_failure_is_overcome(session, fault: str) -> None:
    assert not search(session("--fault", f"{fault}@asset-explorer")).is_error


@pytest.mark.parametrize("fault", ["403", "500", "html", "redirect", "slow=3000ms*3", "cut*3"])
def test_a_failure_is_told(session, fault: str) -> None:
    wire = session("--fault", f"{fault}@asset-explorer")
    answer = search(wire)
    assert answer.is_error and len(answer.text.split(". ")) >= 2, answer
    assert wire.request("ping")["result"] == {}


@pytest.mark.parametrize("fault", ["empty", "html", "redirect", "403"])
def test_a_failed_sign_in_is_told_and_tried_again(session, fault: str) -> None:
    wire = session("--fault", f"{fault}@token/generate")
    end = time.monotonic() + 15
    while (answer := search(wire)).is_error and time.monotonic() < end:
        time.sleep(0.2)
    assert not answer.is_error, answer


def test_a_wrong_secret_is_told(session) -> None:
    answer = search(session("--strict-secret", "another-secret"))
    assert answer.is_error and "OVALEDGE_USER_SECRET" in answer.text, answer


def test_short_lived_tokens_are_renewed(session) -> None:
    wire = session("--token-life", "1")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        answer = search(wire)
        assert not answer.is_error, answer
        time.sleep(0.05)


def test_a_tag_finds_its_master_where_tags_are_secured(session) -> None:
    wire = session("--secure-tags")
    call = {"tag_name": "Silver"}
    masters = wire.call("create_tag", **call)
    assert masters.structured["selectionField"] == "master_tag_id", masters
    call |= {"master_tag_id": masters.structured["choices"][0]["id"], "master_tag_id_confirmed_by_user": True}
    parents = wire.call("create_tag", **call)
    assert parents.structured["selectionField"] == "parent_tag_id", parents
    call |= {"create_directly_under_master": True, "parent_step_completed_by_user": True}
    preview = wire.call("create_tag", **call)
    place = f"{masters.structured['choices'][0]['name']} > Silver"
    assert place in preview.text, preview
    token = preview.structured["confirmationToken"]
    done = wire.call("create_tag", **call, write_confirmed_by_user=True, confirmation_token=token)
    assert done.structured["written"] is True, done
    assert wire.call("asset_explorer", name="Silver", object_type="oetag").structured["total"] == 1


def test_the_large_catalog_is_served_on_a_port(session) -> None:
    answer = session("large").call("asset_explorer", name="WIDE_FACT", object_type="oetable")
    assert not answer.is_error and "1007" in answer.text, answer


def test_a_catalog_that_there_is_not_is_refused(oe_mcp_http: str, tmp_path: Path) -> None:
    done = subprocess.run([oe_mcp_http, "sandbox", "small"], capture_output=True, text=True, cwd=tmp_path, timeout=30)
    assert done.returncode == 64 and "sandbox large" in done.stderr, done
