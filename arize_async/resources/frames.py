"""Data frames of any library as Arrow data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from arize_async.errors import InvalidRows
from arize_async.resources.row_list import RowList
from arize_async.resources.row_stream import RowStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl
    import pyarrow.dataset as ds

_BATCH_ROWS = 10_000
_FAILURES = (pa.ArrowException, TypeError, ValueError, OverflowError, NotImplementedError)


def is_frame(rows: object) -> bool:
    """Tell whether this is a data frame of any library, a lazy one included."""
    return any(hasattr(rows, name) for name in ("__arrow_c_stream__", "__arrow_c_array__")) or any(
        _is_of(rows, *kind) for kind in (_PANDAS, _LAZY, _DATASET, _SCANNER)
    )


def open_frame(frame: object) -> RowStream | RowList:
    """Return the rows of a frame; lazy ones and streams are read as their rows are taken.

    Raises:
        InvalidRows: It is no table, or a column has no Arrow type; the message names it.
    """
    try:
        if _is_of(frame, *_PANDAS):
            return _open_pandas(cast("Any", frame))
        if _is_of(frame, *_LAZY):
            return RowStream(*_open_lazy(cast("pl.LazyFrame", frame)))
        reader = _open_arrow(frame)
        return RowStream(reader.schema, reader)
    except InvalidRows:
        raise
    except _FAILURES as error:
        raise InvalidRows(f"the {type(frame).__name__} cannot be read as Arrow data: {error}") from error


def _open_arrow(frame: Any) -> pa.RecordBatchReader:
    if _is_of(frame, *_DATASET):
        return _scanned(cast("ds.Dataset", frame)).to_reader()
    if _is_of(frame, *_SCANNER):
        return cast("ds.Scanner", frame).to_reader()
    if hasattr(frame, "__arrow_c_stream__"):
        return cast("Any", pa.RecordBatchReader).from_stream(frame)
    batch = pa.record_batch(frame)
    return pa.RecordBatchReader.from_batches(batch.schema, [batch])


def _scanned(dataset: ds.Dataset) -> ds.Scanner:
    """Scan without the usual reading ahead, which holds many row groups at once."""
    import pyarrow.dataset as ds

    is_parquet = isinstance(dataset, ds.FileSystemDataset) and isinstance(dataset.format, ds.ParquetFileFormat)
    options = ds.ParquetFragmentScanOptions(use_buffered_stream=True, pre_buffer=False) if is_parquet else None
    return dataset.scanner(
        batch_size=_BATCH_ROWS,
        batch_readahead=1,
        fragment_readahead=1,
        fragment_scan_options=options,
        use_threads=False,
    )


def _open_lazy(frame: pl.LazyFrame) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    schema = frame.collect_schema().to_frame().to_arrow().schema
    if hasattr(frame, "collect_batches"):
        parts = cast("Iterator[pl.DataFrame]", frame.collect_batches(chunk_size=_BATCH_ROWS, engine="streaming"))
    else:
        parts = iter([frame.collect()])
    return schema, (batch for part in parts for batch in part.to_arrow().to_batches())


def _open_pandas(frame: Any) -> RowStream | RowList:
    """Return the rows without the index; columns of mixed types have no Arrow type, so they go cell by cell."""
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidRows(f"columns given twice: {', '.join(twice)}")
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    except _FAILURES:
        rows = frame.set_axis(names, axis=1).to_dict("records")
        return RowList(cast("Sequence[Mapping[str, object]]", rows))
    return RowStream(table.schema, table.to_batches())


_PANDAS = ("pandas", "DataFrame")
_LAZY = ("polars", "LazyFrame")
_DATASET = ("pyarrow.dataset", "Dataset")
_SCANNER = ("pyarrow.dataset", "Scanner")


def _is_of(value: object, module: str, name: str) -> bool:
    """Tell whether a value is of a class of a library that need not be there: without it, nothing is of its classes."""
    library = sys.modules.get(module)
    return library is not None and isinstance(value, getattr(library, name))
