"""`oe-mcp install`, `uninstall` and `status`, in a home folder of their own; real clients read what was written."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from coding_agents import Agent, ClaudeCode, Codex, made
from wire import ROOT

CORPUS = ROOT / "Tests/ClientConfigurationTests/Corpus"


class Home:
    """A home folder, and the program run in it as its person would."""

    def __init__(self, program: str, path: Path):
        self.program, self.path = program, path
        self.variables = {"HOME": str(path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        (path / "elsewhere").mkdir(parents=True)

    def run(self, *words: str, code: int | None = 0, check: bool = False, **variables: str) -> subprocess.CompletedProcess:
        command = [self.program, *words]
        if words[0] == "install" and not check:
            command.append("--no-check")
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.variables | variables,
            cwd=self.path / "elsewhere", timeout=60,
        )  # fmt: skip
        assert code is None or done.returncode == code, done
        return done

    def file(self, place: str, content: str | bytes | None = None) -> Path:
        path = self.path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def usual(self) -> list[str]:
        """What an entry starts the program with, where nothing else is asked for."""
        return json.loads(self.run("install", "cursor", "--print").stdout)["mcpServers"]["ovaledge"]["args"]

    def tree(self) -> dict[str, bytes | str | None]:
        return {
            str(each.relative_to(self.path)): os.readlink(each) if each.is_symlink() else each.read_bytes() if each.is_file() else None
            for each in sorted(self.path.rglob("*"))
        }


@pytest.fixture
def home(oe_mcp: str, tmp_path: Path) -> Home:
    return Home(oe_mcp, tmp_path / "home")


def entry(program: str, *arguments: str) -> dict:
    return {"command": program, "args": list(arguments)}


def test_01_02_a_file_is_made_and_the_second_time_left_alone(home: Home) -> None:
    file = home.file(".cursor/mcp.json")
    home.run("install", "cursor", check=True)
    assert json.loads(file.read_bytes()) == {"mcpServers": {"ovaledge": {"type": "stdio", **entry(home.program, *home.usual())}}}
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes(), file.stat()
    assert "unchanged" in home.run("install", "cursor").stdout
    assert (file.read_bytes(), file.stat()) == before


def test_03_to_09_11_21_24_to_26_every_sample_is_what_it_was_in_the_end(home: Home) -> None:
    places = {".json": "config.json", ".jsonc": "config.json", ".toml": "config.toml", ".yaml": "config.yaml"}
    samples = sorted(CORPUS.glob("good/*"))
    assert len(samples) >= 60
    for sample in random.Random(7).sample(samples, 8) + sorted(CORPUS.glob("good/codex-*")) + sorted(CORPUS.glob("good/goose-*")):
        client = sample.name.split("--")[0]
        content = sample.read_bytes()
        file = home.file(places[sample.suffix], content)
        words = client, "--config", str(file), "--sandbox"
        home.run("install", *words)
        installed = file.read_bytes()
        if sample.suffix == ".toml":
            expected = tomllib.loads(content.decode())
            expected.setdefault("mcp_servers", {})["ovaledge"] = entry(home.program, "--sandbox")
            assert tomllib.loads(installed.decode()) == expected, sample.name
        if sample.suffix == ".yaml":
            expected = yaml.safe_load(content) or {}
            expected["extensions"] = expected.get("extensions") or {}
            now = yaml.safe_load(installed)
            added = now["extensions"].pop("ovaledge")
            assert now == expected, sample.name
            assert (added["cmd"], added["args"], added["enabled"]) == (home.program, ["--sandbox"], True)
        home.run("install", *words)
        assert file.read_bytes() == installed
        home.run("uninstall", *words)
        assert file.read_bytes() == content, sample.name


def test_10_11_22_25_26_what_cannot_be_understood_is_refused(home: Home) -> None:
    samples = sorted(CORPUS.glob("broken/*"))
    assert len(samples) >= 20
    for sample in samples[::3]:
        file = home.file("config", sample.read_bytes())
        done = home.run("install", sample.name.split("--")[0], "--config", str(file), code=4)
        assert file.read_bytes() == sample.read_bytes(), sample.name
        assert len(re.findall(r"[.!] [A-Z]", done.stderr)) >= 1, done.stderr
    file = home.file("config", '{\n  "mcpServers": {\n    "a": 1')
    assert "line 3, column 11" in home.run("install", "cursor", "--config", str(file), code=4).stderr
    file = home.file("config", "k: &a 1\nj: *a\n")
    done = home.run("install", "goose", "--config", str(file), code=4)
    assert "Paste the entry by hand" in done.stderr and "Correct" not in done.stderr and "cmd:" in done.stdout
    file = home.file("config", "extensions: {a: {type: builtin}}\n")
    assert "cmd:" in home.run("install", "goose", "--config", str(file), code=4).stdout


@pytest.mark.parametrize("sample", sorted(CORPUS.glob("broken/codex-*")), ids=lambda path: path.stem)
def test_toml_is_refused_where_pythons_reader_refuses_it(sample: Path) -> None:
    known = {"codex--inline-map", "codex--inline-entry", "codex--map-is-a-list"}
    try:
        tomllib.loads(sample.read_bytes().decode())
    except ValueError:
        return
    assert sample.stem in known


def test_12_comments_of_an_empty_file_stay(home: Home) -> None:
    file = home.file(".config/Code/User/mcp.json", "// mine\n")
    home.run("install", "vscode")
    text = file.read_text()
    assert text.startswith("// mine\n{\n") and json.loads(text.split("\n", 1)[1])["servers"]["ovaledge"]["type"] == "stdio"


def test_13_a_link_stays_one(home: Home) -> None:
    real = home.file("dotfiles/cursor.json", '{"mcpServers": {}}\n')
    link = home.file(".cursor/mcp.json")
    link.symlink_to("../dotfiles/cursor.json")
    home.run("install", "cursor")
    assert link.is_symlink() and "ovaledge" in real.read_text()
    assert sorted(each.name for each in real.parent.iterdir()) == ["cursor.json"]
    assert str(real) in home.run("status", "cursor", "--json").stdout


def test_14_15_links_to_nothing_and_what_may_not_be_written_are_refused(home: Home) -> None:
    file = home.file(".cursor/mcp.json")
    file.symlink_to("nowhere.json")
    home.run("install", "cursor", code=4)
    assert file.is_symlink() and not file.exists()
    file.unlink()
    file.symlink_to("mcp.json")
    home.run("install", "cursor", code=4)
    file.unlink()
    file.mkdir()
    (file / "kept").touch()
    home.run("install", "cursor", code=4)
    assert (file / "kept").exists()
    shutil.rmtree(file)
    file.write_text("{}")
    file.chmod(0o400)
    home.run("install", "cursor", code=4)
    assert file.read_text() == "{}" and file.stat().st_mode & 0o777 == 0o400
    file.chmod(0o600)
    file.parent.chmod(0o500)
    home.run("install", "cursor", code=4)
    file.parent.chmod(0o700)
    assert file.read_text() == "{}"


def test_16_the_mode_is_kept(home: Home) -> None:
    file = home.file(".cursor/mcp.json", "{}")
    file.chmod(0o640)
    home.run("install", "cursor")
    assert file.stat().st_mode & 0o777 == 0o640


def test_18_many_at_once_lose_nothing(home: Home) -> None:
    file = home.file(".cursor/mcp.json", '{"mcpServers": {"other": {"command": "x"}}}')
    windsurf = home.file(".codeium/windsurf/mcp_config.json", "{}")
    running = [
        subprocess.Popen(
            [home.program, "install", client, "--name", f"ovaledge-{number}", "--no-check"],
            env=home.variables, cwd=home.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for number in range(8) for client in ("cursor", "windsurf")
    ]  # fmt: skip
    for each in running:
        assert each.wait(60) == 0, each.stderr.read()
        each.stderr.close()
    names = {f"ovaledge-{number}" for number in range(8)}
    assert set(json.loads(file.read_bytes())["mcpServers"]) == names | {"other"}
    assert set(json.loads(windsurf.read_bytes())["mcpServers"]) == names
    assert [each.name for each in file.parent.iterdir()] == ["mcp.json"]


FAULTS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
static int calls;
/* At the call of this number: killed, or no space left on the disk. */
static int fails(int writes) {
    const char *place = getenv("FAULT_AT"), *full = getenv("FAULT_FULL");
    if (!place || ++calls != atoi(place)) return 0;
    if (!full) kill(getpid(), SIGKILL);
    if (writes) errno = ENOSPC;
    return full && writes;
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
ssize_t write(int f, const void *b, size_t n) { if (f > 2 && fails(1)) return -1; return REAL(write)(f, b, n); }
int fsync(int f) { if (fails(1)) return -1; return REAL(fsync)(f); }
int rename(const char *a, const char *b) { if (fails(1)) return -1; return REAL(rename)(a, b); }
int renameat(int x, const char *a, int y, const char *b) { if (fails(1)) return -1; return REAL(renameat)(x, a, y, b); }
int mkdir(const char *p, mode_t m) { if (fails(1)) return -1; return REAL(mkdir)(p, m); }
int unlink(const char *p) { if (fails(0)) return -1; return REAL(unlink)(p); }
int fchmod(int f, mode_t m) { if (fails(0)) return -1; return REAL(fchmod)(f, m); }
int open(const char *p, int f, ...) {
    va_list l; va_start(l, f); mode_t m = va_arg(l, mode_t); va_end(l);
    if ((f & 0x40) && fails(1)) return -1;
    return REAL(open)(p, f, m);
}
int openat(int d, const char *p, int f, ...) {
    va_list l; va_start(l, f); mode_t m = va_arg(l, mode_t); va_end(l);
    if ((f & 0x40) && fails(1)) return -1;
    return REAL(openat)(d, p, f, m);
}
"""


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> str:
    compiler = shutil.which("cc")
    if not compiler or os.uname().sysname != "Linux":
        pytest.skip("A C compiler on Linux is needed.")
    folder = tmp_path_factory.mktemp("faults")
    (folder / "faults.c").write_text(FAULTS)
    subprocess.run([compiler, "-w", "-shared", "-fPIC", "-o", folder / "faults.so", folder / "faults.c", "-ldl"], check=True)
    return str(folder / "faults.so")


