"""Write record batches to a file, some rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from arize_async.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from arize_async.results.table import Batches


def write(batches: Batches, target: Path) -> int:
    """Write all rows and return how many they were; the file has its name when it is complete.

    Raises:
        InvalidInput: The file cannot be written.
    """
    partial = target.with_name(f"{target.name}.partial")
    rows = 0
    try:
        with WRITERS[target.suffix](partial, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
        partial.replace(target)
    except OSError as error:
        raise InvalidInput(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _parquet(path: Path, schema: pa.Schema) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, schema)


def _csv(path: Path, schema: pa.Schema) -> Any:
    from pyarrow import csv

    return csv.CSVWriter(path, schema)


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


WRITERS: dict[str, Callable[[Path, pa.Schema], Any]] = {".parquet": _parquet, ".csv": _csv, ".jsonl": _Lines}
