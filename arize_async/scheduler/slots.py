"""How many calls of a stage are in flight: those that run, and those whose outcome is not kept yet."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from arize_async.scheduler.statistics import StageStatistics

I_contra = TypeVar("I_contra", contravariant=True)
_ONE_MORE = 64
"""For so many slots one call may have ended without being kept: to keep each by itself is much work."""


class Keeper(Protocol[I_contra]):
    """Keeps outcomes, in the order of their numbers."""

    @property
    def kept(self) -> int:
        """The last number that is kept."""
        ...

    def number(self, item: I_contra) -> int:
        """Return the number of the latest outcome of an item; 0 when none has to be kept."""
        ...

    async def keep(self, number: int) -> bool:
        """Wait until a number is kept; False when it cannot be."""
        ...


class Slots(Generic[I_contra]):
    """The calls that a stage may have in flight.

    A call has its slot until its outcome is kept: whatever ends the process, no more calls than there are slots have to
    be made again, or one more for each 64 of them.
    """

    def __init__(self, slots: int, stage: StageStatistics, keeper: Keeper[I_contra] | None) -> None:
        """Take their number, the count of calls that run, and who keeps outcomes; None when nobody does."""
        self._stage = stage
        self._keeper = keeper
        self._numbers: deque[int] = deque()
        self._most = slots + slots // _ONE_MORE

    async def free(self) -> bool:
        """Wait until there is a slot, which a call has to take at once; False when outcomes can no longer be kept."""
        keeper, numbers = self._keeper, self._numbers
        while keeper is not None and numbers and self._stage.running + len(numbers) >= self._most:
            kept = keeper.kept
            if numbers[0] > kept:
                await asyncio.sleep(0)  # others end in the same turn of the loop: keep all of them at once
                if numbers and numbers[0] > keeper.kept and not await keeper.keep(numbers[0]):
                    return False
                kept = keeper.kept
            while numbers and numbers[0] <= kept:
                numbers.popleft()
        return True

    def begin(self) -> None:
        """Say that a call begins."""
        self._stage.enter()

    def end(self, *, failed: bool) -> None:
        """Say that a call ended."""
        self._stage.leave(failed=failed)

    def hold(self, item: I_contra) -> None:
        """Hold the slot of a call that ended until what came of it is kept."""
        if self._keeper is not None:
            self._numbers.append(self._keeper.number(item))
