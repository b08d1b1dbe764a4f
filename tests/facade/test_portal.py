"""Blocking calls on the portal's event loop."""

from __future__ import annotations

import _thread
import asyncio
import concurrent.futures
import gc
import threading
import traceback
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from arize_async.errors import ClientClosed, WouldDeadlock
from arize_sync._portal import Portal

user: ContextVar[str] = ContextVar("user", default="nobody")


async def goodbye() -> None:
    """Close nothing."""


async def double(number: int, *, plus: int = 0) -> int:
    """Compute something on the loop."""
    await anyio.lowlevel.checkpoint()
    return 2 * number + plus


def test_call_returns_what_the_coroutine_returns(portal: Portal) -> None:
    """Positional and keyword arguments arrive, and the value comes back."""
    assert portal.call(double, 20, plus=2) == 42


def test_loop_starts_with_the_first_call(portal: Portal) -> None:
    """A portal that was not used has no thread; one that was shows how many calls run."""
    before = threading.active_count()
    assert repr(portal) == "<Portal [idle]>"
    portal.call(double, 1)
    assert threading.active_count() == before + 1
    assert repr(portal) == "<Portal [0 running]>"


def test_calls_share_one_loop(portal: Portal) -> None:
    """Whatever thread calls, coroutines run on the same event loop."""

    async def loop() -> int:
        return id(asyncio.get_running_loop())

    with ThreadPoolExecutor(8) as pool:
        loops = {future.result() for future in [pool.submit(portal.call, loop) for _ in range(64)]}
    assert len(loops) == 1


def test_threads_call_at_the_same_time(portal: Portal) -> None:
    """Calls of many threads are in flight together: each waits until all have arrived."""
    arrived = 0
    everyone = asyncio.Event()

    async def meet() -> int:
        nonlocal arrived
        arrived += 1
        if arrived == 8:
            everyone.set()
        await everyone.wait()
        return arrived

    with ThreadPoolExecutor(8) as pool:
        assert [future.result(30) for future in [pool.submit(portal.call, meet) for _ in range(8)]] == [8] * 8


async def test_call_inside_a_running_loop_blocks_it(portal: Portal) -> None:
    """A notebook cell runs inside an event loop; a call there answers all the same."""
    assert asyncio.get_running_loop().is_running()
    assert portal.call(double, 21) == 42


def test_context_variables_reach_the_coroutine(portal: Portal) -> None:
    """The coroutine sees the caller's context and cannot change it."""

    async def rename() -> str:
        seen = user.get()
        user.set("somebody else")
        return seen

    token = user.set("alice")
    try:
        assert portal.call(rename) == "alice"
        assert user.get() == "alice"
    finally:
        user.reset(token)


def test_exception_passes_with_its_traceback(portal: Portal) -> None:
    """The very exception object is raised, and its traceback names the coroutine."""
    raised = ValueError("wrong")

    async def fail() -> None:
        raise raised

    with pytest.raises(ValueError, match="wrong") as caught:
        portal.call(fail)
    assert caught.value is raised
    assert "fail" in [frame.name for frame in traceback.extract_tb(raised.__traceback__)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, concurrent.futures.CancelledError])
def test_exceptions_that_end_programs_do_not_end_the_loop(portal: Portal, error: type[BaseException]) -> None:
    """What a coroutine raises is raised to the caller alone; the next call is answered."""

    async def fail() -> None:
        raise error

    with pytest.raises(error):
        portal.call(fail)
    assert portal.call(double, 1) == 2


def test_coroutine_that_cancels_itself(portal: Portal) -> None:
    """A cancellation that nobody asked for is an error in the caller, not a cancellation of the caller."""

    async def fail() -> None:
        raise asyncio.CancelledError

    with pytest.raises(concurrent.futures.CancelledError):
        portal.call(fail)


def test_exception_is_freed_with_its_last_reference(portal: Portal) -> None:
    """An exception and the frames in its traceback need no garbage collector."""

    class Big:
        pass

    witnesses: list[weakref.ref[Big]] = []

    async def fail() -> None:
        big = Big()
        witnesses.append(weakref.ref(big))
        raise ValueError

    gc.disable()
    try:
        with pytest.raises(ValueError):  # noqa: PT011 - the message is empty
            portal.call(fail)
        portal.call(double, 1)
        assert witnesses[0]() is None
    finally:
        gc.enable()


def test_call_on_the_loop_thread_is_refused(portal: Portal) -> None:
    """A blocking call inside a coroutine of the same portal would wait for itself."""

    async def nested() -> int:
        return portal.call(double, 1)

    with pytest.raises(WouldDeadlock, match="arize_async"):
        portal.call(nested)

    async def close() -> None:
        portal.close()

    with pytest.raises(WouldDeadlock):
        portal.call(close)


def test_call_from_a_worker_thread_of_a_call(portal: Portal) -> None:
    """A synchronous task may use the client that runs it."""

    async def run_task() -> int:
        return await anyio.to_thread.run_sync(lambda: portal.call(double, 21))

    assert portal.call(run_task) == 42


def test_call_of_another_portal_from_the_loop_thread() -> None:
    """A client blocks the loop of another one, and both answer."""
    outer, inner = Portal(goodbye), Portal(goodbye)

    async def nested() -> int:
        return inner.call(double, 21)

    assert outer.call(nested) == 42
    outer.close()
    inner.close()


