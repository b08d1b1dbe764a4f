"""What evaluators give, and names for its parts."""

from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.protocol import EvaluatorKind as AnnotatorKind
from arize_async.models.evaluation import EvaluationResult, EvaluationResultFieldNames
from arize_async.models.vocabulary import EvaluatorName, EvaluatorOutput, Explanation, JSONSerializable, Label, Score

__all__ = [
    "AnnotatorKind",
    "EvaluationResult",
    "EvaluationResultFieldNames",
    "EvaluatorKind",
    "EvaluatorName",
    "EvaluatorOutput",
    "Explanation",
    "JSONSerializable",
    "Label",
    "Score",
]
