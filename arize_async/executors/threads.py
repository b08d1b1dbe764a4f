"""Synchronous user code runs in daemon threads.

The threads of ``asyncio`` and ``anyio`` are joined when the interpreter exits, so one hung call would keep the
process alive; these are not. How many calls are in flight is the scheduler's business: a call finds an idle thread
or starts one.

Waking a thread costs more than a short call. So calls wait in one queue, one thread at a time is on its way to them,
and a thread that finds more than one call wakes the next before it begins: short calls are done by few threads, and
calls that block are soon in as many threads as there are calls. Finished calls are handed back in batches.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable
from typing import Any, Generic, TypeVar

from attrs import define, field

from arize_async.executors.call import Call, Outcome
from arize_async.executors.deadlines import Deadlines
from arize_async.executors.inline import InlineExecutor
from arize_async.executors.protocol import timed_out

R = TypeVar("R")


@define(eq=False)
class _Job(Generic[R]):
    """A call on its way through a thread.

    Attributes:
        begun: Whether a thread has taken it.
        abandoned: Whether nobody waits for it any longer.
    """

    call: Call[R]
    done: asyncio.Future[Outcome[R] | Awaitable[object]]
    begun: bool = False
    abandoned: bool = False
    result: Outcome[R] | Awaitable[object] | None = None


@define(eq=False)
class _Thread:
    """What a thread waits for when it is idle: somebody releases the lock."""

    wake: threading.Lock = field(factory=threading.Lock)


class ThreadExecutor:
    """Calls code in threads of its own, one call a thread at a time, idle threads first."""

    def __init__(self, name: str = "arize-task", timeout: float | None = None) -> None:
        """Name the threads and give each call so many seconds; no thread is started yet."""
        self._name = name
        self._timeout = timeout
        self._deadlines: Deadlines[_Job[Any]] = Deadlines(timeout, self._expire)
        self._inline = InlineExecutor(timeout)
        self._lock = threading.Lock()  # guards everything below
        self._jobs: deque[_Job[Any]] = deque()
        self._ended: list[_Job[Any]] = []
        self._idle: list[_Thread] = []
        self._looking = 0  # threads that will look for a call without being woken
        self._returning = False  # the event loop will fetch what has ended
        self._busy = 0
        self._abandoned = 0
        self._started = 0
        self._closed = False

    def __repr__(self) -> str:
        """Show what is going on."""
        state = "closed" if self._closed else "open"
        return f"<ThreadExecutor {state} [{self._busy} busy, {len(self._idle)} idle, {self._abandoned} abandoned]>"

    async def run(self, call: Call[R]) -> Outcome[R]:
        """Run the code in a thread.

        When it is late or the wait is cancelled the thread is abandoned: it ends with its call and takes no other
        before.

        Raises:
            RuntimeError: The executor is closed.
        """
        if self._closed:
            raise RuntimeError("the executor is closed")
        job: _Job[R] = _Job(call, asyncio.get_running_loop().create_future())
        self._deadlines.add(job)
        try:
            self._submit(job)
            result = await job.done
        except BaseException:
            self._abandon(job)
            raise
        finally:
            self._deadlines.discard(job)
        if not isinstance(result, Outcome):  # a plain function may return a coroutine, as `lambda row: ask(row)` does
            return await self._inline.follow(call, result)
        return result

    async def aclose(self) -> None:
        """End the idle threads; busy ones end with their call."""
        self._deadlines.close()
        await self._inline.aclose()
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            self._looking += len(idle)
        for thread in idle:
            thread.wake.release()

    def _submit(self, job: _Job[Any]) -> None:
        with self._lock:
            self._busy += 1
            self._jobs.append(job)
            wake = self._next_to_wake()
        if wake is not None:
            self._wake(wake)

    def _next_to_wake(self) -> _Thread | None:
        """Choose a thread for the calls that wait, unless one is on its way to them; with the lock held."""
        if self._looking or not self._jobs:
            return None
        self._looking += 1
        return self._idle.pop() if self._idle else _Thread()

    def _wake(self, thread: _Thread) -> None:
        if thread.wake.locked():
            thread.wake.release()
            return
        self._started += 1
        name = f"{self._name}-{self._started}"
        try:
            threading.Thread(target=self._serve, args=(thread,), name=name, daemon=True).start()
        except RuntimeError:  # the system gives no more threads: those there are take the call when they are free
            with self._lock:
                self._looking -= 1
                self._started -= 1
                if not self._started:
                    raise

    def _abandon(self, job: _Job[Any]) -> None:
        with self._lock:
            if job.abandoned or job.result is not None:
                return
            job.abandoned = True
            if job.begun:
                self._abandoned += 1
            elif job in self._jobs:
                self._jobs.remove(job)
                self._busy -= 1

    def _expire(self, job: _Job[Any]) -> None:
        if not job.done.done():
            self._abandon(job)
            job.done.set_result(job.call.ended(timed_out(self._timeout)))

    def _serve(self, me: _Thread) -> None:
        """In a thread: do what waits, then sleep until woken."""
        me.wake.acquire()
        while True:
            while (job := self._take(me)) is not None:
                job.result = job.call.context.run(job.call.perform)
                if not self._hand_back(job):
                    return
                del job  # an idle thread keeps no result alive
            if self._closed:
                return
            me.wake.acquire()

    def _take(self, me: _Thread) -> _Job[Any] | None:
        with self._lock:
            self._looking -= 1
            if not self._jobs:
                if not self._closed:
                    self._idle.append(me)
                return None
            job = self._jobs.popleft()
            job.begun = True
            wake = self._next_to_wake()
        if wake is not None:
            self._wake(wake)
        return job

    def _hand_back(self, job: _Job[Any]) -> bool:
        """Leave the result for the event loop; False when that is gone, and nobody waits for this thread."""
        with self._lock:
            self._looking += 1
            self._busy -= 1
            self._abandoned -= job.abandoned
            self._ended.append(job)
            fetch, self._returning = not self._returning, True
        if fetch:
            try:
                job.done.get_loop().call_soon_threadsafe(self._fetch)
            except RuntimeError:
                return False
        return True

    def _fetch(self) -> None:
        """On the loop's thread: wake whoever waits for what has ended."""
        with self._lock:
            ended, self._ended = self._ended, []
            self._returning = False
        for job in ended:
            if job.result is not None and not job.done.done():
                job.done.set_result(job.result)
            elif asyncio.iscoroutine(job.result):
                job.result.close()
