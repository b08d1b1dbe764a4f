"""Bodies of the operations on tags (wire contract 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import field, frozen

from arize_async.models.base import NOT_NULL, Request
from arize_async.models.rules import entries, not_blank
from arize_async.models.tag import TagColor

MAX_TAGS = 100
_NAME = not_blank(100)


@frozen(kw_only=True)
class CreateTag(Request):
    """Body of ``POST /v2/tags``."""

    name: str = field(validator=_NAME)
    description: str | None = None
    color: TagColor | None = None
    space_id: str


@frozen(kw_only=True)
class UpdateTag(Request):
    """Body of ``PATCH /v2/tags/{id}``; null clears the description and the colour."""

    schema: ClassVar[Mapping[str, object]] = {"minProperties": 1}
    name: str | None = field(default=None, validator=_NAME.optional, metadata=NOT_NULL)
    description: str | None = None
    color: TagColor | None = None


@frozen(kw_only=True)
class TagIds(Request):
    """Body of the operations on the tags of a resource."""

    tag_ids: list[str] = field(validator=entries(1, MAX_TAGS))
