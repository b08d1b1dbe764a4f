"""The examples of a run: rows of the dataset, chunk by chunk, as a task sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.models.example import Example
from arize_async.wire.arrow import is_json_text_column, rows_from_batch
from arize_async.wire.text import parse_nested

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Sequence

    import pyarrow as pa

    from arize_async.models.example import DatasetExample

# They are text of the user's own and travel as they are (wire contract 4.6 parses them and changes "4" into 4).
_PLAIN = frozenset({"output", "result"})
READ_AHEAD = 10_000


async def from_batches(batches: AsyncIterable[pa.RecordBatch]) -> AsyncGenerator[Sequence[Example]]:
    """Turn record batches of a Flight read into chunks of examples."""
    async for batch in batches:
        nested = [name for name in batch.schema.names if is_json_text_column(name) and name not in _PLAIN]
        rows = rows_from_batch(batch)
        for row in rows:
            for name in nested:
                row[name] = parse_nested(row[name])
        if rows:
            yield [Example(row) for row in rows]


async def from_rest(examples: AsyncIterable[DatasetExample]) -> AsyncGenerator[Sequence[Example]]:
    """Turn examples of the REST API into chunks of one."""
    async for example in examples:
        yield [Example(_row(example))]


async def limited(chunks: AsyncIterable[Sequence[Example]], most: int) -> AsyncGenerator[Sequence[Example]]:
    """Give at most so many examples."""
    left = most
    async for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


class Examples:
    """A stream of examples that knows its length when it is short.

    Attributes:
        count: How many examples there are; None when they are more than were read ahead.
    """

    def __init__(self, chunks: AsyncIterable[Sequence[Example]]) -> None:
        """Take the chunks; nothing is read yet."""
        self._chunks: AsyncIterator[Sequence[Example]] = aiter(chunks)
        self._ahead: list[Sequence[Example]] = []
        self.count: int | None = None

    async def read_ahead(self, most: int = READ_AHEAD) -> int:
        """Read until so many examples are here, and return how many are."""
        ready = 0
        while ready < most:
            try:
                chunk = await anext(self._chunks)
            except StopAsyncIteration:
                self.count = ready
                break
            self._ahead.append(chunk)
            ready += len(chunk)
        return ready

    async def __aiter__(self) -> AsyncIterator[Sequence[Example]]:
        """Give what was read ahead, and then the others."""
        while self._ahead:
            yield self._ahead.pop(0)
        async for chunk in self._chunks:
            yield chunk


def _row(example: DatasetExample) -> dict[str, object]:
    fixed = {
        "id": example.id,
        "created_at": example.created_at and example.created_at.isoformat(),
        "updated_at": example.updated_at and example.updated_at.isoformat(),
    }
    return {**fixed, **example.additional_properties}
