"""What scripts/package makes, in small: from programs that are none of ours. scripts/package --check installs the real ones."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from wire import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
from packages import __main__ as packages  # noqa: E402
from packages import archives, bundle, debian, homebrew, layout, libraries, notes, registry, rules, sbom, sizes, wheel  # noqa: E402
from packages.release import PARTS, SUMMARY, SYNOPSIS, Release, of_this_machine  # noqa: E402

RELEASE = Release("1.2.3", 1_790_000_000, "https://github.com/acme/oe-mcp", ("Linux", "x86_64"))
TOOLS = [{"name": "asset_explorer", "description": "Explore assets"}]
SHELLCHECK = Path(sys.executable).parent / "shellcheck"
on_debian = pytest.mark.skipif(not shutil.which("dpkg-shlibdeps"), reason="dpkg-shlibdeps is missing; it is part of dpkg-dev")
with_elf = pytest.mark.skipif(sys.platform != "linux" or not shutil.which("readelf"), reason="readelf is missing; it is part of binutils")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program under our name, which says nothing of itself."""
    monkeypatch.setattr(layout, "said", lambda program, *words: f"{program.name} {' '.join(words)}\n".encode())
    path = tmp_path / "programs/oe-mcp"
    path.parent.mkdir()
    shutil.copy("/bin/true", path)
    return path


@pytest.fixture
def tarballs(tmp_path: Path) -> dict[tuple[str, str], Path]:
    """Those of three kinds of machines, whose programs show with which words and settings they were started."""
    script = b'#!/bin/sh\necho "$# $*"\nenv | grep ^OVALEDGE | sort\n'
    made = {}
    for machine in (("Darwin", "arm64"), ("Linux", "x86_64"), ("Linux", "aarch64")):
        path = made[machine] = tmp_path / f"oe-mcp_1.2.3_{'_'.join(machine)}.tar.gz"
        tree = {"folder/bin/oe-mcp": archives.File(script, 0o755), "folder/bin/oe-mcp-http": archives.File(script, 0o755)}
        path.write_bytes(archives.tarball(tree, RELEASE.epoch))
    return made


@pytest.fixture
def made_bundle(tarballs: dict, tmp_path: Path) -> Path:
    return bundle.package(RELEASE, tarballs, TOOLS, tmp_path)


# Archives


def test_an_archive_depends_on_nothing_but_its_files():
    tree = {"b/c": archives.File(b"2"), "a": archives.File(b"1", 0o755)}
    turned = dict(reversed(tree.items()))
    assert archives.tarball(tree, 1_790_000_000) == archives.tarball(turned, 1_790_000_000)
    with tarfile.open(fileobj=io.BytesIO(archives.tarball(tree, 1_790_000_000))) as tar:
        entries = [(entry.name, entry.mode, entry.mtime, entry.uid, entry.uname) for entry in tar]
    assert entries == [("a", 0o755, 1_790_000_000, 0, ""), ("b", 0o755, 1_790_000_000, 0, ""), ("b/c", 0o644, 1_790_000_000, 0, "")]


def test_a_release_is_of_the_version_of_the_sources_and_of_the_time_of_its_commit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    release = of_this_machine("https://github.com/acme/oe-mcp/")
    chart = (ROOT / "infra/helm/Chart.yaml").read_text()
    assert f'appVersion: "{release.version}"' in chart
    assert release.epoch > 1_700_000_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000001")
    assert of_this_machine("https://github.com/acme/oe-mcp").epoch == 1_700_000_001


def test_descriptions_are_as_short_as_their_readers_want_them():
    assert len(SUMMARY) <= 100 and len(SYNOPSIS) <= 80 and not SYNOPSIS.endswith(".")


# Libraries


