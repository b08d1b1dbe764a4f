"""Retry-After in its two forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

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


def test_a_status_without_a_phrase_has_no_title() -> None:
    """Statuses of proxies that no standard knows are errors like others."""
    error = problem(599, {}, b"", "GET /v2")
    assert str(error) == "599: the answer has no body [GET /v2]"
