"""The errors that the store raises; the transports turn them into answers."""

from __future__ import annotations

from arize_async.errors import BadRequest, Conflict, NotFound, UnprocessableEntity


def missing(what: str) -> NotFound:
    """Build the error for an id or a name that nothing has."""
    return NotFound(f"{what} not found", status=404, title="Resource not found")


def taken(what: str, name: str) -> Conflict:
    """Build the error for a name that something else has."""
    return Conflict(f"{what} name {name!r} is taken; names are unique", status=409, title="Resource conflict")


def malformed(detail: str) -> BadRequest:
    """Build the error for a request of the wrong form."""
    return BadRequest(detail, status=400, title="Invalid request parameters")


def unprocessable(detail: str) -> UnprocessableEntity:
    """Build the error for a request of the right form that cannot be carried out."""
    return UnprocessableEntity(detail, status=422, title="Unprocessable Entity")
