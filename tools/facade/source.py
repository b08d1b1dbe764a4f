"""The source package as syntax trees: modules, and what a name in them means."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.facade.errors import Untranslatable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """Where a name comes from: an attribute of a module, or the module itself."""

    module: str
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Module:
    """A parsed module.

    Attributes:
        name: Its full name.
        path: Its file, relative to the root.
        tree: What is in it.
        imports: What each imported name means; imports for type checkers count as well.
        definitions: What defines each other name.
    """

    name: str
    path: Path
    tree: ast.Module
    imports: dict[str, Origin]
    definitions: dict[str, ast.stmt]

    def public_names(self) -> list[str]:
        """Return ``__all__``, or without one the public classes and functions."""
        listed = self.definitions.get("__all__")
        if isinstance(listed, ast.Assign):
            try:
                return list(ast.literal_eval(listed.value))
            except ValueError:
                raise Untranslatable(self.path, listed, "__all__ is not a literal") from None
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        return sorted(n for n, node in self.definitions.items() if isinstance(node, kinds) and not n.startswith("_"))


class Package:
    """The modules of a package, each parsed once."""

    def __init__(self, root: Path, name: str) -> None:
        """Take the folder that the package is in."""
        self.root = root
        self.name = name
        self._modules: dict[str, Module] = {}

    def __contains__(self, module: str) -> bool:
        """Tell whether a module belongs to the package."""
        return module == self.name or module.startswith(f"{self.name}.")

    def full_name(self, module: str) -> str:
        """Return the full name of a module that is named below the package."""
        return f"{self.name}.{module}" if module else self.name

    def file_of(self, module: str) -> Path:
        """Return the file of a module, relative to the root.

        Raises:
            Untranslatable: There is none.
        """
        stem = self.root.joinpath(*module.split("."))
        for path in (stem / "__init__.py", stem.with_suffix(".py")):
            if path.is_file():
                return path.relative_to(self.root)
        raise Untranslatable(stem.relative_to(self.root), 1, "the manifest names this module, and it does not exist")

    def module(self, name: str) -> Module:
        """Return a module by its full name."""
        if name not in self._modules:
            path = self.file_of(name)
            tree = ast.parse((self.root / path).read_text(encoding="utf-8"), str(path))
            imports = dict(_imports(path, tree))
            definitions = {defined: node for node in _top_level(tree.body) for defined in _defined(node)}
            self._modules[name] = Module(name=name, path=path, tree=tree, imports=imports, definitions=definitions)
        return self._modules[name]

    def origin(self, module: Module, name: str) -> Origin | None:
        """Return where a name in a module is defined, through every module that only hands it on."""
        if name in module.definitions:
            return Origin(module.name, name)
        origin = module.imports.get(name)
        if origin is None or origin.name is None or origin.module not in self:
            return origin
        return self.origin(self.module(origin.module), origin.name) or origin

    def find_class(self, module: str, name: str) -> tuple[Module, ast.ClassDef]:
        """Return a class and the module that defines it.

        Raises:
            Untranslatable: The module defines no such class.
        """
        found = self.module(module)
        node = found.definitions.get(name)
        if not isinstance(node, ast.ClassDef):
            raise Untranslatable(found.path, node or 1, f"the manifest names a class {name}, and there is none")
        return found, node


def _imports(path: Path, tree: ast.Module) -> Iterator[tuple[str, Origin]]:
    for node in _top_level(tree.body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if "." in alias.name and alias.asname is None:
                    yield alias.name.partition(".")[0], Origin(alias.name.partition(".")[0])
                else:
                    yield alias.asname or alias.name, Origin(alias.name)
        elif isinstance(node, ast.ImportFrom):
            if node.level or node.module is None:
                raise Untranslatable(path, node, "relative imports are not understood")
            for alias in node.names:
                yield alias.asname or alias.name, Origin(node.module, alias.name)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            yield from node.body
        else:
            yield node


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign():
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        case _:
            pass
