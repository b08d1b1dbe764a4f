"""The examples of a run: read once at its start, kept outside of memory when they are many.

A run may take hours, and no server keeps a stream open for so long; so the dataset is copied before the first task
starts, which also tells how many examples there are.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, TypeVar, cast

import orjson

from arize_async.models.example import Example
from arize_async.wire.arrow import is_json_text_column, rows_from_batch
from arize_async.wire.text import json_bytes, parse_nested

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Sequence
    from types import TracebackType
    from typing import Self

    import pyarrow as pa

    from arize_async.models.example import DatasetExample

Row = dict[str, object]
C = TypeVar("C")

# They are text of the user's own and travel as they are (wire contract 4.6 parses them and changes "4" into 4).
_PLAIN = frozenset({"output", "result"})
_IN_MEMORY_BYTES = 1024 * 1024
_CHUNK_ROWS = 500
_CHUNK_BYTES = 1024 * 1024
_PATIENCE = 5.0
"""Seconds that a disk has to end a read that nobody waits for any more."""


async def slices(batches: AsyncIterable[pa.RecordBatch]) -> AsyncGenerator[pa.RecordBatch]:
    """Cut the record batches of a Flight read into chunks."""
    async for batch in batches:
        count = max(1, min(_CHUNK_ROWS, _CHUNK_BYTES * batch.num_rows // max(batch.nbytes, 1)))
        for start in range(0, batch.num_rows, count):
            yield batch.slice(start, count)


def rows_of_batch(batch: pa.RecordBatch) -> list[Row]:
    """Turn a record batch of a Flight read into rows; this blocks."""
    nested = [name for name in batch.schema.names if is_json_text_column(name) and name not in _PLAIN]
    rows = rows_from_batch(batch)
    for row in rows:
        for name in nested:
            row[name] = parse_nested(row[name])
    return rows


async def rows_of_pages(examples: AsyncIterable[DatasetExample]) -> AsyncGenerator[Sequence[Row]]:
    """Turn examples of the REST API into rows."""
    rows: list[Row] = []
    async for example in examples:
        rows.append({name: value for name, value in example.to_dict().items() if name != "annotations"})
        if len(rows) == _CHUNK_ROWS:
            yield rows
            rows = []
    yield rows


class Examples:
    """A copy of a dataset's rows, up to 1 MiB in memory and beyond that in a temporary file without a name.

    Attributes:
        count: How many examples there are.
        columns: The columns that any of them has.
    """

    def __init__(self) -> None:
        """Start without any example."""
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, prefix="arize-examples-")  # noqa: SIM115 - closed by __exit__
        self.count = 0
        self.columns: set[str] = set()
        self._ids = sha256()

    @property
    def digest(self) -> str:
        """Digest of the ids of the examples, in order."""
        return self._ids.hexdigest()

    async def fill(
        self, chunks: AsyncIterable[C], rows_of: Callable[[C], Sequence[Row]], most: int | None = None
    ) -> None:
        """Copy rows, at most so many; ``rows_of`` makes rows of a chunk.

        Raises:
            OSError: The disk that holds temporary files is full.
        """
        async for chunk in chunks:
            await asyncio.to_thread(lambda chunk=chunk: self._add(rows_of(chunk), most))
            if most is not None and self.count >= most:
                return

    def _add(self, rows: Sequence[Row], most: int | None) -> None:
        rows = rows if most is None else rows[: most - self.count]
        if rows:
            self.count += len(rows)
            self.columns.update(*rows)
            self._ids.update("".join(f"{row.get('id')}\n" for row in rows).encode("utf-8", "surrogatepass"))
            self._file.write(json_bytes(rows) + b"\n")

    async def chunks(self, repetitions: int) -> AsyncGenerator[Sequence[Example]]:
        """Give the examples in chunks, from the first on, each so many times; the next one is read meanwhile."""
        self._file.seek(0)
        reading = self._reading()
        try:
            while line := await reading:
                reading = self._reading()
                rows = cast("list[Row]", orjson.loads(line))
                yield [Example(row, number) for row in rows for number in range(1, repetitions + 1)]
        finally:
            await asyncio.wait([reading], timeout=_PATIENCE)  # the file may be closed next

    def _reading(self) -> asyncio.Future[bytes]:
        reading = asyncio.get_running_loop().run_in_executor(None, self._file.readline)
        reading.add_done_callback(_seen)
        return reading

    def __enter__(self) -> Self:
        """Keep the copy for the time of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop the copy."""
        self._file.close()


def _seen(reading: asyncio.Future[bytes]) -> None:
    """Look at an error, which nobody may come for: what was read ahead is not always wanted."""
    if not reading.cancelled():
        reading.exception()
