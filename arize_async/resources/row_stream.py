"""Rows given as Arrow data, read batch by batch and only once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from arize_async.errors import InvalidRows
from arize_async.models.rules import MAX_ROWS
from arize_async.resources.portable import portable_batch, portable_schema
from arize_async.wire.arrow import rows_from_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arize_async.resources.rows import Conversion


class RowStream:
    """Batches of which no more is read ahead than one REST request takes."""

    def __init__(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch], *, in_files: bool = False) -> None:
        """Read the first rows.

        Raises:
            InvalidRows: A column is given twice or holds bytes, or the data cannot be read.
        """
        self.in_files = in_files
        self._schema = portable_schema(schema)
        self._following = self._read(iter(batches))
        self._first: list[pa.RecordBatch] = []
        self._known = 0
        while self._known <= MAX_ROWS and (batch := next(self._following, None)) is not None:
            self._first.append(batch)
            self._known += batch.num_rows

    @property
    def names(self) -> list[str]:
        """The columns."""
        return self._schema.names

    @property
    def fits_rest(self) -> bool:
        """Whether REST takes so many rows in one request."""
        return self._known <= MAX_ROWS

    @property
    def size(self) -> str:
        """How many rows, in words; a stream is not read to its end to count them."""
        return str(self._known) if self.fits_rest else f"more than {MAX_ROWS}"

    def parts(self, conversion: Conversion | None = None) -> Iterator[list[dict[str, Any]]]:
        """Yield the converted rows as dicts, at most 1,000 at a time."""
        reader = self._reader()
        waiting: list[dict[str, Any]] = []
        for batch in conversion.reader(reader) if conversion else reader:
            for start in range(0, batch.num_rows, MAX_ROWS):
                waiting += rows_from_batch(batch.slice(start, MAX_ROWS))
                if len(waiting) >= MAX_ROWS:
                    yield waiting[:MAX_ROWS]
                    waiting = waiting[MAX_ROWS:]
        if waiting:
            yield waiting

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows."""
        return conversion.reader(self._reader())

    def _reader(self) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self._schema, chain(self._first, self._rest()))

    def _rest(self) -> Iterator[pa.RecordBatch]:
        if not self.fits_rest:
            self._first = []  # nobody can ask for them a second time
        yield from self._following

    def _read(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                if batch.num_rows:
                    yield portable_batch(batch, self._schema)
        except (pa.ArrowException, OSError) as error:
            raise InvalidRows(f"the rows cannot be read: {error}") from error
