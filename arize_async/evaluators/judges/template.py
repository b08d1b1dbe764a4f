"""Prompts with named placeholders."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.errors import InvalidEvaluator

if TYPE_CHECKING:
    from collections.abc import Callable


@frozen
class Template:
    """A prompt that was taken apart once; what is put in is never looked at, so braces in values mean nothing.

    Attributes:
        parts: Pairs of text and the placeholder that follows it, or None.
    """

    parts: tuple[tuple[str, str | None], ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of the placeholders."""
        return frozenset(name for _, name in self.parts if name is not None)

    def filled(self, value_of: Callable[[str], str]) -> str:
        """Return the prompt with a value for each placeholder."""
        return "".join(text if name is None else text + value_of(name) for text, name in self.parts)


def parsed(template: object) -> Template:
    """Take a prompt apart.

    Raises:
        InvalidEvaluator: It is no text, has no placeholder, or a brace that begins none.

    >>> parsed("Is {output} like {expected}? {{}}").names == {"output", "expected"}
    True
    """
    if not isinstance(template, str):
        raise InvalidEvaluator(f"text with placeholders, got {type(template).__name__}", path="template")
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise _malformed(str(error)) from None
    for _, name, form, conversion in pieces:
        if name is not None and (form or conversion or not name.strip() or name.isdigit() or set(name) & set("{[")):
            raise _malformed(f"{{{name}}}" if not form else f"{{{name}:{form}}}")
    found = Template(tuple((text, name) for text, name, _, _ in pieces))
    if not found.names:
        raise InvalidEvaluator(
            "the prompt has no placeholder, such as {output}: nothing would be judged", path="template"
        )
    return found


def _malformed(what: str) -> InvalidEvaluator:
    return InvalidEvaluator(
        f"{what[:200]}: a placeholder is a name between braces, such as {{output}} or {{attributes.metadata.topic}};"
        " double the braces that stand for themselves",
        path="template",
    )
