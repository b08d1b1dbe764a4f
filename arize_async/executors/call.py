"""One call of user code and what came of it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Generic, TypeVar, cast

from attrs import define, field, frozen

from arize_async.executors.clock import Clock

R = TypeVar("R")


class SelfCancelled(Exception):
    """User code cancelled itself; for everybody else that is a failure like any other."""


class Interrupted(BaseException):
    """User code raised ``KeyboardInterrupt``: it ends everything, as it does elsewhere.

    asyncio lets the original end the event loop at once, with everything that has to be cleaned up; this one travels
    like any other exception, and becomes a ``KeyboardInterrupt`` again where the run ends.
    """


@frozen
class Outcome(Generic[R]):
    """A call that ended: a value, or the error that took its place.

    Attributes:
        value: What the call returned, converted; None when it failed.
        error: What it raised, or None.
        started_ns: Wall time of the start, nanoseconds since the epoch.
        seconds: How long the user code took: waiting for a thread and the conversion are not part of it.
    """

    value: R | None
    error: BaseException | None
    started_ns: int
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether the call raised."""
        return self.error is not None


@define(eq=False)
class Call(Generic[R]):
    """A call without parameters, the context that it runs in, and what is made of its value.

    The conversion happens where the code runs: in its thread, or in its asyncio task.
    """

    code: Callable[[], object]
    convert: Callable[[object], R]
    context: Context
    clock: Clock
    _started_ns: int = field(init=False)
    _started: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Take the time of the hand-over, for code that is given up before it starts."""
        self._begin()

    def perform(self) -> Outcome[R] | Awaitable[object]:
        """Call the code; the outcome of a plain function, or what is to be awaited."""
        self._begin()
        try:
            value = self.code()
            if inspect.isawaitable(value):
                return cast("Awaitable[object]", value)
        except BaseException as error:  # noqa: BLE001 - what user code raises is data
            return self.ended(error)
        return self._converted(value, self.clock.monotonic())

    async def follow(self, value: Awaitable[object]) -> Outcome[R]:
        """Await what the code returned."""
        try:
            result = await value
        except BaseException as error:  # noqa: BLE001 - what user code raises is data
            return self.ended(error)
        return self._converted(result, self.clock.monotonic())

    def ended(self, error: BaseException) -> Outcome[R]:
        """Return the outcome of a call that failed just now."""
        if isinstance(error, asyncio.CancelledError):
            error = SelfCancelled("the call was cancelled from within")
        return Outcome(None, error, self._started_ns, self.clock.monotonic() - self._started)

    def _begin(self) -> None:
        self._started_ns, self._started = self.clock.now_ns(), self.clock.monotonic()

    def _converted(self, value: object, end: float) -> Outcome[R]:
        seconds = end - self._started
        try:
            return Outcome(self.convert(value), None, self._started_ns, seconds)
        except BaseException as error:  # noqa: BLE001 - a value that no conversion takes is the user's error
            return Outcome(None, error, self._started_ns, seconds)
