"""What rows may be given as: frames of any library, streams that are read once, and files."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from arize_async.errors import InvalidRows
from arize_async.experiments import ExperimentTaskFieldNames
from arize_async.resources.rows import load
from arize_async.resources.run_columns import RunColumns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset

FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")


class OnlyStream:
    """A frame of some library that nobody knows."""

    def __init__(self, table: pa.Table) -> None:
        """Hold the rows."""
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export the rows."""
        return self._table.__arrow_c_stream__(requested_schema)


class OnlyArray:
    """A batch of some library that nobody knows."""

    def __init__(self, table: pa.Table) -> None:
        """Hold the rows."""
        self._batch = table.combine_chunks().to_batches()[0]

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Export the rows."""
        return self._batch.__arrow_c_array__(requested_schema)


FORMS: dict[str, Callable[[pa.Table, Path], Any]] = {
    "polars frame": lambda table, _: pl.from_arrow(table),
    "polars lazy frame": lambda table, _: pl.DataFrame(table).lazy(),
    "pandas frame": lambda table, _: table.to_pandas(),
    "table": lambda table, _: table,
    "batch": lambda table, _: table.combine_chunks().to_batches()[0],
    "reader": lambda table, _: table.to_reader(max_chunksize=700),
    "dataset in memory": lambda table, _: ds.dataset(table),
    "scanner": lambda table, _: ds.dataset(table).scanner(),
    "dataset of files": lambda table, folder: ds.dataset(write_parquet(table, folder)),
    "any stream": lambda table, _: OnlyStream(table),
    "any array": lambda table, _: OnlyArray(table),
    "text path": lambda table, folder: str(write_parquet(table, folder)),
    "path": lambda table, folder: write_parquet(table, folder),
    "directory": lambda table, folder: write_parquet(table, folder).parent,
    "paths": lambda table, folder: [write_parquet(table, folder), str(write_feather(table.slice(0, 0), folder))],
    "feather": lambda table, folder: write_feather(table, folder),
    "file of a stream": lambda table, folder: write_stream(table, folder),
}


def write_parquet(table: pa.Table, folder: Path) -> Path:
    """Write a Parquet file as pandas does, with an index."""
    path = folder / "part.parquet"
    pq.write_table(table.append_column("__index_level_0__", pa.array(range(table.num_rows))), path, row_group_size=400)
    return path


def write_feather(table: pa.Table, folder: Path) -> Path:
    """Write a Feather file."""
    path = folder / "part.FEATHER"
    feather.write_feather(table, path)
    return path


def write_stream(table: pa.Table, folder: Path) -> Path:
    """Write Arrow data as it goes over a wire."""
    path = folder / "part.arrow"
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=300)
    return path


@pytest.mark.parametrize("count", [2, 2500])
@pytest.mark.parametrize("form", FORMS)
async def test_every_form_gives_the_same_runs(
    client: ArizeClient, dataset: Dataset, tmp_path: Path, form: str, count: int
) -> None:
    """In the order that they had, with all columns but the index of pandas, whichever way they travel."""
    numbers = list(range(count))
    table = pa.table({"example_id": ["e"] * count, "output": [str(n) for n in numbers], "n": numbers})
    experiment = await client.experiments.create(
        name="e", dataset=dataset.id, experiment_runs=FORMS[form](table, tmp_path), task_fields=FIELDS
    )
    page = await client.experiments.list_runs(experiment=experiment.id, all=True)
    runs = page.experiment_runs
    assert [run.output for run in runs] == [str(n) for n in numbers]
    expected: list[Any] = [{"n": n} for n in numbers]
    if "dataset of files" in form:
        expected = [{"n": n, "__index_level_0__": n} for n in numbers]
    assert [run.additional_properties for run in runs] == expected


def test_no_more_is_read_ahead_than_one_request_takes() -> None:
    """Recognising a stream of any length takes its first batches only, and each is let go once it was sent."""
    taken: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(100):
            taken.append(number)
            yield pa.record_batch({"output": [str(number)] * 500})

    reader = pa.RecordBatchReader.from_batches(pa.schema([("output", pa.string())]), batches())
    source = load(reader)
    assert (len(taken), source.fits_rest, source.size) == (3, False, "more than 1000")
    sent = source.reader(RunColumns(source.names, ExperimentTaskFieldNames("output")))
    assert sum(batch.num_rows for batch in sent) == 50_000
    assert len(taken) == 100


ODD: dict[str, list[Any]] = {
    "uuid": [uuid.UUID(int=1), uuid.UUID(int=2)],
    "decimal": [decimal.Decimal("1.5"), None],
    "nan": [float("nan"), 1.0],
    "na": [pd.NA, "x"],
    "nat": [pd.NaT, pd.Timestamp("2026-01-02", tz="UTC")],
    "huge": [2**70, 1],
    "exact": [2**60 + 1, 0.5],
    "surrogate": ["a\ud800", "b"],
    "date": [dt.date(2026, 1, 2), None],
    "empty": [{}, {}],
    "set": [{1}, None],
    "objects": [{"a": 1}, {"b": "x"}],
}


@pytest.mark.parametrize("count", [2, 1002])
@pytest.mark.parametrize("name", ODD)
async def test_odd_values_never_fail(client: ArizeClient, dataset: Dataset, name: str, count: int) -> None:
    """What has no value in JSON is null, and what has no type in Arrow is text."""
    rows = [{"example_id": "e", "output": "o", name: ODD[name][n % 2]} for n in range(count)]
    experiment = await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=rows, task_fields=FIELDS)
    page = await client.experiments.list_runs(experiment=experiment.id, limit=2)
    found = [run.additional_properties.get(name) for run in page.experiment_runs]
    missing = {"nan": [0], "na": [0], "nat": [0], "decimal": [1], "date": [1], "set": [1]}.get(name, [])
    assert [place for place, cell in enumerate(found) if cell is None] == missing
    if name in {"uuid", "surrogate"}:
        assert found == [str(ODD[name][0]).replace("\ud800", "\ufffd"), str(ODD[name][1])]


async def test_types_that_few_readers_know_are_written_out(client: ArizeClient, dataset: Dataset) -> None:
    """Views, dictionaries, maps, run ends and UUIDs become text and lists."""
    table = pa.table(
        {
            "example_id": ["e"] * 2,
            "output": pa.array(["a", "b"], pa.string_view()),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "run_ends": cast("Any", pa.RunEndEncodedArray).from_arrays([1, 2], ["x", "y"]),
            "codes": pa.array(["x", "y"]).dictionary_encode(),
            "large": pa.array([["x"], []], pa.large_list(pa.large_string())),
            "uuid": pa.ExtensionArray.from_storage(
                pa.uuid(), pa.array([uuid.UUID(int=n).bytes for n in (1, 2)], pa.binary(16))
            ),
        }
    )
    experiment = await client.experiments.create(
        name="e", dataset=dataset.id, experiment_runs=table, task_fields=FIELDS
    )
    [first, second] = (await client.experiments.list_runs(experiment=experiment.id)).experiment_runs
    assert [run.output for run in (first, second)] == ["a", "b"]
    assert first.additional_properties == {
        "map": '{"k":1}',
        "run_ends": "x",
        "codes": "x",
        "large": ["x"],
        "uuid": str(uuid.UUID(int=1)),
    }
    assert second.additional_properties["map"] is None


def test_the_files_of_a_directory_may_differ_in_their_columns(tmp_path: Path) -> None:
    """A column that a file lacks is null in its rows, numbers widen, and the order is that of the names."""
    pq.write_table(pa.table({"output": ["a"], "n": [1]}), tmp_path / "a.parquet")
    feather.write_feather(pa.table({"n": [0.5], "more": ["x"], "output": ["b"]}), tmp_path / "b.feather")
    (tmp_path / "_SUCCESS").touch()
    source = load(tmp_path)
    columns = RunColumns(source.names, ExperimentTaskFieldNames("output"))
    assert [row for part in source.parts(columns) for row in part] == [
        {"n": 1.0, "more": None, "output": "a"},
        {"n": 0.5, "more": "x", "output": "b"},
    ]


def bad(folder: Path) -> dict[str, tuple[Any, str]]:
    """Return what cannot be read, and what the error says."""
    (folder / "empty").mkdir()
    (folder / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    (folder / "foreign.arrow").write_text("a,b\n1,2")
    (folder / "table.csv").write_text("a,b\n1,2")
    pq.write_table(pa.table({"output": ["x"], "raw": [b"\xff"]}), folder / "bytes.parquet")
    for name, cell in (("one", "x"), ("two", ["x"])):
        (folder / "mixed").mkdir(exist_ok=True)
        pq.write_table(pa.table({"output": [cell]}), folder / "mixed" / f"{name}.parquet")
    twice = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], ["output", "output"])
    return {
        "no data": (folder / "empty", "no Parquet or Arrow files under .*empty"),
        "broken": (folder / "broken.parquet", r"broken\.parquet cannot be read as Parquet"),
        "foreign": (folder / "foreign.arrow", r"foreign\.arrow cannot be read as Arrow"),
        "other kind": (folder / "table.csv", r"table\.csv is no \.parquet, \.arrow, \.feather file"),
        "bytes": (folder / "bytes.parquet", r"bytes\.parquet: columns of bytes cannot be stored: raw"),
        "mixed": (folder / "mixed", r"columns of .*two\.parquet do not fit"),
        "twice": (twice, "given twice: output"),
        "twice in pandas": (pd.DataFrame([["x", "y"]], columns=["output", "output"]), "given twice: output"),
        "nested bytes": (pa.table({"output": [{"raw": b"x"}]}), "bytes cannot be stored: output"),
        "no rows": (pl.DataFrame({"output": []}), "no rows"),
        "no rows at all": (pa.schema([("output", pa.string())]).empty_table().to_reader(), "no rows"),
        "a column": (pl.Series("output", ["x"]), "Series cannot be read"),
        "an array": (pa.array(["x"]), "cannot be read"),
    }


CASES = ("no data", "broken", "foreign", "other kind", "bytes", "mixed", "twice", "twice in pandas", "nested bytes")


@pytest.mark.parametrize("case", [*CASES, "no rows", "no rows at all", "a column", "an array"])
def test_what_cannot_be_read_is_named(tmp_path: Path, case: str) -> None:
    """With the file and the column."""
    given, message = bad(tmp_path)[case]
    with pytest.raises(InvalidRows, match=message):
        load(given)


def test_a_file_that_breaks_while_it_is_read(tmp_path: Path) -> None:
    """The error is the same as for one that cannot be opened."""
    path = tmp_path / "cut.parquet"
    table = pa.table({"output": [uuid.uuid4().hex for _ in range(20_000)]})
    pq.write_table(table, path, row_group_size=1000, compression="snappy", use_dictionary=False)
    body = bytearray(path.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 2000] = b"\xff" * 2000
    path.write_bytes(body)
    source = load(path)
    with pytest.raises(InvalidRows, match="cannot be read"):
        list(source.parts())
