"""What runs inside one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
        """Return the first row of a query that has few, if there is one."""
        rows = self.all(sql, *parameters)
        return rows[0] if rows else None

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

    def append(self, table: str, data: pa.Table) -> None:
        """Insert Arrow data that has the columns of a table, in its order."""
        self._cursor.from_arrow(data).insert_into(table)

    def take(self, counter: str, count: int = 1) -> int:
        """Reserve numbers of a counter and return the first; a number is never given twice."""
        sql = "UPDATE counters SET value = value + ? WHERE name = ? RETURNING value"
        return int(self.scalar(sql, count, counter)) - count + 1

    def take_at(self, counter: str, count: int) -> tuple[int, int]:
        """Do what ``take`` does, and return with it the time in milliseconds, which never comes twice either."""
        sql = (
            "UPDATE counters SET value = CASE name WHEN 'clock' THEN greatest(value + 1, ?) ELSE value + ? END"
            " WHERE name IN ('clock', ?) RETURNING name, value"
        )
        values = dict(self.all(sql, self.now // 1000, count, counter))
        return values[counter] - count + 1, values["clock"]

    def receive(self, data: pa.RecordBatchReader | pa.Table) -> None:
        """Let statements read Arrow data as the view ``incoming``, in the rest of the transaction."""
        self._cursor.register("incoming", data)
