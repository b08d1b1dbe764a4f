"""``client.experiments.run`` from end to end, against the embedded server."""

from __future__ import annotations

import asyncio
import contextvars
import datetime as dt
import threading
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.config import Limits
from arize_async.errors import Conflict, EmptyDataset, InvalidInput, NotFound, RunAborted, UploadFailed
from arize_async.experiments import EvaluationResult, Evaluator

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset
    from arize_async.models.run import ExperimentRun


def answer(input: str) -> str:
    """Answer every question right."""
    return input.replace("q", "a")


def is_correct(output: str, expected: str) -> bool:
    """Compare."""
    return output == expected


async def stored(client: ArizeClient, experiment: Any) -> list[ExperimentRun]:
    """Read all runs back over REST."""
    return [run async for run in await client.experiments.list_runs(experiment=experiment.id, limit=3)]


async def experiment_names(client: ArizeClient) -> list[str]:
    """List every experiment."""
    return [experiment.name async for experiment in await client.experiments.list()]


@pytest.mark.parametrize("force_http", [False, True])
async def test_the_main_job(client: ArizeClient, dataset: Dataset, force_http: bool) -> None:
    """Tasks and evaluators run, the frame is in dataset order, and the server has the same."""
    experiment, frame = await client.experiments.run(
        name="main",
        dataset=dataset.id,
        task=answer,
        evaluators=[is_correct],
        concurrency=4,
        force_http=force_http,
    )
    assert experiment is not None
    assert (experiment.name, experiment.dataset_id) == ("main", dataset.id)
    assert frame["output"].to_list() == [f"a{i}" for i in range(10)]
    assert frame["eval.is_correct.score"].to_list() == [1.0] * 10
    runs = await stored(client, experiment)
    assert sorted((run.example_id, run.output) for run in runs) == sorted(
        zip(frame["example_id"], frame["output"], strict=True)
    )
    assert {run.additional_properties["eval.is_correct.label"] for run in runs} == {"True"}
    everything = await client.experiments.list_runs(experiment=experiment.id, all=True)
    assert len(everything.experiment_runs) == 10


OUTPUTS: list[Any] = [
    None,
    {"a": {"b": 1}},
    float("nan"),
    b"\xff\x00",
    7,
    2**70,
    True,
    [1, "two", None],
    dt.date(2026, 1, 2),
    "\ud800 lone",
]


@pytest.mark.parametrize("force_http", [False, True])
async def test_any_output_is_a_row(client: ArizeClient, dataset: Dataset, force_http: bool) -> None:
    """None, nested, NaN, bytes, huge, mixed: a completed run each, and the upload succeeds."""
    experiment, frame = await client.experiments.run(
        name="odd",
        dataset=dataset.id,
        task=lambda metadata: OUTPUTS[metadata["i"]],
        evaluators=[lambda output: type(output).__name__],
        force_http=force_http,
    )
    assert frame["execution_status"].to_list() == ["COMPLETED"] * 10
    assert frame["output"].to_list() == [
        None,
        '{"a":{"b":1}}',
        "NaN",
        "/wA=",
        "7",
        str(2**70),
        "true",
        '[1,"two",null]',
        "2026-01-02",
        "\ufffd lone",
    ]
    expected = ["null" if force_http and text is None else text for text in frame["output"]]
    found = {run.example_id: run.output for run in await stored(client, experiment)}
    assert [found[example] for example in frame["example_id"]] == expected


class Unprintable(Exception):
    """An exception whose text cannot be had."""

    def __str__(self) -> str:
        """Fail."""
        raise RuntimeError("no text")

    __repr__ = __str__


