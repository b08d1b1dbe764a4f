"""Journals of a few runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_async.journal.folder import JournalFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> JournalFolder:
    """Choose a folder that does not exist yet."""
    return JournalFolder(tmp_path / "arize")
