"""The one converter between JSON and values; both sides of the wire use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import attrs
import cattrs
import orjson
from cattrs.cols import list_structure_factory
from cattrs.gen import make_dict_structure_fn

from arize_async.models.base import Model, Request
from arize_async.models.rules import BrokenRule

T = TypeVar("T")
_MILLISECONDS = 1e11
_MARK = "\0"


class Undecodable(ValueError):
    """JSON is not what a value is built from.

    Attributes:
        lines: What is wrong, each with its path: ``expected a string, got a number @ $.id``.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """Join the lines to the message."""
        self.lines = tuple(lines)
        super().__init__("; ".join(lines))


def decode(kind: type[T], data: object) -> T:
    """Build a value from parsed JSON.

    Raises:
        Undecodable: A field is missing, of the wrong type or out of bounds; each line names the path.
    """
    try:
        return converter.structure(data, kind)
    except Exception as error:  # noqa: BLE001 - cattrs raises groups of anything that hooks and validators raise
        raise Undecodable(explain(error)) from None


def parse_json(body: bytes) -> object:
    """Parse a JSON document.

    Raises:
        ValueError: It is not JSON.
    """
    try:
        parsed: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    return parsed


def explain(error: BaseException) -> list[str]:
    """Return one line for each thing that is wrong, with its path.

    >>> from arize_async.models.space import Space
    >>> try:
    ...     converter.structure({"id": 1, "name": "a"}, Space)
    ... except Exception as error:
    ...     explain(error)
    ['expected a string, got a number @ $.id']
    """
    return [_located(line) for line in cattrs.transform_error(error, format_exception=_describe)]


def _located(line: str) -> str:
    """Add the field of a broken rule to the path: cattrs knows only the object that has it."""
    field, mark, rest = line.partition(_MARK)
    return f"{rest}.{field}" if mark else line


def _describe(error: BaseException, kind: type | None) -> str:
    del kind
    if isinstance(error, BrokenRule):
        return f"{error.field}{_MARK}{error}"
    if isinstance(error, KeyError):
        return f"required field missing ({error.args[0]!r})"
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        return f"unknown properties: {', '.join(sorted(error.extra_fields))}"
    return str(error) if isinstance(error, (ValueError, TypeError)) else f"{type(error).__name__}: {error}"


_WORDS: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    dict: "an object",
    list: "a list",
    type(None): "null",
}


def _expected(what: str, value: object) -> TypeError:
    return TypeError(f"expected {what}, got {_WORDS.get(type(value), type(value).__name__)}")


def _string(value: object, _: type) -> str:
    if not isinstance(value, str):
        raise _expected("a string", value)
    return value


def _member(value: object, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(_string(value, str))
    except ValueError:
        raise ValueError(f"expected one of {', '.join(kind)}, got {value!r}") from None


def _boolean(value: object, _: type) -> bool:
    if not isinstance(value, bool):
        raise _expected("a boolean", value)
    return value


def _integer(value: object, _: type) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected("a whole number", value)
    return value


def _number(value: object, _: type) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _expected("a number", value)
    return value


def _moment(value: object, _: type) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if abs(value) > _MILLISECONDS else value, UTC)
    if not isinstance(value, str):
        raise _expected("a date-time", value)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _object(value: object, _: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise _expected("an object", value)
    return dict(cast("Mapping[str, object]", value))


def _open_structure(kind: type[Model]) -> Callable[[object, type[Model]], Model]:
    """Structure a model and keep what it does not know."""
    fixed = make_dict_structure_fn(
        kind, converter, additional_properties=cattrs.override(omit=True), _cattrs_detailed_validation=True
    )
    names = frozenset(attrs.fields_dict(kind)) - {"additional_properties"}

    def structure(value: object, wanted: type[Model]) -> Model:
        data = _object(value, wanted)
        model = fixed(data, wanted)
        extras = {key: item for key, item in data.items() if key not in names}
        return attrs.evolve(model, additional_properties=extras) if extras else model

    return structure


def _closed_structure(kind: type[Request]) -> Callable[[object, type[Request]], Request]:
    fixed = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True)

    def structure(value: object, wanted: type[Request]) -> Request:
        return value if isinstance(value, kind) else fixed(_object(value, wanted), wanted)

    return structure


def _strict_list(kind: type) -> Callable[[object, type], list[object]]:
    """Structure a list from a list only: a string is a sequence too."""
    structure_items = list_structure_factory(kind, converter)

    def structure(value: object, wanted: type) -> list[object]:
        if not isinstance(value, (list, tuple)):
            raise _expected("a list", value)
        return cast("list[object]", structure_items(value, wanted))

    return structure


def _is_tagged(kind: object) -> bool:
    """Tell a union of values that are told apart by their ``type``."""
    members = get_args(kind)
    return get_origin(kind) in (Union, UnionType) and all(
        isinstance(member, type) and attrs.has(member) and "type" in attrs.fields_dict(member) for member in members
    )


def _tagged_structure(kind: object) -> Callable[[object, object], object]:
    """Structure the member of a union whose ``type`` is the one that is given."""
    members: dict[str, type[Any]] = {
        get_args(attrs.fields_dict(attrs.resolve_types(member))["type"].type)[0]: member for member in get_args(kind)
    }

    def structure(value: object, _: object) -> object:
        found = _object(value, kind).get("type")
        if not isinstance(found, str) or found not in members:
            raise ValueError(f"expected an object whose type is one of {', '.join(members)}, got {found!r:.40}")
        return converter.structure(value, members[found])

    return structure


def _is_subclass_of(base: type) -> Callable[[object], bool]:
    return lambda kind: isinstance(kind, type) and issubclass(kind, base)


converter = cattrs.Converter(detailed_validation=True)
converter.register_structure_hook(str, _string)
converter.register_structure_hook(StrEnum, _member)
converter.register_structure_hook(bool, _boolean)
converter.register_structure_hook(int, _integer)
converter.register_structure_hook(float, _number)
converter.register_structure_hook(datetime, _moment)
converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
converter.register_structure_hook_func(lambda kind: kind in (Mapping[str, object], dict[str, object]), _object)
converter.register_structure_hook_factory(_is_subclass_of(Model), _open_structure)
converter.register_structure_hook_factory(_is_subclass_of(Request), _closed_structure)
converter.register_structure_hook_factory(_is_tagged, _tagged_structure)
converter.register_structure_hook_factory(lambda kind: get_origin(kind) is list, _strict_list)
