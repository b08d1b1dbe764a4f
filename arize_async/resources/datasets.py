"""Datasets and their examples (wire contract 2.2 and 7.7)."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from attrs import evolve

from arize_async.errors import ArizeError, IncompleteWrite
from arize_async.models.dataset import Dataset, DatasetVersionWithExampleIds, DeleteDatasetExamplesResponse
from arize_async.models.requests import (
    MAX_PAGE,
    AnnotateRecords,
    CreateDataset,
    InsertExamples,
    RenameDataset,
    SearchExamples,
)
from arize_async.models.rules import MAX_ROWS
from arize_async.pre_releases import pre_release
from arize_async.resources.annotation_configs import space_filter
from arize_async.resources.base import Resource, check, check_limit
from arize_async.resources.choice import check_column, check_ids, check_rest, filled, off_loop, open_rows, rest_rows
from arize_async.resources.parts import Part, PartWriter
from arize_async.responses.lists import ListDatasetsResponse
from arize_async.responses.tables import ListDatasetExamplesResponse
from arize_async.wire import paths

if TYPE_CHECKING:
    import os
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from arize_async.cache.examples import ExampleReader
    from arize_async.models.annotation import AnnotateRecordInput
    from arize_async.resources.names import Names
    from arize_async.resources.rows import Rows, Source
    from arize_async.transport.flight import FlightTransport
    from arize_async.transport.http import HttpTransport


class DatasetsClient(Resource):
    """Operations on datasets."""

    def __init__(self, http: HttpTransport, flight: FlightTransport, names: Names, *, examples: ExampleReader) -> None:
        """Share the transports, the name resolution and the cached examples of a client."""
        super().__init__(http, flight, names)
        self._examples = examples

    @pre_release("datasets.list")
    async def list(
        self,
        *,
        name: str | None = None,
        space: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ListDatasetsResponse:
        """List datasets, the newest first.

        Args:
            name: Only those whose name contains this text, in any case.
            space: Id of a space, or text that the space's name contains.
            limit: Items a page, 1 to 100.
            cursor: Where to go on; ``pagination.next_cursor`` of the page before.

        Returns:
            A page; iterate over it to walk through all that follow.

        Raises:
            ApiError: The server refused.
        """
        check_limit(limit)
        scope = space_filter(space)
        return await self._list(ListDatasetsResponse, paths.DATASETS, cursor, **scope, name=name, limit=limit)

    @pre_release("datasets.create")
    async def create(self, *, name: str, space: str, examples: Rows, force_http: bool = False) -> Dataset:
        """Create a dataset.

        Up to 1,000 examples whose JSON is no larger than ``max_http_payload_size_mb`` travel over REST, more of them,
        larger ones, and files over Flight. Over REST, rows hold neither ``id`` nor ``created_at`` nor ``updated_at``.

        Args:
            name: Unique in the space.
            space: Id or name.
            examples: A list of dicts, any data frame, or paths of Parquet, Arrow or Feather files or of directories
                of them. Lazy frames, streams and files are read as they are sent.
            force_http: Use REST whatever the size.

        Returns:
            The dataset with its first version.

        Raises:
            InvalidRows: There are no rows, or they cannot be stored; nothing was sent.
            InvalidInput: ``force_http`` with files or with more than 1,000 rows.
            Conflict: The name is taken.
            ApiError: The server refused.
        """
        check(RenameDataset, name=name)
        source = await open_rows(examples)
        if force_http:
            check_rest(source, "leave out force_http, or split the rows")
        space_id = await self._names.space_id(space)
        rows = await rest_rows(source, None, None if force_http else self._config.max_http_payload_size_mb)
        if rows is not None:
            body = check(CreateDataset, name=name, space_id=space_id, examples=rows)
            return await self._send(Dataset, "POST", paths.DATASETS, body, expect=(201,))
        return await self._create_over_flight(source, name, space_id)

    @pre_release("datasets.get")
    async def get(self, *, dataset: str, space: str | None = None) -> Dataset:
        """Return a dataset with its versions.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.

        Raises:
            NotFound: There is none.
            AmbiguousName: Several have this name.
        """
        return await self._get(Dataset, await self._path(paths.DATASET, dataset, space))

    @pre_release("datasets.update")
    async def update(self, *, dataset: str, space: str | None = None, name: str) -> Dataset:
        """Rename a dataset.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            name: New name, unique in the space.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.
        """
        body = check(RenameDataset, name=name)
        return await self._send(Dataset, "PATCH", await self._path(paths.DATASET, dataset, space), body)

    @pre_release("datasets.delete")
    async def delete(self, *, dataset: str, space: str | None = None) -> None:
        """Delete a dataset with its experiments.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.

        Raises:
            NotFound: There is none.
            ApiError: The server refused.
        """
        await self._http.request("DELETE", await self._path(paths.DATASET, dataset, space), expect=(204,))

    @pre_release("datasets.list_examples")
    async def list_examples(
        self,
        *,
        dataset: str,
        space: str | None = None,
        dataset_version_id: str | None = None,
        filter: str | None = None,  # noqa: A002 - the official name
        limit: int = 50,
        cursor: str | None = None,
        all: bool = False,  # noqa: A002 - the official name
    ) -> ListDatasetExamplesResponse:
        """List the examples of a dataset.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            dataset_version_id: Id of a version; by default the latest.
            filter: Condition such as ``year < 1900``; a blank one counts as none.
            limit: Items a page, 1 to 500.
            cursor: Where to go on; ``pagination.next_cursor`` of the page before.
            all: Read all examples at once, from the cache or over Flight; with a filter, all pages over REST. ``limit``
                and ``cursor`` have no meaning then. The examples stay Arrow data until somebody asks for objects.

        Returns:
            A page; iterate over it to walk through all that follow.

        Raises:
            UnprocessableEntity: The filter cannot be understood.
            ApiError: The server refused.
        """
        given_filter = filter if filter and filter.strip() else None
        most = {"limit": MAX_PAGE} if all else {"limit": limit, "cursor": cursor}
        body = check(SearchExamples, filter=given_filter, **most, dataset_version_id=dataset_version_id or None)
        dataset_id = await self._names.dataset_id(dataset, space)
        if all and not given_filter:
            return await self._all_examples(dataset_id, dataset_version_id or "")
        path = paths.fill(paths.DATASET_EXAMPLES_SEARCH, dataset_id=dataset_id)
        if all:
            return await self._search_all(ListDatasetExamplesResponse, path, body)
        return await self._search(ListDatasetExamplesResponse, path, body)

    @pre_release("datasets.append_examples")
    async def append_examples(
        self, *, dataset: str, space: str | None = None, dataset_version_id: str = "", examples: Rows
    ) -> DatasetVersionWithExampleIds:
        """Add examples to a version of a dataset.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            dataset_version_id: Id of a version; by default the latest.
            examples: Rows in any form, without ``id``, ``created_at`` and ``updated_at``. More than 1,000, or more than
                ``max_http_payload_size_mb`` of JSON, are sent as several requests, one after the other.

        Returns:
            The dataset, and the ids of the new examples in the order of the input.

        Raises:
            InvalidRows: The rows cannot be sent.
            IncompleteWrite: A request failed after others had succeeded; it has the ids of the new examples.
            ApiError: The server refused.
        """
        source = await open_rows(examples)
        path = await self._path(paths.DATASET_EXAMPLES, dataset, space)
        version = dataset_version_id

        async def append(rows: Part) -> DatasetVersionWithExampleIds:
            nonlocal version
            body = check(InsertExamples, examples=rows)
            query = {"dataset_version_id": version}
            answer = await self._send(DatasetVersionWithExampleIds, "POST", path, body, query=query, expect=(201,))
            version = (
                answer.dataset_version_id or version
            )  # what follows belongs to the same version, whatever others do
            return answer

        return await self._write(source.parts(), append)

    @pre_release("datasets.update_examples")
    async def update_examples(
        self,
        *,
        dataset: str,
        space: str | None = None,
        dataset_version_id: str = "",
        examples: Rows,
        new_version: str | None = None,
    ) -> DatasetVersionWithExampleIds:
        """Change examples; what a row does not have stays as it is, an unknown id is passed over.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            dataset_version_id: Id of a version; by default the latest.
            examples: Rows in any form, each with its ``id``. More than 1,000, or more than
                ``max_http_payload_size_mb`` of JSON, are sent as several requests, one after the other.
            new_version: Name of a new version that gets the change; by default it happens in place.

        Returns:
            The dataset, and the ids of the changed examples in the order of the input.

        Raises:
            InvalidRows: The rows cannot be sent, or one has no ``id``.
            IncompleteWrite: A request failed after others had succeeded; it has the ids of the examples that were
                changed. Doing it again is safe, except that ``new_version`` is there already.
            ApiError: The server refused.
        """
        source = await open_rows(examples)
        check_column(source, "id")
        path = await self._path(paths.DATASET_EXAMPLES, dataset, space)
        version, name = dataset_version_id, new_version

        async def update(rows: Part) -> DatasetVersionWithExampleIds:
            nonlocal version, name
            body: dict[str, object] = {"examples": rows, **({"new_version": name} if name else {})}
            query = {"dataset_version_id": version}
            answer = await self._send(DatasetVersionWithExampleIds, "PATCH", path, body, query=query)
            version, name = (
                answer.dataset_version_id or version,
                None,
            )  # what follows belongs to the version that was just made
            return answer

        return await self._write(filled(source.parts(), "id"), update)

    @pre_release("datasets.delete_examples")
    async def delete_examples(
        self, *, dataset: str, space: str | None = None, dataset_version_id: str, examples: Sequence[str]
    ) -> DeleteDatasetExamplesResponse:
        """Delete examples from a version; doing it again is safe.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            dataset_version_id: Id of the version.
            examples: Ids, each once. More than 1,000 are sent as several requests, one after the other.

        Returns:
            Which examples were deleted, and whether nothing is left to do.

        Raises:
            InvalidInput: No id, or one twice.
            IncompleteWrite: A request failed after others had succeeded; it has the ids of the deleted examples.
            ApiError: The server refused.
        """
        ids = check_ids(examples)
        path = await self._path(paths.DATASET_EXAMPLES, dataset, space)
        answers: builtins.list[DeleteDatasetExamplesResponse] = []
        for start in range(0, len(ids), MAX_ROWS):
            body = {"dataset_version_id": dataset_version_id, "example_ids": ids[start : start + MAX_ROWS]}
            try:
                answers.append(await self._send(DeleteDatasetExamplesResponse, "DELETE", path, body))
            except ArizeError as error:
                if not answers:
                    raise
                raise IncompleteWrite(start, _joined(answers).deleted_example_ids) from error
        return _joined(answers)

    @pre_release("datasets.annotate_examples")
    async def annotate_examples(
        self,
        *,
        dataset: str,
        space: str | None = None,
        annotations: Sequence[AnnotateRecordInput | Mapping[str, object]],
    ) -> None:
        """Write human annotations of examples; one of the same name is replaced.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            annotations: 1 to 1,000 records; ``record_id`` is the id of an example, unknown ones are passed over.

        Raises:
            InvalidInput: The annotations cannot be sent.
            UnprocessableEntity: A name is no annotation config of the space.
            ApiError: The server refused.
        """
        body = check(AnnotateRecords, annotations=builtins.list(annotations))
        path = await self._path(paths.DATASET_EXAMPLES_ANNOTATE, dataset, space)
        await self._http.request("POST", path, body=body, expect=(202, 200))

    async def export_to_parquet(
        self,
        *,
        dataset: str,
        space: str | None = None,
        dataset_version_id: str = "",
        path: str | os.PathLike[str],
    ) -> None:
        """Write all examples of a dataset to a Parquet file, batch by batch.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            dataset_version_id: Id of a version; by default the latest.
            path: The file; one that exists is replaced once everything is written.

        Raises:
            InvalidInput: The path is a directory, or its directory does not exist.
            ApiError: The server refused.
        """
        from arize_async.resources.parquet import check_target, write_parquet

        target = await check_target(path)
        found = await self.get(dataset=dataset, space=space)
        reading = self._flight.read_dataset(space_id=found.space_id, dataset_id=found.id, version=dataset_version_id)
        async with reading as stream:
            await write_parquet(stream, target)

    async def _path(self, template: str, dataset: str, space: str | None) -> str:
        return paths.fill(template, dataset_id=await self._names.dataset_id(dataset, space))

    async def _all_examples(self, dataset_id: str, version: str) -> ListDatasetExamplesResponse:
        table = await self._examples.table(await self.get(dataset=dataset_id), version)
        return ListDatasetExamplesResponse.from_table(table)

    async def _write(
        self, parts: Iterable[Part], request: Callable[[Part], Awaitable[DatasetVersionWithExampleIds]]
    ) -> DatasetVersionWithExampleIds:
        writer = PartWriter(self._config.max_http_payload_size_mb, lambda answer: answer.example_ids)
        last = await writer.send(parts, request)
        return evolve(last, example_ids=writer.ids)

    async def _create_over_flight(self, source: Source, name: str, space_id: str) -> Dataset:
        from arize_async.resources.example_columns import ExampleColumns

        reader = await off_loop(lambda: source.reader(ExampleColumns(id_first=source.in_files)))
        created = await self._flight.create_dataset(space_id=space_id, name=name, data=reader)
        return await self.get(dataset=created)


def _joined(answers: Sequence[DeleteDatasetExamplesResponse]) -> DeleteDatasetExamplesResponse:
    """Return the answers of several requests as one."""
    deleted = [each for answer in answers for each in answer.deleted_example_ids]
    left = [each for answer in answers for each in answer.not_deleted_example_ids]
    is_completed = all(answer.completed for answer in answers)
    return evolve(answers[-1], completed=is_completed, deleted_example_ids=deleted, not_deleted_example_ids=left)
