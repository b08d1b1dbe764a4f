"""JSON Schema (2020-12, as in OpenAPI 3.1) of models and requests.

Libraries that describe classes know dataclasses or pydantic; none knows our converter's rules: that a model is open and
a request closed, what is left out when it is None, and what the validators check.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Union, cast, get_args, get_origin

import attrs

from arize_async.models.base import Model, Request
from arize_async.models.rules import Rule

if TYPE_CHECKING:
    from attrs import Attribute

Schema = dict[str, object]
_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    object: {},
    type(None): {"type": "null"},
}


class Schemas:
    """Schemas of classes, each kept once under its name.

    Attributes:
        components: The schemas by name, as they stand in ``components.schemas``.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self.components: dict[str, Schema] = {}

    def sent(self, kind: Any) -> Schema:
        """Return the schema of what the server sends; a field that is None is left out, unless it is nullable."""
        return self._of(kind, incoming=False)

    def received(self, kind: Any) -> Schema:
        """Return the schema of what the server accepts."""
        return self._of(kind, incoming=True)

    def page(self, name: str, kind: type[Model], pagination: type[Model]) -> Schema:
        """Return the schema of a page of a list."""
        properties = {name: {"type": "array", "items": self.sent(kind)}, "pagination": self.sent(pagination)}
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _of(self, kind: Any, *, incoming: bool) -> Schema:
        origin, arguments = get_origin(kind), get_args(kind)
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if origin in (Union, types.UnionType):
            return self._any_of(arguments, incoming=incoming)
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin in (list, Sequence):
            return {"type": "array", "items": self._of(arguments[0], incoming=incoming)}
        if origin in (dict, Mapping):
            return {"type": "object"}
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return {"type": "string", "enum": [member.value for member in kind]}
        return self._reference(kind, incoming=incoming)

    def _any_of(self, kinds: Sequence[Any], *, incoming: bool) -> Schema:
        parts = [self._of(kind, incoming=incoming) for kind in kinds]
        if len(parts) == 2 and parts[1] == _PLAIN[type(None)] and "type" in parts[0]:  # noqa: PLR2004 - a value or null
            return _or_null(parts[0])
        return {"anyOf": parts}

    def _reference(self, kind: type[attrs.AttrsInstance], *, incoming: bool) -> Schema:
        # what is accepted of a model is wider than what is sent of it
        name = kind.__name__
        if incoming and issubclass(kind, Model):
            name = name.removesuffix("Input") + "Input"
        if name not in self.components:
            self.components[name] = {}  # so that a class can be part of itself
            self.components[name] = self._object(kind, incoming=incoming)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, kind: type[attrs.AttrsInstance], *, incoming: bool) -> Schema:
        fields = [field for field in _fields(kind) if field.name != "additional_properties"]
        properties = {field.name: self._property(field, incoming=incoming) for field in fields}
        required = [field.name for field in fields if _is_required(field, incoming=incoming)]
        schema: Schema = {"type": "object", "description": _summary(kind), "properties": properties}
        if required:
            schema["required"] = required
        if issubclass(kind, Request):
            schema |= {"additionalProperties": False, **kind.schema}
        return schema

    def _property(self, field: Attribute[Any], *, incoming: bool) -> Schema:
        kind, rule = field.type, field.validator if isinstance(field.validator, Rule) else None
        value = [part for part in get_args(kind) if part is not type(None)]
        optional = type(None) in get_args(kind)
        # None as a default and null as a value are different things in the document
        schema = self._of(Union[tuple(value)] if optional else kind, incoming=incoming)  # noqa: UP007 - from a tuple
        if rule is not None:
            schema |= rule.schema
            if rule.item is not None:
                schema["items"] = self._item(rule.item, incoming=incoming)
        if isinstance(field.default, (bool, int, str)):
            schema["default"] = field.default
        null = field.metadata.get("nullable", optional and incoming)
        return _or_null(schema) if null else schema

    def _item(self, item: type | Mapping[str, object], *, incoming: bool) -> Schema:
        return dict(item) if isinstance(item, Mapping) else self._of(item, incoming=incoming)


def _fields(kind: type[attrs.AttrsInstance]) -> Sequence[Attribute[Any]]:
    return attrs.fields(attrs.resolve_types(kind))


def _is_required(field: Attribute[Any], *, incoming: bool) -> bool:
    always_sent = not incoming and (field.metadata.get("nullable", False) or field.default not in (None, attrs.NOTHING))
    return field.default is attrs.NOTHING or bool(always_sent)


def _or_null(schema: Schema) -> Schema:
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    widened: Schema = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        widened["enum"] = [*cast("list[object]", schema["enum"]), None]
    return widened


def _summary(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]
