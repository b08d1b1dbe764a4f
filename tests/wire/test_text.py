"""Any Python value as text or JSON data."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import uuid
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arize_async.models.jsonable import jsonify, safe_repr, safe_str
from arize_async.wire.text import copied, json_bytes, output_text, parse_nested


class Colour(enum.Enum):
    """An enumeration."""

    RED = "red"


@dataclasses.dataclass
class Point:
    """A dataclass."""

    x: int
    y: list[int]


@attrs.frozen
class Pair:
    """An attrs class."""

    left: str
    right: Point


class Pydantic:
    """Dumps as pydantic models do."""

    def model_dump(self) -> dict[str, Any]:
        """Return the fields."""
        return {"a": 1}


class Hostile:
    """Fails wherever it can."""

    def __repr__(self) -> str:
        """Fail."""
        raise RuntimeError("no repr")

    def to_dict(self) -> dict[str, Any]:
        """Fail."""
        raise RuntimeError("no dict")

    def __float__(self) -> float:
        """Fail."""
        raise RuntimeError("no float")


CASES: list[tuple[Any, str | None]] = [
    (None, None),
    ("", ""),
    ("text", "text"),
    (True, "true"),
    (1, "1"),
    (2**70, str(2**70)),
    (0.5, "0.5"),
    (float("nan"), "NaN"),
    (float("-inf"), "-Infinity"),
    ([1, "a", None], '[1,"a",null]'),
    ((1, 2), "[1,2]"),
    ({"a": {"b": [1]}}, '{"a":{"b":[1]}}'),
    ({1: "a", None: "b"}, '{"1":"a","None":"b"}'),
    ({"é": "😀"}, '{"é":"😀"}'),
    (b"bytes", "bytes"),
    (b"\xff\x00", "/wA="),
    (bytearray(b"a"), "a"),
    (Colour.RED, "red"),
    (Point(1, [2]), '{"x":1,"y":[2]}'),
    (Pair("l", Point(1, [])), '{"left":"l","right":{"x":1,"y":[]}}'),
    (Pydantic(), '{"a":1}'),
    (dt.date(2026, 1, 2), "2026-01-02"),
    (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "2026-01-02T00:00:00+00:00"),
    (dt.timedelta(seconds=1.5), "1.5"),
    (PurePosixPath("/a/b"), "/a/b"),
    (ValueError("bad"), "ValueError('bad')"),
    (np.int64(3), "3"),
    (np.float32(0.5), "0.5"),
    (np.array([[1, 2], [3, 4]]), "[[1,2],[3,4]]"),
    (Decimal("0.5"), "0.5"),
    ("\ud800", "\ufffd"),
    ({"a": "\ud800"}, '{"a":"\ufffd"}'),
    (Point, "<class 'test_text.Point'>"),
]


@pytest.mark.parametrize(("value", "expected"), CASES, ids=[type(value).__name__ for value, _ in CASES])
def test_outputs_become_text(value: object, expected: str | None) -> None:
    """Text stays text, None stays None, and everything else is JSON or, failing that, a repr."""
    text = output_text(value)
    assert text == expected or (text or "").endswith("Point'>")


def test_what_has_no_form_becomes_its_repr_or_its_type() -> None:
    """No object can make this fail."""
    assert (output_text(object()) or "").startswith("<object object at")
    assert (output_text(Hostile()) or "").endswith(".Hostile>")
    assert safe_repr(Hostile()).endswith(".Hostile>")
    assert safe_str(Hostile()).endswith(".Hostile>")


def test_circular_values_end() -> None:
    """A list that holds itself gives text all the same."""
    loop: list[Any] = []
    loop.append(loop)
    assert output_text(loop)
    mapping: dict[str, Any] = {}
    mapping["self"] = mapping
    assert output_text(mapping)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_data_stays_what_it_is(value: Any) -> None:
    """JSON data survives unchanged, as a copy and as text."""
    assert jsonify(value) == value
    assert copied(value) == value
    if value is not None and not isinstance(value, str):
        assert json.loads(output_text(value) or "") == value
    assert json.loads(json_bytes(value)) == value


def test_request_bodies_hold_no_nan() -> None:
    """NaN, infinities and huge numbers in a body are what JSON has for them."""
    body = {"a": float("nan"), "b": [float("inf")], "c": 2**80, "d": np.float64(1.5), "e": dt.date(2026, 1, 2)}
    assert json.loads(json_bytes(body)) == {"a": None, "b": [None], "c": 2**80, "d": 1.5, "e": "2026-01-02"}


@pytest.mark.parametrize(
    ("cell", "parsed"), [('{"a": 1}', {"a": 1}), ("[1]", [1]), ("4", "4"), ("true", "true"), ("{x", "{x"), (4, 4)]
)
def test_only_nested_values_are_parsed(cell: object, parsed: object) -> None:
    """Text that happens to be a JSON number or word stays text."""
    assert parse_nested(cell) == parsed


def test_a_copy_is_independent() -> None:
    """Changing a copy changes nothing else."""
    original = {"a": [1, {"b": 2}]}
    copy: Any = copied(original)
    copy["a"][1]["b"] = 3
    assert original == {"a": [1, {"b": 2}]}


class Broken(dict[str, Any]):
    """A mapping whose items cannot be had."""

    def items(self) -> Any:
        """Fail."""
        raise RuntimeError("no items")


class BrokenText(str):
    """Text that fails to be text."""

    __slots__ = ()

    def __str__(self) -> str:
        """Fail."""
        raise RuntimeError("no text")


def test_hostile_values_become_text() -> None:
    """Whatever an object raises, there is text."""

    class BrokenAttribute:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    for value in (Broken(a=1), BrokenText("a"), BrokenAttribute(), [Broken()], 10**5000, {1: 10**5000}):
        assert output_text(value)
        assert json_bytes(value)


def test_values_that_refer_back_twice_end() -> None:
    """A tree with parents is no exponential walk."""
    loop: list[Any] = []
    loop += [loop, loop, loop]
    shared: list[Any] = ["leaf"]
    for _ in range(60):
        shared = [shared, shared]
    assert output_text(loop)
    assert jsonify(shared)


def test_frames_become_rows() -> None:
    """The frame that this package itself returns is a list of dicts."""
    assert output_text(pl.DataFrame({"a": [1, 2]})) == '[{"a":1},{"a":2}]'
    assert output_text(pl.Series([1, None])) == "[1,null]"
    assert output_text(uuid.UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
