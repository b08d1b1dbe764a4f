"""JSON text of any value."""

from __future__ import annotations

import json
import math
from typing import cast

import orjson

from arize_async.models.jsonable import jsonify

_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def json_text(value: object) -> str:
    """Return compact JSON text of any value.

    A NaN or an infinity inside becomes null; on its own it is written as Python's ``json`` does.

    >>> json_text({"n": 2**70, "nan": float("nan")}), json_text(float("inf"))
    ('{"n":1180591620717411303424,"nan":null}', 'Infinity')
    """
    if isinstance(value, float):
        return _converted(value)
    try:
        return orjson.dumps(value, default=jsonify, option=_PLAIN).decode()
    except (TypeError, ValueError):  # what orjson refuses, and what it would write in ways of its own
        return _converted(value)


def _converted(value: object) -> str:
    data = jsonify(value)
    return json.dumps(data) if isinstance(data, float) and not math.isfinite(data) else _dumps(data)


def json_bytes(value: object, *, options: int = 0) -> bytes:
    """Return a JSON body; NaN and infinities become null.

    Args:
        value: Anything; what JSON has no form for becomes what ``jsonify`` makes of it.
        options: Further options of ``orjson``.
    """
    try:
        return orjson.dumps(value, default=jsonify, option=_OPTIONS | options)
    except (TypeError, ValueError):
        return _dumps(jsonify(value)).encode()


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
