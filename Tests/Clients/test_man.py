"""`man` of both programs: mandoc finds nothing to say against the pages, and shows what the help shows."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from network import PLACES

MANDOC = shutil.which("mandoc", path=PLACES)


@pytest.fixture(params=["oe-mcp", "oe-mcp-http"])
def program(request, oe_mcp: str, oe_mcp_http: str) -> str:
    return oe_mcp if request.param == "oe-mcp" else oe_mcp_http


def output(*command: str, **options) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30, **options).stdout


@pytest.mark.skipif(not MANDOC, reason="mandoc is not installed")
def test_the_page_is_clean_and_says_what_the_help_says(program: str) -> None:
    page = output(program, "man")
    assert page.isascii()  # what groff shows in every locale
    lint = subprocess.run([MANDOC, "-T", "lint", "-W", "warning"], input=page, capture_output=True, text=True, timeout=30)
    assert (lint.returncode, lint.stdout) == (0, ""), lint.stdout
    shown = output(MANDOC, "-T", "utf8", "-O", "width=200", input=page).replace("\b_", "")
    shown = "".join(letter for place, letter in enumerate(shown) if letter != "\b" and shown[place + 1 : place + 2] != "\b")
    commands = [line.split()[0] for line in output(program, "--help").split("Commands:\n")[1].split("\n\n")[0].splitlines()]
    assert "completion" in commands and "man" in commands
    for command in commands:
        assert f"\n   {command}\n" in shown
        for line in output(program, command, "--help").replace("…", "...").split("Options:\n")[1].splitlines():
            option, about = line[2:].rsplit("  ", 1)
            assert option.strip() in shown and about.split(". ")[0] in shown, line
    for code in ("0", "1", "64", "78"):
        assert f"\n     {code}" in shown
