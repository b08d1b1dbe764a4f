"""The regions of the platform."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


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


@frozen
class RegionEndpoints:
    """The hosts of a region."""

    api_host: str
    otlp_host: str
    flight_host: str
    flight_port: int = 443

    @classmethod
    def at(cls, domain: str) -> RegionEndpoints:
        """Return the hosts below a domain.

        >>> RegionEndpoints.at("arize.com").api_host
        'api.arize.com'
        """
        return cls(f"api.{domain}", f"otlp.{domain}", f"flight.{domain}")


REGION_ENDPOINTS: Mapping[Region, RegionEndpoints] = MappingProxyType(
    {region: RegionEndpoints.at(f"{region.value}.arize.com") for region in Region if region is not Region.UNSET}
)
"""The hosts of each region."""
