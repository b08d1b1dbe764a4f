"""Input that many workers share, pulled one item at a time and never ahead of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Sequence

I = TypeVar("I")  # noqa: E741 - item


class Source(Generic[I]):
    """Numbers the items of a stream of chunks.

    Chunks keep the common case cheap: only the first pull from a chunk has to await.
    """

    def __init__(self, chunks: AsyncIterable[Sequence[I]]) -> None:
        """Take the chunks; nothing is pulled yet."""
        self._chunks: AsyncIterator[Sequence[I]] = aiter(chunks)
        self._chunk: Sequence[I] = ()
        self._position = 0
        self._before = 0
        self._advancing = asyncio.Lock()
        self._exhausted = False
        self._stopped = False

    def stop(self) -> None:
        """Give no further item."""
        self._stopped = True

    async def pull(self) -> tuple[int, I] | None:
        """Return the next item and its position from 0, or None at the end.

        Raises:
            Exception: Whatever the stream raises.
        """
        if self._stopped:
            return None
        while self._position == len(self._chunk):
            async with self._advancing:
                if self._position == len(self._chunk) and not await self._advance():
                    return None
        position = self._position
        self._position += 1
        return self._before + position, self._chunk[position]

    async def _advance(self) -> bool:
        if self._exhausted:
            return False
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            self._exhausted = True
            return False
        self._before += len(self._chunk)
        self._chunk, self._position = chunk, 0
        return True