def test_call_under_another_event_loop_library(portal: Portal) -> None:
    """What library the calling thread believes to run is no matter on the portal's loop."""
    sniffio = pytest.importorskip("sniffio")
    token = sniffio.current_async_library_cvar.set("trio")
    try:
        assert portal.call(double, 21) == 42
    finally:
        sniffio.current_async_library_cvar.reset(token)


def test_farewell_is_said_once_on_the_loop() -> None:
    """Closing awaits the farewell on the event loop and ends its thread; closing again does nothing."""
    said: list[str] = []

    async def farewell() -> None:
        await anyio.lowlevel.checkpoint()
        said.append(threading.current_thread().name)

    before = threading.active_count()
    portal = Portal(farewell)
    portal.call(double, 1)
    portal.close()
    portal.close()
    assert said == ["arize-sync"]
    assert threading.active_count() == before
    assert repr(portal) == "<Portal [closed]>"


def test_farewell_of_a_portal_that_was_never_used() -> None:
    """What the constructor prepared is closed too."""
    said: list[bool] = []

    async def farewell() -> None:
        said.append(True)

    Portal(farewell).close()
    assert said == [True]


def test_failing_farewell_is_raised_and_ends_the_loop() -> None:
    """An error while closing reaches the caller; the thread is gone nevertheless."""

    async def farewell() -> None:
        raise OSError("cannot flush")

    before = threading.active_count()
    portal = Portal(farewell)
    with pytest.raises(OSError, match="cannot flush"):
        portal.close()
    portal.close()
    assert threading.active_count() == before


def test_call_after_close() -> None:
    """A closed portal says so."""
    portal = Portal(goodbye)
    portal.close()
    with pytest.raises(ClientClosed, match="closed"):
        portal.call(double, 1)


def test_close_cancels_what_runs() -> None:
    """A call in another thread ends with a clear error, after its cleanup and before the farewell."""
    events: list[str] = []
    running = threading.Event()

    async def farewell() -> None:
        events.append("farewell")

    async def work() -> None:
        running.set()
        try:
            await anyio.sleep_forever()
        finally:
            await asyncio.sleep(0)
            events.append("cleanup")

    portal = Portal(farewell)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(portal.call, work)
        running.wait(30)
        portal.close()
        with pytest.raises(ClientClosed, match="while this call was running"):
            future.result(30)
    assert events == ["cleanup", "farewell"]


def test_threads_race_close() -> None:
    """Calls that race with close() either answer or raise ClientClosed; none hangs."""
    for _ in range(20):
        portal = Portal(goodbye)
        barrier = threading.Barrier(5)

        def race(portal: Portal = portal, barrier: threading.Barrier = barrier) -> int | None:
            barrier.wait(30)
            try:
                return portal.call(double, 1)
            except ClientClosed:
                return None

        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(race) for _ in range(4)]
            barrier.wait(30)
            portal.close()
            assert {future.result(30) for future in futures} <= {2, None}


def test_what_never_ends_does_not_hold_up_the_close(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """User code may have started tasks of its own that do not mind their cancellation."""
    monkeypatch.setattr("arize_sync._loop.LEAVING", 0.05)
    released, ended = threading.Event(), threading.Event()

    async def stubborn() -> None:
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
        ended.set()

    async def start() -> asyncio.Task[None]:
        return asyncio.create_task(stubborn())

    task = portal.call(start)
    portal.close()
    assert not ended.is_set()
    released.set()
    assert ended.wait(30)
    del task


@pytest.mark.parametrize("stubborn", [False, True])
def test_interrupt_waits_for_cleanup(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, stubborn: bool
) -> None:
    """An interrupted call is cancelled and cleans up; one that does not in time is left behind, with a warning."""
    monkeypatch.setattr("arize_sync._loop.GRACE", 0.05)
    cleaned_up = threading.Event()
    let_go = asyncio.Event()

    async def work() -> None:
        _thread.interrupt_main()
        try:
            await anyio.sleep_forever()
        finally:
            if stubborn:
                await let_go.wait()
            cleaned_up.set()

    async def free() -> None:
        let_go.set()

    with pytest.raises(KeyboardInterrupt):
        portal.call(work)
    assert cleaned_up.is_set() is not stubborn
    assert ("did not clean up" in caplog.text) is stubborn
    portal.call(free)
    assert cleaned_up.wait(30)


def test_loop_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps the loop from starting is raised to the caller."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("arize_sync._loop.anyio.run", fail)
    portal = Portal(goodbye)
    with pytest.raises(OSError, match="Too many open files"):
        portal.call(double, 1)
    with pytest.raises(OSError, match="Too many open files"):
        portal.close()
    with pytest.raises(ClientClosed):
        portal.call(double, 1)


def test_collected_portal_says_farewell() -> None:
    """A portal that nobody holds any more closes what it opened, and its thread ends."""
    said = threading.Event()

    async def farewell() -> None:
        said.set()

    portal = Portal(farewell)
    portal.call(double, 1)
    del portal
    gc.collect()
    assert said.wait(30)


def test_portal_lives_as_long_as_its_callers() -> None:
    """A bound method, such as the one that a page keeps, holds the portal."""
    said = threading.Event()

    async def farewell() -> None:
        said.set()

    call = Portal(farewell).call
    gc.collect()
    assert call(double, 21) == 42
    assert not said.is_set()
    del call
    gc.collect()
    assert said.wait(30)
