"""The thread that writes a journal: whatever waits goes into one commit."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final

from arize_async.errors import JournalError
from arize_async.journal.records import encode

if TYPE_CHECKING:
    from arize_async.journal.store import Store
    from arize_async.models.finished import FinishedEvaluation, FinishedTask

log = logging.getLogger("arize_async.journal")
_MOST: Final = 4096
_SYNC_SECONDS: Final = 1.0
"""What a power cut takes at most; the end of the process takes nothing that was committed."""


class JournalWriter:
    """Takes records on an event loop and commits them on a thread, in order.

    Attributes:
        added: How many records were taken.
        committed: How many of them, from the first on, are committed.
        bytes: Their size.
        error: What ended the writing.
        is_gone: Whether somebody removed the file meanwhile.
    """

    def __init__(self, store: Store) -> None:
        """Start the thread; this is called on the event loop that records come from."""
        self.added = 0
        self.committed = 0
        self.bytes = 0
        self.error: Exception | None = None
        self.is_gone = False
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[int, FinishedTask | FinishedEvaluation]] = deque()
        self._awake = threading.Event()
        self._closing = False
        self._waiters: list[tuple[int, int, asyncio.Future[None]]] = []  # a heap: by number, then as they came
        self._came = count()
        self._thread = threading.Thread(target=self._write, name="arize-journal", daemon=True)
        self._thread.start()

    def add(self, key: int, record: FinishedTask | FinishedEvaluation) -> int:
        """Take a record; the number says what to wait for."""
        self._waiting.append((key, record))
        self.added += 1
        if not self._awake.is_set():
            self._awake.set()
        return self.added

    async def wait(self, number: int) -> None:
        """Wait until the record of a number is committed.

        Raises:
            JournalError: It cannot be.
        """
        if self.committed < number:
            if self.error is None:
                waiter: asyncio.Future[None] = self._loop.create_future()
                heappush(self._waiters, (number, next(self._came), waiter))
                await waiter
            if self.committed < number:
                raise JournalError(str(self.error)) from self.error

    def close(self) -> None:
        """Commit what waits and end the thread; this blocks."""
        self._closing = True
        self._awake.set()
        self._thread.join()

    def _write(self) -> None:
        synced = time.monotonic()
        is_synced = True
        try:
            while True:
                self._awake.wait(None if is_synced else _SYNC_SECONDS)
                self._awake.clear()
                closing = self._closing  # before the look at what waits: nothing comes after it
                is_synced = not self._commit() and is_synced
                if not is_synced and time.monotonic() - synced >= _SYNC_SECONDS:
                    self._store.sync()
                    synced, is_synced = time.monotonic(), True
                if closing:
                    return
        except Exception as error:  # noqa: BLE001 - raised to whoever waits
            self.error = error
            self._tell()

    def _commit(self) -> bool:
        """Commit what waits; whether there was something."""
        rows: list[tuple[int, bytes]] = []
        while self._waiting:
            rows = [(key, encode(key, record)) for key, record in self._taken()]
            self._store.put(rows)
            self.bytes += sum(len(line) for _, line in rows)
            self.committed += len(rows)
            self._tell()
        if rows and not self.is_gone and self._store.is_gone:
            self.is_gone = True
            log.warning("the journal %s was removed while its run goes on, which cannot be resumed", self._store.path)
        return bool(rows)

    def _taken(self) -> list[tuple[int, FinishedTask | FinishedEvaluation]]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST))]

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is gone, and nobody waits
            self._loop.call_soon_threadsafe(self._release)

    def _release(self) -> None:
        ended = self.error is not None
        while self._waiters and (ended or self._waiters[0][0] <= self.committed):
            _, _, waiter = heappop(self._waiters)
            if not waiter.done():
                waiter.set_result(None)
