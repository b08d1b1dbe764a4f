"""From names to ids (wire contract 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from arize_async.errors import AmbiguousName, InvalidInput, InvalidResponse, NotFound
from arize_async.models.annotation_config import AnnotationConfig
from arize_async.models.dataset import Dataset
from arize_async.models.experiment import Experiment
from arize_async.models.rules import MAX_NAME
from arize_async.models.space import Space
from arize_async.models.unicode import valid_text
from arize_async.resources.cursors import Cursors
from arize_async.responses.lists import (
    ListAnnotationConfigsResponse,
    ListDatasetsResponse,
    ListExperimentsResponse,
    ListSpacesResponse,
)
from arize_async.wire import paths
from arize_async.wire.ids import is_resource_id

if TYPE_CHECKING:
    from arize_async.responses.page import Page
    from arize_async.transport.http import HttpTransport

_PAGE = 100
_MOST = 10_000
_SHOWN = 40

_EXPERIMENT_HINT = (
    "Provide 'dataset' (for an experiment on a dataset) or 'space' (for a standalone experiment) so that the name can"
    " be looked up, or provide the experiment's id."
)


N = TypeVar("N", Space, Dataset, Experiment, AnnotationConfig)


def _text(word: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        hint = "; pass its .id" if hasattr(value, "id") else ""
        given = f"{type(value).__name__} {value!r:.40}{hint}"
        raise InvalidInput(f"a name or an id, got {given}", path=word.replace(" ", "_"))
    if valid_text(value) != value:
        raise InvalidInput(f"valid Unicode, got {value!r:.40}", path=word.replace(" ", "_"))
    return value


def _shown(name: str) -> str:
    return name if len(name) <= MAX_NAME else f"{name[:_SHOWN]}... ({len(name)} characters)"


class Names:
    """Looks up names with the server's ``name`` filter; matches are exact and case-sensitive.

    Whatever looks like an id is taken for one, and nothing is asked.
    """

    def __init__(self, http: HttpTransport) -> None:
        """Look names up over this transport."""
        self._http = http

    async def space_id(self, space: str) -> str:
        """Return the id of a space given by id or name.

        Raises:
            NotFound: No space has this name.
            AmbiguousName: Several have.
        """
        if is_resource_id(_text("space", space)):
            return space
        return await self._one("space", space, ListSpacesResponse, paths.SPACES, {})

    async def dataset_id(self, dataset: str, space: str | None = None) -> str:
        """Return the id of a dataset given by id or name; without a space all readable spaces are searched.

        Raises:
            NotFound: No dataset has this name.
            AmbiguousName: Several have, each in a space of its own.
        """
        if is_resource_id(_text("dataset", dataset)):
            return dataset
        scope = {"space_id": await self.space_id(space)} if space else {}
        hint = "" if space else "Provide 'space' when the dataset's space is not among those that you can list."
        return await self._one("dataset", dataset, ListDatasetsResponse, paths.DATASETS, scope, hint)

    async def experiment_id(self, experiment: str, dataset: str | None = None, space: str | None = None) -> str:
        """Return the id of an experiment given by id or name; a name needs a dataset or a space.

        Raises:
            NotFound: No experiment has this name, or neither dataset nor space was given.
            AmbiguousName: Several have it in this space.
        """
        if is_resource_id(_text("experiment", experiment)):
            return experiment
        if not dataset and not space:
            raise NotFound.by_name("experiment", _shown(experiment), hint=_EXPERIMENT_HINT)
        scope = await self.scope(dataset, space)
        return await self._one("experiment", experiment, ListExperimentsResponse, paths.EXPERIMENTS, scope)

    async def annotation_config_id(self, annotation_config: str, space: str | None = None) -> str:
        """Return the id of an annotation config given by id or name; without a space all readable ones are searched.

        Raises:
            NotFound: No annotation config has this name.
            AmbiguousName: Several have, each in a space of its own.
        """
        if is_resource_id(_text("annotation config", annotation_config)):
            return annotation_config
        scope = {"space_id": await self.space_id(space)} if space else {}
        kind, path = ListAnnotationConfigsResponse, paths.ANNOTATION_CONFIGS
        return await self._one("annotation config", annotation_config, kind, path, scope)

    async def scope(self, dataset: str | None, space: str | None) -> dict[str, str]:
        """Return the query that limits experiments to a dataset, else to a space, else to nothing."""
        if dataset:
            return {"dataset_id": await self.dataset_id(dataset, space)}
        return {"space_id": await self.space_id(space)} if space else {}

    async def _one(
        self, word: str, name: str, kind: type[Page[N]], path: str, scope: dict[str, str], hint: str = ""
    ) -> str:
        """Return the id of the only resource of this very name."""
        # nothing has a longer name, and servers refuse to look for one
        candidates = await self._candidates(word, name, kind, path, scope) if len(name) <= MAX_NAME else []
        # a list that changes while it is read may show an item on two pages
        ids = list(dict.fromkeys(candidate.id for candidate in candidates if candidate.name == name))
        if len(ids) > 1:
            raise AmbiguousName(word, name, ids)
        if not ids:
            # a misspelled name fits no filter: one page of all names shows what was meant
            around = candidates or (await self._page(kind, path, {**scope, "limit": _PAGE})).iter_items()
            raise NotFound.by_name(word, _shown(name), sorted({candidate.name for candidate in around}), hint)
        return ids[0]

    async def _page(self, kind: type[Page[N]], path: str, query: dict[str, object]) -> Page[N]:
        return await self._http.request_as(kind.parse, "GET", path, query=query)

    async def _candidates(self, word: str, name: str, kind: type[Page[N]], path: str, scope: dict[str, str]) -> list[N]:
        found: list[N] = []
        cursors, cursor = Cursors(), None
        while True:
            page = await self._page(kind, path, {**scope, "name": name, "limit": _PAGE, "cursor": cursor})
            found += page.iter_items()
            if len(found) > _MOST:
                raise InvalidResponse(f"more than {_MOST} {word}s contain {name!r}: use an id instead of the name")
            cursor = cursors.following(page.pagination, page.count_items())
            if cursor is None:
                return found
