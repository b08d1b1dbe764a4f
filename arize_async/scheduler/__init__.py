"""The pure engine: items in, outcomes out; it knows nothing of HTTP, frames or spans."""

from arize_async.scheduler.finished import Finished
from arize_async.scheduler.pipeline import Pipeline
from arize_async.scheduler.progress import Progress
from arize_async.scheduler.statistics import StageStatistics, Statistics

__all__ = [
    "Finished",
    "Pipeline",
    "Progress",
    "StageStatistics",
    "Statistics",
]