def test_every_library_that_the_sources_open_is_known():
    sources = "".join(path.read_text() for path in (ROOT / "Sources").glob("C*/*.c"))
    named = set(re.findall(r'"(lib[a-z0-9-]+\.so\.[0-9.]*[0-9])"', sources))
    assert named and named <= libraries.OPENED.keys()
    # The one whose number comes from its header.
    assert 'OE_LIBRARY "libhiredis.so." ' in sources and "libhiredis.so.0.14" in libraries.OPENED
    needed = (ROOT / "scripts/need").read_text()
    for library in libraries.OPENED.values():
        assert re.sub(r"[0-9.-]*$", "", library.debian.removesuffix("-0-2")) in needed, library


def test_a_library_that_is_not_known_stops_the_release():
    assert list(libraries.opened(b"\0libcurl.so.4\0libc.so.6\0")) == ["libcurl.so.4"]
    with pytest.raises(SystemExit, match=r"libfrog\.so\.7"):
        libraries.opened(b"\0libfrog.so.7\0")


# The wheel


@with_elf
def test_a_wheel_lists_every_file_with_its_digest(program: Path, tmp_path: Path):
    made = wheel.package(RELEASE, program, tmp_path)
    with zipfile.ZipFile(made) as archive:
        content = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    rows = list(csv.reader(io.StringIO(content["oe_mcp-1.2.3.dist-info/RECORD"].decode())))
    assert [row[0] for row in rows] == list(content)
    for name, digest, size in rows[:-1]:
        expected = base64.urlsafe_b64encode(hashlib.sha256(content[name]).digest()).rstrip(b"=").decode()
        assert (digest, int(size)) == (f"sha256={expected}", len(content[name]))
    assert rows[-1] == ["oe_mcp-1.2.3.dist-info/RECORD", "", ""]
    assert modes["oe_mcp-1.2.3.data/scripts/oe-mcp"] == 0o755
    assert "oe_mcp-1.2.3.data/data/share/man/man1/oe-mcp.1" in content
    metadata = content["oe_mcp-1.2.3.dist-info/METADATA"].decode()
    assert "\nVersion: 1.2.3\n" in metadata and f"mcp-name: {RELEASE.registry_name}" in metadata


