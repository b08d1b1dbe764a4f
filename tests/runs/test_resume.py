"""Interrupted runs: what they leave, and how they go on."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.config import Budget
from arize_async.errors import BudgetExceeded, InvalidInput, JournalInUse, ResumeRefused, RunAborted, UnfinishedRun
from arize_async.experiments import EvaluationResult

if TYPE_CHECKING:
    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset


class Work:
    """A task and two evaluators that count their calls, and fail or stop where they are told to."""

    def __init__(self) -> None:
        """Fail nowhere."""
        self.tasks: Counter[int] = Counter()
        self.evaluations: Counter[tuple[str, int]] = Counter()
        self.bad_tasks: set[int] = set()
        self.bad_evaluations: set[tuple[str, int]] = set()
        self.stop_at: tuple[str, int] | None = None

    async def task(self, metadata: dict[str, int]) -> dict[str, int]:
        """Return what the evaluators get again."""
        number = metadata["i"]
        if self.stop_at == ("task", number):
            await asyncio.Event().wait()
        self.tasks[number] += 1
        if number in self.bad_tasks:
            raise ValueError(number)
        return {"number": number, "huge": 2**70}

    def evaluator(self, name: str) -> Any:
        """Return an evaluator."""

        async def evaluate(output: dict[str, int]) -> EvaluationResult:
            number = output["number"]
            if self.stop_at == (name, number):
                await asyncio.Event().wait()
            assert output["huge"] == 2**70
            self.evaluations[name, number] += 1
            if (name, number) in self.bad_evaluations:
                raise ValueError(number)
            return EvaluationResult(number, "label", metadata={"number": number})

        return evaluate

    async def run(self, client: ArizeClient, dataset: Dataset, **options: Any) -> Any:
        """Run the experiment ``work``."""
        evaluators = {name: self.evaluator(name) for name in ("first", "second")}
        arguments: dict[str, Any] = {
            "name": "work",
            "dataset": dataset.id,
            "task": self.task,
            "evaluators": evaluators,
            "concurrency": 1,
            **options,
        }
        return await client.experiments.run(**arguments)

    async def interrupt(self, client: ArizeClient, dataset: Dataset, what: str, number: int, **options: Any) -> None:
        """Cancel a run when nothing goes on any more but one call, which does not end."""
        self.stop_at = (what, number)
        running = asyncio.create_task(self.run(client, dataset, **options))
        while True:
            before = self.tasks.total() + self.evaluations.total()
            await asyncio.sleep(0.1)
            if before and before == self.tasks.total() + self.evaluations.total():
                break
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        self.stop_at = None


async def runs_of(client: ArizeClient, experiment: Any) -> list[Any]:
    """Read all runs of an experiment."""
    return [run async for run in await client.experiments.list_runs(experiment=experiment.id, limit=500)]


@pytest.mark.parametrize("force_http", [False, True])
@pytest.mark.parametrize(("what", "number"), [("task", 5), ("second", 4)])
async def test_a_run_goes_on_where_it_was_cancelled(
    client: ArizeClient, dataset: Dataset, what: str, number: int, force_http: bool
) -> None:
    """No task and no evaluator that ended is called again, and every run is on the server once."""
    work = Work()
    await work.interrupt(client, dataset, what, number, force_http=force_http)
    assert 4 <= len(work.tasks) < 10
    experiment, frame = await work.run(client, dataset, resume=True, force_http=force_http)
    assert set(work.tasks.values()) == set(work.evaluations.values()) == {1}
    assert (len(work.tasks), len(work.evaluations)) == (10, 20)
    assert frame["eval.first.score"].to_list() == frame["eval.second.metadata.number"].to_list() == list(range(10))
    runs = await runs_of(client, experiment)
    assert sorted(run.example_id for run in runs) == sorted(frame["example_id"])
    assert {run.additional_properties["result.trace.id"] for run in runs} == set(frame["result.trace.id"])


async def test_an_interruption_is_logged_in_one_line(
    client: ArizeClient, dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    """The line says how to go on."""
    with caplog.at_level(logging.WARNING, "arize_async"):
        await Work().interrupt(client, dataset, "task", 5)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("the run 'work' was interrupted: 5 of 10 tasks ended and are kept in ")
    assert line.endswith("; run it again with resume=True")


async def test_an_unfinished_run_is_never_overwritten(client: ArizeClient, dataset: Dataset) -> None:
    """Without resume it is reported with both ways out, and nothing is called or created."""
    work = Work()
    await work.interrupt(client, dataset, "task", 5)
    for _ in range(2):
        with pytest.raises(UnfinishedRun, match=r"5 of 10 tasks ended.*resume=True.*arize-async journals delete work-"):
            await work.run(client, dataset)
    assert len(work.tasks) == 5
    assert (await client.experiments.list()).experiments == []
    await work.run(client, dataset, name="another name")


async def test_a_run_without_a_success_leaves_nothing(client: ArizeClient, dataset: Dataset) -> None:
    """Who corrects a task that fails at once just runs it again."""
    work = Work()
    work.bad_tasks = set(range(10))
    with pytest.raises(RunAborted) as raised:
        await work.run(client, dataset, exit_on_error=True)
    result: Any = raised.value.result
    assert result.journal is None
    assert set(result.frame["execution_status"]) == {"FAILED"}
    work.bad_tasks = set()
    experiment, _ = await work.run(client, dataset)
    assert experiment is not None


async def test_failed_runs_are_repeated_on_request(client: ArizeClient, dataset: Dataset) -> None:
    """``"failed"`` repeats failed tasks and failed evaluators, and nothing else."""
    work = Work()
    work.bad_tasks, work.bad_evaluations = {1, 2}, {("first", 3)}
    await work.interrupt(client, dataset, "task", 8)
    work.bad_tasks, work.bad_evaluations = {2}, set()
    _, frame = await work.run(client, dataset, resume="failed")
    assert {number for number, count in work.tasks.items() if count == 2} == {1, 2}
    assert {place for place, count in work.evaluations.items() if count == 2} == {("first", 3)}
    assert frame["error"].to_list() == [None, None, "ValueError(2)", *[None] * 7]
    assert frame["eval.second.score"].null_count() == 1


async def test_missing_is_the_default_and_leaves_failures_alone(client: ArizeClient, dataset: Dataset) -> None:
    """A failure is a result like any other."""
    work = Work()
    work.bad_tasks, work.bad_evaluations = {1}, {("first", 3)}
    await work.interrupt(client, dataset, "task", 8)
    result = await work.run(client, dataset, resume="missing")
    assert set(work.tasks.values()) == set(work.evaluations.values()) == {1}
    assert result.failures.height == 2


async def test_a_budget_that_was_used_up_can_be_raised(client: ArizeClient, dataset: Dataset) -> None:
    """The error carries what finished and says how to go on."""
    work = Work()
    work.bad_tasks = {3}
    with pytest.raises(BudgetExceeded, match="resume=True") as raised:
        await work.run(client, dataset, budget=Budget(errors=0))
    result: Any = raised.value.result
    assert result.frame.height >= 4
    experiment, frame = await work.run(client, dataset, resume=True)
    assert set(work.tasks.values()) == {1}
    assert len(await runs_of(client, experiment)) == frame.height == 10


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"task": lambda row: "other"}, r"the task is 'test_.*lambda' now and was 'Work.task'|the task is 'lambda'"),
        ({"evaluators": {"first": len}}, "the evaluators are 'first' now and were 'first', 'second'"),
        ({"evaluators": None}, "the evaluators are none now"),
        ({"repetitions": 2}, r"repetitions is 2 now and was 1|other examples"),
    ],
)
async def test_something_else_is_not_resumed(
    client: ArizeClient, dataset: Dataset, change: dict[str, Any], difference: str
) -> None:
    """The difference is named, nothing is called, and what is there stays."""
    work = Work()
    await work.interrupt(client, dataset, "task", 5)
    with pytest.raises(ResumeRefused, match=difference) as raised:
        await work.run(client, dataset, resume=True, **change)
    assert "arize-async journals delete work-" in str(raised.value)
    assert len(work.tasks) == 5
    _, frame = await work.run(client, dataset, resume=True)
    assert frame.height == 10
    assert set(work.tasks.values()) == {1}


async def test_a_dataset_that_changed_is_refused(client: ArizeClient, dataset: Dataset) -> None:
    """Runs over different examples do not belong together."""
    work = Work()
    await work.interrupt(client, dataset, "task", 5)
    await client.datasets.append_examples(dataset=dataset.id, examples=[{"attributes.input.value": "new"}])
    with pytest.raises(ResumeRefused, match="the dataset"):
        await work.run(client, dataset, resume=True)


@pytest.mark.parametrize("change", ["renamed column", "fewer examples"])
async def test_examples_that_changed_are_refused(client: ArizeClient, dataset: Dataset, change: str) -> None:
    """Whether a column has another name or examples are gone; the results stay where they are."""
    work = Work()
    await work.interrupt(client, dataset, "task", 5)
    examples = [example async for example in await client.datasets.list_examples(dataset=dataset.id, limit=500)]
    if change == "fewer examples":
        (version, *_) = (await client.datasets.get(dataset=dataset.id)).versions or []
        gone = [example.id for example in examples[:4]]
        await client.datasets.delete_examples(dataset=dataset.id, dataset_version_id=version.id, examples=gone)
    else:
        renamed = [{"id": example.id, "attributes.question": "q"} for example in examples]
        await client.datasets.update_examples(dataset=dataset.id, examples=renamed)
    with pytest.raises(ResumeRefused, match="the dataset"):
        await work.run(client, dataset, resume=True)
    with pytest.raises(UnfinishedRun, match="5 of 10 tasks ended"):
        await work.run(client, dataset)
    assert len(work.tasks) == 5


async def test_nothing_to_resume_is_a_new_run(client: ArizeClient, dataset: Dataset) -> None:
    """A script may always say resume=True: again, after the upload, it gets the same result without a call."""
    work = Work()
    experiment, frame = await work.run(client, dataset, resume=True)
    again, same = await work.run(client, dataset, resume=True)
    assert again.id == experiment.id
    assert same.equals(frame)
    assert set(work.tasks.values()) == {1}
    assert len(await runs_of(client, experiment)) == 10


async def test_uploaded_failures_are_not_repeated(client: ArizeClient, dataset: Dataset) -> None:
    """Runs on the server cannot be replaced; once their experiment is gone they can."""
    work = Work()
    work.bad_tasks = {3}
    experiment, _ = await work.run(client, dataset)
    work.bad_tasks = set()
    with pytest.raises(ResumeRefused, match="delete the experiment"):
        await work.run(client, dataset, resume="failed")
    await client.experiments.delete(experiment=experiment.id)
    experiment, frame = await work.run(client, dataset, resume="failed")
    assert frame["error"].null_count() == len(await runs_of(client, experiment)) == 10
    assert (work.tasks[3], work.tasks.total()) == (2, 11)


async def test_two_runs_of_one_name_at_once(client: ArizeClient, dataset: Dataset) -> None:
    """The second one is told; the first one goes on."""
    work = Work()
    started, release = asyncio.Event(), asyncio.Event()

    async def task(row: Any) -> str:
        started.set()
        await release.wait()
        return "a"

    async with asyncio.TaskGroup() as group:
        first = group.create_task(work.run(client, dataset, task=task, evaluators=None))
        await started.wait()
        for resume in (False, True):
            with pytest.raises(JournalInUse, match="another run of the same name"):
                await work.run(client, dataset, task=task, evaluators=None, resume=resume)
        release.set()
    experiment, frame = first.result()
    assert len(await runs_of(client, experiment)) == frame.height == 10


async def test_repetitions_are_resumed_one_by_one(client: ArizeClient, dataset: Dataset) -> None:
    """Each execution of an example counts for itself."""
    work = Work()
    await work.interrupt(client, dataset, "task", 5, repetitions=3)
    experiment, frame = await work.run(client, dataset, repetitions=3, resume=True)
    assert set(work.tasks.values()) == {3}
    assert frame["repetition"].to_list() == [1, 2, 3] * 10
    assert len(await runs_of(client, experiment)) == 30


async def test_a_stream_gives_what_was_left_and_has_all(client: ArizeClient, dataset: Dataset) -> None:
    """Only the runs that were made now are given; the result has every run."""
    work = Work()
    await work.interrupt(client, dataset, "task", 5)
    evaluators = {name: work.evaluator(name) for name in ("first", "second")}
    async with client.experiments.stream(
        name="work", dataset=dataset.id, task=work.task, evaluators=evaluators, resume=True
    ) as runs:
        given = sorted([run.index async for run in runs])
    assert given == [5, 6, 7, 8, 9]
    assert runs.result.frame.height == 10


@pytest.mark.parametrize("resume", ["all", 1, None])
async def test_resume_takes_four_values(client: ArizeClient, dataset: Dataset, resume: Any) -> None:
    """Anything else is named."""
    with pytest.raises(InvalidInput, match="resume"):
        await Work().run(client, dataset, resume=resume)
