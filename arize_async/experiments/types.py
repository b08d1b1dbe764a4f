"""Values that the experiments client takes and gives."""

from arize_async.models.annotation import AnnotateRecordInput, Annotation, AnnotationInput, Annotator
from arize_async.models.example import Example
from arize_async.models.experiment import Experiment, ExperimentWithRunIds
from arize_async.models.finished import FinishedEvaluation, FinishedRun
from arize_async.models.page import PaginationMetadata
from arize_async.models.run import ExperimentRun, ExperimentRunInput, ExperimentTaskFieldNames
from arize_async.responses import ListExperimentRunsResponse, ListExperimentsResponse
from arize_async.results.result import ExperimentResult

__all__ = [
    "AnnotateRecordInput",
    "Annotation",
    "AnnotationInput",
    "Annotator",
    "Example",
    "Experiment",
    "ExperimentResult",
    "ExperimentRun",
    "ExperimentRunInput",
    "ExperimentTaskFieldNames",
    "ExperimentWithRunIds",
    "FinishedEvaluation",
    "FinishedRun",
    "ListExperimentRunsResponse",
    "ListExperimentsResponse",
    "PaginationMetadata",
]
