"""docs/Remote.md, followed to the letter: its commands, and its entries for clients that cannot be run here."""

from __future__ import annotations

import json
import re
import shlex
import signal
import tomllib
from pathlib import Path

import pytest
import yaml

import guide
from http_program import PING, SECURE
from stand_in import StandIn

PAIR = ("petra-token-5f1c", "petra-secret-90ae")
# The one with a key is for a proxy that knows it: see test_http_proxies.py.
ENTRIES = [(kind, text) for kind, text in guide.BLOCKS if kind in ("json", "toml", "yaml") and "OE_MCP_KEY" not in text]
# What each client puts in place of a variable of its own.
VARIABLES = r"\$\{env:(\w+)\}|\$\{input:(\w+)\}|\{\{(\w+)\}\}|\$(\w+)"
VALUES = {
    "OVALEDGE_USER_TOKEN": PAIR[0], "OVALEDGE_TOKEN": PAIR[0], "OVALEDGE_USER_SECRET": PAIR[1], "OVALEDGE_SECRET": PAIR[1],
    "OVALEDGE_CREDENTIALS": "::".join(PAIR), "ovaledge": "::".join(PAIR),
}  # fmt: skip


def test_a_sample_catalog_needs_nothing(serve) -> None:
    words = shlex.split(guide.snippet("--sandbox", "sh").splitlines()[-1], comments=True)
    program = serve(*words[1:])
    assert program.post(PING).status == 200
    program.send(signal.SIGINT)
    assert program.process.wait(30) == 0


def test_a_server_for_a_team_is_started_and_checked(serve, run, ovaledge: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "team.env"
    text = guide.replaced(guide.snippet("# team.env", "sh"), {"https://acme.ovaledge.net/ovaledge": ovaledge.base_url})
    file.write_text(text)
    file.chmod(0o600)
    program = serve(*shlex.split(guide.snippet("oe-mcp-http --env-file", "sh"))[1:])
    words = shlex.split(guide.replaced(guide.snippet("validate http", "sh"), {"http://127.0.0.1:8000": program.base}))
    done = run(*words[3:], **{word.split("=")[0]: value for word, value in zip(words[:2], PAIR, strict=True)})
    assert done.returncode == 0, done.stdout
    assert all(line.startswith("✓ ") for line in done.stdout.splitlines()) and "mcp tools" in done.stdout


@pytest.mark.parametrize(("kind", "text"), ENTRIES, ids=[re.sub(r"\W+", " ", text)[:40] for _, text in ENTRIES])
def test_an_entry_names_the_address_and_fields_that_are_taken(serve, ovaledge: StandIn, remote, kind: str, text: str) -> None:
    entry = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}[kind](text)
    (server,) = (entry.get("mcpServers") or entry.get("servers") or entry["mcp_servers"]).values()
    fields = headers(server)
    assert fields and address(server) == f"https://{guide.HOST}/mcp"
    assert serve(**remote).post(PING, SECURE | fields).status == 200 and ovaledge.exchanges == 1


def address(server: dict) -> str:
    return server.get("url") or server.get("httpUrl") or next(word for word in server["args"] if word.startswith("https:"))


def headers(server: dict) -> dict[str, str]:
    """What the client sends, once it has put in its variables."""
    if "env_http_headers" in server:
        return {name: VALUES[variable] for name, variable in server["env_http_headers"].items()}
    if "args" in server:
        name, value = server["args"][-1].split(":", 1)
        return {name: value.replace("TOKEN", PAIR[0]).replace("SECRET", PAIR[1])}
    return {name: re.sub(VARIABLES, lambda found: VALUES[found[found.lastindex]], value) for name, value in server["headers"].items()}
