"""What goes wrong with the disk costs a download, never an answer."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import arize_async
from arize_async import ArizeClient, InvalidResponse
from arize_async.cache.examples import ExampleReader
from arize_async.cache.folder import Bounds
from arize_async.transport.flight_reading import Reading

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    import polars as pl
    import pyarrow as pa

    from arize_async.models.dataset import Dataset
    from arize_async.server import LocalServer


async def read(client: ArizeClient, dataset: Dataset) -> pl.DataFrame:
    """Read all examples as a frame."""
    return (await client.datasets.list_examples(dataset=dataset.id, all=True)).to_df()


def kept(folder: Path) -> list[str]:
    """Return the names of the files in the cache."""
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the cache warned of."""
    found = [record for record in caplog.records if record.name == "arize_async.cache"]
    return [record.getMessage() for record in found if record.levelno >= logging.WARNING]


@contextmanager
def files_no_larger_than(size: int) -> Generator[None]:
    """Let the system refuse to write more, as it does on a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk(
    client: ArizeClient, downloads: list[str], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every read downloads, one warning says why, no file is left; when there is room again, so is the cache."""
    rows = [{"noise": os.urandom(200).hex()} for _ in range(500)]
    dataset = await client.datasets.create(name="noise", space="default", examples=rows)
    with files_no_larger_than(20_000):
        for _ in range(2):
            assert len(await read(client, dataset)) == 500
        _, frame = await client.experiments.run(
            name="e", dataset=dataset.id, task=lambda row: 1, dry_run=True, dry_run_count=1000
        )
        assert len(frame) == 500
    assert len(downloads) == 3
    assert kept(folder) == []
    (warning,) = warned(caplog)
    assert "without the cache" in warning
    for _ in range(2):
        assert len(await read(client, dataset)) == 500
    assert len(downloads) == 4


@pytest.mark.parametrize("directory", ["file/below", "no\0path", "x" * 5000], ids=["file", "nul", "long"])
async def test_a_folder_that_cannot_be_made(
    connect: Callable[..., ArizeClient],
    dataset: Dataset,
    downloads: list[str],
    tmp_path: Path,
    directory: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every read downloads, and one warning says why."""
    await asyncio.to_thread((tmp_path / "file").touch)
    client = connect(arize_directory=f"{tmp_path}/{directory}")
    for _ in range(2):
        assert len(await read(client, dataset)) == 5
    assert len(downloads) == 2
    (warning,) = warned(caplog)
    assert client.config.api_key not in warning


async def test_a_damaged_file_is_downloaded_again(
    client: ArizeClient, dataset: Dataset, downloads: list[str], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is right, and so is the file afterwards."""
    expected = await read(client, dataset)
    (name,) = kept(folder)
    file = folder / name
    good = await asyncio.to_thread(file.read_bytes)
    for damaged in (b"", good[:-1], good[: len(good) // 2], bytes(len(good)), good + good):
        await asyncio.to_thread(file.write_bytes, damaged)
        assert (await read(client, dataset)).equals(expected)
        assert (await read(client, dataset)).equals(expected)
    assert len(downloads) == 6
    assert warned(caplog) == []


async def test_a_file_that_disappears_while_it_is_read(
    client: ArizeClient, dataset: Dataset, downloads: list[str]
) -> None:
    """Whoever reads it reads it to its end."""
    await read(client, dataset)
    reader = client._examples
    async with reader.open(await client.datasets.get(dataset=dataset.id)) as stream:
        await client.clear_cache()
        assert sum([batch.num_rows async for batch in stream]) == 5
    assert downloads == [""]


async def test_what_is_larger_than_the_cache_is_given_all_the_same(
    client: ArizeClient, dataset: Dataset, folder: Path
) -> None:
    """It is only not kept."""

    async def settings() -> Any:
        return client.config

    reader = ExampleReader(client._flight, settings, Bounds(bytes=10))
    assert (await reader.table(await client.datasets.get(dataset=dataset.id))).num_rows == 5
    assert kept(folder) == []


async def test_a_download_that_breaks_is_not_kept(
    client: ArizeClient, dataset: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its error arrives, and the next read starts anew."""
    whole = Reading.batches

    async def broken(self: Reading) -> AsyncGenerator[pa.RecordBatch]:
        following = whole(self)
        yield await anext(following)
        await following.aclose()
        raise InvalidResponse("the stream broke")

    with monkeypatch.context() as patched:
        patched.setattr(Reading, "batches", broken)
        with pytest.raises(InvalidResponse, match="broke"):
            await read(client, dataset)
    assert kept(folder) == []
    assert len(await read(client, dataset)) == 5


async def test_a_cancelled_read_leaves_nothing(client: ArizeClient, dataset: Dataset, folder: Path) -> None:
    """Neither a file nor an open reader."""
    started = asyncio.Event()

    async def read_forever() -> None:
        async with client._examples.open(await client.datasets.get(dataset=dataset.id)) as stream:
            async for _ in stream:
                started.set()
                await asyncio.Event().wait()

    task = asyncio.create_task(read_forever())
    await started.wait()
    assert [name[-4:] for name in kept(folder)] == [".tmp"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept(folder) == []


READER = """
import json, os, sys
from arize_sync import ArizeClient

options, dataset, number = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with ArizeClient(**options) as client:
    seen = set()
    for turn in range(12):
        seen.add(client.datasets.list_examples(dataset=dataset, all=True).to_df().write_json())
        if turn % 4 == number:
            client.clear_cache()
    assert len(seen) == 1, len(seen)
"""


async def test_several_processes_share_the_cache(
    server: LocalServer, client: ArizeClient, dataset: Dataset, folder: Path
) -> None:
    """They read, write and clear at the same time; each gets the right examples and none fails."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
    }
    command = [sys.executable, "-W", "error", "-c", READER, json.dumps(server.client_options), dataset.id]
    processes = [
        await asyncio.create_subprocess_exec(
            *command, str(number), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for number in range(3)
    ]
    for process in processes:
        _, errors = await asyncio.wait_for(process.communicate(), 100)
        assert process.returncode == 0, errors.decode()
    assert not [name for name in kept(folder) if name.endswith(".tmp")]
    assert len(await read(client, dataset)) == 5


async def test_a_killed_process_leaves_the_cache_usable(
    client: ArizeClient, dataset: Dataset, downloads: list[str], folder: Path
) -> None:
    """A file that it was writing counts for nothing."""
    writer = (
        "import os, pathlib, sys, pyarrow as pa\n"
        "from arize_async.cache.folder import *\n"
        "from arize_async.cache.keys import Key\n"
        "folder = CacheFolder(pathlib.Path(sys.argv[1]), Bounds())\n"
        "batch = pa.record_batch({'n': [1]})\n"
        "partial = folder.start(Key(subject='0' * 32, state='0' * 32, secret=b's'), batch.schema)\n"
        "partial.add(batch)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", writer, str(folder), env=environment)
    assert await asyncio.wait_for(process.wait(), 60) == -9
    assert [name[-4:] for name in kept(folder)] == [".tmp"]
    for _ in range(2):
        assert len(await read(client, dataset)) == 5
    assert downloads == [""]
    assert [name[-4:] for name in kept(folder)] == ["rrow", ".tmp"]
