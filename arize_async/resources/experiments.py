"""Experiments and their runs (wire contract 2.1 and 7.1 to 7.6)."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from attrs import evolve

from arize_async.errors import InvalidInput
from arize_async.models.experiment import Experiment, ExperimentWithRunIds
from arize_async.models.requests import MAX_PAGE, AnnotateRecords, AppendRuns, SearchRuns
from arize_async.models.rules import check_name
from arize_async.models.run import ExperimentRunInput, ExperimentTaskFieldNames
from arize_async.resources.base import Resource, check, check_limit
from arize_async.resources.choice import argument, check_rest, open_rows, rest_rows
from arize_async.resources.operations import operation
from arize_async.resources.parts import PartWriter
from arize_async.resources.recording import Recording, without_missing_outputs
from arize_async.resources.run_columns import RunColumns, appended_rows
from arize_async.responses.lists import ListExperimentsResponse
from arize_async.responses.tables import ListExperimentRunsResponse
from arize_async.wire import paths

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from arize_async.models.annotation import AnnotateRecordInput
    from arize_async.models.evaluation import EvaluationResultFieldNames
    from arize_async.resources.rows import Rows


class ExperimentsResource(Resource):
    """Operations on experiments that are recorded, beside running new ones."""

    @operation("experiments.list")
    async def list(
        self,
        *,
        dataset: str | None = None,
        space: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ListExperimentsResponse:
        """List experiments: of a dataset, else of a space, else all that the API key can read.

        Args:
            dataset: Id or name.
            space: Id or name; beside ``dataset`` it is only where the dataset's name is looked up.
            limit: Items a page, 1 to 100.
            cursor: Where to go on; ``pagination.next_cursor`` of the page before.

        Returns:
            A page; iterate over it to walk through all that follow.

        Raises:
            NotFound: There is no such dataset or space.
            ApiError: The server refused.

        Example:
            >>> page = await client.experiments.list(dataset="inventions")
            >>> [experiment.name async for experiment in page]
            ['first']
        """
        check_limit(limit)
        scope = await self._names.scope(dataset, space)
        return await self._list(ListExperimentsResponse, paths.EXPERIMENTS, cursor, **scope, limit=limit)

    @operation("experiments.create")
    async def create(
        self,
        *,
        name: str,
        dataset: str | None = None,
        space: str | None = None,
        experiment_runs: Rows,
        task_fields: ExperimentTaskFieldNames,
        evaluator_columns: Mapping[str, EvaluationResultFieldNames] | None = None,
        force_http: bool = False,
    ) -> Experiment:
        """Record an experiment that was run elsewhere.

        The columns that ``task_fields`` and ``evaluator_columns`` name are renamed to ``example_id``, ``output`` and
        ``eval.<evaluator>.<field>``; all other columns are kept. Outputs become text, JSON where they are not text.

        Up to 1,000 runs whose JSON is no larger than ``max_http_payload_size_mb`` travel over REST, more of them,
        larger ones, files, and runs without an output over Flight. REST knows no missing output: where it is the only
        way, such an output is an empty string.

        Args:
            name: Unique among the experiments of the dataset, or of the space; 1 to 255 characters without ``"`` and
                backslash.
            dataset: Id or name of the dataset that the runs belong to.
            space: Id or name of the space of a standalone experiment; beside ``dataset`` it is only where the
                dataset's name is looked up.
            experiment_runs: A list of dicts, any data frame, or paths of Parquet, Arrow or Feather files or of
                directories of them. Lazy frames, streams and files are read as they are sent.
            task_fields: Which columns hold the output and the example id.
            evaluator_columns: Which columns hold each evaluator's results.
            force_http: Use REST whatever the size.

        Raises:
            InvalidRows: There are no rows, or a column is missing; nothing was sent.
            InvalidInput: Neither dataset nor space, or REST is the only way and the rows do not fit it.
            Conflict: The name is taken.
            ApiError: The server refused.

        Example:
            >>> from arize_async.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
            >>> page = await client.datasets.list_examples(dataset="inventions")
            >>> rows = [{"example": example.id, "answer": "Nobel", "points": 0.5} for example in page.examples]
            >>> experiment = await client.experiments.create(
            ...     name="by hand",
            ...     dataset="inventions",
            ...     experiment_runs=rows,
            ...     task_fields=ExperimentTaskFieldNames(example_id="example", output="answer"),
            ...     evaluator_columns={"exactness": EvaluationResultFieldNames(score="points")},
            ... )
            >>> experiment.name
            'by hand'
        """
        check_name(name)
        if not dataset and not space:
            raise InvalidInput("give 'dataset' for an experiment on a dataset, or 'space' for a standalone experiment")
        recording = Recording(self._http, self._flight, self._names)
        with argument("experiment_runs"):
            source = await open_rows(experiment_runs)
            columns = RunColumns(source.names, task_fields, evaluator_columns)
            if not dataset:
                check_rest(source, "an experiment without a dataset travels over REST only; split the rows")
                scope = {"space_id": await self._names.space_id(space or "")}
                return await recording.over_rest(name, scope, await rest_rows(source, columns, None) or [])
            return await recording.on_dataset(name, dataset, space, source, columns, force_http=force_http)

    @operation("experiments.get")
    async def get(self, *, experiment: str, dataset: str | None = None, space: str | None = None) -> Experiment:
        """Return an experiment.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.

        Raises:
            NotFound: There is none.
            AmbiguousName: Several have this name.

        Example:
            >>> experiment = await client.experiments.get(experiment="first", dataset="inventions")
            >>> experiment.name
            'first'
        """
        return await self._get(Experiment, await self._path(paths.EXPERIMENT, experiment, dataset, space))

    @operation("experiments.delete")
    async def delete(self, *, experiment: str, dataset: str | None = None, space: str | None = None) -> None:
        """Delete an experiment with its runs, for good.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.

        Raises:
            NotFound: There is none.
            AmbiguousName: Several have this name.

        Example:
            >>> await client.experiments.delete(experiment="first", dataset="inventions")
        """
        path = await self._path(paths.EXPERIMENT, experiment, dataset, space)
        await self._http.request("DELETE", path, expect=(204,))

    @operation("experiments.list_runs")
    async def list_runs(
        self,
        *,
        experiment: str,
        dataset: str | None = None,
        space: str | None = None,
        filter: str | None = None,  # noqa: A002 - the official name
        limit: int = 50,
        cursor: str | None = None,
        all: bool = False,  # noqa: A002 - the official name
    ) -> ListExperimentRunsResponse:
        """List the runs of an experiment.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.
            filter: Condition such as ``eval.correct.score < 0.5 AND output contains 'Paris'``.
            limit: Items a page, 1 to 500.
            cursor: Where to go on; ``pagination.next_cursor`` of the page before. Keep ``filter`` the same.
            all: Read all runs at once: over Flight, or, with a filter, all pages over REST. ``limit`` and ``cursor``
                have no meaning then. The runs stay Arrow data until somebody asks for objects.

        Returns:
            A page; iterate over it to walk through all that follow.

        Raises:
            BadRequest: The filter is blank.
            UnprocessableEntity: The filter cannot be understood.
            ApiError: The server refused.

        Example:
            >>> page = await client.experiments.list_runs(
            ...     experiment="first", dataset="inventions", filter="eval.exactness.score < 1"
            ... )
            >>> [run.output async for run in page]
            ['Pianist']
            >>> everything = await client.experiments.list_runs(experiment="first", dataset="inventions", all=True)
            >>> everything.to_df()["output"].to_list()
            ['Alfred Nobel', 'Pianist']
        """
        if all and filter is None:
            return await self._all_runs(await self.get(experiment=experiment, dataset=dataset, space=space))
        most = {"limit": MAX_PAGE} if all else {"limit": limit, "cursor": cursor}
        body = check(SearchRuns, filter=filter, **most)
        path = await self._path(paths.EXPERIMENT_RUNS_SEARCH, experiment, dataset, space)
        if all:
            return await self._search_all(ListExperimentRunsResponse, path, body)
        return await self._search(ListExperimentRunsResponse, path, body)

    @operation("experiments.append_runs")
    async def append_runs(
        self,
        *,
        experiment: str,
        dataset: str | None = None,
        space: str | None = None,
        experiment_runs: Rows | Sequence[ExperimentRunInput],
    ) -> ExperimentWithRunIds:
        """Add runs to an experiment.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.
            experiment_runs: Runs in any form, or as objects, with ``output`` and, in an experiment on a dataset,
                ``example_id``; all other columns are kept. More than 1,000, or more than ``max_http_payload_size_mb``
                of JSON, are sent as several requests, one after the other.

        Returns:
            The experiment, and the ids of the new runs in the order of the input.

        Raises:
            InvalidRows: The rows cannot be sent, or have no ``output``.
            IncompleteWrite: A request failed after others had succeeded; it has the ids of the runs that were added.
            ApiError: The server refused.

        Example:
            >>> examples = (await client.datasets.list_examples(dataset="inventions")).examples
            >>> extended = await client.experiments.append_runs(
            ...     experiment="first",
            ...     dataset="inventions",
            ...     experiment_runs=[{"example_id": examples[0].id, "output": "Nobel", "model": "m2"}],
            ... )
            >>> len(extended.run_ids)
            1
        """
        with argument("experiment_runs"):
            source = await open_rows(appended_rows(experiment_runs))
            fields = ExperimentTaskFieldNames(
                output="output", example_id="example_id" if "example_id" in source.names else None
            )
            columns = RunColumns(source.names, fields)
            path = await self._path(paths.EXPERIMENT_RUNS, experiment, dataset, space)

            async def append(rows: builtins.list[dict[str, object]]) -> ExperimentWithRunIds:
                body = check(AppendRuns, experiment_runs=without_missing_outputs(rows))
                return await self._send(ExperimentWithRunIds, "POST", path, body, expect=(201,))

            writer = PartWriter(self._config.max_http_payload_size_mb, lambda answer: answer.run_ids)
            last = await writer.send(source.parts(columns), append)
            return evolve(last, run_ids=writer.ids)

    @operation("experiments.annotate_runs")
    async def annotate_runs(
        self,
        *,
        experiment: str,
        dataset: str | None = None,
        space: str | None = None,
        annotations: Sequence[AnnotateRecordInput | Mapping[str, object]],
    ) -> None:
        """Write human annotations of runs; one of the same name is replaced.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.
            annotations: 1 to 1,000 records; ``record_id`` is the id of a run, unknown ones are passed over.

        Raises:
            InvalidInput: The annotations cannot be sent.
            UnprocessableEntity: A name is no annotation config of the space.
            ApiError: The server refused.

        Example:
            >>> from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput
            >>> runs = (await client.experiments.list_runs(experiment="first", dataset="inventions")).experiment_runs
            >>> note = AnnotationInput(name="note", text="checked")
            >>> records = [AnnotateRecordInput(record_id=runs[0].id, values=[note])]
            >>> await client.experiments.annotate_runs(experiment="first", dataset="inventions", annotations=records)
        """
        body = check(AnnotateRecords, annotations=builtins.list(annotations))
        path = await self._path(paths.EXPERIMENT_RUNS_ANNOTATE, experiment, dataset, space)
        await self._http.request("POST", path, body=body, expect=(202, 200))

    @operation()
    async def export_to_parquet(
        self,
        *,
        experiment: str,
        dataset: str | None = None,
        space: str | None = None,
        path: str | os.PathLike[str],
    ) -> None:
        """Write all runs of an experiment to a Parquet file, batch by batch.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.
            path: The file; one that exists is replaced once everything is written.

        Raises:
            InvalidInput: The path is a directory, or its directory does not exist.
            ApiError: The server refused.

        Example:
            >>> await client.experiments.export_to_parquet(
            ...     experiment="first", dataset="inventions", path="runs.parquet"
            ... )
        """
        from arize_async.resources.parquet import check_target, write_parquet

        target = await check_target(path)
        found = await self.get(experiment=experiment, dataset=dataset, space=space)
        async with self._flight.read_runs(space_id=found.space_id, experiment_id=found.id) as stream:
            await write_parquet(stream, target)

    async def _path(self, template: str, experiment: str, dataset: str | None, space: str | None) -> str:
        return paths.fill(template, experiment_id=await self._names.experiment_id(experiment, dataset, space))

    async def _all_runs(self, experiment: Experiment) -> ListExperimentRunsResponse:
        table = await self._flight.runs_table(space_id=experiment.space_id, experiment_id=experiment.id)
        return ListExperimentRunsResponse.from_table(table)
