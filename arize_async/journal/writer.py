"""Writes a journal: whatever waits goes into one commit.

A commit takes a tenth of a millisecond, less than to have a thread do it: that has to wait for the interpreter, up to
20 milliseconds while the event loop is busy, and calls that have ended keep their slots until then. So it is made on
the loop, unless the file is in use or the disk is slow. Waiting for the disk itself is always the thread's.
"""

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
_SLOW_SECONDS: Final = 0.1
"""Time of a commit from which on the loop leaves the next ones to the thread."""
_RECOVERY_SECONDS: Final = 5.0
"""For so long."""


class JournalWriter:
    """Takes records on an event loop and commits them there or on a thread, in order.

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
        self._is_due = False
        self._is_asked = False  # whether the thread is to commit
        self._is_dirty = False  # whether a power cut would take something
        self._slow_until = 0.0
        self._waiters: list[tuple[int, int, asyncio.Future[None]]] = []  # a heap: by number, then as they came
        self._came = count()
        self._thread = threading.Thread(target=self._write, name="arize-journal", daemon=True)
        self._thread.start()

    def add(self, key: int, record: FinishedTask | FinishedEvaluation) -> int:
        """Take a record; the number says what to wait for."""
        self._waiting.append((key, record))
        self.added += 1
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._commit_due)
        return self.added

    async def wait(self, number: int) -> None:
        """Wait until the record of a number is committed.

        Raises:
            JournalError: It cannot be.
        """
        if self.committed < number:
            self._commit_due()
            if self.committed < number and self.error is None:
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

    def _commit_due(self) -> None:
        """Commit what has come, here or on the thread."""
        self._is_due = False
        if not self._waiting and not self._waiters:
            return
        was_dirty, is_done = self._is_dirty, False
        began = time.monotonic()
        if began >= self._slow_until and self.error is None:
            try:
                is_done = self._commit_at_once()
            except Exception as error:  # noqa: BLE001 - raised to whoever waits
                self.error = error
            if time.monotonic() - began >= _SLOW_SECONDS:
                self._slow_until = time.monotonic() + _RECOVERY_SECONDS
        if self._waiters:
            self._release()
        self._is_asked = self._is_asked or not is_done
        if not is_done or not was_dirty:
            self._awake.set()

    def _commit_at_once(self) -> bool:
        """Commit what waits, unless the file is in use; whether that was done."""
        with self._store.held_at_once() as is_held:
            if is_held:
                self._commit()
        return is_held

    def _write(self) -> None:
        synced = time.monotonic()
        closing = False
        try:
            while not closing and self.error is None:
                self._awake.wait(_SYNC_SECONDS if self._is_dirty else None)
                self._awake.clear()
                closing = self._closing  # before the look at what waits: nothing comes after it
                if self._is_asked or closing:  # else the loop would find the file in use by a thread that waits for it
                    self._is_asked = False
                    with self._store.held():
                        self._commit()
                    self._tell()
                if self._is_dirty and time.monotonic() - synced >= _SYNC_SECONDS:
                    self._is_dirty = False
                    self._store.sync()
                    self._look()
                    synced = time.monotonic()
        except Exception as error:  # noqa: BLE001 - raised to whoever waits
            self.error = error
            self._tell()

    def _commit(self) -> None:
        """Commit what waits; the file is held."""
        if not self._waiting:
            return
        while self._waiting:
            rows = [(key, encode(key, record)) for key, record in self._taken()]
            self._store.put(rows)
            self.bytes += sum(len(line) for _, line in rows)
            self.committed += len(rows)
        self._is_dirty = True

    def _look(self) -> None:
        if not self.is_gone and self._store.is_gone:
            self.is_gone = True
            log.warning("the journal %s was removed while its run goes on, which cannot be resumed", self._store.path)

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
