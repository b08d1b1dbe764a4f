"""The examples that runs belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.errors import NotFound
from arize_async.server.storage import datasets, examples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.transaction import Transaction

_INPUTS = ("attributes.input.value", "input", "question")
_OUTPUTS = ("attributes.output.value", "output", "expected", "answer")


@frozen
class ShownExample:
    """An example.

    Attributes:
        input: What a task gets as ``input``, or the column that is called so.
        expected: What an evaluator gets as ``expected``, or the column that is called so.
        others: Further columns.
    """

    input: object
    expected: object
    others: Mapping[str, object]


def of_runs(
    transaction: Transaction, experiment: StoredExperiment, ids: Iterable[str | None]
) -> dict[str | None, ShownExample]:
    """Return examples of an experiment's dataset by id; those that are not there any more are left out."""
    wanted = sorted({found for found in ids if found})
    dataset_id = experiment.experiment.dataset_id
    if dataset_id is None or not wanted:
        return {}
    dataset = datasets.get(transaction, dataset_id)
    try:
        version = datasets.version(transaction, dataset, experiment.experiment.dataset_version_id)
    except NotFound:
        version = datasets.version(transaction, dataset)
    return {found: _shown(row) for found, row in examples.some(transaction, version.number, wanted).items()}


def _shown(row: Mapping[str, object]) -> ShownExample:
    given = next((name for name in _INPUTS if row.get(name) is not None), None)
    expected = next((name for name in _OUTPUTS if row.get(name) is not None), None)
    others = {name: value for name, value in row.items() if name not in {given, expected}}
    return ShownExample(row[given] if given else None, row[expected] if expected else None, others)
