"""Values that the experiments client takes and gives."""

from arize_async.models.annotation import AnnotateRecordInput, Annotation, AnnotationInput, Annotator
from arize_async.models.example import Example
from arize_async.models.experiment import Experiment, ExperimentWithRunIds
from arize_async.models.finished import FinishedEvaluation, FinishedRun
from arize_async.models.page import PaginationMetadata
from arize_async.models.run import ExperimentRun, ExperimentRunInput, ExperimentTaskFieldNames
from arize_async.models.vocabulary import (
    ExampleId,
    ExampleInput,
    ExampleMetadata,
    ExampleOutput,
    ExperimentId,
    ExperimentRunId,
    TaskOutput,
    TraceId,
)
from arize_async.responses import ListExperimentRunsResponse, ListExperimentsResponse
from arize_async.results.result import ExperimentResult
from arize_async.runs.plan import Task as ExperimentTask

__all__ = [
    "AnnotateRecordInput",
    "Annotation",
    "AnnotationInput",
    "Annotator",
    "Example",
    "ExampleId",
    "ExampleInput",
    "ExampleMetadata",
    "ExampleOutput",
    "Experiment",
    "ExperimentId",
    "ExperimentResult",
    "ExperimentRun",
    "ExperimentRunId",
    "ExperimentRunInput",
    "ExperimentTask",
    "ExperimentTaskFieldNames",
    "ExperimentWithRunIds",
    "FinishedEvaluation",
    "FinishedRun",
    "ListExperimentRunsResponse",
    "ListExperimentsResponse",
    "PaginationMetadata",
    "TaskOutput",
    "TraceId",
]
