"""Values that the datasets client takes and gives."""

from arize_async.models.annotation import AnnotateRecordInput, Annotation, AnnotationInput, Annotator
from arize_async.models.dataset import (
    Dataset,
    DatasetVersion,
    DatasetVersionWithExampleIds,
    DeleteDatasetExamplesResponse,
)
from arize_async.models.example import DatasetExample
from arize_async.models.page import PaginationMetadata
from arize_async.responses import ListDatasetExamplesResponse, ListDatasetsResponse

__all__ = [
    "AnnotateRecordInput",
    "Annotation",
    "AnnotationInput",
    "Annotator",
    "Dataset",
    "DatasetExample",
    "DatasetVersion",
    "DatasetVersionWithExampleIds",
    "DeleteDatasetExamplesResponse",
    "ListDatasetExamplesResponse",
    "ListDatasetsResponse",
    "PaginationMetadata",
]
