"""What users give as rows: dicts, any data frame, or files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from arize_async.errors import InvalidRows
from arize_async.resources.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    import pyarrow as pa
    import pyarrow.dataset as ds

    Lazy = pl.LazyFrame | ds.Dataset | ds.Scanner
else:
    Lazy = object

FilePath = str | os.PathLike[str]


class ArrowStream(Protocol):
    """Any data frame with the Arrow PyCapsule interface: polars, pandas, pyarrow, duckdb and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the frame as an Arrow stream."""
        ...


class ArrowArray(Protocol):
    """One batch of rows with the Arrow PyCapsule interface."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Export the batch as an Arrow array of structs."""
        ...


Rows = Sequence[Mapping[str, object]] | ArrowStream | ArrowArray | Lazy | FilePath | Sequence[FilePath]
"""A list of dicts, a data frame, or the path or paths of Parquet, Arrow or Feather files or of directories of them.

Streams, lazy frames and files are read as they are sent, so that they need not fit into memory.
"""


class Conversion(Protocol):
    """What is done to rows before they are sent; the same for dicts and for Arrow data."""

    def rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Convert dicts."""
        ...

    def row_reader(self, rows: Sequence[Mapping[str, object]], names: list[str]) -> pa.RecordBatchReader:
        """Convert dicts into Arrow data."""
        ...

    def reader(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Convert Arrow data batch by batch."""
        ...


class Source(Protocol):
    """Rows in one of their forms; they can be read once, and again only when they fit one REST request."""

    @property
    def in_files(self) -> bool:
        """Whether the rows are in files rather than in memory."""
        ...

    @property
    def names(self) -> list[str]:
        """The columns."""
        ...

    @property
    def fits_rest(self) -> bool:
        """Whether REST takes so many rows in one request."""
        ...

    @property
    def size(self) -> str:
        """How many rows, in words."""
        ...

    def parts(self, conversion: Conversion | None = None) -> Iterator[list[dict[str, Any]]]:
        """Yield the converted rows as dicts, at most 1,000 at a time."""
        ...

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows as Arrow data."""
        ...


def load(rows: Rows) -> Source:
    """Recognise what was given as rows; reads the first of them, and blocks meanwhile.

    Raises:
        InvalidRows: Nothing of what can be read, mixed forms, or no rows at all.
    """
    source = _load(rows)
    if source.size == "0":
        raise InvalidRows("there are no rows")
    if not source.names:
        raise InvalidRows("the rows have no columns")
    return source


def _load(rows: Rows) -> Source:
    if isinstance(rows, (str, os.PathLike)):
        return _load_files([rows])
    if isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows):
        return RowList(cast("Sequence[Mapping[str, object]]", rows))
    if isinstance(rows, Sequence) and all(isinstance(row, (str, os.PathLike)) for row in rows):
        return _load_files(cast("Sequence[FilePath]", rows))
    from arize_async.resources.frames import is_frame, open_frame

    if is_frame(rows):
        return open_frame(rows)
    kinds = sorted({type(row).__name__ for row in rows}) if isinstance(rows, Sequence) else [type(rows).__name__]
    raise InvalidRows(f"expected a list of dicts, a data frame, or paths of files; got {', '.join(kinds)}")


def _load_files(paths: Sequence[FilePath]) -> Source:
    if not all(os.fspath(path) for path in paths):
        raise InvalidRows("a path is empty; '.' is the current directory")
    from arize_async.resources.files import open_files

    return open_files(paths)
