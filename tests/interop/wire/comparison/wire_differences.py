"""Where two sessions differ."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from wire_values import NOTHING, Texts, differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wire_steps import Exchange, Step

_KINDS = {
    "spaces in JSON": "body of a REST request",
    "characters beyond ASCII": "body of a REST request",
    "spaces in JSON text inside": "JSON text inside of a value",
    "metadata of the schema": "upload of a frame",
    "type of columns without values": "upload with such columns",
}
"""Whose property a part is; what has the prefix of `_OF_ITS_OWN` is a property of the exchange as a whole."""

_OF_ITS_OWN = ("header", "metadata", "spans in an export", "links", "scope", "resource", "what it tells besides")


class Difference(NamedTuple):
    """One way in which what the two send differs.

    Attributes:
        where: The steps of the session; instead of them ``every`` and a kind, when no step that has it is without.
        what: What part of what is sent.
        official: What the official SDK sends, shortened.
        ours: What this one sends, shortened.
    """

    where: frozenset[str]
    what: str
    official: str
    ours: str


def differences(official: dict[str, Step], ours: dict[str, Step]) -> set[Difference]:
    """Compare all steps."""
    assert list(official) == list(ours)
    found = _Findings()
    for name, step in official.items():
        _compare(found, name, step, ours[name])
    return found.grouped()


class _Findings:
    """What was found so far, and which kinds of things each step has."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, Texts], set[str]] = defaultdict(set)
        self._having: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._differing: dict[tuple[str, str], set[str]] = defaultdict(set)

    def has(self, step: str, kind: str, what: str) -> None:
        """Note that a step has something that may differ."""
        self._having[kind, what].add(step)

    def add(self, step: str, texts: Texts, kind: str = "") -> None:
        """Note a difference."""
        self._steps[kind, texts].add(step)
        self._differing[kind, texts.what].add(step)

    def grouped(self) -> set[Difference]:
        """Join what is the same in several steps."""
        where: dict[Texts, set[str]] = defaultdict(set)
        for (kind, texts), steps in self._steps.items():
            everywhere = kind and self._having[kind, texts.what] <= self._differing[kind, texts.what]
            where[texts] |= {f"every {kind}"} if everywhere else steps
        return {Difference(frozenset(steps), *texts) for texts, steps in where.items()}


def _compare(found: _Findings, name: str, official: Step, ours: Step) -> None:
    if official.raises != ours.raises:
        found.add(name, Texts("outcome", *("raises" if step.raises else "returns" for step in (official, ours))))
    for what, theirs, mine in (
        ("requests", official.exchanges, ours.exchanges),
        ("spans", official.spans, ours.spans),
    ):
        for texts in _sequences(what, [item.line for item in theirs], [item.line for item in mine]):
            found.add(name, texts)
        for one, other in _pairs(theirs, mine):
            _compare_exchange(found, name, one, other)
    for one, other in zip(official.exports, ours.exports, strict=False):
        _compare_exchange(found, name, one, other)


def _sequences(what: str, official: list[str], ours: list[str]) -> Iterator[Texts]:
    """Show what only one of them sends, or where the order differs."""
    if official == ours:
        return
    if sorted(official) == sorted(ours):
        start = _shared_length(official, ours)
        end = len(official) - _shared_length(official[::-1], ours[::-1])
        yield Texts(f"order of {what}", _lines(official[start:end]), _lines(ours[start:end]))
        return
    for kind, start, end, own_start, own_end in SequenceMatcher(None, official, ours, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Texts(what, _lines(official[start:end]), _lines(ours[own_start:own_end]))


def _shared_length(official: list[str], ours: list[str]) -> int:
    """Count how many lines at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(official, ours, strict=True)))


def _pairs(official: list[Exchange], ours: list[Exchange]) -> Iterator[tuple[Exchange, Exchange]]:
    """Pair what is the same request, also when its place differs."""
    left = list(ours)
    for one in official:
        other = next((item for item in left if item.line == one.line), None)
        if other is not None:
            left.remove(other)
            yield one, other


def _compare_exchange(found: _Findings, name: str, official: Exchange, ours: Exchange) -> None:
    for part in sorted(official.parts.keys() ^ ours.parts.keys()):
        found.add(name, Texts(part, *("sent" if part in exchange.parts else NOTHING for exchange in (official, ours))))
    for part in sorted(official.parts.keys() & ours.parts.keys()):
        pair = official.parts[part], ours.parts[part]
        if part == "spaces in JSON text inside" and not all(pair):
            continue  # what one of them has as another text is a difference of the value
        if part in _KINDS and any(pair):
            found.has(name, _KINDS[part], part)
        for texts in differing(part, *pair):
            if part == "rows" and _lacks_column(official, texts.what) != _lacks_column(ours, texts.what):
                continue  # its type shows it
            own = official.kind if texts.what.startswith(_OF_ITS_OWN) else ""
            found.add(name, texts, _KINDS.get(texts.what, own))
    for what in _own_parts(official) | _own_parts(ours):
        found.has(name, official.kind, what)


def _own_parts(exchange: Exchange) -> set[str]:
    """Name what is a property of an exchange as a whole; headers one by one."""
    owned = {part: value for part, value in exchange.parts.items() if part in _OF_ITS_OWN}
    return {f"{part} {key}" for part, value in owned.items() if isinstance(value, dict) for key in value} | owned.keys()


def _lacks_column(exchange: Exchange, what: str) -> bool:
    return what.removeprefix("rows ") not in exchange.parts.get("columns", [what.removeprefix("rows ")])


def _lines(lines: list[str]) -> str:
    return re.sub(r"<(\w+) \d+>", r"<\1>", "; ".join(lines)) or NOTHING
