"""Results by Flight: the way of the platform."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa

from arize_async.errors import ArizeError, NotFound
from arize_async.models.experiment import Experiment
from arize_async.runs.sink import TRACE_ID, Opened, Stored

if TYPE_CHECKING:
    from arize_async.journal.header import Header
    from arize_async.models.dataset import Dataset
    from arize_async.resources.experiments import ExperimentsResource
    from arize_async.runs.sink import Batches
    from arize_async.transport.flight import FlightTransport

log = logging.getLogger("arize_async.runs")


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
