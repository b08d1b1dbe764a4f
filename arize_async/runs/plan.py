"""Everything about a run that can be judged before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, TypeVar, cast

from attrs import Factory, field, frozen

from arize_async.config.policies import Budget, Limits, RetryPolicy
from arize_async.config.tracing import Tracing
from arize_async.errors import InvalidInput, InvalidTask
from arize_async.evaluators.named import RUN_NAMES, Evaluators, NamedEvaluator, named
from arize_async.executors.binding import Binding, bind
from arize_async.executors.names import function_name
from arize_async.executors.protocol import is_async
from arize_async.models.rules import check_name
from arize_async.runs.isolation import Isolation, isolation_of
from arize_async.scheduler.progress import Progress

Output = TypeVar("Output")
Value = TypeVar("Value")
Task = Callable[..., Output] | Callable[..., Awaitable[Output]]
"""The user's function, synchronous or asynchronous, its parameters bound by name."""

Resume = Literal[False, True, "missing", "failed"]
"""Whether to go on with an interrupted run, and whether what failed in it is done again as well."""

TASK_NAMES = ("input", "output", "metadata", "dataset_row")


def _names(plan: Plan) -> tuple[str, ...]:
    return tuple(evaluator.name for evaluator in plan.evaluators)


@frozen(kw_only=True)
class Plan:
    """A run as it was asked for, checked.

    Attributes:
        name: Name of the experiment.
        task: The bound task.
        task_name: Its name, for spans.
        task_is_async: Whether it runs on the event loop.
        evaluators: The bound evaluators.
        run_evaluators: Those of all runs together.
        concurrency: Most tasks at the same time.
        evaluations: Most evaluations at the same time.
        timeout: Seconds for each call of the task and of an evaluator; None for no bound.
        examples: How many examples to run; None for all.
        dry_run: Whether nothing is sent to the server.
        exit_on_error: Whether the first error ends the run.
        force_http: Whether everything goes over REST.
        set_global_tracer_provider: Whether libraries that use the global provider are traced too.
        metadata: Facts for every task span.
        limits: What the calls of the run share with those of others.
        retry: When calls of user code are repeated; None for rate limits only.
        repetitions: How often each example is run.
        budget: What the run may use up.
        resume: What of an interrupted run is done again; None for nothing.
        progress: Who watches; None for bars on a terminal.
        isolation: Where synchronous user code runs.
        instrument: Whether installed instrumentors make the calls of LLM clients visible.
        tracing: What spans hold and how they travel.
        evaluator_names: Names of the evaluators, in their order.
    """

    name: str
    task: Binding
    task_name: str
    task_is_async: bool
    evaluators: tuple[NamedEvaluator, ...]
    run_evaluators: tuple[NamedEvaluator, ...]
    concurrency: int
    evaluations: int
    timeout: float | None
    examples: int | None
    dry_run: bool
    exit_on_error: bool
    force_http: bool
    set_global_tracer_provider: bool
    metadata: Mapping[str, object]
    limits: Limits
    retry: RetryPolicy | None
    repetitions: int
    budget: Budget
    resume: Literal["missing", "failed"] | None
    progress: bool | Progress | None
    isolation: Isolation
    instrument: bool = True
    tracing: Tracing = field(factory=Tracing)
    evaluator_names: tuple[str, ...] = field(init=False, default=Factory(_names, takes_self=True))


def make_plan(  # noqa: PLR0913 - the keywords of `run`
    *,
    name: str,
    task: Task[object],
    evaluators: Evaluators | None = None,
    run_evaluators: Evaluators | None = None,
    dry_run: bool = False,
    dry_run_count: int = 10,
    concurrency: int = 3,
    set_global_tracer_provider: bool = False,
    exit_on_error: bool = False,
    timeout: float | None = 120,
    force_http: bool = False,
    metadata: Mapping[str, object] | None = None,
    limits: Limits | None = None,
    retry: RetryPolicy | None = None,
    repetitions: int = 1,
    budget: Budget | None = None,
    resume: Resume = False,
    progress: bool | Progress | None = None,
    isolation: Isolation = "thread",
    instrument: bool = True,
    tracing: Tracing | None = None,
) -> Plan:
    """Check the arguments of a run.

    Raises:
        InvalidTask: The task cannot be called with an example.
        InvalidEvaluator: An evaluator cannot be called, or two have the same name.
        InvalidInput: Another argument is out of bounds; the message names it.
    """
    check_name(name)
    concurrency = _count("concurrency", concurrency)
    limits = _value("limits", limits, Limits) or Limits()
    return Plan(
        name=name,
        task=_bind_task(task),
        task_name=function_name(task),
        task_is_async=is_async(task),
        evaluators=named(evaluators),
        run_evaluators=named(run_evaluators, RUN_NAMES, "frame"),
        concurrency=concurrency,
        evaluations=limits.evaluators or concurrency,
        timeout=_seconds("timeout", timeout),
        examples=_count("dry_run_count", dry_run_count) if dry_run else None,
        dry_run=bool(dry_run),
        exit_on_error=bool(exit_on_error),
        force_http=bool(force_http),
        set_global_tracer_provider=bool(set_global_tracer_provider),
        metadata=_metadata(metadata),
        limits=limits,
        retry=_value("retry", retry, RetryPolicy),
        repetitions=_count("repetitions", repetitions),
        budget=_value("budget", budget, Budget) or Budget(),
        resume=_resume(resume),
        progress=_progress(progress),
        isolation=isolation_of(isolation),
        instrument=_switch("instrument", instrument),
        tracing=_value("tracing", tracing, Tracing) or Tracing(),
    )


def _value(name: str, value: object, kind: type[Value]) -> Value | None:
    if value is None or isinstance(value, kind):
        return value
    raise InvalidInput(f"a {kind.__name__} object, got {type(value).__name__}", path=name)


def _switch(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidInput(f"True or False, got {value!r}", path=name)


def _resume(resume: object) -> Literal["missing", "failed"] | None:
    if isinstance(resume, bool):
        return "missing" if resume else None
    if resume in {"missing", "failed"}:
        return cast("Literal['missing', 'failed']", resume)
    raise InvalidInput(f"True, False, 'missing' or 'failed'; got {resume!r}", path="resume")


def _progress(progress: object) -> bool | Progress | None:
    if progress is None or isinstance(progress, (bool, Progress)):
        return progress
    kind = type(progress).__name__
    raise InvalidInput(f"a bool or an object with a method `notify`; got {kind}", path="progress")


def _bind_task(task: object) -> Binding:
    if not callable(task):
        hint = "; pass the function itself, without calling it" if isinstance(task, Awaitable) else ""
        raise InvalidTask(f"task is a function of an example, got {type(task).__name__}{hint}")
    return bind(task, names=TASK_NAMES, single="dataset_row", what=f"task {function_name(task)!r}", error=InvalidTask)


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidInput(f"a whole number of at least 1, got {value!r}", path=name)
    return value


def _seconds(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise InvalidInput(f"a number of seconds above 0, or None for no bound; got {value!r}", path=name)
    try:
        return None if math.isinf(value) else float(value)
    except OverflowError:
        return None


def _metadata(metadata: object) -> dict[str, object]:
    if metadata is None:
        return {}
    if not isinstance(metadata, Mapping):
        raise InvalidInput(f"a mapping of facts about the experiment, got {type(metadata).__name__}", path="metadata")
    return {str(key): value for key, value in metadata.items()}
