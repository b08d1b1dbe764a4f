"""Annotation configs: which annotations a space knows (wire contract 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeVar

from arize_async.errors import InvalidInput, InvalidResponse
from arize_async.models.annotation_config import (
    AnnotationConfig,
    CategoricalAnnotationConfig,
    CategoricalAnnotationValue,
    ContinuousAnnotationConfig,
    FreeformAnnotationConfig,
    OptimizationDirection,
)
from arize_async.models.base import plain
from arize_async.resources.base import Resource, check_limit, parse
from arize_async.resources.operations import operation
from arize_async.responses.lists import ListAnnotationConfigsResponse, decode_annotation_config
from arize_async.wire import paths
from arize_async.wire.ids import is_resource_id

C = TypeVar("C", ContinuousAnnotationConfig, CategoricalAnnotationConfig, FreeformAnnotationConfig)

Value = CategoricalAnnotationValue | Mapping[str, object]


class AnnotationConfigsClient(Resource):
    """Operations on annotation configs."""

    @operation()
    async def list(
        self,
        *,
        name: str | None = None,
        space: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ListAnnotationConfigsResponse:
        """List annotation configs.

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
            >>> page = await client.annotation_configs.list(space="default")
            >>> sorted([config.name async for config in page])
            ['note', 'quality', 'verdict']
        """
        check_limit(limit)
        scope = space_filter(space)
        kind = ListAnnotationConfigsResponse
        return await self._list(kind, paths.ANNOTATION_CONFIGS, cursor, **scope, name=name, limit=limit)

    @operation()
    async def get(self, *, annotation_config: str, space: str | None = None) -> AnnotationConfig:
        """Return an annotation config, of its own type.

        Args:
            annotation_config: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.

        Raises:
            NotFound: There is none.
            AmbiguousName: Several have this name.

        Example:
            >>> config = await client.annotation_configs.get(annotation_config="quality", space="default")
            >>> config.minimum_score, config.maximum_score
            (0, 1)
        """
        return await self._http.request_as(_parse, "GET", await self._path(annotation_config, space))

    @operation()
    async def create_continuous(
        self,
        *,
        name: str,
        space: str,
        minimum_score: float,
        maximum_score: float,
        optimization_direction: OptimizationDirection | None = None,
    ) -> ContinuousAnnotationConfig:
        """Create a config for scores between two bounds.

        Args:
            name: Unique in the space.
            space: Id or name.
            minimum_score: Lowest score.
            maximum_score: Highest score.
            optimization_direction: Whether more is better.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.

        Example:
            >>> config = await client.annotation_configs.create_continuous(
            ...     name="accuracy", space="default", minimum_score=0, maximum_score=1
            ... )
            >>> config.type
            'CONTINUOUS'
        """
        return await self._create(
            ContinuousAnnotationConfig,
            space,
            name=name,
            minimum_score=minimum_score,
            maximum_score=maximum_score,
            optimization_direction=optimization_direction,
        )

    @operation()
    async def create_categorical(
        self,
        *,
        name: str,
        space: str,
        values: Sequence[Value],
        optimization_direction: OptimizationDirection | None = None,
    ) -> CategoricalAnnotationConfig:
        """Create a config for one label out of a list.

        Args:
            name: Unique in the space.
            space: Id or name.
            values: The labels, each with an optional score.
            optimization_direction: Whether a higher score is better.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.

        Example:
            >>> config = await client.annotation_configs.create_categorical(
            ...     name="tone", space="default", values=[{"label": "kind", "score": 1}, {"label": "rude", "score": 0}]
            ... )
            >>> [value.label for value in config.values]
            ['kind', 'rude']
        """
        return await self._create(
            CategoricalAnnotationConfig,
            space,
            name=name,
            values=plain(values),
            optimization_direction=optimization_direction,
        )

    @operation()
    async def create_freeform(self, *, name: str, space: str) -> FreeformAnnotationConfig:
        """Create a config for any text.

        Args:
            name: Unique in the space.
            space: Id or name.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.

        Example:
            >>> config = await client.annotation_configs.create_freeform(name="comment", space="default")
            >>> config.type
            'FREEFORM'
        """
        return await self._create(FreeformAnnotationConfig, space, name=name)

    @operation()
    async def update_continuous(
        self,
        *,
        annotation_config: str,
        space: str | None = None,
        name: str | None = None,
        minimum_score: float | None = None,
        maximum_score: float | None = None,
        optimization_direction: OptimizationDirection | None = None,
    ) -> ContinuousAnnotationConfig:
        """Change a config for scores; what is None stays as it is.

        Args:
            annotation_config: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            name: New name.
            minimum_score: Lowest score.
            maximum_score: Highest score.
            optimization_direction: Whether more is better.

        Raises:
            InvalidInput: Nothing to change was given.
            ApiError: The server refused.

        Example:
            >>> config = await client.annotation_configs.update_continuous(
            ...     annotation_config="quality", space="default", maximum_score=5
            ... )
            >>> config.maximum_score
            5
        """
        return await self._update(
            ContinuousAnnotationConfig,
            await self._path(annotation_config, space),
            name=name,
            minimum_score=minimum_score,
            maximum_score=maximum_score,
            optimization_direction=optimization_direction,
        )

    @operation()
    async def update_categorical(
        self,
        *,
        annotation_config: str,
        space: str | None = None,
        name: str | None = None,
        values: Sequence[Value] | None = None,
        optimization_direction: OptimizationDirection | None = None,
    ) -> CategoricalAnnotationConfig:
        """Change a config for labels; what is None stays as it is.

        Args:
            annotation_config: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            name: New name.
            values: All labels, 2 to 500; they replace those of before.
            optimization_direction: Whether a higher score is better.

        Raises:
            InvalidInput: Nothing to change was given.
            ApiError: The server refused.

        Example:
            >>> config = await client.annotation_configs.update_categorical(
            ...     annotation_config="verdict", space="default", values=[{"label": "yes"}, {"label": "no"}]
            ... )
            >>> [value.label for value in config.values]
            ['yes', 'no']
        """
        return await self._update(
            CategoricalAnnotationConfig,
            await self._path(annotation_config, space),
            name=name,
            values=plain(values),
            optimization_direction=optimization_direction,
        )

    @operation()
    async def update_freeform(
        self, *, annotation_config: str, space: str | None = None, name: str | None = None
    ) -> FreeformAnnotationConfig:
        """Rename a config for text.

        Args:
            annotation_config: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.
            name: New name.

        Raises:
            InvalidInput: Nothing to change was given.
            ApiError: The server refused.

        Example:
            >>> config = await client.annotation_configs.update_freeform(
            ...     annotation_config="note", space="default", name="remark"
            ... )
            >>> config.name
            'remark'
        """
        return await self._update(FreeformAnnotationConfig, await self._path(annotation_config, space), name=name)

    @operation()
    async def delete(self, *, annotation_config: str, space: str | None = None) -> None:
        """Delete an annotation config.

        Args:
            annotation_config: Id or name.
            space: Id or name of the space that a name is looked up in; by default all readable ones.

        Raises:
            NotFound: There is none.
            Conflict: It is in use.

        Example:
            >>> await client.annotation_configs.delete(annotation_config="note", space="default")
        """
        await self._http.request("DELETE", await self._path(annotation_config, space), expect=(204,))

    async def _path(self, annotation_config: str, space: str | None) -> str:
        found = await self._names.annotation_config_id(annotation_config, space)
        return paths.fill(paths.ANNOTATION_CONFIG, annotation_config_id=found)

    async def _create(self, kind: type[C], space: str, **fields: object) -> C:
        body = {**_typed(kind, fields), "space_id": await self._names.space_id(space)}
        read = partial(parse, kind)
        return await self._http.request_as(read, "POST", paths.ANNOTATION_CONFIGS, body=body, expect=(201,))

    async def _update(self, kind: type[C], path: str, **fields: object) -> C:
        if all(value is None for value in fields.values()):
            raise InvalidInput("give at least one field to update")
        return await self._http.request_as(partial(parse, kind), "PATCH", path, body=_typed(kind, fields))


def _parse(data: object) -> AnnotationConfig:
    try:
        return decode_annotation_config(data)
    except ValueError as error:
        raise InvalidResponse(f"the server's annotation config: {error}") from None


def _typed(kind: type[C], fields: Mapping[str, object]) -> dict[str, object]:
    """Return a request body: requests name the type ``annotation_config_type``, answers name it ``type``."""
    word = kind.model_fields["type"].default
    return {"annotation_config_type": word, **{key: value for key, value in fields.items() if value is not None}}


def space_filter(space: str | None) -> dict[str, str]:
    """Return the query for a space given by id, or by text that its name contains."""
    if space is None:
        return {}
    return {"space_id": space} if is_resource_id(space) else {"space_name": space}
