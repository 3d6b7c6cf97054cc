"""docs/OAuth.md, followed to the letter: its settings for each provider, its files, its paths."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from wire import ROOT

PAGE = (ROOT / "docs/OAuth.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.M | re.S)
EXAMPLES = [body for kind, body in BLOCKS if kind == "sh" and re.search(r"^(AUTH_MODE|OAUTH_ISSUER)=", body, re.M)]


def settings(text: str, tmp_path: Path) -> dict[str, str]:
    """Those of an example, with files of this test in place of those that it names."""
    pairs = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z]", line))
    for number, name in enumerate(name for name in pairs if name.endswith("_FILE")):
        path = tmp_path / f"file-{number}"
        path.write_text("5c" * 32 + "\n")
        path.chmod(0o600)
        pairs[name] = str(path)
    usual = {"AUTH_MODE": "remote", "OVALEDGE_BASE_URL": "https://a.example.com", "MCP_PUBLIC_BASE_URL": "https://b.example.com"}
    return usual | pairs


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: re.search(r"(AUTH_MODE=\w+|//[\w.-]+)", text)[0])
def test_settings_of_an_example_are_taken_as_they_are_written(run: Callable[..., object], tmp_path: Path, text: str) -> None:
    given = settings(text, tmp_path)
    done = run("validate", "https://b.example.com", "--settings", **given)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = dict(re.findall(r"^([A-Z][A-Z0-9_]+) +(?:= +)?(\S+)", run("settings", **given).stdout, re.M))
    assert given.keys() <= shown.keys()
    assert not re.search(r"unknown|warning", done.stderr, re.I), done.stderr


def test_there_is_an_example_for_each_provider() -> None:
    named = "okta.com microsoftonline.com auth0.com realms cognito-idp pingone introspect.oauth2".split()
    assert all(any(name in text for text in EXAMPLES) for name in named)
    assert any("remote_login" in text for text in EXAMPLES)


def test_every_setting_and_command_of_the_page_is_one(run: Callable[..., object]) -> None:
    known = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert set(re.findall(r"\b(?:OAUTH|MCP|OVALEDGE)_[A-Z0-9_]*[A-Z0-9]\b", PAGE)) - known == set()
    commands = set(re.findall(r"oe-mcp-http ([a-z]+)", PAGE))
    assert {"keys", "connections", "doctor", "validate", "settings"} <= commands
    said = run("--help").stdout
    assert all(re.search(rf"^ +{name}\b", said, re.M) for name in commands)


def test_its_file_of_clients_is_one(run: Callable[..., object], tmp_path: Path) -> None:
    [text] = [body for kind, body in BLOCKS if kind == "json" and "client_secret_sha256" in body]
    path = tmp_path / "clients.json"
    path.write_text(text.replace("64 hexadecimal digits", "ab" * 32).replace("…", "tool-1"))
    assert json.loads(path.read_text())[0]["client_id"] == "copilot-studio"
    (tmp_path / "keys").write_text("5c" * 32 + "\n")
    (tmp_path / "keys").chmod(0o600)
    done = run(
        "serve", "--sandbox", "--port", "0", AUTH_MODE="remote_login", MCP_PUBLIC_BASE_URL="https://b.example.com",
        OAUTH_KEY_FILE=str(tmp_path / "keys"), OAUTH_STATIC_CLIENTS=str(path), OAUTH_STORE="memory", MCP_HTTP_HOST="192.0.2.1",
    )  # fmt: skip
    # It gets as far as its address, which is no one's.
    assert done.returncode == 69, done.stderr
