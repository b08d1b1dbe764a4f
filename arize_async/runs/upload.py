"""The result frame of a run as the two transports take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from arize_async.results.frame import FAILED
from arize_async.wire.arrow import is_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

NULL_OUTPUT = "null"
"""REST takes no null output (wire contract 2.1): a task that returned None is sent as JSON null."""


def upload_table(frame: pl.DataFrame) -> pa.Table:
    """Return the frame for Flight: text is ``utf8`` (wire contract 4.4)."""
    table = frame.to_arrow()
    fields = [pa.field(field.name, pa.string() if is_text(field.type) else field.type) for field in table.schema]
    return table.cast(pa.schema(fields))


def upload_rows(frame: pl.DataFrame) -> list[Mapping[str, object]]:
    """Return the frame for REST: ``output`` is always text."""
    rows = list(frame.iter_rows(named=True))
    for row in rows:
        if row["output"] is None:
            row["output"] = "" if row["execution_status"] == FAILED else NULL_OUTPUT
    return [*rows]
