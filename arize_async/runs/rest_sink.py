"""Results by REST, for networks that let no gRPC through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import Conflict, NotFound
from arize_async.models.run import ExperimentTaskFieldNames
from arize_async.resources.parts import PartWriter
from arize_async.results.frame import FAILED
from arize_async.runs.sink import TRACE_ID, Opened, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from arize_async.journal.header import Header
    from arize_async.models.dataset import Dataset
    from arize_async.models.experiment import Experiment
    from arize_async.resources.experiments import ExperimentsResource
    from arize_async.runs.sink import Batches

FIELDS = ExperimentTaskFieldNames(output="output", example_id="example_id")
NULL_OUTPUT = "null"
"""REST takes no null output (wire contract 2.1): a task that returned None is sent as JSON null."""
_CHUNK_ROWS = 500


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


def upload_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[list[dict[str, object]]]:
    """Yield rows for REST: ``output`` is always text; iterating blocks."""
    for batch in batches:
        for start in range(0, batch.num_rows, _CHUNK_ROWS):
            rows = batch.slice(start, _CHUNK_ROWS).to_pylist()
            for row in rows:
                if row["output"] is None:
                    row["output"] = "" if row["execution_status"] == FAILED else NULL_OUTPUT
            yield rows
