"""What all pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.server.storage.store import Store
from arize_async.server.storage.transaction import Transaction
from arize_async.server.ui.answers import page
from arize_async.server.ui.preparing import Preparation
from arize_async.server.ui.run_cache import RunCache
from arize_async.server.ui.sessions import Sessions
from arize_async.server.ui.sign_in import session_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web


@frozen
class Visit:
    """What a page is made from.

    Attributes:
        transaction: Where to read.
        cache: Columns of runs.
        form_token: What its forms send back.
    """

    transaction: Transaction
    cache: RunCache
    form_token: str


@frozen
class Site:
    """The store, and who may see it."""

    store: Store
    cache: RunCache
    sessions: Sessions
    preparation: Preparation

    async def show(self, request: web.Request, make: Callable[[Visit], str], status: int = 200) -> web.Response:
        """Make a page in a thread of the store, from one snapshot, and answer with it."""
        token = self.sessions.form_token(session_of(request))

        def visit(transaction: Transaction) -> str:
            return make(Visit(transaction, self.cache, token))

        self.preparation.begin()
        return page(await self.store.read(visit), status)
