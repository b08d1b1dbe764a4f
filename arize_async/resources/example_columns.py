"""The columns that a dataset needs beside the user's own when it travels over Flight (wire contract 4.5)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen

from arize_async.errors import InvalidRows
from arize_async.resources.columns import Column

if TYPE_CHECKING:
    import pyarrow as pa

_MOMENTS = ("created_at", "updated_at")


def _now() -> int:
    return time.time_ns() // 1_000_000


def _new_id() -> str:
    return str(uuid.uuid4())


@frozen(kw_only=True)
class ExampleColumns:
    """Adds ``id``, ``created_at`` and ``updated_at`` where they are missing; all other columns stay as they are.

    Attributes:
        now: Milliseconds since the epoch.
        new_id: Makes the id of an example that has none.
        id_first: Whether a new ``id`` column comes before the new dates, as it does for files, or after them.
    """

    now: int = field(factory=_now)
    new_id: Callable[[], str] = _new_id
    id_first: bool = False

    def rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return dicts as they are: REST takes none of the columns that the server sets."""
        return rows

    def row_reader(self, rows: Sequence[Mapping[str, object]], names: list[str]) -> pa.RecordBatchReader:
        """Complete dicts as Arrow data."""
        from arize_async.resources.cells import reader_of_rows

        return self.reader(reader_of_rows(rows, [Column(name, name) for name in names]))

    def reader(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Complete Arrow data batch by batch.

        Raises:
            InvalidRows: While the data is read: two rows have the same id.
        """
        import pyarrow as pa

        def completed() -> Iterator[pa.RecordBatch]:
            seen: set[str] = set()
            for batch in reader:
                full = self._batch(batch)
                if has_ids:
                    _check_ids(cast("list[str]", full.column("id").to_pylist()), seen)
                yield full

        has_ids = "id" in reader.schema.names
        empty = pa.RecordBatch.from_pylist([], schema=reader.schema)
        return pa.RecordBatchReader.from_batches(self._batch(empty).schema, completed())

    def _batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = {name: _portable(name, batch.column(index)) for index, name in enumerate(batch.schema.names)}
        for name in ("id", *_MOMENTS) if self.id_first else (*_MOMENTS, "id"):
            complete = self._ids if name == "id" else self._moments
            columns[name] = complete(columns.get(name), batch.num_rows)
        import pyarrow as pa

        return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))

    def _ids(self, given: pa.Array[Any] | None, count: int) -> pa.Array[Any]:
        import pyarrow as pa

        from arize_async.wire.arrow import text_column

        cells: list[str | None] = [None] * count if given is None else text_column(given).to_pylist()
        return pa.array([self.new_id() if cell is None else cell for cell in cells], pa.string())

    def _moments(self, given: pa.Array[Any] | None, count: int) -> pa.Array[Any]:
        import pyarrow as pa
        import pyarrow.compute as pc

        if given is None or pa.types.is_null(given.type):
            return pa.array([self.now] * count, pa.int64())
        if pa.types.is_timestamp(given.type):
            given = given.cast(pa.timestamp("ms", given.type.tz), safe=False)
        return cast("Any", pc).fill_null(given.cast(pa.int64(), safe=False), self.now)


def _portable(name: str, array: pa.Array[Any]) -> pa.Array[Any]:
    """Return objects of JSON-text columns as JSON text (wire contract 4.5 and 4.6)."""
    import pyarrow as pa

    from arize_async.wire.arrow import is_json_text_column, text_column

    return text_column(array) if pa.types.is_struct(array.type) and is_json_text_column(name) else array


def _check_ids(ids: list[str], seen: set[str]) -> None:
    start = len(seen)
    for place, given in enumerate(ids, start):
        if given in seen:
            raise InvalidRows(f"the id {given!r} appears twice", path=f"[{place}].id")
        seen.add(given)
