"""Asynchronous iterables as iterators."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.errors import ClientClosed, WouldDeadlock
from arize_sync._portal import Portal

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator


class Source:
    """Counts what is asked of it.

    Attributes:
        produced: How many items were made.
        tasks: The tasks that walked it, or closed it.
        closed: Whether the generator was closed.
    """

    def __init__(self, count: int, *, fail_at: int | None = None) -> None:
        """Plan to give ``count`` items, or to fail instead of one."""
        self.count = count
        self.fail_at = fail_at
        self.produced = 0
        self.tasks: set[asyncio.Task[object] | None] = set()
        self.closed = threading.Event()

    async def __aiter__(self) -> AsyncGenerator[int]:
        try:
            for number in range(self.count):
                self.tasks.add(asyncio.current_task())
                await anyio.lowlevel.checkpoint()
                if number == self.fail_at:
                    raise ValueError(f"item {number}")
                self.produced += 1
                yield number
        finally:
            self.tasks.add(asyncio.current_task())
            await anyio.lowlevel.checkpoint()
            self.closed.set()


async def settle() -> None:
    """Let the loop do everything that it can."""
    await anyio.wait_all_tasks_blocked()


@settings(deadline=None)
@given(count=st.integers(0, 200), ahead=st.integers(1, 80))
def test_items_arrive_once_and_in_order(count: int, ahead: int) -> None:
    """Whatever their number and the room, every item arrives exactly once, in order."""
    source = Source(count)
    shared = Portal(settle)
    assert list(shared.iterate(source, ahead=ahead)) == list(range(count))
    shared.close()
    assert source.closed.is_set()


def test_one_task_walks_and_closes(portal: Portal) -> None:
    """Cancel scopes demand that the task that starts a generator also ends it."""
    whole, part = Source(500), Source(500)
    for _ in portal.iterate(whole):
        pass
    for number in portal.iterate(part):
        if number == 100:
            break
    assert part.closed.wait(30)
    assert len(whole.tasks) == len(part.tasks) == 1


@pytest.mark.parametrize("ahead", [1, 2, 7])
def test_source_is_held_back(portal: Portal, ahead: int) -> None:
    """The source is never further ahead of the caller than allowed, however long the caller takes."""
    source = Source(50)
    items = portal.iterate(source, ahead=ahead)
    for taken in range(1, 51):
        assert next(items) == taken - 1
        portal.call(settle)
        assert taken <= source.produced <= taken + ahead
    assert list(items) == []


def test_ready_items_need_no_hop(portal: Portal) -> None:
    """Items that are ready are handed over although the loop is busy with something else."""
    items = portal.iterate(Source(10))
    assert next(items) == 0
    portal.call(settle)
    release, blocked = threading.Event(), threading.Event()

    async def block() -> None:
        blocked.set()
        release.wait(30)

    blocker = threading.Thread(target=portal.call, args=(block,))
    blocker.start()
    blocked.wait(30)
    assert list(items) == list(range(1, 10))
    release.set()
    blocker.join()


def test_iterator_left_half_way_is_closed(portal: Portal) -> None:
    """Breaking out of a loop cancels the walk and waits for its cleanup."""
    source = Source(1000)
    items = portal.iterate(source)
    assert next(items) == 0
    items.close()
    assert source.closed.is_set()
    assert repr(portal) == "<Portal [0 running]>"


def test_iterator_left_before_its_first_item(portal: Portal) -> None:
    """A walk that has not given anything yet can be left by another thread's close."""
    started = threading.Event()

    async def never() -> AsyncIterator[int]:
        started.set()
        await anyio.sleep_forever()
        yield 1

    caught: list[BaseException] = []

    def walk() -> None:
        try:
            next(portal.iterate(never()))
        except ClientClosed as error:
            caught.append(error)

    walker = threading.Thread(target=walk)
    walker.start()
    started.wait(30)
    portal.close()
    walker.join(30)
    assert "while this call was running" in str(caught[0])


def test_error_follows_the_items_before_it(portal: Portal) -> None:
    """What the source gave before it failed arrives, then its error."""
    seen: list[int] = []
    with pytest.raises(ValueError, match="item 5"):
        seen.extend(portal.iterate(Source(10, fail_at=5)))
    items = portal.iterate(Source(10, fail_at=5))
    assert [next(items) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="item 5"):
        next(items)


def test_iterable_that_is_no_generator(portal: Portal) -> None:
    """Any object with ``__aiter__`` and ``__anext__`` will do."""

    class Countdown:
        left = 3

        def __aiter__(self) -> Countdown:
            return self

        async def __anext__(self) -> int:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return self.left

    assert list(portal.iterate(Countdown())) == [2, 1, 0]


def test_generator_collected_on_the_loop_thread(portal: Portal) -> None:
    """A cycle with a half-walked iterator may be collected by the loop's own thread, which must not wait for itself."""
    source = Source(1000)
    cycle: list[object] = [portal.iterate(source)]
    cycle.append(cycle)
    assert next(cycle[0]) == 0  # type: ignore[call-overload]
    del cycle

    async def collect() -> None:
        gc.collect()

    portal.call(collect)
    assert source.closed.wait(30)


def test_iterate_on_the_loop_thread_is_refused(portal: Portal) -> None:
    """Walking inside a coroutine of the same portal would wait for itself."""

    async def nested() -> list[int]:
        return list(portal.iterate(Source(3)))

    with pytest.raises(WouldDeadlock):
        portal.call(nested)
