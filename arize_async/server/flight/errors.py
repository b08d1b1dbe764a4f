"""Errors of Flight calls: the text says what was wrong, the extra info is the problem of the REST side as JSON.

gRPC statuses: a missing or wrong key is UNAUTHENTICATED, a call too many is UNAVAILABLE, every other refusal is a
server error, whose HTTP status stands in the extra info.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyarrow import flight

from arize_async.errors import ApiError
from arize_async.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Generator

_logger = logging.getLogger("arize_async.server")


def unauthenticated() -> flight.FlightUnauthenticatedError:
    """Build the error for a missing or wrong key."""
    detail = "send the server's API key as 'auth-token-bin' metadata"
    return flight.FlightUnauthenticatedError(detail, _extra(401, "Authentication required", detail))


def overloaded() -> flight.FlightUnavailableError:
    """Build the error for a call that is one too many."""
    detail = "too many calls are under way; try again"
    return flight.FlightUnavailableError(detail, _extra(503, "Service unavailable", detail))


def unsupported(call: str) -> flight.FlightServerError:
    """Build the error for a call that the platform does not have; what Arrow says of itself has a traceback in it."""
    detail = f"{call} is not supported here"
    return flight.FlightServerError(detail, _extra(405, "Method Not Allowed", detail))


@contextmanager
def translated(call: str) -> Generator[None]:
    """Turn whatever a block raises into a Flight error without paths, SQL or tracebacks."""
    try:
        yield
    except flight.FlightError:
        raise
    except ApiError as error:
        extra = _extra(error.status or 500, error.title, error.detail)
        raise flight.FlightServerError(error.detail, extra) from None
    except Exception:
        _logger.exception("Flight %s failed", call)
        detail = "the server failed; its log says why"
        raise flight.FlightInternalError(detail, _extra(500, "Internal Server Error", detail)) from None


def _extra(status: int, title: str, detail: str) -> bytes:
    return Problem(status=status, title=title, detail=detail).to_json().encode()
