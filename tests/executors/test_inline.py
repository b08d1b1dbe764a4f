"""Async user code: whatever it does to its task, the caller's goes on."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.executors import inline
from arize_async.executors.inline import InlineExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from arize_async.executors.call import Call

    MakeCall = Callable[..., Call[Any]]

VARIABLE = contextvars.ContextVar("variable", default="before")


async def test_a_call_has_a_context_of_its_own(make_call: MakeCall) -> None:
    """What one call sets no other call sees."""

    async def code() -> str:
        found = VARIABLE.get()
        VARIABLE.set("after")
        return found

    executor = InlineExecutor()
    outcomes = [await executor.run(make_call(code)), await executor.run(make_call(code))]
    assert [outcome.value for outcome in outcomes] == ["before", "before"]


async def test_late_code_is_cancelled_and_its_cleanup_awaited(make_call: MakeCall) -> None:
    """The code sees the cancellation and cleans up; the outcome says how long it was given."""
    cleaned = False

    async def code() -> None:
        nonlocal cleaned
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned = True

    outcome = await InlineExecutor(0.01).run(make_call(code))
    assert cleaned
    assert repr(outcome.error) == "TimeoutError('timed out after 0.01 s')"


async def test_a_value_that_comes_too_late_does_not_count(make_call: MakeCall) -> None:
    """Code that answers its cancellation with a value was late all the same."""

    async def code() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "late"
        return "never"

    outcome = await InlineExecutor(0.01).run(make_call(code))
    assert (outcome.value, repr(outcome.error)) == (None, "TimeoutError('timed out after 0.01 s')")


async def test_each_call_has_its_own_deadline(make_call: MakeCall) -> None:
    """Calls that end in time are not disturbed by those that do not, whatever their order."""
    executor = InlineExecutor(0.02)
    codes = [asyncio.Event().wait, lambda: asyncio.sleep(0), asyncio.Event().wait, lambda: asyncio.sleep(0)]
    outcomes = await asyncio.gather(*(executor.run(make_call(code)) for code in codes))
    assert [outcome.failed for outcome in outcomes] == [True, False, True, False]
    assert [outcome.failed for outcome in [await executor.run(make_call(code)) for code in codes[:2]]] == [True, False]


async def stubborn(ended: asyncio.Event) -> None:
    """Swallow every cancellation."""
    try:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue
    finally:
        ended.set()


def run_to_its_end(function: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on an event loop that is closed as ``asyncio.run`` does: it waits for whatever still runs."""
    thread = threading.Thread(target=lambda: asyncio.run(function()), daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_cancelled_code_that_does_not_end_is_broken_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, make_call: MakeCall
) -> None:
    """Code that swallows its cancellation holds nobody up, nor the end of the event loop; it can clean up."""
    monkeypatch.setattr(inline, "GRACE", 0.01)

    async def cancel() -> None:
        ended = asyncio.Event()
        caller = asyncio.create_task(InlineExecutor().run(make_call(lambda: stubborn(ended))))
        await asyncio.sleep(0.01)
        caller.cancel()
        with suppress(asyncio.CancelledError):
            await caller
        assert caller.cancelled()
        assert ended.is_set()

    run_to_its_end(cancel)
    assert "was broken off" in caplog.text


async def stubborn_to_the_end(ended: asyncio.Event) -> None:
    """Wait in the cleanup as well, for something that never comes."""
    try:
        await stubborn(ended)
    finally:
        await asyncio.Event().wait()


@pytest.mark.parametrize("code", [stubborn, stubborn_to_the_end])
def test_late_code_that_does_not_end_is_broken_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, make_call: MakeCall, code: Callable[..., Any]
) -> None:
    """Its slot is given back with a timeout as the outcome, and the event loop can end."""
    monkeypatch.setattr(inline, "GRACE", 0.01)

    async def wait() -> None:
        ended = asyncio.Event()
        outcome = await InlineExecutor(0.01).run(make_call(lambda: code(ended)))
        assert isinstance(outcome.error, TimeoutError)
        assert ended.is_set()

    run_to_its_end(wait)
    assert "was broken off" in caplog.text
