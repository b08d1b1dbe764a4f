"""Asynchronous iterators as iterators."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.errors import ClientClosed, WouldDeadlock
from arize_sync._portal import Portal, Stream


class Source:
    """Gives numbers in bursts.

    Attributes:
        asked: How often an item was asked for.
        ready: How many items can be taken without waiting.
    """

    def __init__(self, *bursts: int, fail_at: int | None = None) -> None:
        """Plan how many items come at once, each time; one may be an error instead."""
        self._bursts = list(bursts)
        self._fail_at = fail_at
        self.given = 0
        self.asked = 0
        self.waited = 0
        self.ready = 0

    async def __anext__(self) -> int:
        """Return the next number."""
        self.asked += 1
        if not self.ready:
            self.waited += 1
            await anyio.lowlevel.checkpoint()
            if not self._bursts:
                raise StopAsyncIteration
            self.ready = self._bursts.pop(0)
        self.ready -= 1
        self.given += 1
        if self.given - 1 == self._fail_at:
            raise ValueError(f"item {self._fail_at}")
        return self.given - 1


class Silence:
    """Gives nothing, ever."""

    ready = 0

    def __init__(self) -> None:
        """Tell when somebody waits, and when nobody does any more."""
        self.waiting = threading.Event()
        self.left = threading.Event()

    async def __anext__(self) -> int:
        """Wait."""
        self.waiting.set()
        try:
            await anyio.sleep_forever()
        finally:
            self.left.set()
        raise AssertionError


@settings(deadline=None)
@given(bursts=st.lists(st.integers(1, 9), max_size=9))
def test_items_arrive_once_and_in_order(bursts: list[int]) -> None:
    """However the items come, each arrives exactly once, in order, and the loop is asked once a burst."""
    portal, source = Portal(anyio.lowlevel.checkpoint), Source(*bursts)
    assert list(Stream(source, portal)) == list(range(sum(bursts)))
    assert source.waited == len(bursts) + 1
    portal.close()


def test_nothing_is_taken_that_is_not_asked_for(portal: Portal) -> None:
    """A caller that leaves early has not seen the end, and neither has what it left."""
    source = Source(1, 2)
    stream = Stream[Source, int](source, portal)
    assert source.asked == 0
    assert next(stream) == 0
    assert source.asked == 1
    assert next(stream) == 1
    assert (source.asked, source.ready) == (3, 0)
    assert next(stream) == 2
    assert source.asked == 3


def test_ready_items_need_no_hop(portal: Portal) -> None:
    """Items that came together are handed over although the loop is busy with something else."""
    stream = Stream[Source, int](Source(10), portal)
    assert next(stream) == 0
    release, blocked = threading.Event(), threading.Event()

    async def block() -> None:
        blocked.set()
        release.wait(30)

    blocker = threading.Thread(target=portal.call, args=(block,))
    blocker.start()
    blocked.wait(30)
    assert [next(stream) for _ in range(9)] == list(range(1, 10))
    release.set()
    blocker.join()


def test_iteration_goes_on_where_it_was_left(portal: Portal) -> None:
    """A second loop over a stream continues with the item after the last one."""
    stream = Stream[Source, int](Source(3, 3), portal)
    for number in stream:
        if number == 1:
            break
    assert list(stream) == [2, 3, 4, 5]
    assert list(stream) == []


def test_error_follows_the_items_before_it(portal: Portal) -> None:
    """What was ready before the source failed arrives first, then the error, once."""
    stream = Stream[Source, int](Source(10, fail_at=5), portal)
    assert [next(stream) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="item 5"):
        next(stream)
    assert list(stream) == []


def test_threads_share_a_stream(portal: Portal) -> None:
    """Each item goes to one of the threads that iterate."""
    stream = Stream[Source, int](Source(*[3] * 50), portal)
    with ThreadPoolExecutor(4) as pool:
        parts = [future.result(30) for future in [pool.submit(list, stream) for _ in range(4)]]
    assert sorted(number for part in parts for number in part) == list(range(150))


def test_close_ends_a_wait(portal: Portal) -> None:
    """Closing the client in another thread ends the wait for an item with a clear error."""
    silence = Silence()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, Stream[Silence, int](silence, portal))
        assert silence.waiting.wait(30)
        portal.close()
        with pytest.raises(ClientClosed, match="while this call was running"):
            waiting.result(30)
    assert silence.left.is_set()


def test_iterate_on_the_loop_thread_is_refused(portal: Portal) -> None:
    """Iterating inside a coroutine of the same portal would wait for itself."""

    async def nested() -> list[int]:
        return list(Stream[Source, int](Source(3), portal))

    with pytest.raises(WouldDeadlock):
        portal.call(nested)
