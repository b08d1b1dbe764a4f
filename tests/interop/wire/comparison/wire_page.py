"""The documented differences."""

from __future__ import annotations

import re
from pathlib import Path

from wire_differences import Difference

PAGE = Path(__file__).parents[4] / "docs" / "differences.md"
_ROW = re.compile(
    r"^\| (?P<where>`[^|]+`) \| `(?P<what>[^|`]+)` \| `(?P<official>[^|`]+)` \| `(?P<ours>[^|`]+)` \|"
    r" (?P<why>[^|]+) \|$",
    re.MULTILINE,
)


def documented() -> set[Difference]:
    """Read the tables of the page."""
    rows = list(_ROW.finditer(PAGE.read_text("utf-8")))
    found = {
        Difference(frozenset(re.findall(r"`([^`]+)`", row["where"])), row["what"], row["official"], row["ours"])
        for row in rows
    }
    assert len(found) == len(rows), "a row stands twice"
    return found


def as_rows(found: set[Difference]) -> str:
    """Write differences as the page has them, but for the reasons."""
    lines = (
        (", ".join(f"`{where}`" for where in sorted(item.where)), *(f"`{text}`" for text in item[1:])) for item in found
    )
    return "\n".join(sorted(f"| {' | '.join(cells)} |" for cells in lines))
