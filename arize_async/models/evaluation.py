"""Results of evaluators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import SupportsFloat, cast

from attrs import field, frozen

from arize_async.models.unicode import valid_text


def _text(value: object) -> str | None:
    return None if value is None else valid_text(str(value)) or None


def _metadata(value: object) -> dict[str, object]:
    """Copy, so that a dict that an evaluator uses again changes no earlier result."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"metadata is a mapping, got {type(value).__name__}")
    return {str(key): item for key, item in cast("Mapping[object, object]", value).items()}


def _score(value: SupportsFloat | None) -> float | None:
    if value is None or isinstance(value, (int, float)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"score is a number, got {type(value).__name__}") from None


@frozen
class EvaluationResult:
    """What an evaluator found: a score, a label, or both.

    Attributes:
        score: A number; None when there is only a label.
        label: A short category.
        explanation: Why.
        metadata: Further facts; each becomes a column ``eval.<name>.metadata.<key>``.

    Raises:
        ValueError: Neither a score nor a label was given.

    >>> EvaluationResult(score=1, label="correct")
    EvaluationResult(score=1, label='correct', explanation=None, metadata={})
    """

    score: float | None = field(default=None, converter=_score)
    label: str | None = field(default=None, converter=_text)
    explanation: str | None = field(default=None, converter=_text)
    metadata: Mapping[str, object] = field(factory=dict, converter=_metadata)

    def __attrs_post_init__(self) -> None:
        """Refuse a result that says nothing."""
        if self.score is None and self.label is None:
            raise ValueError("an evaluation result has a score, a label, or both")


@frozen
class EvaluationResultFieldNames:
    """Which columns of a frame hold an evaluator's results.

    Attributes:
        score: Column of the score.
        label: Column of the label.
        explanation: Column of the explanation.
        metadata: Column of each metadata key; None means the column of the key's own name.

    Raises:
        ValueError: Neither a score nor a label column was named.
    """

    score: str | None = None
    label: str | None = None
    explanation: str | None = None
    metadata: Mapping[str, str | None] | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a mapping that leads to nothing."""
        if self.score is None and self.label is None:
            raise ValueError("name the column of the score, of the label, or both")
