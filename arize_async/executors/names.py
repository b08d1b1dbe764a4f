"""Names of user functions, for spans, columns and messages."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable


def function_name(function: Callable[..., object]) -> str:
    """Return a stable, readable name.

    The qualified name after the last ``<locals>``; the wrapped function's for a partial; the class name for a
    callable object; never a memory address.

    >>> function_name(functools.partial(len)), function_name(lambda row: row)
    ('len', 'lambda')
    """
    while isinstance(function, functools.partial):
        function = cast("functools.partial[object]", function).func
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return readable(str(name))


def readable(qualified_name: str) -> str:
    """Return the part of a qualified name that a user would say.

    >>> readable("main.<locals>.answer"), readable("main.<locals>.<lambda>")
    ('answer', 'lambda')
    """
    return qualified_name.rpartition("<locals>.")[2].replace("<lambda>", "lambda")
