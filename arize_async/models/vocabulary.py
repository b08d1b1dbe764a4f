"""Names for types, for the annotations of tasks and evaluators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from arize_async.models.evaluation import EvaluationResult

ExampleId: TypeAlias = str
ExperimentId: TypeAlias = str
ExperimentRunId: TypeAlias = str
TraceId: TypeAlias = str
"""32 hexadecimal digits."""

JSONSerializable: TypeAlias = "dict[str, JSONSerializable] | list[JSONSerializable] | str | int | float | bool | None"
ExampleInput: TypeAlias = Mapping[str, JSONSerializable]
ExampleOutput: TypeAlias = Mapping[str, JSONSerializable]
ExampleMetadata: TypeAlias = Mapping[str, JSONSerializable]
TaskOutput: TypeAlias = JSONSerializable

EvaluatorName: TypeAlias = str
Score: TypeAlias = bool | int | float | None
Label: TypeAlias = str | None
Explanation: TypeAlias = str | None
EvaluatorOutput: TypeAlias = (
    EvaluationResult
    | bool
    | int
    | float
    | str
    | tuple[Score, Explanation]
    | tuple[Score, Label, Explanation]
    | Mapping[str, object]
)
"""What an evaluator may return."""
