"""Rate limits are recognized by shape."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.scheduler.congestion import LONGEST_WAIT, congestion
from arize_async.wire.headers import retry_after


class ProviderError(Exception):
    """An exception with whatever attributes a library gives it."""

    def __init__(self, **attributes: Any) -> None:
        """Take the attributes."""
        super().__init__("slow down")
        self.__dict__.update(attributes)


def response(status: str, headers: dict[str, str] | None = None, code: int = 429) -> Any:
    """Return a response as a library has it."""
    return SimpleNamespace(**{status: code, "headers": headers or {}})


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (ProviderError(status_code=429, response=response("status_code", {"retry-after": "3"})), 3.0),  # openai
        (ProviderError(status_code=429, response=response("status_code", {"Retry-After-Ms": "250"})), 0.25),
        (ProviderError(response=response("status_code", {"Retry-After": "7"})), 7.0),  # httpx, requests
        (ProviderError(status=429, headers={"Retry-After": "2"}), 2.0),  # aiohttp
        (ProviderError(code=429), None),  # google
        (ProviderError(status_code=429, retry_after=1.5), 1.5),
        (ProviderError(status_code=429, response=response("status_code", {"retry-after": "soon"})), None),
        (ProviderError(status_code=429, response=response("status_code", {"retry-after": "31536000"})), LONGEST_WAIT),
        (ProviderError(status_code=429, response=response("status_code", {"retry-after": "-5"})), None),
    ],
)
def test_a_rate_limit_and_its_wait(error: Exception, wait: float | None) -> None:
    """The status is on the exception or on its response, the wait in one of several fields."""
    found = congestion(error)
    assert found is not None
    assert found.wait == wait


def test_a_date_is_a_wait() -> None:
    """A date in the past asks for no wait."""
    error = ProviderError(status_code=429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    found = congestion(error)
    assert found is not None
    assert found.wait == 0.0


def test_what_caused_an_error_counts() -> None:
    """Libraries wrap the error of the client below them."""
    error = RuntimeError("the chain failed")
    error.__cause__ = ProviderError(status_code=429, retry_after=2)
    found = congestion(error)
    assert found is not None
    assert found.wait == 2.0


class Hostile(Exception):
    """Raises whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        """Raise."""
        if name.startswith("__"):
            return super().__getattribute__(name)
        raise RuntimeError(name)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("429"),
        ProviderError(status_code=500),
        ProviderError(status="429"),
        ProviderError(response=None),
        ProviderError(response="text", headers=5),
        Hostile(),
    ],
)
def test_other_errors_are_none(error: Exception) -> None:
    """Only the number 429 in one of the known places is a rate limit."""
    assert congestion(error) is None


WAITS = st.one_of(
    st.none(),
    st.floats(),
    st.integers(),
    st.sampled_from([10**5000, -(10**5000)]),
    st.binary(max_size=50),
    st.text(max_size=50),
    st.sampled_from(
        ["31536000", "-1", "nan", "inf", "-inf", "1e400", "0x10", "٣", "9" * 10_000, "1." + "9" * 10_000, "²"]
    ),
    st.builds(
        lambda moment, zone: f"{moment:%a, %d %b %Y %H:%M:%S} {zone}",
        st.datetimes(),
        st.sampled_from(["GMT", "-0000", "+1400", "-9999", "+2460", "EST", "MARS", "", "+" + "9" * 24]),
    ),
    st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,12} [+-][0-9]{1,8}", fullmatch=True),
)


@settings(max_examples=400, deadline=None)
@given(wait=WAITS)
def test_no_header_stops_a_run(wait: Any) -> None:
    """Whatever is sent or set, the wait is none or between nothing and the longest one."""
    field = retry_after(wait) if isinstance(wait, str) else None
    assert field is None or field >= 0
    for error in (
        ProviderError(status_code=429, retry_after=wait),
        ProviderError(status_code=429, headers={"Retry-After": wait}),
        ProviderError(status_code=429, response=response("status_code", {"retry-after-ms": wait})),
    ):
        found = congestion(error)
        assert found is not None
        assert found.wait is None or 0 <= found.wait <= LONGEST_WAIT
