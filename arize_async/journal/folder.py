"""The folder of journals: one private file a run. Everything here blocks."""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from arize_async.errors import JournalError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arize_async.config import Config

UNFINISHED: Final = ".journal"
UPLOADED: Final = ".uploaded"
_DAY: Final = 24 * 3600.0
_SIDES: Final = ("-wal", "-shm", "-journal")


@frozen(kw_only=True)
class Bounds:
    """How long journals are kept.

    Attributes:
        uploaded: How many of runs that are on the server.
        uploaded_bytes: Their size together.
        uploaded_seconds: Their age.
        unfinished_seconds: Age of one that nobody has resumed.
    """

    uploaded: int = 20
    uploaded_bytes: int = 1024**3
    uploaded_seconds: float = 7 * _DAY
    unfinished_seconds: float = 30 * _DAY


@frozen
class JournalFile:
    """A journal as the folder shows it.

    Attributes:
        path: The file.
        id: What the command line calls it.
        uploaded: Whether its runs are on the server.
        bytes: Size.
        changed: Seconds since the epoch.
    """

    path: Path
    id: str
    uploaded: bool
    bytes: int
    changed: float


def account_of(config: Config) -> tuple[str, str]:
    """Return the host, and a digest of host and account.

    The port is left out: an embedded server has another one each time.
    """
    host = config.endpoints.api.host
    headers = sorted((name.lower(), value) for name, value in config.default_headers.items())
    return host, _digest("account", host, config.api_key, repr(headers))


class JournalFolder:
    """Journals by account, dataset and experiment."""

    def __init__(self, directory: Path, bounds: Bounds | None = None) -> None:
        """Take the directory of this package's files; it need not exist yet."""
        self.path = directory / "journals"
        self._bounds = bounds or Bounds()

    def place(self, account: str, dataset_id: str, experiment: str) -> Path:
        """Return where the journal of an unfinished run is."""
        slug = re.sub(r"[^a-z0-9]+", "-", experiment.lower()).strip("-")[:40] or "run"
        return self.path / f"{slug}-{_digest(account, dataset_id, experiment)[:12]}{UNFINISHED}"

    def make(self, path: Path) -> None:
        """Make an empty private file, unless one is there.

        Raises:
            JournalError: The folder cannot be made, is not ours alone, or cannot be written to.
        """
        try:
            self._prepare()
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            if os.name == "posix" and path.lstat().st_uid != os.geteuid():
                raise PermissionError("it belongs to another user")
        except OSError as error:
            raise JournalError(
                f"the journal of the run cannot be kept in {self.path}: {error.strerror or error}. Choose a directory"
                " that can be written with arize_directory or ARIZE_DIRECTORY"
            ) from error

    def list(self) -> list[JournalFile]:
        """Return all journals, those that changed last first."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(self._files(), key=lambda file: file.changed, reverse=True)
        return []

    def find(self, name: str) -> JournalFile:
        """Return the journal of an id, of the beginning of one, or of a path.

        Raises:
            NotFound: There is none, or more than one begins like this.
        """
        files = self.list()
        found = [file for file in files if name in {file.id, str(file.path), file.path.name}]
        found = found or [file for file in files if file.id.startswith(name)]
        if len({file.id for file in found}) != 1:
            raise NotFound.by_name("journal", name, [file.id for file in files])
        return min(found, key=lambda file: file.uploaded)

    def tidy(self) -> None:
        """Remove journals that are out of bounds."""
        now, count, total = time.time(), 0, 0
        for file in self.list():
            age = now - file.changed
            if file.uploaded:
                count, total = count + 1, total + file.bytes
                is_wanted = (
                    age < self._bounds.uploaded_seconds
                    and count <= self._bounds.uploaded
                    and total <= self._bounds.uploaded_bytes
                )
            else:
                is_wanted = age < self._bounds.unfinished_seconds
            if not is_wanted:
                remove(file.path)

    def _prepare(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(f"{self.path} is a link")
        if os.name == "posix":
            if found.st_uid != os.geteuid():
                raise PermissionError("it belongs to another user")
            if stat.S_IMODE(found.st_mode) != 0o700:  # noqa: PLR2004 - read, write and enter for the owner
                self.path.chmod(0o700)

    def _files(self) -> Iterator[JournalFile]:
        for path in self.path.iterdir():
            if path.suffix in {UNFINISHED, UPLOADED}:
                with suppress(FileNotFoundError):
                    status = path.lstat()
                    size, changed = status.st_size, status.st_mtime
                    with suppress(FileNotFoundError):  # what a run that is under way, or was killed, has there
                        log = path.with_name(path.name + _SIDES[0]).lstat()
                        size, changed = size + log.st_size, max(changed, log.st_mtime)
                    yield JournalFile(path, path.stem, path.suffix == UPLOADED, size, changed)


def remove(path: Path) -> None:
    """Remove a journal and what belongs to it; what cannot be removed stays."""
    for name in (path.name, *(path.name + side for side in _SIDES)):
        with suppress(OSError):
            path.with_name(name).unlink()


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
