"""No worker process outlives its parent, whatever the end of the parent and whatever the worker does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARENT = """
import asyncio, os, re, sys, time
from contextvars import copy_context
from arize_async.executors.call import Call
from arize_async.executors.clock import SystemClock
from arize_async.executors.processes import ProcessExecutor

def hang():
    print(os.getpid(), flush=True)
    {hang}

async def main():
    executor = ProcessExecutor(1)
    await executor.run(Call(hang, str, copy_context(), SystemClock()))

asyncio.run(main())
"""
HANGS = {
    "asleep": "time.sleep(600)",
    "in C code that holds the interpreter": "re.match(r'(a+)+$', 'a' * 64 + 'b')",
}


@pytest.fixture(params=HANGS.values(), ids=list(HANGS))
def parent(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """Start a program whose worker hangs, in a group of its own as a shell does."""
    script = PARENT.replace("{hang}", request.param)
    arguments = [sys.executable, "-c", script]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        yield process
        process.kill()


def worker_of(parent: subprocess.Popen[str]) -> int:
    """Return the number that the worker has printed."""
    assert parent.stdout is not None
    return int(parent.stdout.readline())


def gone(pid: int) -> bool:
    """Wait until there is no such process."""
    end = time.monotonic() + 30
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < end:
            os.kill(pid, 0)
            time.sleep(0.01)
        return False
    return True


def test_a_killed_parent_leaves_no_worker(parent: subprocess.Popen[str]) -> None:
    """The kernel tells, so it does not matter what the worker does."""
    worker = worker_of(parent)
    parent.kill()
    assert gone(worker)


def test_an_interrupt_ends_both_at_once(parent: subprocess.Popen[str]) -> None:
    """The terminal's signal ends the parent, which ends the worker; the only traceback is the parent's."""
    worker = worker_of(parent)
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=60)
    assert errors.count("Traceback") == 2  # asyncio turns a cancellation into the interrupt
    assert errors.endswith("KeyboardInterrupt\n")
    assert "in hang" not in errors
    assert gone(worker)


def test_without_help_of_the_kernel_a_thread_watches(tmp_path: Path) -> None:
    """Systems other than Linux do not send a signal when a pipe ends."""
    script = """
import fcntl, os, sys, time
del fcntl.F_SETSIG
from arize_async.executors.worker_main import die_with_parent
os.setsid()
ours, theirs = os.pipe()
child = os.fork()
if child:
    print(child, flush=True)
    time.sleep(600)
os.close(theirs)
os.setsid()
die_with_parent(ours)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        worker = worker_of(process)
        process.kill()
    assert gone(worker)
