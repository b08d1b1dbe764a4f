"""The page about errors: it has every class, below the one that it belongs to."""

from __future__ import annotations

import re
from pathlib import Path

import arize_async.errors

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text("utf-8")
ROW = re.compile(r"^\| (?P<level>(?:\N{EN DASH} )*)`(?P<name>\w+)`[^|]*\| (?:`(?P<also>\w+)` )?\|", re.MULTILINE)


def written() -> dict[str, tuple[str, str | None]]:
    """Return what stands above each class in the table, and which exception of Python it is said to be."""
    found: dict[str, tuple[str, str | None]] = {}
    above = ["ArizeError"]
    for row in ROW.finditer(PAGE):
        level = row["level"].count("\N{EN DASH}")
        found[row["name"]] = (above[level], row["also"])
        above[level + 1 :] = [row["name"]]
    return found


def test_every_error_stands_where_it_belongs() -> None:
    """The table has the whole tree, and the parents from Python."""
    classes = {
        name: each
        for name in arize_async.errors.__all__
        if isinstance(each := getattr(arize_async.errors, name), type) and each is not arize_async.errors.ArizeError
    }
    expected = {
        name: (each.__bases__[0].__name__, each.__bases__[1].__name__ if len(each.__bases__) > 1 else None)
        for name, each in classes.items()
    }
    assert len(expected) > 30
    assert written() == expected
