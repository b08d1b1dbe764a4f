"""The columns that a dataset needs beside the user's own when it travels over Flight (wire contract 4.5)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen

from arize_async.errors import InvalidRows

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

    def rows(self, rows: list[dict[str, object]]) -> list[dict[str, object]]:
        """Complete dicts.

        Raises:
            InvalidRows: Two rows have the same id.
        """
        completed = [{**row, **self._missing(row)} for row in rows]
        seen: set[object] = set()
        for number, row in enumerate(completed):
            if row["id"] in seen:
                raise InvalidRows(f"row {number}: the id {row['id']!r} appears twice")
            seen.add(row["id"])
        return completed

    def reader(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Complete Arrow data batch by batch.

        Raises:
            InvalidRows: A column holds bytes, or (while the data is read) two rows have the same id.
        """
        import pyarrow as pa

        binary = [name for name, kind in zip(reader.schema.names, reader.schema.types, strict=True) if _is_binary(kind)]
        if binary:
            raise InvalidRows(f"columns of bytes cannot be stored: {', '.join(binary)}")

        def completed() -> Iterator[pa.RecordBatch]:
            seen: set[str] = set()
            for batch in reader:
                full = self._batch(batch)
                _check_ids(cast("list[str]", full.column("id").to_pylist()), seen)
                yield full

        empty = pa.RecordBatch.from_pylist([], schema=reader.schema)
        return pa.RecordBatchReader.from_batches(self._batch(empty).schema, completed())

    def _missing(self, row: dict[str, object]) -> dict[str, object]:
        given = row.get("id")
        moments = {name: self.now for name in _MOMENTS if row.get(name) is None}
        return {**moments, "id": self.new_id() if given is None else str(given)}

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
    """Return objects of JSON-text columns, and maps, as JSON text (wire contract 4.5 and 4.6)."""
    import pyarrow as pa

    from arize_async.wire.arrow import is_json_text_column, text_column

    nested = pa.types.is_struct(array.type) and is_json_text_column(name)
    return text_column(array) if nested or pa.types.is_map(array.type) else array


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)


def _check_ids(ids: list[str], seen: set[str]) -> None:
    for given in ids:
        if given in seen:
            raise InvalidRows(f"the id {given!r} appears twice")
        seen.add(given)
