"""Deadlines of many calls that all have the same time: one timer, whatever their number."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C")


class Deadlines(Generic[C]):
    """Calls in the order of their deadlines, which is the order in which they were added."""

    def __init__(self, seconds: float | None, expire: Callable[[C], None]) -> None:
        """Give each call so many seconds, None for ever; call ``expire`` with those that are late."""
        self.seconds = seconds
        self._expire = expire
        self._due: dict[C, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: C) -> None:
        """Let the time of a call run from now on."""
        if self.seconds is None:
            return
        loop = asyncio.get_running_loop()
        self._due[call] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look)

    def discard(self, call: C) -> None:
        """Forget a call that ended."""
        self._due.pop(call, None)

    def close(self) -> None:
        """Forget all of them."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for call, due in list(self._due.items()):
            if due > loop.time():
                self._timer = loop.call_at(due, self._look)
                return
            del self._due[call]
            self._expire(call)
