"""The pure engine: items in, outcomes out; it knows nothing of HTTP, frames or spans."""

from arize_async.scheduler.attempt import attempt
from arize_async.scheduler.clock import Clock, SystemClock
from arize_async.scheduler.outcome import Finished, Outcome
from arize_async.scheduler.pipeline import Pipeline
from arize_async.scheduler.progress import Progress, Silent
from arize_async.scheduler.statistics import StageStatistics, Statistics

__all__ = [
    "Clock",
    "Finished",
    "Outcome",
    "Pipeline",
    "Progress",
    "Silent",
    "StageStatistics",
    "Statistics",
    "SystemClock",
    "attempt",
]
