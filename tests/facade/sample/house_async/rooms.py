"""The rooms."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal, overload

from house_async.base import Resource
from house_async.pages import Names

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from house_async.client import House
    from house_async.colours import Colour
    from house_async.lights import Lights


class Rooms(Resource):
    """Operations on rooms."""

    def __init__(self, house: House) -> None:
        """Belong to a house."""
        self._house = house

    async def list(self) -> Names:
        """Return a page of names."""

        async def more(_cursor: str) -> Names:
            return Names(["attic"])

        return Names(["kitchen", "bath"], more)

    async def paint(self, name: str, /, *colours: Colour, filter: str = "none", **extras: object) -> str:
        """Describe the paint.

        Example:
            >>> async def paint(house):
            ...     return await house.rooms.paint("bath")
        """
        return f"{name} {[str(colour) for colour in colours]} {filter} {extras}"

    async def furnish(  # noqa: PLR0913
        self, a: int, b: int = 2, *, c: int = 3, d: int = 4, e: int = 5, f: int = 6, g: int = 7, h: int = 8, i: int = 9
    ) -> int:
        """Add many things."""
        return a + b + c + d + e + f + g + h + i

    @overload
    async def measure(self, name: str, *, exact: Literal[False] = False) -> int: ...

    @overload
    async def measure(self, name: str, *, exact: Literal[True]) -> float: ...

    async def measure(self, name: str, *, exact: bool = False) -> float:
        """Return the size of a room."""
        return len(name) + 0.5 if exact else len(name)

    async def clear(self) -> None:
        """Clear them."""

    @asynccontextmanager
    async def light(self, *, flashes: int = 3) -> AsyncGenerator[Lights]:
        """Light the rooms.

        Yields:
            Lights, to be iterated with ``async for``.
        """
        from house_async.lights import Lights

        yield Lights(flashes)
