"""Results as other libraries have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, cast

from attrs import evolve

from arize_async.models.evaluation import EvaluationResult

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS = frozenset({"key", "name", "score", "value", "comment", "metadata", "source_run_id"})
SKIPPED = "skipped"


def result_of_score(value: object, name: str | None = None) -> EvaluationResult | None:
    """Return the result that a foreign score means, None for what is none.

    Args:
        value: A ``Score`` of autoevals or of phoenix, a dict with ``key``, ``score`` and ``comment`` as openevals and
            langsmith give it, or a list of these.
        name: The evaluator, when it is known: of several scores the one of its name counts.

    Several scores are in the metadata by their names; the score is their mean where none has the evaluator's name. No
    score and no label is how those libraries say that they skip: the label then is ``skipped``.

    >>> result_of_score({"key": "match", "score": True, "comment": "the same"})
    EvaluationResult(score=1.0, label='True', explanation='the same', metadata={})
    >>> result_of_score([{"key": "a", "score": 1}, {"key": "b", "score": 0}]).metadata
    {'a': 1, 'b': 0}
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _of_several(cast("Sequence[object]", value), name)
    read = _reader(value)
    return None if read is None else _result(read)


def _of_several(values: Sequence[object], name: str | None) -> EvaluationResult | None:
    named: list[tuple[str, EvaluationResult]] = []
    for index, value in enumerate(values):
        read = _reader(value)
        if read is None:
            return None
        named.append((str(read("key") or read("name") or index), _result(read)))
    if len(named) <= 1:
        return named[0][1] if named else None
    parts = {key: result.label if result.score is None else result.score for key, result in named}
    own = next((result for key, result in named if key == name), None)
    if own is None:
        scores = [result.score for _, result in named if result.score is not None]
        own = EvaluationResult(fmean(scores)) if scores else EvaluationResult(label=SKIPPED)
    return evolve(own, metadata={**own.metadata, **parts})


def _reader(value: object) -> Callable[[str], object] | None:
    """Return how fields of a score are read, None when it is no score."""
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        return fields.get if "key" in fields and "score" in fields and fields.keys() <= _KEYS else None
    is_score = type(value).__name__ == "Score" and hasattr(value, "score") and hasattr(value, "metadata")
    return (lambda name: getattr(value, name, None)) if is_score else None


def _result(read: Callable[[str], object]) -> EvaluationResult:
    if isinstance(error := read("error"), BaseException):
        raise error
    found, facts = read("score"), read("metadata")
    metadata = dict(cast("Mapping[str, object]", facts)) if isinstance(facts, Mapping) else {}
    score, truth = (float(found), str(found)) if isinstance(found, bool) else (found, None)
    label = read("label") or read("value") or metadata.pop("choice", None) or truth
    why = read("explanation") or read("comment") or metadata.pop("rationale", None)
    if score is None and label is None:
        label = SKIPPED
    return EvaluationResult(cast("float | None", score), _text(label), _text(why), metadata)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