@pytest.mark.parametrize("kind", ["killed", "disk full"])
def test_19_whatever_happens_the_file_is_the_old_or_the_new_one(home: Home, faults: str, kind: str) -> None:
    old = '{\n  "mcpServers": {}\n}\n'
    file = home.file(".cursor/mcp.json", old)
    home.run("install", "cursor")
    new = file.read_text()
    seen = set()
    for place in range(1, 100):
        for folder in (".config", ".local", ".cursor"):
            shutil.rmtree(home.path / folder, ignore_errors=True)
        file = home.file(".cursor/mcp.json", old)
        full = {"FAULT_FULL": "1"} if kind == "disk full" else {}
        done = home.run("install", "cursor", code=None, LD_PRELOAD=faults, FAULT_AT=str(place), **full)
        assert file.read_text() in (old, new), place
        seen.add(file.read_text())
        if kind == "killed" and done.returncode == 0:
            break
        assert done.returncode in ((-signal.SIGKILL,) if kind == "killed" else (0, 1, 4)), done
        if done.returncode in (1, 4):
            isChanged = file.read_text() == new
            assert ("the entry is added" in done.stderr) == isChanged, (place, done.stderr)
            assert not (isChanged and "Nothing was changed" in done.stderr), (place, done.stderr)
        if kind == "disk full":
            assert [each.name for each in file.parent.iterdir()] == ["mcp.json"], place
            if place > 25:
                break
        # What was left behind is in no one's way.
        if place % 5 == 0:
            home.run("install", "cursor", "--name", "second")
            assert [each.name for each in file.parent.iterdir()] == ["mcp.json"]
    assert seen == {old, new}
    assert place > 8


def test_a_program_at_an_odd_place_is_known_again_by_every_client(home: Home, oe_mcp: str) -> None:
    """Crush hands values to a shell, so that they are escaped in its file; what is read there is what the shell makes of it."""
    odd = home.path / "d$HOME" / 'a"b' / "c\\d" / "${y}" / "`z`" / "oe-mcp"
    odd.parent.mkdir(parents=True)
    shutil.copy(oe_mcp, odd)
    home.program = str(odd)
    clients = ("crush", "cursor", "goose", "opencode", "codex")
    home.run("install", *clients, "--force")
    found = [each for each in json.loads(home.run("status", "--json").stdout)["clients"] if each["id"] in clients]
    assert {each["id"] for each in found} == set(clients)
    for each in found:
        assert each["entry"]["command"] == str(odd) and "client.wrong_path" not in json.dumps(each), each
    assert "unchanged" in home.run("install", "crush", "--force").stdout


def test_20_a_dry_run_touches_nothing(home: Home) -> None:
    home.file(".cursor/.keep", "")
    home.file(".gemini/settings.json", '{"ui": {}}\n')
    before = home.tree()
    done = home.run("install", "cursor", "gemini", "--dry-run")
    assert home.tree() == before
    assert '+    "ovaledge": {' in done.stdout and "+++ " in done.stdout and "/dev/null" in done.stdout
    assert home.tree() == before


def test_21_without_a_trace_but_for_the_copies(home: Home) -> None:
    home.file(".kiro/.keep", "")
    home.file(".cursor/mcp.json", '{\n}')
    before = home.tree()
    home.run("install", "kiro", "cursor", "continue", "--force")
    assert (home.path / ".kiro/settings/mcp.json").exists() and (home.path / ".continue/mcpServers/ovaledge.yaml").exists()
    home.run("uninstall", "--all")
    ours = (".config", ".local")
    assert {name: each for name, each in home.tree().items() if not name.startswith(ours)} == before


@pytest.mark.parametrize("order", [["ovaledge", "two"], ["two", "ovaledge"]])
def test_what_was_made_for_two_entries_is_gone_with_the_second(home: Home, order: list[str]) -> None:
    clients = ["codex", "goose", "cursor", "opencode", "zed"]
    before = home.tree()
    for name in ("ovaledge", "two"):
        home.run("install", *clients, "--name", name, "--force")
    assert tomllib.loads((home.path / ".codex/config.toml").read_text())["mcp_servers"].keys() == {"ovaledge", "two"}
    home.run("uninstall", *clients, "--name", order[0])
    assert tomllib.loads((home.path / ".codex/config.toml").read_text())["mcp_servers"].keys() == {order[1]}
    home.run("uninstall", *clients, "--name", order[1])
    ours = (".config/oe-mcp", ".local")
    rest = {name: each for name, each in home.tree().items() if not name.startswith(ours)}
    assert rest in (before, before | {".config": None})


