"""One experiment, run from every place that Python code runs in."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import arize_async
import arize_sync
from arize_async.server import LocalServer
from arize_sync.server import LocalServer as BlockingServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OF_THE_MOMENT = {
    "id",
    "result.trace.id",
    "result.trace.timestamp",
    "execution_time",
    "execution_latency",
    "latency",
}
"""Columns, or their ends, that differ between any two runs."""
MODULE = """
import asyncio


async def answer(input, metadata):
    await asyncio.sleep(0.001 * (7 - metadata["n"] % 7))
    if metadata["n"] % 5 == 3:
        raise ValueError(f"no answer to {input}")
    return [None, f"{input}!", {"n": metadata["n"]}, 0.5][metadata["n"] % 4]


def is_text(output):
    return isinstance(output, str)


async def length(output):
    return len(output), "of the text"
"""
SCRIPT = """
import sys

sys.path.insert(0, sys.argv[1])
import json
from {package} import ArizeClient
from functions import answer, is_text, length

options, dataset, target = json.loads(sys.argv[2]), sys.argv[3], sys.argv[4]
{body}
frame.write_parquet(target)
"""
ASYNC = """
import asyncio
async def main():
    async with ArizeClient(**options) as client:
        result = await client.experiments.run(
            name=target, dataset=dataset, task=answer, evaluators=[is_text, length], concurrency=4)
        return result.frame
frame = asyncio.run(main())
"""
SYNC = """
with ArizeClient(**options) as client:
    _, frame = client.experiments.run(
        name=target, dataset=dataset, task=answer, evaluators=[is_text, length], concurrency=4)
"""


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the task and the evaluators to a file that scripts import too."""
    folder = tmp_path_factory.mktemp("functions")
    folder.joinpath("functions.py").write_text(MODULE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def arguments(functions: Path) -> dict[str, Any]:
    """Return what all runs are called with."""
    names: dict[str, Any] = {}
    exec(compile(MODULE, str(functions / "functions.py"), "exec"), names)  # noqa: S102 - a constant of this file
    return {"task": names["answer"], "evaluators": [names["is_text"], names["length"]], "concurrency": 4}


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Start a server in a thread of its own, for clients of every kind."""
    with BlockingServer(":memory:") as server:
        yield {**server.client_options, "arize_directory": str(tmp_path_factory.mktemp("arize"))}


@pytest.fixture(scope="module")
def dataset(options: dict[str, Any]) -> str:
    """Store forty questions."""
    rows = [{"attributes.input.value": f"question {n}", "attributes.metadata": {"n": n}} for n in range(40)]
    with arize_sync.ArizeClient(**options) as client:
        return client.datasets.create(name="questions", space="default", examples=rows).id


@pytest.fixture(scope="module")
def expected(options: dict[str, Any], dataset: str, arguments: dict[str, Any]) -> pl.DataFrame:
    """Run it the plain way: a program that awaits."""
    frame = asyncio.run(_awaited("plain", options, dataset, arguments))
    assert frame["execution_status"].to_list().count("FAILED") == 8
    return _lasting(frame)


async def _awaited(name: str, options: dict[str, Any], dataset: str, arguments: dict[str, Any]) -> pl.DataFrame:
    async with arize_async.ArizeClient(**options) as client:
        return (await client.experiments.run(name=name, dataset=dataset, **arguments)).frame


def _called(name: str, options: dict[str, Any], dataset: str, arguments: dict[str, Any]) -> pl.DataFrame:
    with arize_sync.ArizeClient(**options) as client:
        return client.experiments.run(name=name, dataset=dataset, **arguments).frame


def _lasting(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out what belongs to the moment of the run."""
    return frame.select(
        name for name in frame.columns if not any(name.split(".")[-1] in end or name == end for end in OF_THE_MOMENT)
    )


def _in_thread(call: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    found: list[pl.DataFrame] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join(60)
    return found[0]


@pytest.mark.parametrize(("package", "body"), [("arize_async", ASYNC), ("arize_sync", SYNC)])
def test_a_script(
    package: str, body: str, *, options: dict[str, Any], dataset: str, functions: Path, expected: pl.DataFrame
) -> None:
    """A program of its own, with either package."""
    target = functions / f"{package}.parquet"
    command = [sys.executable, "-c", SCRIPT.format(package=package, body=body)]
    subprocess.run([*command, str(functions), json.dumps(options), dataset, str(target)], check=True, timeout=60)
    assert _lasting(pl.read_parquet(target)).equals(expected)


async def test_a_running_loop(
    options: dict[str, Any], dataset: str, arguments: dict[str, Any], expected: pl.DataFrame
) -> None:
    """Awaited where a loop runs already."""
    assert _lasting(await _awaited("loop", options, dataset, arguments)).equals(expected)


def test_threads(options: dict[str, Any], dataset: str, arguments: dict[str, Any], expected: pl.DataFrame) -> None:
    """Either package in a thread that is not the main one."""
    awaited = _in_thread(lambda: asyncio.run(_awaited("thread a", options, dataset, arguments)))
    assert _lasting(awaited).equals(expected)
    assert _lasting(_in_thread(lambda: _called("thread b", options, dataset, arguments))).equals(expected)


async def test_the_facade_in_a_running_loop(
    options: dict[str, Any], dataset: str, arguments: dict[str, Any], expected: pl.DataFrame
) -> None:
    """As in a notebook: the loop of the caller is another one than that of the run."""
    frame = await asyncio.to_thread(_called, "notebook", options, dataset, arguments)
    assert _lasting(frame).equals(expected)
    assert _lasting(_called("notebook 2", options, dataset, arguments)).equals(expected)


async def test_two_runs_at_once(
    options: dict[str, Any], dataset: str, arguments: dict[str, Any], expected: pl.DataFrame
) -> None:
    """Two in one loop, and one of the facade beside them."""
    frames = await asyncio.gather(
        _awaited("two a", options, dataset, arguments),
        _awaited("two b", options, dataset, arguments),
        asyncio.to_thread(_called, "two c", options, dataset, arguments),
    )
    assert all(_lasting(frame).equals(expected) for frame in frames)


async def test_the_server_of_this_process(
    options: dict[str, Any], dataset: str, arguments: dict[str, Any], expected: pl.DataFrame
) -> None:
    """Client and server on one loop."""
    async with arize_async.ArizeClient(**options) as client:
        rows = [row.additional_properties async for row in await client.datasets.list_examples(dataset=dataset)]
    async with LocalServer(":memory:") as server, arize_async.ArizeClient(**server.client_options) as client:
        other = await client.datasets.create(name="questions", space="default", examples=rows)
        frame = (await client.experiments.run(name="here", dataset=other.id, **arguments)).frame
    assert _lasting(frame).drop("example_id").equals(expected.drop("example_id"))
