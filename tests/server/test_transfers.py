"""Flight transfers while others change the store, and how many rows they take at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from arize_async.errors import NotFound
from arize_async.server.flight import downloads, uploads
from arize_async.server.storage import datasets, experiments, spaces
from arize_async.server.storage.database import Database
from arize_async.server.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arize_async.server.storage.transaction import Transaction

Fields = dict[str, str]


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory."""
    made = Store(Database.open(None), None)
    yield made
    made.close()


@pytest.fixture
def fields(store: Store) -> Fields:
    """The names of an experiment ``e`` on a dataset."""

    def make(transaction: Transaction) -> Fields:
        spaces.ensure_default(transaction)
        space = transaction.scalar("SELECT id FROM spaces")
        dataset = datasets.create(transaction, space, "d")
        experiments.create_on_dataset(transaction, dataset, "e")
        return {"space_id": space, "dataset_id": dataset.dataset.id, "experiment_name": "e"}

    return store.write_here(make)


def post(store: Store, fields: Fields, texts: list[str], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Upload runs with these outputs; ``meanwhile`` happens before the last batch."""
    table = pa.table({"example_id": texts, "output": texts})

    def batches() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        meanwhile()

    uploads.post_runs(store, fields, table.schema, batches())


def outputs(store: Store, fields: Fields) -> list[str | None]:
    """Read the outputs of the experiment."""
    source = store.read_here(downloads.experiment_source, fields)
    return [text for batch in downloads.batches(store, source) for text in batch.column("output").to_pylist()]


def delete(store: Store, fields: Fields) -> datasets.StoredDataset:
    """Delete the experiment and return its dataset."""

    def change(transaction: Transaction) -> datasets.StoredDataset:
        dataset = datasets.get(transaction, fields["dataset_id"])
        found = experiments.get_by_name(transaction, dataset, "e")
        experiments.delete(transaction, found.experiment.id)
        return dataset

    return store.write_here(change)


def test_an_experiment_that_is_deleted_under_an_upload_is_missed(store: Store, fields: Fields) -> None:
    """The upload fails as if the experiment had never been there, and stores nothing."""
    with pytest.raises(NotFound, match="experiment 'e' of dataset"):
        post(store, fields, ["a"], lambda: delete(store, fields))
    with store.database.read() as transaction:
        assert transaction.scalar("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM columns)") == 0


def test_an_experiment_that_is_made_anew_under_an_upload_gets_the_runs(store: Store, fields: Fields) -> None:
    """Runs go to the experiment that has the name when they are stored."""
    post(
        store,
        fields,
        ["a"],
        lambda: store.write_here(experiments.create_on_dataset, delete(store, fields), "e"),
    )
    assert outputs(store, fields) == ["a"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"space_id": "other"}, "dataset '.*' of space 'other' not found"),
        ({"dataset_id": "other"}, "dataset 'other' not found"),
        ({"dataset_id": ""}, "dataset '' not found"),
        ({"experiment_name": "other"}, "experiment 'other' of dataset '.*' not found"),
        ({"space_id": "other", "experiment_name": "other"}, "dataset '.*' of space 'other' not found"),
        ({"dataset_id": "", "dataset_name": "d", "space_id": "other"}, "space 'other' not found"),
        ({"dataset_id": "", "dataset_name": "other"}, "dataset 'other' not found"),
    ],
)
def test_what_is_wrong_with_names_is_told(store: Store, fields: Fields, change: Fields, message: str) -> None:
    """The space comes first, then the dataset, then the experiment."""
    with pytest.raises(NotFound, match=f"not found: {message}"):
        post(store, fields | change, ["a"])


def test_an_empty_space_is_any(store: Store, fields: Fields) -> None:
    """A dataset that is named by its id needs no space."""
    post(store, fields | {"space_id": ""}, ["a"])
    assert outputs(store, fields) == ["a"]


@pytest.mark.parametrize(
    ("count", "characters", "first"),
    [(0, 1, 200), (150, 1, 200), (500, 10, 500), (1000, 10, 1000), (1001, 10, 200), (300, 30_000, 200)],
)
def test_few_small_rows_are_read_at_once(store: Store, fields: Fields, count: int, characters: int, first: int) -> None:
    """Many rows, and a few that are large together, are read some at a time, so memory is bounded."""
    texts = [str(number).rjust(characters) for number in range(count)]
    for start in range(0, count, 400):
        post(store, fields, texts[start : start + 400])
        post(store, other(store, fields, f"other {start}"), ["x"] * 50)  # so that the numbers have gaps
    source = store.read_here(downloads.experiment_source, fields)
    assert source.at_once == first
    assert outputs(store, fields) == texts


def other(store: Store, fields: Fields, name: str) -> Fields:
    """Make one more experiment and return its names."""

    def make(transaction: Transaction) -> Fields:
        experiments.create_on_dataset(transaction, datasets.get(transaction, fields["dataset_id"]), name)
        return fields | {"experiment_name": name}

    return store.write_here(make)
