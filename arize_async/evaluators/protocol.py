"""Evaluators as classes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from arize_async.errors import InvalidEvaluator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.models.evaluation import EvaluationResult


class EvaluatorKind(StrEnum):
    """Who judges."""

    CODE = "CODE"
    LLM = "LLM"
    HUMAN = "HUMAN"


def kind_of(kind: object) -> EvaluatorKind:
    """Return the kind that is meant, in letters of either case.

    Raises:
        InvalidEvaluator: There is no such kind.
    """
    try:
        return EvaluatorKind(str(kind).upper())
    except ValueError:
        raise InvalidEvaluator(f"one of {', '.join(EvaluatorKind)}; got {kind!r}", path="kind") from None


class Evaluator:
    """Base of evaluators that need state: define ``evaluate``, ``async_evaluate``, or both.

    Parameters are bound by name (``output``, ``expected``, ``dataset_row``, ...); ``**kwargs`` takes all the others.
    With both methods the asynchronous one is used.

    Example:
        >>> from arize_async.models.evaluation import EvaluationResult
        >>> class Contains(Evaluator):
        ...     def __init__(self, word):
        ...         self.word = word
        ...
        ...     def evaluate(self, output, **kwargs):
        ...         return EvaluationResult(score=self.word in output)
        >>> Contains("Paris").name
        'Contains'
    """

    _name: ClassVar[str]
    _kind: ClassVar[str]
    _metadata: ClassVar[Mapping[str, object]]

    @property
    def name(self) -> str:
        """The name in columns and spans, ``_name`` or else the name of the class."""
        return str(getattr(self, "_name", type(self).__name__))

    @property
    def kind(self) -> str:
        """Who judges, ``_kind`` or else ``CODE``."""
        return str(getattr(self, "_kind", EvaluatorKind.CODE))

    @property
    def metadata(self) -> Mapping[str, object]:
        """Facts that are recorded on its spans, ``_metadata`` or else none."""
        return getattr(self, "_metadata", {})

    def evaluate(self, **kwargs: object) -> EvaluationResult:
        """Judge one run; it runs in a worker thread."""
        raise NotImplementedError(f"{type(self).__name__} defines neither evaluate nor async_evaluate")

    async def async_evaluate(self, **kwargs: object) -> EvaluationResult:
        """Judge one run; it runs on the event loop."""
        raise NotImplementedError(f"{type(self).__name__} defines neither evaluate nor async_evaluate")


class CodeEvaluator(Evaluator):
    """An evaluator that computes."""

    _kind = EvaluatorKind.CODE


class LLMEvaluator(Evaluator):
    """An evaluator that asks a model."""

    _kind = EvaluatorKind.LLM
