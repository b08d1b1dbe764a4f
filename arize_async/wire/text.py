"""JSON text: outputs as they are stored, bodies as they are sent (wire contract 4.4 and 7.1)."""

from __future__ import annotations

import json
import math
from typing import cast

import orjson

from arize_async.wire.jsonable import jsonify

_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_NESTED = frozenset({dict, list})
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def output_text(value: object) -> str | None:
    """Return an output as it is stored: text stays text, None stays None, the rest becomes JSON.

    >>> output_text("a"), output_text(None), output_text({"b": [1, 2.5]}), output_text(float("nan"))
    ('a', None, '{"b":[1,2.5]}', 'NaN')
    """
    data = jsonify(value)
    return data if data is None or isinstance(data, str) else json_text(data)


def json_text(value: object) -> str:
    """Return compact JSON text of any value.

    A NaN or an infinity inside becomes null; on its own it is written as Python's ``json`` does.

    >>> json_text({"n": 2**70, "nan": float("nan")}), json_text(float("inf"))
    ('{"n":1180591620717411303424,"nan":null}', 'Infinity')
    """
    try:  # what orjson would write in ways of its own goes through `jsonify`
        if not isinstance(value, float):
            return orjson.dumps(value, default=jsonify, option=_PLAIN).decode()
    except (TypeError, ValueError):
        pass
    data = jsonify(value)
    if isinstance(data, float) and not math.isfinite(data):
        return json.dumps(data)
    return _dumps(data)


def json_bytes(value: object) -> bytes:
    """Return a JSON body; NaN and infinities become null."""
    try:
        return orjson.dumps(value, default=jsonify, option=_OPTIONS)
    except (TypeError, ValueError):
        return _dumps(jsonify(value)).encode()


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


def _dumps(data: object) -> str:
    try:
        return orjson.dumps(data, option=_OPTIONS).decode()
    except (TypeError, ValueError):  # integers beyond 64 bits, or nesting beyond what orjson takes
        return json.dumps(_finite(data), separators=(",", ":"), ensure_ascii=False)


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_finite(item) for item in cast("list[object]", value)]
    return value
