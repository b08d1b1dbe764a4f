"""Binding parameters by name."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import InvalidTask
from arize_async.executors.binding import bind
from arize_async.executors.names import function_name
from arize_async.executors.protocol import is_async

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("input", "output", "dataset_row")
VALUES = {"input": "I", "output": "O", "dataset_row": "R"}


def bound(function: Callable[..., Any]) -> Any:
    """Bind and call."""
    binding = bind(function, names=NAMES, single="dataset_row", what="task 't'", error=InvalidTask)
    return binding.call({name: VALUES[name] for name in binding.names})()


class Method:
    """Callable objects and methods."""

    def __call__(self, input: str) -> str:
        """Return the input."""
        return input

    def run(self, row: str, temperature: float = 0.5) -> tuple[str, float]:
        """Return what was bound."""
        return row, temperature

    async def arun(self, row: str) -> str:
        """Return the row."""
        return row


CASES: list[tuple[Callable[..., Any], Any]] = [
    (lambda row: row, "R"),
    (lambda dataset_row: dataset_row, "R"),
    (lambda input: input, "I"),
    (lambda input, output: (input, output), ("I", "O")),
    (lambda output, input: (output, input), ("O", "I")),
    (lambda input, temperature=0.5: (input, temperature), ("I", 0.5)),
    (lambda row, temperature=0.5: (row, temperature), ("R", 0.5)),
    (lambda row=None: row, "R"),
    (lambda *args: args, ("R",)),
    (lambda **kwargs: kwargs, VALUES),
    (lambda input, **kwargs: (input, kwargs), ("I", {"output": "O", "dataset_row": "R"})),
    (lambda input, /, *, output: (input, output), ("I", "O")),
    (lambda *, row: row, "R"),
    (functools.partial(lambda model, row: (model, row), "m"), ("m", "R")),
    (functools.partial(lambda row, model: (row, model), model="m"), ("R", "m")),
    (functools.partial(lambda input, output: (input, output), output="mine"), ("I", "mine")),
    (Method(), "I"),
    (Method().run, ("R", 0.5)),
    (str.lower, "r"),
    (len, 1),
    (dict.fromkeys, {"R": None}),
]


@pytest.mark.parametrize(("function", "expected"), CASES)
def test_parameters_get_their_values(function: Callable[..., Any], expected: Any) -> None:
    """Known names get their value; a single parameter of another name gets the row."""
    assert bound(function) == expected


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: None, "takes no parameter"),
        (lambda expcted, input: None, "expcted"),
        (lambda first, second: None, "first, second"),
        (lambda *, first, input: None, "first"),
    ],
)
def test_what_cannot_be_bound_is_named(function: Callable[..., Any], words: str) -> None:
    """The error names the parameters whole and lists the names that would do."""
    with pytest.raises(InvalidTask, match=words) as raised:
        bound(function)
    assert "input, output, dataset_row" in str(raised.value)


def generator(row: Any) -> Any:
    """Yield."""
    yield row


async def async_generator(row: Any) -> Any:
    """Yield."""
    yield row


@pytest.mark.parametrize("function", [generator, async_generator])
def test_generators_are_refused(function: Callable[..., Any]) -> None:
    """Their output would be the text of a generator object."""
    with pytest.raises(InvalidTask, match="is a generator: return the value"):
        bound(function)


def test_asynchronous_functions_are_recognized() -> None:
    """Through partials, methods and callable objects."""

    class AsyncCallable:
        async def __call__(self, row: str) -> str:
            return row

    assert is_async(Method().arun)
    assert is_async(functools.partial(functools.partial(Method().arun)))
    assert is_async(AsyncCallable())
    assert not is_async(Method())


def test_names_are_stable() -> None:
    """No name holds a memory address."""

    def local(row: str) -> str:
        return row

    assert function_name(local) == "local"
    assert function_name(functools.partial(local)) == "local"
    assert function_name(Method().run) == "Method.run"
    assert function_name(Method()) == "Method"
    assert function_name(lambda row: row) == "lambda"
