"""Functions as evaluators with a name, a kind and facts of their own."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Generic, Literal, ParamSpec, TypeVar, cast, overload

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.protocol import EvaluatorKind, kind_of
from arize_async.executors.names import function_name

P = ParamSpec("P")
R = TypeVar("R")
Kind = EvaluatorKind | Literal["CODE", "LLM", "HUMAN"]


class EvaluatorFunction(Generic[P, R]):
    """A function that is an evaluator of its own name and kind; it is called as before.

    Attributes:
        function: The function.
        name: Its name in columns and spans; a mapping of names has its way.
        kind: Who judges.
        metadata: Facts about the evaluator, recorded on its spans.
    """

    def __init__(
        self,
        function: Callable[P, R],
        name: str | None = None,
        kind: Kind = EvaluatorKind.CODE,
        metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Check what is said about a function.

        Raises:
            InvalidEvaluator: It is no function, or the name, the kind or the metadata is none.
        """
        if isinstance(function, type) or not callable(function):
            raise InvalidEvaluator(f"@evaluator is for functions, got {function!r}; a class sets _name and _kind")
        functools.update_wrapper(cast("Callable[..., object]", self), function, updated=())
        self.function = function
        self.name = function_name(function) if name is None else _text(name)
        self.kind = kind_of(kind)
        self.metadata = {} if metadata is None else _facts(metadata)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        """Show what it is."""
        return f"<EvaluatorFunction {self.name!r} [{self.kind}]>"

    def __reduce__(self) -> str | tuple[object, ...]:
        """Pickle by its name where it can be imported, as functions do."""
        module, name = str(getattr(self, "__module__", "")), str(getattr(self, "__qualname__", ""))
        if module != "__main__" and getattr(sys.modules.get(module), name, None) is self:
            return name
        return type(self), (self.function, self.name, self.kind, self.metadata)


def _text(name: object) -> str:
    if isinstance(name, str):
        return name
    raise InvalidEvaluator(f"text that is part of column names, got {name!r}", path="name")


def _facts(metadata: object) -> dict[str, object]:
    if isinstance(metadata, Mapping):
        return {str(key): value for key, value in cast("Mapping[object, object]", metadata).items()}
    raise InvalidEvaluator(f"a mapping of facts about the evaluator, got {type(metadata).__name__}", path="metadata")


@overload
def evaluator(function: Callable[P, R], /) -> EvaluatorFunction[P, R]: ...


@overload
def evaluator(
    *, name: str | None = None, kind: Kind = EvaluatorKind.CODE, metadata: Mapping[str, object] | None = None
) -> Callable[[Callable[P, R]], EvaluatorFunction[P, R]]: ...


def evaluator(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str | None = None,
    kind: Kind = EvaluatorKind.CODE,
    metadata: Mapping[str, object] | None = None,
) -> EvaluatorFunction[P, R] | Callable[[Callable[P, R]], EvaluatorFunction[P, R]]:
    """Make an evaluator of a function, synchronous or asynchronous.

    A plain function is an evaluator without it; this says more about it. What it gives can still be called.

    Args:
        function: The function, when the decorator is used without parentheses.
        name: The name in columns and spans; by default the function's.
        kind: Who judges: ``CODE``, ``LLM`` or ``HUMAN``. Calls of an ``LLM`` evaluator keep to the rates of the run.
        metadata: Facts about the evaluator (a version, a model), recorded on its spans.

    Returns:
        The evaluator; a decorator when called without a function.

    Raises:
        InvalidEvaluator: What is decorated is no function, or an argument is of a wrong type.

    Example:
        >>> @evaluator(name="is short", metadata={"most": 20})
        ... def short(output):
        ...     return len(output) <= 20
        >>> short.name, short.kind.value, short("Alfred Nobel")
        ('is short', 'CODE', True)
    """
    if function is not None:
        return EvaluatorFunction(function)
    return functools.partial(EvaluatorFunction[P, R], name=name, kind=kind, metadata=metadata)
