"""Rows as documents and back as typed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.server.storage import columns, documents
from arize_async.wire.text import json_bytes, output_text

if TYPE_CHECKING:
    from arize_async.server.storage.columns import Column

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02", "12:00", "1", "true", "null"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "A", "b.c", "metadata", ""]), VALUES, max_size=4), max_size=4)


def same(found: Any, given: Any) -> bool:
    """Whether a value survived: objects may have gained properties that are null, whole numbers may be floats."""
    if isinstance(given, dict) and isinstance(found, dict):
        return all(same(value, given.get(name)) for name, value in found.items()) and set(given) <= set(found)
    if isinstance(given, list) and isinstance(found, list):
        return len(found) == len(given) and all(map(same, found, given))
    return found == given


@settings(deadline=None, max_examples=int(__import__("os").environ.get("N", "100")))
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_whatever_rows_hold_columns_can_be_read(batches: list[list[dict[str, Any]]]) -> None:
    """Types widen over batches until every document fits, and values are what they were, or their text."""
    known: dict[str, Column] = {}
    for rows in batches:
        for column in columns.of_rows(rows):
            known[column.name] = columns.widen(known[column.name], column) if column.name in known else column
    rows = [row for batch in batches for row in batch]
    texts = pa.array([json_bytes(row).decode() for row in rows], pa.string())
    arrays = documents.decode(texts, list(known.values()))
    for column, array in zip(known.values(), arrays, strict=True):
        assert array.type == column.kind
        for found, row in zip(array.to_pylist(), rows, strict=True):
            value = row.get(column.name)
            if column.mixed:
                assert found == output_text(value)
            elif column.kind == pa.float64() and isinstance(value, int):
                assert found == float(value)
            else:
                assert same(found, value)
