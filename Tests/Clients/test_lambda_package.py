"""The zip of scripts/package-lambda: complete, and started by nothing but what is in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambda_runtime import Function, http_event
from wire import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AWS Lambda is Linux")
ROOTED = ["unshare", "--user", "--map-root-user", "--mount", "chroot"]


@pytest.fixture(scope="module")
def package(oe_mcp_http: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "function.zip"
    subprocess.run(
        [ROOT / "scripts/package-lambda", "--program", oe_mcp_http, "--output", path],
        check=True, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system in which there is the zip where AWS Lambda unpacks it, and nothing else."""
    root = tmp_path_factory.mktemp("root")
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, root / "var/task"))
            path.chmod(entry.external_attr >> 16 & 0o777)
    if subprocess.run([*ROOTED, root, "/var/task/none"], capture_output=True).returncode != 127:
        pytest.skip("this system allows no root of one's own")
    yield root
    shutil.rmtree(root)


def test_the_zip_has_what_aws_looks_for(package: Path):
    with zipfile.ZipFile(package) as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
        size = sum(entry.file_size for entry in archive.infolist())
    assert modes["bootstrap"] == modes["bin/oe-mcp-http"] == 0o755
    libraries = ["libc.so.6", "libcurl.so.4", "libssl.so.3", "libcrypto.so.3", "libhiredis.so.0.14", "libmicrohttpd.so.12", "libgnutls.so.30"]
    assert {f"lib/{name}" for name in libraries} <= modes.keys()
    assert any(name.startswith("lib/ld-linux") and mode == 0o755 for name, mode in modes.items())
    assert "etc/ca-certificates.crt" in modes
    # AWS's limit, and that of a direct upload.
    assert size < 250 << 20 and package.stat().st_size < 50 << 20


def test_nothing_in_the_zip_says_when_or_in_which_order_it_was_made(package: Path):
    with zipfile.ZipFile(package) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_the_zip_serves_where_there_is_nothing_else(root: Path, tmp_path: Path, remote: dict, pair: tuple[str, str]):
    assert sorted(path.name for path in root.iterdir()) == ["var"]
    with Function([*ROOTED, str(root), "/var/task/bootstrap"], tmp_path, **remote) as function:
        fields = {"Content-Type": "application/json", "X-OvalEdge-Credentials": "::".join(pair)}
        params = {"name": "asset_explorer", "arguments": {"object_type": "oetable", "search_terms": ["orders"]}}
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = function.invoke(http_event("POST", "/mcp", fields, json.dumps(call)))
        # With libcrypto for the names of accounts, and libcurl for OvalEdge.
        assert answer.head["status"] == 200, function.log
        assert not json.loads(answer.content)["result"].get("isError"), answer.content


def test_a_zip_without_its_libraries_says_what_to_do(root: Path, tmp_path: Path):
    environment = {"LAMBDA_TASK_ROOT": "/elsewhere", "PATH": os.environ["PATH"]}
    ended = subprocess.run([*ROOTED, root, "/var/task/bootstrap"], capture_output=True, text=True, env=environment)
    assert ended.returncode == 127
    assert "/elsewhere/lib/ld-linux" in ended.stderr and "scripts/package-lambda" in ended.stderr


@pytest.mark.parametrize("arguments", [["--frog"], ["--output"]])
def test_a_wrong_option_is_named(arguments: list[str]):
    ended = subprocess.run([ROOT / "scripts/package-lambda", *arguments], capture_output=True, text=True)
    assert ended.returncode == 64 and arguments[0] in ended.stderr
