"""Docstrings of the source as they read in the target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.facade.errors import Untranslatable

if TYPE_CHECKING:
    from pathlib import Path

CODE_LINE = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
LITERAL = re.compile(r"``[^`]+``")
DROPPED = re.compile(r"^\s*>>> import asyncio$")
REPLACED = (
    (re.compile(r"\basyncio\.run\((.*)\)$"), r"\1"),
    (re.compile(r"\basync (?=def\b|with\b|for\b)"), ""),
    (re.compile(r"\bawait "), ""),
    (re.compile(r"\baclose\b"), "close"),
)
LEFT = re.compile(r"\b(?:async|await|asyncio|aiter|anext|__a\w+__)\b")


class DocstringTranslator:
    """Turns asynchronous code in docstrings into blocking code; prose stays as it is."""

    def __init__(self, source: str, target: str) -> None:
        """Take the names of both packages."""
        self._packages = (re.compile(rf"\b{source}\b"), target)

    def translate(self, docstring: str, path: Path, line: int) -> str:
        """Translate the examples and the inline literals.

        Args:
            docstring: Its text.
            path: File that it is in.
            line: Line that it starts in.

        Raises:
            Untranslatable: Asynchronous code is left in an example.
        """
        lines: list[str] = []
        for number, text in enumerate(docstring.splitlines()):
            if not CODE_LINE.match(text):
                lines.append(LITERAL.sub(lambda literal: self._code(literal[0]), text))
            elif not DROPPED.match(text):
                lines.append(self._code(text))
                if LEFT.search(lines[-1]):
                    raise Untranslatable(path, line + number, f"{text.strip()!r} cannot be made blocking")
        return "\n".join(lines)

    def _code(self, text: str) -> str:
        for pattern, replacement in (self._packages, *REPLACED):
            text = pattern.sub(replacement, text)
        return text


def quoted(docstring: str) -> str:
    """Return a docstring as source text."""
    prefix = "r" if "\\" in docstring else ""
    ending = "\n" if "\n" in docstring else ""
    return f'{prefix}"""{docstring}{ending}"""'