def test_a_file_that_a_person_made_stays_though_nothing_is_in_it(home: Home) -> None:
    file = home.file(".cursor/mcp.json")
    home.run("install", "cursor", "--force")
    file.write_text("{}\n")
    home.run("install", "cursor", "--name", "two")
    home.run("uninstall", "--all")
    assert file.read_text() == "{}\n"


def test_all_takes_every_entry_of_ours_and_one_name_tells_of_the_others(home: Home) -> None:
    other = {"other": {"command": "x"}, "tickets": entry(home.program, "bridge", "https://tickets.example.com/mcp")}
    file = home.file(".cursor/mcp.json", json.dumps({"mcpServers": other}))
    home.file(".config/oe-mcp/profiles/two.env", "LOG_LEVEL=error\n").chmod(0o600)
    ours = [["cursor"], ["cursor", "--profile", "two"], ["cursor", "--name", "mine"], ["continue", "--profile", "two", "--force"]]
    for words in ours:
        home.run("install", *words)
    done = home.run("uninstall", "cursor")
    assert "`oe-mcp uninstall cursor --name mine`" in done.stderr and "--name ovaledge-two`" in done.stderr
    home.run("install", "cursor")
    assert "still has" not in home.run("uninstall", "--all", "--profile", "two", "--dry-run").stderr
    done = home.run("uninstall", "--all")
    assert "Cursor, mine: removed" in done.stdout and "Cursor: removed" in done.stdout
    assert json.loads(file.read_bytes())["mcpServers"] == other
    assert not (home.path / ".continue/mcpServers/ovaledge-two.yaml").exists()
    assert done.stderr.count("still has") == 1 and "--name tickets --force`" in done.stderr


def test_21_what_stays_is_named_with_the_command_that_removes_it(home: Home) -> None:
    assert home.run("uninstall", "--all").stdout == ""
    home.run("install", "cursor", "--force")
    cache = home.file(".cache/oe-mcp/0123.token", "").parent
    assert "Still on" not in home.run("uninstall", "--all", "--dry-run").stdout
    said = home.run("uninstall", "--all").stdout
    kept = [home.path / ".config/oe-mcp", home.path / ".local/state/oe-mcp", cache]
    assert all(f"  {path} " in said and path.is_dir() for path in kept), said
    removal = said.splitlines()[-1].split()
    assert removal == ["rm", "-r", *map(str, kept)]
    subprocess.run(removal, check=True)
    assert home.run("uninstall", "--all").stdout == ""


def test_22_another_programs_entry_is_not_touched_without_force(home: Home) -> None:
    old = '{"mcpServers": {"ovaledge": {"command": "/opt/other"}}}'
    file = home.file(".cursor/mcp.json", old)
    assert "/opt/other" in home.run("install", "cursor", code=4).stderr
    refused = home.run("uninstall", "cursor", code=4).stderr
    assert "remove it with --force" in refused and "replace" not in refused
    assert file.read_text() == old
    home.run("install", "cursor", "--force")
    assert json.loads(file.read_bytes())["mcpServers"]["ovaledge"]["command"] == home.program
    copies = list((home.path / ".config/oe-mcp/backups/cursor").iterdir())
    assert [copy.read_text() for copy in copies] == [old] and copies[0].stat().st_mode & 0o777 == 0o600
    home.run("install", "cursor", "--restore")
    assert file.read_text() == old


def test_23_what_a_person_adds_to_our_entry_is_kept(home: Home) -> None:
    mine = {"command": "C:\\old\\oe-mcp.exe", "args": ["--sandbox"], "disabled": True, "env": {"LOG_LEVEL": "debug"}}
    file = home.file(".codeium/windsurf/mcp_config.json", json.dumps({"mcpServers": {"ovaledge": mine}}, indent=4))
    home.run("install", "windsurf")
    changed = json.loads(file.read_bytes())["mcpServers"]["ovaledge"]
    assert changed == mine | entry(home.program, *home.usual()) and list(changed) == list(mine)


def test_27_continue_gets_a_file_of_our_own(home: Home) -> None:
    config = home.file(".continue/config.yaml", "name: mine\n")
    home.run("install", "continue", "--env-file", "my settings.env")
    file = home.path / ".continue/mcpServers/ovaledge.yaml"
    block = yaml.safe_load(file.read_text())
    arguments = ["--env-file", str(home.path / "elsewhere/my settings.env")]
    assert block["mcpServers"] == [{"name": "ovaledge", "type": "stdio", **entry(home.program, *arguments)}]
    assert "oe-mcp" in file.read_text().splitlines()[0] and config.read_text() == "name: mine\n"
    file.write_text("name: another\nmcpServers: []\n")
    home.run("install", "continue", code=4)
    assert file.read_text() == "name: another\nmcpServers: []\n"


def test_28_amp_has_a_key_with_a_dot_and_opencode_a_list(home: Home) -> None:
    amp = home.file(".config/amp/settings.json", '{"amp": {}}')
    home.file(".config/opencode/opencode.json", "{}")
    opencode = home.file(".config/opencode/opencode.jsonc", "{} // mine\n")
    home.run("install", "amp", "opencode", "--sandbox")
    assert json.loads(amp.read_bytes()) == {"amp": {}, "amp.mcpServers": {"ovaledge": entry(home.program, "--sandbox")}}
    text = opencode.read_text()
    assert text.endswith("} // mine\n")
    server = json.loads(text.removesuffix(" // mine\n"))["mcp"]["ovaledge"]
    assert server == {"type": "local", "command": [home.program, "--sandbox"], "enabled": True}


def test_29_claude_code_is_asked_by_its_own_command(home: Home) -> None:
    program = home.file("bin/claude", '#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/arguments"\n')
    program.chmod(0o755)
    home.run("install", "claude-code", "--sandbox", PATH=f"{program.parent}:/usr/bin:/bin")
    expected = ["mcp", "add", "--scope", "user", "ovaledge", "--", home.program, "--sandbox"]
    assert (home.path / "arguments").read_text().splitlines() == expected
    home.file(".claude.json", json.dumps({"mcpServers": {"ovaledge": {"type": "stdio", **entry(home.program, "--sandbox")}}}))
    assert "unchanged" in home.run("install", "claude-code", "--sandbox").stdout
    home.file(".claude.json", "{}")
    done = home.run("install", "claude-code", code=3)
    assert f"claude mcp add --scope user ovaledge -- {home.program}" in done.stderr


