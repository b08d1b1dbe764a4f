"""Where uploads wait until they are complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from arize_async.server.flight.spool import Spool
from arize_async.server.storage.columns import Column

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1024 * 1024
SCHEMA = pa.schema([("doc", pa.string())])


def batch(size: int) -> pa.RecordBatch:
    """Return a row of so many bytes."""
    return pa.record_batch({"doc": ["x" * size]}, schema=SCHEMA)


def add_many(spool: Spool) -> None:
    """Put small rows into a spool, 5 MB of them."""
    for _ in range(10_000):
        spool.add(batch(500), [])


@pytest.mark.parametrize("sizes", [[], [10, 20], [3 * MIB, 3 * MIB], [9 * MIB]])
def test_everything_comes_back_in_order(sizes: list[int], tmp_path: Path) -> None:
    """Rows are the same whether they waited in memory or in a file, and no file stays."""
    with Spool(SCHEMA, tmp_path) as spool:
        for size in sizes:
            spool.add(batch(size), [Column(f"c{size}", pa.int64())])
        assert spool.rows == len(sizes)
        assert [column.name for column in spool.columns] == list(dict.fromkeys(f"c{size}" for size in sizes))
        assert [len(text or "") for text in spool.reader().read_all()["doc"].to_pylist()] == sizes
    assert not list(tmp_path.iterdir())


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A few MiB wait in memory; what comes on top needs the directory, in small batches as in large ones."""
    absent = tmp_path / "absent"
    with Spool(SCHEMA, absent) as spool:
        spool.add(batch(3 * MIB), [])
        with pytest.raises(FileNotFoundError, match="absent"):
            spool.add(batch(2 * MIB), [])
    with Spool(SCHEMA, absent) as spool, pytest.raises(FileNotFoundError, match="absent"):
        add_many(spool)


def test_an_upload_that_breaks_off_is_forgotten(tmp_path: Path) -> None:
    """A spool that nobody reads leaves no file."""
    with Spool(SCHEMA, tmp_path) as spool:
        spool.add(batch(9 * MIB), [])
    assert not list(tmp_path.iterdir())
