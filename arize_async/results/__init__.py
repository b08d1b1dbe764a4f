"""Frames, summaries and comparisons of runs."""

from arize_async.results.comparing import compare
from arize_async.results.comparison import Candidate, Comparison, Settings
from arize_async.results.gate import Check, Condition, Result, judge
from arize_async.results.metrics import Effect, Interval, Metric, Outcome, Test
from arize_async.results.result import ExperimentResult
from arize_async.results.summary import EvaluatorSummary, Latency, Summary, Total

__all__ = [
    "Candidate",
    "Check",
    "Comparison",
    "Condition",
    "Effect",
    "EvaluatorSummary",
    "ExperimentResult",
    "Interval",
    "Latency",
    "Metric",
    "Outcome",
    "Result",
    "Settings",
    "Summary",
    "Test",
    "Total",
    "compare",
    "judge",
]
