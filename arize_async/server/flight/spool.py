"""Where an upload waits until it is complete.

Rows go to a file on their way, so memory stays flat, no lock is held while a client sends, and a stream that breaks
leaves nothing in the store.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from arize_async.server.storage.columns import Column, widen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self


_PREFIX = "upload-"


class Spool:
    """Rows of one schema in a temporary file, and the columns that their documents have."""

    def __init__(self, schema: pa.Schema, directory: Path | None) -> None:
        """Make the file; ``directory`` None means the system's temporary directory."""
        self._directory = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=directory)
        self._file = Path(self._directory.name) / "rows.arrows"
        self._schema = schema
        self._writer = pa.ipc.new_stream(pa.OSFile(str(self._file), "wb"), schema)
        self._columns: dict[str, Column] = {}
        self.rows = 0

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the file."""
        self._writer.close()
        self._directory.cleanup()

    @property
    def columns(self) -> list[Column]:
        """The columns of the documents, in order."""
        return list(self._columns.values())

    def add(self, batch: pa.RecordBatch, columns: Iterable[Column]) -> None:
        """Write rows."""
        for column in columns:
            known = self._columns.get(column.name)
            self._columns[column.name] = widen(known, column) if known else column
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def reader(self) -> pa.RecordBatchReader:
        """Return everything that was written; nothing can be added afterwards."""
        self._writer.close()
        return pa.ipc.open_stream(pa.OSFile(str(self._file), "rb"))


def remove_left_over(directory: Path) -> None:
    """Remove the files of uploads that a server was killed in; only the one that holds the directory may."""
    for found in directory.glob(f"{_PREFIX}*"):
        shutil.rmtree(found, ignore_errors=True)
