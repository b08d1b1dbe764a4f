"""Evaluators that compare numbers."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar

from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import shown, verdict, wanted

if TYPE_CHECKING:
    from arize_async.models.evaluation import EvaluationResult

_MOST_CHARACTERS = 1000
_MARKERS = ("####", "A:")


def number_of(value: object) -> Decimal | None:
    """Return the number that a value is, or that a text is; commas and a dollar sign do not count.

    >>> number_of("$1,018.50"), number_of(7), number_of("seven"), number_of(True), number_of("nan")
    (Decimal('1018.50'), Decimal('7'), None, None, None)
    """
    if isinstance(value, str) and len(value) <= _MOST_CHARACTERS:
        text = value.replace(",", "").replace("$", "").strip()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        text = repr(value) if isinstance(value, float) else format(Decimal(value), "f")
    else:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@frozen(kw_only=True)
class NumericAnswer:
    r"""Tell whether the final answer of a solution is the right number, by the rule of GSM8K.

    The final answer is what follows the marker on the last line that is not empty; without the marker there, a text
    that is nothing but a number is one. Commas and a dollar sign do not count, and ``18.0`` is ``18``. An output
    without a final number scores 0; an expected output without one is an error.

    Source: Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems", whose published verdicts it gives.

    Attributes:
        marker: What stands before the answer; by default either of GSM8K's, ``####`` in the dataset and ``A:`` in the
            published solutions.
        name: Name in columns.

    Example:
        >>> NumericAnswer()("6 * 3 = 18\nA: $1,018", "1018").score
        1.0
        >>> NumericAnswer()("I do not know.", "1018").explanation
        'no number after "####" or "A:" on the last line: "I do not know."'
    """

    marker: str | None = None
    name: str = "numeric_answer"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Refuse a marker that is everywhere."""
        if self.marker == "":
            raise InvalidEvaluator("a text before the answer, got an empty one", path="marker")

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare the final answers.

        Raises:
            ValueError: What is expected has none.
        """
        right = self._answer(wanted(expected))
        if right is None:
            raise ValueError(f"the expected output has no number after {self._told}: {shown(expected)}")
        found = self._answer(output)
        if found is None:
            return verdict(right=False, why=f"no number after {self._told} on the last line: {shown(output)}")
        return verdict(right=found == right, why=f"expected {right}, got {found}")

    @property
    def _markers(self) -> tuple[str, ...]:
        return _MARKERS if self.marker is None else (self.marker,)

    @property
    def _told(self) -> str:
        return " or ".join(f'"{marker}"' for marker in self._markers)

    def _answer(self, value: object) -> Decimal | None:
        if not isinstance(value, str):
            return number_of(value)
        last = value.rstrip().rpartition("\n")[2]
        for marker in self._markers:
            _, found, answer = last.rpartition(marker)
            if found:
                return number_of(answer)
        return number_of(value)


def _bound(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise InvalidEvaluator(f"a tolerance is a finite number of at least 0, got {value!r}")
    return float(value)


@frozen(kw_only=True)
class NumericTolerance:
    """Tell whether the output is a number close to the expected one.

    Both are numbers, or texts that are nothing but one (commas and a dollar sign do not count). An output that is
    none, or that a float cannot hold, scores 0; an expected output that is none is an error.

    Attributes:
        relative: How far it may be off, as a share of the expected number: ``0.01`` is one percent.
        absolute: How far it may be off.
        name: Name in columns.

    Raises:
        InvalidEvaluator: A tolerance is negative or not finite.

    Example:
        >>> NumericTolerance(relative=0.01)("$1,005", 1000).score, NumericTolerance(absolute=0.5)("7", 8).score
        (1.0, 0.0)
    """

    relative: float | None = field(default=None, converter=_bound)
    absolute: float | None = field(default=None, converter=_bound)
    name: str = "numeric_tolerance"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare; the distance is metadata ``off``.

        Raises:
            ValueError: What is expected is no number.
        """
        right, found = _float(wanted(expected)), _float(output)
        if right is None:
            raise ValueError(f"the expected output is no number: {shown(expected)}")
        if found is None:
            return verdict(right=False, why=f"no number: {shown(output)}")
        off = abs(found - right)
        allowed = max(self.absolute or 0.0, (self.relative or 0.0) * abs(right))
        return verdict(right=off <= allowed, why=f"off by {off:g}, allowed {allowed:g}", metadata={"off": off})


def _float(value: object) -> float | None:
    number = number_of(value)
    found = None if number is None else float(number)
    return found if found is not None and math.isfinite(found) else None
