"""Evaluators that ask a model."""

from arize_async.evaluators.judges.agreement import Agreement, Disagreement, agreement, labelled
from arize_async.evaluators.judges.judge import LLMJudge
from arize_async.evaluators.judges.pairwise import PairwisePreference
from arize_async.evaluators.judges.ready import Conciseness, Correctness, Faithfulness, Relevance, Toxicity

__all__ = [
    "Agreement",
    "Conciseness",
    "Correctness",
    "Disagreement",
    "Faithfulness",
    "LLMJudge",
    "PairwisePreference",
    "Relevance",
    "Toxicity",
    "agreement",
    "labelled",
]