@pytest.mark.parametrize("force_http", [False, True])
async def test_failures_are_data(client: ArizeClient, dataset: Dataset, force_http: bool) -> None:
    """A task that raises keeps its row; an evaluator that raises leaves the other evaluators alone."""

    def task(metadata: dict[str, int]) -> str:
        if metadata["i"] == 3:
            raise ValueError("no answer to q3")
        if metadata["i"] == 4:
            raise Unprintable
        return "a"

    def broken(output: str, metadata: dict[str, int]) -> float:
        return 1 / (metadata["i"] - 5)

    def unsupported(output: str) -> Any:
        return object()

    experiment, frame = await client.experiments.run(
        name="failing",
        dataset=dataset.id,
        task=task,
        evaluators={"broken": broken, "fine": lambda output: 1.0, "unsupported": unsupported},
        force_http=force_http,
    )
    assert frame["error"][3] == "ValueError('no answer to q3')"
    assert frame["error"][4].endswith(".Unprintable>")
    assert frame["error"].null_count() == 8
    assert frame["eval.fine.score"].to_list() == [1.0] * 3 + [None] * 2 + [1.0] * 5
    assert frame["eval.fine.error"][3] == "not run: the task failed"
    assert frame["eval.broken.error"][5] == "ZeroDivisionError('division by zero')"
    assert frame["eval.broken.score"][6] == 1.0
    assert "returned object" in frame["eval.unsupported.error"][0]
    runs = {run.example_id: run for run in await stored(client, experiment)}
    failed = runs[frame["example_id"][3]]
    assert failed.error == "ValueError('no answer to q3')"
    assert failed.output in (("",) if force_http else (None,))


BAD_ARGUMENTS: list[dict[str, Any]] = [
    {"task": lambda: 1},
    {"task": lambda first, second: 1},
    {"task": "answer"},
    {"evaluators": [is_correct, is_correct]},
    {"evaluators": [lambda outptu, expected: 1]},
    {"concurrency": 0},
    {"timeout": -1},
    {"name": 'a"b'},
    {"metadata": 1},
]


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS, ids=lambda arguments: next(iter(arguments)))
async def test_bad_arguments_create_nothing(client: ArizeClient, dataset: Dataset, arguments: dict[str, Any]) -> None:
    """The error comes before there is an experiment on the server."""
    good: dict[str, Any] = {"name": "bad", "dataset": dataset.id, "task": answer}
    with pytest.raises(InvalidInput):
        await client.experiments.run(**(good | arguments))
    assert await experiment_names(client) == []


async def test_unknown_and_empty_datasets_create_nothing(client: ArizeClient, dataset: Dataset) -> None:
    """An unknown name lists the names that exist; a dataset without examples is refused."""
    with pytest.raises(NotFound, match=r"dataset 'qestions' not found. Available datasets: questions") as raised:
        await client.experiments.run(name="bad", dataset="qestions", space="default", task=answer)
    assert raised.value.status == 404
    with pytest.raises(NotFound):
        await client.experiments.run(name="bad", dataset="RGF0YXNldDo5OTpBYkNk", task=answer)
    ids = [example.id async for example in await client.datasets.list_examples(dataset=dataset.id)]
    version = (await client.datasets.get(dataset=dataset.id)).versions or []
    await client.datasets.delete_examples(dataset=dataset.id, dataset_version_id=version[0].id, examples=ids)
    for force_http in (False, True):
        with pytest.raises(EmptyDataset, match="has no examples"):
            await client.experiments.run(name="bad", dataset=dataset.id, task=answer, force_http=force_http)
    assert await experiment_names(client) == []


@pytest.mark.parametrize("force_http", [False, True])
async def test_a_taken_name_is_refused_before_anything_runs(
    client: ArizeClient, dataset: Dataset, force_http: bool
) -> None:
    """Nobody pays for tasks whose results could not be stored."""
    calls: list[Any] = []
    await client.experiments.run(name="taken", dataset=dataset.id, task=answer)
    with pytest.raises(Conflict, match="taken"):
        await client.experiments.run(name="taken", dataset=dataset.id, task=calls.append, force_http=force_http)
    assert calls == []


