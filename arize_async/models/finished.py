"""Finished runs: what the engine gives, before anything is uploaded."""

from __future__ import annotations

from attrs import frozen

from arize_async.models.evaluation import EvaluationResult

SKIPPED = "not run: the task failed"
STOPPED = "not run: the experiment was stopped"


@frozen
class FinishedEvaluation:
    """What one evaluator said about one run.

    Attributes:
        name: The evaluator.
        result: Its result; None when it failed or was not run.
        error: Why there is no result.
        trace_id: 32 hexadecimal digits; None when it was not run.
        started_ms: Start, milliseconds since the epoch; None when it was not run.
        token_count: Tokens of the LLM calls inside, when they were traced.
        total_cost: Their cost in US dollars, when they were traced.
    """

    name: str
    result: EvaluationResult | None
    error: str | None = None
    trace_id: str | None = None
    started_ms: int | None = None
    token_count: int | None = None
    total_cost: float | None = None

    @property
    def failed(self) -> bool:
        """Whether there is no result."""
        return self.result is None


@frozen
class Attempt:
    """One call of user code.

    Attributes:
        queued: Seconds that it waited before: between attempts, for a limit, for a thread.
        seconds: How long it took.
        error: ``repr`` of what it raised, or None.
    """

    queued: float
    seconds: float
    error: str | None = None


@frozen
class FinishedTask:
    """One call of the task that ended.

    Attributes:
        example_id: Id of the example.
        output: What the task returned, as JSON data; None when it failed.
        error: ``repr`` of what it raised, or None.
        trace_id: 32 hexadecimal digits.
        span_id: 16 hexadecimal digits: the span that evaluations link to.
        started_ms: Start, milliseconds since the epoch.
        latency: Milliseconds from start to end.
        token_count: Tokens of the LLM calls inside, when they were traced.
        total_cost: Their cost in US dollars, when they were traced.
        attempts: The calls, in their order; ``started_ms`` and ``latency`` are those of the last one.
        repetition: Which execution of the example this is, from 1.
    """

    example_id: str
    output: object
    error: str | None
    trace_id: str
    span_id: str
    started_ms: int
    latency: float
    token_count: int | None = None
    total_cost: float | None = None
    attempts: tuple[Attempt, ...] = ()
    repetition: int = 1

    @property
    def failed(self) -> bool:
        """Whether the task raised."""
        return self.error is not None


@frozen
class FinishedRun:
    """One task execution with its evaluations.

    Attributes:
        index: Position in the run, from 0: examples in the order of the dataset, repetitions of one side by side.
        example_id: Id of the example.
        output: What the task returned, as JSON data; None when it failed.
        error: ``repr`` of what the task raised, or None.
        trace_id: 32 hexadecimal digits.
        started_ms: Start, milliseconds since the epoch.
        latency: Milliseconds from start to end of the task.
        token_count: Tokens of the LLM calls inside the task, when they were traced.
        total_cost: Their cost in US dollars, when they were traced.
        evaluations: One for each evaluator, in their order.
        attempts: The calls of the task, in their order; ``started_ms`` and ``latency`` are those of the last one.
        repetition: Which execution of the example this is, from 1.
    """

    index: int
    example_id: str
    output: object
    error: str | None
    trace_id: str
    started_ms: int
    latency: float
    token_count: int | None = None
    total_cost: float | None = None
    evaluations: tuple[FinishedEvaluation, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    repetition: int = 1

    @property
    def failed(self) -> bool:
        """Whether the task raised."""
        return self.error is not None
