"""What is wrong with how a client was set up."""

from __future__ import annotations

from arize_async.errors.root import ArizeError


class ConfigurationError(ArizeError, ValueError):
    """The client cannot be built from these arguments and environment variables."""


class MissingAPIKeyError(ConfigurationError):
    """No API key was given."""


class MultipleEndpointOverridesError(ConfigurationError):
    """More than one of region, single host or port, and base domain was given."""


class InvalidDefaultHeadersError(ConfigurationError):
    """A header in ``default_headers`` cannot be sent."""
