"""What changes the examples of a dataset (wire contract 2.2 and 7.7)."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from attrs import evolve

from arize_async.errors import ArizeError, IncompleteWrite
from arize_async.models.dataset import DatasetVersionWithExampleIds, DeleteDatasetExamplesResponse
from arize_async.models.requests import (
    AnnotateRecords,
    InsertExamples,
)
from arize_async.models.rules import MAX_ROWS
from arize_async.resources.base import Resource, check
from arize_async.resources.choice import argument, check_column, check_ids, filled, open_rows
from arize_async.resources.operations import operation
from arize_async.resources.parts import Part, PartWriter
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from arize_async.models.annotation import AnnotateRecordInput
    from arize_async.resources.rows import Rows


class ExamplesResource(Resource):
    """Operations that change the examples of a dataset."""

    @operation("datasets.append_examples")
    async def append_examples(
        self, *, dataset: str, space: str | None = None, dataset_version_id: str | None = "", examples: Rows
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

        Example:
            >>> extended = await client.datasets.append_examples(
            ...     dataset="inventions", examples=[{"question": "Who invented the telephone?"}]
            ... )
            >>> len(extended.example_ids)
            1
        """
        with argument("examples"):
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

    @operation("datasets.update_examples")
    async def update_examples(
        self,
        *,
        dataset: str,
        space: str | None = None,
        dataset_version_id: str | None = "",
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

        Example:
            >>> examples = (await client.datasets.list_examples(dataset="inventions")).examples
            >>> changed = await client.datasets.update_examples(
            ...     dataset="inventions", examples=[{"id": examples[0].id, "checked": True}], new_version="checked"
            ... )
            >>> changed.example_ids == [examples[0].id]
            True
        """
        with argument("examples"):
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

    @operation("datasets.delete_examples")
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

        Example:
            >>> dataset = await client.datasets.get(dataset="inventions")
            >>> examples = (await client.datasets.list_examples(dataset="inventions")).examples
            >>> answer = await client.datasets.delete_examples(
            ...     dataset="inventions", dataset_version_id=dataset.versions[0].id, examples=[examples[0].id]
            ... )
            >>> answer.completed
            True
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

    @operation("datasets.annotate_examples")
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

        Example:
            >>> from arize_async.datasets.types import AnnotateRecordInput, AnnotationInput
            >>> examples = (await client.datasets.list_examples(dataset="inventions")).examples
            >>> note = AnnotationInput(name="note", text="checked")
            >>> await client.datasets.annotate_examples(
            ...     dataset="inventions", annotations=[AnnotateRecordInput(record_id=examples[0].id, values=[note])]
            ... )
        """
        body = check(AnnotateRecords, annotations=builtins.list(annotations))
        path = await self._path(paths.DATASET_EXAMPLES_ANNOTATE, dataset, space)
        await self._http.request("POST", path, body=body, expect=(202, 200))

    async def _path(self, template: str, dataset: str, space: str | None) -> str:
        return paths.fill(template, dataset_id=await self._names.dataset_id(dataset, space))

    async def _write(
        self, parts: Iterable[Part], request: Callable[[Part], Awaitable[DatasetVersionWithExampleIds]]
    ) -> DatasetVersionWithExampleIds:
        writer = PartWriter(self._config.max_http_payload_size_mb, lambda answer: answer.example_ids)
        last = await writer.send(parts, request)
        return evolve(last, example_ids=writer.ids)


def _joined(answers: Sequence[DeleteDatasetExamplesResponse]) -> DeleteDatasetExamplesResponse:
    """Return the answers of several requests as one."""
    deleted = [each for answer in answers for each in answer.deleted_example_ids]
    left = [each for answer in answers for each in answer.not_deleted_example_ids]
    is_completed = all(answer.completed for answer in answers)
    return evolve(answers[-1], completed=is_completed, deleted_example_ids=deleted, not_deleted_example_ids=left)
