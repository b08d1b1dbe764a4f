"""Retry-After in its two forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arize_async.transport.problems import problem, retry_after

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60.0),
        ("Fri, 02 Jan 2026 03:03:05 GMT", 0.0),
        ("Fri, 02 Jan 2026 03:05:05", 60.0),
        ("-5", None),
        ("nan", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """A date in the past means now, and what is neither form counts as nothing."""
    assert retry_after(value, now=NOW) == seconds


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_retry_after(value: str) -> None:
    """It is a wait of zero or more seconds, or nothing."""
    seconds = retry_after(value, now=NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    "value", ["Fri, 99 Jan 2026 03:05:05 GMT", "Fri, 02 Jan 99999 03:05:05 GMT", "1 2 3 4 5 6 7 8"]
)
def test_a_date_that_is_none_counts_as_nothing(value: str) -> None:
    """Servers send what they like."""
    assert retry_after(value, now=NOW) is None


def test_a_year_and_a_number_without_end_are_waits_that_nobody_keeps() -> None:
    """The total time decides, so they only have to be numbers."""
    assert retry_after("31536000", now=NOW) == 31536000
    assert retry_after("9" * 400, now=NOW) == float("inf")


def test_a_status_without_a_phrase_has_no_title() -> None:
    """Statuses of proxies that no standard knows are errors like others."""
    error = problem(599, {}, b"", "GET /v2")
    assert str(error) == "599: the answer has no body [GET /v2]"


def test_errors_say_reason_and_body_as_the_official_sdk_does() -> None:
    """Beside the title, which is the server's word, stands that of HTTP; a body without end is cut."""
    body = b'{"status": 404, "title": "Resource not found", "detail": "gone"}'
    error = problem(404, {}, body, "GET /v2")
    assert (error.status, error.reason, error.title, error.detail) == (404, "Not Found", "Resource not found", "gone")
    assert error.body == body.decode()
    assert len(problem(500, {}, b"\xff" * 10**6, "GET /v2").body) == 64 * 1024
