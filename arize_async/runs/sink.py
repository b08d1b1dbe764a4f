"""Where the results of a run go, whichever way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from arize_async.journal.header import Header
    from arize_async.models.experiment import Experiment

TRACE_ID = "result.trace.id"
"""What no two runs share."""


class Batches(Protocol):
    """Record batches, as often as they are asked for; iterating blocks."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of all of them."""
        ...

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield them."""
        ...


class RunBatches(Batches, Protocol):
    """The batches of a whole run."""

    @property
    def rows(self) -> int:
        """How many runs there are."""
        ...


@frozen
class Stored:
    """Which runs the server has.

    Attributes:
        traces: Their trace ids; their own ids, where the server does not keep those of traces.
        rows: How many runs there are; more than ids when some are there twice.
    """

    traces: frozenset[str] = frozenset()
    rows: int = 0


@frozen
class Opened:
    """A sink that is ready for results.

    Attributes:
        experiment_id: Goes on the spans.
        project: The project that the spans belong to.
        dataset_version_id: The version of the dataset, when the server said so.
    """

    experiment_id: str
    project: str
    dataset_version_id: str | None = None


class Sink(Protocol):
    """Where results go.

    Attributes:
        stores: Whether anything is kept there.
    """

    stores: bool

    async def open(self, earlier: Header | None) -> Opened:
        """Make sure that the results can be taken; afterwards the name is the run's.

        Args:
            earlier: What an interrupted run of this name has left, which may have come further.
        """
        ...

    async def upload(self, batches: Batches) -> None:
        """Store the results."""
        ...

    async def stored(self) -> Stored:
        """Read which runs the server has."""
        ...

    async def any_stored(self) -> int:
        """Return 1 when the server has any run at all, else 0."""
        ...

    async def experiment(self) -> Experiment | None:
        """Return the experiment, whose results are stored."""
        ...

    async def discard(self) -> None:
        """Give the name free again; called when the run ended without results."""
        ...


class DrySink:
    """Keeps nothing: the identifiers are those of the official SDK (wire contract 6.1)."""

    stores = False

    async def open(self, earlier: Header | None) -> Opened:
        """Return synthetic identifiers."""
        del earlier
        return Opened("experiment_id_for_dry_run", "traces_for_dry_run")

    async def upload(self, batches: Batches) -> None:
        """Keep nothing."""

    async def stored(self) -> Stored:
        """Return nothing."""
        return Stored()

    async def any_stored(self) -> int:
        """Return nothing."""
        return 0

    async def experiment(self) -> None:
        """Return nothing."""

    async def discard(self) -> None:
        """Do nothing."""


class DoneSink(DrySink):
    """Takes nothing: the server has all results."""

    def __init__(self, experiment: Experiment, project: str) -> None:
        """Take what there is."""
        self._experiment, self._project = experiment, project

    async def open(self, earlier: Header | None) -> Opened:
        """Return the identifiers."""
        del earlier
        return Opened(self._experiment.id, self._project, self._experiment.dataset_version_id)

    async def experiment(self) -> Experiment:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the experiment."""
        return self._experiment
