"""One service of the source as the source text of its facade."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from tools.facade.errors import Untranslatable
from tools.facade.manifest import Role, Way
from tools.facade.members import MANAGERS, PROPERTIES, Members, Method
from tools.facade.methods import MethodWriter
from tools.facade.source import Origin

if TYPE_CHECKING:
    from tools.facade.docstrings import DocstringTranslator
    from tools.facade.imports import Imports
    from tools.facade.manifest import Service
    from tools.facade.members import Member
    from tools.facade.source import Package

DEMANDED = {
    Role.RESOURCE: frozenset[str](),
    Role.OWNER: frozenset({"__init__", "__aenter__", "__aexit__", "aclose"}),
    Role.STREAM: frozenset({"__aiter__", "__anext__", "ready"}),
}
"""What the base classes in the portal module expect of a class; it is translated by them."""


class ServiceWriter:
    """Writes the facade of one service."""

    def __init__(self, package: Package, service: Service, imports: Imports, docstrings: DocstringTranslator) -> None:
        """Read the service, and compare it with the manifest."""
        self._service = service
        self._imports = imports
        self._members = Members(package, service)
        self._wrapped = f"Async{service.name}"
        self._writer = MethodWriter(wrapped=self._wrapped, imports=imports, docstrings=docstrings)
        self._ways = self._checked_ways()

    def write(self, portal: str) -> str:
        """Return the class; ``portal`` is the full name of the hand-written module."""
        module, base = self._members.module, self._service.role.value
        self._imports.add_as_it_is(self._wrapped, Origin(module.name, self._service.name), at_runtime=True)
        self._imports.add_as_it_is(base, Origin(portal, base), at_runtime=True)
        parts = [self._writer.doc(module, self._members.node)]
        if self._service.role is Role.OWNER:
            parts.append(self._writer.construct(self._members.special["__init__"]))
        parts += [self._text(name, member) for name, member in self._members.public.items() if self._shown(name)]
        body = indent("\n\n".join(parts), "    ")
        return f"class {self._service.name}({base}[{self._base_arguments()}]):\n{body}\n"

    def _base_arguments(self) -> str:
        if self._service.role is not Role.STREAM:
            return self._wrapped
        item = self._members.special["__anext__"]
        if item.node.returns is None:
            raise Untranslatable(item.module.path, item.node, "__anext__ has no return type")
        return f"{self._wrapped}, {self._writer.runtime_type(item.module, item.node.returns)}"

    def _shown(self, name: str) -> bool:
        demanded = name in DEMANDED[self._service.role]
        return name == "aclose" if demanded else self._ways[name] is not Way.HIDE

    def _text(self, name: str, member: Member) -> str:
        if not isinstance(member, Method):
            return self._writer.attribute(name, member)
        if name == "aclose" and self._service.role is Role.OWNER:
            return self._writer.close(member)
        writers = {
            Way.CALL: self._writer.call,
            Way.PAGE: self._writer.page,
            Way.ENTER: self._writer.enter,
            Way.MAKE: self._writer.make,
            Way.SERVICE: self._writer.service,
            Way.VALUE: self._writer.value,
        }
        return writers[self._ways[name]](member)

    def _checked_ways(self) -> dict[str, Way]:
        """Return how the members are translated.

        Raises:
            Untranslatable: A member is not in the manifest, an entry of the manifest is no member, or they do not fit.
        """
        path, owner, ways = self._members.module.path, self._members.node, self._service.ways()
        named = [name for way in Way for name in getattr(self._service, way.value)]
        demanded = DEMANDED[self._service.role]
        for name in sorted(demanded - self._members.public.keys() - self._members.special.keys()):
            raise Untranslatable(path, owner, f"{owner.name} has no {name}, which {self._service.role.value} demands")
        for name in named:
            if named.count(name) > 1 or name in demanded:
                raise Untranslatable(path, owner, f"the manifest names {owner.name}.{name} twice")
            if name not in self._members.public:
                raise Untranslatable(path, owner, f"the manifest names {owner.name}.{name}, and there is none")
        for name, member in self._members.public.items():
            if name in demanded:
                continue
            if name not in ways:
                raise Untranslatable(member.module.path, member.node, f"{owner.name}.{name} is not in the manifest")
            if not _fits(ways[name], member):
                message = f"{owner.name}.{name} cannot be among the {ways[name].value} of the manifest"
                raise Untranslatable(member.module.path, member.node, message)
        return ways


def _fits(way: Way, member: Member) -> bool:
    if way is Way.HIDE:
        return True
    if not isinstance(member, Method):
        return way is Way.VALUE
    if member.overloads and way not in {Way.CALL, Way.PAGE}:
        return False
    match way:
        case Way.CALL | Way.PAGE:
            return member.is_async and not member.decorators
        case Way.ENTER:
            return member.is_async and bool(member.decorators & MANAGERS)
        case Way.MAKE:
            return not member.is_async and "classmethod" in member.decorators
        case _:
            return not member.is_async and bool(member.decorators & PROPERTIES)
