"""What every public method of a resource does before anything else: it warns, and looks at its arguments."""

from __future__ import annotations

import ast
import inspect
import math
import os
import reprlib
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar, cast

import attrs

from arize_async.errors import InvalidInput
from arize_async.models.evaluation import EvaluationResultFieldNames
from arize_async.models.run import ExperimentTaskFieldNames
from arize_async.models.space import DefaultAgentRuntime, DefaultLLMIntegration
from arize_async.models.unicode import valid_text
from arize_async.models.unset import Unset
from arize_async.pre_releases import pre_release

F = TypeVar("F", bound=Callable[..., object])


def operation(key: str = "") -> Callable[[F], F]:
    """Make a coroutine method refuse arguments that are not of the types in its signature.

    A type that is not in the table of this module is left to the method: rows in their many forms, and what the models
    check field by field.

    Args:
        key: Its name after ``client``, when the platform may still change it.
    """

    def decorate(method: F) -> F:
        checks = {name: check for name, text in inspect.get_annotations(method).items() if (check := _check(text))}

        @wraps(method)
        async def checked(self: object, **arguments: object) -> object:
            for name, value in arguments.items():
                if name in checks:
                    checks[name](name, value)
            return await cast("Any", method)(self, **arguments)

        return cast("F", pre_release(key)(checked) if key else checked)

    return decorate


def _is_text(value: object) -> bool:
    return isinstance(value, str) and valid_text(value) == value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_list(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))


def _has_fields_of(kind: type[Any]) -> Callable[[object], bool]:
    # those of the official SDK are as good
    names = attrs.fields_dict(kind)
    return lambda value: not isinstance(value, type) and all(hasattr(value, name) for name in names)


def _is_mapping_to(kind: type[Any]) -> Callable[[object], bool]:
    fits = _has_fields_of(kind)
    return lambda value: (
        isinstance(value, Mapping)
        and all(_is_text(name) and fits(each) for name, each in cast("Mapping[object, object]", value).items())
    )


_KINDS: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "None": ("None", lambda value: value is None),
    "Unset": ("UNSET", lambda value: isinstance(value, Unset)),
    "str": ("text", _is_text),
    "os.PathLike[str]": ("a path", lambda value: isinstance(value, os.PathLike)),
    "bool": ("True or False", lambda value: isinstance(value, bool)),
    "int": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "float": ("a number", _is_number),
    "OptimizationDirection": ("an OptimizationDirection", _is_text),
    "Sequence[str]": ("a list of ids", lambda value: _is_text(value) or _is_list(value)),
    "Sequence[Value]": ("a list of values", _is_list),
    "Sequence[AnnotateRecordInput | Mapping[str, object]]": ("a list of annotations of records", _is_list),
    "Mapping[str, object]": ("a dict", lambda value: isinstance(value, Mapping)),
    "DefaultLLMIntegration": ("a DefaultLLMIntegration", lambda value: isinstance(value, DefaultLLMIntegration)),
    "DefaultAgentRuntime": ("a DefaultAgentRuntime", lambda value: isinstance(value, DefaultAgentRuntime)),
    "ExperimentTaskFieldNames": ("an ExperimentTaskFieldNames", _has_fields_of(ExperimentTaskFieldNames)),
    "Mapping[str, EvaluationResultFieldNames]": (
        "EvaluationResultFieldNames by the evaluators' names",
        _is_mapping_to(EvaluationResultFieldNames),
    ),
}
"""How each type in a signature is called in errors, and what fits it."""


def _check(annotation: str) -> Callable[[str, object], None] | None:
    """Return the check of an argument; None when its type is not in the table."""
    parts = _alternatives(ast.parse(annotation, mode="eval").body)
    if not all(part in _KINDS for part in parts):
        return None
    kinds = [_KINDS[part] for part in parts]

    def check(name: str, value: object) -> None:
        if not any(fits(value) for _, fits in kinds):
            expected = " or ".join(told for told, _ in kinds if told != "UNSET")
            given = "text that is not valid Unicode" if isinstance(value, str) else type(value).__name__
            hint = "; pass its .id" if "str" in parts and hasattr(value, "id") else ""
            raise InvalidInput(f"expected {expected}, got {given}: {reprlib.repr(value)}{hint}", path=name)

    return check


def _alternatives(node: ast.expr) -> list[str]:
    """Return the members of a union."""
    if isinstance(node, ast.BinOp):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [ast.unparse(node)]
