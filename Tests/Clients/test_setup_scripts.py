"""The scripts that set a machine up from the sources: for Linux and macOS run, for Windows read by a grammar."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from terminal import Terminal
from wire import ROOT, clean_environment

WINDOWS = ROOT / "scripts/setup_local_mcp.ps1"
POWERSHELL = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


class Checkout:
    """The scripts in a folder of their own, on a machine of which only this is known."""

    def __init__(self, program: str, folder: Path):
        self.program, self.folder = program, folder / "checkout"
        self.home, self.commands, self.calls = folder / "home", folder / "commands", folder / "calls"
        for path in (self.home, self.commands, self.folder):
            path.mkdir()
        shutil.copytree(ROOT / "scripts", self.folder / "scripts")
        shutil.copy(ROOT / ".env.example", self.folder)
        # No Swift and no network: what is on the PATH is named here, and what would reach out is written down.
        tools = "awk bash cat chmod cp cut dirname du env grep gzip head ln mkdir mktemp mv rm sed sort tail tar"
        for name in tools.split():
            if found := shutil.which(name):
                (self.commands / name).symlink_to(found)
        for name in ("brew", "cc", "ldd", "otool"):
            self.command(name, "true")
        self.command("dpkg-query", "echo install ok installed")
        self.system("Linux")

    def command(self, name: str, body: str) -> None:
        path = self.commands / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.calls}"\n{body}\n')
        path.chmod(0o755)

    def system(self, name: str) -> None:
        self.command("uname", f"case $1 in -s) echo {name} ;; -m) echo x86_64 ;; esac")

    def swift(self, version: str) -> str:
        """The body of a compiler that makes this program in an instant."""
        release = f"{self.folder}/.build/release"
        return (
            f'case $1 in --version) echo "Swift version {version} (swift-{version}-RELEASE)" ;;\n'
            f'build) mkdir -p "{release}" && ln -sf "{self.program}" "{release}/oe-mcp" ;; esac'
        )

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment(self.home) | {"PATH": str(self.commands)}

    @property
    def command_line(self) -> list[str]:
        return [str(self.folder / "scripts/setup_local_mcp.sh")]

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*self.command_line, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=self.environment | variables, cwd=self.home, timeout=60,
        )  # fmt: skip

    def at_terminal(self, *words: str) -> Terminal:
        return Terminal([*self.command_line, *words], self.environment, self.home)

    @property
    def settings(self) -> Path:
        return self.home / "config/oe-mcp/.env"

    @property
    def called(self) -> str:
        return self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def checkout(oe_mcp: str, tmp_path: Path) -> Checkout:
    return Checkout(oe_mcp, tmp_path)


def entries(text: str) -> list[dict]:
    found = re.findall(r"^\{\n.*?^\}$", text, re.DOTALL | re.MULTILINE)
    return [json.loads(each)["mcpServers"]["ovaledge"] for each in found]


def test_a_program_that_is_built_already_is_set_up_without_swift(checkout: Checkout) -> None:
    done = checkout.run("--program", checkout.program)
    assert done.returncode == 0, done
    assert "initialize and tools/list are answered." in done.stdout
    assert entries(done.stdout) == [{"command": checkout.program, "args": ["--env-file", str(checkout.settings)]}]
    assert checkout.settings.read_text() == (ROOT / ".env.example").read_text() and checkout.settings.stat().st_mode & 0o777 == 0o600
    checkout.settings.write_text("OVALEDGE_BASE_URL=https://mine.example/ovaledge\n")
    usual = checkout.run("--program", checkout.program, XDG_CONFIG_HOME="")
    assert entries(usual.stdout) == [{"command": checkout.program, "args": ["--profile", "default"]}]
    assert not [line for line in usual.stdout.splitlines() if line != line.rstrip()]
    assert "doctor --profile default" in usual.stdout and (checkout.home / ".config/oe-mcp/.env").is_file()
    assert "stays as it is" in checkout.run("--program", checkout.program).stdout
    assert checkout.settings.read_text() == "OVALEDGE_BASE_URL=https://mine.example/ovaledge\n"


def test_a_relative_path_is_one_of_the_folder_it_was_typed_in(checkout: Checkout) -> None:
    (checkout.home / "a b").symlink_to(checkout.program)
    done = checkout.run("--program=a b")
    assert done.returncode == 0 and entries(done.stdout)[0]["command"] == str(checkout.home / "a b")


def test_the_program_can_be_put_where_it_stays(checkout: Checkout) -> None:
    done = checkout.run("--program", checkout.program, "--install")
    copy = checkout.home / ".local/bin/oe-mcp"
    assert done.returncode == 0 and entries(done.stdout)[0]["command"] == str(copy)
    assert copy.read_bytes() == Path(checkout.program).read_bytes() and [each.name for each in copy.parent.iterdir()] == ["oe-mcp"]


def test_what_is_no_oe_mcp_is_not_set_up(checkout: Checkout) -> None:
    checkout.command("other", "echo other 1.0")
    for path in (checkout.commands / "other", checkout.home / "missing", checkout.home):
        done = checkout.run("--program", str(path))
        assert done.returncode == 1 and "is no oe-mcp" in done.stderr, done
    assert not checkout.settings.exists()
    for words in (["--program"], ["--profram", "x"]):
        assert checkout.run(*words).returncode == 64


@pytest.mark.parametrize("version", [None, "6.1"])
def test_without_a_terminal_nothing_is_asked_and_the_flags_are_named(checkout: Checkout, version: str | None) -> None:
    if version:
        checkout.command("swift", checkout.swift(version))
    done = checkout.run()
    assert done.returncode == 64 and "--install-swift" in done.stderr and "--program" in done.stderr
    assert (f"this is Swift {version}" if version else "no Swift was found") in done.stderr
    assert "curl" not in checkout.called and not checkout.settings.exists()


def test_a_person_who_does_not_want_swift_gets_nothing(checkout: Checkout) -> None:
    for key in (b"\n", b"n\n", b"\x04"):
        with checkout.at_terminal() as terminal:
            terminal.until("Install Swift now? [y/N] ")
            terminal.press(key)
            assert terminal.ended() == 1
        assert "Nothing was installed" in terminal.seen and "curl" not in checkout.called


def with_swiftly(checkout: Checkout, signed: bool = True, folder: str = ".local/share/swiftly") -> Path:
    """The downloads of swift.org, as far as the script knows them; the installer itself is in the file that is returned."""
    made = checkout.home.parent / "made"
    made.mkdir()
    (made / "swift").write_text(f"#!/bin/bash\n{checkout.swift('6.2.3')}\n")
    swiftly = made / "swiftly"
    swiftly.write_text(
        f'#!/bin/bash\necho "swiftly $*" >>"{checkout.calls}"\nmkdir -p "$HOME/{folder}" && cd "$HOME/{folder}"\n'
        f'mkdir -p bin && cp "{made}/swift" bin/swift\necho \'PATH="$HOME/{folder}/bin:$PATH"\' >env.sh\n'
    )
    for program in (swiftly, made / "swift"):
        program.chmod(0o755)
    subprocess.run(["tar", "-czf", made / "swiftly.tar.gz", "-C", made, "swiftly"], check=True)
    checkout.command("curl", f'while [ "$1" != -o ]; do shift; done; cp "{made}/swiftly.tar.gz" "$2"')
    checkout.command("gpg", "true" if signed else '[[ "$*" != *--verify* ]]')
    return swiftly


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "by a flag"])
def test_swift_is_installed_by_its_own_installer(checkout: Checkout, asked: bool) -> None:
    with_swiftly(checkout)
    if asked:
        with checkout.at_terminal() as terminal:
            said = terminal.until("Install Swift now? [y/N] ")
            assert "swiftly" in said and "GB" in said and "profile" in said
            assert checkout.called == ""
            terminal.type("y")
            assert terminal.ended() == 0, terminal.seen
        shown = terminal.seen
    else:
        done = checkout.run("--install-swift")
        assert done.returncode == 0, done
        shown = done.stdout
    assert entries(shown)[0]["command"] == f"{checkout.folder}/.build/release/oe-mcp"
    calls = checkout.called
    assert "https://download.swift.org/swiftly/linux/swiftly-" in calls and "swiftly init --assume-yes" in calls
    assert calls.index("--verify") < calls.index("swiftly init")


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "not signed"])
def test_on_macos_its_package_is_installed_for_this_person_alone(checkout: Checkout, signed: bool) -> None:
    swiftly = with_swiftly(checkout, folder=".swiftly")
    checkout.system("Darwin")
    checkout.command("pkgutil", "true" if signed else "false")
    checkout.command("installer", f'mkdir -p "$HOME/.swiftly/bin" && cp "{swiftly}" "$HOME/.swiftly/bin/swiftly"')
    done = checkout.run("--install-swift")
    assert done.returncode == (0 if signed else 1), done
    assert ("installer -pkg" in checkout.called) is signed and "-target /" not in checkout.called


def test_what_is_not_signed_is_not_run(checkout: Checkout) -> None:
    with_swiftly(checkout, signed=False)
    done = checkout.run("--install-swift")
    assert done.returncode == 1 and "not signed" in done.stderr and "swiftly init" not in checkout.called
    assert list(checkout.home.iterdir()) == []


def test_without_gpg_it_says_what_is_not_checked(checkout: Checkout) -> None:
    with_swiftly(checkout)
    (checkout.commands / "gpg").unlink()
    done = checkout.run("--install-swift")
    assert done.returncode == 0 and "signature of swiftly is not checked" in done.stdout


def test_inside_wsl_clients_of_windows_get_an_entry_too(checkout: Checkout) -> None:
    done = checkout.run("--program", checkout.program, WSL_DISTRO_NAME="Debian")
    windows, linux = entries(done.stdout)
    assert windows["command"] == "C:\\Windows\\System32\\wsl.exe"
    assert windows["args"] == ["--distribution", "Debian", "--cd", "/", "--exec", linux["command"], *linux["args"]]


# Windows


def nodes(node: tree_sitter.Node, kind: str) -> list[tree_sitter.Node]:
    return [found for child in node.children for found in ([child] if child.type == kind else []) + nodes(child, kind)]


def text(node: tree_sitter.Node) -> str:
    return node.text.decode()


def test_the_script_for_windows_is_powershell_and_says_that_it_was_not_run() -> None:
    script = WINDOWS.read_bytes()
    tree = POWERSHELL.parse(script)
    assert not tree.root_node.has_error
    # The grammar notices what is missing.
    for part in (b"{\n", b")\n", b"'\n"):
        assert POWERSHELL.parse(script.replace(part, b"\n", 1)).root_node.has_error, part
    assert "has not been run on Windows" in script.decode()
    # Windows PowerShell takes a file without a mark for one of the machine's old encoding.
    assert script.isascii()


def test_the_script_for_windows_takes_dev_and_uses_what_every_powershell_has() -> None:
    tree = POWERSHELL.parse(WINDOWS.read_bytes())
    parameters = [text(each) for each in nodes(tree.root_node, "script_parameter")]
    assert any("[switch]$Dev" in each for each in parameters), parameters
    names = {text(each.child_by_field_name("command_name") or each.children[0]) for each in nodes(tree.root_node, "command")}
    known = {"Join-Path", "Resolve-Path", "Set-StrictMode", "Split-Path", "Stop-Setup", "Test-Path"}
    assert names <= known | {"ForEach-Object", "Where-Object", "Write-Host", "$wsl"}, names


def test_the_script_for_windows_only_passes_on_what_the_other_one_takes(checkout: Checkout) -> None:
    script = WINDOWS.read_text()
    passed = set(re.findall(r"'(--[a-z-]+)'", script))
    known = set(re.findall(r"--[a-z-]+", checkout.run("--help").stdout))
    assert passed and passed <= known, passed - known
    # Once WSL is found, each of its calls names the distribution, and none goes through a shell's command line.
    calls = [text(each) for each in nodes(POWERSHELL.parse(script.encode()).root_node, "command") if text(each).startswith("& $wsl")]
    inside = [call for call in calls if "--list" not in call]
    assert len(inside) >= 3 and all("--distribution $Distribution" in call and " --exec " in call for call in inside), inside


def test_scripts_end_their_lines_as_bash_reads_them() -> None:
    assert "* -text" in (ROOT / ".gitattributes").read_text().splitlines()
    texts = [path for path in (ROOT / "scripts").rglob("*") if path.is_file() and b"\0" not in path.read_bytes()]
    assert len(texts) > 10 and not [path.name for path in texts if b"\r" in path.read_bytes()]
