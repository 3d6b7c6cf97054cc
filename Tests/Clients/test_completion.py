"""`completion SHELL` of both programs: the shells check the scripts, and complete command lines with them."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from network import PLACES
from wire import clean_environment

SHELLS = {name: shutil.which(name, path=PLACES) for name in ("bash", "zsh", "fish")}


@pytest.fixture(params=SHELLS)
def shell(request) -> str:
    if not SHELLS[request.param]:
        pytest.skip(f"{request.param} is not installed")
    return request.param


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "some file.env").touch()
    (tmp_path / "some folder").mkdir()
    (tmp_path / "config/oe-mcp/profiles").mkdir(parents=True)
    (tmp_path / "config/oe-mcp/profiles/prod.env").touch()
    return tmp_path


@pytest.fixture
def script(oe_mcp: str, oe_mcp_http: str, home: Path) -> Callable[[str, str], Path]:
    def written(name: str, shell: str) -> Path:
        path = home / f"{name}.{shell}"
        program = oe_mcp if name == "oe-mcp" else oe_mcp_http
        path.write_bytes(subprocess.run([program, "completion", shell], capture_output=True, check=True, timeout=30).stdout)
        return path

    return written


def environment(program: str, home: Path) -> dict[str, str]:
    return clean_environment(home, PATH=f"{Path(program).parent}:{PLACES}", HOME=home, TERM="dumb", LANG="C.UTF-8")


@pytest.mark.parametrize("name", ["oe-mcp", "oe-mcp-http"])
def test_the_shell_understands_its_script(script, shell: str, name: str) -> None:
    path = script(name, shell)
    done = subprocess.run([SHELLS[shell], "-n", path], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(path.read_text().splitlines()) > 10


LINES = [
    (["oe-mcp", "cal"], ["call"]),
    (["oe-mcp", "call", "asset_det"], ["asset_details"]),
    (["oe-mcp", "call", "asset_explorer", "search_t"], ["search_terms="]),
    (["oe-mcp", "install", "cursor", "lm"], ["lm-studio"]),
    (["oe-mcp", "install", "--scope", ""], ["user", "project"]),
    (["oe-mcp", "install", "--profile", ""], ["prod"]),
    (["oe-mcp", "--sandbox", "lar"], ["large"]),
    (["oe-mcp", "call", "--yes", "--str"], ["--structured"]),
    (["oe-mcp", "--set", "OVALEDGE_BASE"], ["OVALEDGE_BASE_URL="]),
    (["oe-mcp", "call", "asset_explorer", "object_type=oesc"], ["oeschema"]),
    (["oe-mcp", "install", "--scope=u"], ["user"]),
    (["oe-mcp", "--env-file", "some"], ["some file.env", "some folder"]),
    (["oe-mcp", "install", "--project", "some"], ["some folder"]),
    (["oe-mcp-http", "connec"], ["connections"]),
    (["oe-mcp-http", "connections", "rev"], ["revoke"]),
    (["oe-mcp-http", "keys", "new", "some"], ["some file.env", "some folder"]),
]


def broken_as_bash_does(words: list[str]) -> list[str]:
    pieces = []
    for word in words:
        name, sign, value = word.partition("=")
        pieces += [word] if not sign else [name, sign] + ([value] if value else [])
    return pieces


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line[0]))
def test_bash_and_fish_find_the_words(script, home: Path, oe_mcp: str, line: tuple[list[str], list[str]]) -> None:
    words, expected = line
    variables = environment(oe_mcp, home)
    pieces = broken_as_bash_does(words)
    drive = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_${1//-/_}" "$1" "${!#}"; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", drive, "bash", script(words[0], "bash"), *pieces],
        capture_output=True, text=True, env=variables, cwd=home, timeout=30,
    )  # fmt: skip
    assert sorted(done.stdout.splitlines()) == sorted(expected), done
    if not SHELLS["fish"]:
        pytest.skip("fish is not installed")
    quoted = " ".join(words)
    done = subprocess.run(
        [SHELLS["fish"], "-N", "-c", 'source $argv[1]; complete -C "$argv[2]"', str(script(words[0], "fish")), quoted],
        capture_output=True, text=True, env=variables, cwd=home, timeout=30,
    )  # fmt: skip
    found = [each.split("\t")[0].rstrip("/").rpartition("=" if each.split("\t")[0][-1] != "=" else "\0")[2] for each in done.stdout.splitlines()]
    assert sorted(found) == sorted(expected), done


def typed(command: list[str], setup: str, keys: str, awaited: str, variables: dict[str, str], folder: Path) -> str:
    """What a shell on a terminal shows after these keys."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(command[0], command, variables)
    shown = ""

    def until(text: str) -> None:
        nonlocal shown
        while text not in shown:
            assert select.select([terminal], [], [], 20)[0], shown
            shown += os.read(terminal, 4096).decode(errors="replace")

    try:
        os.write(terminal, f"{setup}; PS1='rea''dy> '\n".encode())
        until("ready> ")
        shown = ""
        os.write(terminal, keys.encode())
        until(awaited)
        return shown
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


@pytest.mark.parametrize(
    ("keys", "awaited"),
    [
        ("oe-mcp call asset_det\t", "oe-mcp call asset_details "),
        ("oe-mcp call asset_explorer search_t\tX", "search_terms=X"),
        ("oe-mcp --env-file some\\ fi\t", "some\\ file.env "),
        ("oe-mcp install --scope=p\t", "--scope=project "),
        ("oe-mcp-http connections rev\t", "oe-mcp-http connections revoke "),
    ],
)
@pytest.mark.parametrize("way", ["bash", "zsh", "zsh-folder"])
def test_a_key_on_a_terminal_completes(script, home: Path, oe_mcp: str, way: str, keys: str, awaited: str) -> None:
    shell = way.split("-")[0]
    if not SHELLS[shell]:
        pytest.skip(f"{shell} is not installed")
    written = {name: script(name, shell) for name in ("oe-mcp", "oe-mcp-http")}
    sources = "; ".join(f"source {path}" for path in written.values())
    if shell == "bash":
        command, setup = [SHELLS["bash"], "--norc", "--noprofile", "-i"], f"bind 'set bell-style none'; {sources}"
    else:
        folder = home / "functions"
        folder.mkdir()
        if way == "zsh-folder":
            for name, path in written.items():
                shutil.copy(path, folder / f"_{name}")
            sources = ":"
        command, setup = [SHELLS["zsh"], "-f", "-i"], f"fpath=({folder} $fpath); autoload -U compinit; compinit -u -D; {sources}"
    typed(command, setup, keys, awaited, environment(oe_mcp, home), home)


def test_who_names_no_shell_is_told_which_there_are(oe_mcp: str) -> None:
    for words in ([], ["tcsh"], ["tcsh", "--", "x"]):
        done = subprocess.run([oe_mcp, "completion", *words], capture_output=True, text=True, timeout=30)
        assert done.returncode == 64 and "bash, zsh, fish" in done.stderr and not done.stdout
