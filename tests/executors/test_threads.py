"""Worker threads: really parallel, never in the way of the process's end."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from arize_async.executors.inline import InlineExecutor
from arize_async.executors.threads import ThreadExecutor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def threads() -> AsyncIterator[ThreadExecutor]:
    """Open an executor and close it."""
    executor = ThreadExecutor()
    yield executor
    await executor.aclose()


async def test_calls_run_at_the_same_time(threads: ThreadExecutor) -> None:
    """Five blocking calls that wait for each other meet."""
    meeting = threading.Barrier(5, timeout=30)
    await asyncio.gather(*(threads.call(meeting.wait) for _ in range(5)))
    assert repr(threads) == "<ThreadExecutor open [0 busy, 5 idle, 0 abandoned]>"


async def test_idle_threads_are_used_again(threads: ThreadExecutor) -> None:
    """Calls one after the other share one daemon thread."""
    seen = {await threads.call(threading.current_thread) for _ in range(5)}
    assert len(seen) == 1
    assert seen.pop().daemon


async def test_context_variables_reach_the_call(threads: ThreadExecutor) -> None:
    """The call sees the caller's context and does not change it."""
    variable = contextvars.ContextVar("variable", default=0)
    variable.set(1)

    def call() -> int:
        found = variable.get()
        variable.set(2)
        return found

    assert await threads.call(call) == 1
    assert variable.get() == 1


@pytest.mark.parametrize("error", [ValueError("bad"), KeyError(1)])
async def test_errors_come_out(threads: ThreadExecutor, error: Exception) -> None:
    """What the call raises is raised by the wait."""

    def call() -> None:
        raise error

    with pytest.raises(type(error)):
        await threads.call(call)


async def test_stop_iteration_does_not_hang(threads: ThreadExecutor) -> None:
    """The one exception that a future cannot carry becomes a RuntimeError."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        await threads.call(lambda: next(iter(())))


async def test_a_plain_function_may_return_a_coroutine(threads: ThreadExecutor) -> None:
    """What a lambda returns is awaited on the loop."""

    async def answer() -> int:
        return threading.get_ident()

    assert await threads.call(lambda: answer()) == threading.get_ident()
    assert await InlineExecutor().call(lambda: answer()) == threading.get_ident()


async def test_an_abandoned_call_gives_its_slot_back(threads: ThreadExecutor) -> None:
    """A wait that is cancelled ends at once; the thread comes back when the call does."""
    release = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await threads.call(lambda: release.wait(30))
    assert repr(threads) == "<ThreadExecutor open [1 busy, 0 idle, 1 abandoned]>"
    assert await threads.call(lambda: "next") == "next"
    release.set()
    while "1 busy" in repr(threads):  # noqa: ASYNC110 - the executor has no event for this, and needs none
        await asyncio.sleep(0)
    assert repr(threads) == "<ThreadExecutor open [0 busy, 2 idle, 0 abandoned]>"


async def test_a_closed_executor_refuses(threads: ThreadExecutor) -> None:
    """After closing, a call is an error and no thread is left."""
    worker = await threads.call(threading.current_thread)
    await threads.aclose()
    worker.join(30)
    assert not worker.is_alive()
    with pytest.raises(RuntimeError, match="closed"):
        await threads.call(lambda: 1)


def test_a_hung_call_does_not_keep_the_process_alive() -> None:
    """The interpreter exits while a call hangs."""
    script = """
import asyncio, time
from arize_async.executors.threads import ThreadExecutor
async def main():
    try:
        async with asyncio.timeout(0.05):
            await ThreadExecutor().call(lambda: time.sleep(600))
    except TimeoutError:
        print("abandoned")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("abandoned\n", "")
