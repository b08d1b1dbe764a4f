"""What a model answered, read by rules: a verdict, or what is wrong with the answer."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, cast

from attrs import frozen

from arize_async.evaluators.verdict import shown
from arize_async.models.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_CHARACTERS = 100_000
_MOST_OBJECTS = 100
_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_OBJECT = re.compile(r'\{\s*"')
_PREFIX = re.compile(r"^\W*(?:label|verdict|answer)\W*[:=]", re.IGNORECASE)
_DECODER = json.JSONDecoder()


@frozen
class Verdict:
    """What a model found.

    Attributes:
        label: One of the judge's labels, as they are written there.
        explanation: Why.
    """

    label: str
    explanation: str | None


class UnreadableAnswer(ValueError):
    """There is no verdict in an answer."""


def plain(label: str) -> str:
    """Return a label without what models change: case, punctuation around it, spaces instead of underscores.

    >>> plain(" **Not-Relevant.** ") == plain("not_relevant")
    True
    """
    return re.sub(r"[\W_]+", " ", label.casefold()).strip()


def verdict_of(text: str, labels: Iterable[str]) -> Verdict:
    r"""Read an answer.

    The last JSON object with a ``label`` counts, wherever it stands; without any, a last line that is nothing but a
    label, with or without ``Label:`` before it. What a model thinks, up to ``</think>``, does not count.

    Raises:
        UnreadableAnswer: There is no such label; the message says what is wrong.

    >>> verdict_of('Sure! {"explanation": "Same year.", "label": "Correct"}', ["correct", "incorrect"])
    Verdict(label='correct', explanation='Same year.')
    >>> verdict_of("The year differs.\n**Incorrect.**", ["correct", "incorrect"])
    Verdict(label='incorrect', explanation='The year differs.')
    """
    known = {plain(label): label for label in labels}
    text = _THOUGHT.split(text[-_MOST_CHARACTERS:])[-1].strip()
    if not text:
        raise UnreadableAnswer("the answer is empty")
    found = list(_objects(text))
    if found:
        return _of_object(found[-1], known)
    before, _, last = text.rpartition("\n")
    label = known.get(plain(_PREFIX.sub("", last)))
    if label is None:
        raise UnreadableAnswer(f"it is neither a JSON object with a label nor one of the labels {_listed(known)}")
    return Verdict(label, before.strip() or None)


def _of_object(answer: dict[str, object], known: dict[str, str]) -> Verdict:
    given = answer["label"]
    label = known.get(plain(given if isinstance(given, str) else json_text(given)))
    if label is None:
        raise UnreadableAnswer(f"{shown(given)} is none of the labels {_listed(known)}")
    why = answer.get("explanation")
    return Verdict(label, why if why is None or isinstance(why, str) else json_text(why))


def _listed(known: dict[str, str]) -> str:
    return ", ".join(map(json_text, known.values()))


def _objects(text: str) -> Iterator[dict[str, object]]:
    """Yield the JSON objects in a text that have a label, keys in small letters."""
    end = 0
    for found in islice(_OBJECT.finditer(text), _MOST_OBJECTS):
        if found.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            continue
        lowered = {key.strip().lower(): value for key, value in cast("dict[str, object]", value).items()}
        if "label" in lowered:
            yield lowered
