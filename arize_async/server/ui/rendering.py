"""From values to HTML: Jinja with everything escaped, and how numbers and moments are written."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

import jinja2

if TYPE_CHECKING:
    from datetime import datetime

FOLDER = Path(__file__).parent
_DASH = "–"  # noqa: RUF001 - a dash is what stands for nothing
_PLAIN = 1e6


@cache
def environment() -> jinja2.Environment:
    """Return the environment of all pages; the first call reads them, which blocks."""
    sources = {file.name: file.read_text("utf-8") for file in (FOLDER / "templates").glob("*.html")}
    made = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        number=number,
        count=count,
        ms=milliseconds,
        moment=moment,
        percent=percent,
        signed=signed,
        text=text,
        part=part,
    )
    made.globals["link"] = cast("Any", link)
    return made


def render(template: str, **values: object) -> str:
    """Return a page."""
    return environment().get_template(template).render(**values)


def link(*steps: str, **query: object) -> str:
    """Return an address of a page; parameters that are None or empty are left out.

    >>> link("runs", "a/b", filter="x > 1", page=None, experiment=["1", "2"])
    '/ui/runs/a%2Fb?filter=x+%3E+1&experiment=1&experiment=2'
    """
    path = "/".join(quote(step, safe="") for step in steps)
    pairs = {name: value for name, value in query.items() if value not in (None, "", False)}
    return f"/ui/{path}" + (f"?{urlencode(pairs, doseq=True)}" if pairs else "")


def number(value: object) -> str:
    r"""Write a number with four digits.

    >>> print(*map(ascii, map(number, (0.123456, 1234567, 2.0, True, None))))
    '0.1235' '1,234,567' '2' 'true' '\u2013'
    """
    if value is None:
        return _DASH
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (int, float)):
        return text(value)
    if isinstance(value, int) or (value.is_integer() and abs(value) < _PLAIN):
        return f"{int(value):,}"
    return f"{value:.4g}" if abs(value) < _PLAIN else f"{value:,.0f}"


def count(value: int) -> str:
    """Write how many."""
    return f"{value:,}"


def signed(value: float | None) -> str:
    r"""Write a difference.

    >>> print(ascii(signed(0.25)), ascii(signed(-1)), ascii(signed(0)))
    '+0.25' '\u22121' '\xb10'
    """
    if value is None:
        return _DASH
    if value == 0:
        return "±0"
    return ("+" if value > 0 else "−") + number(abs(value))  # noqa: RUF001 - the minus of typography


def percent(value: float | None) -> str:
    """Write a share."""
    return _DASH if value is None else f"{100 * value:.1f} %"


def milliseconds(value: object) -> str:
    """Write a duration.

    >>> milliseconds(0.25), milliseconds(12.3456), milliseconds(65_000.0)
    ('0.25 ms', '12.3 ms', '65 s')
    """
    if not isinstance(value, (int, float)):
        return _DASH
    for limit, unit, scale in ((1e3, "ms", 1.0), (1e6, "s", 1e3)):
        if abs(value) < limit:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 6e4:,.1f} min"


def moment(value: datetime | None) -> str:
    """Write a moment in UTC, to the minute."""
    return _DASH if value is None else value.strftime("%Y-%m-%d %H:%M")


def text(value: object) -> str:
    """Write anything as text, what is not text as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def part(value: object, characters: int) -> str:
    """Write the beginning of a text on one line."""
    whole = " ".join(text(value)[: 2 * characters].split())
    return whole if len(whole) <= characters else whole[:characters] + "…"