@with_elf
def test_a_wheel_is_for_the_machines_on_which_its_program_starts(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tag = wheel.platform_tag(RELEASE, program)
    versions = subprocess.run(["readelf", "-V", program], capture_output=True, text=True).stdout
    newest = max(tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([0-9.]+)", versions))
    assert tag == f"manylinux_{newest[0]}_{newest[1]}_x86_64"
    assert wheel.package(RELEASE, program, tmp_path).name == f"oe_mcp-1.2.3-py3-none-{tag}.whl"
    monkeypatch.setattr(libraries, "linked", lambda program: ["libc.so.6", "libfrog.so.7"])
    with pytest.raises(SystemExit, match="libfrog"):
        wheel.platform_tag(RELEASE, program)


# The package for Debian


@on_debian
def test_a_package_for_debian_has_no_scripts_and_is_the_same_twice(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened = {"libcurl.so.4": libraries.OPENED["libcurl.so.4"]}
    monkeypatch.setattr(libraries, "opened", lambda program: opened)
    made = debian.package(RELEASE, program, tmp_path)
    first = made.read_bytes()
    assert debian.package(RELEASE, program, tmp_path).read_bytes() == first
    assert made.name == "oe-mcp_1.2.3-1_amd64.deb"
    control = tmp_path / "control"
    subprocess.run(["dpkg-deb", "-e", made, control], check=True)
    assert sorted(path.name for path in control.iterdir()) == ["control", "md5sums"]
    fields = dict(re.findall(r"^(\S+): (.*)", (control / "control").read_text(), re.M))
    depends = fields["Depends"].split(", ")
    assert {"ca-certificates", "libcurl4"} <= set(depends) and any(name.startswith("libc6 (>= ") for name in depends)
    assert fields["Recommends"] == "libsecret-tools" and int(fields["Installed-Size"]) > 30
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-x", made, root], check=True)
    subprocess.run(["md5sum", "--quiet", "-c", control / "md5sums"], cwd=root, check=True)


def test_units_of_the_package_start_the_program_of_the_package():
    tree = debian.units("oe-mcp-http")
    text = b"".join(file.content for path, file in tree.items() if path.endswith(".service")).decode()
    assert text.count("ExecStart=/usr/bin/oe-mcp-http ") == 2 and "/usr/local" not in text
    assert "usr/share/doc/oe-mcp-http/examples/oe-mcp.env" in tree


# The bundle


def test_a_bundle_is_as_its_specification_says(made_bundle: Path):
    assert list(rules.bundle(made_bundle)) == []
    about = bundle.manifest(RELEASE, [("Linux", "x86_64")], TOOLS)
    assert about["compatibility"]["platforms"] == ["linux"]
    secret = {name for name, field in about["user_config"].items() if field.get("sensitive")}
    assert secret == {"user_token", "user_secret"}


def test_every_setting_of_the_form_is_one(made_bundle: Path):
    example = (ROOT / ".env.example").read_text()
    script = (PARTS / "start.sh").read_text()
    for name in bundle.FORM:
        assert re.search(rf"^# ?{name}=|^{name}=", example, re.M) and name in script, name


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"frog": 1}, "may not have frog"),
        ({"manifest_version": "0.2"}, "not one of 0.3"),
        ({"author": {}}, "author has no name"),
        ({"compatibility": {"platforms": ["amiga"]}}, "amiga"),
        ({"compatibility": {"cursor": "1"}}, "may not have cursor"),
        ({"user_config": {"x": {"type": "string", "title": "X"}}}, "has no description"),
        ({"user_config": {"x": {"type": "text", "title": "X", "description": "X"}}}, "is text"),
        ({"tools": [{"name": "a", "inputSchema": {}}]}, "may not have inputSchema"),
        ({"homepage": "acme"}, "homepage is no URL"),
        ({"description": None}, "description is not a text"),
    ],
)
def test_a_manifest_with_a_fault_is_refused(change: dict, problem: str):
    about = bundle.manifest(RELEASE, [("Linux", "x86_64")], TOOLS) | change
    assert any(problem in said for said in rules.manifest(about)), list(rules.manifest(about))


def test_a_bundle_that_lacks_what_it_names_is_refused(made_bundle: Path, tmp_path: Path):
    with zipfile.ZipFile(made_bundle) as archive:
        tree = {name: archives.File(archive.read(name)) for name in archive.namelist() if name != "server/start.sh"}
    tree["icon.png"] = archives.File(b"GIF89a")
    (tmp_path / "other.mcpb").write_bytes(archives.zipped(tree, RELEASE.epoch))
    assert list(rules.bundle(tmp_path / "other.mcpb")) == [
        "server/start.sh is named and not there.",
        "server/start.sh is named and not there.",
        "The icon is no PNG.",
    ]


@pytest.fixture
def unpacked(made_bundle: Path, tmp_path: Path) -> Path:
    """As Claude Desktop unpacks it: nothing may be run."""
    folder = tmp_path / "a bundle"
    with zipfile.ZipFile(made_bundle) as archive:
        archive.extractall(folder)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


