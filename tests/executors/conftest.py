"""Calls of user code with a clock that tests hold."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define

from arize_async.executors.call import Call

if TYPE_CHECKING:
    from collections.abc import Callable


@define
class FakeClock:
    """Advances by two seconds whenever it is read."""

    now: float = 100.0

    def now_ns(self) -> int:
        """Return the time in nanoseconds."""
        return int(self.now * 1e9)

    def monotonic(self) -> float:
        """Return the time and advance."""
        self.now += 2
        return self.now


@pytest.fixture
def make_call() -> Callable[..., Call[Any]]:
    """Return a maker of calls whose values stay as they are."""

    def make(code: Callable[[], Any], convert: Callable[[Any], Any] = lambda value: value) -> Call[Any]:
        return Call(code, convert, copy_context(), FakeClock())

    return make
