"""How many calls of a stage are in flight: those that run, and those whose outcome is not kept yet."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from arize_async.scheduler.statistics import StageStatistics

I_contra = TypeVar("I_contra", contravariant=True)


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
    be made again.
    """

    def __init__(self, slots: int, stage: StageStatistics, keeper: Keeper[I_contra] | None) -> None:
        """Take their number, the count of calls that run, and who keeps outcomes; None when nobody does."""
        self._slots = slots
        self._stage = stage
        self._keeper = keeper
        self._numbers: deque[int] = deque()

    async def free(self) -> bool:
        """Wait until there is a slot, which a call has to take at once; False when outcomes can no longer be kept."""
        keeper, numbers = self._keeper, self._numbers
        while keeper is not None and numbers and self._stage.running + len(numbers) >= self._slots:
            kept = keeper.kept
            if numbers[0] > kept and not await keeper.keep(numbers[0]):
                return False
            while numbers and numbers[0] <= kept:
                numbers.popleft()
        return True

    def ended(self, item: I_contra) -> None:
        """Say that the call on an item ended."""
        if self._keeper is not None:
            self._numbers.append(self._keeper.number(item))