def start(folder: Path, *words: str, system: str = "Linux", processor: str = "x86_64", **settings: str) -> subprocess.CompletedProcess:
    """On a machine that calls itself so."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    answers = f'#!/bin/sh\ncase "$1" in -s) echo {system} ;; -m) echo {processor} ;; esac\n'
    for name, text in (("uname", answers), ("sysctl", "#!/bin/sh\necho 1\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    command = ["/bin/sh", folder / "server/start.sh", *words]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": f"{tools}:{os.environ['PATH']}", **settings})


def test_a_bundle_starts_though_nothing_in_it_may_be_run(unpacked: Path):
    settings = {"OVALEDGE_BASE_URL": "https://acme.invalid/a b", "OVALEDGE_USER_TOKEN": "${user_config.user_token}", "OVALEDGE_USER_SECRET": ""}
    done = start(unpacked, "--set", "A=b c", **settings)
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 --set A=b c\nOVALEDGE_BASE_URL=https://acme.invalid/a b\n", "")


@pytest.mark.parametrize(("system", "processor"), [("Linux", "aarch64"), ("Darwin", "arm64"), ("Darwin", "x86_64")])
def test_a_bundle_takes_the_program_of_the_machine(unpacked: Path, system: str, processor: str):
    name = f"oe-mcp_{system}_{'arm64' if system == 'Darwin' else processor}"
    (unpacked / "server" / name).write_text("#!/bin/sh\necho this one\n")
    assert start(unpacked, system=system, processor=processor).stdout == "this one\n"


def test_a_bundle_without_a_program_for_the_machine_says_what_to_do(unpacked: Path):
    done = start(unpacked, processor="riscv64")
    assert done.returncode == 69 and done.stdout == ""
    assert "no program for Linux on riscv64" in done.stderr and "oe-mcp install" in done.stderr


# server.json, the formula, the list of parts


def test_server_json_is_as_the_registry_says_and_about_this_bundle(made_bundle: Path, tmp_path: Path):
    about = json.loads(registry.package(RELEASE, made_bundle, tmp_path).read_text())
    assert list(rules.server(about, made_bundle)) == []
    made_bundle.write_bytes(made_bundle.read_bytes() + b"\0")
    assert list(rules.server(about, made_bundle)) == [f"mcpb: fileSha256 is not that of {made_bundle.name}."]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"description": "x" * 101}, "description has not"),
        ({"name": "oe-mcp"}, "NAMESPACE/NAME"),
        ({"frog": 1}, "frog is not known"),
        ({"version": "9"}, "the version is another"),
        ({"$schema": "https://acme.invalid/server.schema.json"}, "2025-12-11"),
    ],
)
def test_a_server_json_with_a_fault_is_refused(made_bundle: Path, change: dict, problem: str):
    about = registry.described(RELEASE, made_bundle) | change
    assert any(problem in said for said in rules.server(about, made_bundle))


def test_a_formula_has_each_machine_with_the_digest_of_its_tarball(tarballs: dict, tmp_path: Path):
    text = homebrew.package(RELEASE, tarballs, tmp_path).read_text()
    for path in tarballs.values():
        assert f'url "{RELEASE.download(path.name)}"\n      sha256 "{hashlib.sha256(path.read_bytes()).hexdigest()}"' in text
    blocks = re.findall(r"^  (?:  )?(on_\w+) do", text, re.M)
    assert blocks == ["on_macos", "on_arm", "on_linux", "on_arm", "on_intel"]
    assert len(re.findall(r"\bdo$|^class|^  def", text, re.M)) == len(re.findall(r"^ *end$", text, re.M))


@with_elf
def test_a_list_of_parts_names_what_is_opened_and_is_the_same_twice(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(libraries, "opened", lambda program: {"libcurl.so.4": libraries.OPENED["libcurl.so.4"]})
    monkeypatch.setattr(sbom, "swift_version", lambda: "6.3.1")
    text = sbom.package(RELEASE, [program], tmp_path).read_text()
    assert sbom.package(RELEASE, [program], tmp_path).read_text() == text
    about = json.loads(text)
    assert (about["bomFormat"], about["specVersion"]) == ("CycloneDX", "1.6")
    assert {"swift-runtime", "libstdc++", "libcurl4", "libc6"} == {part["name"] for part in about["components"]}
    references = {part["bom-ref"] for part in about["components"]}
    assert set(about["dependencies"][0]["dependsOn"]) == references
    (listed,) = about["metadata"]["component"]["components"]
    assert listed["hashes"][0]["content"] == hashlib.sha256(program.read_bytes()).hexdigest()


# All of it


def test_what_other_machines_made_is_collected(tarballs: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle, "tools", lambda program: TOOLS)
    packages.collect(RELEASE, tmp_path / "none", tmp_path)
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "checksums.txt").read_text().splitlines())
    assert sums.keys() == {"oe-mcp.rb", "oe-mcp_1.2.3.mcpb", "server.json", *(path.name for path in tarballs.values())}
    assert all(digest == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name, digest in sums.items())
    with zipfile.ZipFile(tmp_path / "oe-mcp_1.2.3.mcpb") as archive:
        assert {f"server/oe-mcp_{'_'.join(machine)}" for machine in tarballs} <= set(archive.namelist())
    assert sums["oe-mcp.rb"] in (tmp_path / "notes.md").read_text()


def test_sizes_add_up_to_the_whole_program(tmp_path: Path):
    linked = """Memory map

