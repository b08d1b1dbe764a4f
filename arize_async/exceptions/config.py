"""Settings that cannot be used."""

from arize_async.errors import InvalidDefaultHeadersError, MultipleEndpointOverridesError

__all__ = ["InvalidDefaultHeadersError", "MultipleEndpointOverridesError"]
