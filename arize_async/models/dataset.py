"""Datasets and their versions."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from arize_async.models.base import Model


@frozen(kw_only=True, repr=False)
class DatasetVersion(Model):
    """A state of a dataset's examples."""

    id: str
    name: str | None = None
    dataset_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class Dataset(Model):
    """A dataset (wire contract 2.2).

    Attributes:
        versions: Newest first; None in lists.
    """

    id: str
    name: str
    space_id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    versions: list[DatasetVersion] | None = None


@frozen(kw_only=True, repr=False)
class DatasetVersionWithExampleIds(Model):
    """A dataset after its examples changed, with the ids that changed, in the order of the input."""

    id: str
    name: str
    space_id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    dataset_version_id: str | None = None
    example_ids: list[str]


@frozen(kw_only=True, repr=False)
class DeleteDatasetExamplesResponse(Model):
    """Which examples were deleted."""

    completed: bool
    deleted_example_ids: list[str]
    not_deleted_example_ids: list[str]
