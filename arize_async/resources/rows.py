"""What users give as rows: dicts, any data frame, or files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from arize_async.errors import InvalidRows

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

FilePath = str | os.PathLike[str]


class ArrowStream(Protocol):
    """Any data frame with the Arrow PyCapsule interface: polars, pandas, pyarrow, duckdb and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the frame as an Arrow stream."""
        ...


Rows = Sequence[Mapping[str, object]] | ArrowStream | FilePath | Sequence[FilePath]
"""A list of dicts, a data frame, or the path or paths of Parquet, Arrow or Feather files or of directories of them."""


class Conversion(Protocol):
    """What is done to rows before they are sent; the same for dicts and for Arrow data."""

    def rows(self, rows: list[dict[str, object]]) -> list[dict[str, object]]:
        """Convert dicts."""
        ...

    def reader(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Convert Arrow data batch by batch."""
        ...


class Source(Protocol):
    """Rows in one of their forms."""

    @property
    def in_files(self) -> bool:
        """Whether the rows are in files rather than in memory."""
        ...

    @property
    def names(self) -> list[str]:
        """The columns."""
        ...

    def count(self) -> int:
        """Return the number of rows."""
        ...

    def rows(self, conversion: Conversion | None = None) -> list[dict[str, object]]:
        """Return the converted rows as dicts."""
        ...

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows as Arrow data."""
        ...


class RowList:
    """Rows given as dicts."""

    in_files: bool = False

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Copy the dicts at their top level."""
        self._rows = [dict(row) for row in rows]

    @property
    def names(self) -> list[str]:
        """The keys in the order of their first appearance."""
        return list(dict.fromkeys(name for row in self._rows for name in row))

    def count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def rows(self, conversion: Conversion | None = None) -> list[dict[str, object]]:
        """Return the converted rows."""
        return conversion.rows(self._rows) if conversion else self._rows

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows as Arrow data.

        Raises:
            InvalidRows: A column mixes types that Arrow cannot hold together.
        """
        from arize_async.wire.arrow import table_from_rows

        try:
            return table_from_rows(conversion.rows(self._rows)).to_reader()
        except ValueError as error:
            raise InvalidRows(str(error)) from error


class RowTable:
    """Rows given as a data frame."""

    in_files: bool = False

    def __init__(self, table: pa.Table) -> None:
        """Hold the frame as an Arrow table."""
        self._table = table

    @property
    def names(self) -> list[str]:
        """The columns."""
        return self._table.column_names

    def count(self) -> int:
        """Return the number of rows."""
        return self._table.num_rows

    def rows(self, conversion: Conversion | None = None) -> list[dict[str, object]]:
        """Return the converted rows as dicts."""
        from arize_async.wire.arrow import rows_from_batch

        reader = self._table.to_reader()
        return [
            row for batch in (conversion.reader(reader) if conversion else reader) for row in rows_from_batch(batch)
        ]

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows."""
        return conversion.reader(self._table.to_reader())


class RowFiles:
    """Rows in files, read batch by batch."""

    in_files: bool = True

    def __init__(self, dataset: ds.Dataset) -> None:
        """Hold the opened files."""
        self._dataset = dataset

    @property
    def names(self) -> list[str]:
        """The columns."""
        return self._dataset.schema.names

    def count(self) -> int:
        """Return the number of rows."""
        return self._dataset.count_rows()

    def rows(self, conversion: Conversion | None = None) -> list[dict[str, object]]:
        """Return the converted rows as dicts, all in memory."""
        return RowTable(self._dataset.to_table()).rows(conversion)

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows, read as they are taken."""
        return conversion.reader(self._dataset.scanner().to_reader())


def load(rows: Rows) -> Source:
    """Recognise what was given as rows; reads files' headers, and blocks meanwhile.

    Raises:
        InvalidRows: Nothing of what can be read, mixed forms, or no rows at all.
    """
    source = _load(rows)
    if not source.count():
        raise InvalidRows("there are no rows")
    return source


def _load(rows: Rows) -> Source:
    if isinstance(rows, (str, os.PathLike)):
        return _load_files([rows])
    if hasattr(rows, "__arrow_c_stream__"):
        return _load_frame(cast("ArrowStream", rows))
    if isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows):
        return RowList(cast("Sequence[Mapping[str, object]]", rows))
    if isinstance(rows, Sequence) and all(isinstance(row, (str, os.PathLike)) for row in rows):
        return _load_files(cast("Sequence[FilePath]", rows))
    kinds = sorted({type(row).__name__ for row in rows}) if isinstance(rows, Sequence) else [type(rows).__name__]
    raise InvalidRows(f"expected a list of dicts, a data frame, or paths of files; got {', '.join(kinds)}")


def _load_frame(frame: ArrowStream) -> Source:
    from arize_async.resources.frames import rows_of_pandas, table_of_frame

    try:
        return RowTable(table_of_frame(frame))
    except InvalidRows:
        rows = rows_of_pandas(frame)
        if rows is None:
            raise
        return RowList(rows)


def _load_files(paths: Sequence[FilePath]) -> RowFiles:
    from arize_async.resources.frames import dataset_of_files

    return RowFiles(dataset_of_files(paths))
