"""Where synchronous user code runs: in threads of this process, or in processes of its own."""

from __future__ import annotations

import os
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Literal

from arize_async.errors import InvalidEvaluator, InvalidInput, InvalidTask
from arize_async.executors.call import Call
from arize_async.executors.threads import ThreadExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arize_async.executors.clock import Clock
    from arize_async.executors.protocol import Executor
    from arize_async.runs.plan import Plan

Isolation = Literal["thread", "process"]


def isolation_of(value: object) -> Isolation:
    """Check the argument of a run.

    Raises:
        InvalidInput: It is neither of the two, or this system has no such processes.
    """
    if value not in ("thread", "process"):
        raise InvalidInput(f"isolation is 'thread' or 'process', got {value!r}")
    if value == "process" and os.name != "posix":
        raise InvalidInput("isolation='process' needs Linux, macOS or another POSIX system; use isolation='thread'")
    return value


def executor_for(plan: Plan) -> Executor:
    """Return the place for the synchronous code of a run: its task and its evaluators."""
    if plan.isolation == "thread":
        return ThreadExecutor(timeout=plan.timeout)
    from arize_async.executors.processes import ProcessExecutor

    tasks = 0 if plan.task_is_async else plan.concurrency
    evaluations = 0 if all(evaluator.is_async for evaluator in plan.evaluators) else plan.evaluations
    return ProcessExecutor(max(tasks + evaluations, 1), plan.timeout)


async def check_isolation(plan: Plan, clock: Clock) -> None:
    """Load the synchronous functions of a run in a worker process, if that is where they will run.

    Raises:
        InvalidTask: The task cannot be sent to a process, or its module cannot be imported there.
        InvalidEvaluator: The same of an evaluator.
    """
    if plan.isolation == "thread":
        return
    from arize_async.executors.processes import ProcessExecutor

    executor = ProcessExecutor(1)
    try:
        for function, what, error in _functions(plan):
            outcome = await executor.run(Call(partial(callable, function), bool, copy_context(), clock))
            if outcome.failed:
                advice = (
                    "Define it at the top level of a module that can be imported, and open clients, locks and files"
                    " inside of it; or use isolation='thread'"
                )
                raise error(f"{what} cannot run in a process of its own: {outcome.error}. {advice}")
    finally:
        await executor.aclose()


def _functions(plan: Plan) -> Iterator[tuple[Callable[..., object], str, type[InvalidInput]]]:
    if not plan.task_is_async:
        yield plan.task.function, f"task {plan.task_name!r}", InvalidTask
    for evaluator in (*plan.evaluators, *plan.run_evaluators):
        if not evaluator.is_async:
            yield evaluator.binding.function, f"evaluator {evaluator.name!r}", InvalidEvaluator
