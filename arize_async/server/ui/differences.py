"""What is different between two texts, in bounded time."""

from __future__ import annotations

import difflib
import re
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import define, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

_ISLAND = 3
"""Characters of which a piece between two changes has to have as many to count as the same."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a piece of the first text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@frozen
class Piece:
    """A piece of text."""

    change: Change
    text: str


@define
class Differ:
    """Compares texts word by word as long as its budget lasts.

    Attributes:
        budget: Pairs of words that may still be compared; the time of a comparison grows with them.
    """

    budget: int = 4_000_000

    def compare(self, old: str, new: str) -> Sequence[Piece] | None:
        """Return the pieces of both texts in order, or None when they are too long to be compared.

        >>> [(str(piece.change), piece.text) for piece in Differ().compare("a fine day", "a rainy day")]
        [('same', 'a '), ('removed', 'fine'), ('added', 'rainy'), ('same', ' day')]
        """
        if old == new:
            return [Piece(Change.SAME, old)] if old else []
        first, second = _WORDS.findall(old), _WORDS.findall(new)
        head = _common(first, second)
        tail = _common(first[head:][::-1], second[head:][::-1])
        inner = first[head : len(first) - tail], second[head : len(second) - tail]
        cost = len(inner[0]) * len(inner[1])
        if cost > self.budget:
            return None
        self.budget -= cost
        pieces = [Piece(Change.SAME, "".join(first[:head])), *_inner(*inner)]
        pieces.append(Piece(Change.SAME, "".join(first[len(first) - tail :])))
        return [piece for piece in pieces if piece.text]


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def _inner(first: list[str], second: list[str]) -> list[Piece]:
    pieces: list[Piece] = []
    removed, added = "", ""
    for word, low, high, start, end in difflib.SequenceMatcher(None, first, second).get_opcodes():
        old, new = "".join(first[low:high]), "".join(second[start:end])
        # a blank or a comma between two changes belongs to them: marks that come and go cannot be read
        if word != "equal" or (len(old.strip()) < _ISLAND and "\n" not in old):
            removed, added = removed + old, added + new
            continue
        pieces += [Piece(Change.REMOVED, removed), Piece(Change.ADDED, added), Piece(Change.SAME, old)]
        removed, added = "", ""
    return [*pieces, Piece(Change.REMOVED, removed), Piece(Change.ADDED, added)]
