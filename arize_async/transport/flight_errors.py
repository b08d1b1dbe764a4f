"""Errors of Arrow Flight, as errors of ours; the status is the HTTP status of the same meaning."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.flight as fl

from arize_async.errors import (
    ArizeError,
    ConnectionFailed,
    InvalidResponse,
    RequestTimeout,
    error_class,
)
from arize_async.models.problem import Problem
from arize_async.wire.codec import decode, parse_json

_MAX_DETAIL = 500
_NOT_CONNECTED = "failed to connect to all addresses"
_LOST = "Stream removed"
"""What gRPC says itself of the calls on a connection that it gives up, with a status that depends on why."""
_STATUSES: tuple[tuple[type[BaseException], int, str], ...] = (
    (fl.FlightUnauthenticatedError, 401, "Authentication required"),
    (fl.FlightUnauthorizedError, 403, "Access forbidden"),
    (pa.ArrowKeyError, 404, "Resource not found"),
    (pa.ArrowInvalid, 400, "Invalid request"),
    (pa.ArrowTypeError, 400, "Invalid request"),
    (pa.ArrowNotImplementedError, 501, "Not implemented"),
    (fl.FlightInternalError, 500, "Internal error"),
    (fl.FlightServerError, 500, "Server error"),
)


def translate(error: Exception, what: str, host: str) -> ArizeError:
    """Return the error for what pyarrow raised; without the server's traceback, which pyarrow appends.

    Args:
        error: Raised by a Flight call.
        what: What was called, for the message.
        host: Where the server is.
    """
    if isinstance(error, ArizeError):
        return error
    text = _first_line(error)
    if isinstance(error, fl.FlightTimedOutError):
        return RequestTimeout(f"no answer from {host} in time", request=what)
    if isinstance(error, (fl.FlightUnavailableError, fl.FlightCancelledError)) or text.startswith(_LOST):
        failure = ConnectionFailed(f"no connection to {host}: {text}", request=what)
        failure.nothing_sent = _NOT_CONNECTED in text
        return failure
    if (problem := _problem(error)) is not None:
        detail, title = problem.detail or text, problem.title
        return error_class(problem.status)(detail, status=problem.status, title=title, request=what)
    if "already exists" in text.lower() and isinstance(error, pa.ArrowException):
        return error_class(409)(text, status=409, title="Resource conflict", request=what)
    for kind, status, title in _STATUSES:
        if isinstance(error, kind):
            return error_class(status)(text, status=status, title=title, request=what)
    if isinstance(error, (pa.ArrowException, OSError)):
        return ConnectionFailed(f"the call to {host} broke: {text}", request=what)
    return InvalidResponse(f"{type(error).__name__}: {text}", request=what)


def _problem(error: BaseException) -> Problem | None:
    """Return the problem details that a server of ours attaches; the platform's attaches none."""
    extra = getattr(error, "extra_info", None)
    if not isinstance(extra, bytes) or not extra:
        return None
    try:
        return decode(Problem, parse_json(extra))
    except ValueError:
        return None


def _first_line(error: BaseException) -> str:
    text = str(error).strip().strip("'\"")
    text = re.split(r"['\"]?\.? Detail: | gRPC client debug context:|\. Client context:", text, maxsplit=1)[0]
    text = re.sub(r"^(Flight|gRPC) (returned|cancelled) [\w ]+, with message: ", "", text)
    return text.splitlines()[0][:_MAX_DETAIL] if text else type(error).__name__
