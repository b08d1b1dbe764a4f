"""Columns of all runs of an experiment, for pages that sort, count and draw them.

Documents are parsed once, for some columns at a time; text is cut, so that long texts take no memory here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from arize_async.server.storage.filters.fields import Field, Fragment, Kind, Scope, pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.server.storage.columns import Column
    from arize_async.server.storage.filters.syntax import Name
    from arize_async.server.storage.transaction import Transaction

TEXT_LIMIT = 256
"""Characters of a text that are kept."""
KEYS = ("seq", "id", "example_id")
_FIXED = ("output", "error")


@frozen
class RunColumn:
    """A column of all runs, in their order.

    Attributes:
        values: Numbers, booleans or texts.
        is_whole: Whether no text was cut.
    """

    values: pa.Array[Any]
    is_whole: bool = True


def count(transaction: Transaction, experiment: int) -> int:
    """Return how many runs an experiment has."""
    return int(transaction.scalar("SELECT count(*) FROM runs WHERE owner_no = ?", experiment))


def load_keys(transaction: Transaction, experiment: int) -> dict[str, RunColumn]:
    """Return number, id and example id of all runs."""
    table = transaction.arrow("SELECT seq, id, example_id FROM runs WHERE owner_no = ? ORDER BY seq", experiment)
    return {name: RunColumn(table[name].combine_chunks()) for name in KEYS}


def load(transaction: Transaction, experiment: int, columns: Sequence[Column]) -> dict[str, RunColumn]:
    """Return open columns of all runs, and ``output`` and ``error`` where they are asked for."""
    pointers = [pointer(column.name) for column in columns]
    values = [_value(column, place) for place, column in enumerate(columns, 1)]
    sql = (
        f"SELECT seq, {', '.join(values)} FROM (SELECT seq, output, error,"  # noqa: S608 - built from positions
        " json_extract_string(doc, ?::VARCHAR[]) AS found FROM runs WHERE owner_no = ?) ORDER BY seq"
    )
    table = transaction.arrow(sql, pointers, experiment)
    return {column.name: _cut(table.column(place).combine_chunks()) for place, column in enumerate(columns, 1)}


def is_number(column: Column) -> bool:
    """Whether all values of a column are numbers that a float holds."""
    return not column.mixed and (pa.types.is_integer(column.kind) or pa.types.is_floating(column.kind))


@frozen
class LoadedScope(Scope):
    """A scope that finds columns in the view ``c`` of loaded columns where that has them.

    Attributes:
        loaded: The column of ``c`` that holds a column of the runs.
    """

    loaded: Mapping[str, str]

    def field(self, name: Name) -> Field:
        """Return what a name means."""
        found = super().field(name)
        if name.text not in self.loaded or found.kind in {Kind.ANY, Kind.MOMENT}:
            return found
        value = Fragment(f"c.{self.loaded[name.text]}")
        if found.kind is Kind.TEXT:
            return Field(Kind.TEXT, value, value)
        return Field(found.kind, value, found.text)


def _value(column: Column, place: int) -> str:
    if column.name in _FIXED:
        return f"left({column.name}, {TEXT_LIMIT + 1})"
    if pa.types.is_boolean(column.kind) and not column.mixed:
        return f"TRY_CAST(found[{place}] AS BOOLEAN)"
    if is_number(column):
        return f"TRY_CAST(found[{place}] AS {'DOUBLE' if pa.types.is_floating(column.kind) else 'BIGINT'})"
    return f"left(found[{place}], {TEXT_LIMIT + 1})"


def _cut(values: pa.Array[Any]) -> RunColumn:
    if not pa.types.is_string(values.type):
        return RunColumn(values)
    texts = cast("pa.StringArray", values)
    if (pc.max(pc.utf8_length(texts)).as_py() or 0) <= TEXT_LIMIT:
        return RunColumn(texts)
    return RunColumn(pc.utf8_slice_codeunits(texts, 0, TEXT_LIMIT), is_whole=False)
