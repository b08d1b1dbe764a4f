"""Lights."""

from __future__ import annotations

from typing import Self


class Lights:
    """Flashes."""

    def __init__(self, flashes: int) -> None:
        """Plan the flashes."""
        self._left = flashes

    @property
    def ready(self) -> int:
        """How many flashes can be taken without waiting."""
        return self._left

    @property
    def left(self) -> int:
        """How many flashes are left."""
        return self._left

    def stop(self) -> None:
        """Take no part in the blocking package."""

    def __aiter__(self) -> Self:
        """Iterate over the flashes."""
        return self

    async def __anext__(self) -> int:
        """Return the next flash."""
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        return self._left
