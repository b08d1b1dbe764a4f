"""Any Python value as JSON data, whatever it is made of: nothing that a user returns makes this fail or hang.

Source: wire contract 6.3, ``jsonify``.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import enum
import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import cast

import attrs

from arize_async.models.unicode import valid_text

_DEPTH = 100
_SCALARS = frozenset({bool, float})
_MOST_VALUES = 1_000_000
_MOST_BITS = 10_000  # Python refuses to write larger integers in decimal


def jsonify(value: object) -> object:
    """Turn any value into None, booleans, numbers, strings, lists and dicts; what has no such form becomes its repr.

    Values inside themselves, beyond a depth of 100 or after the first million become their repr as well.

    >>> jsonify({1: (2, {3})}), jsonify(dt.date(2026, 1, 2)), jsonify(b"text")
    ({'1': [2, [3]]}, '2026-01-02', 'text')
    """
    if value is None or type(value) in _SCALARS:
        return value
    return valid_text(value) if type(value) is str else _Conversion().convert(value)


def safe_repr(value: object) -> str:
    """Return ``repr`` as valid text, or the type's name when ``__repr__`` fails."""
    return _safely(repr, value)


def safe_str(value: object) -> str:
    """Return ``str`` as valid text, or the type's name when ``__str__`` fails."""
    return _safely(str, value)


class _Conversion:
    """One value on its way; knows what it is inside of and how much it has seen."""

    def __init__(self) -> None:
        self._inside: set[int] = set()
        self._left = _MOST_VALUES

    def convert(self, value: object) -> object:
        if value is None or type(value) in _SCALARS:
            return value
        if type(value) is str:
            return valid_text(value)
        if type(value) is int:
            return value if value.bit_length() <= _MOST_BITS else hex(value)
        self._left -= 1
        if self._left < 0:
            return _type_name(value)
        if id(value) in self._inside or len(self._inside) >= _DEPTH:
            return safe_repr(value)
        self._inside.add(id(value))
        try:
            return self._compound(value)
        except Exception:  # noqa: BLE001 - a user's class may do anything; its repr is what is left
            return safe_repr(value)
        finally:
            self._inside.discard(id(value))

    def _compound(self, value: object) -> object:
        if isinstance(value, Mapping):
            items = cast("Mapping[object, object]", value).items()
            return {self._key(key): self.convert(item) for key, item in items}
        if isinstance(value, (list, tuple, AbstractSet)):
            return self._list(cast("Iterable[object]", value))
        for kind, leaf in _LEAVES:
            if isinstance(value, kind):
                return self.convert(leaf(value))
        return self._object(value)

    def _object(self, value: object) -> object:
        if isinstance(value, type):
            return safe_repr(value)
        if dataclasses.is_dataclass(value):
            return {item.name: self.convert(getattr(value, item.name)) for item in dataclasses.fields(value)}
        if attrs.has(type(value)):
            return {item.name: self.convert(getattr(value, item.name)) for item in attrs.fields(type(value))}
        for method in _METHODS:
            converter = getattr(value, method, None)
            if callable(converter):
                return self.convert(cast("Callable[[], object]", converter)())
        return self._list(cast("Sequence[object]", value)) if isinstance(value, Sequence) else safe_repr(value)

    def _list(self, values: Iterable[object]) -> list[object]:
        return [self.convert(item) for item in values]

    def _key(self, key: object) -> str:
        return str(self.convert(key))


def _bytes(value: bytes | bytearray | memoryview) -> str:
    raw = bytes(value)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode()


def _safely(convert: Callable[[object], str], value: object) -> str:
    try:
        return valid_text(convert(value))
    except Exception:  # noqa: BLE001 - a user's class may do anything
        return _type_name(value)


def _type_name(value: object) -> str:
    return f"<{type(value).__module__}.{type(value).__qualname__}>"


# pydantic models, polars, pandas and Arrow data, numpy arrays and scalars, and whatever follows their conventions
_METHODS = ("model_dump", "to_dicts", "to_pylist", "to_dict", "to_list", "tolist", "__float__")
_LEAVES: tuple[tuple[type | tuple[type, ...], Callable[..., object]], ...] = (
    (enum.Enum, lambda member: member.value),
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    ((dt.date, dt.time), lambda moment: moment.isoformat()),
    (dt.timedelta, lambda duration: duration.total_seconds()),
    ((bytes, bytearray, memoryview), _bytes),
    (os.PathLike, os.fspath),
    (uuid.UUID, str),
    (BaseException, safe_repr),
)
