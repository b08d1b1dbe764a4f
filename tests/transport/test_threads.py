"""Blocking calls on daemon threads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from arize_async.transport.threads import in_thread


async def test_the_result_comes_back() -> None:
    """What the function returns is returned, and it ran on a daemon thread."""

    def work() -> tuple[str, bool]:
        return threading.current_thread().name, threading.current_thread().daemon

    assert await in_thread(work, name="worker", grace=1) == ("worker", True)


async def test_an_exception_comes_back() -> None:
    """What the function raises is raised where it is awaited."""

    def work() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        await in_thread(work, name="worker", grace=1)


async def test_cancellation_stops_the_call_and_waits_for_it() -> None:
    """The thread is told, and has ended before the cancellation goes on."""
    started, told, ended = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(started.set)
        assert told.wait(10)
        ended.set()

    task = asyncio.ensure_future(in_thread(work, name="worker", cancel=told.set, grace=10))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_thread_that_does_not_listen_is_left_behind() -> None:
    """After the grace the cancellation goes on, and a late result harms nobody."""
    started, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def work() -> None:
        loop.call_soon_threadsafe(started.set)
        assert release.wait(10)
        loop.call_soon_threadsafe(ended.set)

    task = asyncio.ensure_future(in_thread(work, name="worker", grace=0.01))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    await ended.wait()


def test_a_stuck_thread_does_not_keep_the_process_alive() -> None:
    """The interpreter exits while a call hangs for ever."""
    program = """
import asyncio, threading
from arize_async.transport.threads import in_thread
async def main():
    await asyncio.wait_for(in_thread(threading.Event().wait, name="stuck", grace=0.01), 0.05)
try:
    asyncio.run(main())
except TimeoutError:
    print("left")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("left\n", "")
