"""Reading the rows of an owner in order, some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arize_async.server.storage.transaction import Row, Transaction


def rows_after(transaction: Transaction, select: str, owner: int, after: int, limit: int) -> list[Row]:
    """Return the next rows of an owner, in the order of ``seq``.

    Args:
        transaction: Where to read.
        select: A query without conditions whose first column is ``seq``.
        owner: Number of the experiment or dataset version.
        after: The ``seq`` behind which to begin.
        limit: How many rows at most.
    """
    # Rows that came together have neighbouring numbers, and a range of numbers is read without looking at the others.
    end = after + limit
    near = f"{select} WHERE owner_no = ? AND seq > ? AND seq <= ? ORDER BY seq"
    rows = transaction.all(near, owner, after, end)
    if len(rows) < limit:
        far = f"{select} WHERE owner_no = ? AND seq > ? ORDER BY seq LIMIT ?"
        rows += transaction.all(far, owner, end, limit - len(rows))
    return rows
