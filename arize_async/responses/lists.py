"""The pages of spaces, datasets, experiments and annotation configs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from arize_async.models.annotation_config import (
    AnnotationConfig,
    AnnotationConfigType,
    CategoricalAnnotationConfig,
    ContinuousAnnotationConfig,
    FreeformAnnotationConfig,
)
from arize_async.models.dataset import Dataset
from arize_async.models.experiment import Experiment
from arize_async.models.space import Space
from arize_async.responses.page import Page
from arize_async.wire.codec import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.models.base import Model


class ListSpacesResponse(Page[Space]):
    """A page of spaces."""

    items_name = "spaces"
    item_type = Space

    @property
    def spaces(self) -> list[Space]:
        """The spaces of this page."""
        return self._items


class ListDatasetsResponse(Page[Dataset]):
    """A page of datasets."""

    items_name = "datasets"
    item_type = Dataset

    @property
    def datasets(self) -> list[Dataset]:
        """The datasets of this page, without their versions."""
        return self._items


class ListExperimentsResponse(Page[Experiment]):
    """A page of experiments."""

    items_name = "experiments"
    item_type = Experiment

    @property
    def experiments(self) -> list[Experiment]:
        """The experiments of this page."""
        return self._items


class ListAnnotationConfigsResponse(Page[AnnotationConfig]):
    """A page of annotation configs."""

    items_name = "annotation_configs"

    @property
    def annotation_configs(self) -> list[AnnotationConfig]:
        """The annotation configs of this page, each of its own type."""
        return self._items

    @classmethod
    def decode_items(cls, data: object) -> Sequence[Model]:
        """Build each config by its ``type``."""
        return [decode_annotation_config(item) for item in decode(list[object], data)]


_CONFIGS: dict[str, type[AnnotationConfig]] = {
    AnnotationConfigType.CONTINUOUS: ContinuousAnnotationConfig,
    AnnotationConfigType.CATEGORICAL: CategoricalAnnotationConfig,
    AnnotationConfigType.FREEFORM: FreeformAnnotationConfig,
}


def decode_annotation_config(data: object) -> AnnotationConfig:
    """Build an annotation config from its JSON by its ``type`` (wire contract 2.4).

    Raises:
        ValueError: The type is missing or unknown, or a field is wrong.
    """
    fields = decode(dict[str, object], data)
    kind = _CONFIGS.get(str(fields.get("type")))
    if kind is None:
        raise ValueError(f"expected one of {', '.join(_CONFIGS)}, got {fields.get('type')!r} @ $.type")
    return decode(cast("type[ContinuousAnnotationConfig]", kind), fields)
