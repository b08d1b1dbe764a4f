"""Tags of experiments and datasets (wire contract 2.1)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from arize_async.models.base import NULLABLE, Model


@frozen(kw_only=True, repr=False)
class Tag(Model):
    """A word that resources of a space are marked with."""

    id: str
    name: str
    space_id: str
    description: str | None = field(default=None, metadata=NULLABLE)
    color: str | None = field(default=None, metadata=NULLABLE)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class DeleteTagsResponse(Model):
    """Which tags were removed from a resource."""

    completed: bool
    deleted: list[str]
    not_deleted: list[str]
