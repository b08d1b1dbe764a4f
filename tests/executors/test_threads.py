"""Worker threads: really parallel, never in the way of the process's end."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.executors.threads import ThreadExecutor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from arize_async.executors.call import Call

    MakeCall = Callable[..., Call[Any]]


@pytest.fixture
async def threads() -> AsyncIterator[ThreadExecutor]:
    """Open an executor and close it."""
    executor = ThreadExecutor()
    yield executor
    await executor.aclose()


async def settled(threads: ThreadExecutor, state: str) -> None:
    """Wait until the threads are in a state: they go to sleep on their own time."""
    async with asyncio.timeout(30):
        while repr(threads) != f"<ThreadExecutor {state}>":  # noqa: ASYNC110 - there is no event for this, nor a need
            await asyncio.sleep(0.001)


async def test_calls_run_at_the_same_time(threads: ThreadExecutor, make_call: MakeCall) -> None:
    """Five blocking calls that wait for each other meet."""
    meeting = threading.Barrier(5, timeout=30)
    await asyncio.gather(*(threads.run(make_call(meeting.wait)) for _ in range(5)))
    await settled(threads, "open [0 busy, 5 idle, 0 abandoned]")


async def test_many_calls_run_at_the_same_time(threads: ThreadExecutor, make_call: MakeCall) -> None:
    """Whatever the order in which calls come and threads wake: as many threads as calls that block."""
    for _ in range(5):
        meeting = threading.Barrier(50, timeout=30)
        await asyncio.gather(*(threads.run(make_call(meeting.wait)) for _ in range(50)))
        await asyncio.gather(*(threads.run(make_call(int)) for _ in range(500)))
    await settled(threads, "open [0 busy, 50 idle, 0 abandoned]")


async def test_idle_threads_are_used_again(threads: ThreadExecutor, make_call: MakeCall) -> None:
    """Calls one after the other share one daemon thread."""
    seen = {(await threads.run(make_call(threading.current_thread))).value for _ in range(100)}
    (thread,) = seen
    assert thread is not None
    assert thread.daemon


async def test_context_variables_reach_the_call(threads: ThreadExecutor, make_call: MakeCall) -> None:
    """The call sees the caller's context and does not change it."""
    variable = contextvars.ContextVar("variable", default=0)
    variable.set(1)

    def code() -> int:
        found = variable.get()
        variable.set(2)
        return found

    assert (await threads.run(make_call(code))).value == 1
    assert variable.get() == 1


async def test_a_late_call_gives_its_slot_back(make_call: MakeCall) -> None:
    """The wait ends in time; the thread comes back when the call does."""
    threads = ThreadExecutor(timeout=0.01)
    release = threading.Event()
    outcome = await threads.run(make_call(lambda: release.wait(30)))
    assert repr(outcome.error) == "TimeoutError('timed out after 0.01 s')"
    await settled(threads, "open [1 busy, 0 idle, 1 abandoned]")
    assert (await threads.run(make_call(lambda: "next"))).value == "next"
    release.set()
    await settled(threads, "open [0 busy, 2 idle, 0 abandoned]")
    await threads.aclose()


async def test_a_wait_that_is_cancelled_abandons_the_thread(threads: ThreadExecutor, make_call: MakeCall) -> None:
    """It ends at once, whatever the code does."""
    release = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await threads.run(make_call(lambda: release.wait(30)))
    await settled(threads, "open [1 busy, 0 idle, 1 abandoned]")
    release.set()
    await settled(threads, "open [0 busy, 1 idle, 0 abandoned]")


async def test_a_late_coroutine_of_an_abandoned_call_is_closed(make_call: MakeCall) -> None:
    """Nobody awaits it, and nobody warns of that."""
    threads = ThreadExecutor(timeout=0.01)
    release = threading.Event()

    async def never_awaited() -> None:
        raise AssertionError

    def code() -> Any:
        release.wait(30)
        return never_awaited()

    assert (await threads.run(make_call(code))).failed
    release.set()
    await settled(threads, "open [0 busy, 1 idle, 0 abandoned]")
    await asyncio.sleep(0)
    await threads.aclose()


async def test_when_no_thread_can_be_started_calls_wait(
    threads: ThreadExecutor, make_call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system at its limit makes calls slower, not fewer; without any thread they are refused."""

    class NoThread:
        def __init__(self, **_: Any) -> None: ...

        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    await threads.run(make_call(int))
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Thread", NoThread)
        outcomes = await asyncio.gather(*(threads.run(make_call(int)) for _ in range(20)))
        assert [outcome.value for outcome in outcomes] == [0] * 20
        with pytest.raises(RuntimeError, match="can't start"):
            await ThreadExecutor().run(make_call(int))


async def test_a_closed_executor_refuses(threads: ThreadExecutor, make_call: MakeCall) -> None:
    """After closing, a call is an error and no thread is left."""
    worker = (await threads.run(make_call(threading.current_thread))).value
    await threads.aclose()
    assert worker is not None
    worker.join(30)
    assert not worker.is_alive()
    with pytest.raises(RuntimeError, match="closed"):
        await threads.run(make_call(int))


def test_a_hung_call_does_not_keep_the_process_alive() -> None:
    """The interpreter exits while a call hangs."""
    script = """
import asyncio, time
from contextvars import copy_context
from arize_async.executors.call import Call
from arize_async.executors.clock import SystemClock
from arize_async.executors.threads import ThreadExecutor
async def main():
    call = Call(lambda: time.sleep(600), str, copy_context(), SystemClock())
    print((await ThreadExecutor(timeout=0.05).run(call)).error)
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("timed out after 0.05 s\n", "")
