"""Parquet, Arrow and Feather files, read one batch after the other (wire contract 7.1)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq

from arize_async.errors import InvalidRows
from arize_async.resources.portable import portable_schema
from arize_async.resources.row_stream import RowStream

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

_SUFFIXES = (".parquet", ".arrow", ".feather")
_BATCH_ROWS = 10_000
_BUFFER_BYTES = 1024 * 1024
_INDEX = re.compile(r"__index_level_\d+__")


def open_files(paths: Sequence[str | os.PathLike[str]]) -> RowStream:
    """Open files as one; directories are searched through, in the order of the names.

    Raises:
        InvalidRows: No file, a file of another kind, or columns that do not fit together; the message names the file.
        FileNotFoundError: A path does not exist.
    """
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise InvalidRows(f"no Parquet or Arrow files under {', '.join(str(path) for path in paths) or 'no path'}")
    sources = [_open(file) for file in files]
    batches = (batch for source in sources for batch in source.batches())
    return RowStream(_common_schema(sources), batches, in_files=True)


class _Source(Protocol):
    path: Path
    schema: pa.Schema

    def batches(self) -> Iterator[pa.RecordBatch]: ...


class _ParquetSource:
    """A Parquet file; it is held open only while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.schema = pq.read_schema(path)

    def batches(self) -> Iterator[pa.RecordBatch]:
        # Reading row groups one by one, through a buffer, keeps no more of the file in memory than is decoded.
        with pq.ParquetFile(self.path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                yield from cast("Any", file).iter_batches(_BATCH_ROWS, row_groups=[group], use_threads=False)


class _ArrowSource:
    """An Arrow or Feather file, or a stream of Arrow data that was written to a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with pa.memory_map(str(path)) as mapped:
            self.schema = _opened(mapped).schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(self.path)) as mapped:
            opened = _opened(mapped)
            if isinstance(opened, pa.RecordBatchReader):
                yield from opened
                return
            for place in range(opened.num_record_batches):
                yield opened.get_batch(place)


def _opened(mapped: pa.MemoryMappedFile) -> Any:
    try:
        return pa.ipc.open_file(mapped)
    except pa.ArrowInvalid:
        mapped.seek(0)
        return pa.ipc.open_stream(mapped)


def _open(file: Path) -> _Source:
    try:
        return _ParquetSource(file) if file.suffix.lower() == ".parquet" else _ArrowSource(file)
    except (pa.ArrowException, OSError, ValueError) as error:
        kind = "Parquet" if file.suffix.lower() == ".parquet" else "Arrow"
        raise InvalidRows(f"{file} cannot be read as {kind} data: {error}") from error


def _common_schema(sources: Sequence[_Source]) -> pa.Schema:
    common: pa.Schema | None = None
    for source in sources:
        schema = _schema(source)
        try:
            common = schema if common is None else _unified(common, schema)
        except pa.ArrowException as error:
            raise InvalidRows(f"the columns of {source.path} do not fit those of the other files: {error}") from error
    assert common is not None
    return common


def _schema(source: _Source) -> pa.Schema:
    """Return the schema of a file without what pandas adds to it."""
    try:
        return portable_schema(pa.schema([field for field in source.schema if not _INDEX.fullmatch(field.name)]))
    except InvalidRows as error:
        raise InvalidRows(f"{source.path}: {error}") from None


def _unified(one: pa.Schema, other: pa.Schema) -> pa.Schema:
    return pa.unify_schemas([one, other], promote_options="permissive")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if path.suffix.lower() not in _SUFFIXES:
        raise InvalidRows(f"{path} is no {', '.join(_SUFFIXES)} file")
    return [path]
