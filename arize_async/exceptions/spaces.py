"""Spaces that are missing or not clear."""

from arize_async.errors import AmbiguousName as AmbiguousNameError
from arize_async.errors import InvalidInput as MissingSpaceIDError

__all__ = ["AmbiguousNameError", "MissingSpaceIDError"]
