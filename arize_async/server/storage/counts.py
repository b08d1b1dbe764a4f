"""How many rows resources have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.server.storage.transaction import Transaction


def of_datasets(transaction: Transaction, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return for some datasets the examples of the newest version and the experiments."""
    sql = (
        "SELECT d.no, (SELECT count(*) FROM examples e WHERE e.owner_no ="
        " (SELECT max(v.no) FROM dataset_versions v WHERE v.dataset_no = d.no)),"
        " (SELECT count(*) FROM experiments x WHERE x.dataset_no = d.no)"
        " FROM datasets d WHERE list_contains(?::BIGINT[], d.no)"
    )
    return {row[0]: (row[1] or 0, row[2] or 0) for row in transaction.all(sql, list(numbers))}


def of_experiments(transaction: Transaction, numbers: Sequence[int]) -> dict[int, int]:
    """Return the runs of some experiments."""
    sql = "SELECT owner_no, count(*) FROM runs WHERE list_contains(?::BIGINT[], owner_no) GROUP BY owner_no"
    return dict(transaction.all(sql, list(numbers)))
