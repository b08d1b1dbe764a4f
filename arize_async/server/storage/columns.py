"""Which columns the rows of an experiment or of a dataset version have, in order and with their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from arize_async.server.storage.documents import is_plain
from arize_async.server.storage.inference import common_type
from arize_async.wire.arrow import is_json_text_column, is_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arize_async.server.storage.transaction import Transaction


@frozen
class Column:
    """A column of rows.

    Attributes:
        name: Its name, any text.
        kind: The Arrow type in which Flight returns it.
        mixed: Whether its values have no common type: Flight then returns text, JSON where a value is not text.
    """

    name: str
    kind: pa.DataType
    mixed: bool = False


def read(transaction: Transaction, owner: int) -> list[Column]:
    """Return the columns of an owner in order."""
    rows = transaction.all("SELECT position, name, kind, mixed FROM columns WHERE owner_no = ?", owner)
    return [Column(name, _load(kind), mixed) for _, name, kind, mixed in sorted(rows)]


def add(transaction: Transaction, owner: int, seen: Iterable[Column]) -> None:
    """Add columns that rows have brought; the type of a known one widens until it holds the old and the new."""
    before = read(transaction, owner)
    known = {column.name: column for column in before}
    for column in seen:
        old = known.get(column.name)
        known[column.name] = column if old is None else widen(old, column)
    after = list(known.values())
    if after != before:
        if before:
            transaction.run("DELETE FROM columns WHERE owner_no = ?", owner)
        transaction.run(
            "INSERT INTO columns SELECT ?, unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::BLOB[]),"
            " unnest(?::BOOLEAN[])",
            owner,
            list(range(len(after))),
            [column.name for column in after],
            [_dump(column.kind) for column in after],
            [column.mixed for column in after],
        )


def copy(transaction: Transaction, source: int, target: int) -> None:
    """Give an owner the columns of another one."""
    transaction.run(
        "INSERT INTO columns SELECT ?, position, name, kind, mixed FROM columns WHERE owner_no = ?", target, source
    )


def widen(old: Column, new: Column) -> Column:
    """Return a column that holds the values of both.

    >>> widen(Column("a", pa.int64()), Column("a", pa.float64())).kind
    DataType(double)
    >>> widen(Column("a", pa.int64()), Column("a", pa.string()))
    Column(name='a', kind=DataType(string), mixed=True)
    """
    # an integer of 64 bits without a sign has no common type with one that has a sign
    unsigned = pa.types.is_uint64(old.kind) != pa.types.is_uint64(new.kind) and pa.types.is_integer(old.kind)
    if old.mixed or new.mixed or (unsigned and pa.types.is_integer(new.kind)):
        return Column(old.name, pa.string(), mixed=True)
    try:
        schemas = [pa.schema([(old.name, column.kind)]) for column in (old, new)]
        kind = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        kind = None
    if kind is None or not (is_plain(kind) or pa.types.is_temporal(kind)):
        return Column(old.name, pa.string(), mixed=True)
    return Column(old.name, kind)


def of_schema(schema: pa.Schema, stored: pa.Schema) -> list[Column]:
    """Return the columns of Arrow data: a type that is kept as text and can be read back keeps its name."""
    return [
        Column(field.name, field.type if pa.types.is_temporal(field.type) and is_text(plain.type) else plain.type)
        for field, plain in zip(schema, stored, strict=True)
    ]


def of_rows(rows: Sequence[Mapping[str, object]]) -> list[Column]:
    """Return the columns of JSON rows in order of first appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [_infer(name, [row.get(name) for row in rows]) for name in names]


def _infer(name: str, values: list[Any]) -> Column:
    is_json_text = is_json_text_column(name) and any(isinstance(value, (dict, list)) for value in values)
    kind = None if is_json_text else common_type(values)
    return Column(name, pa.string(), mixed=True) if kind is None else Column(name, kind)


def _dump(kind: pa.DataType) -> bytes:
    return pa.schema([("column", kind)]).serialize().to_pybytes()


def _load(kind: bytes) -> pa.DataType:
    return pa.ipc.read_schema(pa.py_buffer(kind)).field(0).type
