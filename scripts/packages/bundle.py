"""The .mcpb that Claude Desktop installs with a double click: programs for several kinds of machines, and a form."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .archives import File, Tree, unpacked, zipped
from .release import DESCRIPTION, PARTS, ROOT, SUMMARY, TITLE, Release

PLATFORMS = {"Darwin": "darwin", "Linux": "linux"}
# The setting that each field of the form becomes.
FORM = {
    "OVALEDGE_BASE_URL": {
        "type": "string",
        "title": "Address of OvalEdge",
        "description": "As in the browser, for example https://acme.ovaledge.net/ovaledge",
        "required": True,
    },
    "OVALEDGE_USER_TOKEN": {
        "type": "string",
        "title": "User token",
        "description": "From your OvalEdge user profile, or your administrator",
        "required": True,
        "sensitive": True,
    },
    "OVALEDGE_USER_SECRET": {
        "type": "string",
        "title": "User secret",
        "description": "Shown beside the user token",
        "required": True,
        "sensitive": True,
    },
    "OVALEDGE_ALLOW_WRITES": {
        "type": "string",
        "title": "Changes allowed",
        "description": "none, all, or some of governance, descriptions, quality, service_desk",
        "required": False,
        "default": "none",
    },
}


def package(release: Release, tarballs: dict[tuple[str, str], Path], tools: list[dict], folder: Path) -> Path:
    """Makes one bundle from the programs of all tarballs."""
    path = folder / f"oe-mcp_{release.version}.mcpb"
    tree: Tree = {
        "manifest.json": File((json.dumps(manifest(release, list(tarballs), tools), indent=2) + "\n").encode()),
        "icon.png": File((PARTS / "icon.png").read_bytes()),
        "LICENSE": File((ROOT / "LICENSE").read_bytes()),
        "server/start.sh": File((PARTS / "start.sh").read_bytes(), 0o755),
    }
    for (system, processor), tarball in sorted(tarballs.items()):
        (program,) = (file for name, file in unpacked(tarball).items() if name.endswith("/bin/oe-mcp"))
        tree[f"server/oe-mcp_{system}_{processor}"] = File(program.content, 0o755)
    path.write_bytes(zipped(tree, release.epoch))
    return path


def manifest(release: Release, machines: list[tuple[str, str]], tools: list[dict]) -> dict:
    start = {"command": "/bin/sh", "args": ["${__dirname}/server/start.sh"]}
    env = {name: "${user_config.%s}" % field(name) for name in FORM}
    return {
        "manifest_version": "0.3",
        "name": "oe-mcp",
        "display_name": TITLE,
        "version": release.version,
        "description": SUMMARY,
        "long_description": DESCRIPTION.replace("\n", " "),
        "author": {"name": "oe-mcp maintainers", "url": release.repository},
        "repository": {"type": "git", "url": release.repository},
        "homepage": release.repository,
        "documentation": f"{release.repository}#readme",
        "support": f"{release.repository}/issues",
        "icon": "icon.png",
        "server": {"type": "binary", "entry_point": "server/start.sh", "mcp_config": start | {"env": env}},
        "tools": tools,
        "prompts_generated": True,
        "keywords": ["ovaledge", "data catalog", "lineage", "data quality", "governance"],
        "license": "Apache-2.0",
        "privacy_policies": [f"{release.repository}/blob/main/docs/Privacy.md"],
        "compatibility": {"platforms": sorted({PLATFORMS[system] for system, _ in machines})},
        "user_config": {field(name): about for name, about in FORM.items()},
    }


def field(setting: str) -> str:
    return setting.removeprefix("OVALEDGE_").lower()


def tools(program: Path) -> list[dict]:
    """Names and titles of the tools, as a client is given them."""
    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "package", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    done = subprocess.run([program, "--sandbox"], input=lines, capture_output=True, text=True, check=True, env={"HOME": "/nonexistent"})
    (answer,) = (message for message in map(json.loads, done.stdout.splitlines()) if message.get("id") == 2)
    return [{"name": tool["name"], "description": tool["title"]} for tool in answer["result"]["tools"]]
