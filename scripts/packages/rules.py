"""What a bundle and server.json have to be, from the specifications of MCPB 0.3 and of the registry's 2025-12-11."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

Problems = Iterator[str]

# The members that each object of a manifest may have; those in capitals it must have. Others make clients refuse it.
MANIFEST = {
    "": "NAME VERSION DESCRIPTION AUTHOR SERVER MANIFEST_VERSION $schema dxt_version display_name long_description repository homepage "
    "documentation support icon icons screenshots localization tools tools_generated prompts prompts_generated keywords license "
    "privacy_policies compatibility user_config _meta",
    "author": "NAME email url",
    "repository": "TYPE URL",
    "localization": "RESOURCES DEFAULT_LOCALE",
    "server": "TYPE ENTRY_POINT MCP_CONFIG",
    "server.mcp_config": "COMMAND args env platform_overrides",
    "server.mcp_config.platform_overrides.*": "command args env",
    "compatibility": "claude_desktop platforms runtimes",
    "compatibility.runtimes": "python node",
    "icons.*": "SRC SIZE theme",
    "tools.*": "NAME description",
    "prompts.*": "NAME TEXT description arguments",
    "user_config.*": "TYPE TITLE DESCRIPTION required default multiple sensitive min max",
}
LISTS = ("icons", "screenshots", "tools", "prompts", "keywords", "privacy_policies", "compatibility.platforms", "server.mcp_config.args")
CHOICES = {
    "manifest_version": ["0.3"],
    "server.type": ["python", "node", "binary"],
    "compatibility.platforms.*": ["darwin", "win32", "linux"],
    "user_config.*.type": ["string", "number", "boolean", "directory", "file"],
}
FLAGS = ("tools_generated", "prompts_generated", "user_config.*.required", "user_config.*.multiple", "user_config.*.sensitive")
# What may be of several kinds.
ANY = ("user_config.*.default", "user_config.*.min", "user_config.*.max", "_meta")
MAPS = ("user_config", "server.mcp_config.env", "server.mcp_config.platform_overrides")
URLS = ("author.url", "repository.url", "homepage", "documentation", "support", "privacy_policies.*")


def manifest(value: object, path: str = "") -> Problems:
    """Everything that is wrong with a manifest, one sentence each."""
    if path in ANY or any(path.startswith(f"{name}.") for name in ANY):
        return
    if path in MANIFEST or path in MAPS:
        yield from members(value, path)
    elif path in LISTS:
        yield from items(value, path)
    elif path in FLAGS:
        if not isinstance(value, bool):
            yield f"{path} is not true or false."
    elif not isinstance(value, str):
        yield f"{path} is not a text."
    elif path in CHOICES and value not in CHOICES[path]:
        yield f"{path} is {value}, not one of {', '.join(CHOICES[path])}."
    elif path in URLS and not is_url(value):
        yield f"{path} is no URL."


def members(value: object, path: str) -> Problems:
    if not isinstance(value, dict):
        yield f"{path or 'The manifest'} is no object."
        return
    if path in MANIFEST:
        words = MANIFEST[path].split()
        needed = {word.lower() for word in words if word.isupper()}
        yield from (f"{path or 'The manifest'} has no {name}." for name in sorted(needed - value.keys()))
        unknown = value.keys() - {word.lower() if word.isupper() else word for word in words}
        yield from (f"{path or 'The manifest'} may not have {name}." for name in sorted(unknown))
    for name, member in value.items():
        yield from manifest(member, f"{path}.{'*' if path in MAPS else name}".lstrip("."))


def items(value: object, path: str) -> Problems:
    if not isinstance(value, list):
        yield f"{path} is no list."
        return
    for item in value:
        yield from manifest(item, f"{path}.*")


def is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text


def bundle(path: Path) -> Problems:
    """Everything that is wrong with a bundle: its manifest, and what that names."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if archive.testzip():
            yield "The zip is damaged."
        if "manifest.json" not in names:
            yield "There is no manifest.json."
            return
        about = json.loads(archive.read("manifest.json"))
        yield from manifest(about)
        config = about["server"]["mcp_config"]
        places = [about["icon"], about["server"]["entry_point"]]
        places += [word.removeprefix("${__dirname}/") for word in config["args"] if word.startswith("${__dirname}/")]
        yield from (f"{place} is named and not there." for place in places if place not in names)
        fields = re.findall(r"\$\{user_config\.([^}]+)\}", json.dumps(config))
        yield from (f"{name} is used and not asked for." for name in fields if name not in about.get("user_config", {}))
        if about["icon"] in names:
            yield from icon(archive.read(about["icon"]))


def icon(content: bytes) -> Problems:
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        yield "The icon is no PNG."
    elif struct.unpack(">II", content[16:24]) != (512, 512):
        yield "The icon has not 512 by 512 pixels."


def server(about: dict, bundle: Path) -> Problems:
    """Everything that is wrong with server.json, and whether it is about this bundle."""
    lengths = {"name": (3, 200), "title": (1, 100), "description": (1, 100), "version": (1, 255)}
    for name, (least, most) in lengths.items():
        text = about.get(name)
        if not isinstance(text, str) or not least <= len(text) <= most:
            yield f"{name} has not {least} to {most} characters."
    if not about.get("$schema", "").endswith("/schemas/2025-12-11/server.schema.json"):
        yield "$schema is not that of 2025-12-11."
    if not re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", about.get("name", "")):
        yield "name is not NAMESPACE/NAME."
    if not is_url(about.get("repository", {}).get("url", "")) or not about["repository"].get("source"):
        yield "repository has no url or no source."
    known = {"$schema", *lengths, "repository", "websiteUrl", "icons", "packages", "remotes", "_meta"}
    yield from (f"{name} is not known." for name in sorted(about.keys() - known))
    for package in about.get("packages", []):
        yield from server_package(package, about, bundle)


def server_package(package: dict, about: dict, bundle: Path) -> Problems:
    kind = package.get("registryType")
    for name in ("registryType", "identifier"):
        if not isinstance(package.get(name), str):
            yield f"A package has no {name}."
    if package.get("transport", {}).get("type") not in ("stdio", "streamable-http", "sse"):
        yield f"{kind}: the transport is not known."
    if package.get("version") != about.get("version"):
        yield f"{kind}: the version is another."
    if kind == "mcpb":
        if not is_url(package["identifier"]) or "mcp" not in package["identifier"]:
            yield "mcpb: the identifier is no URL with mcp in it."
        if package.get("fileSha256") != hashlib.sha256(bundle.read_bytes()).hexdigest():
            yield f"mcpb: fileSha256 is not that of {bundle.name}."
    for variable in package.get("environmentVariables", []):
        allowed = {"name", "description", "format", "isRequired", "isSecret", "default", "placeholder", "value", "choices", "variables"}
        if not isinstance(variable.get("name"), str) or variable.keys() - allowed:
            yield f"{kind}: the variable {variable.get('name')} has a wrong member."
