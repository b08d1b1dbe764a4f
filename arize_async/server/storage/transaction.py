"""What runs inside one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    import duckdb
    import pyarrow as pa

Row = tuple[Any, ...]


class Transaction:
    """A cursor inside a transaction, and the moment that counts as now in it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, now: int) -> None:
        """Take the cursor over; ``now`` is in microseconds since the epoch."""
        self._cursor = cursor
        self.now = now

    def run(self, sql: str, *parameters: object) -> None:
        """Execute a statement."""
        self._cursor.execute(sql, parameters or None)

    def all(self, sql: str, *parameters: object) -> list[Row]:
        """Return all rows of a query."""
        return self._cursor.execute(sql, parameters or None).fetchall()

    def one(self, sql: str, *parameters: object) -> Row | None:
        """Return the first row of a query, if there is one."""
        row = self._cursor.execute(sql, parameters or None).fetchone()
        self._cursor.complete()  # a result with rows left would bar ``arrow``
        return row

    def arrow(self, sql: str, *parameters: object) -> pa.Table:
        """Return all rows of a query that makes no change, as Arrow data."""
        return self._cursor.sql(sql, params=parameters).to_arrow_table()

    def scalar(self, sql: str, *parameters: object) -> Any:
        """Return the only value of a query that has exactly one row."""
        row = self.one(sql, *parameters)
        assert row is not None
        return row[0]

    def insert(self, table: str, **values: object) -> None:
        """Insert one row."""
        marks = ", ".join("?" * len(values))
        self.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())  # noqa: S608 - our own names

    def take(self, counter: str, count: int = 1) -> int:
        """Reserve numbers of a counter and return the first; a number is never given twice."""
        sql = "UPDATE counters SET value = value + ? WHERE name = ? RETURNING value"
        return int(self.scalar(sql, count, counter)) - count + 1

    def tick(self) -> int:
        """Return the time in milliseconds, at least one more than the last time that was asked."""
        sql = "UPDATE counters SET value = greatest(value + 1, ?) WHERE name = 'clock' RETURNING value"
        return int(self.scalar(sql, self.now // 1000))

    @contextmanager
    def incoming(self, data: pa.RecordBatchReader | pa.Table) -> Generator[None]:
        """Let statements read Arrow data as the view ``incoming``."""
        self._cursor.register("incoming", data)
        try:
            yield
        finally:
            self._cursor.unregister("incoming")
