"""What a run tells whoever watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from arize_async.scheduler.statistics import Statistics


@runtime_checkable
class Progress(Protocol):
    """A watcher of a run; its methods are called on the event loop and return at once."""

    def start(self, statistics: Statistics, *, examples: int | None, evaluators: int) -> None:
        """Begin to watch.

        Args:
            statistics: Live counts, read at any time.
            examples: How many tasks there will be, when that is known.
            evaluators: How many evaluators each run has.
        """
        ...

    def update(self) -> None:
        """Take notice that a run finished."""
        ...

    def stop(self) -> None:
        """End; also called when the run fails."""
        ...


class Silent:
    """Watches nothing."""

    def start(self, statistics: Statistics, *, examples: int | None, evaluators: int) -> None:
        """Do nothing."""

    def update(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""
