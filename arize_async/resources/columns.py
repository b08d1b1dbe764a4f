"""What is done to a column of the user's on its way into a request."""

from __future__ import annotations

from attrs import frozen

from arize_async.wire.text import output_text

_MISSING = frozenset({"NAType", "NaTType"})


@frozen
class Column:
    """Where a column comes from, and whether it becomes text: always, where it is not flat, or never."""

    target: str
    source: str
    text: str = "never"


def present(cell: object) -> object:
    """Return a cell, or None for what pandas writes in place of one that is missing."""
    return None if type(cell).__name__ in _MISSING else cell


def text_of(cell: object) -> str | None:
    """Return a cell as text, JSON where it is not text; a missing one is None."""
    return output_text(present(cell))
