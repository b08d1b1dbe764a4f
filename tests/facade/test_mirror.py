"""``arize_sync`` beside ``arize_async``: the same names, values, signatures and words."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_overloads

import pytest

import arize_async
import arize_sync
from arize_sync._portal import Facade

if TYPE_CHECKING:
    from types import ModuleType

    from arize_sync._portal import Portal

BY_HAND = {"arize_sync._portal", "arize_sync._loop"}
MODULES = ["arize_sync"] + [
    module.name for module in pkgutil.walk_packages(arize_sync.__path__, "arize_sync.") if module.name not in BY_HAND
]
SERVICES = [
    value
    for name in MODULES
    for value in vars(import_module(name)).values()
    if isinstance(value, type) and issubclass(value, Facade) and value.__module__ == name
]
RENAMED = {"aclose": "close"}
DROPPED = {"drain", "ready", "stop"}
"""Of a run stream: what its context manager calls, and what says how many runs are taken in one call."""


def source_of(module: str) -> ModuleType:
    """Return the asynchronous module that a blocking one mirrors."""
    return import_module(module.replace("arize_sync", "arize_async", 1))


def original(service: type[Facade[Any]]) -> type:
    """Return the asynchronous class behind a facade."""
    return getattr(source_of(service.__module__), service.__name__)


def public(owner: type) -> dict[str, Any]:
    """Return the public members of a class, those of its bases included."""
    return {name: inspect.getattr_static(owner, name) for name in dir(owner) if not name.startswith("_")}


def function_of(member: Any) -> Any:
    """Return the function behind a method or a property."""
    member = getattr(member, "fget", None) or getattr(member, "func", None) or member
    return inspect.unwrap(getattr(member, "__func__", member))


def without_asynchrony(text: str | None) -> str:
    """Return what a docstring says apart from how it is called."""
    words = r"arize_async|arize_sync|async |await |aclose|close|asyncio\.run|>>> import asyncio\s*|[()\s]"
    return re.sub(words, "", inspect.cleandoc(text or ""))


def test_there_is_something_to_compare() -> None:
    """The clients, the run stream and the server have facades."""
    assert {service.__name__ for service in SERVICES} >= {
        "AnnotationConfigsClient",
        "ArizeClient",
        "DatasetsClient",
        "ExperimentsClient",
        "LocalServer",
        "RunStream",
        "SpacesClient",
    }


@pytest.mark.parametrize("name", MODULES)
def test_names_are_the_same(name: str) -> None:
    """A module exports what the asynchronous one exports."""
    module, source = import_module(name), source_of(name)
    assert getattr(module, "__all__", []) == sorted(getattr(source, "__all__", getattr(module, "__all__", [])))
    assert all(hasattr(source, exported) for exported in getattr(module, "__all__", []))


@pytest.mark.parametrize("name", MODULES)
def test_values_are_identical(name: str) -> None:
    """What is no service is the very object of the asynchronous package; services have facades."""
    module, source = import_module(name), source_of(name)
    for exported in getattr(module, "__all__", []):
        value = getattr(module, exported)
        if isinstance(value, type) and issubclass(value, Facade):
            assert value in SERVICES
        else:
            assert value is getattr(source, exported)


def test_errors_are_caught_alike() -> None:
    """Code that catches an error of one package catches it from the other."""
    assert arize_sync.ArizeError is arize_async.ArizeError
    assert arize_sync.NotFound is arize_async.NotFound


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_members_are_the_same(service: type[Facade[Any]]) -> None:
    """A facade has every public member of the class behind it."""
    expected = {RENAMED.get(name, name) for name in public(original(service))} - DROPPED
    attributes = (
        {"complete", "experiment", "lost_spans", "reason", "run_evaluations"}
        if service.__name__ == "RunStream"
        else set()
    )
    assert set(public(service)) == expected | attributes


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_signatures_are_the_same(service: type[Facade[Any]]) -> None:
    """Parameters have the same names, kinds, defaults and types; nothing is a coroutine any more."""
    for name, member in {"__init__": original(service).__init__, **public(original(service))}.items():
        if name in DROPPED or (name == "__init__" and "portal" in inspect.signature(service).parameters):
            continue
        facade = inspect.getattr_static(service, RENAMED.get(name, name))
        ours, theirs = inspect.signature(function_of(facade)), inspect.signature(function_of(member))
        assert ours.parameters == theirs.parameters, name
        assert not inspect.iscoroutinefunction(function_of(facade))
        assert type(facade).__name__.replace("cached_", "") == type(member).__name__.replace("cached_", "")
        if not str(theirs.return_annotation).startswith("AsyncGenerator"):
            assert ours.return_annotation == theirs.return_annotation, name


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_overloads_are_the_same(service: type[Facade[Any]]) -> None:
    """Type checkers have the same signatures to choose from."""
    for name, member in public(original(service)).items():
        if name not in DROPPED:
            facade = inspect.getattr_static(service, RENAMED.get(name, name))
            ours, theirs = (get_overloads(function_of(found)) for found in (facade, member))
            assert [inspect.signature(found) for found in ours] == [inspect.signature(found) for found in theirs]


class Answer:
    """What an echo gives; a page as well."""

    bound = False

    def bind(self, _call: object) -> Answer:
        """Note that it was bound."""
        self.bound = True
        return self


class Echo:
    """Answers every coroutine method and keeps what it was given."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.given: dict[str, Any] = {}
        self.answer = Answer()

    def __getattr__(self, name: str) -> Any:
        """Return a method of any name."""

        async def method(**given: Any) -> Answer:
            self.given = given
            return self.answer

        method.__name__ = name
        return method


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_every_argument_arrives(service: type[Facade[Any]], portal: Portal) -> None:
    """Each coroutine method hands each argument on under its own name, and binds the pages that it returns."""
    for name, member in public(original(service)).items():
        if not inspect.iscoroutinefunction(inspect.unwrap(member)) or name == "aclose":
            continue
        echo = Echo()
        facade = object.__new__(service)
        Facade.__init__(facade, echo, portal)
        arguments = {parameter: object() for parameter in list(inspect.signature(member).parameters)[1:]}
        answer = getattr(facade, name)(**arguments)
        assert echo.given == arguments
        returns = str(inspect.signature(member).return_annotation)
        assert answer is (None if returns == "None" else echo.answer)
        assert echo.answer.bound is returns.startswith("List")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_words_are_the_same(service: type[Facade[Any]]) -> None:
    """Docstrings differ in nothing but the code that is awaited."""
    assert without_asynchrony(service.__doc__) == without_asynchrony(original(service).__doc__)
    for name, member in public(original(service)).items():
        if name not in DROPPED:
            facade = inspect.getattr_static(service, RENAMED.get(name, name))
            assert without_asynchrony(facade.__doc__) == without_asynchrony(member.__doc__), name


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_examples_are_blocking(service: type[Facade[Any]]) -> None:
    """No example of a facade awaits anything."""
    for member in [service, *public(service).values()]:
        for line in (member.__doc__ or "").splitlines():
            if re.match(r"\s*(>>>|\.\.\.)", line):
                assert not re.search(r"\b(async|await|asyncio|arize_async)\b", line)
