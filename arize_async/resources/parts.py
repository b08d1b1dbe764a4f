"""Writes of any number of rows, as one request after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from arize_async.errors import ArizeError, IncompleteWrite
from arize_async.models.rules import MAX_ROWS
from arize_async.resources.choice import off_loop
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from arize_async.models.base import Model

M = TypeVar("M", bound="Model")
R = TypeVar("R", bound="Mapping[str, object]")
Part = list[dict[str, Any]]


def request_parts(rows: Sequence[R], max_bytes: float) -> list[list[R]]:
    """Split rows into requests of at most 1,000 rows and so many bytes; a row that is larger goes alone."""
    parts: list[list[R]] = [[]]
    size = 0
    for row in rows:
        width = len(json_bytes(row)) + 1
        if parts[-1] and (len(parts[-1]) == MAX_ROWS or size + width > max_bytes):
            parts.append([])
            size = 0
        parts[-1].append(row)
        size += width
    return parts


class PartWriter:
    """Sends rows in as many requests as they need, in order and one at a time.

    Attributes:
        written: How many rows the server has acknowledged.
        ids: The ids that its answers gave, in order.
    """

    def __init__(self, max_megabytes: float, ids_of: Callable[[Any], Iterable[str]]) -> None:
        """Bound the requests; ``ids_of`` takes the ids from an answer."""
        self._max_bytes = max_megabytes * 2**20
        self._ids_of = ids_of
        self.written = 0
        self.ids: list[str] = []

    async def send(self, chunks: Iterable[Part], request: Callable[[Part], Awaitable[M]]) -> M:
        """Send all rows and return the last answer.

        Raises:
            IncompleteWrite: A request failed after others had succeeded.
            ArizeError: The first request failed.
        """
        following = iter(chunks)
        last: M | None = None
        try:
            while (parts := await off_loop(lambda: self._next(following))) is not None:
                for part in parts:
                    last = await request(part)
                    self.written += len(part)
                    self.ids += self._ids_of(last)
        except ArizeError as error:
            if not self.written:
                raise
            raise IncompleteWrite(self.written, self.ids) from error
        assert last is not None
        return last

    def _next(self, following: Iterable[Part]) -> list[Part] | None:
        rows = next(iter(following), None)
        return None if rows is None else request_parts(rows, self._max_bytes)