.text           0x0000000000001000      0x130
 .text          0x0000000000001000       0x10 /build/release/JSON.build/JSON.swift.o
 .text.$s4LongNameOfAFunction
                0x0000000000001010      0x100 /build/release/JSON.build/JSON.swift.o
                0x0000000000001010                $s4LongNameOfAFunction
 .text          0x0000000000001110       0x20 /lib/libdispatch.a(queue.c.o)
 ** eh_frame    0x0000000000001130       0x40

.data.rel.ro.local
                0x0000000000002000        0x0
.bss            0x0000000000003000     0x1000
 .bss           0x0000000000003000     0x1000 /build/release/JSON.build/JSON.swift.o
"""
    (tmp_path / "p.map").write_text(linked)
    (tmp_path / "p").write_bytes(bytes(1000))
    rows = sizes.table(tmp_path / "p", tmp_path / "p.map").splitlines()
    assert [row.split(" %  ")[1] for row in rows[1:]] == ["headers, and what else the linker adds", "JSON", "how to unwind the stack", "libdispatch.a"]
    assert sum(int(row.split()[0].replace(",", "")) for row in rows[1:]) == 1000


# What people write


def test_the_changelog_is_in_order():
    text = (ROOT / "CHANGELOG.md").read_text()
    titles = re.findall(r"^## \[?([^\]\s]+)\]?(?: - (\d{4}-\d\d-\d\d))?$", text, re.M)
    assert titles[0] == ("Unreleased", "")
    released = [(tuple(map(int, version.split("."))), date) for version, date in titles[1:]]
    assert released == sorted(released, reverse=True) and all(date for _, date in released)
    for section in text.split("\n## ")[1:]:
        kinds = re.findall(r"^### (\w+)$", section, re.M)
        assert kinds == [kind for kind in ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security") if kind in kinds], kinds
        # An entry is one line, and nothing stands between two of one kind.
        assert not re.search(r"^- [^\n]+\n\n- ", section, re.M)


def test_release_notes_have_what_changed_and_how_to_check_it():
    text = (PARTS / "notes.md").read_text().format(version="1.2.3", changes=notes.changes("1.2.3"), checksums="sum  file")
    assert "## Added" in text and "sum  file" in text and "](docs/" not in text


@pytest.mark.skipif(not SHELLCHECK.exists(), reason="shellcheck is missing; it is in requirements.txt")
def test_shellcheck_has_nothing_to_say():
    scripts = ["scripts/package", "scripts/need", "scripts/packages/parts/start.sh"]
    done = subprocess.run([SHELLCHECK, "-x", "-P", "SCRIPTDIR", *scripts], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [["--frog"], ["--output"], ["frog"]])
def test_a_wrong_option_is_named(arguments: list[str]):
    ended = subprocess.run([ROOT / "scripts/package", *arguments], capture_output=True, text=True)
    assert ended.returncode == 64 and arguments[0] in ended.stderr
