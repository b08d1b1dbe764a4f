"""What every value that crosses the wire has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

import attrs
import orjson
from attrs import field, frozen

from arize_async.models.html import html_table
from arize_async.models.json_text import json_bytes

if TYPE_CHECKING:
    from attrs import Attribute

NULLABLE: dict[str, bool] = {"nullable": True}
"""Metadata of a field that is sent as null; every other field that is None is left out."""

NOT_NULL: dict[str, bool] = {"nullable": False}
"""Metadata of a field of a request that may be left out and is never null."""


class _Fields:
    """The fields of a class by name, as ``Model.model_fields``."""

    def __get__(self, instance: object, owner: type[attrs.AttrsInstance]) -> dict[str, Attribute[object]]:
        return attrs.fields_dict(owner)


@frozen(kw_only=True, repr=False)
class Model:
    """A value of the platform.

    Attributes:
        additional_properties: What the server sent beyond the fixed fields; it survives a round trip.
    """

    model_fields: ClassVar[_Fields] = _Fields()
    additional_properties: Mapping[str, object] = field(factory=dict)

    def __repr__(self) -> str:
        """Show what is there: fields without a value are left out, extras stand behind the fields."""
        names = [name for name in attrs.fields_dict(type(self)) if name != "additional_properties"]
        parts = [f"{name}={value!r}" for name in names if (value := getattr(self, name)) is not None]
        extras = [f"additional_properties={dict(self.additional_properties)!r}"] if self.additional_properties else []
        return f"{type(self).__name__}({', '.join(parts + extras)})"

    def to_dict(self) -> dict[str, object]:
        """Return a dict with the extras at the top level; fields that are None and not nullable are left out."""
        fixed = {
            attribute.name: plain(value)
            for attribute in attrs.fields(type(self))
            if attribute.name != "additional_properties"
            and ((value := getattr(self, attribute.name)) is not None or attribute.metadata.get("nullable"))
        }
        return {**fixed, **self.additional_properties}

    def to_json(self) -> str:
        """Return JSON text of whatever is in it: dates are RFC 3339, NaN and infinities are null."""
        return answer_text(self.to_dict())

    def _repr_html_(self) -> str:
        """Show the same as ``repr`` as a table, in notebooks."""
        fixed = {name: getattr(self, name) for name in attrs.fields_dict(type(self)) if name != "additional_properties"}
        given = {name: value for name, value in fixed.items() if value is not None}
        return html_table(type(self).__name__, ("", ""), [*given.items(), *self.additional_properties.items()])


def answer_text(value: dict[str, object]) -> str:
    """Return JSON text of an answer as a dict; a moment without a zone counts as UTC."""
    return json_bytes(value, options=JSON_OPTIONS).decode()


JSON_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


def plain(value: object) -> object:
    """Turn values inside a value into dicts and lists; leaves, dates among them, stay as they are."""
    if isinstance(value, (Model, Request)):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, bytes, datetime)):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    return value


@frozen(kw_only=True)
class Request:
    """A request body: closed, so a property that it does not know is an error.

    Attributes:
        schema: What JSON Schema has to say of the whole body beyond its fields.
    """

    schema: ClassVar[Mapping[str, object]] = {}

    def to_dict(self) -> dict[str, object]:
        """Return the body; what is None is left out."""
        return {
            attribute.name: plain(value)
            for attribute in attrs.fields(type(self))
            if (value := getattr(self, attribute.name)) is not None
        }
