"""Tags of experiments, datasets and annotation configs (wire contract 2.1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from arize_async.models.base import NULLABLE, Model


class TagColor(StrEnum):
    """Colours that a tag can be shown in."""

    GRAY = "GRAY"
    INDIGO = "INDIGO"
    BLUE = "BLUE"
    CYAN = "CYAN"
    TEAL = "TEAL"
    PINE = "PINE"
    GREEN = "GREEN"
    LIME = "LIME"
    OLIVE = "OLIVE"
    LEMON = "LEMON"
    YELLOW = "YELLOW"
    ORANGE = "ORANGE"
    RED = "RED"
    CORAL = "CORAL"
    PINK = "PINK"
    PLUM = "PLUM"
    PURPLE = "PURPLE"
    BROWN = "BROWN"
    AUBURN = "AUBURN"


@frozen(kw_only=True, repr=False)
class Tag(Model):
    """A word that resources of a space are marked with."""

    id: str
    name: str
    space_id: str
    description: str | None = field(default=None, metadata=NULLABLE)
    color: TagColor | None = field(default=None, metadata=NULLABLE)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class RemoveTagsResponse(Model):
    """Which tags were removed from a resource.

    Attributes:
        completed: Whether the resource had all of them.
        deleted: Ids of those that it had.
        not_deleted: Ids of those that it did not have.
    """

    completed: bool
    deleted: list[str]
    not_deleted: list[str]
