"""Annotation configs: which annotations a space knows (wire contract 2.4)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from attrs import frozen

from arize_async.models.base import Model


class AnnotationConfigType(StrEnum):
    """What an annotation consists of; the ``type`` of a config."""

    CONTINUOUS = "CONTINUOUS"
    CATEGORICAL = "CATEGORICAL"
    FREEFORM = "FREEFORM"


class OptimizationDirection(StrEnum):
    """Whether more is better."""

    MAXIMIZE = "MAXIMIZE"
    MINIMIZE = "MINIMIZE"
    NONE = "NONE"


@frozen(kw_only=True, repr=False)
class CategoricalAnnotationValue(Model):
    """A label of a categorical config and its score."""

    label: str
    score: float | None = None


@frozen(kw_only=True, repr=False)
class _Config(Model):
    id: str
    name: str
    space_id: str
    created_at: datetime | None = None


@frozen(kw_only=True, repr=False)
class ContinuousAnnotationConfig(_Config):
    """Scores between two bounds."""

    type: Literal["CONTINUOUS"] = "CONTINUOUS"
    minimum_score: float
    maximum_score: float
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True, repr=False)
class CategoricalAnnotationConfig(_Config):
    """One label out of a list."""

    type: Literal["CATEGORICAL"] = "CATEGORICAL"
    values: list[CategoricalAnnotationValue]
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True, repr=False)
class FreeformAnnotationConfig(_Config):
    """Any text."""

    type: Literal["FREEFORM"] = "FREEFORM"


AnnotationConfig = ContinuousAnnotationConfig | CategoricalAnnotationConfig | FreeformAnnotationConfig
