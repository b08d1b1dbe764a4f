"""The first items of a list, however many pages they are on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from arize_async.cli.tables import print_json, print_note, print_table
from arize_async.models.base import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from arize_async.responses.page import Page

T = TypeVar("T", bound=Model)


async def take(page: Page[T], limit: int) -> tuple[list[T], bool]:
    """Return up to ``limit`` items, and whether there are more."""
    items: list[T] = []
    async for item in page:
        if len(items) == limit:
            return items, True
        items.append(item)
    return items, False


def print_items(
    name: str,
    found: tuple[list[T], bool],
    columns: Sequence[str],
    row: Callable[[T], Sequence[object]],
    *,
    as_json: bool,
) -> None:
    """Write items as a table, or as JSON with them under a name."""
    items, has_more = found
    if as_json:
        print_json({name: [item.to_dict() for item in items], "has_more": has_more})
        return
    print_table(columns, map(row, items))
    if has_more:
        print_note(f"these are the first {len(items)}; --limit shows more")
