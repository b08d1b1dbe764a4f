"""Bind a user's function to named values, once; calling it then is a dict look-up a parameter.

Source: wire contract 6.2 and the binding table of the documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from inspect import Parameter
from typing import TYPE_CHECKING, cast

from attrs import Factory, field, frozen

if TYPE_CHECKING:
    from arize_async.errors import InvalidInput

_POSITIONAL = {Parameter.POSITIONAL_ONLY, Parameter.VAR_POSITIONAL}


def _names(binding: Binding) -> frozenset[str]:
    return frozenset({*binding.positional, *binding.keywords.values()})


@frozen
class Binding:
    """Which values a function takes.

    Attributes:
        function: The user's function.
        positional: Names of the values passed by position, in order.
        keywords: Parameter name to name of the value.
        names: Names of the values that the function takes.
    """

    function: Callable[..., object]
    positional: tuple[str, ...]
    keywords: Mapping[str, str]
    names: frozenset[str] = field(init=False, default=Factory(_names, takes_self=True))

    def call(self, values: Mapping[str, object]) -> Callable[[], object]:
        """Return a call without parameters."""
        return partial(
            self.function,
            *[values[name] for name in self.positional],
            **{parameter: values[name] for parameter, name in self.keywords.items()},
        )


def bind(
    function: Callable[..., object], *, names: tuple[str, ...], single: str, what: str, error: type[InvalidInput]
) -> Binding:
    """Match the parameters of a function with the names of values.

    Args:
        function: Any callable.
        names: Values that a parameter can be named after.
        single: The value for the only parameter when it has a name of its own.
        what: The function's role, for messages, as ``task 'answer'``.
        error: The class to raise.

    Raises:
        InvalidInput: The function takes no parameter, or one that no value fits; the message names it.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise error(f"{what} is a generator: return the value instead of yielding it")
    parameters = _parameters(function)
    if not parameters:
        raise error(f"{what} takes no parameter; give it one, or name parameters after: {', '.join(names)}")
    known = [parameter for parameter in parameters if parameter.name in names]
    unknown = [parameter for parameter in parameters if parameter.name not in names and _is_required(parameter)]
    if not known and len(unknown) == 1:
        return _bind_single(function, unknown[0], single)
    if unknown:
        raise error(
            f"{what} has parameters that no value fits: {', '.join(parameter.name for parameter in unknown)}."
            f" Name them after: {', '.join(names)}; or take exactly one parameter, which gets {single!r}"
        )
    rest = any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters)
    if not known and not rest:
        return _bind_single(function, parameters[0], single)
    return _bind_by_name(function, known, names if rest else ())


def _parameters(function: Callable[..., object]) -> list[Parameter]:
    try:
        return [each for each in inspect.signature(function).parameters.values() if each.name not in _given(function)]
    except (TypeError, ValueError):  # some built-in functions do not tell; they are called with one argument
        return [Parameter("value", Parameter.POSITIONAL_ONLY)]


def _given(function: Callable[..., object]) -> set[str]:
    """Return the keywords that a partial has filled: they are the user's."""
    given: set[str] = set()
    while isinstance(function, partial):
        given |= function.keywords.keys()
        function = cast("partial[object]", function).func
    return given


def _is_required(parameter: Parameter) -> bool:
    variadic = parameter.kind in {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
    return parameter.default is Parameter.empty and not variadic


def _bind_single(function: Callable[..., object], parameter: Parameter, value: str) -> Binding:
    if parameter.kind is Parameter.KEYWORD_ONLY:
        return Binding(function, (), {parameter.name: value})
    return Binding(function, (value,), {})


def _bind_by_name(function: Callable[..., object], known: list[Parameter], rest: tuple[str, ...]) -> Binding:
    positional = tuple(parameter.name for parameter in known if parameter.kind in _POSITIONAL)
    keywords = {parameter.name: parameter.name for parameter in known if parameter.kind not in _POSITIONAL}
    return Binding(function, positional, {**keywords, **{name: name for name in rest if name not in positional}})
