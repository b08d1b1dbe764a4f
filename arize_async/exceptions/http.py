"""Answers that are no success."""

from arize_async.errors import ApiError as APIError

__all__ = ["APIError"]
