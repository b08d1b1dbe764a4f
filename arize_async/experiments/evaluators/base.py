"""The base classes of evaluators, and what ``run`` takes as evaluators."""

from arize_async.evaluators.named import AnyEvaluator as ExperimentEvaluator
from arize_async.evaluators.named import Evaluators
from arize_async.evaluators.protocol import CodeEvaluator, Evaluator, LLMEvaluator

__all__ = ["CodeEvaluator", "Evaluator", "Evaluators", "ExperimentEvaluator", "LLMEvaluator"]
