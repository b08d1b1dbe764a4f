"""Where an upload waits until it is complete.

Many rows go to a file on their way, so memory stays flat, no lock is held while a client sends, and a stream that
breaks leaves nothing in the store. The file has no name where the system can do without, and is gone with its process.
"""

from __future__ import annotations

import shutil
import tempfile
from typing import TYPE_CHECKING

import pyarrow as pa

from arize_async.server.storage.columns import Column, widen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self


_PREFIX = "upload-"
_IN_MEMORY = 4 * 1024 * 1024


class Spool:
    """Rows of one schema, in memory while they are few, and the columns that their documents have."""

    def __init__(self, schema: pa.Schema, directory: Path | None) -> None:
        """Begin without rows; ``directory`` is where many wait, None means the system's temporary directory."""
        place = None if directory is None else str(directory)
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix=_PREFIX, dir=place)  # noqa: SIM115 - until exit
        self._writer = pa.ipc.new_stream(self._file, schema)
        self._columns: dict[str, Column] = {}
        self.rows = 0

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget the rows."""
        self._file.close()

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
        self._file.seek(0)
        return pa.ipc.open_stream(self._file)


def remove_left_over(directory: Path) -> None:
    """Remove the files of uploads that a server was killed in; only the one that holds the directory may."""
    for found in directory.glob(f"{_PREFIX}*"):
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            found.unlink(missing_ok=True)
