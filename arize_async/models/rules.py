"""Bounds of what is sent: each is an attrs validator, and says in JSON Schema what it checks.

The client refuses by them before it sends, the server before it stores, and the OpenAPI document shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from attrs import frozen

from arize_async.errors import InvalidInput
from arize_async.models.unicode import valid_text

MAX_ROWS = 1000
MAX_NAME = 255
VISIBLE = r"[^\s\x1c-\x1f\x85\ufeff]"
"""A character that is no white space for Python, for ECMAScript or for anyone else: they differ in what that is."""

_PLAIN = r'[^"\\]*'
_PLAIN_VISIBLE = r'[^"\\\s\x1c-\x1f\x85\ufeff]'


class BrokenRule(ValueError):
    """A field breaks its rule.

    Attributes:
        field: Name of the field.
    """

    def __init__(self, field: str, message: str) -> None:
        """Keep the field beside the message."""
        self.field = field
        super().__init__(message)


@frozen
class Rule:
    """A check of a field.

    Attributes:
        schema: Keywords of JSON Schema that say the same.
        check: Raises a ValueError when a value breaks the rule.
        item: What the entries of a list are, when the field's annotation does not say it: a model or a schema.
    """

    schema: Mapping[str, object]
    check: Callable[[Any], None]
    item: type | Mapping[str, object] | None = None

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        """Check as an attrs validator."""
        del instance
        try:
            self.check(value)
        except ValueError as error:
            raise BrokenRule(attribute.name, str(error)) from None

    @property
    def optional(self) -> Rule:
        """The same rule for a field that may be None."""
        check = self.check

        def check_given(value: object) -> None:
            if value is not None:
                check(value)

        return attrs.evolve(self, check=check_given)


def between(least: int, most: int) -> Rule:
    """Make the rule that bounds a number."""

    def check(value: int) -> None:
        if not least <= value <= most:
            raise ValueError(f"a number from {least} to {most}, got {value}")

    return Rule({"minimum": least, "maximum": most}, check)


def characters(least: int, most: int | None = None) -> Rule:
    """Make the rule that bounds the length of a text."""

    def check(value: str) -> None:
        if len(value) < least or (most is not None and len(value) > most):
            raise ValueError(f"{_span(least, most)} characters, got {len(value)}")

    return Rule(_bounds("Length", least, most), check)


def entries(least: int, most: int | None = None, *, of: type | Mapping[str, object] | None = None) -> Rule:
    """Make the rule that bounds the length of a list."""

    def check(value: list[object]) -> None:
        if len(value) < least or (most is not None and len(value) > most):
            raise ValueError(f"{_span(least, most)} entries, got {len(value)}")

    return Rule(_bounds("Items", least, most), check, of)


def distinct_ids(most: int) -> Rule:
    """Make the rule for a list of ids: each once, and none empty."""
    counted = entries(1, most, of={"type": "string", "minLength": 1})

    def check(value: list[str]) -> None:
        counted.check(value)
        if not all(value) or len(set(value)) < len(value):
            raise ValueError("each id once, and none empty")

    return Rule({**counted.schema, "uniqueItems": True}, check, counted.item)


def not_blank(most: int) -> Rule:
    """Make the rule for a name with anything in it that can be seen."""

    def check(value: str) -> None:
        if not re.search(VISIBLE, value) or len(value) > most:
            raise ValueError(f"a name has 1 to {most} characters that are not all blank, got {len(value)}")

    return Rule({"minLength": 1, "maxLength": most, "pattern": VISIBLE}, check)


def check_name(name: object) -> None:
    """Refuse names of experiments that the platform refuses.

    Raises:
        InvalidInput: No text, empty, longer than 255 characters, or with a double quote or a backslash.
    """
    try:
        _check_plain_name(name)
    except ValueError as error:
        raise InvalidInput(str(error), path="name") from None


def _check_plain_name(name: object) -> None:
    if not isinstance(name, str) or not re.search(VISIBLE, name) or len(name) > MAX_NAME:
        raise ValueError(f"a name is text of 1 to {MAX_NAME} characters that are not all blank, got {name!r:.80}")
    if '"' in name or "\\" in name:
        raise ValueError(f"a name has no double quote and no backslash, got {name!r}")
    if valid_text(name) != name:
        raise ValueError(f"a name is valid Unicode, got {name!r}")


def _bounds(what: str, least: int, most: int | None) -> dict[str, object]:
    lower: dict[str, object] = {f"min{what}": least} if least else {}
    return lower if most is None else {**lower, f"max{what}": most}


def _span(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"{least} to {most}" if least else f"at most {most}"


NOT_BLANK = not_blank(MAX_NAME)
"""A name with anything in it that can be seen."""

NAME = Rule(
    {"minLength": 1, "maxLength": MAX_NAME, "pattern": f"^{_PLAIN}{_PLAIN_VISIBLE}{_PLAIN}$"}, _check_plain_name
)
"""The same without double quotes and backslashes, as experiments have it."""
