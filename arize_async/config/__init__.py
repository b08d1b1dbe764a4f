"""What a client needs to know before it opens anything."""

from arize_async.config.endpoints import Endpoint, Endpoints
from arize_async.config.policies import Budget, Limits, RetryPolicy, Timeouts
from arize_async.config.regions import Region
from arize_async.config.settings import Config
from arize_async.config.settings import Config as SDKConfiguration
from arize_async.config.tracing import Price, Tracing

__all__ = [
    "Budget",
    "Config",
    "Endpoint",
    "Endpoints",
    "Limits",
    "Price",
    "Region",
    "RetryPolicy",
    "SDKConfiguration",
    "Timeouts",
    "Tracing",
]
