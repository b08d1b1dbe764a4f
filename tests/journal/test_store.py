"""The file: private, whole or refused, and of one run at a time."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.errors import JournalError, JournalInUse, NotFound, UnfinishedRun
from arize_async.journal import store as store_module
from arize_async.journal.folder import Bounds, JournalFolder, remove
from arize_async.journal.opening import claim, delete, opened, peek
from arize_async.journal.reading import kept, read, survey
from arize_async.journal.records import encode
from arize_async.journal.store import Store

from .samples import evaluation, header, task

if TYPE_CHECKING:
    from pathlib import Path


def journal_with(folder: JournalFolder, name: str = "e", tasks: int = 3, error: str | None = None) -> Path:
    """Leave a journal behind as a killed process does."""
    path = folder.place("a", "d", name)
    folder.make(path)
    store = Store(path)
    store.set_header(header("first", experiment=name))
    store.put([(2 * number, encode(2 * number, task(number, error=error))) for number in range(tasks)])
    store.close()
    return path


def test_files_are_private(folder: JournalFolder) -> None:
    """Nobody else can enter the folder or read a journal, while it is written as afterwards."""
    path = folder.place("a", "d", "e")
    folder.make(path)
    store = Store(path)
    store.set_header(header())
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.path.iterdir()} == {0o600}
    assert len(list(folder.path.iterdir())) == 2


def test_one_journal_has_one_owner(folder: JournalFolder) -> None:
    """A second opening fails in this process and in another one, until the first one is closed."""
    path = journal_with(folder)
    journal = claim(folder, path, resume=True)
    script = (
        "import sys; from pathlib import Path; from arize_async.journal.store import Store\n"
        "from arize_async.errors import JournalInUse\n"
        "try: Store(Path(sys.argv[1]))\n"
        "except JournalInUse: print('in use')"
    )
    asked = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert asked.stdout == "in use\n"
    for attempt in (lambda: claim(folder, path, resume=True), lambda: delete(path), lambda: peek(path)):
        with pytest.raises(JournalInUse, match="another run"):
            attempt()
    journal.end()
    claim(folder, path, resume=True).end()


def test_an_unfinished_journal_is_not_overwritten(folder: JournalFolder) -> None:
    """It is refused unless it holds no success; then it is replaced."""
    with pytest.raises(UnfinishedRun, match="3 of 3 tasks ended"):
        claim(folder, journal_with(folder), resume=False)
    path = journal_with(folder, "failures", error="no")
    assert claim(folder, path, resume=False).held.tasks == 0


def test_pages_do_not_grow_with_the_journal(folder: JournalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are read in pages of some bytes and rows, in order and whole wherever a page ends."""
    monkeypatch.setattr(store_module, "_PAGE_ROWS", 7)
    monkeypatch.setattr(store_module, "_PAGE_BYTES", 2000)
    store = Store(None)
    keys = list(range(300))
    large = {90: "x" * 5000}
    for key in reversed(keys):
        record = evaluation() if key % 3 else task(key // 3, large.get(key, "o"))
        store.put([(key, encode(key, record))])
    pages = list(read(store, ("first", "second")))
    records = [record for page in pages for record in page]
    assert [record.position for record in records] == list(range(100))
    assert all(record.is_complete(2, successes_only=False) for record in records)
    assert max(len(page) for page in pages) <= 7
    found = [record.position for page in read(store, ("first", "second"), 20, 30) for record in page]
    assert found == list(range(20, 30))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3 * 4096 - 1), st.integers(1, 255), st.booleans())
def test_a_damaged_file_is_never_believed(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int, cut: bool
) -> None:
    """Flipped bits and lost ends give a typed error or the records that are right, never another value."""
    folder = JournalFolder(tmp_path_factory.mktemp("damage"))
    path = journal_with(folder, tasks=30)
    data = bytearray(path.read_bytes())
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] ^= flip
    path.write_bytes(bytes(data))
    expected = {number: task(number) for number in range(30)}
    try:
        journal = claim(folder, path, resume=True)
    except (JournalError, UnfinishedRun):
        return
    with suppress(JournalError):
        for record in (record for page in journal.records() for record in page):
            found = kept(record, ("first",), successes_only=False).task
            assert found is None or found == expected[record.position]
    journal.end()


