"""What a cell of a frame can be: anything else that somebody put into a value becomes one of these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from arize_async.models.base import Model, Request
from arize_async.models.json_text import json_text
from arize_async.models.jsonable import jsonify
from arize_async.models.unicode import valid_text

_DEPTH = 20
_MOST_BITS = 127  # of the largest integers of a frame
_LEAVES = frozenset({type(None), bool, float, bytes, dt.datetime, dt.date, dt.time, dt.timedelta, Decimal})


def table_cell(value: object, depth: int = 0) -> object:
    """Return a value that a column can hold: lists, dicts with names of text, dates, bytes, numbers and text.

    Values inside others become dicts. What lies deeper than 20 levels becomes JSON text.

    >>> table_cell({1: (2, {3})}), table_cell(2**200), table_cell(b"x")
    ({'1': [2, [3]]}, '1606938044258990275541962092341162602522202993782792835301376', b'x')
    """
    kind = type(value)
    if kind in _LEAVES:
        return value
    if isinstance(value, str):
        return valid_text(str(value))
    if kind is int and cast("int", value).bit_length() <= _MOST_BITS:
        return value
    if depth == _DEPTH:
        return json_text(value)
    if isinstance(value, (Model, Request)):
        value = value.to_dict()
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {valid_text(str(jsonify(key))): table_cell(item, depth + 1) for key, item in items}
    if isinstance(value, (list, tuple)):
        return [table_cell(item, depth + 1) for item in cast("list[object]", value)]
    known = jsonify(value)
    return str(known) if kind is int else table_cell(known, depth + 1)
