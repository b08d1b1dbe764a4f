"""Reading the rows of an owner in order, some at a time."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from arize_async.server.storage.filters.fields import Fragment
    from arize_async.server.storage.transaction import Row, Transaction

_FIRST_WINDOW = 10_000


def rows_after(transaction: Transaction, select: str, owner: int, after: int, limit: int) -> list[Row]:
    """Return the next rows of an owner, in the order of ``seq``.

    Args:
        transaction: Where to read.
        select: A query of a table ``t`` without conditions, whose first column is ``seq``.
        owner: Number of the experiment or dataset version.
        after: The ``seq`` behind which to begin.
        limit: How many rows at most.
    """
    last = None
    if after < 0:
        table = select.rpartition(" FROM ")[2]
        extent = f"SELECT min(t.seq), max(t.seq) FROM {table} WHERE t.owner_no = ?"  # noqa: S608 - our own names
        ((first, last),) = transaction.all(extent, owner)
        if first is None:
            return []
        after = first - 1
    # Rows that came together have neighbouring numbers, and a range of numbers is read without looking at the others.
    end = after + limit
    near = f"{select} WHERE t.owner_no = ? AND t.seq > ? AND t.seq <= ?"
    rows = sorted(transaction.all(near, owner, after, end), key=itemgetter(0))
    if len(rows) < limit and (last is None or last > end):
        far = f"{select} WHERE t.owner_no = ? AND t.seq > ? ORDER BY t.seq LIMIT ?"
        rows += transaction.all(far, owner, end, limit - len(rows))
    return rows


def table_between(transaction: Transaction, select: str, owner: int, after: int, last: int, limit: int) -> pa.Table:
    """Return what ``rows_after`` does, up to the ``seq`` ``last``, as Arrow data."""
    end = min(after + limit, last)
    near = f"{select} WHERE t.owner_no = ? AND t.seq > ? AND t.seq <= ? ORDER BY t.seq"
    table = transaction.arrow(near, owner, after, end)
    if table.num_rows < limit and end < last:
        far = f"{near} LIMIT ?"
        table = pa.concat_tables([table, transaction.arrow(far, owner, end, last, limit - table.num_rows)])
    return table


def rows_that_fit(
    transaction: Transaction, select: str, condition: Fragment, owner: int, after: int, limit: int
) -> list[Row]:
    """Return the next rows of an owner that fit a condition; the arguments are those of ``rows_after``."""
    table = select.rpartition(" FROM ")[2]
    last = transaction.scalar(f"SELECT coalesce(max(t.seq), -1) FROM {table} WHERE t.owner_no = ?", owner)  # noqa: S608 - our own names
    sql = f"{select} WHERE t.owner_no = ? AND t.seq > ? AND t.seq <= ? AND {condition.sql} ORDER BY t.seq LIMIT ?"
    rows: list[Row] = []
    # Growing ranges: a page of matches that stand close together does not look at every row of the experiment.
    window = max(_FIRST_WINDOW, limit)
    while after < last and len(rows) < limit:
        rows += transaction.all(sql, owner, after, after + window, *condition.parameters, limit - len(rows))
        after, window = after + window, window * 4
    return rows
