"""Rate limits, recognized by the shape of an exception: no LLM library is imported for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from attrs import frozen

from arize_async.wire.headers import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

TOO_MANY_REQUESTS = 429
LONGEST_WAIT = 60.0
"""Seconds: no provider's window is longer, and a wrong header must not stop a run for a year."""
_STATUS = ("status_code", "status", "code", "http_status")
_CAUSES = 5


@frozen
class Congestion:
    """What a rate limit asks for.

    Attributes:
        wait: Seconds until another attempt makes sense, when the other side said so; 60 at most.
    """

    wait: float | None


def congestion(error: BaseException) -> Congestion | None:
    """Return what a rate limit asks for, or None for any other error.

    The status 429 is looked for on the exception, on its response, and on what caused it: that is where the clients
    of openai, anthropic, google, httpx, aiohttp and requests have it.
    """
    for each in _chain(error):
        response = _get(each, "response")
        if any(_is_status(_get(holder, name)) for holder in (each, response) for name in _STATUS):
            return Congestion(_wait(each, response))
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(_CAUSES):
        if found is None:
            return
        yield found
        found = found.__cause__


def _is_status(value: object) -> bool:
    return isinstance(value, int) and int(value) == TOO_MANY_REQUESTS


def _wait(error: BaseException, response: object) -> float | None:
    for value, scale in (
        (_get(error, "retry_after"), 1.0),
        (_field(response, "retry-after-ms") or _field(error, "retry-after-ms"), 1000.0),
        (_field(response, "retry-after") or _field(error, "retry-after"), 1.0),
    ):
        seconds = _seconds(value)
        if seconds is not None:
            return min(seconds / scale, LONGEST_WAIT)
    return None


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        return retry_after(value)
    if isinstance(value, (int, float)) and value >= 0:
        return min(value, LONGEST_WAIT * 1000)  # an integer may be larger than any float
    return None


def _field(holder: object, name: str) -> object:
    headers = _get(holder, "headers")
    if not isinstance(headers, Mapping):
        return None
    try:
        fields = cast("Mapping[object, object]", headers).items()
        return next((value for key, value in fields if str(key).lower() == name), None)
    except Exception:  # noqa: BLE001 - a user's class may do anything
        return None


def _get(holder: object, name: str) -> object:
    try:
        return getattr(holder, name, None)
    except Exception:  # noqa: BLE001 - a property may do anything
        return None
