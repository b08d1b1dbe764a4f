"""Signatures: how they are written in the target, and what must be imported for them."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from tools.facade.errors import Untranslatable
from tools.facade.imports import NameClash
from tools.facade.source import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.facade.imports import Imports
    from tools.facade.members import Function
    from tools.facade.source import Module


MANY = "  # noqa: PLR0913 - the parameters of the asynchronous method\n"
BUILTIN = "  # noqa: A002 - the name in the asynchronous method"
MOST_PARAMETERS = 8


def parameters(module: Module, node: Function, imports: Imports) -> str:
    """Return the parameters as they stand in the source, and note what they need."""
    args = node.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    for arg in [*named, args.vararg, args.kwarg]:
        if arg is not None and arg.annotation is not None:
            note(module, arg.annotation, imports, at_runtime=False)
    for default in [*args.defaults, *args.kw_defaults]:
        if default is not None:
            note(module, default, imports, at_runtime=True)
    shadows = any(hasattr(builtins, arg.arg) for arg in named)
    return (MANY if len(named) - 1 > MOST_PARAMETERS else "") + (
        "".join(_lines(args)) if shadows else ast.unparse(args)
    )


def _lines(args: ast.arguments) -> Iterator[str]:
    """Yield each parameter on a line of its own, with a remark where its name is that of a builtin."""
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
    for position, (arg, default) in enumerate(zip(positional, defaults, strict=True), start=1):
        yield _line(arg, default)
        if position == len(args.posonlyargs):
            yield "/,\n"
    if args.vararg:
        yield f"*{ast.unparse(args.vararg)},\n"
    elif args.kwonlyargs:
        yield "*,\n"
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _line(arg, default)
    if args.kwarg:
        yield f"**{ast.unparse(args.kwarg)},\n"


def _line(arg: ast.arg, default: ast.expr | None) -> str:
    spaced = " = " if arg.annotation else "="
    text = ast.unparse(arg) + (f"{spaced}{ast.unparse(default)}" if default else "")
    return f"{text},{BUILTIN if hasattr(builtins, arg.arg) else ''}\n"


def annotation(module: Module, expression: ast.expr, imports: Imports) -> str:
    """Return a type as it stands in the source, and note what it needs."""
    note(module, expression, imports, at_runtime=False)
    return ast.unparse(expression)


def note(module: Module, expression: ast.expr, imports: Imports, *, at_runtime: bool) -> None:
    """Note the names in an expression.

    Raises:
        Untranslatable: A name is not known, private, or means something else in the target's module.
    """
    for node in ast.walk(expression):
        if not isinstance(node, ast.Name):
            continue
        origin = module.imports.get(node.id)
        if node.id in module.definitions:
            origin = Origin(module.name, node.id)
            if node.id.startswith("_"):
                raise Untranslatable(module.path, node, f"{node.id} in a public signature is private")
        if origin is None:
            if not hasattr(builtins, node.id):
                raise Untranslatable(module.path, node, f"{node.id} in a signature is not known")
            continue
        try:
            imports.add(node.id, origin, at_runtime=at_runtime)
        except NameClash as clash:
            raise Untranslatable(module.path, node, str(clash)) from None


def forwarded(node: Function) -> str:
    """Return the arguments that hand the parameters on."""
    return ", ".join(_forwarded(node.args))


def _forwarded(args: ast.arguments) -> Iterator[str]:
    _, *positional = [*args.posonlyargs, *args.args]
    for arg in positional:
        by_position = arg in args.posonlyargs or args.vararg
        yield arg.arg if by_position else f"{arg.arg}={arg.arg}"
    if args.vararg:
        yield f"*{args.vararg.arg}"
    for arg in args.kwonlyargs:
        yield f"{arg.arg}={arg.arg}"
    if args.kwarg:
        yield f"**{args.kwarg.arg}"
