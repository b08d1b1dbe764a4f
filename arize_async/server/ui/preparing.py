"""Imports that pages need later, made while somebody reads the first one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

STATISTICS = "arize_async.results.statistics.paired"
"""What needs SciPy, whose import takes most of the time of a first comparison."""


class Preparation:
    """Imports once, in a thread, from the first page on."""

    def __init__(self) -> None:
        """Import nothing yet."""
        self._importing: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        """Show how far it is."""
        state = "done" if self._importing and self._importing.done() else "under way"
        return f"<Preparation {state if self._importing else 'not begun'}>"

    def begin(self) -> None:
        """Begin, unless that has been done; this does not wait."""
        if self._importing is None:
            self._importing = asyncio.get_running_loop().run_in_executor(None, _import_statistics)

    async def end(self, application: web.Application) -> None:
        """Wait for what has begun, when the server stops."""
        del application
        if self._importing is not None:
            await self._importing


def _import_statistics() -> None:
    with suppress(ImportError):  # without SciPy, the page of a comparison says so
        import_module(STATISTICS)
