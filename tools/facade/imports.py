"""The imports of one module of the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.facade.source import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.facade.source import Package


class NameClash(Exception):
    """One name would mean two things in a module."""


class Imports:
    """Notes what a module needs, and writes it down."""

    def __init__(self, module: str, package: Package, facades: Mapping[Origin, Origin]) -> None:
        """Take the full name of the target's module, the source, and where the services of the source have facades."""
        self._module = module
        self._package = package
        self._facades = facades
        self._names: dict[str, Origin] = {}
        self._at_runtime: set[str] = set()

    def add(self, local: str, origin: Origin, *, at_runtime: bool) -> None:
        """Note that a name is used; a service is imported as its facade.

        Raises:
            NameClash: The name means something else here.
        """
        facade = self.facade(origin)
        self.add_as_it_is(local, facade or origin, at_runtime=at_runtime)

    def add_as_it_is(self, local: str, origin: Origin, *, at_runtime: bool) -> None:
        """Note that a name is used, a service of the source itself among them.

        Raises:
            NameClash: The name means something else here.
        """
        if self._names.setdefault(local, origin) != origin:
            raise NameClash(f"{local} means {_dotted(origin)} and {_dotted(self._names[local])}")
        if at_runtime:
            self._at_runtime.add(local)

    def facade(self, origin: Origin) -> Origin | None:
        """Return where the facade of a service is, or None for anything else."""
        if origin.name is None or origin.module not in self._package:
            return None
        return self._facades.get(self._package.origin(self._package.module(origin.module), origin.name) or origin)

    def inside(self, facade: Origin) -> list[str]:
        """Return what imports a facade within a function."""
        return [] if facade.module == self._module else [_statement(str(facade.name), facade)]

    def render(self) -> str:
        """Return the import statements, those for type checkers alone in a block of their own."""
        here = {local for local, origin in self._names.items() if origin == Origin(self._module, local)}
        needed = {local: _statement(local, origin) for local, origin in self._names.items() if local not in here}
        runtime = [line for local, line in needed.items() if local in self._at_runtime]
        typing = [f"    {line}" for local, line in needed.items() if local not in self._at_runtime]
        block = ["from typing import TYPE_CHECKING", "if TYPE_CHECKING:", *typing] if typing else []
        return "\n".join(["from __future__ import annotations", *runtime, *block])


def _statement(local: str, origin: Origin) -> str:
    if origin.name is None:
        return f"import {origin.module}" if local == origin.module else f"import {origin.module} as {local}"
    renamed = "" if local == origin.name else f" as {local}"
    return f"from {origin.module} import {origin.name}{renamed}"


def _dotted(origin: Origin) -> str:
    return f"{origin.module}.{origin.name}" if origin.name else origin.module
