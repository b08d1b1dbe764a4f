"""The DuckDB file: one process, one writer at a time, any number of readers."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from arize_async.errors import ServerError, ServerFailed
from arize_async.server.storage.schema import migrate
from arize_async.server.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

WRITE_TIMEOUT = 120.0
MEMORY_LIMIT = "512MB"  # for caches and sorting; what does not fit goes to files beside the database
_FIXED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


def _now() -> int:
    return time.time_ns() // 1000


class Database:
    """Transactions on one DuckDB file; every method may be called from any thread, and blocks.

    Writes are serialised by a lock, so a write may check and then insert. Reads see a snapshot and never wait for
    writes.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, clock: Callable[[], int] = _now) -> None:
        """Take over a connection; ``clock`` returns microseconds since the epoch."""
        self._connection = connection
        self._clock = clock
        self._writing = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, file: Path | None, clock: Callable[[], int] = _now) -> Database:
        """Open or make a database and bring it to the newest schema; ``None`` keeps it in memory.

        Raises:
            ServerFailed: The file is in use, is damaged, cannot be upgraded, or was written by a newer version.
        """
        database = cls(_connect(file), clock)
        try:
            with database.write() as transaction:
                migrate(transaction)
        except duckdb.Error as error:
            database.close()
            raise ServerFailed(f"{file} cannot be upgraded, and nothing in it was changed: {error}") from error
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def read(self) -> Generator[Transaction]:
        """Run a block on a snapshot."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                yield Transaction(cursor, self._clock())
            finally:
                cursor.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Generator[Transaction]:
        """Run a block as one transaction: all of it is stored, or on an exception none of it.

        Raises:
            ServerError: 503, another write took too long.
        """
        if not self._writing.acquire(timeout=WRITE_TIMEOUT):
            raise ServerError(
                "the store is busy with another write; try again", status=503, title="Service unavailable"
            )
        try:
            with self._cursor() as cursor:
                cursor.execute("BEGIN TRANSACTION")
                try:
                    yield Transaction(cursor, self._clock())
                except BaseException:
                    cursor.execute("ROLLBACK")
                    raise
                cursor.execute("COMMIT")
        finally:
            self._writing.release()

    def close(self) -> None:
        """Wait for the write in progress, then write everything into the file and close it."""
        with self._writing:
            self._closed = True
            self._connection.close()

    @contextmanager
    def _cursor(self) -> Generator[duckdb.DuckDBPyConnection]:
        if self._closed:
            raise ServerError("the server is shutting down", status=503, title="Service unavailable")
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def _connect(file: Path | None) -> duckdb.DuckDBPyConnection:
    # DuckDB hands out one shared instance for a file opened twice in a process, which would be two writers;
    # a setting that is different each time makes it refuse the second.
    config: dict[str, str | bool | int | float | list[str]] = {**_FIXED, "custom_user_agent": secrets.token_hex(8)}
    if file is not None:
        config["memory_limit"] = MEMORY_LIMIT
    try:
        connection = duckdb.connect(":memory:" if file is None else str(file), config=config)
    except (duckdb.IOException, duckdb.ConnectionException, duckdb.BinderException) as error:
        raise ServerFailed(_why_not(file, str(error))) from error
    except duckdb.Error as error:
        raise ServerFailed(f"{file} cannot be opened as a database: {error}") from error
    connection.execute("SET enable_external_access = false")
    return connection


def _why_not(file: Path | None, message: str) -> str:
    if "lock" in message or "different configuration" in message:
        return (
            f"{file} is in use by another server; stop that one, connect to it with its url and api_key,"
            " or give this one another directory (path=...)"
        )
    return f"{file} cannot be opened as a database: {message}"
