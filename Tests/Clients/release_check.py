"""The packages of a release, made twice, looked through, and each installed, run and removed where nothing else is.

    scripts/package --check [PART …]      the parts are those of PARTS below; needs Debian, root and Debian's packages
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from image import mounted, run
from wire import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
from packages import bundle, debian, release, rules  # noqa: E402

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "check", "version": "1"}}
FIRST_CALL = ["oe-mcp", "call", "asset_explorer", "search_terms=orders", "--sandbox"]
BIN = Path(sys.executable).parent


class Check:
    """One run: where the programs are, what was made of them, and a clean Debian."""

    def __init__(self, programs: Path, repository: str, scratch: Path):
        self.programs, self.repository, self.scratch = programs, repository, scratch
        self.release = release.of_this_machine(repository)

    @functools.cached_property
    def made(self) -> Path:
        return self.make(ROOT, self.programs, self.scratch / "made")

    def make(self, root: Path, programs: Path, folder: Path) -> Path:
        options = ["--programs", programs, "--output", folder, "--repository", self.repository]
        run(root / "scripts/package", *options, env=os.environ | {"SOURCE_DATE_EPOCH": str(self.release.epoch)})
        return folder

    def file(self, pattern: str) -> Path:
        (path,) = self.made.glob(pattern)
        return path

    @functools.cached_property
    def root(self) -> Path:
        """Debian as small as it can be and still install packages."""
        root = self.scratch / "root"
        merged = ["--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", "--include=usr-is-merged"]
        run("mmdebstrap", "--quiet", "--variant=minbase", *merged, "bookworm", root)
        return root

    def inside(self, *words: object) -> str:
        """What a command prints in the clean root, whose environment has nothing but a path."""
        command = ["chroot", self.root, *words]
        variables = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/srv", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, stdin=subprocess.DEVNULL, env=variables)
        assert done.returncode == 0, f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout


def twice(check: Check) -> None:
    """Built again in another folder, everything is the same to the byte."""
    other = check.scratch / "a-folder/of another name/oe-mcp"
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"], check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (other / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, other / name)
    run(other / "scripts/build", cwd=other)
    for program in release.PROGRAMS:
        built = sections(check.programs / program), sections(other / ".build/release" / program)
        different = [name for name in built[0] | built[1] if built[0].get(name) != built[1].get(name)]
        assert not different, f"{program} is another program in {', '.join(different)}"
    again = check.make(other, other / ".build/release", check.scratch / "again")
    first = {path.name: path.read_bytes() for path in check.made.iterdir()}
    second = {path.name: path.read_bytes() for path in again.iterdir()}
    assert first.keys() == second.keys(), first.keys() ^ second.keys()
    different = sorted(name for name in first if first[name] != second[name])
    assert not different, f"not the same twice: {', '.join(different)}"


def sections(program: Path) -> dict[str, bytes]:
    """What each section of a program has."""
    content = program.read_bytes()
    rows = re.findall(r"\] (\S+) +(\S+) +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) ", debian.libraries.readelf("-S", program))
    return {name: content[int(at, 16) : int(at, 16) + int(size, 16)] for name, kind, at, size in rows if kind != "NOBITS"}


def lintian(check: Check) -> None:
    """Debian's own inspector has nothing to say of either package."""
    for path in sorted(check.made.glob("*.deb")):
        done = subprocess.run(
            ["lintian", "--allow-root", "--no-cfg", "--tag-display-limit=0", "--fail-on=error,warning,info", path],
            capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def files(check: Check) -> None:
    """Each file is what its reader expects: schemas, syntax, and no folder of this machine in a program."""
    made = check.file("*.mcpb")
    assert list(rules.bundle(made)) == [], list(rules.bundle(made))
    about = json.loads((check.made / "server.json").read_text())
    assert list(rules.server(about, made)) == [], list(rules.server(about, made))
    bill_of_materials(check.file("*.cdx.json"))
    run("ruby", "-c", check.made / "oe-mcp.rb")
    run("sha256sum", "-c", "checksums.txt", cwd=check.made)
    folder = check.scratch / "unpacked"
    folder.mkdir(exist_ok=True)
    run("tar", "-xf", check.file("*.tar.gz"), "-C", folder, "--strip-components=1")
    for program in release.PROGRAMS:
        assert str(ROOT).encode() not in (folder / "bin" / program).read_bytes(), f"{program} names {ROOT}"
        run("mandoc", "-T", "lint", "-W", "warning", folder / f"share/man/man1/{program}.1")
        for shell, place in debian.layout.PREFIX.items():
            run(shell, "-n", folder / "share" / place.format(program))
    for unit in (folder / "lib/systemd/system").iterdir():
        # Installed by hand, it is where the unit says.
        assert "/usr/local/bin/oe-mcp-http" in unit.read_text() or unit.suffix == ".socket", unit


def bill_of_materials(path: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
    assert problem is None, problem


def debian_root(check: Check) -> None:
    """From the .deb to the first call of a tool with three commands; purged, nothing is left."""
    packages = check.root / "srv"
    for path in check.made.glob("*.deb"):
        shutil.copy(path, packages)
    (deb,) = (f"/srv/{path.name}" for path in check.made.glob("oe-mcp_*.deb"))
    (server,) = (f"/srv/{path.name}" for path in check.made.glob("oe-mcp-http_*.deb"))
    with mounted(check.root):
        began, spent = time.monotonic(), []
        for words in (["apt-get", "update"], ["apt-get", "install", "-y", deb], FIRST_CALL):
            said = check.inside(*words)
            spent.append(time.monotonic() - began - sum(spent))
        assert "orders" in said, said
        print("from the .deb to the first answer: " + " + ".join(f"{part:.1f}" for part in spent) + f" = {sum(spent):.1f} s", flush=True)

        assert "oe-mcp" in check.inside("oe-mcp", "--version")
        handshake(["chroot", str(check.root), "oe-mcp", "--sandbox"])
        for place in debian.layout.VENDOR.values():
            assert (check.root / "usr/share" / place.format("oe-mcp")).exists(), place
        check.inside("apt-get", "install", "-y", server)
        check.inside("oe-mcp-http", "doctor", "--sandbox")
        assert (check.root / "lib/systemd/system/oe-mcp-http.service").exists()
        # Nothing is enabled before it has settings.
        assert not list((check.root / "etc/systemd").rglob("*oe-mcp*"))
        check.inside("apt-get", "purge", "-y", "oe-mcp", "oe-mcp-http")
        before = present(check.root)
        assert not [path for path in before if "oe-mcp" in path and not path.startswith(("srv/", "var/log/"))]
        check.inside("dpkg", "-i", deb, server)
        check.inside("dpkg", "-P", "oe-mcp", "oe-mcp-http")
        assert present(check.root) == before, present(check.root) ^ before


def present(root: Path) -> set[str]:
    """Every path below a folder, without what the kernel shows there."""
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name != "proc"]
        found |= {os.path.relpath(os.path.join(folder, name), root) for name in [*folders, *names]}
    return found


def tarball(check: Check) -> None:
    """It runs from any folder of a Debian that has the libraries it names, and is gone with the folder."""
    libraries = [part.debian for part in debian.libraries.OPENED.values()]
    with mounted(check.root):
        check.inside("apt-get", "update")
        check.inside("apt-get", "install", "-y", "--no-install-recommends", "ca-certificates", *libraries)
        for place in ("opt/a folder", "srv/b/c"):
            (check.root / place).mkdir(parents=True)
            run("tar", "-xf", check.file("*.tar.gz"), "-C", check.root / place)
            (home,) = (check.root / place).iterdir()
            path = "/" + str((home / "bin").relative_to(check.root))
            assert "orders" in check.inside(f"{path}/oe-mcp", *FIRST_CALL[1:])
            check.inside(f"{path}/oe-mcp-http", "doctor", "--sandbox")
            shutil.rmtree(check.root / place)


def python(check: Check) -> None:
    """pip, pipx and uvx install the wheel and start the program; pip takes everything away again."""
    made = check.file("*.whl")
    home = check.scratch / "python"
    run(sys.executable, "-m", "venv", home / "venv")
    before = present(home / "venv")
    pip = [home / "venv/bin/python", "-m", "pip", "-q", "--disable-pip-version-check"]
    run(*pip, "install", "--no-index", made)
    handshake([str(home / "venv/bin/oe-mcp"), "--sandbox"])
    run(*pip, "check")
    run(*pip, "uninstall", "-y", "oe-mcp")
    left = {path for path in present(home / "venv") - before if "__pycache__" not in path and "share" not in path.split("/")}
    assert not left, left

    own = os.environ | {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "UV_CACHE_DIR": str(home / "uv"), "UV_PYTHON": sys.executable}
    handshake([str(BIN / "uvx"), "-q", "--offline", "--from", str(made), "oe-mcp", "--sandbox"], own)
    pipx = own | {"PIPX_HOME": str(home / "pipx"), "PIPX_BIN_DIR": str(home / "bin"), "PIPX_MAN_DIR": str(home / "man")}
    run(BIN / "pipx", "install", made, env=pipx)
    handshake([str(home / "bin/oe-mcp"), "--sandbox"], pipx)
    assert (home / "man/man1/oe-mcp.1").exists(), "pipx shows the manual page"
    run(BIN / "pipx", "uninstall", "oe-mcp", env=pipx)
    assert list((home / "bin").iterdir()) == []


def client_bundle(check: Check) -> None:
    """Unpacked as Claude Desktop does, without the right to run anything, it starts by what its manifest says."""
    folder = check.scratch / "bundle"
    with zipfile.ZipFile(check.file("*.mcpb")) as archive:
        archive.extractall(folder)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    about = json.loads((folder / "manifest.json").read_text())
    config = about["server"]["mcp_config"]
    filled = {"${__dirname}": str(folder), "${user_config.base_url}": "https://acme.invalid/ovaledge"}
    words, env = filled_in([config["command"], *config["args"]], filled), filled_in(config["env"], filled)
    # A field of the form that was left out stays as it is written.
    assert env["OVALEDGE_ALLOW_WRITES"] == "${user_config.allow_writes}"
    answer = handshake([*words, "--sandbox"], {"PATH": os.environ["PATH"], **env})
    assert answer["serverInfo"]["version"] == about["version"] == check.release.version
    assert [tool["name"] for tool in about["tools"]] == [tool["name"] for tool in bundle.tools(check.programs / "oe-mcp")]


def filled_in(value, words: dict[str, str]):
    """A value with the names that a client replaces."""
    if isinstance(value, str):
        for name, text in words.items():
            value = value.replace(name, text)
        return value
    if isinstance(value, dict):
        return {name: filled_in(member, words) for name, member in value.items()}
    return [filled_in(item, words) for item in value]


def handshake(command: list[str], environment: dict[str, str] | None = None) -> dict:
    """What a started server answers to its first message."""
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO})
    done = subprocess.run(command, input=message + "\n", capture_output=True, text=True, timeout=120, env=environment or {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr}"
    return json.loads(done.stdout.splitlines()[0])["result"]


PARTS: dict[str, Callable[[Check], None]] = {
    "files": files,
    "lintian": lintian,
    "bundle": client_bundle,
    "python": python,
    "debian": debian_root,
    "tarball": tarball,
    "twice": twice,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--repository", required=True)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        print(f"There is no part {', '.join(unknown)}; they are {', '.join(PARTS)}.", file=sys.stderr)
        return 64
    if os.geteuid() != 0 or not shutil.which("dpkg"):
        print("This makes and enters a clean Debian. Run it as root on Debian.", file=sys.stderr)
        return 69
    failed = 0
    parts = options.parts or list(PARTS)
    with tempfile.TemporaryDirectory() as scratch:
        check = Check(options.programs.resolve(), options.repository, Path(scratch))
        for name in parts:
            began = time.monotonic()
            try:
                PARTS[name](check)
                print(f"✓ {name} ({time.monotonic() - began:.0f} s)", flush=True)
            except (AssertionError, OSError, SystemExit, subprocess.SubprocessError) as problem:
                failed += 1
                print(f"✗ {name}: {problem}", flush=True)
    print(f"\n{len(parts) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
