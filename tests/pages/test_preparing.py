"""Imports behind the pages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.ui.preparing import STATISTICS, Preparation

if TYPE_CHECKING:
    import pytest


async def test_statistics_are_imported_once() -> None:
    """From the first page on; the end waits for it, and has nothing to wait for when no page was shown."""
    preparation = Preparation()
    await preparation.end(web.Application())
    assert repr(preparation) == "<Preparation not begun>"
    preparation.begin()
    preparation.begin()
    await preparation.end(web.Application())
    assert repr(preparation) == "<Preparation done>"
    assert STATISTICS in sys.modules


async def test_without_scipy_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that needs it says so; all others do without."""
    monkeypatch.delitem(sys.modules, STATISTICS, raising=False)
    monkeypatch.setitem(sys.modules, "scipy", None)
    preparation = Preparation()
    preparation.begin()
    await preparation.end(web.Application())
    assert STATISTICS not in sys.modules
