"""Answers of list operations: pages that can be walked, and their frames."""

from arize_async.responses.lists import (
    ListAnnotationConfigsResponse,
    ListDatasetsResponse,
    ListExperimentsResponse,
    ListSpacesResponse,
)
from arize_async.responses.page import Page
from arize_async.responses.tables import ListDatasetExamplesResponse, ListExperimentRunsResponse

__all__ = [
    "ListAnnotationConfigsResponse",
    "ListDatasetExamplesResponse",
    "ListDatasetsResponse",
    "ListExperimentRunsResponse",
    "ListExperimentsResponse",
    "ListSpacesResponse",
    "Page",
]
