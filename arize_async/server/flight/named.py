"""The dataset or the experiment that a request names, by id or by name, in its space (wire contract 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.server.storage import datasets, experiments
from arize_async.server.storage.refusals import missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.server.storage.datasets import StoredDataset
    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.transaction import Transaction


def dataset_of(transaction: Transaction, fields: Mapping[str, str]) -> StoredDataset:
    """Return the dataset of a request.

    Raises:
        NotFound: It is not known, or in another space than the request says.
    """
    dataset_id, name = fields.get("dataset_id", ""), fields.get("dataset_name", "")
    if name and not dataset_id:
        return datasets.get_by_name(transaction, fields["space_id"], name)
    found = datasets.get(transaction, dataset_id)
    _require_space(fields["space_id"], found.dataset.space_id, f"dataset {dataset_id!r}")
    return found


def experiment_of(transaction: Transaction, fields: Mapping[str, str]) -> StoredExperiment:
    """Return the experiment of a request.

    Raises:
        NotFound: It is not known, or in another space than the request says.
    """
    experiment_id = fields.get("experiment_id", "")
    if not experiment_id:
        # in one statement when all is well; if not, the dataset is looked at by itself and says what is wrong
        known = experiments.find(transaction, fields.get("dataset_id", ""), fields["experiment_name"])
        if known and fields["space_id"] in {"", known.experiment.space_id}:
            return known
        return experiments.get_by_name(transaction, dataset_of(transaction, fields), fields["experiment_name"])
    found = experiments.get(transaction, experiment_id)
    _require_space(fields["space_id"], found.experiment.space_id, f"experiment {experiment_id!r}")
    return found


def _require_space(named: str, found: str, what: str) -> None:
    if named and named != found:
        raise missing(f"{what} of space {named!r}")
