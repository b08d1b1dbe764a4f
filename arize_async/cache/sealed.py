"""Files of record batches that end with a seal.

A file is an Arrow IPC stream, followed by a keyed BLAKE2 digest of it. The digest is checked before anything is read
as Arrow, so that neither a damaged file nor one that somebody else has put there is ever interpreted.
"""

from __future__ import annotations

import io
import os
import stat
from hashlib import blake2b
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

if TYPE_CHECKING:
    from pathlib import Path

SEAL_BYTES = 32
_PIECE = 1024 * 1024
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class NotSealed(Exception):
    """The file is not one of ours, not complete, or damaged."""


class SealedReader:
    """Reads a file of record batches whose seal is right."""

    def __init__(self, path: Path, secret: bytes) -> None:
        """Open a file.

        Raises:
            OSError: It cannot be opened or read; FileNotFoundError when there is none.
            NotSealed: Its seal is missing or wrong.
        """
        self._file = _open_regular(path)
        try:
            _check_seal(self._file, secret)
            self._stream = pa.ipc.open_stream(cast("io.IOBase", self._file))
            self._first = self._read()  # a file of a newer version of Arrow is found out before anything is given
        except pa.ArrowException as error:
            self._file.close()
            raise NotSealed(str(error)) from error
        except BaseException:
            self._file.close()
            raise

    @property
    def schema(self) -> pa.Schema:
        """The schema of all batches."""
        return self._stream.schema

    def following(self) -> pa.RecordBatch | None:
        """Return the next batch, and None at the end."""
        first, self._first = self._first, None
        return self._read() if first is None else first

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self) -> pa.RecordBatch | None:
        try:
            return self._stream.read_next_batch()
        except StopIteration:
            return None


class SealedWriter:
    """Writes record batches to a new file."""

    def __init__(self, file: BinaryIO, schema: pa.Schema, secret: bytes) -> None:
        """Take an empty file and close it in the end."""
        self._file = file
        self._sink = _Sink(file, secret)
        self._writer = pa.ipc.new_stream(cast("io.IOBase", self._sink), schema, options=_OPTIONS)

    @property
    def written(self) -> int:
        """Bytes so far."""
        return self._sink.tell()

    def add(self, batch: pa.RecordBatch) -> None:
        """Write a batch."""
        self._writer.write_batch(batch)

    def finish(self) -> None:
        """Write what is missing to a complete file, and close it."""
        self._writer.close()
        self._file.write(self._sink.seal())
        self._file.close()

    def close(self) -> None:
        """Close the file as it is."""
        self._file.close()


class _Sink(io.RawIOBase):
    """Digests what passes through."""

    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        self._file = file
        self._digest = blake2b(key=secret, digest_size=SEAL_BYTES)
        self._count = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = memoryview(cast("bytes", data)).cast("B")
        self._file.write(piece)
        self._digest.update(piece)
        self._count += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._count

    def seal(self) -> bytes:
        return self._digest.digest()


def _open_regular(path: Path) -> BinaryIO:
    """Open a file; a pipe or a device in its place would block."""
    file = os.fdopen(os.open(path, _READ_FLAGS), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise NotSealed(f"{path.name} is no file")


def _check_seal(file: BinaryIO, secret: bytes) -> None:
    """Compare the seal and go back to the start."""
    left = os.fstat(file.fileno()).st_size - SEAL_BYTES
    digest = blake2b(key=secret, digest_size=SEAL_BYTES)
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        digest.update(piece)
        left -= len(piece)
    if left != 0 or file.read() != digest.digest():
        raise NotSealed("the seal is missing or wrong")
    file.seek(0)
