"""The container image: what the Dockerfile says is done to a Debian of its own, and run; and engine.py has it done by an engine.

    python image.py [--keep FOLDER]     builds, measures and runs it; needs root, mmdebstrap and Debian's packages

Namespaces stand in for an engine first: the file system is read-only, there is no network but the loopback interface, and the
program is the user of the image, without capabilities.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from wire import ROOT, program

# What a registry shows of the image, in bytes: compressed.
LIMIT = 60_000_000
PORT = 8000
BASE = "debian:bookworm-slim"
# What Debian's slim images leave out.
LEFT_OUT = ["doc", "man", "info", "locale", "groff", "lintian", "linda"]
PERSON = {"X-OvalEdge-Credentials": "person-user-token::sandbox-secret", "X-Forwarded-Proto": "https"}
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "image", "version": "1"}}


class Image:
    """The last stage of a Dockerfile, and what it says of how the program is run."""

    def __init__(self, text: str):
        for name, rest in instructions(text):
            if name == "FROM":
                # A new stage: what was said before is of another image.
                self.base, self.user, self.stop = rest.split()[0], "0:0", ""
                self.steps, self.ports, self.health, self.entry, self.command, self.volumes = [], [], [], [], [], []
                self.variables, self.labels = {}, {}
            elif name in ("RUN", "COPY"):
                self.steps.append((name, rest))
            elif name in ("ENV", "LABEL"):
                pairs = self.variables if name == "ENV" else self.labels
                pairs.update(word.split("=", 1) for word in shlex.split(rest))
            elif name == "USER":
                self.user = rest
            elif name == "EXPOSE":
                self.ports = rest.split()
            elif name == "STOPSIGNAL":
                self.stop = rest
            elif name == "HEALTHCHECK":
                self.health = json.loads(rest.partition("CMD ")[2])
            elif name == "ENTRYPOINT":
                self.entry = json.loads(rest)
            elif name == "CMD":
                self.command = json.loads(rest)
            elif name == "VOLUME":
                self.volumes = json.loads(rest)
            elif name not in ("ARG", "WORKDIR"):
                raise ValueError(f"{name} is not known here")


def instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.strip().partition(" ")
        if name:
            yield name, " ".join(rest.split())


def run(*command: object, **more: object) -> None:
    """What it says is shown when it fails."""
    done = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout.decode(errors='replace')}\n{shlex.join(map(str, command))} ended with {done.returncode}.")


def check_context(folder: Path) -> None:
    """What `.dockerignore` leaves of the project is still a package whose targets all have their files."""
    left_out = [line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")]
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*left_out))
    run("swift", "package", "describe", cwd=folder)


def debian(target: Path, *packages: str) -> None:
    """A Debian without what its slim images leave out: in a folder, or in an archive where that is the name's end."""
    excluded = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in LEFT_OUT]
    included = ",".join(["usr-is-merged", *packages])
    merged = ["--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", f"--include={included}"]
    run("mmdebstrap", "--quiet", "--variant=minbase", *merged, *excluded, "bookworm", target)


def build(image: Image, root: Path) -> None:
    """Does in `root` what the image's stage says, on top of its base."""
    assert image.base == BASE, f"{image.base} cannot be made here"
    debian(root)
    with mounted(root):
        for name, rest in image.steps:
            if name == "RUN":
                run("chroot", root, "/bin/sh", "-c", rest, env={"PATH": os.environ["PATH"], "DEBIAN_FRONTEND": "noninteractive"})
            else:
                stage, source, target = rest.split()
                assert stage == "--from=build", rest
                assert source.startswith("/src/.build/release/"), rest
                shutil.copy(program(Path(source).name, "OE_MCP_HTTP"), root / target.lstrip("/"))


@contextlib.contextmanager
def mounted(root: Path) -> Iterator[None]:
    """With what programs expect while something is installed; what was made for it is gone in the end."""
    names = root / "etc/resolv.conf"
    names.write_bytes(Path("/etc/resolv.conf").read_bytes())
    run("mount", "-t", "proc", "proc", root / "proc")
    try:
        yield
    finally:
        run("umount", root / "proc")
        names.unlink()


def sizes(root: Path, folder: Path) -> tuple[int, int]:
    """Of all files together, and compressed as in a registry."""
    plain = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    with tarfile.open(folder / "image.tar.gz", "w:gz", compresslevel=6) as archive:
        archive.add(root, ".")
    return plain, (folder / "image.tar.gz").stat().st_size


# Inside of the namespaces


