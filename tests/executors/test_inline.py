"""Async user code: whatever it does to its task, the caller's goes on."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from arize_async.executors import inline
from arize_async.executors.inline import InlineExecutor
from arize_async.executors.protocol import SelfCancelled

VARIABLE = contextvars.ContextVar("variable", default="before")


async def test_a_call_has_a_context_of_its_own() -> None:
    """What one call sets no other call sees."""

    async def code() -> str:
        found = VARIABLE.get()
        VARIABLE.set("after")
        return found

    executor = InlineExecutor()
    assert [await executor.call(code), await executor.call(code)] == ["before", "before"]


async def cancel_task() -> None:
    """Cancel the task that runs this."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


async def cancel_self() -> None:
    """Raise the cancellation."""
    raise asyncio.CancelledError


@pytest.mark.parametrize("code", [cancel_task, cancel_self])
async def test_code_that_cancels_itself_is_an_error(code: Any) -> None:
    """The caller is not cancelled."""
    with pytest.raises(SelfCancelled):
        await InlineExecutor().call(code)


@pytest.mark.parametrize("error", [SystemExit(3), GeneratorExit(), BaseExceptionGroup("g", [SystemExit()])])
async def test_errors_that_end_programs_come_out_of_the_call(error: BaseException) -> None:
    """The event loop goes on."""

    async def code() -> None:
        raise error

    with pytest.raises(type(error)):
        await InlineExecutor().call(code)
    await asyncio.sleep(0)


async def test_cancelled_code_is_awaited_and_left_behind_when_it_does_not_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Code that swallows its cancellation holds nobody up."""
    monkeypatch.setattr(inline, "GRACE", 0.01)
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    async with asyncio.TaskGroup() as group:
        caller = group.create_task(InlineExecutor().call(stubborn))
        await wait_all_tasks_blocked()
        caller.cancel()
    assert caller.cancelled()
    assert "left behind" in caplog.text
    release.set()
    await asyncio.sleep(0)
