"""The blocking client at work on an embedded server."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from arize_sync import ArizeClient, ClientClosed, NotFound
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from arize_async.models.dataset import Dataset


@pytest.fixture(scope="module")
def client() -> Iterator[ArizeClient]:
    """Run a server in memory."""
    with ArizeClient.local(":memory:") as client:
        yield client


@pytest.fixture(scope="module")
def dataset(client: ArizeClient) -> Dataset:
    """Store forty questions."""
    examples = [{"question": f"{number} + 1", "answer": str(number + 1)} for number in range(40)]
    return client.datasets.create(name="sums", space="default", examples=examples)


def solve(dataset_row: dict[str, Any]) -> str:
    """Add one."""
    return str(int(dataset_row["question"].split()[0]) + 1)


def is_right(output: str, dataset_row: dict[str, Any]) -> bool:
    """Compare with the answer."""
    return output == dataset_row["answer"]


def test_run(client: ArizeClient, dataset: Dataset) -> None:
    """A run gives the experiment and its frame."""
    experiment, frame = client.experiments.run(
        name="run", dataset=dataset.id, task=solve, evaluators=[is_right], concurrency=8, progress=False
    )
    assert experiment is not None
    assert frame.height == 40
    assert frame["eval.is_right.score"].sum() == 40
    assert client.experiments.get(experiment=experiment.id).name == "run"


async def test_run_inside_a_running_loop(client: ArizeClient, dataset: Dataset) -> None:
    """A notebook has a loop of its own; the run does not care."""
    assert asyncio.get_running_loop().is_running()
    _, frame = client.experiments.run(name="loop", dataset=dataset.id, task=solve, dry_run=True, progress=False)
    assert frame.height == 10


def test_pages_walk_on(client: ArizeClient, dataset: Dataset) -> None:
    """A plain ``for`` fetches the pages that follow."""
    page = client.datasets.list_examples(dataset=dataset.id, limit=7)
    assert len(page.examples) == 7
    assert len(list(page)) == 40


def test_stream_gives_runs_and_uploads_at_the_end(client: ArizeClient, dataset: Dataset) -> None:
    """Every run is given once, and the experiment is there after the block."""
    with client.experiments.stream(name="stream", dataset=dataset.id, task=solve, progress=False) as runs:
        seen = [run.index for run in runs]
        assert runs.complete
    assert sorted(seen) == list(range(40))
    assert runs.result.experiment is not None
    assert repr(runs) == "<RunStream 'stream' complete [40 finished]>"
    assert (runs.name, runs.statistics.tasks.finished) == ("stream", 40)
    assert runs.experiment == runs.result.experiment


def test_stream_left_early_uploads_nothing(client: ArizeClient, dataset: Dataset) -> None:
    """Runs that finished behind the caller's back do not make the stream complete."""
    with client.experiments.stream(name="left", dataset=dataset.id, task=solve, progress=False) as runs:
        for _ in runs:
            break
    assert not runs.complete
    assert runs.result.experiment is None
    with pytest.raises(NotFound):
        client.experiments.get(experiment="left", dataset=dataset.id)


def test_stream_goes_on_after_a_break(client: ArizeClient, dataset: Dataset) -> None:
    """A second loop takes the runs that the first one left."""
    with client.experiments.stream(name="twice", dataset=dataset.id, task=solve, dry_run=True, progress=False) as runs:
        first = next(runs)
        assert len([first, *runs]) == 10


def test_task_may_use_the_client(client: ArizeClient, dataset: Dataset) -> None:
    """A plain task runs in a thread of its own, from which the client that runs it answers."""

    def look_up(_row: object) -> str:
        return client.datasets.get(dataset=dataset.id).name

    _, frame = client.experiments.run(
        name="nested", dataset=dataset.id, task=look_up, dry_run=True, concurrency=4, progress=False
    )
    assert set(frame["output"]) == {"sums"}


def test_asynchronous_task_may_not_use_the_blocking_client(client: ArizeClient, dataset: Dataset) -> None:
    """It would block the loop that has to answer: the error says what to do, and nothing hangs."""

    async def look_up(_row: object) -> str:
        return client.datasets.get(dataset=dataset.id).name

    _, frame = client.experiments.run(name="stuck", dataset=dataset.id, task=look_up, dry_run=True, progress=False)
    assert all("arize_async" in error for error in frame["error"])


def test_many_threads_share_a_client(client: ArizeClient) -> None:
    """Calls of many threads are answered at the same time, each with its own answer."""
    names = [f"shared-{number}" for number in range(24)]

    def create_and_get(name: str) -> str:
        client.datasets.create(name=name, space="default", examples=[{"name": name}])
        return str(client.datasets.list_examples(dataset=name, space="default").examples[0].to_dict()["name"])

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(create_and_get, names)) == names


