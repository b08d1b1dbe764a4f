"""The folder of cached downloads: private, bounded, shared by processes. Everything here blocks."""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Final

from attrs import frozen

from arize_async.cache.keys import Key
from arize_async.cache.sealed import NotSealed, SealedReader, SealedWriter

if TYPE_CHECKING:
    import pyarrow as pa

FILE_NAME: Final = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}\.arrow")
PARTIAL_NAME: Final = re.compile(r"partial-[^/]+\.tmp")
_ABANDONED: Final = 24 * 3600.0


@frozen(kw_only=True)
class Bounds:
    """How much is kept.

    Attributes:
        files: Files at the same time.
        bytes: Size of all files together; a larger download is not kept.
        seconds: Age of a file that nobody has read.
    """

    files: int = 256
    bytes: int = 4 * 1024**3
    seconds: float = 30 * 24 * 3600.0


class TooLarge(Exception):
    """A download is larger than the whole cache may be."""


class CacheFolder:
    """Files of record batches by key."""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        """Take a path that need not exist yet."""
        self.path = path
        self.bounds = bounds

    def open(self, key: Key) -> SealedReader | None:
        """Return what is kept under a key, or None; a file that cannot be used is removed."""
        path = self.path / key.file_name
        try:
            reader = SealedReader(path, key.seal)
        except FileNotFoundError:
            return None
        except (OSError, NotSealed):
            _remove(path)
            return None
        with suppress(OSError):
            os.utime(path)  # a file that is in use is the last to go
        return reader

    def start(self, key: Key, schema: pa.Schema) -> Partial:
        """Begin to keep a download.

        Raises:
            OSError: The folder cannot be made, is not ours alone, or cannot be written to.
        """
        self._prepare()
        return Partial(self, key, schema)

    def clear(self) -> None:
        """Remove all files, and the folder when nothing else is in it.

        Raises:
            OSError: A file cannot be removed.
        """
        with suppress(FileNotFoundError):
            for entry in _files(self.path):
                with suppress(FileNotFoundError):
                    (self.path / entry.name).unlink()
            with suppress(OSError):
                self.path.rmdir()

    def tidy(self, kept: Key) -> None:
        """Remove what is out of date or out of bounds, the least recently used first, but not ``kept``."""
        now = time.time()
        total = count = 0
        for entry in sorted(_files(self.path), key=lambda entry: entry.last_used, reverse=True):
            age = now - entry.last_used
            if PARTIAL_NAME.fullmatch(entry.name):
                is_wanted = age < _ABANDONED
            elif entry.name == kept.file_name:
                is_wanted, total, count = True, total + entry.size, count + 1
            else:
                total, count = total + entry.size, count + 1
                is_within = age < self.bounds.seconds and count <= self.bounds.files and total <= self.bounds.bytes
                is_wanted = is_within and not entry.name.startswith(kept.subject)
            if not is_wanted:
                _remove(self.path / entry.name)

    def _prepare(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(f"{self.path} is a link")
        if os.name == "posix":
            if found.st_uid != os.geteuid():
                raise PermissionError(f"{self.path} belongs to another user")
            if stat.S_IMODE(found.st_mode) != 0o700:  # noqa: PLR2004 - read, write and enter for the owner
                self.path.chmod(0o700)


class Partial:
    """A download that is being written; it gets its name when it is complete."""

    def __init__(self, folder: CacheFolder, key: Key, schema: pa.Schema) -> None:
        """Open a private file with a name of its own."""
        self._folder = folder
        self._key = key
        descriptor, name = mkstemp(dir=folder.path, prefix="partial-", suffix=".tmp")
        self._path = Path(name)
        file = os.fdopen(descriptor, "wb")
        try:
            self._writer = SealedWriter(file, schema, key.seal)
        except BaseException:
            file.close()
            _remove(self._path)
            raise

    def add(self, batch: pa.RecordBatch) -> None:
        """Write a batch.

        Raises:
            OSError: The disk is full.
            TooLarge: The file is larger than the cache may be.
        """
        self._writer.add(batch)
        if self._writer.written > self._folder.bounds.bytes:
            raise TooLarge(f"the examples take more than {self._folder.bounds.bytes} bytes")

    def finish(self) -> None:
        """Give the file its name, and tidy up."""
        self._writer.finish()
        self._path.replace(self._folder.path / self._key.file_name)
        self._folder.tidy(self._key)

    def discard(self) -> None:
        """Remove the file; does nothing after ``finish``."""
        with suppress(OSError):  # what is still in the buffer does not fit on a full disk
            self._writer.close()
        _remove(self._path)


@frozen
class Slot:
    """The place of one download.

    Attributes:
        folder: Where it is kept.
        key: What it is filed under.
    """

    folder: CacheFolder
    key: Key

    def open(self) -> SealedReader | None:
        """Return what is kept, or None."""
        return self.folder.open(self.key)

    def start(self, schema: pa.Schema) -> Partial:
        """Begin to keep the download.

        Raises:
            OSError: The folder cannot be used.
        """
        return self.folder.start(self.key, schema)


@frozen
class _File:
    name: str
    size: int
    last_used: float


def _files(folder: Path) -> list[_File]:
    """Return the files of the cache; others that are in the folder are none of its business."""
    found: list[_File] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if FILE_NAME.fullmatch(entry.name) or PARTIAL_NAME.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    found.append(_File(entry.name, status.st_size, status.st_mtime))
    return found


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
