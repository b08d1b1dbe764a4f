"""One call of user code: its value, its error, its time; the same wherever it runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from anyio import wait_all_tasks_blocked

from arize_async.executors.call import SelfCancelled
from arize_async.executors.inline import InlineExecutor
from arize_async.executors.threads import ThreadExecutor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from arize_async.executors.call import Call
    from arize_async.executors.protocol import Executor

    MakeCall = Callable[..., Call[Any]]


@pytest.fixture(params=[InlineExecutor, ThreadExecutor])
async def executor(request: pytest.FixtureRequest) -> AsyncIterator[Executor]:
    """Open each kind of executor and close it."""
    executor: Executor = request.param(timeout=60)
    yield executor
    await executor.aclose()


async def test_a_value_and_its_time(executor: Executor, make_call: MakeCall) -> None:
    """The outcome holds the converted value, the wall time of the start and the duration of the code alone."""
    outcome = await executor.run(make_call(lambda: "a", str.upper))
    assert (outcome.value, outcome.error, outcome.failed) == ("A", None, False)
    assert (outcome.started_ns, outcome.seconds) == (102 * 10**9, 2)


async def test_what_the_code_returns_is_awaited(executor: Executor, make_call: MakeCall) -> None:
    """A coroutine function, and a plain function that returns a coroutine; on the loop in either case."""

    async def answer() -> asyncio.AbstractEventLoop:
        await asyncio.sleep(0)
        return asyncio.get_running_loop()

    for code in (answer, lambda: answer()):
        assert (await executor.run(make_call(code))).value is asyncio.get_running_loop()


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad"),
        KeyError(1),
        TimeoutError("the user's own"),
        StopIteration(),
        StopAsyncIteration(),
        SystemExit(3),
        GeneratorExit(),
        BaseExceptionGroup("g", [SystemExit()]),
    ],
)
async def test_an_error_is_data(executor: Executor, make_call: MakeCall, error: BaseException) -> None:
    """Whatever the code raises is in the outcome; the event loop and the threads go on."""

    def code() -> None:
        raise error

    async def coroutine() -> None:
        raise error

    assert (await executor.run(make_call(code))).error is error
    assert repr((await executor.run(make_call(coroutine))).error) in {repr(error), f"RuntimeError('{_raised(error)}')"}
    assert (await executor.run(make_call(lambda: 1))).value == 1


def _raised(error: BaseException) -> str:
    return f"coroutine raised {type(error).__name__}"


async def test_a_conversion_that_fails_is_the_error(executor: Executor, make_call: MakeCall) -> None:
    """A value that nobody can take fails the call."""
    outcome = await executor.run(make_call(lambda: "text", int))
    assert isinstance(outcome.error, ValueError)


async def test_code_that_cancels_itself_is_an_error(executor: Executor, make_call: MakeCall) -> None:
    """The caller is not cancelled."""

    async def cancel_task() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    async def cancel_self() -> None:
        raise asyncio.CancelledError

    for code in (cancel_task, cancel_self):
        assert isinstance((await executor.run(make_call(code))).error, SelfCancelled)


@pytest.mark.parametrize("kind", [InlineExecutor, ThreadExecutor])
async def test_a_cancellation_from_outside_passes_through(kind: type[Executor], make_call: MakeCall) -> None:
    """Cancelling the caller is not an outcome."""

    async def wait() -> None:
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(kind().run(make_call(wait)))
        await wait_all_tasks_blocked()
        waiting.cancel()
    assert waiting.cancelled()
