"""``client.experiments``: the operations of the platform, and running experiments."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal, overload

from arize_async.experiments.journals import JournaledExperiments, load_runs
from arize_async.pre_releases import pre_release

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from arize_async.config import Budget, Limits, RetryPolicy, Tracing
    from arize_async.evaluators.named import Evaluators
    from arize_async.models.experiment import Experiment
    from arize_async.results.result import ExperimentResult
    from arize_async.runs.plan import Task
    from arize_async.runs.stream import RunStream
    from arize_async.scheduler.progress import Progress


class ExperimentsClient(JournaledExperiments):
    """Create, run, compare, list, annotate and delete experiments."""

    @overload
    async def run(
        self,
        *,
        name: str,
        dataset: str,
        space: str | None = None,
        task: Task[object],
        evaluators: Evaluators | None = None,
        run_evaluators: Evaluators | None = None,
        dry_run: Literal[False] = False,
        dry_run_count: int = 10,
        concurrency: int = 3,
        set_global_tracer_provider: bool = False,
        exit_on_error: bool = False,
        timeout: float | None = 120,  # noqa: ASYNC109 - as below
        force_http: bool = False,
        metadata: Mapping[str, object] | None = None,
        limits: Limits | None = None,
        retry: RetryPolicy | None = None,
        repetitions: int = 1,
        budget: Budget | None = None,
        resume: Literal[False, True, "missing", "failed"] = False,
        progress: bool | Progress | None = None,
        isolation: Literal["thread", "process"] = "thread",
        instrument: bool = True,
        tracing: Tracing | None = None,
    ) -> ExperimentResult[Experiment]: ...

    @overload
    async def run(
        self,
        *,
        name: str,
        dataset: str,
        space: str | None = None,
        task: Task[object],
        evaluators: Evaluators | None = None,
        run_evaluators: Evaluators | None = None,
        dry_run: Literal[True],
        dry_run_count: int = 10,
        concurrency: int = 3,
        set_global_tracer_provider: bool = False,
        exit_on_error: bool = False,
        timeout: float | None = 120,  # noqa: ASYNC109 - as below
        force_http: bool = False,
        metadata: Mapping[str, object] | None = None,
        limits: Limits | None = None,
        retry: RetryPolicy | None = None,
        repetitions: int = 1,
        budget: Budget | None = None,
        resume: Literal[False, True, "missing", "failed"] = False,
        progress: bool | Progress | None = None,
        isolation: Literal["thread", "process"] = "thread",
        instrument: bool = True,
        tracing: Tracing | None = None,
    ) -> ExperimentResult[None]: ...

    @overload
    async def run(
        self,
        *,
        name: str,
        dataset: str,
        space: str | None = None,
        task: Task[object],
        evaluators: Evaluators | None = None,
        run_evaluators: Evaluators | None = None,
        dry_run: bool,
        dry_run_count: int = 10,
        concurrency: int = 3,
        set_global_tracer_provider: bool = False,
        exit_on_error: bool = False,
        timeout: float | None = 120,  # noqa: ASYNC109 - as below
        force_http: bool = False,
        metadata: Mapping[str, object] | None = None,
        limits: Limits | None = None,
        retry: RetryPolicy | None = None,
        repetitions: int = 1,
        budget: Budget | None = None,
        resume: Literal[False, True, "missing", "failed"] = False,
        progress: bool | Progress | None = None,
        isolation: Literal["thread", "process"] = "thread",
        instrument: bool = True,
        tracing: Tracing | None = None,
    ) -> ExperimentResult[Experiment | None]: ...

    @pre_release("experiments.run")
    async def run(  # noqa: PLR0913 - the keywords of the official SDK
        self,
        *,
        name: str,
        dataset: str,
        space: str | None = None,
        task: Task[object],
        evaluators: Evaluators | None = None,
        run_evaluators: Evaluators | None = None,
        dry_run: bool = False,
        dry_run_count: int = 10,
        concurrency: int = 3,
        set_global_tracer_provider: bool = False,
        exit_on_error: bool = False,
        timeout: float | None = 120,  # noqa: ASYNC109 - of each call of user code, not of this method
        force_http: bool = False,
        metadata: Mapping[str, object] | None = None,
        limits: Limits | None = None,
        retry: RetryPolicy | None = None,
        repetitions: int = 1,
        budget: Budget | None = None,
        resume: Literal[False, True, "missing", "failed"] = False,
        progress: bool | Progress | None = None,
        isolation: Literal["thread", "process"] = "thread",
        instrument: bool = True,
        tracing: Tracing | None = None,
    ) -> ExperimentResult:
        """Run a task over every example of a dataset, evaluate its outputs and record the runs.

        What the task or an evaluator raises is data: the run is kept with its error, and the others go on.

        Args:
            name: Name of the experiment, unique in the dataset; 1 to 255 characters.
            dataset: Name or id of the dataset.
            space: Name or id of its space; needed only where the dataset's name is not unique.
            task: A function of an example, synchronous (it runs in a worker, see ``isolation``) or asynchronous.
                Parameters named ``input``, ``output``, ``metadata`` and ``dataset_row`` get these parts of the
                example; a single parameter of another name gets the whole row as a dict.
            evaluators: One evaluator, several, or a mapping of names: functions or ``Evaluator`` objects. Parameters
                are bound by name: ``output`` (what the task returned, also ``experiment_output``), ``expected`` (the
                example's output, also ``reference`` and ``dataset_output``), ``input``, ``metadata``,
                ``dataset_row``, ``run`` (a ``FinishedTask``: latency in ms, tokens, cost, attempts); a single
                parameter of another name gets the output. They return an
                ``EvaluationResult``, bool, number, label, ``(score, explanation)``,
                ``(score, label, explanation)`` or a dict with these keys.
            run_evaluators: Evaluators of all runs together, called once at the end: for figures that are no mean over
                runs. They get by name: ``frame`` (as it is returned), ``summary``, ``runs`` (of ``FinishedRun``), and
                lists with one item a run, ``inputs``, ``outputs`` (None where the task failed), ``expected``,
                ``metadata``, ``dataset_rows``; a single parameter of another name gets the frame. What they find is
                in ``run_evaluations`` and ``summary`` of the result; what they raise is there, too.
            dry_run: Run the first ``dry_run_count`` examples and send nothing to the server.
            dry_run_count: How many examples a dry run takes.
            concurrency: Most tasks at the same time.
            set_global_tracer_provider: Trace libraries that use OpenTelemetry's global provider as part of the run.
            exit_on_error: Stop at the first error of the task or of an evaluator.
            timeout: Seconds for each call of the task and of an evaluator; None for no bound.
            force_http: Use REST alone, where Flight cannot pass.
            metadata: Facts that go on every task span.
            limits: Further bounds on the work in flight, shared by the runs that are given the same object.
            retry: Which calls of the task and of evaluators are repeated; by default only those that met a rate
                limit (an exception with the status 429), after the wait that it asks for.
            repetitions: How often each example is run; the frame then has a column ``repetition``.
            budget: Errors, seconds, tokens or dollars that the run may use up.
            resume: True, or ``"missing"``, goes on with an interrupted run of this name on this dataset: nothing that
                finished is called again. ``"failed"`` repeats what failed as well. Without such a run all is new.
            progress: True for bars on standard error (plain lines where it is no terminal), False for none, an
                object with a method ``notify``; by default bars when standard error is a terminal or a notebook.
            isolation: Where synchronous code runs: ``"thread"``, or ``"process"`` for worker processes, which are
                killed when a call times out. What crosses between them is pickled; context variables and spans do
                not cross. Coroutines run on the event loop in either case.
            instrument: Whether OpenInference instrumentors that are installed make the calls of LLM clients part of
                the run: their spans, tokens and cost. It is done for the time of runs and changes nothing else.
            tracing: What spans hold, what models cost and how spans travel.

        Returns:
            The pair of the experiment (None for a dry run) and a polars frame with one row a run in dataset order;
            the columns are those of wire contract 4.4. It also has ``summary`` and ``failures``.

        Raises:
            InvalidTask: The task cannot be called with an example.
            InvalidEvaluator: An evaluator cannot be called, or two have the same name.
            InvalidInput: Another argument is out of bounds, or the dataset is empty. Nothing was created.
            NotFound: There is no such dataset.
            Conflict: The dataset has an experiment of this name.
            RunAborted: ``exit_on_error`` and something failed; ``result`` has what finished.
            BudgetExceeded: The budget was used up; ``result`` has what finished.
            UnfinishedRun: An earlier run of this name was interrupted, and ``resume`` is not given.
            ResumeRefused: The dataset, the task, the evaluators or the repetitions are not those of that run.
            JournalError: The journal of the run cannot be kept, or another run has it. Nothing was created.
            JournalFailed: It cannot be written any longer; ``result`` has what finished.
            UploadFailed: Every run finished and could not be sent; ``result`` has the frame.

        Example:
            >>> def answer(dataset_row):
            ...     return f"{dataset_row['question']} It was Alfred Nobel."
            >>> def is_correct(output, expected):
            ...     return expected in output
            >>> experiment, df = await client.experiments.run(
            ...     name="second", dataset="inventions", task=answer, evaluators=[is_correct], concurrency=10
            ... )
            >>> experiment.name, df["eval.is_correct.label"].to_list()
            ('second', ['True', 'False'])
        """
        async with self.stream(
            name=name,
            dataset=dataset,
            space=space,
            task=task,
            evaluators=evaluators,
            run_evaluators=run_evaluators,
            dry_run=dry_run,
            dry_run_count=dry_run_count,
            concurrency=concurrency,
            set_global_tracer_provider=set_global_tracer_provider,
            exit_on_error=exit_on_error,
            timeout=timeout,
            force_http=force_http,
            metadata=metadata,
            limits=limits,
            retry=retry,
            repetitions=repetitions,
            budget=budget,
            resume=resume,
            progress=progress,
            isolation=isolation,
            instrument=instrument,
            tracing=tracing,
        ) as runs:
            async for _ in runs:
                pass
        return runs.result

    @asynccontextmanager
    async def stream(  # noqa: PLR0913 - the keywords of `run`
        self,
        *,
        name: str,
        dataset: str,
        space: str | None = None,
        task: Task[object],
        evaluators: Evaluators | None = None,
        run_evaluators: Evaluators | None = None,
        dry_run: bool = False,
        dry_run_count: int = 10,
        concurrency: int = 3,
        set_global_tracer_provider: bool = False,
        exit_on_error: bool = False,
        timeout: float | None = 120,  # noqa: ASYNC109 - of each call of user code, not of this method
        force_http: bool = False,
        metadata: Mapping[str, object] | None = None,
        limits: Limits | None = None,
        retry: RetryPolicy | None = None,
        repetitions: int = 1,
        budget: Budget | None = None,
        resume: Literal[False, True, "missing", "failed"] = False,
        progress: bool | Progress | None = None,
        isolation: Literal["thread", "process"] = "thread",
        instrument: bool = True,
        tracing: Tracing | None = None,
    ) -> AsyncGenerator[RunStream]:
        """Run an experiment and get each run as soon as it is finished.

        The runs are uploaded when the block ends and all of them were taken. Leaving it earlier cancels what still
        runs and uploads nothing; ``runs.result`` has what finished.

        Args:
            name: As in ``run``, like all arguments.
            dataset: Name or id of the dataset.
            space: Name or id of its space.
            task: A function of an example.
            evaluators: One evaluator, several, or a mapping of names.
            run_evaluators: The same, of all runs together.
            dry_run: Send nothing to the server.
            dry_run_count: How many examples a dry run takes.
            concurrency: Most tasks at the same time.
            set_global_tracer_provider: Trace libraries that use OpenTelemetry's global provider.
            exit_on_error: Stop at the first error.
            timeout: Seconds for each call of the task and of an evaluator.
            force_http: Use REST alone.
            metadata: Facts that go on every task span.
            limits: Further bounds on the work in flight.
            retry: Which calls are repeated.
            repetitions: How often each example is run.
            budget: What the run may use up.
            resume: Go on with an interrupted run.
            progress: Who watches.
            isolation: Where synchronous code runs.
            instrument: Whether calls of LLM clients are traced.
            tracing: What spans hold, what models cost and how spans travel.

        Yields:
            A stream of ``FinishedRun`` in the order of completion.

        Raises:
            ArizeError: As ``run`` does.

        Example:
            >>> def answer(dataset_row):
            ...     return "Alfred Nobel"
            >>> async with client.experiments.stream(name="second", dataset="inventions", task=answer) as runs:
            ...     async for run in runs:
            ...         print(run.output)
            Alfred Nobel
            Alfred Nobel
            >>> experiment, df = runs.result
        """
        # the libraries behind a run take a second to load, and others may be using this event loop
        make_plan, runner_class = await asyncio.to_thread(load_runs)
        plan = make_plan(
            name=name,
            task=task,
            evaluators=evaluators,
            run_evaluators=run_evaluators,
            dry_run=dry_run,
            dry_run_count=dry_run_count,
            concurrency=concurrency,
            set_global_tracer_provider=set_global_tracer_provider,
            exit_on_error=exit_on_error,
            timeout=timeout,
            force_http=force_http,
            metadata=metadata,
            limits=limits,
            retry=retry,
            repetitions=repetitions,
            budget=budget,
            resume=resume,
            progress=progress,
            isolation=isolation,
            instrument=instrument,
            tracing=tracing,
        )
        found = await self._datasets.get(dataset=dataset, space=space)
        runner = self._runner(runner_class, await self._settings())
        async with runner.open(plan, found) as runs:
            yield runs
