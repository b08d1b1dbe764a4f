"""Where two values differ that were sent for the same purpose."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 120
_ABSENT = object()
NOTHING = "–"  # noqa: RUF001 - a hyphen could be a value


class Texts(NamedTuple):
    """A difference in words.

    Attributes:
        what: What part of what is sent.
        official: What the official SDK sends, shortened.
        ours: What this one sends, shortened.
    """

    what: str
    official: str
    ours: str


def differing(part: str, official: Any, ours: Any) -> Iterator[Texts]:
    """Compare one part of an exchange; of rows, the first that differs in a column shows it."""
    if part == "rows" and len(official) != len(ours):
        yield Texts("number of rows", str(len(official)), str(len(ours)))
    elif part == "columns" and sorted(official) != sorted(ours):
        return  # their types show it
    elif part == "rows of the batches" and sum(official) != sum(ours):
        return  # the number of rows shows it
    elif part == "type":
        for texts in _values(part, official, ours):
            known = texts.official == "null"
            yield Texts("type of columns without values", "null", "that of the column") if known else texts
    else:
        yield from _values(part, official, ours)


def _values(what: str, official: Any, ours: Any) -> Iterator[Texts]:
    if isinstance(official, dict) and isinstance(ours, dict):
        for key in sorted(official.keys() | ours.keys()):
            yield from _values(f"{what} {key}", official.get(key, _ABSENT), ours.get(key, _ABSENT))
    elif _are_rows(official, ours):
        seen: set[str] = set()
        for one, other in zip(official, ours, strict=True):
            for texts in _values(what, one, other):
                if texts.what not in seen:
                    seen.add(texts.what)
                    yield texts
    elif json.dumps(official, default=repr) != json.dumps(ours, default=repr):
        quoted = _ABSENT not in (official, ours) and type(official) is not type(ours)
        yield Texts(what, _short(official, quoted=quoted), _short(ours, quoted=quoted))


def _are_rows(official: Any, ours: Any) -> bool:
    lists = [value for value in (official, ours) if isinstance(value, list)]
    same = len(lists) == 2 and len(official) == len(ours)
    return same and all(isinstance(item, dict) for values in lists for item in values)


def _short(value: Any, *, quoted: bool) -> str:
    if value is _ABSENT:
        return NOTHING
    if isinstance(value, dict) and "<JSON text>" in value:
        return f"JSON of {_short(value['<JSON text>'], quoted=True)}"
    text = value if isinstance(value, str) and not quoted else json.dumps(value, ensure_ascii=False)
    text = re.sub(r"<(\w+) \d+>", r"<\1>", re.sub(r"x{20,}", "x…", text))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
