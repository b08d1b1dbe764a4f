"""Evaluators of what a run took."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import verdict

if TYPE_CHECKING:
    from arize_async.models.evaluation import EvaluationResult
    from arize_async.models.finished import FinishedTask


def _threshold(value: object) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < math.inf):
        return value
    raise InvalidEvaluator(f"a threshold is a finite number of at least 0, got {value!r}")


@frozen
class LatencyThreshold:
    """Tell whether the task was fast enough: the attempt that gave the output, without what it waited before.

    Attributes:
        seconds: The most that it may take.
        name: Name in columns.

    Raises:
        InvalidEvaluator: It is no number of at least 0.
    """

    seconds: float | None = field(converter=_threshold)
    name: str = field(default="latency", kw_only=True)
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Refuse an evaluator of nothing."""
        if self.seconds is None:
            raise InvalidEvaluator("a number of seconds, got None", path="seconds")

    def __call__(self, run: FinishedTask) -> EvaluationResult:
        """Compare."""
        seconds = run.latency / 1000
        return verdict(right=seconds <= (self.seconds or 0), why=f"{seconds:.3f} s, allowed {self.seconds:g} s")


@frozen(kw_only=True)
class CostThreshold:
    """Tell whether the LLM calls of the task were cheap enough.

    What the task used is known when its LLM calls were traced; when that is not known, it is an error.

    Attributes:
        usd: The most US dollars that they may cost.
        tokens: The most tokens that they may use.
        name: Name in columns.

    Raises:
        InvalidEvaluator: Neither is given, or one is no number of at least 0.
    """

    usd: float | None = field(default=None, converter=_threshold)
    tokens: float | None = field(default=None, converter=_threshold)
    name: str = "cost"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Refuse an evaluator of nothing."""
        if self.usd is None and self.tokens is None:
            raise InvalidEvaluator("give the most US dollars as usd=, or the most tokens as tokens=, or both")

    def __call__(self, run: FinishedTask) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: What the run used is not known.
        """
        found = [
            (_known(used, unit), most, unit)
            for used, most, unit in ((run.total_cost, self.usd, "USD"), (run.token_count, self.tokens, "tokens"))
            if most is not None
        ]
        why = "; ".join(f"{used:g} {unit}, allowed {most:g}" for used, most, unit in found)
        return verdict(right=all(used <= most for used, most, _ in found), why=why)


def _known(used: float | None, unit: str) -> float:
    if used is None:
        raise ValueError(f"the {unit} that the run used are not known: its LLM calls were not traced, or do not say")
    return used
