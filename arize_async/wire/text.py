"""JSON text: outputs as they are stored, bodies as they are sent (wire contract 4.4 and 7.1)."""

from __future__ import annotations

from typing import cast

import orjson

from arize_async.models.json_text import json_bytes, json_text
from arize_async.models.jsonable import jsonify

__all__ = ["copied", "json_bytes", "json_text", "jsonify", "output_text", "parse_nested"]

_NESTED = frozenset({dict, list})


def output_text(value: object) -> str | None:
    """Return an output as it is stored: text stays text, None stays None, the rest becomes JSON.

    >>> output_text("a"), output_text(None), output_text({"b": [1, 2.5]}), output_text(float("nan"))
    ('a', None, '{"b":[1,2.5]}', 'NaN')
    """
    data = jsonify(value)
    return data if data is None or isinstance(data, str) else json_text(data)


def parse_nested(cell: object) -> object:
    """Return the object or list that a cell's JSON text holds; any other cell comes back as it is.

    >>> parse_nested('{"a": 1}'), parse_nested("4"), parse_nested("{broken")
    ({'a': 1}, '4', '{broken')
    """
    if isinstance(cell, str) and cell[:1] in {"{", "["}:
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError:
            return cell
    return cell


def copied(value: object) -> object:
    """Copy JSON data, so that what one reader changes no other reader sees."""
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {key: copied(item) if type(item) in _NESTED else item for key, item in items}
    if isinstance(value, list):
        return [copied(item) for item in cast("list[object]", value)]
    return value
