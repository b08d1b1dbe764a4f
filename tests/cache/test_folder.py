"""The folder of cached files: what comes out of it, how much it holds, and whose it is."""

from __future__ import annotations

import os
import stat
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa
import pytest

from arize_async.cache.folder import Bounds, CacheFolder, TooLarge
from arize_async.cache.keys import Key, key_of
from arize_async.config import Config
from arize_async.models.dataset import Dataset, DatasetVersion

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)


def key(number: int = 0, state: int = 0) -> Key:
    """Return a key of some subject and state."""
    return Key(subject=f"{number:032x}", state=f"{state:032x}", secret=b"s" * 32)


def noise(rows: int) -> pa.RecordBatch:
    """Return a batch that cannot be compressed, of 64 bytes a row."""
    return pa.record_batch({"noise": [os.urandom(64) for _ in range(rows)]})


def keep(folder: CacheFolder, filed: Key, *batches: pa.RecordBatch) -> None:
    """Write a file."""
    partial = folder.start(filed, batches[0].schema)
    for batch in batches:
        partial.add(batch)
    partial.finish()


def read(folder: CacheFolder, filed: Key) -> list[pa.RecordBatch] | None:
    """Read a file, or return None when there is none."""
    reader = folder.open(filed)
    if reader is None:
        return None
    try:
        return list(iter(reader.following, None))
    finally:
        reader.close()


@pytest.fixture
def folder(tmp_path: Path) -> CacheFolder:
    """A folder that does not exist yet."""
    return CacheFolder(tmp_path / "some" / "examples", Bounds())


@pytest.fixture
def filed(folder: CacheFolder) -> Path:
    """The path of a file with two batches."""
    keep(folder, key(), noise(100), noise(100))
    return folder.path / key().file_name


ODD = {
    "dictionary": pa.array(["a", "b", None, "a"]).dictionary_encode(),
    "struct": pa.array([{"k": 1, "z": None}, None, {"k": 2, "z": ["x"]}, {}]),
    "empty struct": pa.array([{}, {}, None, {}], pa.struct([])),
    "null": pa.nulls(4),
    "map": pa.array([[("a", 1)], [], None, []], pa.map_(pa.string(), pa.int64())),
    "moment": pa.array([MOMENT, None, None, None], pa.timestamp("ns", "Europe/Berlin")),
    "nan": pa.array([float("nan"), None, float("inf"), -0.0]),
    "view": pa.array(["a long text that is not inline", None, "", "é\0"], pa.string_view()),
    "huge": pa.array([2**64 - 1, 0, None, 1], pa.uint64()),
    "bytes": pa.array([b"\xff", b"", None, b"x"], pa.large_binary()),
}


@pytest.mark.parametrize("name", ODD)
def test_batches_come_back_as_they_were(folder: CacheFolder, name: str) -> None:
    """Schema, metadata, batch borders and every value, whatever the type."""
    batch = pa.RecordBatch.from_arrays([ODD[name]], schema=pa.schema([(name, ODD[name].type)], {"made": "by me"}))
    parts = [batch, batch.slice(1, 2), batch.slice(0, 0), batch]
    keep(folder, key(), *parts)
    found = read(folder, key()) or []
    assert [part.num_rows for part in found] == [4, 2, 0, 4]
    for part, expected in zip(found, parts, strict=True):
        assert part.schema.equals(batch.schema, check_metadata=True)
        assert repr(part.to_pylist()) == repr(expected.to_pylist())


def test_a_changing_dictionary_comes_back(folder: CacheFolder) -> None:
    """Categories of one batch may be others than those of the batch before."""
    parts = [pa.record_batch({"c": pa.array(values).dictionary_encode()}) for values in (["a"], ["b", "c"], ["c"])]
    keep(folder, key(), *parts)
    assert [part.to_pydict() for part in read(folder, key()) or []] == [part.to_pydict() for part in parts]


def test_no_batch_at_all(folder: CacheFolder) -> None:
    """A dataset without examples has a schema."""
    partial = folder.start(key(), pa.schema([("id", pa.string())]))
    partial.finish()
    reader = folder.open(key())
    assert reader is not None
    assert reader.schema.names == ["id"]
    assert reader.following() is None
    reader.close()


def test_memory_does_not_grow_with_the_rows(folder: CacheFolder) -> None:
    """A million rows are written and read one batch at a time."""
    before = pa.total_allocated_bytes()
    batch = pa.record_batch({"n": pa.array(range(10_000)), "text": pa.array([f"text {n}" for n in range(10_000)])})
    partial = folder.start(key(), batch.schema)
    peak = 0
    for _ in range(100):
        partial.add(batch)
        peak = max(peak, pa.total_allocated_bytes() - before)
    partial.finish()
    reader = folder.open(key())
    assert reader is not None
    rows = 0
    while (found := reader.following()) is not None:
        rows += found.num_rows
        peak = max(peak, pa.total_allocated_bytes() - before)
    reader.close()
    assert rows == 1_000_000
    assert peak < 10 * batch.nbytes


