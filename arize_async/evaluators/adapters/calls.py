"""How evaluators of other libraries are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.adapters.scores import result_of_score
from arize_async.evaluators.function import EvaluatorFunction
from arize_async.evaluators.protocol import Evaluator, EvaluatorKind
from arize_async.executors.names import function_name
from arize_async.executors.protocol import is_async

if TYPE_CHECKING:
    from inspect import Parameter

_OPENEVALS = ("inputs", "outputs", "reference_outputs")
_OF_LIBRARY = frozenset({"run_name", "scorer", "feedback_key", "return_raw_outputs", "ls_framework", "framework"})


@frozen(eq=False)
class Foreign:
    """An evaluator of another library, called as that library calls it.

    Attributes:
        function: What is called.
        arguments: Makes its arguments of the values of a run.
        name: Its own name.
        kind: Who judges.
        metadata: Facts about it.
    """

    function: Callable[..., object]
    arguments: Callable[[dict[str, object], Mapping[str, object]], dict[str, object]]
    name: str
    kind: EvaluatorKind
    metadata: Mapping[str, object]

    def __call__(
        self,
        input: object,  # noqa: A002 - the field's word
        output: object,
        expected: object,
        metadata: object,
        dataset_row: Mapping[str, object],
    ) -> object:
        """Call it."""
        values = {"input": input, "output": output, "expected": expected, "metadata": metadata}
        return self._read(self.function(**self.arguments(values, dataset_row)))

    def _read(self, found: object) -> object:
        result = result_of_score(found, self.name)
        return found if result is None else result


@frozen(eq=False)
class ForeignAsync(Foreign):
    """The same of a coroutine function."""

    async def __call__(
        self,
        input: object,  # noqa: A002 - the field's word
        output: object,
        expected: object,
        metadata: object,
        dataset_row: Mapping[str, object],
    ) -> object:
        """Call it."""
        values = {"input": input, "output": output, "expected": expected, "metadata": metadata}
        return self._read(await cast("Any", self.function(**self.arguments(values, dataset_row))))


def adapted(evaluator: object) -> object:
    """Return an evaluator of another library as one that a run can call; anything else comes back as it is.

    Recognized are scorers of autoevals (objects and classes), evaluators of phoenix, and functions that take
    ``outputs`` with ``inputs`` or ``reference_outputs``, as those of openevals and langsmith do.

    Raises:
        InvalidEvaluator: A class of autoevals needs arguments.
    """
    kind = evaluator if isinstance(evaluator, type) else type(evaluator)
    if isinstance(evaluator, Evaluator):
        return evaluator
    if _has(kind, "eval_async", "eval", "_run_eval_sync", "_name"):
        return _autoevals(evaluator)
    if not isinstance(evaluator, type) and _has(kind, "async_evaluate", "evaluate", "input_schema", "describe"):
        return _phoenix(cast("Any", evaluator))
    if callable(evaluator) and not isinstance(evaluator, type):
        parameters = _parameters(evaluator)
        if "outputs" in parameters and not parameters.keys().isdisjoint(("inputs", "reference_outputs")):
            return _openevals(evaluator, parameters)
    return evaluator


def _has(kind: type, *names: str) -> bool:
    return all(hasattr(kind, name) for name in names)


def _parameters(function: Callable[..., object]) -> Mapping[str, Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _autoevals(scorer: Any) -> Foreign:
    if isinstance(scorer, type):
        try:
            scorer = scorer()
        except TypeError as error:
            raise InvalidEvaluator(f"evaluator {scorer.__name__} has to be made before it is passed: {error}") from None
    name = str(scorer._name())  # noqa: SLF001 - it has no other
    kind = EvaluatorKind.LLM if hasattr(scorer, "client") else EvaluatorKind.CODE
    compares = "expected" in _parameters(scorer._run_eval_sync)  # noqa: SLF001 - `eval` takes it in any case
    arguments = _for_autoevals if compares else _without_expected
    if _inherits(scorer, "_run_eval_async", "Scorer"):
        return Foreign(scorer.eval, arguments, name, kind, {})
    return ForeignAsync(scorer.eval_async, arguments, name, kind, {})


def _phoenix(evaluator: Any) -> Foreign:
    name, kind = str(evaluator.name), EvaluatorKind.__members__.get(str(evaluator.kind).upper(), EvaluatorKind.CODE)
    direction = getattr(evaluator, "direction", None)
    facts = {} if direction is None else {"direction": str(direction)}
    if _inherits(evaluator, "_async_evaluate", "Evaluator"):
        return Foreign(evaluator.evaluate, _for_phoenix, name, kind, facts)
    return ForeignAsync(evaluator.async_evaluate, _for_phoenix, name, kind, facts)


def _openevals(function: Callable[..., object], parameters: Mapping[str, Parameter]) -> Foreign:
    takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())

    def arguments(values: dict[str, object], row: Mapping[str, object]) -> dict[str, object]:
        found = {name: value for name, value in _columns(row).items() if takes_all or name in parameters}
        for ours, theirs in zip(("input", "output", "expected"), _OPENEVALS, strict=True):
            if takes_all or theirs in parameters:
                found[theirs] = values[ours]
        return {name: value for name, value in found.items() if name not in _OF_LIBRARY or name in parameters}

    foreign = ForeignAsync if is_async(getattr(function, "function", function)) else Foreign
    return foreign(function, arguments, *_described(function))


def _described(function: Callable[..., object]) -> tuple[str, EvaluatorKind, Mapping[str, object]]:
    """Return name, kind and facts of a function; those that openevals makes are named by their key alone."""
    if isinstance(function, EvaluatorFunction):
        return function.name, function.kind, function.metadata
    made = getattr(function, "__qualname__", "")
    kind = EvaluatorKind.LLM if "llm_as_judge" in made else EvaluatorKind.CODE
    is_made = inspect.isfunction(function) and made.startswith("create_")
    key = inspect.getclosurevars(function).nonlocals.get("feedback_key") if is_made else None
    return key if isinstance(key, str) else function_name(function), kind, {}


def _inherits(evaluator: object, method: str, base: str) -> bool:
    """Whether a method is the one of the library's base class, which only calls the synchronous one."""
    found = getattr(type(evaluator), method, None)
    return found is None or getattr(found, "__qualname__", "") == f"{base}.{method}"


def _for_autoevals(values: dict[str, object], row: Mapping[str, object]) -> dict[str, object]:
    return {**_columns(row), **values}


def _without_expected(values: dict[str, object], row: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments of a scorer whose second parameter means something else, such as a schema."""
    return {name: value for name, value in _for_autoevals(values, row).items() if name != "expected"}


def _for_phoenix(values: dict[str, object], row: Mapping[str, object]) -> dict[str, object]:
    named = {**values, "reference": values["expected"]}
    given = {name: value for name, value in named.items() if value is not None or name not in row}
    return {"eval_input": {**row, **given}}


def _columns(row: Mapping[str, object]) -> dict[str, object]:
    """Return the columns of a row that can be named parameters."""
    return {name: value for name, value in row.items() if name.isidentifier() and name != "self"}
