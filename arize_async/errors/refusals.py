"""What a server refuses, one class a status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors.requests import RequestFailed

if TYPE_CHECKING:
    from collections.abc import Sequence


class ApiError(RequestFailed):
    """The server refused a request.

    Attributes:
        reason: What HTTP calls the status; empty when the answer did not come over HTTP.
        body: Text of the answer, at most its first 64 KiB.
    """

    reason: str = ""
    body: str = ""

    def _told(self) -> str:
        head = f"{self.status or ''} {self.title}".strip()
        return f"{head}: {self.detail}" if head else self.detail


class BadRequest(ApiError, ValueError):
    """400: the request is malformed."""


class Unauthorized(ApiError, PermissionError):
    """401: the API key is missing or not known."""

    advice = "Check api_key or ARIZE_API_KEY, and that region or host is where the key belongs"


class Forbidden(ApiError, PermissionError):
    """403: the API key may not do this."""

    advice = "Use a key that may do this, or have this one allowed to"


class NotFound(ApiError, LookupError):
    """404, or a name that fits no resource.

    Attributes:
        resource_type: What was looked up by name, such as ``dataset``; else empty.
        resource_name: The name.
        available_names: Names that exist.
    """

    resource_type: str = ""
    resource_name: str = ""
    available_names: Sequence[str] = ()

    @classmethod
    def by_name(cls, resource_type: str, name: str, available: Sequence[str] = (), hint: str = "") -> NotFound:
        """Build the error for a name that fits no resource."""
        shown = ", ".join(available[:20]) + (", ..." if len(available) > 20 else "")  # noqa: PLR2004
        candidates = f"Available {resource_type}s: {shown}." if available else ""
        parts = [f"{resource_type} {name!r} not found.", candidates, hint]
        error = cls(" ".join(part for part in parts if part), status=404, title="Resource not found")
        error.resource_type, error.resource_name, error.available_names = resource_type, name, tuple(available)
        return error


class Conflict(ApiError):
    """409: a resource of this name exists already."""


class UnprocessableEntity(ApiError, ValueError):
    """422: the request is well formed and cannot be carried out."""


class RateLimited(ApiError):
    """429: too many requests.

    Attributes:
        retry_after: Seconds that the server asked to wait, when it did.
    """

    advice = "Send fewer requests at a time, or wait for error.retry_after seconds where the server names them"
    retry_after: float | None = None


class ServerError(ApiError):
    """5xx: the server failed.

    Attributes:
        retry_after: Seconds that the server asked to wait, when it did.
    """

    retry_after: float | None = None


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: UnprocessableEntity,
    429: RateLimited,
}


def error_class(status: int) -> type[ApiError]:
    """Return the class for an HTTP status.

    >>> error_class(404).__name__, error_class(503).__name__, error_class(418).__name__
    ('NotFound', 'ServerError', 'ApiError')
    """
    return _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)  # noqa: PLR2004
