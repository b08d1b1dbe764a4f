"""Recording an experiment that was run elsewhere, over the transport that takes its rows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio

from arize_async.errors import ArizeError, InvalidRows
from arize_async.models.dataset import Dataset
from arize_async.models.experiment import Experiment
from arize_async.models.requests import CreateExperiment, SearchRuns
from arize_async.resources.base import Resource, check
from arize_async.resources.choice import check_filled, check_rest, off_loop, rest_rows
from arize_async.resources.run_columns import with_example_ids
from arize_async.responses.tables import ListExperimentRunsResponse
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.resources.rows import Source
    from arize_async.resources.run_columns import RunColumns


class Recording(Resource):
    """Creates experiments with their runs; over REST they are written whole or not at all."""

    async def on_dataset(
        self, name: str, dataset: str, space: str | None, source: Source, columns: RunColumns, *, force_http: bool
    ) -> Experiment:
        """Create an experiment on a dataset, over REST where its rows fit and else over Flight.

        Raises:
            InvalidRows: The rows have no example ids.
            InvalidInput: REST alone is wanted and the rows do not fit it.
            Conflict: The name is taken.
            ApiError: The server refused.
        """
        if not columns.has_example_ids:
            raise InvalidRows(
                "an experiment on a dataset needs example ids: name their column", path="task_fields.example_id"
            )
        if force_http:
            check_rest(source, "leave out force_http, or split the rows")
        dataset_id = await self._names.dataset_id(dataset, space)
        bound = None if force_http else self._config.max_http_payload_size_mb
        rows = await rest_rows(source, columns, bound)
        if rows is not None:
            check_filled(rows, "example_id")
            if force_http or all(row["output"] is not None for row in rows):
                return await self.over_rest(name, {"dataset_id": dataset_id}, rows)
        return await self._over_flight(name, dataset_id, source, columns)

    async def over_rest(self, name: str, scope: Mapping[str, str], rows: list[dict[str, object]]) -> Experiment:
        """Create an experiment in one request; ``scope`` has the id of its dataset, or of its space.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.
        """
        body = check(CreateExperiment, name=name, **scope, experiment_runs=without_missing_outputs(rows))
        return await self._send(Experiment, "POST", paths.EXPERIMENTS, body, expect=(201,))

    async def _over_flight(self, name: str, dataset_id: str, source: Source, columns: RunColumns) -> Experiment:
        dataset = await self._get(Dataset, paths.fill(paths.DATASET, dataset_id=dataset_id))
        reader = await off_loop(lambda: with_example_ids(source.reader(columns)))
        place = {"space_id": dataset.space_id, "dataset_id": dataset_id, "name": name}
        announced = await self._flight.init_experiment(**place)
        try:
            uploaded = await self._flight.upload_runs(**place, data=reader)
        except BaseException:
            with anyio.move_on_after(self._config.timeouts.close, shield=True):
                await self._delete_if_empty(announced.experiment_id)
            raise
        path = paths.fill(paths.EXPERIMENT, experiment_id=uploaded)
        return await self._get_created(Experiment, path, f"experiment {uploaded}")

    async def _delete_if_empty(self, experiment_id: str) -> None:
        """Free the name of an experiment that got no runs, so that the call can be made again."""
        runs = paths.fill(paths.EXPERIMENT_RUNS_SEARCH, experiment_id=experiment_id)
        with suppress(ArizeError):
            found = await self._search(ListExperimentRunsResponse, runs, check(SearchRuns, limit=1))
            if not found.experiment_runs:
                path = paths.fill(paths.EXPERIMENT, experiment_id=experiment_id)
                await self._http.request("DELETE", path, expect=(204,))


def without_missing_outputs(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows as REST takes them: an output is a string there."""
    return [{**row, "output": ""} if row["output"] is None else row for row in rows]
