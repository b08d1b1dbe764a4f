"""Evaluators of lists, and of what all runs answered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from attrs import evolve, field, frozen

from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.similarity import overlap
from arize_async.evaluators.verdict import json_of, one_of, shown, text_of, verdict, wanted, wanted_text
from arize_async.models.evaluation import EvaluationResult
from arize_async.models.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_LIST = "the output is no list: {}"


def _list(value: object) -> list[object] | None:
    try:
        found = json_of(value)
    except ValueError:
        return None
    return cast("list[object]", found) if isinstance(found, list) else None


def _wanted_list(expected: object) -> list[object]:
    found = _list(wanted(expected))
    if found is None:
        raise ValueError(f"the expected output is no list: {shown(expected)}")
    return found


def _keys(items: list[object], *, ignore_case: bool) -> Counter[str]:
    """Count equal items: 1 and 1.0 are, and objects whose keys stand in another order."""
    texts = (json_text(_plain(item)) for item in items)
    return Counter(text.casefold() if ignore_case else text for text in texts)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in sorted(cast("dict[str, object]", value).items())}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@frozen(kw_only=True)
class ListContainment:
    """Tell whether the output, a list, has every item of the expected list, in any order.

    Lists are data or JSON text. Items that are expected twice have to be there twice. Output that is no list scores 0;
    an expected output that is none is an error.

    Attributes:
        ignore_case: Whether letters of either case are the same.
        name: Name in columns.

    Example:
        >>> ListContainment()(["a", "b", "c"], ["c", "a"]).score, ListContainment()(["a"], ["c", "a"]).explanation
        (1.0, 'missing: "c"')
    """

    ignore_case: bool = False
    name: str = "list_containment"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Look for each item.

        Raises:
            ValueError: What is expected is no list.
        """
        right, left = _wanted_list(expected), _list(output)
        if left is None:
            return verdict(right=False, why=_NO_LIST.format(shown(output)))
        missing = _keys(right, ignore_case=self.ignore_case) - _keys(left, ignore_case=self.ignore_case)
        why = f"missing: {', '.join(missing.elements())}" if missing else None
        return verdict(right=not missing, why=why and why[:1000])


@frozen(kw_only=True)
class ListOverlap:
    """Say how much the output, a list, has in common with the expected list: precision, recall or F1.

    All three are metadata; equal items count as often as both have them, in any order. Two empty lists score 1. Output
    that is no list scores 0; an expected output that is none is an error.

    Attributes:
        measure: Which one is the score: ``"f1"``, ``"precision"`` or ``"recall"``.
        ignore_case: Whether letters of either case are the same.
        name: Name in columns.

    Example:
        >>> ListOverlap(measure="recall")(["a", "b"], ["a", "c", "d", "e"]).score
        0.25
    """

    measure: Literal["f1", "precision", "recall"] = field(default="f1", validator=one_of("f1", "precision", "recall"))
    ignore_case: bool = False
    name: str = "list_overlap"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: What is expected is no list.
        """
        right, left = _wanted_list(expected), _list(output)
        if left is None:
            return EvaluationResult(0.0, explanation=_NO_LIST.format(shown(output)))
        if not left and not right:
            return EvaluationResult(1.0, metadata={"precision": 1.0, "recall": 1.0, "f1": 1.0})
        ours, theirs = _keys(left, ignore_case=self.ignore_case), _keys(right, ignore_case=self.ignore_case)
        found = overlap((ours & theirs).total(), len(left), len(right))
        measures = {**found.metadata, "f1": found.score}
        return evolve(found, score=cast("float", measures[self.measure]), metadata=measures)


@frozen(kw_only=True)
class MacroF1:
    """Compute the mean F1 over all labels that were expected or given: one of ``run_evaluators``.

    Output and expected output are labels: texts, or values that are compared by their JSON text. A run without an
    output gave no label; an example without an expected output is an error.

    Attributes:
        name: Name in the result.

    Example:
        >>> result = MacroF1()(outputs=["a", "a", "b", None], expected=["a", "b", "b", "b"])
        >>> round(result.score, 4), result.metadata["accuracy"], result.metadata["labels"]["a"]["precision"]
        (0.5833, 0.5, 0.5)
    """

    name: str = "macro_f1"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, outputs: Sequence[object], expected: Sequence[object]) -> EvaluationResult:
        """Count.

        Raises:
            ValueError: An example has no expected output.
        """
        pairs = [(text_of(output), wanted_text(each)) for output, each in zip(outputs, expected, strict=True)]
        given, right = Counter(output for output, _ in pairs), Counter(each for _, each in pairs)
        common = Counter(output for output, each in pairs if output == each)
        names = sorted({*right, *(name for name in given if name is not None)})
        labels = {name: overlap(common[name], given[name], right[name]) for name in names}
        score = sum(each.score or 0.0 for each in labels.values()) / len(labels)
        facts = {name: {**each.metadata, "f1": each.score} for name, each in labels.items()}
        return EvaluationResult(score, metadata={"accuracy": common.total() / len(pairs), "labels": facts})
