"""Pages of rows whose numbers lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_async.server.storage import runs
from arize_async.server.storage.database import Database

if TYPE_CHECKING:
    from arize_async.server.storage.transaction import Transaction

OWNER = 7


def fill(transaction: Transaction, numbers: list[int]) -> None:
    """Store runs with these numbers, and runs of others all over."""
    sql = "INSERT INTO runs SELECT ?, seq, 'i' || seq, NULL, NULL, NULL, '{}' FROM (SELECT unnest(?::BIGINT[]) AS seq)"
    transaction.run(sql, OWNER + 1, list(range(50)))
    transaction.run(sql, OWNER, numbers[::-1])


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("numbers", [[], [0], [5], [1, 2, 3, 4, 5], [10, 40], [3, 4, 30, 31, 32, 49], [0, 10**9]])
def test_pages_together_are_all_rows_in_order(numbers: list[int], limit: int) -> None:
    """Every page but the last is full, whatever the gaps and the order in which rows were stored."""
    database = Database.open(None)
    with database.write() as transaction:
        fill(transaction, numbers)
    with database.read() as transaction:
        found: list[int] = []
        for start in range(0, len(numbers) + 1, limit):
            page = runs.stored_batch(transaction, OWNER, found[-1] if found else -1, limit)
            assert [row[0] for row in page] == numbers[start : start + limit]
            found += [row[0] for row in page]
    database.close()
    assert found == numbers
