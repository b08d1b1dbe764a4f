"""What the engine asks of a place where user code runs."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async.executors.call import Call, Outcome

R = TypeVar("R")


class Executor(Protocol):
    """Runs user code; opened by its first call, closed by its owner."""

    async def run(self, call: Call[R]) -> Outcome[R]:
        """Run a call to its end, awaiting what it returns; whatever it does is data, lateness included.

        Cancelling this coroutine ends the wait, whatever the code does.
        """
        ...

    async def aclose(self) -> None:
        """Release what the executor holds; code that still runs is not waited for."""
        ...


def timed_out(seconds: float | None) -> TimeoutError:
    """Return the error of a call that was late."""
    return TimeoutError(f"timed out after {seconds:g} s")


def is_async(function: Callable[..., object]) -> bool:
    """Whether calling the function gives an awaitable by its definition, through partials and callable objects.

    >>> async def task(row): ...
    >>> is_async(task), is_async(functools.partial(task, 1)), is_async(len)
    (True, True, False)
    """
    while isinstance(function, functools.partial):
        function = cast("functools.partial[object]", function).func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(type(function), "__call__", None)  # noqa: B004 - the method itself is looked at, not called
    )
