"""Code that blocks the event loop is named, and nothing else is."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.executors import watchdog
from arize_async.executors.inline import InlineExecutor
from arize_async.executors.threads import ThreadExecutor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from arize_async.executors.call import Call

    MakeCall = Callable[..., Call[Any]]

LONG = 0.2
"""Seconds, of which the watchdog of these tests needs a tenth."""


class Warnings(logging.Handler):
    """Keeps messages."""

    def __init__(self) -> None:
        """Start without any."""
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages.append(record.getMessage())

    def block(self, more: int = 1) -> None:
        """Keep the thread busy until there are more messages, or for ten seconds."""
        until, wanted = time.monotonic() + 10, len(self.messages) + more
        while time.monotonic() < until and len(self.messages) < wanted:
            pass


def spin() -> None:
    """Keep the thread busy for long enough to be noticed."""
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        pass


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> Warnings:
    """Return what a watchdog warns of that looks often, so that tests block only for a moment."""
    monkeypatch.setattr(watchdog, "INTERVAL", 0.01)
    monkeypatch.setattr(watchdog, "BLOCKED", 0.02)
    handler = Warnings()
    monkeypatch.setattr(watchdog.log, "handlers", [handler])
    return handler


class Judge:
    """Blocks in a method."""

    def __init__(self, warnings: Warnings) -> None:
        """Take what tells of the end."""
        self._warnings = warnings

    async def evaluate(self) -> None:
        """Block the loop in a coroutine."""
        await asyncio.sleep(0)
        self._warnings.block()

    def begin(self) -> asyncio.Future[None]:
        """Block the loop, and give it something to wait for."""
        self._warnings.block()
        return asyncio.ensure_future(asyncio.sleep(0))


@pytest.mark.parametrize("method", [Judge.evaluate, Judge.begin])
async def test_what_blocks_is_named(make_call: MakeCall, warnings: Warnings, method: Callable[..., Any]) -> None:
    """The warning has the function, its file, the line that blocks, and what to do."""
    executor = InlineExecutor()
    await executor.run(make_call(functools.partial(method, Judge(warnings))))
    await executor.aclose()
    (message,) = warnings.messages
    assert message.startswith(f"{method.__qualname__} has blocked the event loop for 0.02 s ({__file__}:")
    assert "asyncio.to_thread" in message


async def test_a_function_is_named_once(make_call: MakeCall, warnings: Warnings) -> None:
    """Whatever it blocks afterwards."""

    async def code() -> None:
        spin()

    executor = InlineExecutor()
    await executor.run(make_call(Judge(warnings).evaluate))
    for _ in range(3):
        await executor.run(make_call(code))
    await executor.aclose()
    assert len(warnings.messages) == 2


async def test_the_line_is_the_one_that_blocks(make_call: MakeCall, warnings: Warnings) -> None:
    """It is that of the user's function, also when libraries are around it and below it."""

    async def code() -> None:
        list(map(warnings.block, [1]))

    @contextlib.asynccontextmanager
    async def around() -> AsyncGenerator[None]:
        yield

    executor = InlineExecutor()
    await executor.run(make_call(around()(code)))
    await executor.aclose()
    (message,) = warnings.messages
    assert message.startswith("code has")
    assert f"{__file__}:{code.__code__.co_firstlineno + 1})" in message


async def test_a_coroutine_of_a_plain_function(make_call: MakeCall, warnings: Warnings) -> None:
    """What a plain function returns is awaited on the loop, and watched there."""
    executor, judge = ThreadExecutor(), Judge(warnings)
    await executor.run(make_call(lambda: judge.evaluate()))
    await executor.aclose()
    assert warnings.messages[0].startswith("Judge.evaluate has blocked")


async def test_code_of_others_is_not_named(make_call: MakeCall, warnings: Warnings) -> None:
    """Neither what runs beside the calls, nor the conversion of a result, nor what another executor calls."""
    executor, other = InlineExecutor(), InlineExecutor()
    await executor.run(make_call(lambda: asyncio.sleep(0), lambda _: spin()))
    spin()
    await other.run(make_call(Judge(warnings).evaluate))
    await executor.aclose()
    await other.aclose()
    assert len(warnings.messages) == 1


async def test_many_short_calls_are_not_named(make_call: MakeCall, warnings: Warnings) -> None:
    """However long they take together."""

    async def code() -> int:
        return sum(range(10_000))

    executor = InlineExecutor()
    async with asyncio.TaskGroup() as group:
        for _ in range(1000):
            group.create_task(executor.run(make_call(code)))
    await executor.aclose()
    assert warnings.messages == []


async def test_waiting_is_not_blocking(make_call: MakeCall, warnings: Warnings) -> None:
    """Code that waits for a busy thread leaves the loop free."""
    executor = InlineExecutor()
    await executor.run(make_call(lambda: asyncio.to_thread(spin)))
    await executor.aclose()
    assert warnings.messages == []


def watching() -> set[threading.Thread]:
    """Return the threads of watchdogs."""
    return {thread for thread in threading.enumerate() if thread.name == "arize-watchdog"}


async def test_the_thread_ends_with_its_executor(make_call: MakeCall) -> None:
    """It is a daemon, there is one, and only where async code was called."""
    before = watching()
    executor = InlineExecutor()
    assert watching() <= before
    for _ in range(3):
        await executor.run(make_call(lambda: asyncio.sleep(0)))
    (thread,) = watching() - before
    assert thread.daemon
    await executor.aclose()
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()


def test_the_thread_ends_with_its_loop(make_call: MakeCall) -> None:
    """An executor that nobody closes leaves no thread behind."""
    before = watching()
    asyncio.run(InlineExecutor().run(make_call(lambda: asyncio.sleep(0))))
    for thread in watching() - before:
        thread.join(10)
        assert not thread.is_alive()
