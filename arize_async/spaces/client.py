"""``client.spaces``."""

from arize_async.resources.spaces import SpacesClient

__all__ = ["SpacesClient"]
