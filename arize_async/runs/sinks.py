"""Where the results of a run go: Flight, REST, or nowhere."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from arize_async.errors import ArizeError, Conflict, NotFound
from arize_async.models.run import ExperimentTaskFieldNames
from arize_async.resources.parts import request_parts
from arize_async.runs.upload import upload_rows, upload_table

if TYPE_CHECKING:
    import polars as pl

    from arize_async.models.dataset import Dataset
    from arize_async.models.experiment import Experiment
    from arize_async.resources.experiments import ExperimentsResource
    from arize_async.transport.flight import FlightTransport

log = logging.getLogger("arize_async.runs")
FIELDS = ExperimentTaskFieldNames(output="output", example_id="example_id")


@frozen
class Opened:
    """A sink that is ready for results.

    Attributes:
        experiment_id: Goes on the spans.
        project: The project that the spans belong to.
        dataset_version_id: The version that the experiment is bound to, when the server said so.
    """

    experiment_id: str
    project: str
    dataset_version_id: str | None = None


class Sink(Protocol):
    """Where results go."""

    async def open(self) -> Opened:
        """Make sure that the results can be taken; afterwards the name is the run's."""
        ...

    async def upload(self, frame: pl.DataFrame) -> Experiment | None:
        """Store the results and return the experiment."""
        ...

    async def discard(self) -> None:
        """Give the name free again; called when the run ended without results."""
        ...


class DrySink:
    """Keeps nothing: the identifiers are those of the official SDK (wire contract 6.1)."""

    async def open(self) -> Opened:
        """Return synthetic identifiers."""
        return Opened("experiment_id_for_dry_run", "traces_for_dry_run")

    async def upload(self, frame: pl.DataFrame) -> None:
        """Keep nothing."""

    async def discard(self) -> None:
        """Do nothing."""


class FlightSink:
    """Creates the experiment first, so that spans carry its id, and uploads in one stream."""

    def __init__(self, flight: FlightTransport, experiments: ExperimentsResource, dataset: Dataset, name: str) -> None:
        """Bind the experiment's name and dataset."""
        self._flight, self._experiments = flight, experiments
        self._dataset, self._name = dataset, name
        self._experiment_id = ""
        self._experiment: Experiment | None = None

    async def open(self) -> Opened:
        """Create the experiment.

        Raises:
            Conflict: The dataset has an experiment of this name.
        """
        dataset = self._dataset
        created = await self._flight.init_experiment(space_id=dataset.space_id, dataset_id=dataset.id, name=self._name)
        self._experiment_id = created.experiment_id
        self._experiment = await self._experiments.get(experiment=created.experiment_id)
        return Opened(created.experiment_id, created.trace_model_name, self._experiment.dataset_version_id)

    async def upload(self, frame: pl.DataFrame) -> Experiment:
        """Send the frame and fetch the experiment; everything is stored even if the second step fails."""
        dataset = self._dataset
        experiment_id = await self._flight.upload_runs(
            space_id=dataset.space_id, dataset_id=dataset.id, name=self._name, data=upload_table(frame)
        )
        try:
            return await self._experiments.get(experiment=experiment_id)
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
            page = await self._experiments.list_runs(experiment=self._experiment_id, limit=1)
            if not page.experiment_runs:
                await self._experiments.delete(experiment=self._experiment_id)


class RestSink:
    """Creates the experiment together with its first runs."""

    def __init__(self, experiments: ExperimentsResource, dataset: Dataset, name: str, max_bytes: float) -> None:
        """Bind the experiment's name and dataset; a request has at most so many bytes where it has several rows."""
        self._experiments, self._dataset, self._name = experiments, dataset, name
        self._max_bytes = max_bytes

    async def open(self) -> Opened:
        """Make sure that the name is free.

        Raises:
            Conflict: The dataset has an experiment of this name.
        """
        try:
            await self._experiments.get(experiment=self._name, dataset=self._dataset.id)
        except NotFound:
            return Opened("experiment_id_for_http_run", "traces_for_http_run")
        raise Conflict(
            f"the dataset has an experiment named {self._name!r} already", status=409, title="Resource conflict"
        )

    async def upload(self, frame: pl.DataFrame) -> Experiment:
        """Create the experiment with up to 1,000 runs and append the others."""
        first, *others = request_parts(upload_rows(frame), self._max_bytes)
        experiment = await self._experiments.create(
            name=self._name,
            dataset=self._dataset.id,
            experiment_runs=first,
            task_fields=FIELDS,
            force_http=True,
        )
        for part in others:
            await self._experiments.append_runs(experiment=experiment.id, experiment_runs=part)
        return experiment

    async def discard(self) -> None:
        """Do nothing: there is no experiment before the upload."""
