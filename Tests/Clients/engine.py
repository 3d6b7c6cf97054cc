"""The container image as an engine builds and runs it: Debian's buildah and podman, in a Debian of their own.

    python engine.py        builds, runs and stops it; needs root, mmdebstrap and Debian's packages

Nothing is installed on this machine, and nothing is fetched from a registry: the base is a Debian made here under the name
that the Dockerfile has, and what its first stage would compile is the program that there is. Where this machine lets no
engine start a container, that is said, and the image is built all the same.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from http_program import wait_until
from image import BASE, PERSON, Image, debian, run
from network import reserved_port
from wire import ROOT, program

ENGINE = ["buildah", "ca-certificates", "conmon", "crun", "podman", "podman-compose"]
# Without control groups, which a machine like this one may not lend, and without a layered file system.
CONFIGURATION = {
    "containers.conf": """
[containers]
cgroups = "disabled"
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "crun"
""",
    "storage.conf": """
[storage]
driver = "vfs"
graphroot = "/images"
runroot = "/run/images"
""",
}
NAME = "localhost/oe-mcp:latest"
HARDENED = ["--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--cgroups=disabled", "--network=host"]


class Engine:
    """The tools of an engine in a root of their own, which sees the project as /context."""

    def __init__(self, folder: Path):
        self.root = folder / "engine"
        debian(self.root, *ENGINE)
        for name, text in CONFIGURATION.items():
            (self.root / "etc/containers" / name).write_text(text)
        for name in ("context", "stage"):
            (self.root / name).mkdir()
        # Where the Dockerfile takes the program from.
        compiled = self.root / "stage/src/.build/release"
        compiled.mkdir(parents=True)
        (compiled / "oe-mcp-http").write_bytes(Path(program("oe-mcp-http", "OE_MCP_HTTP")).read_bytes())
        (compiled / "oe-mcp-http").chmod(0o755)
        debian(self.root / "base.tar")
        names = self.root / "etc/resolv.conf"
        names.write_bytes(Path("/etc/resolv.conf").read_bytes())

        self._mount()

    def _mount(self) -> None:
        """What programs expect, a root that is a mount among it; this process has its mounts for itself."""
        run("mount", "--bind", self.root, self.root)
        run("mount", "-t", "proc", "proc", self.root / "proc")
        run("mount", "-t", "sysfs", "sysfs", self.root / "sys")
        # What starts containers looks at what kind of groups there are, even where it is to make none.
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", self.root / "sys/fs/cgroup"], stderr=subprocess.DEVNULL)
        run("mount", "--rbind", "/dev", self.root / "dev")
        run("mount", "--bind", ROOT, self.root / "context")
        run("mount", "-o", "remount,bind,ro", self.root / "context")

    def words(self, *command: object) -> list[str]:
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return ["chroot", str(self.root), "env", "-i", path, "HOME=/root", *(str(word) for word in command)]

    def do(self, *command: object) -> str:
        """What it answers; it has to succeed."""
        done = self.tried(*command)
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def tried(self, *command: object) -> subprocess.CompletedProcess:
        return subprocess.run(self.words(*command), capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)


def built(engine: Engine) -> None:
    """The image and that for ECS, from the files as they are."""
    engine.do("podman", "import", "/base.tar", f"docker.io/library/{BASE}")
    building = ["buildah", "bud", "--pull-never", "--isolation=chroot", "--network=host", "--format=docker"]
    engine.do(
        *building, "--build-context", "build=/stage", "--build-arg", "VERSION=1.2.3", "-t", NAME, "-f", "/context/Dockerfile",
        "/context",
    )  # fmt: skip
    engine.do(
        *building, "--build-arg", f"IMAGE={NAME}", "-t", "localhost/oe-mcp-ecs:latest", "-f", "/context/Dockerfile.ecs",
        "/context",
    )  # fmt: skip
    said = Image((ROOT / "Dockerfile").read_text())
    (found,) = json.loads(engine.do("podman", "image", "inspect", NAME))
    config = found["Config"]
    assert config["User"] == said.user and config["Entrypoint"] == said.entry and config["Cmd"] == said.command, config
    assert found["HealthCheck" if "HealthCheck" in found else "Healthcheck"]["Test"] == ["CMD", *said.health], found
    assert config["StopSignal"] == said.stop and config["Labels"]["org.opencontainers.image.version"] == "1.2.3", config
    print(f"engine: built, {found['Size'] / 1e6:.1f} MB on the disk", flush=True)


def ran(engine: Engine) -> None:
    """As an engine runs it: hardened, asked for its health, used, and stopped."""
    tried = engine.tried("podman", "run", "--rm", *HARDENED, "--entrypoint", "/bin/true", NAME)
    if tried.returncode != 0:
        print(f"engine: it builds here, but cannot start a container: {tried.stderr.strip().splitlines()[-1]}", flush=True)
        return
    refused = engine.tried("podman", "run", "--rm", *HARDENED, "--entrypoint", "touch", NAME, "/usr/local/bin/file")
    assert "Read-only file system" in refused.stderr, refused
    port = reserved_port()
    engine.do("podman", "run", "-d", "--name", "it", *HARDENED, "-e", f"MCP_HTTP_PORT={port}", NAME, "serve", "--sandbox")
    try:
        wait_until(lambda: f":{port}/mcp" in engine.do("podman", "logs", "it"), within=20)
        # Beside it, since who enters a container of a root inside a root comes out in another.
        health = engine.do("podman", "run", "--rm", *HARDENED, NAME, "health", f"http://127.0.0.1:{port}")
        assert "healthy" in health, health
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            fields = {"Content-Type": "application/json", "Accept": "application/json"} | PERSON
            connection.request("POST", "/mcp", json.dumps(message), fields)
            response = connection.getresponse()
            assert response.status == 200 and json.loads(response.read())["result"]["tools"]
        begun = time.monotonic()
        engine.do("podman", "stop", "-t", "35", "it")
        assert engine.do("podman", "inspect", "-f", "{{.State.ExitCode}}", "it") == "0"
        print(f"engine: run, and stopped in {time.monotonic() - begun:.1f} s", flush=True)
    finally:
        engine.tried("podman", "rm", "-f", "it")


def composed(engine: Engine) -> None:
    """What podman-compose would start for each service of the files: it is not to be less hardened than they say.

    Debian's is too old for a service that has a fixed address, as those of docker-compose.bridges.yml have.
    """
    for path in ("docker-compose.yml", "examples/remote-server/docker-compose.yml"):
        done = engine.tried("podman-compose", "--dry-run", "-f", f"/context/{path}", "up", "-d")
        assert done.returncode == 0, done.stderr
        starts = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("podman run ")]
        part = re.split(r"^(?=\S)", (ROOT / path).read_text().partition("\nservices:\n")[2], maxsplit=1, flags=re.M)[0]
        services = re.findall(r"^  ([a-z][a-z-]*):$", part, re.M)
        assert services
        for name in services:
            (line,) = [line for line in starts if f"compose.service={name} " in line]
            assert "--read-only" in line and "--cap-drop ALL" in line and "no-new-privileges:true" in line, line
    print("engine: the compose files are taken as they are meant", flush=True)


def inside(engine: Engine) -> None:
    built(engine)
    ran(engine)
    composed(engine)


def main() -> int:
    if os.geteuid() != 0:
        raise SystemExit("This makes namespaces and mounts. Run it as root.")
    if len(sys.argv) > 1:
        inside(Engine(Path(sys.argv[1])))
        return 0
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        # Its mounts are seen by that process alone, and end with it and with what it left running.
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        subprocess.run([*apart, sys.executable, "-B", __file__, folder], check=True)
    print(f"engine: held ({time.monotonic() - begin:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
