"""Values and errors."""

from __future__ import annotations

from enum import StrEnum


class Colour(StrEnum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


class Painter:
    """What the user implements; both packages export it as it is."""

    async def mix(self, colour: Colour) -> str:
        """Mix a colour."""
        return f"{colour} paint"


class HouseError(Exception):
    """Something about a house."""


def brighter(colour: Colour) -> str:
    """Describe a brighter colour."""
    return f"bright {colour}"
