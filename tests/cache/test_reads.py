"""What a cached read gives, and when the cache counts."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from arize_async import ArizeClient, NotFound
from arize_async.models.annotation import AnnotateRecordInput, AnnotationInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from arize_async.models.dataset import Dataset


async def read(client: ArizeClient, dataset: Dataset, **options: Any) -> pl.DataFrame:
    """Read all examples as a frame."""
    page = await client.datasets.list_examples(dataset=dataset.id, all=True, **options)
    return page.to_df()


def kept(folder: Path) -> list[str]:
    """Return the names of the files in the cache."""
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def mode_and_data(file: Path) -> tuple[int, bytes]:
    """Return who may read a file, and what is in it."""
    return stat.S_IMODE(file.stat().st_mode), file.read_bytes()


async def test_a_second_read_gives_the_same_without_a_download(
    client: ArizeClient, connect: Callable[..., ArizeClient], dataset: Dataset, downloads: list[str]
) -> None:
    """Frames and objects are equal, in this client and in another one."""
    first = await client.datasets.list_examples(dataset=dataset.id, all=True)
    for other in (client, connect()):
        second = await other.datasets.list_examples(dataset=dataset.name, all=True)
        assert second.to_df().equals(first.to_df())
        assert second.to_df().schema == first.to_df().schema
        assert second.examples == first.examples
    assert downloads == [""]


async def test_runs_share_the_cache(client: ArizeClient, dataset: Dataset, downloads: list[str]) -> None:
    """Runs, streams and lists read what one of them downloaded; a run over REST alone does not."""
    for name in ("first", "second"):
        _, frame = await client.experiments.run(name=name, dataset=dataset.id, task=lambda number: number)
        assert len(frame) == 5
    async with client.experiments.stream(name="third", dataset=dataset.id, task=lambda row: 1) as runs:
        assert len([run async for run in runs]) == 5
    assert len(await read(client, dataset)) == 5
    assert downloads == [""]
    _, frame = await client.experiments.run(name="fourth", dataset=dataset.id, task=lambda row: 1, force_http=True)
    assert len(frame) == 5
    assert downloads == [""]


async def test_a_dry_run_of_a_part_keeps_nothing(
    client: ArizeClient, dataset: Dataset, downloads: list[str], folder: Path
) -> None:
    """What was not read to its end is not kept, and leaves no file behind."""
    rows = [{"n": number} for number in range(30_000)]
    many = await client.datasets.create(name="many", space="default", examples=rows)
    await client.experiments.run(name="dry", dataset=many.id, task=lambda row: 1, dry_run=True, dry_run_count=2)
    assert kept(folder) == []
    assert len(await read(client, many)) == 30_000
    assert downloads == ["", ""]


async def test_every_change_is_seen(
    client: ArizeClient, connect: Callable[..., ArizeClient], dataset: Dataset, downloads: list[str], folder: Path
) -> None:
    """Appended, changed, deleted and annotated examples are downloaded, and only the last state is kept."""
    other = connect(enable_caching=False)

    async def both() -> list[Any]:
        mine, plain = await read(client, dataset), await read(other, dataset)
        assert mine.equals(plain)
        return mine["id"].to_list()

    ids = await both()
    await client.datasets.append_examples(dataset=dataset.id, examples=[{"number": 5}])
    assert len(await both()) == 6
    await client.datasets.update_examples(dataset=dataset.id, examples=[{"id": ids[0], "number": -1}])
    await both()
    version = (await client.datasets.get(dataset=dataset.id)).versions or []
    await client.datasets.delete_examples(dataset=dataset.id, dataset_version_id=version[0].id, examples=ids[1:2])
    assert len(await both()) == 5
    await client.annotation_configs.create_freeform(name="note", space="default")
    note = AnnotateRecordInput(record_id=ids[0], values=[AnnotationInput(name="note", text="hm")])
    await client.datasets.annotate_examples(dataset=dataset.id, annotations=[note])
    await both()
    assert len(downloads) == 10
    assert len(kept(folder)) == 1


async def test_versions_are_kept_apart(client: ArizeClient, dataset: Dataset, downloads: list[str]) -> None:
    """A version is never given for another; the latest is the same by its id as without one."""
    first = (dataset.versions or [])[0].id
    one = (await read(client, dataset))["id"][0]
    await client.datasets.update_examples(
        dataset=dataset.id, examples=[{"id": one, "number": 100}], new_version="second"
    )
    second = ((await client.datasets.get(dataset=dataset.id)).versions or [])[0].id
    assert first != second
    for _ in range(2):
        assert (await read(client, dataset, dataset_version_id=first))["number"][0] == 0
        assert (await read(client, dataset, dataset_version_id=second))["number"][0] == 100
        assert (await read(client, dataset))["number"][0] == 100
    assert downloads == ["", first, second]


@pytest.mark.parametrize(
    "options",
    [{"default_headers": {"X-Tenant": "b"}}, {"flight_host": "localhost"}, {"api_host": "localhost"}],
    ids=["account", "flight host", "host"],
)
async def test_hosts_and_accounts_are_kept_apart(
    client: ArizeClient,
    connect: Callable[..., ArizeClient],
    dataset: Dataset,
    downloads: list[str],
    options: dict[str, Any],
) -> None:
    """What one account, or one host, was given is no answer for another."""
    expected = await read(client, dataset)
    other = connect(**options)
    for _ in range(2):
        assert (await read(other, dataset)).equals(expected)
    assert downloads == ["", ""]


async def test_another_key_cannot_use_what_is_there(
    client: ArizeClient, connect: Callable[..., ArizeClient], dataset: Dataset, downloads: list[str]
) -> None:
    """A key that the server refuses gets nothing from the cache either."""
    await read(client, dataset)
    stranger = connect(api_key="another")
    with pytest.raises(PermissionError):
        await read(stranger, dataset)
    assert downloads == [""]


async def test_files_are_private_and_tell_nothing(client: ArizeClient, dataset: Dataset, folder: Path) -> None:
    """Only their owner can read them; neither names nor contents show the key."""
    await read(client, dataset)
    (name,) = kept(folder)
    mode, data = await asyncio.to_thread(mode_and_data, folder / name)
    assert mode == 0o600
    key = client.config.api_key
    assert key not in name
    assert key.encode() not in data
    assert pa.ipc.open_stream(data).read_all().num_rows == 5


async def test_caching_can_be_turned_off(
    connect: Callable[..., ArizeClient],
    dataset: Dataset,
    downloads: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the argument and by the variable; nothing is written then."""
    off = connect(enable_caching=False)
    monkeypatch.setenv("ARIZE_ENABLE_CACHING", "false")
    for client in (off, connect()):
        await read(client, dataset)
        await read(client, dataset)
    assert len(downloads) == 4
    assert kept(folder) == []


