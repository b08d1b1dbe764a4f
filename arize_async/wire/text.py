"""Any Python value as JSON data, and outputs as text.

Source: wire contract 4.4 and 6.3; what a user's function returns never makes an upload fail.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import enum
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import cast

import attrs
import orjson

from arize_async.models.unicode import valid_text

_DEPTH = 100
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def output_text(value: object) -> str | None:
    """Return an output as it is stored: text stays text, None stays None, the rest becomes JSON.

    >>> output_text("a"), output_text(None), output_text({"b": [1, 2.5]}), output_text(float("nan"))
    ('a', None, '{"b":[1,2.5]}', 'NaN')
    """
    data = jsonify(value)
    return data if data is None else valid_text(data) if isinstance(data, str) else json_text(data)


def json_text(value: object) -> str:
    """Return compact JSON text of any value; NaN and infinities are written as Python's ``json`` does.

    >>> json_text({"when": dt.date(2026, 1, 2), "n": 2**70})
    '{"when":"2026-01-02","n":1180591620717411303424}'
    """
    data = jsonify(value)
    if isinstance(data, float) and not math.isfinite(data):
        return json.dumps(data)
    try:
        return orjson.dumps(data, option=_OPTIONS).decode()
    except (TypeError, ValueError):  # integers beyond 64 bits and lone surrogates
        return json.dumps(data, separators=(",", ":"))


def json_bytes(value: object) -> bytes:
    """Return a JSON body; NaN and infinities become null (wire contract 7.1)."""
    try:
        return orjson.dumps(value, default=jsonify, option=_OPTIONS)
    except (TypeError, ValueError):
        return json.dumps(_finite(jsonify(value)), separators=(",", ":")).encode()


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
        return {key: copied(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [copied(item) for item in cast("list[object]", value)]
    return value


def jsonify(value: object) -> object:
    """Turn any value into None, booleans, numbers, strings, lists and dicts; what has no such form becomes its repr."""
    return _jsonify(value, _DEPTH)


def _jsonify(value: object, depth: int) -> object:
    if value is None or type(value) in {str, bool, int, float}:
        return value
    if depth == 0:
        return safe_repr(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {_key(key): _jsonify(item, depth - 1) for key, item in items}
    if isinstance(value, (list, tuple, AbstractSet)):
        return [_jsonify(item, depth - 1) for item in cast("Iterable[object]", value)]
    for kind, convert in _LEAVES:
        if isinstance(value, kind):
            return convert(value)
    return _other(value, depth)


def _other(value: object, depth: int) -> object:
    if isinstance(value, type):
        return safe_repr(value)
    if dataclasses.is_dataclass(value):
        names = [item.name for item in dataclasses.fields(value)]
        return {name: _jsonify(getattr(value, name), depth - 1) for name in names}
    if attrs.has(type(value)):
        names = [item.name for item in attrs.fields(type(value))]
        return {name: _jsonify(getattr(value, name), depth - 1) for name in names}
    # pydantic models, numpy arrays and scalars, and whatever follows their conventions
    for method in ("model_dump", "to_dict", "tolist", "__float__"):
        convert = getattr(value, method, None)
        if callable(convert):
            try:
                converted = cast("Callable[[], object]", convert)()
            except Exception:  # noqa: BLE001 - a user's class may do anything; its repr is what is left
                break
            return _jsonify(converted, depth - 1) if converted is not value else safe_repr(value)
    if isinstance(value, Sequence):
        return [_jsonify(item, depth - 1) for item in cast("Sequence[object]", value)]
    return safe_repr(value)


def _bytes(value: bytes | bytearray | memoryview) -> str:
    raw = bytes(value)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode()


def _seconds(value: dt.timedelta) -> float:
    return value.total_seconds()


def _iso(value: dt.date | dt.time) -> str:
    return value.isoformat()


def safe_repr(value: object) -> str:
    """Return ``repr`` as valid text, or the type's name when ``__repr__`` fails."""
    return _safely(repr, value)


def safe_str(value: object) -> str:
    """Return ``str`` as valid text, or the type's name when ``__str__`` fails."""
    return _safely(str, value)


def _safely(convert: Callable[[object], str], value: object) -> str:
    try:
        return valid_text(convert(value))
    except Exception:  # noqa: BLE001 - a user's class may do anything
        return f"<{type(value).__module__}.{type(value).__qualname__}>"


_LEAVES: tuple[tuple[type | tuple[type, ...], Callable[..., object]], ...] = (
    (enum.Enum, lambda member: jsonify(member.value)),
    (str, str),
    (int, int),
    (float, float),
    ((dt.date, dt.time), _iso),
    (dt.timedelta, _seconds),
    ((bytes, bytearray, memoryview), _bytes),
    (os.PathLike, os.fspath),
    (BaseException, safe_repr),
)


def _key(key: object) -> str:
    return key if type(key) is str else str(jsonify(key))


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_finite(item) for item in cast("list[object]", value)]
    return value
