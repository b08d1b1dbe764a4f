"""The ``evaluators`` argument of a run: one evaluator, several, or a mapping of names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from attrs import frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.adapters.calls import adapted
from arize_async.evaluators.function import EvaluatorFunction
from arize_async.evaluators.judges.judge import LLMJudge
from arize_async.evaluators.protocol import Evaluator, EvaluatorKind, kind_of
from arize_async.executors.binding import Binding, bind
from arize_async.executors.names import function_name
from arize_async.executors.protocol import is_async
from arize_async.models.unicode import valid_text

NAMES = (
    "input",
    "output",
    "experiment_output",
    "dataset_output",
    "expected",
    "reference",
    "metadata",
    "dataset_row",
    "run",
)
"""What an evaluator of one run can ask for."""
RUN_NAMES = ("frame", "summary", "runs", "inputs", "outputs", "expected", "metadata", "dataset_rows")
"""What an evaluator of all runs can ask for."""


class EvaluatorObject(Protocol):
    """Anything with an ``evaluate`` method; ``Evaluator`` is the usual base."""

    @property
    def evaluate(self) -> Callable[..., object]:
        """The method that judges one run."""
        ...


AnyEvaluator = Callable[..., object] | Evaluator | EvaluatorObject
Evaluators = AnyEvaluator | Sequence[AnyEvaluator] | Mapping[str, AnyEvaluator]


@frozen
class NamedEvaluator:
    """An evaluator that is ready to be called.

    Attributes:
        name: Unique in its run; part of the column names.
        kind: ``CODE``, ``LLM`` or ``HUMAN``.
        metadata: Facts about the evaluator.
        binding: How its parameters are filled.
        is_async: Whether it runs on the event loop.
        columns: Columns that the dataset has to have.
    """

    name: str
    kind: str
    metadata: Mapping[str, object]
    binding: Binding
    is_async: bool
    columns: frozenset[str] = frozenset()


def named(
    evaluators: Evaluators | None, names: tuple[str, ...] = NAMES, single: str = "output"
) -> tuple[NamedEvaluator, ...]:
    """Name and bind evaluators.

    Args:
        evaluators: The argument of a run.
        names: Values that their parameters can be named after.
        single: The value for an only parameter of another name.

    Raises:
        InvalidEvaluator: One cannot be called with these values, or two have the same name.
    """
    found = tuple(_named(name, evaluator, names, single) for name, evaluator in _pairs(evaluators))
    taken = [evaluator.name for evaluator in found]
    for name in taken:
        if taken.count(name) > 1:
            raise InvalidEvaluator(
                f"Two evaluators have the same name: {name!r}. Name functions apart with a mapping,"
                " evaluators={'first': ..., 'second': ...}, and Evaluator objects by their attribute _name"
            )
    return found


def _pairs(evaluators: Evaluators | None) -> list[tuple[str | None, object]]:
    if evaluators is None:
        return []
    if isinstance(evaluators, Mapping):
        return [(str(name), evaluator) for name, evaluator in evaluators.items()]
    if isinstance(evaluators, Sequence) and not isinstance(evaluators, str):
        return [(None, evaluator) for evaluator in cast("Sequence[object]", evaluators)]
    return [(None, evaluators)]


def _named(name: str | None, evaluator: object, names: tuple[str, ...], single: str) -> NamedEvaluator:
    if "outputs" not in names:  # what other libraries have judges single runs
        evaluator = adapted(evaluator)
    if isinstance(evaluator, type) and _makes_evaluators(evaluator):
        raise InvalidEvaluator(
            f"evaluator {evaluator.__name__} is a class; pass an instance: evaluators=[{evaluator.__name__}()]"
        )
    function = _method(evaluator)
    shown = _name(name, evaluator, function)
    _check_name(shown)
    binding = bind(function, names=names, single=single, what=f"evaluator {shown!r}", error=InvalidEvaluator)
    runs = evaluator.function if isinstance(evaluator, EvaluatorFunction) else function
    columns = evaluator.needed_columns if isinstance(evaluator, LLMJudge) else frozenset[str]()
    return NamedEvaluator(shown, _kind(evaluator), _metadata(evaluator), binding, is_async(runs), columns)


def _makes_evaluators(kind: type) -> bool:
    return hasattr(kind, "evaluate") or any("__call__" in vars(base) for base in kind.__mro__)


def _kind(evaluator: object) -> EvaluatorKind:
    """Return who judges; objects of other libraries may mean something else by ``kind``."""
    kind = getattr(evaluator, "kind", EvaluatorKind.CODE)
    if isinstance(evaluator, Evaluator):
        return kind_of(kind)
    known = isinstance(kind, str) and kind.upper() in EvaluatorKind.__members__
    return kind_of(kind) if known else EvaluatorKind.CODE


def _metadata(evaluator: object) -> Mapping[str, object]:
    facts: object = getattr(evaluator, "metadata", None)
    return cast("Mapping[str, object]", facts) if isinstance(facts, Mapping) else {}


def _check_name(name: str) -> None:
    if not name.strip() or "\0" in name or valid_text(name) != name:
        raise InvalidEvaluator(f"{name!r} cannot name an evaluator: a name is text that is part of column names")


def _name(name: str | None, evaluator: object, function: Callable[..., object]) -> str:
    if isinstance(evaluator, Evaluator):  # keeps its own name inside a mapping (wire contract 6.3)
        return evaluator.name
    if name is not None:
        return name
    own = getattr(evaluator, "name", None)
    if isinstance(own, str) and (own or isinstance(evaluator, EvaluatorFunction)):
        return own
    return function_name(function) if function is evaluator else type(evaluator).__name__


def _method(evaluator: object) -> Callable[..., object]:
    """Return what is called: a method that the class defines, or the callable itself."""
    for method in ("async_evaluate", "evaluate"):
        defined = getattr(type(evaluator), method, None)
        if defined is not None and defined is not getattr(Evaluator, method):
            return cast("Callable[..., object]", getattr(evaluator, method))
    if isinstance(evaluator, Evaluator):
        raise InvalidEvaluator(f"{type(evaluator).__name__} defines neither evaluate nor async_evaluate")
    if not callable(evaluator):
        raise InvalidEvaluator(
            f"an evaluator is a function or an object with evaluate(), got {type(evaluator).__name__}"
        )
    return evaluator
