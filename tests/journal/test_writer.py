"""Who commits what a run writes: the event loop, unless that would hold it up."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from arize_async.errors import JournalError
from arize_async.journal import writer
from arize_async.journal.store import Store
from arize_async.journal.writer import JournalWriter

from .samples import task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which thread makes each commit."""
    put, names = Store.put, list[str]()

    def noted(store: Store, rows: Sequence[tuple[int, bytes]]) -> None:
        names.append(threading.current_thread().name)
        put(store, rows)

    monkeypatch.setattr(Store, "put", noted)
    return names


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Open an empty journal."""
    path = tmp_path / "a.journal"
    path.touch()
    opened = await asyncio.to_thread(Store, path)
    yield opened
    await asyncio.to_thread(opened.close)


async def written(taken: JournalWriter, key: int) -> None:
    """Write a record and wait for it."""
    async with asyncio.timeout(10):
        await taken.wait(taken.add(key, task()))


async def test_what_comes_in_one_turn_is_one_commit_on_the_loop(store: Store, threads: list[str]) -> None:
    """Nobody waits for a thread to get the interpreter."""
    taken = JournalWriter(store)
    for key in range(5):
        taken.add(key, task())
    await asyncio.sleep(0)
    assert (taken.committed, threads) == (5, ["MainThread"])
    await asyncio.to_thread(taken.close)


async def test_a_file_in_use_is_the_threads(store: Store, threads: list[str]) -> None:
    """The loop goes on while somebody reads or waits for the disk."""
    taken = JournalWriter(store)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.held():
            held.set()
            done.wait(10)

    holding = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(held.wait, 10)
    waiting = asyncio.create_task(written(taken, 1))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    done.set()
    await asyncio.gather(holding, waiting)
    assert threads == ["arize-journal"]
    await asyncio.to_thread(taken.close)


async def test_a_slow_disk_is_left_to_the_thread(
    store: Store, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slow commit may meet the loop, and not the next."""
    monkeypatch.setattr(writer, "_SLOW_SECONDS", 0)
    taken = JournalWriter(store)
    await written(taken, 1)
    await written(taken, 2)
    assert threads == ["MainThread", "arize-journal"]
    await asyncio.to_thread(taken.close)


async def test_whoever_waits_is_told_of_an_error(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that come later."""

    def full(store: Store, rows: Sequence[tuple[int, bytes]]) -> None:
        del store, rows
        raise JournalError("the disk is full")

    monkeypatch.setattr(Store, "put", full)
    taken = JournalWriter(store)
    for key in range(2):
        with pytest.raises(JournalError, match="full"):
            await written(taken, key)
    await asyncio.to_thread(taken.close)
