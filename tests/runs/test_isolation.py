"""``isolation="process"``: synchronous user code that can be killed, from end to end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import types
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import arize_async
from arize_async.errors import InvalidEvaluator, InvalidTask
from arize_async.runs import isolation
from arize_async.runs.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset


async def test_task_and_evaluators_run_in_processes(client: ArizeClient, dataset: Dataset) -> None:
    """Functions of no module are sent by value; the rows are those of any run."""

    def answer(input: str) -> dict[str, Any]:
        return {"text": input.replace("q", "a"), "pid": os.getpid()}

    def elsewhere(output: Any) -> tuple[bool, str]:
        return output["pid"] != os.getppid(), output["text"]

    experiment, frame = await client.experiments.run(
        name="processes", dataset=dataset.id, task=answer, evaluators=[elsewhere], isolation="process"
    )
    assert experiment is not None
    assert frame["eval.elsewhere.score"].to_list() == [1.0] * 10
    assert frame["eval.elsewhere.explanation"].to_list() == [f"a{i}" for i in range(10)]
    assert frame["error"].null_count() == 10


async def test_a_task_that_hangs_is_killed(client: ArizeClient, dataset: Dataset) -> None:
    """Its row says so, and the others have their outputs."""

    def task(metadata: Any) -> int:
        if metadata["i"] == 3:
            time.sleep(600)
        return metadata["i"]

    _, frame = await client.experiments.run(
        name="hangs", dataset=dataset.id, task=task, isolation="process", timeout=2, concurrency=2
    )
    assert frame["error"].drop_nulls().to_list() == ["TimeoutError('timed out after 2 s')"]
    assert frame["output"].to_list() == ["0", "1", "2", None, *map(str, range(4, 10))]


async def test_a_worker_that_dies_fails_its_row(client: ArizeClient, dataset: Dataset) -> None:
    """Whether the task or an evaluator ends it; the next rows have fresh processes."""

    def task(metadata: Any) -> int:
        if metadata["i"] == 3:
            os._exit(7)
        return metadata["i"]

    def judge(output: int) -> bool:
        if output == 5:
            os.abort()
        return True

    _, frame = await client.experiments.run(
        name="dies", dataset=dataset.id, task=task, evaluators=[judge], isolation="process"
    )
    assert frame["error"].drop_nulls().to_list() == ["WorkerDied('the worker process exited with code 7')"]
    assert frame["eval.judge.error"][5] == "WorkerDied('the worker process was killed by SIGABRT')"
    assert frame["eval.judge.score"].to_list().count(1.0) == 8


async def test_coroutines_stay_on_the_event_loop(client: ArizeClient, dataset: Dataset) -> None:
    """They are cancelled, not killed; a run without synchronous code has no processes."""
    lock = threading.Lock()  # could not be pickled

    async def task(input: str) -> int:
        with lock:
            return os.getpid()

    async def judge(output: int) -> bool:
        with lock:
            return output == os.getpid()

    _, frame = await client.experiments.run(
        name="coroutines", dataset=dataset.id, task=task, evaluators=[judge], isolation="process"
    )
    assert frame["eval.judge.score"].to_list() == [1.0] * 10


def _of_a_module_made_here() -> Callable[[Any], Any]:
    module = types.ModuleType("made_here")
    exec("def task(row): return 1", vars(module))  # noqa: S102 - a function of that module
    sys.modules["made_here"] = module
    return module.task


def _of_a_lock(lock: Any, row: Any) -> None:
    """Take an argument that cannot be pickled."""


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (partial(_of_a_lock, threading.Lock()), r"cannot be pickled: TypeError\(\"cannot pickle '_thread.lock' object"),
        (_of_a_module_made_here(), "could not load .*No module named .*made_here"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    client: ArizeClient, dataset: Dataset, function: Callable[..., Any], words: str
) -> None:
    """Task and evaluators alike, before the experiment exists, with what to do."""
    for arguments, error in (
        ({"task": function}, InvalidTask),
        ({"task": lambda row: 1, "evaluators": {"judge": function}}, InvalidEvaluator),
    ):
        every: Any = arguments
        with pytest.raises(error, match=f"cannot run in a process of its own: .*{words}.*Define it at the top level"):
            await client.experiments.run(name="refused", dataset=dataset.id, isolation="process", **every)
    assert not (await client.experiments.list()).experiments


def test_a_system_without_these_processes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no process groups that could be killed."""
    fake = types.SimpleNamespace(name="nt")
    monkeypatch.setattr(isolation, "os", fake)
    with pytest.raises(ValueError, match="use isolation='thread'"):
        make_plan(name="n", task=str, isolation="process")
    assert make_plan(name="n", task=str, isolation="thread").isolation == "thread"


SCRIPT = """
import time
from arize_sync import ArizeClient

class Answer(dict):
    pass

def answer(dataset_row):
    if dataset_row["n"] == 1:
        time.sleep(600)
    return Answer(n=dataset_row["n"])

with ArizeClient.local(":memory:") as client:
    dataset = client.datasets.create(name="d", space="default", examples=[{"n": n} for n in range(3)])
    _, frame = client.experiments.run(
        name="e", dataset=dataset.id, task=answer, evaluators=[lambda output: output["n"] == 2],
        isolation="process", timeout=2, progress=False,
    )
    print(frame["output"].to_list(), frame["error"].to_list(), frame["eval.lambda.score"].to_list())
"""


def test_a_script_needs_no_guard_and_ends_at_once(tmp_path: Path) -> None:
    """No worker runs the script again, and no hung task keeps it alive."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False, env=env
    )
    late = "TimeoutError('timed out after 2 s')"
    assert done.stderr == ""
    assert done.stdout == f"""['{{"n":0}}', None, '{{"n":2}}'] [None, "{late}", None] [0.0, None, 1.0]\n"""
