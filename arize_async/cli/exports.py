"""Write record batches to a file, some rows at a time."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from arize_async.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    import pyarrow as pa


class Batches(Protocol):
    """Record batches of one schema."""

    @property
    def schema(self) -> pa.Schema:
        """Their schema."""
        ...

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield them."""
        ...


def target(text: str) -> Path:
    """Read the name of a file to write.

    Raises:
        ArgumentTypeError: Its ending names no form.
    """
    if Path(text).suffix not in WRITERS:
        raise argparse.ArgumentTypeError(f"its name has to end in one of {', '.join(WRITERS)}, got {text!r:.40}")
    return Path(text)


def check_directory(file: Path) -> None:
    """Refuse a file that could not be written, before anything is read or run for it.

    Raises:
        InvalidInput: Its directory does not exist.
    """
    if not file.parent.is_dir():
        raise InvalidInput(f"the directory of {str(file)!r} does not exist; make it first")


def export(file: Path, fetch: Callable[[Path], Coroutine[Any, Any, None]]) -> int:
    """Write rows of a server to a file, and return how many they were.

    Args:
        file: The file.
        fetch: Writes them to a Parquet file.

    Raises:
        InvalidInput: The file cannot be written.
    """
    import pyarrow.parquet as pq

    check_directory(file)
    if file.suffix == ".parquet":
        asyncio.run(fetch(file))
        return pq.read_metadata(file).num_rows
    with TemporaryDirectory(prefix="arize-async-") as folder:
        path = Path(folder, "rows.parquet")
        asyncio.run(fetch(path))
        return write(_File(path), file)


class _File:
    """The rows of a Parquet file, some at a time."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._path = path
        self.schema: pa.Schema = pq.read_schema(path)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self._path) as file:
            yield from cast("Any", file).iter_batches(_ROWS)


def write(batches: Batches, file: Path) -> int:
    """Write all rows and return how many they were; the file has its name when it is complete.

    Raises:
        InvalidInput: The file cannot be written.
    """
    partial = file.with_name(f"{file.name}.partial")
    rows = 0
    try:
        with WRITERS[file.suffix](partial, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
        partial.replace(file)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _parquet(path: Path, schema: pa.Schema) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, schema)


class _Csv:
    """Writes comma-separated values; lists and objects become JSON text, as there is no other form for them."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow as pa
        from pyarrow import csv

        fields = [field.with_type(pa.string()) if pa.types.is_nested(field.type) else field for field in schema]
        self._schema: pa.Schema = pa.schema(fields)
        self._writer: Any = csv.CSVWriter(path, self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._writer.close()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write rows."""
        import pyarrow as pa

        from arize_async.models.json_text import json_text

        columns: list[Any] = [
            pa.array([None if value is None else json_text(value) for value in column.to_pylist()], pa.string())
            if pa.types.is_nested(column.type)
            else column
            for column in batch.columns
        ]
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))


class _Lines:
    """Writes an object a line."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        del schema
        self._file = path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write rows."""
        from arize_async.models.json_text import json_bytes

        lines: Iterator[bytes] = (json_bytes(row) + b"\n" for row in batch.to_pylist())
        self._file.writelines(lines)


_ROWS = 10_000
WRITERS: dict[str, Callable[[Path, pa.Schema], Any]] = {".parquet": _parquet, ".csv": _Csv, ".jsonl": _Lines}
