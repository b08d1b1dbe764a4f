"""DoPut: datasets and runs, each stored whole or not at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from arize_async.models.rules import NOT_BLANK
from arize_async.server.flight.intake import add_examples, add_runs, check_names
from arize_async.server.flight.named import experiment_of
from arize_async.server.flight.spool import Spool
from arize_async.server.storage import columns, datasets, examples, experiments, runs, spaces
from arize_async.server.storage.refusals import malformed
from arize_async.wire.flight import encode_answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction


def create_dataset(store: Store, fields: dict[str, str], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> bytes:
    """Make a dataset of the rows that a client sends.

    Raises:
        ApiError: The space is not known, the name is taken, or the rows cannot be stored.
    """
    check_names(schema, [])
    space_id, name = fields["space_id"], fields["dataset_name"]
    try:
        NOT_BLANK.check(name)
    except ValueError as error:
        raise malformed(f"dataset_name: {error}") from None
    store.read_here(_require_free_dataset_name, space_id, name)
    now = time.time_ns() // 1000
    with Spool(examples.SCHEMA, store.directory) as spool:
        for batch in batches:
            add_examples(spool, batch, now)
        dataset_id = store.write_here(_store_dataset, space_id, name, spool)
    return encode_answer("CreateDatasetResponse", dataset_id=dataset_id)


def post_runs(store: Store, fields: dict[str, str], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> bytes:
    """Add the runs that a client sends to an experiment; runs that it has already stay.

    Raises:
        ApiError: The experiment is not known, or the rows cannot be stored.
    """
    check_names(schema, ["example_id", "output"])
    experiment = store.read_here(experiment_of, fields)
    with Spool(runs.SCHEMA, store.directory) as spool:
        for batch in batches:
            add_runs(spool, batch)
        found = store.write_here(_store_runs, fields, experiment, spool).experiment
    return encode_answer("PostExperimentDataResponse", experiment_id=found.id, dataset_id=found.dataset_id or "")


def _store_runs(
    transaction: Transaction, fields: dict[str, str], experiment: StoredExperiment, spool: Spool
) -> StoredExperiment:
    if not experiments.exists(transaction, experiment):
        experiment = experiment_of(transaction, fields)
    if spool.rows:
        columns.add(transaction, experiment.number, spool.columns)
        runs.insert(transaction, experiment, spool.reader(), spool.rows)
    return experiment


def _require_free_dataset_name(transaction: Transaction, space_id: str, name: str) -> None:
    datasets.require_free_name(transaction, spaces.number_of(transaction, space_id), name)


def _store_dataset(transaction: Transaction, space_id: str, name: str, spool: Spool) -> str:
    made = datasets.create(transaction, space_id, name)
    version = datasets.version(transaction, made)
    if spool.rows:
        columns.add(transaction, version.number, spool.columns)
        examples.insert(transaction, version, spool.reader(), spool.rows)
        examples.require_unique_ids(transaction, version)
    return made.dataset.id
