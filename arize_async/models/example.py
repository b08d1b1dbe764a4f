"""Examples: the rows of a dataset."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import field, frozen

from arize_async.models.annotation import Annotation
from arize_async.models.base import Model

if TYPE_CHECKING:
    from collections.abc import Mapping

MANAGED = ("id", "created_at", "updated_at", "annotations")
"""Columns of an example that the server sets."""


@frozen(kw_only=True, repr=False)
class DatasetExample(Model):
    """A row of a dataset; its own columns are the ``additional_properties``."""

    id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    annotations: list[Annotation] | None = None


def _read_only(row: Mapping[str, object]) -> MappingProxyType[str, object]:
    return MappingProxyType(dict(row))


@frozen
class Example:
    """What a task is called with (wire contract 6.2).

    Attributes:
        dataset_row: The whole row, read-only at its top level.
        repetition: Which execution of the example this is, from 1.
    """

    dataset_row: MappingProxyType[str, object] = field(converter=_read_only)
    repetition: int = 1

    @property
    def id(self) -> str:
        """The row's id, or an empty string."""
        return str(self.dataset_row.get("id") or "")

    @property
    def input(self) -> object:
        """The row's ``attributes.input.value``."""
        return self.dataset_row.get("attributes.input.value")

    @property
    def output(self) -> object:
        """The row's ``attributes.output.value``: what is expected."""
        return self.dataset_row.get("attributes.output.value")

    @property
    def metadata(self) -> object:
        """The row's ``attributes.metadata``."""
        return self.dataset_row.get("attributes.metadata")