@pytest.mark.parametrize("folder", ["a b", "it's \"quoted\"", "$HOME ${X} %PATH%", "größe-日本", "back\\slash"])
def test_31_any_path_survives_in_every_format(home: Home, folder: str, oe_mcp: str) -> None:
    program = home.path / folder / "oe-mcp"
    program.parent.mkdir(parents=True)
    program.symlink_to(oe_mcp)
    home.program = str(program)
    home.file(".codex/config.toml", "")
    home.file(".config/goose/config.yaml", "")
    home.file(".continue/.keep", "")
    home.file(".cursor/.keep", "")
    home.file(".config/opencode/opencode.json", "")
    home.run("install", "codex", "goose", "continue", "cursor", "opencode", check=True)
    assert tomllib.loads((home.path / ".codex/config.toml").read_text())["mcp_servers"]["ovaledge"]["command"] == str(program)
    assert yaml.safe_load((home.path / ".config/goose/config.yaml").read_text())["extensions"]["ovaledge"]["cmd"] == str(program)
    block = yaml.safe_load((home.path / ".continue/mcpServers/ovaledge.yaml").read_text())
    assert block["mcpServers"][0]["command"] == str(program)
    assert json.loads((home.path / ".cursor/mcp.json").read_bytes())["mcpServers"]["ovaledge"]["command"] == str(program)
    opencode = json.loads((home.path / ".config/opencode/opencode.json").read_bytes())
    assert opencode["mcp"]["ovaledge"]["command"] == [str(program), "--profile", "default"]
    states = json.loads(home.run("status", "--json").stdout)["clients"]
    assert {each["entry"]["command"] for each in states} == {str(program)} and len(states) == 5
    link = home.run("install", "cursor", "--link").stdout.strip()
    config = parse_qs(urlsplit(link).query)["config"][0]
    assert json.loads(base64.b64decode(config))["command"] == str(program)


def test_32_no_secret_gets_anywhere(home: Home) -> None:
    secret = "s3cr3t-" + "x" * 24
    settings = home.file("mine.env", f"OVALEDGE_BASE_URL=https://a.example/ovaledge\nOVALEDGE_USER_TOKEN=t\nOVALEDGE_USER_SECRET={secret}\n")
    settings.chmod(0o600)
    for each in (".cursor/.keep", ".codex/.keep", ".config/goose/.keep", ".continue/.keep"):
        home.file(each, "")
    words = ("--env-file", str(settings))
    spoken = ""
    for command in (
        ["install", "--all", *words, "--dry-run"], ["install", "--all", *words], ["install", "cursor", *words, "--link"],
        ["install", "cursor", *words, "--print", "--env"], ["status"], ["uninstall", "--all"],
    ):  # fmt: skip
        done = home.run(*command, OVALEDGE_USER_SECRET=secret)
        spoken += done.stdout + done.stderr
    assert secret not in spoken and base64.b64encode(secret.encode()).decode()[:16] not in spoken
    settings.unlink()
    assert not [name for name, content in home.tree().items() if content and secret.encode() in (content if isinstance(content, bytes) else content.encode())]
    home.run("install", "cursor", "--set", f"OVALEDGE_USER_SECRET={secret}", code=64)
    home.run("install", "cursor", "--remote", f"https://me:{secret}@a.example/mcp", code=64)


def test_no_one_elses_secret_is_shown(home: Home) -> None:
    others = {"other": {"command": "x", "env": {"TOKEN": 'abc"def-secret'}}, "far": {"url": "https://a.example", "headers": {"Authorization": "Bearer s3cr3t"}}}
    file = home.file(".cursor/mcp.json", json.dumps({"mcpServers": others}, indent=2))
    done = home.run("install", "cursor")
    assert "Bearer" not in done.stdout and "def-secret" not in done.stdout and "••••" in done.stdout
    assert json.loads(file.read_bytes())["mcpServers"]["far"] == others["far"]


