"""Isolation from the user's own files and keys."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the user's own settings and keep files in the test's folder."""
    for name in [name for name in os.environ if name.startswith("ARIZE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path / "arize"))
