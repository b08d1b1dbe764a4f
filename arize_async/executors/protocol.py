"""What the engine asks of a place where user code runs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar, cast

T = TypeVar("T")
UserCode = Callable[[], T | Awaitable[T]]
"""A call without parameters: the user's function with everything bound."""


class SelfCancelled(Exception):
    """User code cancelled itself; for everybody else that is a failure like any other."""


class Executor(Protocol):
    """Runs user code; opened by its first call, closed by its owner."""

    async def call(self, code: UserCode[T]) -> T:
        """Run the code and return what it returns, awaited where it is awaitable.

        Cancelling this coroutine ends the wait at once, whatever the code does.
        """
        ...

    async def aclose(self) -> None:
        """Release what the executor holds; code that still runs is not waited for."""
        ...


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
