"""Texts of servers in errors: they are shown, and do nothing to terminals and logs."""

from __future__ import annotations

import pytest

from arize_async.errors import ApiError, ConnectionFailed, IncompleteWrite, InvalidResponse

HOSTILE = "no\x1b]0;owned\x07\r\nroot: logged in\u202e\x9b2J\ud800"


@pytest.mark.parametrize("kind", [ApiError, ConnectionFailed, InvalidResponse])
def test_control_characters_are_escaped(kind: type[ApiError]) -> None:
    """An error is one line of printable text, whatever the server says; the detail itself is left as it is."""
    error = kind(HOSTILE, title=HOSTILE, status=400, request="GET /v2/spaces", request_id=HOSTILE)
    assert str(error).isprintable()
    assert r"no\x1b]0;owned\x07\r\nroot: logged in\u202e\x9b2J\ud800" in str(error)
    assert error.detail == HOSTILE
    whole = IncompleteWrite(3)
    whole.__cause__ = error
    assert str(whole).isprintable()


def test_other_alphabets_stay() -> None:
    """What can be printed is printed."""
    assert str(InvalidResponse("naïve 日本語 ✓")) == "naïve 日本語 ✓"
