"""Experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.models.experiment import Experiment
from arize_async.server.storage import datasets, spaces
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.moments import to_datetime
from arize_async.server.storage.pages import Page, PageRequest, newest_first
from arize_async.server.storage.refusals import malformed, missing, taken

if TYPE_CHECKING:
    from arize_async.server.storage.datasets import StoredDataset
    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = (
    "SELECT t.no, t.id, t.name, s.id, d.id, t.version_id, t.created_us, t.updated_us, p.id, t.space_no, t.dataset_no,"
    " t.traces FROM experiments t JOIN spaces s ON s.no = t.space_no LEFT JOIN datasets d ON d.no = t.dataset_no"
    " LEFT JOIN projects p ON p.space_no = t.space_no AND p.name = t.traces"
)


@frozen
class StoredExperiment:
    """An experiment, its numbers, and the name of the project that gets its traces."""

    number: int
    space_number: int
    dataset_number: int | None
    traces: str | None
    experiment: Experiment


def page(
    transaction: Transaction,
    request: PageRequest,
    *,
    dataset_id: str | None = None,
    space_id: str | None = None,
    name: str | None = None,
) -> Page[StoredExperiment]:
    """Return experiments, the newest first; ``name`` is a part of the name in any case.

    Raises:
        BadRequest: Both a dataset and a space were given.
    """
    if dataset_id and space_id:
        raise malformed("give dataset_id or space_id, not both")
    conditions = [
        ("t.dataset_no = ?", datasets.get(transaction, dataset_id).number if dataset_id else None),
        ("t.space_no = ?", spaces.number_of(transaction, space_id) if space_id else None),
        ("contains(lower(t.name), lower(?))", name or None),
    ]
    return newest_first(transaction, _SELECT, conditions, request, scope="experiments", build=_build)


def get(transaction: Transaction, experiment_id: str) -> StoredExperiment:
    """Return an experiment by id.

    Raises:
        NotFound: No experiment has this id.
    """
    row = transaction.one(f"{_SELECT} WHERE t.id = ?", experiment_id)
    if row is None:
        raise missing(f"experiment {experiment_id!r}")
    return _build(row)


def find(transaction: Transaction, dataset_id: str, name: str) -> StoredExperiment | None:
    """Return the experiment of a name on a dataset, if there are such."""
    row = transaction.one(f"{_SELECT} WHERE d.id = ? AND t.name = ?", dataset_id, name)
    return _build(row) if row else None


def exists(transaction: Transaction, experiment: StoredExperiment) -> bool:
    """Whether an experiment that was found before has not been deleted."""
    return transaction.one("SELECT 1 FROM experiments WHERE no = ?", experiment.number) is not None


def get_by_name(transaction: Transaction, dataset: StoredDataset, name: str) -> StoredExperiment:
    """Return the experiment of a name on a dataset.

    Raises:
        NotFound: The dataset has no such experiment.
    """
    row = transaction.one(f"{_SELECT} WHERE t.dataset_no = ? AND t.name = ?", dataset.number, name)
    if row is None:
        raise missing(f"experiment {name!r} of dataset {dataset.dataset.id!r}")
    return _build(row)


def create_on_dataset(
    transaction: Transaction, dataset: StoredDataset, name: str, traces: str = ""
) -> StoredExperiment:
    """Make an experiment on the newest version of a dataset.

    Raises:
        Conflict: An experiment of the dataset has this name.
    """
    if transaction.one("SELECT 1 FROM experiments WHERE dataset_no = ? AND name = ?", dataset.number, name):
        raise taken("experiment", name)
    return _create(
        transaction,
        name,
        space_no=dataset.space_number,
        space_id=dataset.dataset.space_id,
        dataset_no=dataset.number,
        dataset_id=dataset.dataset.id,
        version_id=datasets.version(transaction, dataset).version.id,
        traces=traces or f"experiment_traces_for_dataset_{dataset.dataset.id}",
    )


def create_standalone(transaction: Transaction, space_id: str, name: str) -> StoredExperiment:
    """Make an experiment without a dataset.

    Raises:
        NotFound: The space is not known.
        Conflict: A standalone experiment of the space has this name.
    """
    space = spaces.number_of(transaction, space_id)
    sql = "SELECT 1 FROM experiments WHERE space_no = ? AND dataset_no IS NULL AND name = ?"
    if transaction.one(sql, space, name):
        raise taken("experiment", name)
    return _create(transaction, name, space_no=space, space_id=space_id)


def touch(transaction: Transaction, experiment: StoredExperiment) -> None:
    """Note that the runs of an experiment changed."""
    datasets.touch_row(transaction, "experiments", experiment.number)


def delete(transaction: Transaction, experiment_id: str) -> None:
    """Delete an experiment with its runs.

    Raises:
        NotFound: No experiment has this id.
    """
    number = get(transaction, experiment_id).number
    for table in ("runs", "columns", "annotations", "resource_tags"):
        transaction.run(f"DELETE FROM {table} WHERE owner_no = ?", number)  # noqa: S608 - our own names
    transaction.run("DELETE FROM experiments WHERE no = ?", number)


def _create(
    transaction: Transaction,
    name: str,
    *,
    space_no: int,
    space_id: str,
    dataset_no: int | None = None,
    dataset_id: str | None = None,
    version_id: str | None = None,
    traces: str | None = None,
) -> StoredExperiment:
    number, now = transaction.take("number"), transaction.now
    experiment_id = new_resource_id("Experiment", number)
    transaction.insert(
        "experiments",
        no=number,
        id=experiment_id,
        space_no=space_no,
        dataset_no=dataset_no,
        version_id=version_id,
        name=name,
        traces=traces,
        created_us=now,
        updated_us=now,
    )
    project = transaction.one("SELECT id FROM projects WHERE space_no = ? AND name = ?", space_no, traces)
    ids = (space_id, dataset_id, version_id)
    return _build((number, experiment_id, name, *ids, now, now, project and project[0], space_no, dataset_no, traces))


def _build(row: Row) -> StoredExperiment:
    (
        number,
        experiment_id,
        name,
        space_id,
        dataset_id,
        version_id,
        created,
        updated,
        project_id,
        space,
        dataset,
        traces,
    ) = row
    experiment = Experiment(
        id=experiment_id,
        name=name,
        space_id=space_id,
        dataset_id=dataset_id,
        dataset_version_id=version_id,
        created_at=to_datetime(created),
        updated_at=to_datetime(updated),
        experiment_traces_project_id=project_id,
    )
    return StoredExperiment(number, space, dataset, traces, experiment)
