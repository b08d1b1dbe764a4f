"""Datasets and their examples (wire contract 2.2 and 7.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.models.dataset import Dataset
from arize_async.models.requests import (
    MAX_PAGE,
    CreateDataset,
    RenameDataset,
    SearchExamples,
)
from arize_async.resources.annotation_configs import space_filter
from arize_async.resources.base import check, check_limit
from arize_async.resources.choice import argument, check_rest, off_loop, open_rows, rest_rows
from arize_async.resources.examples import ExamplesResource
from arize_async.resources.operations import operation
from arize_async.responses.lists import ListDatasetsResponse
from arize_async.responses.tables import ListDatasetExamplesResponse
from arize_async.wire import paths

if TYPE_CHECKING:
    import os

    from arize_async.cache.examples import ExampleReader
    from arize_async.resources.names import Names
    from arize_async.resources.rows import Rows, Source
    from arize_async.transport.flight import FlightTransport
    from arize_async.transport.http import HttpTransport


class DatasetsClient(ExamplesResource):
    """Operations on datasets."""

    def __init__(self, http: HttpTransport, flight: FlightTransport, names: Names, *, examples: ExampleReader) -> None:
        """Share the transports, the name resolution and the cached examples of a client."""
        super().__init__(http, flight, names)
        self._examples = examples

    @operation("datasets.list")
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

        Example:
            >>> page = await client.datasets.list(space="default")
            >>> [dataset.name async for dataset in page]
            ['inventions']
        """
        check_limit(limit)
        scope = space_filter(space)
        return await self._list(ListDatasetsResponse, paths.DATASETS, cursor, **scope, name=name, limit=limit)

    @operation("datasets.create")
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

        Example:
            >>> dataset = await client.datasets.create(
            ...     name="capitals", space="default", examples=[{"country": "France"}, {"country": "Peru"}]
            ... )
            >>> dataset.name
            'capitals'
        """
        check(RenameDataset, name=name)
        with argument("examples"):
            source = await open_rows(examples)
            if force_http:
                check_rest(source, "leave out force_http, or split the rows")
            space_id = await self._names.space_id(space)
            rows = await rest_rows(source, None, None if force_http else self._config.max_http_payload_size_mb)
            if rows is not None:
                body = check(CreateDataset, name=name, space_id=space_id, examples=rows)
                return await self._send(Dataset, "POST", paths.DATASETS, body, expect=(201,))
            return await self._create_over_flight(source, name, space_id)

    @operation("datasets.get")
    async def get(self, *, dataset: str, space: str | None = None) -> Dataset:
        """Return a dataset with its versions.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.

        Raises:
            NotFound: There is none.
            AmbiguousName: Several have this name.

        Example:
            >>> dataset = await client.datasets.get(dataset="inventions", space="default")
            >>> len(dataset.versions)
            1
        """
        return await self._get(Dataset, await self._path(paths.DATASET, dataset, space))

    @operation("datasets.update")
    async def update(self, *, dataset: str, space: str | None = None, name: str) -> Dataset:
        """Rename a dataset.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            name: New name, unique in the space.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.

        Example:
            >>> dataset = await client.datasets.update(dataset="inventions", name="great inventions")
            >>> dataset.name
            'great inventions'
        """
        body = check(RenameDataset, name=name)
        return await self._send(Dataset, "PATCH", await self._path(paths.DATASET, dataset, space), body)

    @operation("datasets.delete")
    async def delete(self, *, dataset: str, space: str | None = None) -> None:
        """Delete a dataset with its experiments.

        Args:
            dataset: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.

        Raises:
            NotFound: There is none.
            ApiError: The server refused.

        Example:
            >>> await client.datasets.delete(dataset="inventions")
        """
        await self._http.request("DELETE", await self._path(paths.DATASET, dataset, space), expect=(204,))

    @operation("datasets.list_examples")
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

        Example:
            >>> page = await client.datasets.list_examples(dataset="inventions", limit=100)
            >>> [example.additional_properties["question"] async for example in page]
            ['Who invented dynamite?', 'Who invented the piano?']
        """
        given_filter = filter if filter and filter.strip() else None
        most = {"limit": MAX_PAGE} if all else {"limit": limit, "cursor": cursor}
        body = check(SearchExamples, filter=given_filter, **most, dataset_version_id=dataset_version_id)
        dataset_id = await self._names.dataset_id(dataset, space)
        if all and not given_filter:
            return await self._all_examples(dataset_id, dataset_version_id or "")
        path = paths.fill(paths.DATASET_EXAMPLES_SEARCH, dataset_id=dataset_id)
        if all:
            return await self._search_all(ListDatasetExamplesResponse, path, body)
        return await self._search(ListDatasetExamplesResponse, path, body)

    @operation()
    async def export_to_parquet(
        self,
        *,
        dataset: str,
        space: str | None = None,
        dataset_version_id: str | None = "",
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

        Example:
            >>> await client.datasets.export_to_parquet(dataset="inventions", path="examples.parquet")
        """
        from arize_async.resources.parquet import check_target, write_parquet

        target = await check_target(path)
        found = await self.get(dataset=dataset, space=space)
        version = dataset_version_id or ""
        reading = self._flight.read_dataset(space_id=found.space_id, dataset_id=found.id, version=version)
        async with reading as stream:
            await write_parquet(stream, target)

    async def _all_examples(self, dataset_id: str, version: str) -> ListDatasetExamplesResponse:
        table = await self._examples.table(await self.get(dataset=dataset_id), version)
        return ListDatasetExamplesResponse.from_table(table)

    async def _create_over_flight(self, source: Source, name: str, space_id: str) -> Dataset:
        from arize_async.resources.example_columns import ExampleColumns

        reader = await off_loop(lambda: source.reader(ExampleColumns(id_first=source.in_files)))
        created = await self._flight.create_dataset(space_id=space_id, name=name, data=reader)
        return await self._get_created(Dataset, paths.fill(paths.DATASET, dataset_id=created), f"dataset {created}")
