"""The store as coroutines see it: every call runs in one of its own threads, never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from arize_async.server.storage.database import Database
    from arize_async.server.storage.transaction import Transaction

P = ParamSpec("P")
T = TypeVar("T")
READERS = 8


class Store:
    """A database with threads of its own.

    Attributes:
        database: For callers that are in a thread already.
        directory: Where large uploads wait until they are complete; None for the system's temporary directory.
    """

    def __init__(self, database: Database, directory: Path | None) -> None:
        """Take over an open database."""
        self.database = database
        self.directory = directory
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="arize-reader")
        # the database takes one write at a time: those that wait for their turn must not take threads from readers
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="arize-writer")

    async def read(self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function with a snapshot."""
        return await _call(self._readers, lambda: self.read_here(function, *args, **kwargs))

    async def write(self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a transaction that is committed when it returns."""
        return await _call(self._writer, lambda: self.write_here(function, *args, **kwargs))

    def read_here(self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what ``read`` does, in the calling thread."""
        with self.database.read() as transaction:
            return function(transaction, *args, **kwargs)

    def write_here(self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what ``write`` does, in the calling thread."""
        with self.database.write() as transaction:
            return function(transaction, *args, **kwargs)

    def close(self) -> None:
        """Wait for what is under way and close the database."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.database.close()


async def _call(threads: ThreadPoolExecutor, function: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, function)
