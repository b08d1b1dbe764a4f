"""Public attributes that a constructor sets: their types, and what the class docstring says of them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.facade.errors import Untranslatable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.facade.source import Module


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A public attribute.

    Attributes:
        module: Where it is set.
        node: The statement that sets it first.
        annotation: Its type.
        description: What the class docstring says of it.
    """

    module: Module
    node: ast.stmt
    annotation: ast.expr
    description: str


def attributes(module: Module, owner: ast.ClassDef) -> Iterator[tuple[str, Attribute]]:
    """Yield the public attributes that the constructor of a class sets.

    Raises:
        Untranslatable: The type or the description of one cannot be found.
    """
    described = _described(ast.get_docstring(owner) or "")
    for constructor in owner.body:
        if not isinstance(constructor, ast.FunctionDef) or constructor.name != "__init__":
            continue
        for node in ast.walk(constructor):
            for name in _set_on_self(node):
                if not isinstance(node, ast.Assign | ast.AnnAssign):
                    raise Untranslatable(module.path, node, f"how the public attribute {name} is set is not understood")
                if name not in described:
                    raise Untranslatable(module.path, node, f"the class docstring does not describe {name}")
                annotation = _annotation(constructor, node)
                if annotation is None:
                    raise Untranslatable(module.path, node, f"the type of the public attribute {name} is not known")
                yield name, Attribute(module=module, node=node, annotation=annotation, description=described[name])


def _set_on_self(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            targets = [target]
        case _:
            return
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            match part:
                case ast.Attribute(value=ast.Name(id="self"), attr=name) if not name.startswith("_"):
                    yield name
                case _:
                    pass


def _annotation(constructor: ast.FunctionDef, node: ast.Assign | ast.AnnAssign) -> ast.expr | None:
    args = constructor.args
    parameters = {arg.arg: arg.annotation for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
    match node:
        case ast.AnnAssign(annotation=annotation):
            return annotation
        case ast.Assign(targets=[ast.Attribute()], value=ast.Constant(value=bool() | int() | float() | str() as value)):
            return ast.Name(type(value).__name__)
        case ast.Assign(targets=[ast.Attribute()], value=ast.Name(id=name)):
            return parameters.get(name)
        case _:
            return None


def _described(docstring: str) -> dict[str, str]:
    """Return the entries of the section ``Attributes:``."""
    section = re.search(r"^Attributes:\n((?:    .*\n?|\n)+)", docstring, re.MULTILINE)
    entries = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", section[1] if section else "", re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text) for name, text in entries}
