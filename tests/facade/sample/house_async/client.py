"""The house."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Self

from house_async.colours import Colour

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from house_async.rooms import Rooms

DEFAULT_FLOORS = 2


class House:
    """A house.

    Close it with ``aclose()``, or use ``async with``.

    Attributes:
        floors: How many floors it has,
            the cellar among them.
        address: Where it is.
        open: Whether somebody is in.

    Example:
        >>> import asyncio
        >>> async def main():
        ...     async with House("Main Street 1") as house:
        ...         return [room async for room in await house.rooms.list()]
        >>> asyncio.run(main())
        ['kitchen', 'bath', 'attic']
    """

    _count = 0

    def __init__(
        self, address: str | os.PathLike[str], /, floors: int = DEFAULT_FLOORS, *, colour: Colour = Colour.RED
    ) -> None:
        r"""Build it; a backslash \ stays one."""
        self.floors = floors
        self.address = address
        self.open: bool = False
        self._colour = colour

    @classmethod
    def model(cls, floors: int = 1) -> Self:
        """Return a model house."""
        return cls("model", floors)

    @cached_property
    def rooms(self) -> Rooms:
        """The rooms."""
        from house_async.rooms import Rooms

        return Rooms(self)

    @property
    def colour(self) -> Colour:
        """What it is painted with."""
        return self._colour

    async def __aenter__(self) -> Self:
        """Go in."""
        self.open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Go out."""
        await self.aclose()

    async def aclose(self) -> None:
        """Lock the door; used by ``async with``."""
        await asyncio.sleep(0)
        self.open = False

    def __repr__(self) -> str:
        """Show whether it is open."""
        return f"<House {'open' if self.open else 'locked'}>"
