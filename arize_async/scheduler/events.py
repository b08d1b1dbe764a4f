"""What happens in a run, as values."""

from __future__ import annotations

from attrs import frozen

from arize_async.models.finished import Attempt, FinishedEvaluation, FinishedRun
from arize_async.scheduler.limiter import LimitChange
from arize_async.scheduler.statistics import Statistics


@frozen
class ExperimentStarted:
    """The first task is about to start.

    Attributes:
        name: Name of the experiment.
        runs: How many runs there will be.
        evaluators: How many evaluators each has.
        statistics: Live counts; read them at any time.
    """

    name: str
    runs: int
    evaluators: int
    statistics: Statistics


@frozen
class AttemptFailed:
    """A call failed and will be made again.

    Attributes:
        example_id: The example.
        function: ``task``, or the name of the evaluator.
        attempt: What happened.
        wait: Seconds until the next attempt.
    """

    example_id: str
    function: str
    attempt: Attempt
    wait: float


@frozen
class RunEvaluated:
    """An evaluator has judged a run, or failed on it.

    Attributes:
        example_id: The example.
        evaluation: The result.
    """

    example_id: str
    evaluation: FinishedEvaluation


@frozen
class RunFinished:
    """A run and all its evaluations are done.

    Attributes:
        run: The run.
    """

    run: FinishedRun


@frozen
class LimitChanged:
    """The provider takes fewer or more calls, in a minute or at a time; changes below a tenth are not told.

    Attributes:
        change: The new limit and its reason.
    """

    change: LimitChange


@frozen
class ExperimentStopped:
    """Nothing runs any more.

    Attributes:
        reason: Why not all runs were made; None when they were.
    """

    reason: str | None


Event = ExperimentStarted | AttemptFailed | RunEvaluated | RunFinished | LimitChanged | ExperimentStopped
