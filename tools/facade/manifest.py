"""What is mirrored, and how each public member of a service is translated."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(Enum):
    """What a service is to its user, named by its base class in the portal module."""

    RESOURCE = "Facade"
    """Shares the portal of what it belongs to."""

    OWNER = "Owner"
    """Is made by the user, has a portal of its own and is closed."""

    STREAM = "Stream"
    """Is iterated, and says how many items are ready."""


class Way(Enum):
    """How a member is translated; the value is the manifest's name for it."""

    CALL = "calls"
    PAGE = "pages"
    ENTER = "enters"
    MAKE = "makes"
    SERVICE = "services"
    VALUE = "values"
    HIDE = "hidden"


@dataclass(frozen=True, kw_only=True)
class Service:
    """A class with asynchronous methods; every public member is named once.

    Attributes:
        module: Its module, below the package.
        name: Its name.
        role: What it is to its user.
        calls: Coroutine methods that return a value.
        pages: Coroutine methods that return a page, which is bound to the portal.
        enters: Asynchronous context managers, each with the service that they give.
        makes: Class methods that make an instance.
        services: Properties that are services.
        values: Properties and attributes that are values.
        hidden: What the facade does not have.
    """

    module: str
    name: str
    role: Role = Role.RESOURCE
    calls: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    enters: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def ways(self) -> dict[str, Way]:
        """Return how each member is translated."""
        return {name: way for way in Way for name in getattr(self, way.value)}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is mirrored.

    Attributes:
        source: The asynchronous package.
        target: The package that is written.
        by_hand: Modules of the target that are written by hand; the first has the base classes of the facades.
        services: Classes that get a facade, each in the module of the same name.
        exports: Modules whose public names are exported again, below the package; "" is the package itself.
        shared: Classes with coroutines that both packages export as they are, for the user implements them.
        titles: First lines of module docstrings that would be wrong in the target, by module.
    """

    source: str
    target: str
    by_hand: tuple[str, ...] = ("_portal",)
    services: tuple[Service, ...]
    exports: tuple[str, ...]
    shared: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
