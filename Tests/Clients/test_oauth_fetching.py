"""What a server fetches of strangers, in a network of its own where any name leads anywhere: nothing within, and nothing twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from network import OPENSSL, Authority
from oauth_servers import key_file  # noqa: F401
from wire import clean_environment

UNSHARE, IP = shutil.which("unshare"), shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin:/bin")
ALONE = [UNSHARE, "--user", "--map-root-user", "--net", "--mount"]
# Each host with the addresses it has; what is public leads to a listener, and so does what is not.
PUBLIC = "93.184.216.34"
INSIDE = {
    "loopback.web.example": ["127.0.0.1"], "private.web.example": ["10.0.0.1"], "private16.web.example": ["192.168.1.1"], "link.web.example": ["169.254.169.254"],
    "shared.web.example": ["100.64.0.1"], "mapped.web.example": ["::ffff:127.0.0.1"], "local6.web.example": ["::1"], "unique.web.example": ["fd00::1"],
    "six-to-four.web.example": ["2002:7f00:1::1"], "nat64.web.example": ["64:ff9b::7f00:1"], "teredo.web.example": ["2001:0:7f00:1::1"],
    "mixed.web.example": [PUBLIC, "10.0.0.1"], "mixed6.web.example": [PUBLIC, "fd00::1"], "nothing.web.example": ["0.0.0.0"],
    "documentation.web.example": ["203.0.113.9"], "multicast.web.example": ["224.0.0.1"],
}  # fmt: skip


def possible() -> bool:
    return bool(UNSHARE and IP and OPENSSL) and subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not possible(), reason="Only Linux gives a test a network of its own, and only where that is allowed.")


# Check 11
def test_only_the_address_that_was_looked_at_is_contacted(oe_mcp_http: str, key_file: Path, tmp_path: Path) -> None:  # noqa: F811
    authority = Authority(tmp_path / "web", "Example Web Root")
    certificate, key = authority.certificate("web", "*.web.example")
    plan = {
        "program": oe_mcp_http, "ip": IP, "certificate": str(certificate), "key": str(key), "folder": str(tmp_path),
        "inside": INSIDE, "public": PUBLIC, "keys": str(key_file), "bundle": str(authority.bundle),
    }  # fmt: skip
    done = subprocess.run(
        [*ALONE, sys.executable, "-B", Path(__file__).with_name("oauth_alone.py")], input=json.dumps(plan),
        env=clean_environment(tmp_path), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["good"] == 200 and found["seen"].pop("good") == [[PUBLIC, "good.web.example"]], found
    # A name that leads elsewhere when it is asked for again: it is not asked for again.
    assert found["rebinding"] == 200 and found["seen"].pop("rebinding") == [[PUBLIC, "rebinding.web.example"]], found
    assert found["seen"] == {name: [] for name in INSIDE}, found
    assert {found["pages"][name] for name in INSIDE} == {400}, found