# What stands around our entry, with what must not be seen of it.
NEIGHBOURS = {
    "arguments": ({"command": "x", "args": ["--token", "swordfish", "--api-key=marmalade", "DB_PASSWORD=tangerine", "-H", "X-Auth: plum pudding"]}, ["swordfish", "marmalade", "tangerine", "pudding"]),
    "addresses": ({"url": "https://petra:geheim77@a.example/mcp?apikey=sesame&tenant=acme9"}, ["petra", "geheim77", "sesame", "acme9"]),
    "tokens": ({"command": "x", "args": ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "sk-ant-api03-Ab3dEf6hIj9kLm2nOp5q"]}, ["16C7e42F", "Ab3dEf6h"]),
    "names": ({"command": "x", "auth": {"bearerToken": "marzipan", "password": "nougat"}}, ["marzipan", "nougat"]),
    "lines": ({"command": "x", "env": {"KEY": "-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----"}}, ["abcdefgh"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEIGHBOURS)
@pytest.mark.parametrize("file", [".cursor/mcp.json", ".codex/config.toml", ".config/goose/config.yaml"])
def test_what_looks_like_a_secret_is_struck_from_what_is_shown(home: Home, file: str, kind: str) -> None:
    entry, hidden = NEIGHBOURS[kind]
    client = {".json": "cursor", ".toml": "codex", ".yaml": "goose"}[Path(file).suffix]
    if client == "cursor":
        text = json.dumps({"mcpServers": {"far": entry}}, indent=1)
    elif client == "codex":
        text = "[mcp_servers.far]\n" + "".join(f"{name} = {inline(value)}\n" for name, value in entry.items())
    else:
        text = yaml.safe_dump({"extensions": {"far": entry}})
    path = home.file(file, text)
    for words in (["--dry-run"], ["--dry-run", "--json"], []):
        done = home.run("install", client, *words)
        for word in hidden:
            assert word not in done.stdout + done.stderr, (word, done.stdout)
        assert "••••" in done.stdout and "oe-mcp" in done.stdout
    after = path.read_text()
    assert all(word in after for word in hidden) and "••••" not in after


def inline(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {inline(each)}" for name, each in value.items()) + " }"
    return "[" + ", ".join(inline(each) for each in value) + "]" if isinstance(value, list) else json.dumps(value)


def test_what_a_comment_says_of_secrets_is_struck_and_all_else_is_shown(home: Home) -> None:
    text = """{
  // "old": { "args": ["--token", "swordfish"], "env": { "API_KEY": "marmalade" } }, "headers": { "Authorization": "Basic cmFpc2lu", "X-Token": "${TOKEN:-nougat77}", "Other-Token": "${TOKEN}" },
  "inputs": [{ "type": "promptString", "id": "api-key", "description": "API key of the team", "password": true }],
  "servers": {
    "far": { "type": "http", "url": "https://far.example/v2/mcp", "headers": { "X-Api-Key": "${input:api-key}", "X-Team": "tan\\u0067erine", "X": "$ugar-plum!", "Y": "${Y:-almonds}" }, "auth": { "db_key": "walnut", "pwd": "chestnut" } }
  }
}
"""
    home.file(".config/Code/User/mcp.json", text)
    shown = home.run("install", "vscode", "--dry-run").stdout
    for word in (
        "swordfish", "marmalade", "tangerine", "tan\\u0067erine", "cmFpc2lu", "nougat77", "ugar-plum", "almonds", "walnut", "chestnut",
    ):  # fmt: skip
        assert word not in shown, shown
    for word in ('"id": "api-key", "description": "API key of the team", "password": true', "https://far.example/v2/mcp", "${input:api-key}", "${TOKEN}"):
        assert word in shown, shown


def test_the_address_of_a_foreign_entry_is_shown_without_its_password(home: Home) -> None:
    home.file(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": {"url": "https://petra:geheim77@a.example/mcp?key=sesame"}}}))
    done = home.run("install", "cursor", code=4)
    assert "https://••••@a.example/mcp" in done.stderr and "geheim77" not in done.stderr and "sesame" not in done.stderr


@pytest.mark.parametrize("name", ["OvalEdge", "my ovaledge"])
def test_an_entry_with_a_name_of_the_persons_own_can_be_put_right_and_removed(home: Home, name: str) -> None:
    file = home.file(".cursor/mcp.json", json.dumps({"mcpServers": {name: {"command": "oe-mcp"}}}))
    fix = json.loads(home.run("status", "cursor", "--json", code=1).stdout)["clients"][0]["findings"][0]["fix"]
    words = shlex.split(fix.split("`")[1])
    assert words == ["oe-mcp", "install", "cursor", "--name", name]
    home.run(*words[1:])
    assert json.loads(file.read_bytes())["mcpServers"][name]["command"].startswith("/")
    home.run("uninstall", "cursor", "--name", name)
    assert name not in file.read_text()
    home.run("install", "cursor", "--name", name, code=64)


def test_claude_desktop_has_to_be_quit_first(home: Home) -> None:
    file = home.file(".config/Claude/claude_desktop_config.json", "{}")
    program = home.file("bin/claude-desktop")
    shutil.copy("/bin/sleep", program)
    running = subprocess.Popen([program, "60"])
    try:
        assert "Quit it fully" in home.run("install", "claude-desktop", code=4).stderr
        assert file.read_text() == "{}"
    finally:
        running.kill()
        running.wait()
    assert "oe-mcp status claude-desktop" in home.run("install", "claude-desktop").stdout
    assert "ovaledge" in file.read_text()


def test_all_files_are_planned_before_the_first_is_written(home: Home) -> None:
    cursor = home.file(".cursor/mcp.json", "{}")
    home.file(".gemini/settings.json", "{")
    done = home.run("install", "cursor", "gemini", code=4)
    assert cursor.read_text() == "{}" and "Gemini CLI" in done.stderr


def test_without_settings_it_installs_and_says_so(home: Home) -> None:
    home.file(".cursor/.keep", "")
    assert "no settings yet" in home.run("install", "cursor").stderr
    home.file(".config/oe-mcp/.env", "")
    assert "no settings yet" not in home.run("install", "cursor").stderr


def test_a_person_is_asked_which_of_the_clients_found(home: Home) -> None:
    cursor, gemini = home.file(".cursor/mcp.json", "{}"), home.file(".gemini/settings.json", "{}")
    person, terminal = os.openpty()
    running = subprocess.Popen(
        [home.program, "install", "--no-check"], stdin=terminal, stdout=terminal, stderr=terminal, env=home.variables, cwd=home.path
    )
    os.close(terminal)
    shown = b""
    while b"Names, or all:" not in shown:
        shown += os.read(person, 4096)
    assert b"Found: cursor, gemini." in shown
    os.write(person, b"gemini\n")
    assert running.wait(30) == 0
    os.close(person)
    assert cursor.read_text() == "{}" and "ovaledge" in gemini.read_text()


def test_what_is_not_here_or_not_named_is_an_error(home: Home) -> None:
    before = home.tree()
    assert "--force" in home.run("install", "cursor", code=4).stderr
    home.run("install", code=64)
    home.run("uninstall", code=64)
    home.run("install", "nothing", code=64)
    home.run("install", "cursor", "--name", "Not_This", code=64)
    home.run("install", "cursor", "--name", "a" * 27, code=64)
    home.run("install", "jetbrains", code=3)
    home.run("install", "claude-desktop", "--remote", "https://a.example/mcp", "--force", code=3)
    home.run("install", "--all")
    assert home.tree() == before


def test_a_project_has_files_of_its_own(home: Home) -> None:
    project = home.path / "project"
    project.mkdir()
    home.run("install", "cursor", "vscode", "claude-code", "codex", "--project", str(project))
    assert sorted(str(each.relative_to(project)) for each in project.rglob("*") if each.is_file()) == [
        ".codex/config.toml", ".cursor/mcp.json", ".mcp.json", ".vscode/mcp.json",
    ]  # fmt: skip
    home.run("uninstall", "cursor", "vscode", "claude-code", "codex", "--project", str(project))
    assert not list(project.iterdir())


def test_the_address_of_a_server_takes_the_place_of_a_program(home: Home) -> None:
    files = {
        "cursor": (".cursor/mcp.json", ("mcpServers", "ovaledge", "url")),
        "windsurf": (".codeium/windsurf/mcp_config.json", ("mcpServers", "ovaledge", "serverUrl")),
        "gemini": (".gemini/settings.json", ("mcpServers", "ovaledge", "httpUrl")),
        "vscode": (".config/Code/User/mcp.json", ("servers", "ovaledge", "url")),
    }
    for place, _ in files.values():
        home.file(place, "{}\n")
    home.run("install", *files)
    home.run("install", *files, "--remote", "https://a.example/mcp")
    for place, path in files.values():
        value = json.loads((home.path / place).read_bytes())
        for name in path[:-1]:
            value = value[name]
        assert value[path[-1]] == "https://a.example/mcp" and "command" not in value and value.get("type") in (None, "http")
    states = json.loads(home.run("status", "--json").stdout)["clients"]
    assert {each["state"] for each in states} == {"ours"}
    home.run("uninstall", "--all")
    assert all((home.path / place).read_text() == "{}\n" for place, _ in files.values())


def test_status_says_what_is_wrong(home: Home) -> None:
    servers = {
        "ovaledge": {"command": "/nowhere/oe-mcp", "disabled": True},
        "relative": {"command": "oe-mcp", "env": {"OVALEDGE_USER_SECRET": "plain"}},
    }
    home.file(".cursor/mcp.json", json.dumps({"mcpServers": servers}))
    home.file(".gemini/settings.json", "{")
    home.file(".codeium/windsurf/mcp_config.json", '{"mcpServers": {"ovaledge": {"command": "other"}}}')
    kiro = home.file(".kiro/settings/mcp.json", "{}")
    home.run("install", "kiro")
    kiro.write_text("{}")
    done = home.run("status", "--json", code=1)
    found = {(each["id"], finding["code"]) for each in json.loads(done.stdout)["clients"] for finding in each["findings"]}
    assert found == {
        ("cursor", "client.wrong_path"), ("cursor", "client.disabled"), ("cursor", "client.relative_command"),
        ("cursor", "client.plaintext_secret"), ("gemini", "client.unreadable"), ("windsurf", "client.foreign"),
        ("kiro", "client.wiped"),
    }  # fmt: skip
    kiro.chmod(0o400)
    own = {"mcpServers": {"ovaledge": {"command": home.program, "args": []}}}
    home.file(".claude.json", json.dumps(own | {"projects": {str(home.path / "elsewhere"): own}}))
    claude = json.loads(home.run("status", "claude-code", "--json").stdout)["clients"]
    assert [finding["code"] for finding in claude[0]["findings"]] == ["client.shadowed"]
    assert "✗ kiro" in home.run("status", code=1).stdout and "unreadable" not in home.run("status", "kiro", code=1).stdout
    assert "plain" not in done.stdout.replace("plain text", "").replace("plaintext", "")


def greet(home: Home, *arguments: str, client: str = "cursor-vscode", lasting: bool = False, **variables: str) -> subprocess.Popen:
    """Starts the program as an entry says, and begins to speak with it under this name."""
    process = subprocess.Popen(
        [home.program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=home.variables | variables,
        cwd=home.path,
    )  # fmt: skip
    first = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": client, "version": "1"}}
    for message in (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": first}, {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ):  # fmt: skip
        process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()
        if "id" in message:
            assert json.loads(process.stdout.readline())["id"] == message["id"]
    if not lasting:
        process.stdin.close()
        assert process.wait(30) == 0
        process.stdout.close()
    return process


def last_handshakes(home: Home) -> dict[tuple[str, str], str | None]:
    clients = json.loads(home.run("status", "--json", code=None).stdout)["clients"]
    return {(each["id"], each["name"]): each.get("lastHandshake") for each in clients if each["state"] == "ours"}


def test_26_status_and_doctor_say_when_a_client_was_last_seen(home: Home) -> None:
    for place in (".cursor/mcp.json", ".gemini/settings.json"):
        home.file(place, "{}")
    home.run("install", "cursor", "gemini", "--sandbox", check=True)
    home.run("install", "cursor", "--name", "other")
    never = {("cursor", "ovaledge"): None, ("cursor", "other"): None, ("gemini", "ovaledge"): None}
    # What this program has started itself is no client.
    assert home.run("doctor", "--offline", "--sandbox").returncode == 0
    assert last_handshakes(home) == never and "no handshake yet" in home.run("status").stdout
    assert not (home.path / ".local/state/oe-mcp/seen").exists()
    # Without a handshake, nothing is noted.
    subprocess.run([home.program, "--sandbox"], stdin=subprocess.DEVNULL, env=home.variables, cwd=home.path, check=True)
    assert last_handshakes(home) == never
    process = greet(home, "--sandbox", lasting=True)
    end = time.monotonic() + 20
    while not (seen := last_handshakes(home)[("cursor", "ovaledge")]):
        assert time.monotonic() < end
    process.stdin.close()
    process.wait(30)
    process.stdout.close()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", seen)
    assert last_handshakes(home) == never | {("cursor", "ovaledge"): seen}
    # One that goes at once is noted, too, and so is one without a handshake, by what its requests say.
    greet(home, client="cursor-vscode")
    assert all(last_handshakes(home)[("cursor", name)] for name in ("ovaledge", "other"))
    meta = {f"io.modelcontextprotocol/{name}": value for name, value in (
        ("protocolVersion", "2026-07-28"), ("clientCapabilities", {}), ("clientInfo", {"name": "gemini-cli-mcp-client", "version": "1"}),
    )}  # fmt: skip
    asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}})
    subprocess.run([home.program, "--sandbox"], input=asked.encode() + b"\n", stdout=subprocess.DEVNULL, env=home.variables, cwd=home.path, check=True)
    last = last_handshakes(home)
    assert last[("gemini", "ovaledge")] and f"last handshake {last[('gemini', 'ovaledge')]}" in home.run("status", "gemini").stdout
    checks = json.loads(home.run("doctor", "--only", "clients", "--json").stdout)["checks"]
    assert [each["details"]["lastHandshake"] for each in checks if each["summary"].startswith("gemini")] == [last[("gemini", "ovaledge")]]
    folder = home.path / ".local/state/oe-mcp/seen"
    assert folder.stat().st_mode & 0o777 == 0o700 and all(each.stat().st_mode & 0o777 == 0o600 for each in folder.iterdir())


def test_a_handshake_is_answered_where_it_cannot_be_noted(home: Home) -> None:
    home.file(".local/state/oe-mcp", "in the way")
    greet(home, "--sandbox")
    # What is in the folder may be anything.
    (home.path / ".local/state/oe-mcp").unlink()
    home.file(".cursor/mcp.json", "{}")
    home.run("install", "cursor", "--sandbox")
    folder = home.path / ".local/state/oe-mcp/seen"
    folder.mkdir(mode=0o700)
    for name, content in (("a.json", "{"), ("b.json", "[]"), ("c.json", '{"schema": 2}'), ("d", "\0")):
        home.file(str(folder / name), content).chmod(0o600)
    assert last_handshakes(home) == {("cursor", "ovaledge"): None}
    for number in range(70):
        home.file(str(folder / f"c{number}.json"), json.dumps({"schema": 1, "client": f"x{number}", "source": "--sandbox", "time": number})).chmod(0o600)
    greet(home, "--sandbox")
    assert last_handshakes(home)[("cursor", "ovaledge")] and len(list(folder.iterdir())) < 60


def test_arguments_that_are_secret_are_not_shown(home: Home) -> None:
    entry = {"command": home.program, "args": ["--set", "OVALEDGE_USER_SECRET=marzipan", "--set=OVALEDGE_PROXY=http://petra:nougat@p7.example:80"]}
    home.file(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": entry}}))
    for words in (["status"], ["status", "--json"], ["doctor", "--only", "clients", "-v"]):
        done = home.run(*words, code=None)
        assert "marzipan" not in done.stdout + done.stderr and "nougat" not in done.stdout + done.stderr
    assert "client.plaintext_secret" in home.run("status").stdout


def test_what_only_the_client_can_read_is_no_failure_before_something_of_ours_is_in_it(home: Home) -> None:
    file = home.file(".config/goose/config.yaml", "k: 1\n")
    home.run("install", "goose")
    file.write_text("k: &a 1\nj: *a\n" + file.read_text().split("\n", 1)[1])
    assert "✗ goose" in home.run("status", "goose", code=1).stdout
    shutil.rmtree(home.path / ".local")
    done = home.run("status", "goose")
    assert "- goose" in done.stdout and "client.unreadable" in done.stdout and "Correct" not in done.stdout
    assert home.run("doctor", "--offline", "--only", "clients").returncode == 0
    cursor = home.file(".cursor/mcp.json", "{}\n")
    home.run("install", "cursor")
    assert "remove by hand" in home.run("uninstall", "--all").stdout and cursor.read_text() == "{}\n"


def findings(home: Home, client: str, *words: str) -> list[tuple[str, str]]:
    done = home.run("status", client, *words, "--json", code=None)
    return [(finding["code"], finding["message"]) for each in json.loads(done.stdout)["clients"] for finding in each["findings"]]


def codes(home: Home, client: str, *words: str) -> list[str]:
    return [code for code, _ in findings(home, client, *words)]


def test_status_says_which_version_an_entry_starts_without_starting_it(home: Home) -> None:
    other = home.file("bin/oe-mcp", f"#!/bin/sh\ntouch {home.path}/started\n# this is oe-mcp, version 0.0.7-beta\n")
    other.chmod(0o755)
    file = home.file(".cursor/mcp.json", json.dumps({"mcpServers": {"ovaledge": {"command": str(other)}}}))
    ((code, message),) = findings(home, "cursor")
    assert code == "client.other_version" and "0.0.7-beta" in message
    other.write_text("#!/bin/sh\n")
    assert codes(home, "cursor") == ["client.other_program"]
    shutil.copy(home.program, other)
    ((code, message),) = findings(home, "cursor")
    assert code == "client.other_program" and "same version" in message
    link = home.path / "link/oe-mcp"
    link.parent.mkdir()
    link.symlink_to(home.program)
    file.write_text(json.dumps({"mcpServers": {"ovaledge": {"command": str(link)}}}))
    assert codes(home, "cursor") == [] and not (home.path / "started").exists()


def test_status_says_what_a_person_has_not_approved_or_has_switched_off(home: Home) -> None:
    project = home.path / "project"
    project.mkdir()
    words = "--project", str(project)
    home.run("install", "claude-code", "codex", *words)
    assert codes(home, "claude-code", *words) == codes(home, "codex", *words) == ["client.approval_pending"]
    shared, personal = home.file("project/.claude/settings.json"), home.file(".claude/settings.json")
    shared.write_text('{"enableAllProjectMcpServers": true}')
    assert codes(home, "claude-code", *words) == ["client.approval_pending"]
    record: dict = {"hasTrustDialogAccepted": True}
    state = home.file(".claude.json", json.dumps({"projects": {str(project): record}}))
    assert codes(home, "claude-code", *words) == []
    shared.unlink()
    personal.write_text('{"enabledMcpjsonServers": ["ovaledge"]}')
    assert codes(home, "claude-code", *words) == []
    record["disabledMcpjsonServers"] = ["ovaledge"]
    state.write_text(json.dumps({"projects": {str(project): record}}))
    assert codes(home, "claude-code", *words) == ["client.disabled"]
    home.run("uninstall", "claude-code", *words)
    own = {"ovaledge": {"type": "stdio", "command": home.program, "args": home.usual()}}
    state.write_text(json.dumps({"mcpServers": own, "projects": {str(project): {"disabledMcpServers": ["ovaledge"]}}}))
    assert codes(home, "claude-code", *words) == ["client.disabled"] and codes(home, "claude-code") == []
    home.file(".codex/config.toml", f'[projects."{project}"]\ntrust_level = "trusted"\n')
    assert codes(home, "codex", *words) == []
    gemini = {"mcpServers": {"ovaledge": {"command": home.program, "args": home.usual()}}}
    for limits, expected in (({"excluded": ["ovaledge"]}, 1), ({"allowed": ["other"]}, 1), ({"allowed": ["ovaledge"]}, 0)):
        home.file(".gemini/settings.json", json.dumps(gemini | {"mcp": limits}))
        assert codes(home, "gemini") == ["client.disabled"] * expected


def test_what_is_gone_is_put_back_where_it_was(home: Home) -> None:
    project = home.path / "project"
    project.mkdir()
    home.run("install", "cursor", "--project", str(project))
    file = project / ".cursor/mcp.json"
    before = file.read_bytes()
    file.unlink()
    (finding,) = json.loads(home.run("status", "cursor", "--json", code=1).stdout)["clients"][0]["findings"]
    assert finding["code"] == "client.wiped"
    home.run(*re.search(r"`oe-mcp (.*?)`", finding["fix"])[1].split())
    assert file.read_bytes() == before and codes(home, "cursor", "--project", str(project)) == []


@pytest.mark.parametrize("step", [0, 1])
def test_what_is_gone_from_a_project_is_put_back_or_forgotten_there_alone(home: Home, step: int) -> None:
    home.run("install", "cursor", "--sandbox", "--force")
    own = home.path / ".cursor/mcp.json"
    before = own.read_bytes()
    project = home.path / "project"
    project.mkdir()
    home.run("install", "cursor", "--project", str(project), "--sandbox", "--name", "mine")
    file = project / ".cursor/mcp.json"
    entry = file.read_bytes()
    for folder in ("here", "elsewhere"):
        shutil.rmtree(project / ".cursor")
        named = ("--project", str(project)) if folder == "here" else ()
        states = json.loads(home.run("status", "cursor", "--json", *named, code=1).stdout)["clients"]
        (finding,) = [finding for state in states for finding in state["findings"]]
        home.run(*re.findall(r"`oe-mcp (.*?)`", finding["fix"])[step].split())
        assert own.read_bytes() == before and codes(home, "cursor", *named) == []
        assert file.read_bytes() == entry if step == 0 else not file.exists()
        if step == 1:
            home.run("install", "cursor", "--project", str(project), "--sandbox", "--name", "mine")


def test_a_copy_that_is_not_there_is_missed_whether_the_client_is_found_or_not(home: Home) -> None:
    assert "no copy of" in home.run("install", "zed", "--restore", code=4).stderr


@pytest.mark.parametrize(("address", "is_warned"), [("http://a.example/mcp", True), ("http://127.0.0.1:9/mcp", False)])
def test_an_address_without_encryption_is_warned_of(home: Home, address: str, is_warned: bool) -> None:
    done = home.run("install", "cursor", "--remote", address, "--force")
    assert ("unencrypted" in done.stderr) == is_warned and "--remote" not in done.stderr


def test_a_file_put_back_leaves_no_note_of_what_it_does_not_have(home: Home) -> None:
    file = home.file(".cursor/mcp.json", "{}\n")
    home.run("install", "cursor")
    home.run("install", "cursor", "--restore")
    assert file.read_text() == "{}\n" and codes(home, "cursor") == []
    home.run("install", "cursor")
    home.run("install", "cursor", "--name", "mine")
    home.run("install", "cursor", "--restore")
    assert set(json.loads(file.read_bytes())["mcpServers"]) == {"ovaledge"} and codes(home, "cursor") == []


@pytest.mark.parametrize("content", ["{}\n", None])
def test_what_was_removed_by_hand_can_be_forgotten(home: Home, content: str | None) -> None:
    file = home.file(".cursor/mcp.json", "{}\n")
    home.run("install", "cursor", "--name", "mine")
    file.write_text(content) if content else file.unlink()
    (finding,) = json.loads(home.run("status", "cursor", "--json", code=1).stdout)["clients"][0]["findings"]
    assert finding["code"] == "client.wiped" and "`oe-mcp uninstall cursor --name mine`" in finding["fix"]
    home.run("uninstall", "cursor", "--name", "mine", "--dry-run")
    assert codes(home, "cursor") == ["client.wiped"]
    assert "nothing is noted" in home.run("uninstall", "cursor", "--name", "mine").stdout
    assert codes(home, "cursor") == [] and "nothing to do" in home.run("uninstall", "cursor", "--name", "mine").stdout


def test_an_entry_in_a_file_that_was_named_is_not_missed(home: Home) -> None:
    config = home.file("elsewhere/config.json", "{}\n")
    home.run("install", "cursor", "--config", str(config))
    home.file(".config/oe-mcp/profiles/two.env", "LOG_LEVEL=error\n").chmod(0o600)
    home.run("install", "continue", "--profile", "two", "--force")
    states = json.loads(home.run("status", "--json").stdout)["clients"]
    assert sorted((each["id"], each["name"], each["state"], len(each["findings"])) for each in states) == [
        ("continue", "ovaledge-two", "ours", 0), ("cursor", "ovaledge", "ours", 0),
    ]  # fmt: skip


def test_the_form_of_the_guide_has_all_of_its_variables(home: Home) -> None:
    names = ["AUTH_MODE", "OVALEDGE_BASE_URL", "OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET", "OVALEDGE_HTTP_AUTH_SCHEME"]
    made = json.loads(home.run("install", "claude-desktop", "--print", "--env").stdout)["mcpServers"]["ovaledge"]
    assert list(made["env"]) == names and made["env"]["AUTH_MODE"] == "local" and made["env"]["OVALEDGE_HTTP_AUTH_SCHEME"] == "jwt"
    assert made["command"] == home.program and not made["args"]
    codex = tomllib.loads(home.run("install", "codex", "--print", "--env").stdout)["mcp_servers"]["ovaledge"]
    assert list(codex["env"]) == names
    known = home.run("settings", "--env-example").stdout
    assert all(f"{name}=" in known for name in names)
    for words in (["--env"], ["--print", "--env", "--link"], ["--print", "--env", "--remote", "https://a.example/mcp"]):
        assert "--print --env" in home.run("install", "cursor", *words, code=64).stderr


def test_every_answer_can_be_json(home: Home) -> None:
    home.file(".cursor/.keep", "")
    read = lambda *words, code=0: json.loads(home.run("install", *words, "--json", code=code).stdout)  # noqa: E731
    listed = read("--list")["clients"]
    assert {each["id"] for each in listed if each["found"]} == {"cursor"} and len(listed) > 20
    (printed,) = read("cursor", "--print")["clients"]
    assert json.loads(printed["snippet"])["mcpServers"]["ovaledge"]["command"] == home.program
    assert read("vscode", "--link")["clients"][0]["link"].startswith("vscode:")
    (pasted,) = read("jetbrains", code=3)["clients"]
    assert pasted["action"] == "needed" and "mcpServers" in pasted["snippet"]
    config = home.file("config", "extensions: {a: {type: builtin}}\n")
    (refused,) = read("goose", "--config", str(config), code=4)["clients"]
    assert refused["action"] == "refused" and "cmd:" in refused["snippet"]
    (planned,) = read("cursor", "--dry-run")["clients"]
    assert planned["action"] == "added" and planned["diff"].count("\n+") > 5
    (home.path / ".cursor/.keep").unlink()
    (home.path / ".cursor").rmdir()
    assert read("--all")["clients"] == []


def test_a_folder_that_is_not_there_is_a_slip_of_the_pen(home: Home) -> None:
    home.file(".cursor/.keep", "")
    before = home.tree()
    for words in (["install", "cursor"], ["uninstall", "cursor"], ["status"], ["install", "--list"]):
        assert "--project" in home.run(*words, "--project", "nowhere", code=64).stderr
    assert "no folder" in home.run("install", "cursor", "--config", "no/where.json", code=4).stderr
    assert home.tree() == before
    home.run("install", "cursor", "--config", "no/where.json", "--force")
    assert "ovaledge" in (home.path / "elsewhere/no/where.json").read_text()


def test_a_program_that_does_not_start_is_not_installed(home: Home) -> None:
    file = home.file(".cursor/mcp.json", "{}")
    home.run("install", "cursor", "--sandbox", "--env-file", "/nowhere/at/all.env", check=True)
    file.write_text("{}")
    home.run("install", "cursor", "--env-file", "/nowhere/at/all.env", check=True, code=1)
    assert file.read_text() == "{}"


def test_links_hold_the_entry(home: Home) -> None:
    for client in ("vscode", "kiro", "goose", "lm-studio", "cherry-studio", "visual-studio"):
        link = home.run("install", client, "--link", "--sandbox").stdout.strip()
        query = unquote(urlsplit(link).query)
        decoded = query + "".join(base64.b64decode(value + "==").decode(errors="replace") for value in re.findall(r"[\w+/]{40,}", query))
        assert home.program in decoded and "--sandbox" in decoded, link


@pytest.fixture
def codex(tmp_path: Path) -> Agent:
    return made(Codex, tmp_path / "codex")


@pytest.fixture
def claude(tmp_path: Path) -> Agent:
    return made(ClaudeCode, tmp_path / "claude")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in ("codex", "claude"):
        (tmp_path / name).mkdir()


def test_codex_reads_what_was_written(home: Home, codex: Agent) -> None:
    config = codex.home / ".codex/config.toml"
    config.parent.mkdir()
    before = '# mine\nmodel = "gpt-5" # the good one\n\n[mcp_servers.other]\ncommand = "x"\n'
    config.write_text(before)
    home.variables |= {"CODEX_HOME": str(config.parent)}
    home.run("install", "codex", "--sandbox")
    run: Callable[..., subprocess.CompletedProcess] = lambda *words: codex.start([str(Codex.program), *words], codex.environment())
    done = run("mcp", "get", "ovaledge", "--json")
    assert done.returncode == 0, done
    transport = json.loads(done.stdout)["transport"]
    assert (transport["type"], transport["command"], transport["args"]) == ("stdio", home.program, ["--sandbox"])
    assert {each["name"] for each in json.loads(run("mcp", "list", "--json").stdout)} == {"other", "ovaledge"}
    home.run("install", "codex", "--remote", "https://a.example/mcp")
    assert json.loads(run("mcp", "get", "ovaledge", "--json").stdout)["transport"]["url"] == "https://a.example/mcp"
    home.run("uninstall", "codex")
    assert config.read_text() == before
    assert run("mcp", "get", "ovaledge").returncode != 0


def test_claude_code_has_what_was_installed(home: Home, claude: Agent) -> None:
    program = home.file("bin/claude")
    program.symlink_to(ClaudeCode.program)
    # Without a network of its own it answers at once.
    home.variables |= claude.environment() | {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "PATH": f"{program.parent}:/usr/bin:/bin"}
    config = claude.home / ".claude.json"
    home.run("install", "claude-code", "--sandbox")
    server = json.loads(config.read_bytes())["mcpServers"]["ovaledge"]
    assert (server["command"], server["args"]) == (home.program, ["--sandbox"])
    done = claude.start([str(ClaudeCode.program), "mcp", "get", "ovaledge"], home.variables)
    assert done.returncode == 0 and home.program in done.stdout and "Connected" in done.stdout, done
    assert "unchanged" in home.run("install", "claude-code", "--sandbox").stdout
    home.run("uninstall", "claude-code")
    assert "ovaledge" not in json.loads(config.read_bytes()).get("mcpServers", {})


def test_an_entry_with_another_command_is_never_made_one_of_the_catalog(home: Home) -> None:
    url = "https://tickets.example.com/mcp"
    servers = {"t": entry("oe-mcp", "bridge", url), "p": entry("oe-mcp", "--sandbox")}
    file = home.file(".cursor/mcp.json", json.dumps({"mcpServers": servers}))
    before = file.read_bytes()
    said = home.run("status", "cursor", code=1).stdout
    assert "t starts oe-mcp bridge" in said and f"Write {home.program} in its place." in said
    assert "Run `oe-mcp install cursor --name p --sandbox`." in said and "--name t" not in said
    for words in (("install", "cursor", "--name", "t"), ("uninstall", "cursor", "--name", "t")):
        refused = home.run(*words, code=4).stderr
        assert 'the entry "t" has another task: it starts oe-mcp bridge' in refused and "--force" in refused
        assert file.read_bytes() == before
    home.run("install", "cursor", "--name", "p", "--sandbox")
    assert json.loads(file.read_bytes())["mcpServers"]["p"]["args"] == ["--sandbox"]
    home.run("install", "cursor", "--name", "t", "--force")
    assert json.loads(file.read_bytes())["mcpServers"]["t"]["args"] == home.usual()
