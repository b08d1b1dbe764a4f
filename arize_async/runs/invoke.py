"""One example through the task and the evaluators: bind, trace, call, and keep what came of it."""

from __future__ import annotations

from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from attrs import define, frozen
from openinference.semconv.trace import SpanAttributes
from opentelemetry import context as otel_context
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags, format_span_id

from arize_async.evaluators.coercion import coerce
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.executors.call import Call
from arize_async.executors.clock import Clock
from arize_async.executors.protocol import Executor
from arize_async.journal.reading import Kept
from arize_async.models.example import Example
from arize_async.models.finished import FinishedEvaluation, FinishedRun, FinishedTask
from arize_async.models.jsonable import jsonify, safe_repr
from arize_async.runs.values import assembled, evaluator_values, task_values
from arize_async.scheduler.attempts import Attempts
from arize_async.scheduler.events import AttemptFailed, RunEvaluated
from arize_async.tracing import spans
from arize_async.tracing.routing import Route, routed
from arize_async.wire.text import json_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextvars import Context

    from arize_async.evaluators.named import NamedEvaluator
    from arize_async.executors.call import Outcome
    from arize_async.journal.journal import Journal
    from arize_async.models.evaluation import EvaluationResult
    from arize_async.models.finished import Attempt
    from arize_async.runs.plan import Plan
    from arize_async.runs.watch import Watch
    from arize_async.scheduler.finished import Finished
    from arize_async.scheduler.limiter import Limiter
    from arize_async.tracing.provider import RunTracing
    from arize_async.tracing.span import RunSpan


@define(eq=False)
class Job:
    """One run to do, or the rest of one.

    Attributes:
        position: Place of the run, from 0: examples in the order of the dataset, repetitions of one side by side.
        example: What the task is called with.
        kept: What an interrupted run has done of it.
        had_failed: Whether that run's task failed, and is called again.
        number: What the journal has to have committed before the run counts as finished.
    """

    position: int
    example: Example
    kept: Kept | None = None
    had_failed: bool = False
    number: int = 0


@frozen(eq=False)
class TaskCall:
    """A task that ended, on its way to the evaluators.

    Attributes:
        task: What came of it.
        span: Its span, which evaluator spans link to.
    """

    task: FinishedTask
    span: Span

    @property
    def failed(self) -> bool:
        """Whether the task raised."""
        return self.task.failed


class Judge(Protocol):
    """Calls one evaluator."""

    async def __call__(self, values: Callable[[], Mapping[str, object]], judged: TaskCall | None) -> FinishedEvaluation:
        """Call it with values that are made anew for each attempt, to judge one task or, with None, all of them."""
        ...


def _told(error: BaseException | None) -> str | None:
    """Return what is kept of an error; its traceback holds the frames of user code, so it is dropped."""
    if error is None:
        return None
    error.__traceback__ = None
    return safe_repr(error)


@frozen(eq=False)
class Executors:
    """Where the code of one run runs."""

    inline: Executor
    threads: Executor
    clock: Clock

    def of(self, *, is_async: bool) -> Executor:
        """Return where a function runs."""
        return self.inline if is_async else self.threads

    async def aclose(self) -> None:
        """Close them; code that still runs is not waited for."""
        await self.inline.aclose()
        await self.threads.aclose()


