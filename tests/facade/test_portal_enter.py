"""Asynchronous context managers as context managers."""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from arize_async.errors import ClientClosed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from arize_sync._portal import Portal


class Journal:
    """What happened in a context manager, and in which tasks."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.events: list[object] = []
        self.tasks: set[asyncio.Task[object] | None] = set()

    @asynccontextmanager
    async def open(self, *, swallow: bool = False, fail: bool = False) -> AsyncGenerator[str]:
        """Note who enters and leaves, and why."""
        self.tasks.add(asyncio.current_task())
        await anyio.lowlevel.checkpoint()
        if fail:
            raise OSError("cannot open")
        try:
            yield "value"
        except BaseException as error:
            self.events.append(type(error))
            if not swallow:
                raise
        finally:
            self.tasks.add(asyncio.current_task())
            await anyio.lowlevel.checkpoint()
            self.events.append("left")


def name_it(value: str, _: Portal) -> str:
    """Make a facade of a value."""
    return f"facade of {value}"


def test_value_is_wrapped(portal: Portal) -> None:
    """The ``with`` statement gives the facade of what the ``async with`` statement gives."""
    journal = Journal()
    with portal.enter(journal.open(), name_it) as value:
        assert value == "facade of value"
        assert journal.events == []
        assert repr(portal) == "<Portal [1 running]>"
    assert journal.events == ["left"]


def test_one_task_enters_and_leaves(portal: Portal) -> None:
    """A task group may be held across the body: cancel scopes demand one task for both ends."""
    journal = Journal()

    @asynccontextmanager
    async def grouped() -> AsyncGenerator[str]:
        async with journal.open() as value, anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            yield value
            group.cancel_scope.cancel()

    with portal.enter(grouped(), name_it):
        pass
    assert len(journal.tasks) == 1


@pytest.mark.parametrize("error", [ValueError("wrong"), KeyboardInterrupt(), GeneratorExit(), StopIteration("stop")])
def test_error_of_the_body_passes_through(portal: Portal, error: BaseException) -> None:
    """The context manager sees the error of the body, which then goes on as the same object."""
    journal = Journal()
    with pytest.raises(type(error)) as caught, portal.enter(journal.open(), name_it):
        raise error
    assert caught.value is error
    assert journal.events == [type(error), "left"]
    assert portal.call(asyncio.sleep, 0, "alive") == "alive"


def test_error_of_the_body_can_be_swallowed(portal: Portal) -> None:
    """A context manager that handles the error ends it."""
    journal = Journal()
    with portal.enter(journal.open(swallow=True), name_it):
        raise ValueError
    assert journal.events == [ValueError, "left"]


def test_error_while_entering(portal: Portal) -> None:
    """The body does not run, and the error is raised."""
    with pytest.raises(OSError, match="cannot open"), portal.enter(Journal().open(fail=True), name_it):
        pytest.fail("the body ran")


def test_error_while_leaving_replaces_the_one_of_the_body(portal: Portal) -> None:
    """As with ``async with``, and the first error is its context."""

    @asynccontextmanager
    async def clumsy() -> AsyncGenerator[str]:
        try:
            yield "value"
        finally:
            raise OSError("cannot close")

    with pytest.raises(OSError, match="cannot close") as caught, portal.enter(clumsy(), name_it):
        raise ValueError("of the body")
    assert isinstance(caught.value.__context__, ValueError)


def test_failure_behind_the_body_is_raised_on_leaving(portal: Portal) -> None:
    """A background task that fails ends the context manager; the body learns of it when it leaves."""

    @asynccontextmanager
    async def doomed() -> AsyncGenerator[str]:
        async def fail() -> None:
            raise OSError("connection lost")

        async with anyio.create_task_group() as group:
            group.start_soon(fail)
            yield "value"

    with pytest.raises(ExceptionGroup) as caught, portal.enter(doomed(), name_it):
        portal.call(anyio.wait_all_tasks_blocked)
    assert [str(error) for error in caught.value.exceptions] == ["connection lost"]


def test_portal_closed_in_the_body(portal: Portal) -> None:
    """Closing the client leaves what was entered, and the end of the body says so."""
    journal = Journal()
    entered = portal.enter(journal.open(), name_it)
    entered.__enter__()
    portal.close()
    assert journal.events == [asyncio.CancelledError, "left"]
    with pytest.raises(ClientClosed):
        entered.__exit__(None, None, None)


def test_context_manager_that_is_never_left(portal: Portal) -> None:
    """A ``with`` statement in a generator that is dropped is left when the generator is collected."""
    journal = Journal()
    manager = portal.enter(journal.open(), name_it)
    manager.__enter__()
    del manager
    assert journal.events == [GeneratorExit, "left"]


def test_context_manager_collected_on_the_loop_thread(portal: Portal) -> None:
    """The loop's own thread cannot wait for the loop: what it collects is left soon after."""
    journal = Journal()
    cycle: list[object] = [portal.enter(journal.open(), name_it)]
    cycle.append(cycle)
    cycle[0].__enter__()  # type: ignore[attr-defined]
    del cycle

    async def collect() -> None:
        gc.collect()

    portal.call(collect)
    portal.call(anyio.wait_all_tasks_blocked)
    assert journal.events == [GeneratorExit, "left"]
