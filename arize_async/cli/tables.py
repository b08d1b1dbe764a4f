"""What commands write to standard output: tables for people, one JSON document for programs."""

from __future__ import annotations

import io
import re
import sys
from typing import TYPE_CHECKING

from arize_async.models.base import answer_text
from arize_async.models.unicode import visible

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

_UNBOUNDED = 1_000_000
_LEAST, _GAP = 9, 2
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]")


def moment(when: dt.datetime | None) -> str:
    """Return a time in the zone of this machine."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}" if when else ""


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows below headings; in a file or a pipe each row is one line.

    A terminal gets them folded to its width, but ids whole, to be copied; those of examples, which nothing asks for,
    cut short.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    seen = Console()
    texts = [["" if value is None else visible(value) for value in row] for row in rows]
    table = Table(box=None, pad_edge=False)
    needed = 0
    for place, name in enumerate(map(visible, columns)):
        longest = max(map(cell_len, (name, *(row[place] for row in texts))))
        least = longest if name == "ID" else min(longest, _LEAST)
        needed += least + _GAP
        if name == "EXAMPLE" and seen.is_terminal:
            table.add_column(name, no_wrap=True, width=least)
        else:
            table.add_column(Text(name), overflow="fold", no_wrap=name == "ID", min_width=least)
    for row in texts:
        table.add_row(*map(Text, row))
    # rich would end the process itself when nobody reads on
    text = io.StringIO()
    width = max(seen.width, needed) if seen.is_terminal else _UNBOUNDED
    Console(file=text, force_terminal=seen.is_terminal, width=width, highlight=False).print(table)
    print(text.getvalue(), end="")


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Write names with their values, one a line; what has no value is left out."""
    for name, value in facts:
        if value is not None:
            print(f"{name + ':':<12}{visible(value)}")


def print_json(document: dict[str, object]) -> None:
    """Write one JSON document on one line; a terminal gets letters beyond ASCII escaped, as some of them act on it."""
    text = answer_text(document)
    if sys.stdout.isatty():
        text = _BEYOND_ASCII.sub(_escaped, text)
    print(text)


def print_note(text: str) -> None:
    """Write a line to standard error."""
    print(visible(text), file=sys.stderr)


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