def test_damaged_records_are_done_again(folder: JournalFolder) -> None:
    """A resumed run drops them; who only reads is told."""
    path = journal_with(folder)
    store = Store(path)
    store.put([(2, encode(2, task(1)).replace(b"ex-1", b"ex-9"))])
    assert survey(store, ("first",)).damaged == 1
    store.settle()
    with pytest.raises(JournalError, match="damaged"):
        list(opened(path).columns())
    journal = claim(folder, path, resume=True)
    assert [record.position for page in journal.records() for record in page] == [0, 2]


def test_a_newer_format_and_other_files_are_refused(folder: JournalFolder) -> None:
    """The message says what to do; the file stays as it is."""
    path = journal_with(folder)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another version of this package"):
        claim(folder, path, resume=True)
    path.write_bytes(b"no database, " * 1000)
    with pytest.raises(JournalError, match="damaged"):
        claim(folder, path, resume=False)
    path.write_bytes(before)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
def test_files_of_other_users_are_refused(folder: JournalFolder) -> None:
    """Neither their journals nor their folders are used."""
    path = journal_with(folder)
    os.chown(path, 12345, -1)
    with pytest.raises(JournalError, match="another user"):
        claim(folder, path, resume=True)
    os.chown(folder.path, 12345, -1)
    with pytest.raises(JournalError, match="another user"):
        claim(folder, folder.place("a", "d", "new"), resume=False)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The way out is a directory that can be written."""
    (tmp_path / "file").write_text("")
    folder = JournalFolder(tmp_path / "file")
    with pytest.raises(JournalError, match="ARIZE_DIRECTORY"):
        claim(folder, folder.place("a", "d", "e"), resume=False)


def test_a_link_is_no_folder(tmp_path: Path) -> None:
    """What another user may have put there is not followed."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "journals").symlink_to(tmp_path / "elsewhere")
    folder = JournalFolder(tmp_path)
    with pytest.raises(JournalError, match="link"):
        claim(folder, folder.place("a", "d", "e"), resume=False)


def test_a_full_disk_is_an_error_and_loses_nothing(folder: JournalFolder) -> None:
    """What was committed before is there."""
    path = journal_with(folder)
    store = Store(path)
    store._connection.execute(f"PRAGMA max_page_count = {path.stat().st_size // 4096 + 2}")  # pyright: ignore[reportPrivateUsage]
    rows = [(2 * number, encode(2 * number, task(number, "x" * 3000))) for number in range(3, 1000)]
    with pytest.raises(JournalError, match="full"):
        store.put(rows)
    assert survey(store, ("first",)).tasks >= 3


def test_journals_are_kept_within_bounds(tmp_path: Path) -> None:
    """Uploaded ones by number, size and age; unfinished ones by age only, and that is a month."""
    folder = JournalFolder(tmp_path, Bounds(uploaded=2))
    for number in range(4):
        path = journal_with(folder, f"uploaded {number}")
        path.rename(path.with_suffix(".uploaded"))
        journal_with(folder, f"unfinished {number}")
    now = time.time()
    for file in folder.list():
        if file.uploaded:
            os.utime(file.path, (now, now - int(file.id[9])))
    folder.tidy()
    assert [file.id[:10] for file in folder.list() if file.uploaded] == ["uploaded-0", "uploaded-1"]
    assert sum(not file.uploaded for file in folder.list()) == 4
    for file in folder.list():
        os.utime(file.path, (now, now - (8 if file.uploaded else 31) * 24 * 3600))
    folder.tidy()
    assert folder.list() == []


def test_journals_are_found_by_the_beginning_of_their_id(folder: JournalFolder) -> None:
    """Something that fits none, or several, is refused with the ids that there are."""
    first, second = journal_with(folder, "one"), journal_with(folder, "two")
    assert folder.find("on").path == folder.find(str(first)).path == first
    for name in ("", "three"):
        with pytest.raises(NotFound, match=second.stem):
            folder.find(name)
    remove(first)
    assert [file.id for file in folder.list()] == [second.stem]


def test_many_claims_at_once_have_one_winner(folder: JournalFolder) -> None:
    """Whoever makes, replaces and opens at the same time: there is one journal, and one run has it."""
    path = folder.place("a", "d", "e")
    barrier = threading.Barrier(8)
    won: list[object] = []
    lost: list[object] = []

    def attempt() -> None:
        barrier.wait()
        try:
            journal = claim(folder, path, resume=False)
            journal.begin(header())
            won.append(journal)
        except JournalInUse as error:
            lost.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
