"""Find or make the journal of a run. Everything here blocks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from arize_async.errors import JournalError, JournalInUse, UnfinishedRun
from arize_async.journal.folder import UPLOADED, remove
from arize_async.journal.journal import Journal, delete_command
from arize_async.journal.reading import Survey, survey
from arize_async.journal.records import Damaged, decode
from arize_async.journal.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from arize_async.journal.folder import JournalFolder
    from arize_async.journal.header import Header

log = logging.getLogger("arize_async.journal")
_ATTEMPTS = 10


def temporary() -> Journal:
    """Return a journal without a name."""
    return Journal(Store(None), None, Survey())


def claim(folder: JournalFolder, path: Path, *, resume: bool) -> Journal:
    """Return the journal of a run, which nobody else may use meanwhile.

    Args:
        folder: Where it is.
        path: The file of an unfinished run.
        resume: Whether to go on with what is there.

    Raises:
        UnfinishedRun: There is one with results, and it is not to be resumed.
        JournalInUse: Another run has it.
        JournalError: It cannot be used.
    """
    uploaded = path.with_suffix(UPLOADED)
    if resume and not path.exists() and uploaded.exists():
        uploaded.rename(path)
    store = _alone(folder, path)
    try:
        header = store.header()
        held = Survey() if header is None else survey(store, header.evaluators)
        if header is not None and not resume:
            _check_finished(path, header, held)
            return _renewed(folder, path, store)
        if held.damaged:
            log.warning("%d records of the journal %s are damaged; what they held is done again", held.damaged, path)
            _repair(store)
    except BaseException:
        store.close()
        raise
    return Journal(store, header, held, folder)


def opened(path: Path, folder: JournalFolder | None = None) -> Journal:
    """Return a journal that is there: to be sent when its folder is given, which nobody else may do meanwhile.

    Raises:
        JournalInUse: A run has it.
        JournalError: It cannot be used.
    """
    store = Store(path, alone=folder is not None)
    try:
        header = _header(store)
        journal = Journal(store, header, survey(store, header.evaluators), folder)
        journal.begin(header)
    except BaseException:
        store.close()
        raise
    return journal


def peek(path: Path) -> tuple[Header, int]:
    """Return what a run was and how many of its tasks ended.

    Raises:
        JournalInUse: A run has it.
        JournalError: It cannot be read.
    """
    store = Store(path, alone=False)
    try:
        header = _header(store)
        return header, store.count(len(header.evaluators) + 1)
    finally:
        store.close()


def delete(path: Path) -> None:
    """Remove a journal that no run has.

    Raises:
        JournalInUse: A run has it.
    """
    try:
        Store(path).close()
    except JournalInUse:
        raise
    except JournalError as error:
        log.info("%s", error)
    remove(path)


def _header(store: Store) -> Header:
    if (header := store.header()) is None:
        raise JournalError(f"the journal {store.path} is empty")
    return header


def _check_finished(path: Path, header: Header, held: Survey) -> None:
    if header.state != "uploaded" and (held.succeeded or header.state != "running"):
        raise UnfinishedRun(
            f"an earlier run of {header.experiment!r} on this dataset was interrupted: {held.tasks} of {header.count}"
            f" tasks ended. Continue it with resume=True, or delete it with {delete_command(path)}"
        )


def _alone(folder: JournalFolder, path: Path) -> Store:
    """Open a file by its name, and make sure that the name is still the file's once nobody else can use it."""
    for _ in range(_ATTEMPTS):
        folder.make(path)
        before = path.stat() if path.exists() else None
        store = Store(path)
        if before is not None and path.exists() and path.stat().st_ino == before.st_ino:
            return store
        store.close()
    raise JournalInUse(f"the journal {path} is made and removed by other runs all the time; wait for them to end")


def _renewed(folder: JournalFolder, path: Path, store: Store) -> Journal:
    """Replace a journal whose results are on the server, or that has none; whoever reads it may go on."""
    header = store.header()
    store.settle()
    if header is not None and header.state == "uploaded":
        path.replace(path.with_suffix(UPLOADED))
        header = None
    else:
        remove(path)
    store.close()
    return Journal(_alone(folder, path), None, Survey(), folder, header)


def _repair(store: Store) -> None:
    """Remove the records that are not what was written."""
    key = -1
    while rows := store.rows(key + 1):
        damaged: list[int] = []
        for key, line in rows:
            try:
                found, _ = decode(line)
            except Damaged:
                found = -1
            if found != key:
                damaged.append(key)
        store.remove(damaged)
