"""Keys that are missing or refused."""

from arize_async.errors import MissingAPIKeyError
from arize_async.errors import Unauthorized as AuthenticationError

__all__ = ["AuthenticationError", "MissingAPIKeyError"]
