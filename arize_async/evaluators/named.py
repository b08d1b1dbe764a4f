"""The ``evaluators`` argument of a run: one evaluator, several, or a mapping of names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from attrs import frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.protocol import Evaluator, EvaluatorKind
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
)


class EvaluatorObject(Protocol):
    """Anything with an ``evaluate`` method; ``Evaluator`` is the usual base."""

    def evaluate(self, **kwargs: object) -> object:
        """Judge one run."""
        ...


AnyEvaluator = Callable[..., object] | Evaluator | EvaluatorObject
Evaluators = AnyEvaluator | Sequence[AnyEvaluator] | Mapping[str, AnyEvaluator]


@frozen
class NamedEvaluator:
    """An evaluator that is ready to be called.

    Attributes:
        name: Unique in its run; part of the column names.
        kind: ``CODE`` or ``LLM``.
        binding: How its parameters are filled.
        is_async: Whether it runs on the event loop.
    """

    name: str
    kind: str
    binding: Binding
    is_async: bool


def named(evaluators: Evaluators | None) -> tuple[NamedEvaluator, ...]:
    """Name and bind evaluators.

    Raises:
        InvalidEvaluator: One cannot be called with a run, or two have the same name.
    """
    found = tuple(_named(name, evaluator) for name, evaluator in _pairs(evaluators))
    names = [evaluator.name for evaluator in found]
    for name in names:
        if names.count(name) > 1:
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


def _named(name: str | None, evaluator: object) -> NamedEvaluator:
    if isinstance(evaluator, type) and hasattr(evaluator, "evaluate"):
        raise InvalidEvaluator(
            f"evaluator {evaluator.__name__} is a class; pass an instance: evaluators=[{evaluator.__name__}()]"
        )
    function = _method(evaluator)
    shown = _name(name, evaluator, function)
    _check_name(shown)
    binding = bind(function, names=NAMES, single="output", what=f"evaluator {shown!r}", error=InvalidEvaluator)
    kind = str(getattr(evaluator, "kind", EvaluatorKind.CODE))
    return NamedEvaluator(shown, kind, binding, is_async(function))


def _check_name(name: str) -> None:
    if not name.strip() or "\0" in name or valid_text(name) != name:
        raise InvalidEvaluator(f"{name!r} cannot name an evaluator: a name is text that is part of column names")


def _name(name: str | None, evaluator: object, function: Callable[..., object]) -> str:
    if isinstance(evaluator, Evaluator):  # keeps its own name inside a mapping (wire contract 6.3)
        return evaluator.name
    own = getattr(evaluator, "name", None)
    if not isinstance(own, str) or not own:
        own = type(evaluator).__name__
    return name or (function_name(function) if function is evaluator else own)


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