async def test_a_dry_run_leaves_no_trace(client: ArizeClient, dataset: Dataset) -> None:
    """There is no experiment, and the frame has the first examples."""
    experiment, frame = await client.experiments.run(
        name="dry", dataset=dataset.id, task=answer, evaluators=is_correct, dry_run=True, dry_run_count=3
    )
    assert experiment is None
    assert frame["output"].to_list() == ["a0", "a1", "a2"]
    assert frame["eval.is_correct.score"].to_list() == [1.0] * 3
    assert await experiment_names(client) == []


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_concurrency_is_real_and_bounded(client: ArizeClient, dataset: Dataset, kind: str) -> None:
    """Five tasks meet each other, and never are there six."""
    lock, running, most = threading.Lock(), 0, 0
    threads, tasks = threading.Barrier(5, timeout=30), asyncio.Barrier(5)

    def enter(by: int) -> None:
        nonlocal running, most
        with lock:
            running += by
            most = max(most, running)

    def in_thread(row: Any) -> str:
        enter(1)
        threads.wait()
        enter(-1)
        return "a"

    async def on_loop(row: Any) -> str:
        enter(1)
        await tasks.wait()
        enter(-1)
        return "a"

    task: Callable[..., Any] = in_thread if kind == "sync" else on_loop
    _, frame = await client.experiments.run(name="c", dataset=dataset.id, task=task, concurrency=5, timeout=60)
    assert (frame.height, most, frame["error"].null_count()) == (10, 5, 10)


async def test_evaluators_have_a_limit_of_their_own(client: ArizeClient, dataset: Dataset) -> None:
    """With one evaluation at a time, two never overlap."""
    running, most = 0, 0

    async def evaluate(output: str) -> float:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return 1.0

    await client.experiments.run(
        name="limited",
        dataset=dataset.id,
        task=answer,
        evaluators={"first": evaluate, "second": evaluate},
        concurrency=5,
        limits=Limits(evaluators=1),
    )
    assert most == 1


async def test_a_timeout_fails_the_call_and_not_the_run(client: ArizeClient, dataset: Dataset) -> None:
    """Hung tasks, on the loop and in threads, give a failed row and their slot back."""
    release = threading.Event()

    async def hang(metadata: dict[str, int]) -> str:
        if metadata["i"] < 2:
            await asyncio.Event().wait()
        return "a"

    def hang_in_thread(metadata: dict[str, int]) -> str:
        if metadata["i"] < 2:
            release.wait(60)
        return "a"

    try:
        for name, task in (("async", hang), ("sync", hang_in_thread)):
            _, frame = await client.experiments.run(
                name=name, dataset=dataset.id, task=task, concurrency=1, timeout=0.2
            )
            assert frame["error"].to_list() == ["TimeoutError('timed out after 0.2 s')"] * 2 + [None] * 8
    finally:
        release.set()


@pytest.mark.parametrize("culprit", ["task", "evaluator"])
async def test_exit_on_error_stops_and_keeps_what_finished(client: ArizeClient, dataset: Dataset, culprit: str) -> None:
    """The error carries the frame, nothing was uploaded, and the name is free again."""

    def task(metadata: dict[str, int]) -> str:
        if culprit == "task" and metadata["i"] == 4:
            raise ValueError("stop here")
        return "a"

    def evaluate(output: str, metadata: dict[str, int]) -> float:
        if culprit == "evaluator" and metadata["i"] == 4:
            raise ValueError("stop here")
        return 1.0

    with pytest.raises(RunAborted, match="stop here") as raised:
        await client.experiments.run(
            name="abort", dataset=dataset.id, task=task, evaluators=evaluate, concurrency=1, exit_on_error=True
        )
    result: Any = raised.value.result
    assert result.experiment is None
    outputs = result.frame["output"].to_list()
    assert 4 <= len(outputs) < 10
    assert outputs.count(None) == (1 if culprit == "task" else 0)
    assert await experiment_names(client) == []
    assert str(result.journal) in str(raised.value)


async def test_runs_at_the_same_time_are_independent(client: ArizeClient, dataset: Dataset) -> None:
    """Two runs of one client have their own results."""
    upper = client.experiments.run(name="upper", dataset=dataset.id, task=lambda input: input.upper())
    lower = client.experiments.run(name="lower", dataset=dataset.id, task=answer)
    (_, first), (_, second) = await asyncio.gather(upper, lower)
    assert first["output"].to_list() == [f"Q{i}" for i in range(10)]
    assert second["output"].to_list() == [f"a{i}" for i in range(10)]


async def test_context_variables_reach_sync_and_async_tasks(client: ArizeClient, dataset: Dataset) -> None:
    """What the caller set is seen by the task, in a thread as on the loop."""
    variable = contextvars.ContextVar("variable", default="unset")
    variable.set("set")

    async def on_loop(row: Any) -> str:
        return variable.get()

    for name, task in (("sync", lambda row: variable.get()), ("async", on_loop)):
        _, frame = await client.experiments.run(name=name, dataset=dataset.id, task=task)
        assert set(frame["output"]) == {"set"}


