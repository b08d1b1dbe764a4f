"""What is wrong with an argument: found before anything of it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors.root import ArizeError

if TYPE_CHECKING:
    from collections.abc import Sequence


class InvalidInput(ArizeError, ValueError):
    """An argument cannot be used; nothing of it was sent to the server.

    Attributes:
        path: Where the value is, such as ``examples[3].question``; empty when the message says it.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        """Keep the place of the value beside the message."""
        self.path = path
        super().__init__(message)

    def __str__(self) -> str:
        """Begin with the place of the value."""
        return f"{self.path}: {self.args[0]}" if self.path else str(self.args[0])


class InvalidTask(InvalidInput):
    """The task cannot be called with an example."""


class InvalidEvaluator(InvalidInput):
    """An evaluator cannot be called, or two have the same name."""


class InvalidRows(InvalidInput):
    """Rows or a data frame cannot be stored as given."""


class EmptyDataset(InvalidInput):
    """There is no example to run."""


class AmbiguousName(ArizeError, LookupError):
    """A name fits more than one resource.

    Attributes:
        matching_ids: The ids that the name could mean.
    """

    def __init__(self, resource_type: str, name: str, matching_ids: Sequence[str]) -> None:
        """Name the resource type, the name and the ids that it fits."""
        self.resource_type = resource_type
        self.resource_name = name
        self.matching_ids = tuple(matching_ids)
        ids = ", ".join(self.matching_ids[:20]) + (", ..." if len(self.matching_ids) > 20 else "")  # noqa: PLR2004
        super().__init__(
            f"Multiple {resource_type}s named {name!r} found. Use an id instead of the name; it is one of: {ids}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the constructor's arguments."""
        return type(self), (self.resource_type, self.resource_name, self.matching_ids), self.__dict__
