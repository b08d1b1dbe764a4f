"""What scores an output: functions and classes of yours, and ready ones."""

from arize_async.evaluators.embedding import EmbeddingSimilarity
from arize_async.evaluators.function import EvaluatorFunction, evaluator
from arize_async.evaluators.json_data import JSONFields, JSONSchema, JSONValid
from arize_async.evaluators.judges import (
    Agreement,
    Conciseness,
    Correctness,
    Disagreement,
    Faithfulness,
    LLMJudge,
    PairwisePreference,
    Relevance,
    Toxicity,
    agreement,
    labelled,
)
from arize_async.evaluators.lists import ListContainment, ListOverlap, MacroF1
from arize_async.evaluators.numbers import NumericAnswer, NumericTolerance
from arize_async.evaluators.protocol import CodeEvaluator, Evaluator, EvaluatorKind, LLMEvaluator
from arize_async.evaluators.python_code import PythonCode
from arize_async.evaluators.similarity import Bleu, CorpusBleu, Levenshtein, Rouge, TokenSetSimilarity
from arize_async.evaluators.text import Contains, ExactMatch, Regex
from arize_async.evaluators.thresholds import CostThreshold, LatencyThreshold
from arize_async.evaluators.tool_calls import ToolCallMatch
from arize_async.models.evaluation import EvaluationResult, EvaluationResultFieldNames

__all__ = [
    "Agreement",
    "Bleu",
    "CodeEvaluator",
    "Conciseness",
    "Contains",
    "CorpusBleu",
    "Correctness",
    "CostThreshold",
    "Disagreement",
    "EmbeddingSimilarity",
    "EvaluationResult",
    "EvaluationResultFieldNames",
    "Evaluator",
    "EvaluatorFunction",
    "EvaluatorKind",
    "ExactMatch",
    "Faithfulness",
    "JSONFields",
    "JSONSchema",
    "JSONValid",
    "LLMEvaluator",
    "LLMJudge",
    "LatencyThreshold",
    "Levenshtein",
    "ListContainment",
    "ListOverlap",
    "MacroF1",
    "NumericAnswer",
    "NumericTolerance",
    "PairwisePreference",
    "PythonCode",
    "Regex",
    "Relevance",
    "Rouge",
    "TokenSetSimilarity",
    "ToolCallMatch",
    "Toxicity",
    "agreement",
    "evaluator",
    "labelled",
]
