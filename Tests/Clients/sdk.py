"""What the tests with the official Python SDK share."""

from __future__ import annotations

from pathlib import Path

from mcp import StdioServerParameters

from wire import clean_environment


def server(oe_mcp: str, folder: Path, *arguments: str, **settings: object) -> StdioServerParameters:
    return StdioServerParameters(
        command=oe_mcp, args=list(arguments), env=clean_environment(folder, **settings), cwd=folder
    )


def text_of(result) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")
