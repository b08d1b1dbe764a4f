"""The SQLite file of a journal. Everything here blocks.

One connection holds the file alone for the time of the run, by a lock that ends with its process. Statements are few
and large: each one gives the interpreter up and has to wait for it again.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from weakref import finalize

from arize_async.errors import JournalError, JournalInUse
from arize_async.journal.header import Header

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

VERSION: Final = 1
_APPLICATION: Final = 0x41525A4A
_MOST_ROWS: Final = 128
"""In one statement; as many statements are kept prepared."""
_PAGE_ROWS: Final = 4096
_PAGE_BYTES: Final = 1024 * 1024
_PATIENCE: Final = 1.0
"""Seconds that the lock of a file is waited for: who lists journals has it for some milliseconds."""

_ERRORS: Final = (sqlite3.DatabaseError, UnicodeDecodeError)
_SCHEMA: Final = (
    "CREATE TABLE header (no INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    "CREATE TABLE records (key INTEGER PRIMARY KEY, line BLOB NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
_LAST_OF_ROWS: Final = (
    "SELECT max(key), sum(length(line)) FROM"
    " (SELECT key, line FROM records WHERE key >= ? AND key < ? ORDER BY key LIMIT ?)"
)
_LAST_OF_PAGE: Final = (
    "SELECT max(key) FROM (SELECT key, sum(length(line)) OVER (ORDER BY key ROWS UNBOUNDED PRECEDING) AS total"
    " FROM (SELECT key, line FROM records WHERE key >= ? AND key < ? ORDER BY key LIMIT ?)) WHERE total <= ?"
)
_PAGE: Final = (
    "SELECT CAST(group_concat(coalesce(line, '?'), x'0a') AS BLOB) FROM"
    " (SELECT line FROM records WHERE key >= ? AND key <= ? ORDER BY key)"
)


class Store:
    """Records by key, and the header.

    Attributes:
        path: The file; None for one without a name, which is gone when this is.
    """

    def __init__(self, path: Path | None, *, alone: bool = True) -> None:
        """Open a file, which is made a journal if it is empty.

        Args:
            path: The file, which exists; None for a temporary one.
            alone: Whether nobody else may open it meanwhile.

        Raises:
            JournalInUse: Another run, of this process or another one, has it.
            JournalError: It cannot be used.
        """
        self.path = path
        self._lock = threading.RLock()
        self._connection = self._connected()
        try:
            self._prepare(alone=alone)
            self._identity = _identity(path)
        except _ERRORS as error:
            self.close()
            raise self._translated(error) from error
        except BaseException:
            self.close()
            raise

    @property
    def is_gone(self) -> bool:
        """Whether the file was removed, or another one has its name."""
        return self.path is not None and _identity(self.path) != self._identity

    def header(self) -> Header | None:
        """Return the header; None when the journal is new.

        Raises:
            JournalError: It cannot be read.
        """
        row = self._one("SELECT text FROM header")
        try:
            return None if row is None else Header.from_text(row[0])
        except ValueError:
            raise JournalError(f"the journal {self.path} is damaged: its header cannot be read") from None

    def set_header(self, header: Header) -> None:
        """Write the header.

        Raises:
            JournalError: The disk is full, or the file cannot be used any longer.
        """
        self._one("INSERT OR REPLACE INTO header VALUES (1, ?)", header.to_text())

    def held(self) -> AbstractContextManager[object]:
        """Keep other threads from the file for the time of a block; this blocks."""
        return self._lock

    @contextmanager
    def held_at_once(self) -> Generator[bool]:
        """Do what ``held`` does without waiting; whether it could be done."""
        is_held = self._lock.acquire(blocking=False)
        try:
            yield is_held
        finally:
            if is_held:
                self._lock.release()

    def put(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Write records, those of a key that is there already in its place.

        Raises:
            JournalError: The disk is full, or the file cannot be used any longer.
        """
        for start in range(0, len(rows), _MOST_ROWS):
            part = rows[start : start + _MOST_ROWS]
            values = [value for row in part for value in row]
            places = ",".join(["(?,?)"] * len(part))
            self._one(f"INSERT OR REPLACE INTO records VALUES {places}", *values)  # noqa: S608 - question marks only

    def page(self, first: int, end: int) -> tuple[bytes, int] | None:
        """Return lines from a key on, as many as memory takes easily, and the last key; None when there are none.

        Raises:
            JournalError: The file cannot be read.
        """
        last, size = self._one(_LAST_OF_ROWS, first, end, _PAGE_ROWS) or (None, None)
        if size is not None and size > _PAGE_BYTES:  # this takes four times as long
            (last,) = self._one(_LAST_OF_PAGE, first, end, _PAGE_ROWS, _PAGE_BYTES) or (None,)
            if last is None:  # one record is larger than a page
                (last,) = self._one("SELECT min(key) FROM records WHERE key >= ? AND key < ?", first, end) or (None,)
        if last is None:
            return None
        (lines,) = self._one(_PAGE, first, last) or (None,)
        return lines or b"", last

    def rows(self, first: int) -> list[tuple[int, bytes]]:
        """Return some rows from a key on, each by itself.

        Raises:
            JournalError: The file cannot be read.
        """
        statement = "SELECT key, CAST(coalesce(line, '?') AS BLOB) FROM records WHERE key >= ? ORDER BY key LIMIT 100"
        try:
            with self._lock:
                return self._connection.execute(statement, (first,)).fetchall()
        except _ERRORS as error:
            raise self._translated(error) from error

    def remove(self, keys: Sequence[int]) -> None:
        """Remove records.

        Raises:
            JournalError: The file cannot be used.
        """
        for key in keys:
            self._one("DELETE FROM records WHERE key = ?", key)

    def count(self, step: int) -> int:
        """Return how many keys are multiples of a number.

        Raises:
            JournalError: The file cannot be read.
        """
        (total,) = self._one("SELECT count(*) FROM records WHERE key % ? = 0", step) or (0,)
        return total

    def size(self) -> int:
        """Return the bytes of all records.

        Raises:
            JournalError: The file cannot be read.
        """
        (total,) = self._one("SELECT coalesce(sum(length(line)), 0) FROM records") or (0,)
        return total

    def sync(self) -> None:
        """Make sure that even a power cut leaves what was written.

        Raises:
            JournalError: The disk is full, or the file cannot be used any longer.
        """
        if self.path is not None:
            self._one("PRAGMA wal_checkpoint(PASSIVE)")

    def settle(self, *, safe: bool = True) -> None:
        """Leave one complete file, and let others open it.

        Args:
            safe: Whether even a power cut must leave it; waiting for the disk takes ten times as long as all else.

        Raises:
            JournalError: The disk is full, or the file cannot be used any longer.
        """
        if self.path is not None:
            if not safe:
                self._one("PRAGMA synchronous = OFF")
            self._one("PRAGMA journal_mode = DELETE")
            self._one("PRAGMA locking_mode = NORMAL")
            self._one("SELECT 1 FROM header")  # lets the lock go

    def close(self) -> None:
        """Close the file."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def _connected(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path or "",
                timeout=_PATIENCE,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=2 * _MOST_ROWS,
            )
        except _ERRORS as error:
            raise self._translated(error) from error
        finalize(self, connection.close)
        return connection

    def _prepare(self, *, alone: bool) -> None:
        connection = self._connection
        if self.path is None:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
        elif alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA synchronous = OFF")  # the first checkpoint waits for the disk anyway
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("BEGIN IMMEDIATE" if alone else "BEGIN")
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if (application, version) == (0, 0):
            for statement in _SCHEMA:
                connection.execute(statement)
        elif application != _APPLICATION:
            raise JournalError(f"{self.path} is no journal of a run")
        elif version != VERSION:
            raise JournalError(
                f"the journal {self.path} was written by another version of this package (format {version}, this one"
                f" reads {VERSION}); use that version, or delete the journal"
            )
        connection.execute("COMMIT")
        if self.path is not None:
            connection.execute("PRAGMA synchronous = NORMAL")

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        try:
            with self._lock, closing(self._connection.execute(statement, values)) as cursor:
                return cursor.fetchone()
        except _ERRORS as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> JournalError:
        """Return what an error of SQLite means."""
        where = "the temporary journal of the run" if self.path is None else f"the journal {self.path}"
        if not isinstance(error, sqlite3.OperationalError):  # the message quotes what the file holds
            return JournalError(f"{where} is damaged: {error}. Only deleting it is left")
        code = getattr(error, "sqlite_errorcode", None)  # Python's own errors, about text that is none, have none
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return JournalInUse(
                f"{where} is in use by another run of the same name, in this process or another one; wait for its"
                " end. When there is none, its file system has no locks, as some network folders: choose a local"
                " directory with arize_directory or ARIZE_DIRECTORY"
            )
        return JournalError(f"{where} cannot be used: {error}")


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Return what a file keeps when its name goes to another one; None when there is no such file."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
