"""Synchronous user code runs in processes of its own, which can be killed.

A call that is late, or that nobody waits for any longer, ends with its process; the next call gets a fresh one. What a
call takes and returns is pickled; context variables stay behind. A function is sent to each process once, so what it
keeps in globals of its module lives as long as the process.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar, cast

import attrs

from arize_async.executors.call import Call, Outcome
from arize_async.executors.clock import SystemClock
from arize_async.executors.crossing import Reply, Requests, fail
from arize_async.executors.threads import ThreadExecutor
from arize_async.executors.worker import Worker

R = TypeVar("R")


class ProcessExecutor:
    """Calls code in worker processes, one call a process at a time, idle processes first."""

    def __init__(self, processes: int, timeout: float | None = None) -> None:
        """Start nothing yet.

        Args:
            processes: Most processes at the same time; calls beyond that wait, which is not part of their time.
            timeout: Seconds for the code of each call, from the time when a process has loaded it; None for no bound.
        """
        self._timeout = timeout
        self._free = asyncio.Semaphore(processes)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._waiting = 0
        self._requests = Requests()
        self._conversations = ThreadExecutor("arize-worker-call")
        self._results = ThreadExecutor("arize-worker-result", timeout)
        self._closed = False

    def __repr__(self) -> str:
        """Show what is going on."""
        state = "closed" if self._closed else "open"
        return f"<ProcessExecutor {state} [{len(self._busy)} busy, {len(self._idle)} idle, {self._waiting} waiting]>"

    async def run(self, call: Call[R]) -> Outcome[R]:
        """Run the code in a process, and convert its value here, in a thread.

        When it is late or the wait is cancelled the process is killed.

        Raises:
            RuntimeError: The executor is closed.
        """
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            while (reply := await self._perform(call)) is None:
                pass
        finally:
            self._free.release()
        outcome = await self._results.run(Call(reply.load, call.convert, call.context, call.clock))
        return attrs.evolve(outcome, started_ns=reply.started_ns, seconds=reply.seconds)

    async def aclose(self) -> None:
        """Kill the busy processes, and let the idle ones end."""
        self._closed = True
        for worker in self._busy:
            worker.kill()
        idle, self._idle = self._idle, []
        try:
            async with asyncio.TaskGroup() as group:
                for worker in idle:
                    stop = Call(worker.stop, bool, copy_context(), SystemClock())
                    group.create_task(self._conversations.run(stop))
        finally:
            for worker in idle:
                worker.kill()
            await self._conversations.aclose()
            await self._results.aclose()

    async def _perform(self, call: Call[Any]) -> Reply | None:
        """Give a call to a worker; None when that had died in the meantime."""
        if self._closed:
            raise RuntimeError("the executor is closed")
        worker = self._take(call)
        self._busy.add(worker)
        try:
            task = Call(partial(self._converse, worker, call), _as_reply, call.context, call.clock)
            outcome = await self._conversations.run(task)
        except BaseException:
            worker.kill()
            raise
        finally:
            self._busy.discard(worker)
        if worker.usable:
            self._idle.append(worker)
        if outcome.error is not None:
            return Reply(partial(fail, outcome.error), outcome.started_ns, outcome.seconds)
        return outcome.value

    def _converse(self, worker: Worker, call: Call[Any]) -> Reply | None:
        """In a thread: pickle the call and give it to the worker."""
        return worker.perform(self._requests.make(call.code))

    def _take(self, call: Call[Any]) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.usable:
                return worker
            worker.kill()
        return Worker(self._timeout, call.clock)


def _as_reply(value: object) -> Reply | None:
    return cast("Reply | None", value)
