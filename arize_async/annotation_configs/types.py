"""Values that the annotation configs client takes and gives."""

from arize_async.models.annotation_config import (
    AnnotationConfig,
    AnnotationConfigType,
    CategoricalAnnotationConfig,
    CategoricalAnnotationValue,
    ContinuousAnnotationConfig,
    FreeformAnnotationConfig,
    OptimizationDirection,
)
from arize_async.models.annotation_config import CategoricalAnnotationValue as CategoricalAnnotationValueRequest
from arize_async.models.page import PaginationMetadata
from arize_async.responses import ListAnnotationConfigsResponse

__all__ = [
    "AnnotationConfig",
    "AnnotationConfigType",
    "CategoricalAnnotationConfig",
    "CategoricalAnnotationValue",
    "CategoricalAnnotationValueRequest",
    "ContinuousAnnotationConfig",
    "FreeformAnnotationConfig",
    "ListAnnotationConfigsResponse",
    "OptimizationDirection",
    "PaginationMetadata",
]
