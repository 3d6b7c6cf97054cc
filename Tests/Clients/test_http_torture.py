"""The torture of the HTTP server, small: every part that scripts/soak runs at full size and that waits for no deadline."""

from __future__ import annotations

from pathlib import Path

import pytest

import http_torture


@pytest.mark.parametrize("part", http_torture.QUICK)
def test_it_bears(part: str, oe_mcp_http: str, tmp_path: Path) -> None:
    http_torture.run(part, {"oe-mcp-http": oe_mcp_http}, tmp_path, is_quick=True)
