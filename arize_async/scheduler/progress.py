"""Who watches a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from arize_async.scheduler.events import Event


@runtime_checkable
class Progress(Protocol):
    """A watcher of a run."""

    def notify(self, event: Event) -> None:
        """Take notice of an event; called on the event loop of the run, and returns at once.

        The first event is ``ExperimentStarted``, which holds live counts, and the last one ``ExperimentStopped``.
        """
        ...
