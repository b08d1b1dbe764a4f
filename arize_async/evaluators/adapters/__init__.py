"""Evaluators of other libraries, recognized by their shape; none of those libraries is imported."""

from arize_async.evaluators.adapters.calls import adapted
from arize_async.evaluators.adapters.scores import result_of_score

__all__ = ["adapted", "result_of_score"]
