"""The public members of a service, those of its base classes included."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tools.facade.attributes import Attribute, attributes
from tools.facade.errors import Untranslatable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.facade.manifest import Service
    from tools.facade.source import Module, Package

Function = ast.FunctionDef | ast.AsyncFunctionDef

PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property"})
MANAGERS = frozenset({"asynccontextmanager", "contextlib.asynccontextmanager"})
OVERLOADS = frozenset({"overload", "typing.overload"})
TRANSPARENT = frozenset({"operation", "pre_release"})  # the portal does what they do
DECORATORS = PROPERTIES | MANAGERS | OVERLOADS | {"classmethod"}
SPECIAL = frozenset({"__init__", "__aenter__", "__aexit__", "__aiter__", "__anext__", "__repr__"})


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method or a property.

    Attributes:
        module: Where it is defined.
        node: Its definition.
        decorators: Names of its decorators.
        overloads: Its signatures for type checkers, when it has more than one.
    """

    module: Module
    node: Function
    decorators: frozenset[str]
    overloads: tuple[Function, ...] = ()

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine function."""
        return isinstance(self.node, ast.AsyncFunctionDef)


Member = Method | Attribute


class Members:
    """What a service class and its bases define."""

    def __init__(self, package: Package, service: Service) -> None:
        """Read the class and its bases; what comes first wins."""
        self.module, self.node = package.find_class(package.full_name(service.module), service.name)
        self.public: dict[str, Member] = {}
        self.special: dict[str, Method] = {}
        for module, node in _chain(package, self.module, self.node):
            for name, member in _own(module, node):
                (self.special if name in SPECIAL else self.public).setdefault(name, member)  # pyright: ignore[reportArgumentType]


def _chain(package: Package, module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
    yield module, node
    for base in node.bases:
        origin = package.origin(module, base.id) if isinstance(base, ast.Name) else None
        if origin is None or origin.name is None or origin.module not in package:
            raise Untranslatable(module.path, base, f"the base class {ast.unparse(base)} is not understood")
        yield from _chain(package, *package.find_class(origin.module, origin.name))


def _own(module: Module, node: ast.ClassDef) -> Iterator[tuple[str, Member]]:
    overloads: dict[str, tuple[Function, ...]] = {}
    for statement in node.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name in SPECIAL or not name.startswith("_"):
                    method = _method(module, statement)
                    if method.decorators & OVERLOADS:
                        overloads[name] = (*overloads.get(name, ()), statement)
                    else:
                        yield name, replace(method, overloads=overloads.pop(name, ()))
                elif name.startswith("__"):
                    raise Untranslatable(module.path, statement, f"the special method {name} is not understood")
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) if name[0] == "_":
                pass
            case _:
                text = ast.unparse(statement).partition("\n")[0]
                raise Untranslatable(module.path, statement, f"{text!r} in a service is not understood")
    for name, signatures in overloads.items():
        raise Untranslatable(module.path, signatures[0], f"{name} has overloads alone, and nothing that they stand for")
    yield from attributes(module, node)


def _method(module: Module, node: Function) -> Method:
    decorators: set[str] = set()
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in TRANSPARENT:
            continue
        name = ast.unparse(decorator)
        if name not in DECORATORS:
            raise Untranslatable(module.path, decorator, f"the decorator {name} is not understood")
        decorators.add(name)
    if decorators & OVERLOADS and len(decorators) > 1:
        raise Untranslatable(module.path, node, f"an overload of {node.name} with another decorator is not understood")
    return Method(module=module, node=node, decorators=frozenset(decorators))