async def test_what_a_task_changes_no_evaluator_sees(client: ArizeClient, dataset: Dataset) -> None:
    """Every call has its own copy of the row and of the output."""

    def task(dataset_row: dict[str, Any]) -> dict[str, int]:
        dataset_row["attributes.metadata"]["i"] = "changed"
        dataset_row.clear()
        return {"value": 1}

    def first(output: dict[str, int], metadata: dict[str, Any]) -> EvaluationResult:
        output["value"] = 2
        return EvaluationResult(label=str(metadata["i"]))

    class Second(Evaluator):
        async def async_evaluate(self, **kwargs: Any) -> EvaluationResult:
            return EvaluationResult(score=kwargs["output"]["value"], metadata={"seen": sorted(kwargs)})

    _, frame = await client.experiments.run(name="copies", dataset=dataset.id, task=task, evaluators=[first, Second()])
    assert frame["eval.first.label"].to_list() == [str(i) for i in range(10)]
    assert set(frame["eval.Second.score"]) == {1.0}
    assert frame["eval.Second.metadata.seen"][0] == (
        '["dataset_output","dataset_row","expected","experiment_output","input","metadata","output","reference","run"]'
    )


async def test_a_stream_gives_runs_as_they_finish(client: ArizeClient, dataset: Dataset) -> None:
    """The first run comes while another one cannot finish yet."""
    seen = asyncio.Event()

    async def task(metadata: dict[str, int]) -> int:
        if metadata["i"] == 0:
            await seen.wait()
        return metadata["i"]

    async with client.experiments.stream(
        name="stream", dataset=dataset.id, task=task, evaluators=[lambda output: output], concurrency=2
    ) as runs:
        order = []
        async for run in runs:
            seen.set()
            order.append(run.index)
            assert run.evaluations[0].result == EvaluationResult(score=run.index)
        assert runs.statistics.tasks.succeeded == 10
    assert order[0] != 0
    assert sorted(order) == list(range(10))
    experiment, frame = runs.result
    assert experiment is not None
    assert frame["output"].to_list() == [str(i) for i in range(10)]
    assert repr(runs) == "<RunStream 'stream' complete [10 finished]>"


async def test_leaving_a_stream_early_uploads_nothing(client: ArizeClient, dataset: Dataset) -> None:
    """What finished is in the result; the name is free again."""
    async with client.experiments.stream(name="early", dataset=dataset.id, task=answer) as runs:
        async for _ in runs:
            break
    assert runs.result.experiment is None
    assert 1 <= runs.result.frame.height < 10
    assert await experiment_names(client) == []


async def test_cancelling_a_run_cancels_its_tasks(client: ArizeClient, dataset: Dataset) -> None:
    """The tasks in flight are cancelled and awaited, and the name is free again."""
    started, cancelled = asyncio.Event(), 0

    async def task(row: Any) -> None:
        nonlocal cancelled
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise

    async with asyncio.TaskGroup() as group:
        running = group.create_task(client.experiments.run(name="cancel", dataset=dataset.id, task=task))
        await started.wait()
        running.cancel()
    assert running.cancelled()
    assert cancelled >= 1
    assert await experiment_names(client) == []


async def test_a_failed_upload_keeps_the_results(dataset: Dataset, client: ArizeClient) -> None:
    """The error carries the frame; a second run only uploads."""
    calls = 0

    async def task(row: Any) -> str:
        nonlocal calls
        calls += 1
        # the server refuses uploads of an experiment that is gone
        page = await client.experiments.list(dataset=dataset.id)
        for experiment in page.experiments:
            await client.experiments.delete(experiment=experiment.id)
        return "a"

    with pytest.raises(UploadFailed, match="All 10 runs of 'gone' finished") as raised:
        await client.experiments.run(name="gone", dataset=dataset.id, task=task, concurrency=1)
    result: Any = raised.value.result
    assert result.frame["output"].to_list() == ["a"] * 10
    experiment, frame = await client.experiments.run(name="gone", dataset=dataset.id, task=task, resume=True)
    assert experiment is not None
    assert calls == len(await stored(client, experiment)) == frame.height == 10
