"""The Arrow type that JSON values have in common."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAVES: dict[type, pa.DataType] = {bool: pa.bool_(), str: pa.string()}
_EXACT_AS_DOUBLE = 2**53
DEPTH = 32
"""How deep types may nest: Arrow cannot read back the description of one that is nested much deeper."""


def common_type(values: Iterable[Any], depth: int = DEPTH) -> pa.DataType | None:
    """Return the type that holds all values exactly, or None when there is none; nulls fit anything.

    Args:
        values: What JSON can hold.
        depth: How many levels of lists and objects the type may have.

    >>> common_type([1, 2.5, None]), common_type([{"a": []}, {"b": "x"}]), common_type([1, True])
    (DataType(double), StructType(struct<a: list<item: null>, b: string>), None)
    """
    known = [value for value in values if value is not None]
    kinds = {type(value) for value in known}
    if not kinds:
        return pa.null()
    if kinds <= {int, float}:
        return _number_type(known)
    if len(kinds) > 1 or (depth == 0 and kinds & {list, dict}):
        return None
    (kind,) = kinds
    if kind is list:
        inner = common_type(chain.from_iterable(known), depth - 1)
        return None if inner is None else pa.list_(inner)
    return _struct_type(known, depth - 1) if kind is dict else _LEAVES.get(kind)


def _number_type(values: list[Any]) -> pa.DataType | None:
    whole = [value for value in values if isinstance(value, int)]
    low, high = min(whole, default=0), max(whole, default=0)
    if len(whole) < len(values):
        return pa.float64() if max(-low, high) <= _EXACT_AS_DOUBLE else None
    if low >= -(2**63) and high < 2**63:
        return pa.int64()
    return pa.uint64() if low >= 0 and high < 2**64 else None


def _struct_type(values: list[dict[str, Any]], depth: int) -> pa.DataType | None:
    fields: list[pa.Field[Any]] = []
    for name in dict.fromkeys(chain.from_iterable(values)):
        kind = common_type((value.get(name) for value in values), depth)
        if kind is None:
            return None
        fields.append(pa.field(name, kind))
    # Arrow has a type for objects without properties, and hardly anything that reads it
    return pa.struct(fields) if fields else None
