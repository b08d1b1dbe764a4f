"""The regions of the platform."""

from __future__ import annotations

from enum import StrEnum


class Region(StrEnum):
    """A region of the platform; it decides the hosts (wire contract 1.2)."""

    CA_CENTRAL_1A = "ca-central-1a"
    EU_WEST_1A = "eu-west-1a"
    US_CENTRAL_1A = "us-central-1a"
    US_EAST_1B = "us-east-1b"
    UNSET = ""

    @classmethod
    def list_regions(cls, *, include_unset: bool = False) -> list[str]:
        """Return the values, in the order of the names.

        >>> Region.list_regions()[:2]
        ['ca-central-1a', 'eu-west-1a']
        """
        return [region.value for region in cls if include_unset or region is not cls.UNSET]
