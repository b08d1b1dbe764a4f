"""The official names of errors; each is the error of ``arize_async.errors`` that is raised in its place."""

from arize_async.errors import AmbiguousName as AmbiguousNameError
from arize_async.errors import ApiError as ApiException
from arize_async.errors import InvalidResponse as MissingResponseFieldError
from arize_async.errors import NotFound as NotFoundError

__all__ = ["AmbiguousNameError", "ApiException", "MissingResponseFieldError", "NotFoundError"]
