"""Tables for notebooks: escaped, and small whatever they show."""

from __future__ import annotations

from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from arize_async.models.jsonable import safe_repr
from arize_async.models.unicode import valid_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 20
MOST_COLUMNS = 20
MOST_CHARACTERS = 100


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the first rows and columns of a table.

    >>> html_table("<b>", ("a",), [("x" * 200,)]).count("x"), html_table("<b>", ("a",), [])[:24]
    (99, '<table><caption>&lt;b&gt')
    """
    lines = [_row("td", row) for row in islice(rows, MOST_ROWS + 1)]
    if len(lines) > MOST_ROWS:
        lines[-1] = _row("td", ["\u2026"])
    if any(head):
        lines.insert(0, _row("th", head))
    return f"<table><caption>{_cell(caption)}</caption>{''.join(lines)}</table>"


def _row(kind: str, cells: Sequence[object]) -> str:
    shown = [*cells[:MOST_COLUMNS], "\u2026"] if len(cells) > MOST_COLUMNS else cells
    return f"<tr>{''.join(f'<{kind}>{_cell(cell)}</{kind}>' for cell in shown)}</tr>"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = valid_text(value) if isinstance(value, str) else safe_repr(value)
    return escape(text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "\u2026")
