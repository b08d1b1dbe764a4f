"""What the evaluators of this package have in common: how they read outputs, and what they answer.

An output that cannot be judged scores 0 and the explanation says why: that is what the task did. An example that
cannot be judged by, such as one without an expected output, is an error: no score would be true.
"""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any, cast

import orjson

from arize_async.errors import InvalidEvaluator
from arize_async.models.evaluation import EvaluationResult
from arize_async.models.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from attrs import Attribute

_SHOWN = 200


def verdict(*, right: bool, why: str | None = None, metadata: Mapping[str, object] | None = None) -> EvaluationResult:
    """Return 1 or 0, with the reason."""
    return EvaluationResult(1.0 if right else 0.0, str(right), why, metadata or {})


def text_of(value: object) -> str | None:
    """Return a value as it is stored: text, or the JSON text of anything else."""
    return value if value is None or isinstance(value, str) else json_text(value)


def wanted(expected: object) -> object:
    """Return what is expected.

    Raises:
        ValueError: The example has no expected output.
    """
    if expected is None:
        raise ValueError("the example has no expected output (its attributes.output.value is missing or null)")
    return expected


def wanted_text(expected: object) -> str:
    """Return what is expected as text.

    Raises:
        ValueError: The example has no expected output.
    """
    return cast("str", text_of(wanted(expected)))


def json_of(value: object) -> object:
    """Return the value that JSON text holds; what is no text is data already.

    Raises:
        ValueError: The text is not JSON, or the number is none that JSON has.
    """
    if isinstance(value, str):
        return orjson.loads(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    return value


def without_fence(text: str) -> str:
    r"""Return what stands in the first Markdown code block, or else the text.

    >>> without_fence("Here:\n```python\nx = 1\n```\nDone."), without_fence("x = 1")
    ('x = 1', 'x = 1')
    """
    _, opened, rest = text.partition("```")
    if not opened:
        return text
    _, newline, body = rest.partition("\n")
    return body.partition("```")[0].rstrip("\n") if newline else text


def one_of(*choices: str | None) -> Callable[[Any, Attribute[Any], Any], None]:
    """Return a validator that takes these values alone."""

    def check(_: object, attribute: Attribute[Any], value: object) -> None:
        if value not in choices:
            raise InvalidEvaluator(f"one of {', '.join(map(repr, choices))}; got {value!r}", path=attribute.name)

    return check


def shown(value: object) -> str:
    """Return a value as explanations show it: short."""
    text = json_text(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text):,} characters)"


def library(name: str) -> ModuleType:
    """Import a library of the extra.

    Raises:
        InvalidEvaluator: It is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise InvalidEvaluator(
            f"this evaluator needs the package {error.name!r}: pip install 'arize-async[evaluators]'"
        ) from error
