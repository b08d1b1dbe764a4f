"""The regions of the platform and their hosts."""

from arize_async.config.regions import REGION_ENDPOINTS, Region, RegionEndpoints

__all__ = ["REGION_ENDPOINTS", "Region", "RegionEndpoints"]
