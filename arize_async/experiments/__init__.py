"""Experiments: the names that tasks, evaluators and calls are written with."""

from arize_async.evaluators import CodeEvaluator, Evaluator, EvaluatorKind, LLMEvaluator
from arize_async.models.evaluation import EvaluationResult, EvaluationResultFieldNames
from arize_async.models.run import ExperimentMetadata, ExperimentTaskFieldNames

__all__ = [
    "CodeEvaluator",
    "EvaluationResult",
    "EvaluationResultFieldNames",
    "Evaluator",
    "EvaluatorKind",
    "ExperimentMetadata",
    "ExperimentTaskFieldNames",
    "LLMEvaluator",
]
