"""Synchronous user code runs in daemon threads.

The threads of ``asyncio`` and ``anyio`` are joined when the interpreter exits, so one hung call would keep the
process alive; these are not. How many calls are in flight is the scheduler's business: a call finds an idle thread
or starts one.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar, cast

from attrs import define, field

from arize_async.executors.inline import InlineExecutor
from arize_async.executors.protocol import UserCode

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


@define(eq=False)
class _Job:
    """One call on its way through a thread."""

    code: UserCode[object]
    context: Context
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    result: object = None
    error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.context.run(self.code)
        except BaseException as error:  # noqa: BLE001 - handed to the waiting coroutine, which raises it
            self.error = error


@define(eq=False)
class _Worker:
    """A thread and the queue that feeds it; None ends it."""

    jobs: SimpleQueue[_Job | None] = field(factory=SimpleQueue)


class ThreadExecutor:
    """Calls code in threads of its own, one call a thread, idle threads first."""

    def __init__(self, name: str = "arize-task") -> None:
        """Name the threads; none is started yet."""
        self._name = name
        self._inline = InlineExecutor()
        self._idle: list[_Worker] = []
        self._busy = 0
        self._abandoned = 0
        self._started = 0
        self._closed = False

    def __repr__(self) -> str:
        """Show what is going on."""
        state = "closed" if self._closed else "open"
        return f"<ThreadExecutor {state} [{self._busy} busy, {len(self._idle)} idle, {self._abandoned} abandoned]>"

    async def call(self, code: UserCode[T]) -> T:
        """Run the code in a thread, in a copy of the caller's context.

        When the wait is cancelled the thread is abandoned: it ends with its call and is never reused before.
        """
        if self._closed:
            raise RuntimeError("the executor is closed")
        loop = asyncio.get_running_loop()
        job = _Job(code, copy_context(), loop, loop.create_future())
        worker = self._idle.pop() if self._idle else self._start()
        self._busy += 1
        worker.jobs.put(job)
        try:
            await job.done
        except BaseException:
            self._abandoned += not job.done.done() or job.done.cancelled()
            raise
        if job.error is not None:
            raise job.error
        result = job.result
        if inspect.isawaitable(result):  # a plain function may return a coroutine, as `lambda row: ask(row)` does
            return await self._inline.call(lambda: cast("Awaitable[T]", result))
        return cast("T", result)

    async def aclose(self) -> None:
        """End the idle threads; busy ones end with their call."""
        self._closed = True
        while self._idle:
            self._idle.pop().jobs.put(None)

    def _start(self) -> _Worker:
        worker = _Worker()
        self._started += 1
        threading.Thread(target=self._serve, args=(worker,), name=f"{self._name}-{self._started}", daemon=True).start()
        return worker

    def _serve(self, worker: _Worker) -> None:
        while (job := worker.jobs.get()) is not None:
            job.run()
            try:
                job.loop.call_soon_threadsafe(self._finish, worker, job)
            except RuntimeError:  # the loop is closed: the call was abandoned and nobody waits for this thread
                return
            del job  # an idle thread keeps no result alive

    def _finish(self, worker: _Worker, job: _Job) -> None:
        """On the loop's thread: wake the caller and keep the thread for the next call."""
        self._busy -= 1
        if job.done.cancelled():
            self._abandoned -= 1
        else:
            job.done.set_result(None)
        if self._closed:
            worker.jobs.put(None)
        else:
            self._idle.append(worker)
