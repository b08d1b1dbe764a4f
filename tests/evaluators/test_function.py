"""The decorator ``evaluator``."""

from __future__ import annotations

import inspect
import pickle
from functools import partial
from typing import Any

import cloudpickle
import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import Evaluator, EvaluatorKind, evaluator
from arize_async.evaluators.named import named


@evaluator
def exact(output: str, expected: str) -> bool:
    """Compare."""
    return output == expected


@evaluator(name="polite", kind="LLM", metadata={"model": "m"})
async def judge(output: str) -> str:
    """Judge."""
    return "polite"


def understood(evaluators: Any) -> list[tuple[str, str, dict[str, object], bool, frozenset[str]]]:
    """Return what a run makes of evaluators."""
    return [
        (each.name, each.kind, dict(each.metadata), each.is_async, each.binding.names) for each in named(evaluators)
    ]


def test_bare_and_with_arguments() -> None:
    """A run sees the name, the kind, the facts, the parameters, and whether it is a coroutine function."""
    assert understood([exact, judge]) == [
        ("exact", "CODE", {}, False, frozenset({"output", "expected"})),
        ("polite", "LLM", {"model": "m"}, True, frozenset({"output"})),
    ]


async def test_a_decorated_function_is_called_as_before() -> None:
    """Its documentation and its signature stay."""
    assert exact("a", expected="a") is True
    assert await judge("a") == "polite"
    assert exact.__doc__ == "Compare."
    assert list(inspect.signature(exact).parameters) == ["output", "expected"]
    assert repr(judge) == "<EvaluatorFunction 'polite' [LLM]>"


def test_one_function_makes_several_evaluators() -> None:
    """What is decorated is not changed; functions that take no attributes can be decorated too."""
    made = [evaluator(name=f"n{i}", kind=kind)(len) for i, kind in enumerate(EvaluatorKind)]
    assert [(name, kind) for name, kind, *_ in understood(made)] == [("n0", "CODE"), ("n1", "LLM"), ("n2", "HUMAN")]


def test_a_mapping_names_it_anew() -> None:
    """The name that stands nearest to the run is used; functions and their partials are alike."""
    assert understood({"renamed": judge})[0][0] == "renamed"
    assert understood([partial(exact, expected="a")])[0][0] == "exact"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: evaluator(Evaluator), "a class sets _name"),
        (lambda: evaluator(3), "got 3"),
        (lambda: evaluator(name=3)(len), "name: .*got 3"),
        (lambda: evaluator(kind="robot")(len), "kind: one of CODE, LLM, HUMAN; got 'robot'"),
        (lambda: evaluator(metadata=[1])(len), "metadata: .*got list"),
        (lambda: named(evaluator(name="")(len)), "'' cannot name an evaluator"),
        (lambda: named(evaluator(lambda wrong, parameters: 1)), "wrong, parameters"),
    ],
)
def test_what_cannot_be_decorated_is_refused(make: Any, words: str) -> None:
    """The error says which argument is wrong."""
    with pytest.raises(InvalidEvaluator, match=words):
        make()


def test_a_kind_that_is_none_is_refused_of_our_base_alone() -> None:
    """Objects of other libraries may mean something else by ``kind``."""

    class Ours(Evaluator):
        _kind = "robot"

        def evaluate(self, output: str, **kwargs: object) -> Any:
            return 1

    class Theirs:
        kind = "heuristic"
        metadata = "text"

        def evaluate(self, output: str) -> float:
            return 1.0

    with pytest.raises(InvalidEvaluator, match="robot"):
        named(Ours())
    assert understood(Theirs())[0][:3] == ("Theirs", "CODE", {})


def test_it_crosses_processes() -> None:
    """By its name where it can be imported, by value elsewhere."""
    nested = evaluator(name="nested", kind="HUMAN", metadata={"a": 1})(lambda output: len(output))
    copy = pickle.loads(cloudpickle.dumps(nested))  # noqa: S301 - this test wrote it
    assert (copy.name, copy.kind, copy.metadata, copy("abc")) == ("nested", "HUMAN", {"a": 1}, 3)
