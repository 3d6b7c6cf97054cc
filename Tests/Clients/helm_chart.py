"""A chart, made as Helm makes it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pytest
import yaml


class HelmChart:
    def __init__(self, folder: Path, base: dict) -> None:
        """`base` is what every installation has to set."""
        self.folder = folder
        self._base = base

    @cached_property
    def _helm(self) -> object:
        return pytest.importorskip("helm_python", reason="There is no package of helm for this machine.")

    @cached_property
    def _loaded(self) -> object:
        return self._helm.Chart.load(str(self.folder))

    def complaints(self) -> list[dict]:
        return [message for message in self._helm.lint(str(self.folder))["messages"] if message["severity"] > 1]

    def check(self, values: dict) -> None:
        """Raises where the chart's schema does not take the values."""
        self._loaded.validate_schema(values)

    def with_base(self, values: dict) -> dict:
        return self._base | values | {"settings": self._base["settings"] | values.get("settings", {})}

    def files(self, values: dict) -> dict[str, str]:
        return self._loaded.render(values, name="demo", namespace="prod")

    def rendered(self, values: dict) -> tuple[dict[str, dict], str]:
        """Each resource by its kind (the second Service has `metrics` in it), and the notes."""
        files = self.files(self.with_base(values))
        documents = [it for name, text in files.items() if name.endswith(".yaml") for it in yaml.safe_load_all(text) if it]
        kinds = {it["kind"] + ("Metrics" if it["metadata"]["name"].endswith("-metrics") else ""): it for it in documents}
        assert len(kinds) == len(documents)
        return kinds, next(text for name, text in files.items() if name.endswith("NOTES.txt"))
