"""How far a list is followed when the server's word is all there is to go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import InvalidResponse

if TYPE_CHECKING:
    from arize_async.models.page import PaginationMetadata

_MOST_EMPTY = 1000


class Cursors:
    """The cursors of one walk through pages; a server that leads in a circle, or nowhere, does not keep it going."""

    def __init__(self) -> None:
        """Start before the first page."""
        self._seen: set[str] = set()
        self._empty = 0

    def following(self, pagination: PaginationMetadata, items: int) -> str | None:
        """Return the cursor of the next page, or None at the end; ``items`` is how many the page had.

        Raises:
            InvalidResponse: The cursor is missing or was there before, or page after page is empty.
        """
        if not pagination.has_more:
            return None
        cursor = pagination.next_cursor
        if not cursor:
            raise InvalidResponse("the server says that more pages follow and sends no next_cursor @ $.pagination")
        if cursor in self._seen:
            raise InvalidResponse("the server repeats a next_cursor: its pages lead in a circle @ $.pagination")
        self._seen.add(cursor)
        self._empty = 0 if items else self._empty + 1
        if self._empty > _MOST_EMPTY:
            raise InvalidResponse(f"{self._empty} pages in a row are empty and more are to follow @ $.pagination")
        return cursor