def truncate(path: Path) -> None:
    """Cut off the end."""
    os.truncate(path, path.stat().st_size - 1)


def halve(path: Path) -> None:
    """Cut off half."""
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lengthen(path: Path) -> None:
    """Append something."""
    path.write_bytes(path.read_bytes() + b"\0")


def exchange(path: Path) -> None:
    """Put a Parquet file of somebody else in its place."""
    path.write_bytes(b"PAR1" + bytes(1000) + b"PAR1")


def forge(path: Path) -> None:
    """Put good Arrow data in its place, without the right seal."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, noise(1).schema) as writer:
        writer.write_batch(noise(1))
    path.write_bytes(path.read_bytes() + bytes(32))


def empty(path: Path) -> None:
    """Leave nothing in it."""
    path.write_bytes(b"")


def link(path: Path) -> None:
    """Put a link to the same data in its place."""
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def pipe(path: Path) -> None:
    """Put a pipe in its place, which nobody writes to."""
    path.unlink()
    os.mkfifo(path)


@pytest.mark.skipif(sys.platform == "win32", reason="has neither pipes nor links for everybody")
@pytest.mark.parametrize(
    "damage", [truncate, halve, flip, lengthen, exchange, forge, empty, link, pipe], ids=lambda damage: damage.__name__
)
def test_a_damaged_file_counts_as_none(folder: CacheFolder, filed: Path, damage: Callable[[Path], None]) -> None:
    """It is taken away, and the place can be used again."""
    damage(filed)
    assert folder.open(key()) is None
    assert not filed.is_symlink()
    assert not filed.exists()
    keep(folder, key(), noise(1))
    assert read(folder, key()) is not None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everything is readable for the superuser")
def test_an_unreadable_file_counts_as_none(folder: CacheFolder, filed: Path) -> None:
    """It is taken away."""
    filed.chmod(0)
    assert folder.open(key()) is None
    assert not filed.exists()


def test_a_file_of_another_account_counts_as_none(folder: CacheFolder, filed: Path) -> None:
    """A file that was sealed with another API key is not read, even under the right name."""
    assert folder.open(attrs.evolve(key(), secret=b"t" * 32)) is None
    assert not filed.exists()


def test_a_file_under_another_name_counts_as_none(folder: CacheFolder, filed: Path) -> None:
    """A file that was copied over that of another dataset, or of a later state, is not read."""
    for other in (key(1), key(0, 1)):
        (folder.path / other.file_name).write_bytes(filed.read_bytes())
        assert folder.open(other) is None
    assert read(folder, key()) is not None


def test_a_folder_in_place_of_a_file(folder: CacheFolder) -> None:
    """Nothing is read, and nothing can be kept there."""
    (folder.path / key().file_name).mkdir(parents=True)
    assert folder.open(key()) is None
    partial = folder.start(key(), noise(1).schema)
    with pytest.raises(OSError, match="director"):
        partial.finish()
    partial.discard()
    assert len(list(folder.path.iterdir())) == 1


def test_the_newest_state_replaces_the_others(folder: CacheFolder) -> None:
    """What was kept of an earlier state of the same dataset is gone, other datasets stay."""
    for state in range(3):
        keep(folder, key(1, state), noise(1))
        keep(folder, key(2), noise(1))
    assert [read(folder, key(1, state)) is None for state in range(3)] == [True, True, False]
    assert read(folder, key(2)) is not None


def age(folder: CacheFolder, filed: Key, seconds: float) -> None:
    """Make a file look as if it had not been read for some time."""
    moment = time.time() - seconds
    os.utime(folder.path / filed.file_name, (moment, moment))


@pytest.mark.parametrize(
    "bounds",
    [Bounds(files=3), Bounds(bytes=25_000), Bounds(seconds=150)],
    ids=["files", "bytes", "seconds"],
)
def test_what_was_not_read_for_longest_goes_first(tmp_path: Path, bounds: Bounds) -> None:
    """Whatever the bound; reading a file makes it young."""
    folder = CacheFolder(tmp_path, Bounds())
    for number in range(5):
        keep(folder, key(number), noise(100))
        age(folder, key(number), 500 - number * 100)
    assert read(folder, key(1)) is not None
    keep(CacheFolder(tmp_path, bounds), key(5), noise(100))
    assert [number for number in range(6) if (tmp_path / key(number).file_name).exists()] == [1, 4, 5]


def test_what_is_too_large_is_not_kept(tmp_path: Path) -> None:
    """It is given up as soon as it is larger than the whole cache may be."""
    folder = CacheFolder(tmp_path, Bounds(bytes=10_000))
    keep(folder, key(1), noise(10))
    partial = folder.start(key(2), noise(1).schema)
    partial.add(noise(100))
    with pytest.raises(TooLarge, match="10000"):
        partial.add(noise(100))
    partial.discard()
    assert [path.name for path in tmp_path.iterdir()] == [key(1).file_name]


def test_what_a_crash_left_behind_is_removed_after_a_day(folder: CacheFolder) -> None:
    """A file that another process may still be writing stays."""
    old, young = (folder.start(key(number), noise(1).schema) for number in range(2))
    moment = time.time() - 25 * 3600
    os.utime(old._path, (moment, moment))
    keep(folder, key(2), noise(1))
    assert [old._path.exists(), young._path.exists()] == [False, True]
    old.discard()
    young.discard()
    assert [path.name for path in folder.path.iterdir()] == [key(2).file_name]


@pytest.mark.skipif(sys.platform == "win32", reason="has no such modes")
def test_the_folder_is_private(folder: CacheFolder) -> None:
    """Also one that was there before and open to others."""
    folder.path.mkdir(parents=True)
    folder.path.chmod(0o755)
    keep(folder, key(), noise(1))
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    (file,) = folder.path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="has no links for everybody")
def test_a_link_in_place_of_the_folder_is_refused(folder: CacheFolder, tmp_path: Path) -> None:
    """Nothing is written where it leads to, and its mode stays."""
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    folder.path.parent.mkdir()
    folder.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotADirectoryError, match="link"):
        folder.start(key(), noise(1).schema)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o755


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only the superuser can give a folder away")
def test_a_folder_of_another_user_is_refused(folder: CacheFolder) -> None:
    """It could be read by its owner."""
    folder.path.mkdir(parents=True)
    os.chown(folder.path, 12345, 12345)
    with pytest.raises(PermissionError, match="another user"):
        folder.start(key(), noise(1).schema)


def test_clearing_leaves_what_is_not_ours(folder: CacheFolder, filed: Path) -> None:
    """Only files with names of the cache go; without a folder there is nothing to do."""
    other = folder.path / "dataset.parquet"
    other.touch()
    folder.clear()
    assert not filed.exists()
    assert other.exists()
    other.unlink()
    folder.clear()
    folder.clear()
    assert not folder.path.exists()


CONFIG = Config.load(environ={}, api_key="top-secret")
DATASET = Dataset(
    id="D",
    name="d",
    space_id="S",
    updated_at=MOMENT,
    versions=[DatasetVersion(id="V2", updated_at=MOMENT), DatasetVersion(id="V1", updated_at=MOMENT)],
)


def test_a_key_shows_no_secret() -> None:
    """Neither the name of the file nor the repr."""
    found = key_of(CONFIG, DATASET)
    assert found is not None
    assert found.secret.hex() not in repr(found).replace("\\x", "")
    assert "secret" not in repr(found)
    assert len(found.file_name) == 71


def test_without_a_moment_of_change_nothing_is_kept() -> None:
    """There would be no way to know when it is out of date."""
    assert key_of(CONFIG, attrs.evolve(DATASET, updated_at=None)) is None


def test_the_latest_version_has_one_key() -> None:
    """By its id and without one; a version that the server does not list is known by its id."""
    assert key_of(CONFIG, DATASET) == key_of(CONFIG, DATASET, "V2")
    unlisted = attrs.evolve(DATASET, versions=None)
    assert len({key_of(CONFIG, unlisted), key_of(CONFIG, unlisted, "V2"), key_of(CONFIG, DATASET)}) == 3


@pytest.mark.parametrize(
    "other",
    [
        key_of(attrs.evolve(CONFIG, api_key="other"), DATASET),
        key_of(attrs.evolve(CONFIG, api_host="other"), DATASET),
        key_of(attrs.evolve(CONFIG, flight_port=1), DATASET),
        key_of(attrs.evolve(CONFIG, default_headers={"X-Tenant": "other"}), DATASET),
        key_of(CONFIG, attrs.evolve(DATASET, id="other")),
        key_of(CONFIG, attrs.evolve(DATASET, space_id="other")),
        key_of(CONFIG, DATASET, "V1"),
        key_of(CONFIG, attrs.evolve(DATASET, updated_at=MOMENT.replace(microsecond=678902))),
        key_of(CONFIG, attrs.evolve(DATASET, versions=[DatasetVersion(id="V2"), *(DATASET.versions or [])[1:]])),
    ],
)
def test_whatever_decides_what_a_download_gives_is_in_the_key(other: Any) -> None:
    """Host, account, dataset, version, and the moment of change to the microsecond."""
    assert other.file_name != getattr(key_of(CONFIG, DATASET), "file_name", None)