class Container:
    """The program of the image, running as the image says."""

    def __init__(self, image: Image, root: Path):
        self.image = image
        self.root = root
        self.process = subprocess.Popen(
            self.as_user(image, root, *image.entry, *image.command, "--sandbox"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.address = self.process.stdout.readline().strip()
        assert self.address == f"http://127.0.0.1:{PORT}/mcp", self.process.stderr.read()

    @staticmethod
    def as_user(image: Image, root: Path, *command: str) -> list[str]:
        user, group = image.user.split(":")
        less = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--clear-groups"]
        path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        variables = [f"{name}={value}" for name, value in (path | image.variables).items()]
        return [
            *("chroot", str(root), "setpriv", f"--reuid={user}", f"--regid={group}", *less),
            *("env", "-i", *variables, *command),
        ]  # fmt: skip

    def run(self, *command: str) -> subprocess.CompletedProcess:
        words = self.as_user(self.image, self.root, *command)
        return subprocess.run(words, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)

    def stop(self) -> str:
        """Asks it to end as an engine does; what it logged."""
        self.process.send_signal(getattr(signal, self.image.stop))
        _, said = self.process.communicate(timeout=40)
        assert self.process.returncode == 0, said
        return said

    def status(self) -> dict[str, str]:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return dict(line.split(":\t", 1) for line in lines)

    def ask(self, method: str, params: dict) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        fields = {"Content-Type": "application/json", "Accept": "application/json"} | PERSON
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        with contextlib.closing(connection):
            connection.request("POST", "/mcp", json.dumps(message), fields)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            return json.loads(response.read())["result"]


def inside(image: Image, root: Path) -> None:
    """Runs the program in `root`, which nothing can write to, and asks what a person and an engine would."""
    loopback_up()
    run("mount", "--bind", root, root)
    run("mount", "-t", "proc", "proc", root / "proc")
    run("mount", "-t", "tmpfs", "tmpfs", root / "dev")
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
        os.mknod(root / "dev" / name, 0o020666, os.makedev(1, minor))
    run("mount", "-o", "remount,bind,ro", root)
    container = Container(image, root)

    healthy = container.run(*image.health)
    assert healthy.returncode == 0 and "healthy" in healthy.stdout, healthy
    assert container.ask("initialize", INITIALIZE)["protocolVersion"] == "2025-11-25"
    found = container.ask("tools/call", {"name": "asset_explorer", "arguments": {"search_terms": ["orders"]}})
    assert not found.get("isError") and "orders" in json.dumps(found), found

    status = container.status()
    assert status["Uid"].split() == ["10001"] * 4 and status["Gid"].split() == ["10001"] * 4, status
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0 and status["NoNewPrivs"] == "1", status
    for path in ("/var/lib/oe-mcp/file", "/usr/local/bin/file", "/tmp/file"):
        assert "Read-only file system" in container.run("touch", path).stderr, path
    assert (root / "etc/ssl/certs/ca-certificates.crt").stat().st_size > 100_000
    assert (root / "usr/share/zoneinfo/Europe/Berlin").exists()
    # What Kubernetes runs in it before the end.
    assert container.run("sleep", "0").returncode == 0
    libraries = container.run("ldd", "/usr/local/bin/oe-mcp-http").stdout
    assert "libmicrohttpd" in libraries and "not found" not in libraries, libraries
    doctor = container.run(*image.entry, "doctor", "--sandbox")
    assert doctor.returncode == 0, doctor

    container.stop()
    away = container.run(*image.health)
    assert away.returncode == 1 and away.stdout == "", away
    with_keys_of_ecs(image, root)


def with_keys_of_ecs(image: Image, root: Path) -> None:
    """Seal keys arrive as a variable, and a first container of the task writes them where the server reads them."""
    more = Image((ROOT / "Dockerfile.ecs").read_text())
    (place,) = more.volumes
    user, group = more.user.split(":")
    # A volume that has the owner of the folder in the image.
    folder = root / place.lstrip("/")
    run("mount", "-t", "tmpfs", "-o", f"uid={user},gid={group},mode=700", "tmpfs", folder)
    template = (ROOT / "infra/ecs-template.yaml").read_text()
    command = re.search(r"EntryPoint: \[/bin/sh, -c\]\n +Command: \['(.+)'\]", template)[1]
    file = re.search(r"MCP_SEAL_KEY_FILE, Value: (\S+)}", template)[1]
    image.variables |= more.variables | {"SEAL_KEYS": "0123456789abcdef" * 4}
    keys = Container.as_user(image, root, "/bin/sh", "-c", command)
    subprocess.run(keys, check=True, timeout=30)
    del image.variables["SEAL_KEYS"]
    image.variables["MCP_SEAL_KEY_FILE"] = file
    container = Container(image, root)
    container.ask("initialize", INITIALIZE)
    said = container.stop()
    assert all(json.loads(line) for line in said.splitlines()) and "seal" not in said, said


def loopback_up() -> None:
    """Of the network that this process has for itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        # SIOCSIFFLAGS, with IFF_UP.
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="build there, and leave it")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    image = Image((ROOT / "Dockerfile").read_text())
    if options.inside:
        inside(image, options.inside)
        return 0
    if os.geteuid() != 0:
        raise SystemExit("This makes namespaces and mounts. Run it as root.")
    begin = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root = folder / "root"
        check_context(folder / "context")
        build(image, root)
        for name, rest in Image((ROOT / "Dockerfile.ecs").read_text()).steps:
            assert name == "RUN", name
            run("chroot", root, "/bin/sh", "-c", rest)
        plain, compressed = sizes(root, folder)
        print(f"image: {compressed / 1e6:.1f} MB compressed, {plain / 1e6:.1f} MB on the disk", flush=True)
        assert compressed <= LIMIT
        spaces = ["--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
        run("unshare", *spaces, sys.executable, "-B", __file__, "--inside", root)
        # It imports this one.
        subprocess.run([sys.executable, "-B", Path(__file__).with_name("engine.py")], check=True)
    print(f"image: held ({time.monotonic() - begin:.0f} s)\n\n1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
