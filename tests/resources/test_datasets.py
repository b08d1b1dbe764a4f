"""Datasets against the embedded server."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arize_async.errors import ApiError, Conflict, InvalidRows, NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset

MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


async def test_a_dataset_is_created_got_and_deleted(client: ArizeClient) -> None:
    """By id and by name, with and without its space."""
    created = await client.datasets.create(name="d", space="default", examples=[{"q": "x"}])
    assert created.versions is not None
    assert len(created.versions) == 1
    for arguments in ({"dataset": created.id}, {"dataset": "d"}, {"dataset": "d", "space": "default"}):
        assert (await client.datasets.get(**arguments)).id == created.id
    with pytest.raises(Conflict):
        await client.datasets.create(name="d", space="default", examples=[{"q": "x"}])
    await client.datasets.delete(dataset="d")
    with pytest.raises(NotFound, match="dataset 'd' not found"):
        await client.datasets.get(dataset="d")


async def test_datasets_are_listed_by_name_and_space(client: ArizeClient) -> None:
    """The name is a filter for a part of it, in any case."""
    for name in ("alpha", "beta", "alphabet"):
        await client.datasets.create(name=name, space="default", examples=[{"q": "x"}])
    page = await client.datasets.list(name="ALPHA", space="default", limit=1)
    assert [dataset.name for dataset in page.datasets] == ["alphabet"]
    assert [dataset.name async for dataset in page] == ["alphabet", "alpha"]
    assert (await client.datasets.list(space="nowhere")).datasets == []


ROW: dict[str, Any] = {
    "text": "ü",
    "whole": 3,
    "number": 0.5,
    "yes": True,
    "nothing": None,
    "list": [1, 2],
    "object": {"a": {"b": 1}},
}


@pytest.mark.parametrize("count", [2, 1001])
@pytest.mark.parametrize("kind", ["dicts", "pandas", "polars", "arrow"])
async def test_values_come_back_as_they_went_in(client: ArizeClient, kind: str, count: int) -> None:
    """Over REST and over Flight, on both ways back."""
    data = [ROW] * count
    frames: dict[str, Any] = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.Table.from_pylist}
    examples = frames[kind](data) if kind in frames else data
    dataset = await client.datasets.create(name="d", space="default", examples=examples)
    page = await client.datasets.list_examples(dataset=dataset.id, limit=2)
    everything = await client.datasets.list_examples(dataset=dataset.id, all=True)
    assert len(everything.examples) == count
    for example in (*page.examples, *everything.examples[:2]):
        assert {name: value for name, value in example.additional_properties.items() if value is not None} == {
            name: value for name, value in ROW.items() if value is not None
        }
        assert example.created_at is not None


async def test_dates_become_text(client: ArizeClient) -> None:
    """JSON has no dates, so both ways give RFC 3339 text."""
    for count in (1, 1001):
        frame = pl.DataFrame({"when": [MOMENT] * count})
        dataset = await client.datasets.create(name=str(count), space="default", examples=frame)
        page = await client.datasets.list_examples(dataset=dataset.id, limit=1)
        assert dt.datetime.fromisoformat(str(page.examples[0].additional_properties["when"])) == MOMENT


async def test_ids_and_dates_of_the_user_are_kept_over_flight(client: ArizeClient) -> None:
    """A missing id is made up; two of the same are refused before anything is kept."""
    count = 1001
    frame = pd.DataFrame(
        {
            "id": ["mine", None, *(f"x{n}" for n in range(count - 2))],
            "created_at": [MOMENT, None, *[MOMENT] * (count - 2)],
            "q": range(count),
        }
    )
    dataset = await client.datasets.create(name="d", space="default", examples=frame)
    page = await client.datasets.list_examples(dataset=dataset.id, all=True)
    by_number = {example.additional_properties["q"]: example for example in page.examples}
    assert by_number[0].id == "mine"
    assert by_number[0].created_at == MOMENT
    assert len(by_number[1].id) == 36
    assert by_number[1].created_at is not None
    for rows in (pl.DataFrame({"id": ["twice"] * count}), [{"id": "twice"}] * count):
        with pytest.raises(InvalidRows, match="'twice' appears twice"):
            await client.datasets.create(name="e", space="default", examples=rows)
    assert [found.name async for found in await client.datasets.list()] == ["d"]


async def test_system_columns_are_refused_over_rest(client: ArizeClient) -> None:
    """The server says so."""
    with pytest.raises(ApiError, match="id"):
        await client.datasets.create(name="d", space="default", examples=[{"id": "mine", "q": "x"}])


async def test_bytes_are_refused(client: ArizeClient) -> None:
    """JSON has no bytes; the column is named."""
    with pytest.raises(InvalidRows, match="raw"):
        await client.datasets.create(name="d", space="default", examples=pl.DataFrame({"raw": [b"\xff"] * 1001}))


async def test_files_are_streamed_and_exported(client: ArizeClient, tmp_path: Path) -> None:
    """What comes out of the export holds what went in."""
    table = pa.table({"q": [f"q{n}" for n in range(3000)], "metadata": [{"n": n} for n in range(3000)]})
    pq.write_table(table.slice(0, 1000), tmp_path / "1.parquet")
    pq.write_table(table.slice(1000), tmp_path / "2.parquet")
    dataset = await client.datasets.create(
        name="d", space="default", examples=[tmp_path / "1.parquet", str(tmp_path / "2.parquet")]
    )
    target = tmp_path / "out.parquet"
    await client.datasets.export_to_parquet(dataset="d", path=target)
    assert pq.read_table(target).column("q").to_pylist() == table.column("q").to_pylist()
    page = await client.datasets.list_examples(dataset=dataset.id, all=True)
    assert page.examples[7].additional_properties["metadata"] == {"n": 7}


async def test_an_empty_file_has_no_rows(client: ArizeClient, tmp_path: Path) -> None:
    """The error comes before anything is sent."""
    pq.write_table(pa.table({"q": pa.array([], pa.string())}), tmp_path / "empty.parquet")
    (tmp_path / "sub").mkdir()
    for path in (tmp_path / "empty.parquet", tmp_path / "sub"):
        with pytest.raises(InvalidRows, match=r"no rows|no Parquet"):
            await client.datasets.create(name="d", space="default", examples=path)
    (tmp_path / "broken.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(InvalidRows, match="cannot be read"):
        await client.datasets.create(name="d", space="default", examples=tmp_path / "broken.parquet")


async def test_examples_are_appended(client: ArizeClient, dataset: Dataset) -> None:
    """Dicts and frames; the new ids come back in order."""
    changed = await client.datasets.append_examples(
        dataset="questions", examples=pl.DataFrame({"question": ["q3", "q4"], "extra": [1, 2]})
    )
    page = await client.datasets.list_examples(dataset=dataset.id)
    assert [example.id for example in page.examples][3:] == changed.example_ids
    assert [example.additional_properties["question"] for example in page.examples] == ["q0", "q1", "q2", "q3", "q4"]