class Invoker:
    """Calls the user's functions of one run."""

    def __init__(
        self,
        plan: Plan,
        tracing: RunTracing,
        journal: Journal,
        *,
        facts: Mapping[str, object],
        executors: Executors,
        limiter: Limiter,
        watch: Watch,
    ) -> None:
        """Take the plan, where code runs and what comes of it goes; ``facts`` about the experiment go on task spans."""
        self._plan = plan
        self._tracing = tracing
        self._journal = journal
        self._executors = executors
        self._limiter = limiter
        self._watch = watch
        self._facts = dict(facts)
        self._task_metadata = json_text({**facts, **plan.metadata})
        self._has_repetitions = plan.repetitions > 1
        route = Route(tracing, instrumented=plan.instrument, globally=plan.set_global_tracer_provider)
        self._base = routed(otel_context.get_current(), route)
        self._task_attempts = self._attempts(limited=True)

    async def run_task(self, job: Job) -> TaskCall:
        """Call the task with an example, and write down what came of it."""
        if job.kept is not None and job.kept.task is not None:
            return TaskCall(job.kept.task, _span_of(job.kept.task))
        if self._tracing.is_behind:
            await self._tracing.caught_up()
        example = job.example
        task, executor = self._plan.task, self._executors.of(is_async=self._plan.task_is_async)
        span: RunSpan | None = None
        calls = 0

        def begin() -> Awaitable[Outcome[object]]:
            nonlocal span, calls
            calls += 1
            if span is None:
                span = spans.start_task_span(self._tracing, self._plan.task_name, example, self._task_metadata)
                self._number(span, example.repetition)
            code = task.call(task_values(task, example))
            return executor.run(Call(code, jsonify, self._context(span), self._executors.clock))

        def failed(attempt: Attempt, wait: float) -> None:
            self._watch.statistics.tasks.repeated += 1
            self._retrying(AttemptFailed(example.id, "task", attempt, wait), span, calls)

        attempted = await self._task_attempts.run(begin, failed)
        outcome, span = attempted.outcome, cast("RunSpan", span)
        spans.record_attempts(span, calls)
        spans.end_task_span(span, outcome.value, outcome.error)
        usage = self._tracing.usage.take(span)
        finished = FinishedTask(
            example_id=example.id,
            output=outcome.value,
            error=_told(outcome.error),
            trace_id=spans.trace_id(span),
            span_id=format_span_id(span.get_span_context().span_id),
            started_ms=outcome.started_ns // 1_000_000,
            latency=outcome.seconds * 1000,
            token_count=usage.tokens,
            total_cost=usage.cost,
            attempts=attempted.attempts,
            repetition=example.repetition,
        )
        job.number = self._journal.add_task(job.position, finished, again=job.had_failed)
        return TaskCall(finished, span)

    @property
    def evaluators(self) -> list[Callable[[Job, TaskCall], Awaitable[FinishedEvaluation]]]:
        """The evaluators as the pipeline calls them."""
        return [self._evaluator(index, evaluator) for index, evaluator in enumerate(self._plan.evaluators)]

    def _evaluator(
        self, index: int, evaluator: NamedEvaluator
    ) -> Callable[[Job, TaskCall], Awaitable[FinishedEvaluation]]:
        judge = self.judge(evaluator)

        async def evaluate(job: Job, call: TaskCall) -> FinishedEvaluation:
            kept = None if job.kept is None else job.kept.evaluations[index]
            if kept is not None:
                return kept
            example = job.example
            values = partial(evaluator_values, evaluator.binding, example, call.task)
            finished = await judge(values, call)
            job.number = self._journal.add_evaluation(job.position, index, finished)
            if self._watch.watched:
                self._watch.notify(RunEvaluated(example.id, finished))
            return finished

        return evaluate

    def judge(self, evaluator: NamedEvaluator) -> Judge:
        """Return the evaluator as it is called with the values of one run, or of all of them."""
        name, binding = evaluator.name, evaluator.binding
        executor = self._executors.of(is_async=evaluator.is_async)
        attempts = self._attempts(limited=evaluator.kind == EvaluatorKind.LLM.value)
        about = json_text({**evaluator.metadata, **self._facts, "evaluator_kind": evaluator.kind})

        async def judge(values: Callable[[], Mapping[str, object]], judged: TaskCall | None) -> FinishedEvaluation:
            span: RunSpan | None = None
            calls = 0

            def begin() -> Awaitable[Outcome[EvaluationResult]]:
                nonlocal span, calls
                calls += 1
                given = values()
                if span is None:
                    span = self._evaluator_span(name, about, given, judged)
                code = binding.call(given)
                return executor.run(Call(code, coerce, self._context(span), self._executors.clock))

            def failed(attempt: Attempt, wait: float) -> None:
                self._watch.statistics.evaluations.repeated += 1
                example_id = "" if judged is None else judged.task.example_id
                self._retrying(AttemptFailed(example_id, name, attempt, wait), span, calls)

            outcome = (await attempts.run(begin, failed)).outcome
            span = cast("RunSpan", span)
            spans.record_attempts(span, calls)
            spans.end_evaluator_span(span, outcome.value, outcome.error)
            used, started = self._tracing.usage.take_evaluation(span), outcome.started_ns // 1_000_000
            error = _told(outcome.error)
            return FinishedEvaluation(name, outcome.value, error, spans.trace_id(span), started, used.tokens, used.cost)

        return judge

    def _evaluator_span(self, name: str, about: str, given: Mapping[str, object], judged: TaskCall | None) -> RunSpan:
        """Start the span of an evaluation; ``about`` is JSON text that the example and the run are added to."""
        if judged is None:  # all runs of an experiment are no attribute
            return spans.start_evaluator_span(self._tracing, name, None, {SpanAttributes.METADATA: about})
        task = judged.task
        run = f'"example_id":{json_text(task.example_id)},"run_id":"{task.trace_id}"}}'
        attributes = {SpanAttributes.METADATA: f"{about[:-1]},{run}", **spans.inputs(given)}
        span = spans.start_evaluator_span(self._tracing, name, judged.span, attributes)
        self._number(span, task.repetition)
        return span

    def _number(self, span: RunSpan, repetition: int) -> None:
        if self._has_repetitions:
            span.set_valid({spans.REPETITION: repetition})

    def _attempts(self, *, limited: bool) -> Attempts:
        return Attempts(self._limiter, self._executors.clock, self._plan.retry, limited=limited)

    def _retrying(self, event: AttemptFailed, span: RunSpan | None, number: int) -> None:
        if span is not None:
            spans.record_attempt(span, event.attempt, event.wait, number)
        self._watch.notify(event)

    def _context(self, span: RunSpan) -> Context:
        """Return the context that user code runs in: the spans that it starts are children of this one."""
        context = copy_context()
        context.run(spans.make_current, span, self._base)
        return context

    async def aclose(self) -> None:
        """Close the executors."""
        await self._executors.aclose()

    def finish(self, finished: Finished[Job, TaskCall, FinishedEvaluation]) -> FinishedRun:
        """Put together what the pipeline gave for one example."""
        calls = finished.evaluations or (None,) * len(self._plan.evaluators)
        return assembled(finished.item.position, finished.outcome.task, calls, self._plan.evaluator_names)


def _span_of(task: FinishedTask) -> Span:
    """Return the span of a task that an interrupted run has called, for evaluations to link to."""
    ids = SpanContext(int(task.trace_id, 16), int(task.span_id, 16), is_remote=True, trace_flags=TraceFlags(1))
    return NonRecordingSpan(ids)