async def test_a_local_client_has_no_cache(downloads: list[str], folder: Path) -> None:
    """Its data are on this machine already."""
    async with ArizeClient.local(":memory:") as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"n": 1}])
        for _ in range(2):
            assert len(await read(client, dataset)) == 1
    assert len(downloads) == 2
    assert kept(folder) == []


async def test_many_readers_at_once(client: ArizeClient, dataset: Dataset, folder: Path) -> None:
    """Each gets all examples, and one file is left."""
    frames = await asyncio.gather(*(read(client, dataset) for _ in range(12)))
    assert all(frame.equals(frames[0]) for frame in frames)
    assert len(kept(folder)) == 1


async def test_what_is_gone_is_not_found(client: ArizeClient, dataset: Dataset) -> None:
    """The cache does not outlive the dataset."""
    await read(client, dataset)
    await client.datasets.delete(dataset=dataset.id)
    with pytest.raises(NotFound):
        await read(client, dataset)


async def test_the_cache_can_be_cleared(
    client: ArizeClient, dataset: Dataset, downloads: list[str], folder: Path
) -> None:
    """Clearing removes the files and nothing else, twice if one likes; the next read downloads."""
    await client.clear_cache()
    await read(client, dataset)
    await asyncio.to_thread((folder / "notes.txt").touch)
    await client.clear_cache()
    await client.clear_cache()
    assert kept(folder) == ["notes.txt"]
    await read(client, dataset)
    assert downloads == ["", ""]