def test_resources_are_made_once(client: ArizeClient) -> None:
    """Whatever thread asks first, there is one of each."""
    with ArizeClient(**_options(client)) as fresh, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.datasets, range(32)))
    assert len({id(vars(resource)["_wrapped"]) for resource in found}) == 1


def _options(client: ArizeClient) -> dict[str, Any]:
    api = client.config.endpoints.api
    return {"api_key": client.config.api_key, "api_host": api.host, "api_scheme": api.scheme, "api_port": api.port}


def test_errors_pass_through(client: ArizeClient) -> None:
    """The error of the asynchronous client is raised as it is."""
    with pytest.raises(NotFound, match="nowhere"):
        client.datasets.get(dataset="nowhere", space="default")


def test_server_and_client_apart() -> None:
    """A server of its own gives the arguments of a client, and both close."""
    with LocalServer(":memory:") as server:
        server.start()
        assert server.url.startswith("http://127.0.0.1:")
        assert server.client_options["api_key"] == server.api_key
        assert "at http://127.0.0.1" in repr(server)
        client = ArizeClient(**server.client_options)
        assert [space.name for space in client.spaces.list()] == ["default"]
        client.close()
        with pytest.raises(ClientClosed):
            client.spaces.list()
        assert repr(client).endswith("closed>")
    assert "stopped" in repr(server)


def test_client_that_is_never_used() -> None:
    """It opens nothing: no thread, no socket, no file; closing it is fine."""
    before = threading.active_count()
    client = ArizeClient(api_key="key")
    assert client.experiments
    assert threading.active_count() == before
    client.close()
    assert threading.active_count() == before


def test_collected_client_leaves_nothing_open() -> None:
    """A client that nobody closed goes without a warning, and so does its thread."""
    with LocalServer(":memory:") as server:
        before = set(threading.enumerate())
        client = ArizeClient(**server.client_options)
        assert client.spaces.list().spaces
        started = [thread for thread in threading.enumerate() if thread not in before and thread.name == "arize-sync"]
        del client
        gc.collect()
        for thread in started:
            thread.join(30)
        assert [thread.is_alive() for thread in started] == [False]


SCRIPT = """
import sys, time
from arize_sync import ArizeClient

client = ArizeClient.local(sys.argv[1])
dataset = client.datasets.create(name="numbers", space="default", examples=[{"n": n} for n in range(500)])
print("ready", flush=True)
"""


def _start(script: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT + textwrap.dedent(script), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_program_that_never_closes_ends_quietly(tmp_path: Path) -> None:
    """The embedded server is stopped at the exit of the interpreter, and its data are all there afterwards."""
    program = _start("", tmp_path)
    out, err = program.communicate(timeout=100)
    assert (out, err, program.returncode) == ("ready\n", "", 0)
    with ArizeClient.local(tmp_path) as client:
        assert len(list(client.datasets.list_examples(dataset="numbers", limit=500))) == 500


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_interrupted_run_cleans_up(tmp_path: Path) -> None:
    """Ctrl-C ends a run at once, gives its name free again, and leaves the client usable."""
    program = _start(
        """
        def slow(n):
            print("working", flush=True)
            time.sleep(600)
        try:
            client.experiments.run(name="slow", dataset=dataset.id, task=slow, concurrency=1, progress=False)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        print(client.experiments.list(dataset=dataset.id).experiments)
        client.close()
        """,
        tmp_path,
    )
    assert program.stdout is not None
    assert [program.stdout.readline(), program.stdout.readline()] == ["ready\n", "working\n"]
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=100)
    assert (out, err, program.returncode) == ("interrupted\n[]\n", "", 0)


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_an_interrupt_out_of_a_task_ends_the_run(tmp_path: Path, kind: str) -> None:
    """It arrives where ``run`` was called, after everything was cleaned up; the client goes on, and so does the run."""
    program = _start(
        f"""
        failing = True
        {kind} task(n):
            if failing and n["n"] == 3:
                raise KeyboardInterrupt
            return n["n"]
        run = lambda **options: client.experiments.run(
            name="stopped", dataset=dataset.id, task=task, concurrency=1, progress=False, **options
        )
        try:
            run()
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        failing = False
        print(run(resume=True).frame.height)
        client.close()
        """,
        tmp_path,
    )
    out, err = program.communicate(timeout=100)
    assert (out, program.returncode) == ("ready\ninterrupted\n500\n", 0)
    assert "run it again with resume=True" in err
