"""Where the results of a run go: Flight, REST, or nowhere."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
from attrs import frozen

from arize_async.errors import ArizeError, Conflict, NotFound
from arize_async.models.experiment import Experiment
from arize_async.models.run import ExperimentTaskFieldNames
from arize_async.resources.parts import PartWriter
from arize_async.runs.upload import TRACE_ID, Stored, upload_rows

if TYPE_CHECKING:
    from arize_async.journal.header import Header
    from arize_async.models.dataset import Dataset
    from arize_async.resources.experiments import ExperimentsResource
    from arize_async.runs.upload import Batches
    from arize_async.transport.flight import FlightTransport

log = logging.getLogger("arize_async.runs")
FIELDS = ExperimentTaskFieldNames(output="output", example_id="example_id")


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


class FlightSink:
    """Creates the experiment first, so that spans carry its id, and uploads in one stream."""

    stores = True

    def __init__(self, flight: FlightTransport, experiments: ExperimentsResource, dataset: Dataset, name: str) -> None:
        """Bind the experiment's name and dataset."""
        self._flight, self._experiments = flight, experiments
        self._dataset, self._name = dataset, name
        self._experiment_id = ""
        self._experiment: Experiment | None = None

    async def open(self, earlier: Header | None) -> Opened:
        """Create the experiment, or go on with the one that an interrupted run has created.

        Raises:
            Conflict: The dataset has an experiment of this name.
        """
        if earlier is not None and (opened := await self._reopened(earlier)):
            return opened
        dataset = self._dataset
        created = await self._flight.init_experiment(space_id=dataset.space_id, dataset_id=dataset.id, name=self._name)
        self._experiment_id = created.experiment_id
        version = next(iter(dataset.versions or []), None)
        self._experiment = Experiment(
            id=created.experiment_id,
            name=self._name,
            space_id=dataset.space_id,
            dataset_id=dataset.id,
            dataset_version_id=version and version.id,
        )
        return Opened(created.experiment_id, created.trace_model_name, self._experiment.dataset_version_id)

    async def upload(self, batches: Batches) -> None:
        """Send the runs."""
        dataset = self._dataset
        reader = pa.RecordBatchReader.from_batches(batches.schema, iter(batches))
        self._experiment_id = await self._flight.upload_runs(
            space_id=dataset.space_id, dataset_id=dataset.id, name=self._name, data=reader
        )

    async def stored(self) -> Stored:
        """Read which runs the experiment has."""
        found, rows = set[str](), 0
        async with self._flight.read_runs(self._dataset.space_id, self._experiment_id) as stream:
            async for batch in stream:
                rows += batch.num_rows
                name = TRACE_ID if TRACE_ID in batch.schema.names else "id"
                found.update(str(run) for run in batch.column(name).to_pylist())
        return Stored(frozenset(found), rows)

    async def any_stored(self) -> int:
        """Look at one run."""
        return len((await self._experiments.list_runs(experiment=self._experiment_id, limit=1)).experiment_runs)

    async def experiment(self) -> Experiment:
        """Fetch the experiment; what is known of it does when that fails."""
        try:
            return await self._experiments.get(experiment=self._experiment_id)
        except ArizeError:
            if self._experiment is None:
                raise
            log.warning("the runs of %r are stored; the experiment could not be fetched afterwards", self._name)
            return self._experiment

    async def discard(self) -> None:
        """Delete the experiment, unless an upload whose answer was lost has filled it."""
        if not self._experiment_id:
            return
        with suppress(NotFound):
            await self._delete_if_empty(self._experiment_id)

    async def _reopened(self, earlier: Header) -> Opened | None:
        """Return what an interrupted run has created; one that was killed before it noted that has left it empty."""
        try:
            found = await self._experiments.get(
                experiment=earlier.experiment_id or self._name,
                dataset=None if earlier.experiment_id else self._dataset.id,
            )
        except NotFound:
            return None
        if earlier.experiment_id and earlier.project:
            self._experiment_id, self._experiment = found.id, found
            return Opened(found.id, earlier.project, found.dataset_version_id)
        await self._delete_if_empty(found.id)
        return None

    async def _delete_if_empty(self, experiment_id: str) -> None:
        page = await self._experiments.list_runs(experiment=experiment_id, limit=1)
        if not page.experiment_runs:
            await self._experiments.delete(experiment=experiment_id)


class RestSink:
    """Creates the experiment together with its first runs."""

    stores = True

    def __init__(self, experiments: ExperimentsResource, dataset: Dataset, name: str, max_megabytes: float) -> None:
        """Bind the experiment's name and dataset; a request has at most so many MiB where it has several rows."""
        self._experiments, self._dataset, self._name = experiments, dataset, name
        self._max_megabytes = max_megabytes
        self._experiment: Experiment | None = None

    async def open(self, earlier: Header | None) -> Opened:
        """Make sure that the name is free, or that an interrupted run has begun to upload.

        Raises:
            Conflict: The dataset has an experiment of this name.
        """
        opened = Opened("experiment_id_for_http_run", "traces_for_http_run")
        found = await self._found()
        if found is None or (earlier is not None and earlier.state == "uploading"):
            return opened
        if earlier is not None and earlier.experiment_id == found.id:  # the interrupted run went over Flight
            self._experiment = found
            return opened
        raise Conflict(
            f"the dataset has an experiment named {self._name!r} already", status=409, title="Resource conflict"
        )

    async def upload(self, batches: Batches) -> None:
        """Create the experiment with up to 1,000 runs and append the others."""
        writer = PartWriter(self._max_megabytes, lambda _: ())
        await writer.send(upload_rows(batches), self._send)

    async def stored(self) -> Stored:
        """Read which runs the experiment has; there is none before the first upload."""
        self._experiment = await self._found()
        if self._experiment is None:
            return Stored()
        page = await self._experiments.list_runs(experiment=self._experiment.id, limit=500)
        found = [str(run.additional_properties.get(TRACE_ID, run.id)) async for run in page]
        return Stored(frozenset(found), len(found))

    async def any_stored(self) -> int:
        """Look at one run."""
        experiment = await self.experiment()
        return len((await self._experiments.list_runs(experiment=experiment.id, limit=1)).experiment_runs)

    async def experiment(self) -> Experiment:
        """Return the experiment."""
        assert self._experiment is not None
        return self._experiment

    async def discard(self) -> None:
        """Do nothing: there is no experiment before the upload."""

    async def _found(self) -> Experiment | None:
        try:
            return await self._experiments.get(experiment=self._name, dataset=self._dataset.id)
        except NotFound:
            return None

    async def _send(self, rows: list[dict[str, object]]) -> Experiment:
        if self._experiment is None:
            self._experiment = await self._experiments.create(
                name=self._name, dataset=self._dataset.id, experiment_runs=rows, task_fields=FIELDS, force_http=True
            )
        else:
            await self._experiments.append_runs(experiment=self._experiment.id, experiment_runs=rows)
        return self._experiment
