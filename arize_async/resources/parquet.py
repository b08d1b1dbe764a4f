"""Write a stream of record batches to a Parquet file, complete or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from arize_async.errors import InvalidInput
from arize_async.resources.choice import off_loop

if TYPE_CHECKING:
    import os

    import pyarrow as pa
    import pyarrow.parquet as pq

    from arize_async.transport.flight import RecordBatches

_GROUP_BYTES = 128 * 1024 * 1024


async def check_target(path: str | os.PathLike[str]) -> Path:
    """Return the path of a file that can be written.

    Raises:
        InvalidInput: It is a directory, its directory does not exist, or it has a NUL character.
    """

    def check() -> Path:
        target = Path(path)
        if "\0" in str(target):
            raise InvalidInput(f"{str(target)!r} has a NUL character, which no path has", path="path")
        if target.is_dir():
            raise InvalidInput(f"{str(target)!r} is a directory; name a file in it", path="path")
        if not target.parent.is_dir():
            raise InvalidInput(f"the directory of {str(target)!r} does not exist; make it first", path="path")
        return target

    return await off_loop(check)


async def write_parquet(stream: RecordBatches, target: Path) -> None:
    """Write to ``<target>.partial`` and rename it at the end; a failure leaves what stood at ``target``."""
    partial = target.with_name(f"{target.name}.partial")
    file = await off_loop(lambda: _GroupedFile(partial, stream.schema))
    try:
        async for batch in stream:
            await off_loop(lambda batch=batch: file.add(batch))
        await off_loop(file.finish)
        await off_loop(lambda: partial.replace(target))
    except BaseException:
        with anyio.CancelScope(shield=True):
            await off_loop(file.discard)
        raise


class _GroupedFile:
    """A Parquet file whose row groups are large: many small ones make it slow to read."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._path = path
        self._writer: pq.ParquetWriter = pq.ParquetWriter(path, schema)
        self._waiting: list[pa.RecordBatch] = []
        self._bytes = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= _GROUP_BYTES:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._writer.close()

    def discard(self) -> None:
        self._writer.close()
        self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            table = pa.Table.from_batches(self._waiting)
            self._writer.write_table(table, row_group_size=max(table.num_rows, 1))
        self._waiting, self._bytes = [], 0
