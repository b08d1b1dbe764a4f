"""Values that the experiments client takes and gives."""

from arize_async.models.annotation import AnnotateRecordInput, Annotation, AnnotationInput, Annotator
from arize_async.models.example import Example
from arize_async.models.experiment import Experiment, ExperimentWithRunIds
from arize_async.models.finished import Attempt, FinishedEvaluation, FinishedRun, FinishedTask
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
from arize_async.scheduler.events import (
    AttemptFailed,
    Event,
    ExperimentStarted,
    ExperimentStopped,
    LimitChanged,
    RunEvaluated,
    RunFinished,
)
from arize_async.scheduler.limiter import LimitChange
from arize_async.scheduler.progress import Progress

__all__ = [
    "AnnotateRecordInput",
    "Annotation",
    "AnnotationInput",
    "Annotator",
    "Attempt",
    "AttemptFailed",
    "Event",
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
    "ExperimentStarted",
    "ExperimentStopped",
    "ExperimentTask",
    "ExperimentTaskFieldNames",
    "ExperimentWithRunIds",
    "FinishedEvaluation",
    "FinishedRun",
    "FinishedTask",
    "LimitChange",
    "LimitChanged",
    "ListExperimentRunsResponse",
    "ListExperimentsResponse",
    "PaginationMetadata",
    "Progress",
    "RunEvaluated",
    "RunFinished",
    "TaskOutput",
    "TraceId",
]
