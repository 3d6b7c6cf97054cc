"""server.json, with which the registry of MCP servers lists the bundle and the wheel."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from .bundle import FORM
from .release import SUMMARY, TITLE, Release

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"


def package(release: Release, bundle: Path, folder: Path) -> Path:
    path = folder / "server.json"
    path.write_text(json.dumps(described(release, bundle), indent=2) + "\n")
    return path


def described(release: Release, bundle: Path) -> dict:
    stdio = {"type": "stdio"}
    mcpb = {
        "registryType": "mcpb",
        "identifier": release.download(bundle.name),
        "version": release.version,
        "fileSha256": hashlib.sha256(bundle.read_bytes()).hexdigest(),
        "transport": stdio,
    }
    wheel = {
        "registryType": "pypi",
        "identifier": "oe-mcp",
        "version": release.version,
        "runtimeHint": "uvx",
        "transport": stdio,
        "environmentVariables": [variable(name, about) for name, about in FORM.items()],
    }
    return {
        "$schema": SCHEMA,
        "name": release.registry_name,
        "title": TITLE,
        "description": SUMMARY,
        "version": release.version,
        "repository": {"url": release.repository, "source": "github"},
        "websiteUrl": f"{release.repository}#readme",
        "packages": [mcpb, wheel],
    }


def variable(name: str, about: dict) -> dict:
    described = {"name": name, "description": about["description"], "isRequired": about["required"]}
    described["isSecret"] = about.get("sensitive", False)
    return described | ({"default": about["default"]} if "default" in about else {})
