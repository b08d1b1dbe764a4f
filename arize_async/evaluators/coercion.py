"""What an evaluator may return.

Source: wire contract 6.3, without its restriction of class evaluators to ``EvaluationResult``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import SupportsFloat, cast

import attrs

from arize_async.evaluators.adapters.scores import result_of_score
from arize_async.models.evaluation import EvaluationResult
from arize_async.models.jsonable import jsonify

_KEYS = frozenset({"score", "label", "explanation", "metadata"})
_PAIR, _TRIPLE = 2, 3


def coerce(value: object) -> EvaluationResult:
    """Return an evaluation result for what an evaluator returned.

    Args:
        value: An ``EvaluationResult``, a bool, a number, a label, ``(score, explanation)``,
            ``(score, label, explanation)``, a dict with these keys and ``metadata``, or a score as other libraries
            have them.

    Raises:
        TypeError: The value is of another type, which the message names.
        ValueError: The score is not finite, or there is neither a score nor a label.

    >>> coerce(True).label, coerce(0.5).score, coerce("good").label
    ('True', 0.5, 'good')
    >>> coerce((1, "because")).explanation, coerce((None, "bad", "why")).label, coerce({"score": 1}).score
    ('because', 'bad', 1)
    """
    result = _result(value)
    if result.metadata:
        result = attrs.evolve(result, metadata=cast("Mapping[str, object]", jsonify(result.metadata)))
    if result.score is not None and not math.isfinite(result.score):
        raise ValueError(f"the score is {result.score}; return a finite number, or a label without a score")
    return result


def _result(value: object) -> EvaluationResult:
    if isinstance(value, EvaluationResult):
        return value
    if type(value).__name__ in {"bool", "bool_"}:
        return EvaluationResult(score=1.0 if value else 0.0, label=str(bool(value)))
    if isinstance(value, (int, float)):  # the common case: asking a protocol costs ten times as much
        return EvaluationResult(score=value)
    if isinstance(value, str):
        return EvaluationResult(label=value)
    if (score := result_of_score(value)) is not None:
        return score
    if isinstance(value, (tuple, list)):
        return _from_sequence(cast("list[object]", value))
    if isinstance(value, Mapping):
        return _from_mapping(cast("Mapping[str, object]", value))
    if isinstance(value, SupportsFloat):
        return EvaluationResult(score=_number(value))
    raise _unsupported(type(value).__name__)


def _from_sequence(parts: list[object]) -> EvaluationResult:
    if len(parts) == _PAIR:
        return EvaluationResult(score=_number(parts[0]), explanation=_text(parts[1]))
    if len(parts) == _TRIPLE:
        return EvaluationResult(score=_number(parts[0]), label=_text(parts[1]), explanation=_text(parts[2]))
    raise _unsupported(f"a sequence of {len(parts)}")


def _from_mapping(parts: Mapping[str, object]) -> EvaluationResult:
    if unknown := sorted(str(key) for key in parts.keys() - _KEYS):
        raise _unsupported(f"a dict with the keys {', '.join(unknown)}")
    return EvaluationResult(
        score=_number(parts.get("score")),
        label=_text(parts.get("label")),
        explanation=_text(parts.get("explanation")),
        metadata=cast("Mapping[str, object]", parts.get("metadata")),
    )


def _number(value: object) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    if isinstance(value, SupportsFloat):
        return float(value)
    raise TypeError(f"a score is a number, got {type(value).__name__}")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _unsupported(what: str) -> TypeError:
    return TypeError(
        f"an evaluator returned {what}; return an EvaluationResult, bool, number, str, (score, explanation),"
        " (score, label, explanation), or a dict with score, label, explanation, metadata"
    )
