"""One member of a service as the source text of its facade."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

from tools.facade.docstrings import quoted
from tools.facade.errors import Untranslatable
from tools.facade.signatures import MANY, annotation, forwarded, note, parameters
from tools.facade.source import Origin

if TYPE_CHECKING:
    from tools.facade.attributes import Attribute
    from tools.facade.docstrings import DocstringTranslator
    from tools.facade.imports import Imports
    from tools.facade.members import Function, Method
    from tools.facade.source import Module


@dataclass(frozen=True, kw_only=True)
class MethodWriter:
    """Writes the members of one facade.

    Attributes:
        wrapped: Name of the asynchronous class.
        imports: Where imports are noted.
        docstrings: Translates docstrings.
    """

    wrapped: str
    imports: Imports
    docstrings: DocstringTranslator

    def call(self, method: Method) -> str:
        """Await the method."""
        result = self._returns(method)
        call = f"self._portal.call({self._target(method)})"
        return self._method(method, result, call if result == "None" else f"return {call}")

    def page(self, method: Method) -> str:
        """Await the method and bind the page that it returns."""
        body = f"return self._portal.call({self._target(method)}).bind(self._portal.fetch)"
        return self._method(method, self._returns(method), body)

    def enter(self, method: Method) -> str:
        """Enter the context manager and give the facade of its value."""
        match method.node.returns:
            case ast.Subscript(slice=ast.Tuple(elts=[ast.Name() as value, *_]) | (ast.Name() as value)):
                pass
            case _:
                raise Untranslatable(
                    method.module.path, method.node, f"the service that {method.node.name} gives is not known"
                )
        lines = self._facade_import(method.module, value)
        self.imports.add_as_it_is(
            "AbstractContextManager", Origin("contextlib", "AbstractContextManager"), at_runtime=False
        )
        returns = f"AbstractContextManager[{annotation(method.module, value, self.imports)}]"
        call = f"self._wrapped.{method.node.name}({forwarded(method.node)})"
        return self._method(method, returns, *lines, f"return self._portal.enter({call}, {value.id})")

    def make(self, method: Method) -> str:
        """Put the facade around what the class method makes."""
        body = f"return cls._around({self.wrapped}.{method.node.name}({forwarded(method.node)}))"
        return self._method(method, self._returns(method), body, decorator="classmethod")

    def construct(self, method: Method) -> str:
        """Construct the asynchronous object."""
        return self._method(method, "None", f"super().__init__({self.wrapped}({forwarded(method.node)}))")

    def close(self, method: Method) -> str:
        """Close the portal, and with it the service."""
        return self._method(method, "None", "self._portal.close()", name="close")

    def service(self, method: Method) -> str:
        """Give the facade of a property; one thread at a time, for the property may make what it gives."""
        returns = method.node.returns
        if not isinstance(returns, ast.Name):
            raise Untranslatable(
                method.module.path, method.node, f"the service that {method.node.name} gives is not known"
            )
        lines = self._facade_import(method.module, returns)
        make = f"lambda: {returns.id}(self._wrapped.{method.node.name}, self._portal)"
        body = f"return self._portal.exclusively({make})"
        self.imports.add_as_it_is("cached_property", Origin("functools", "cached_property"), at_runtime=True)
        return self._method(method, self._returns(method), *lines, body, decorator="cached_property")

    def value(self, method: Method) -> str:
        """Give a property as it is."""
        return self._method(
            method, self._returns(method), f"return self._wrapped.{method.node.name}", decorator="property"
        )

    def attribute(self, name: str, attribute: Attribute) -> str:
        """Give an attribute as it is."""
        returns = annotation(attribute.module, attribute.annotation, self.imports)
        doc = quoted(self.docstrings.translate(attribute.description, attribute.module.path, attribute.node.lineno))
        return f"@property\ndef {name}(self) -> {returns}:\n{indent(doc, '    ')}\n    return self._wrapped.{name}"

    def doc(self, module: Module, node: ast.AsyncFunctionDef | ast.FunctionDef | ast.ClassDef) -> str:
        """Return the translated docstring of a class or a method.

        Raises:
            Untranslatable: There is none.
        """
        docstring = ast.get_docstring(node)
        if docstring is None:
            raise Untranslatable(module.path, node, f"{node.name} has no docstring")
        return quoted(self.docstrings.translate(docstring, module.path, node.body[0].lineno))

    def runtime_type(self, module: Module, expression: ast.expr) -> str:
        """Return a type that is needed when the module is loaded."""
        note(module, expression, self.imports, at_runtime=True)
        return ast.unparse(expression)

    def _method(
        self, method: Method, returns: str, *body: str, decorator: str | None = None, name: str | None = None
    ) -> str:
        node = method.node
        head = f"def {name or node.name}({parameters(method.module, node, self.imports)}) -> {returns}:"
        lines = "\n".join([self.doc(method.module, node), *body])
        text = (f"@{decorator}\n" if decorator else "") + f"{head}\n{indent(lines, '    ')}"
        return "\n\n".join([*(self._overload(method, signature) for signature in method.overloads), text])

    def _overload(self, method: Method, signature: Function) -> str:
        """Return a signature for type checkers; whoever calls the facade gets what the coroutine returns."""
        module = method.module
        if type(signature) is not type(method.node) or signature.returns is None:
            raise Untranslatable(module.path, signature, f"an overload of {signature.name} is unlike the method")
        self.imports.add_as_it_is("overload", Origin("typing", "overload"), at_runtime=True)
        returns = annotation(module, signature.returns, self.imports)
        given = parameters(module, signature, self.imports).removeprefix(MANY)  # nobody counts those of an overload
        return f"@overload\ndef {signature.name}({given}) -> {returns}: ..."

    def _returns(self, method: Method) -> str:
        if method.node.returns is None:
            raise Untranslatable(method.module.path, method.node, f"{method.node.name} has no return type")
        return annotation(method.module, method.node.returns, self.imports)

    def _target(self, method: Method) -> str:
        return ", ".join(part for part in (f"self._wrapped.{method.node.name}", forwarded(method.node)) if part)

    def _facade_import(self, module: Module, name: ast.Name) -> list[str]:
        """Return what imports a facade where it is made; until then nothing of it is loaded."""
        facade = self.imports.facade(module.imports.get(name.id) or Origin(module.name, name.id))
        if facade is None:
            raise Untranslatable(module.path, name, f"{name.id} is not a service of the manifest")
        return self.imports.inside(facade)
