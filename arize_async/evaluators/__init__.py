"""What scores an output: the base classes and the results they give."""

from arize_async.evaluators.function import EvaluatorFunction, evaluator
from arize_async.evaluators.protocol import CodeEvaluator, Evaluator, EvaluatorKind, LLMEvaluator
from arize_async.models.evaluation import EvaluationResult, EvaluationResultFieldNames

__all__ = [
    "CodeEvaluator",
    "EvaluationResult",
    "EvaluationResultFieldNames",
    "Evaluator",
    "EvaluatorFunction",
    "EvaluatorKind",
    "LLMEvaluator",
    "evaluator",
]
