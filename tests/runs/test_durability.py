"""Disks and servers at their worst, while a run goes on: nothing is lost silently, and nothing is stored twice."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.config import RetryPolicy
from arize_async.errors import (
    ArizeError,
    ConnectionFailed,
    Forbidden,
    InvalidResponse,
    JournalError,
    JournalFailed,
    RequestTimeout,
    ServerError,
    UploadFailed,
)
from arize_async.journal.folder import JournalFolder, remove
from arize_async.journal.opening import opened
from arize_async.journal.store import Store
from arize_async.resources.experiments import ExperimentsResource
from arize_async.transport.flight import FlightTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset


@pytest.fixture(autouse=True)
def directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep the files of each test apart."""
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path / "arize"))
    return tmp_path / "arize"


async def answer(metadata: dict[str, int]) -> int:
    """Answer."""
    return metadata["i"]


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; the test's time limit ends what never does."""
    while not condition():
        time.sleep(0.01)


async def ids_on_server(client: ArizeClient, experiment: Any) -> list[str | None]:
    """Return the example ids of all runs, sorted."""
    page = await client.experiments.list_runs(experiment=experiment.id, limit=500)
    return sorted([run.example_id async for run in page], key=str)


def fail_after(monkeypatch: pytest.MonkeyPatch, commits: int) -> None:
    """Let the disk be full after some commits."""
    put, left = Store.put, [commits]

    def full(self: Store, rows: Sequence[tuple[int, bytes]]) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise JournalError(f"the journal {self.path} cannot be used: database or disk is full")
        put(self, rows)

    monkeypatch.setattr(Store, "put", full)


async def test_a_disk_that_becomes_full_ends_the_run(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is in the error, nothing was uploaded, and the run goes on when there is room again."""
    given = 0

    async def consume() -> None:
        nonlocal given
        async with client.experiments.stream(name="full", dataset=dataset.id, task=answer, concurrency=1) as runs:
            async for _ in runs:
                given += 1
                await asyncio.sleep(0.02)  # what waits meanwhile is a commit of its own

    with monkeypatch.context() as patched:
        fail_after(patched, 3)
        with pytest.raises(JournalFailed, match=r"disk is full.*resume=True") as raised:
            await consume()
    result: Any = raised.value.result
    assert 1 <= given <= result.frame.height < 10
    experiment, frame = await client.experiments.run(name="full", dataset=dataset.id, task=answer, resume=True)
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])
    assert frame["output"].to_list() == [str(number) for number in range(10)]


async def test_a_place_that_cannot_be_written_is_found_first(
    client: ArizeClient, dataset: Dataset, directory: Path
) -> None:
    """Nothing is called and nothing is created."""

    def occupy() -> None:
        directory.mkdir(exist_ok=True)
        (directory / "journals").write_text("a file")

    await asyncio.to_thread(occupy)
    with pytest.raises(JournalError, match="ARIZE_DIRECTORY"):
        await client.experiments.run(name="nowhere", dataset=dataset.id, task=answer)
    assert (await client.experiments.list()).experiments == []
    dry = await client.experiments.run(name="nowhere", dataset=dataset.id, task=answer, dry_run=True)
    assert (dry.frame.height, dry.journal) == (10, None)


async def test_a_journal_that_is_deleted_costs_only_the_resuming(
    client: ArizeClient, dataset: Dataset, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning comes while the run goes on, once; the run ends as ever."""

    def warnings() -> int:
        return sum("was removed while its run" in record.getMessage() for record in caplog.records)

    async def task(metadata: dict[str, int]) -> int:
        if metadata["i"] == 5:
            await asyncio.to_thread(shutil.rmtree, directory / "journals")
        if metadata["i"] == 9:
            await asyncio.to_thread(wait_for, warnings)
        return metadata["i"]

    with caplog.at_level(logging.WARNING, "arize_async"):
        result = await client.experiments.run(name="deleted", dataset=dataset.id, task=task, concurrency=1)
    assert result.experiment is not None
    assert (result.frame.height, result.journal) == (10, None)
    assert len(await ids_on_server(client, result.experiment)) == 10
    assert warnings() == 1


async def test_a_journal_that_took_the_place_of_a_deleted_one_is_left_alone(
    client: ArizeClient, dataset: Dataset, directory: Path
) -> None:
    """The run whose journal was deleted touches neither the new file nor what belongs to it."""

    def replaced() -> Path:
        (path,) = (directory / "journals").glob("*.journal")
        remove(path)
        for name in (path.name, f"{path.name}-wal"):
            path.with_name(name).write_text("of another run")
        return path

    async def task(metadata: dict[str, int]) -> int:
        if metadata["i"] == 5:
            paths.append(await asyncio.to_thread(replaced))
        return metadata["i"]

    paths: list[Path] = []
    result = await client.experiments.run(name="replaced", dataset=dataset.id, task=task, concurrency=1)
    assert (result.frame.height, result.journal) == (10, None)
    for name in (paths[0].name, f"{paths[0].name}-wal"):
        assert await asyncio.to_thread(paths[0].with_name(name).read_text) == "of another run"


async def test_a_journal_without_its_folder_does_not_break_the_result(client: ArizeClient, dataset: Dataset) -> None:
    """The file stays readable for whoever holds the result, also when a later run of the name has its place."""
    first = await client.experiments.run(name="again", dataset=dataset.id, task=answer)
    assert first.experiment is not None
    await client.experiments.delete(experiment=first.experiment.id)
    second = await client.experiments.run(name="again", dataset=dataset.id, task=lambda row: "other")
    assert first.frame["output"].to_list() == [str(number) for number in range(10)]
    assert set(second.frame["output"]) == {"other"}


class Lost:
    """An upload that the server carries out, and whose answer is lost."""

    def __init__(self, times: int) -> None:
        """Lose so many answers."""
        self.left = times
        self.upload = FlightTransport.upload_runs

    async def __call__(self, transport: FlightTransport, **arguments: Any) -> str:
        """Upload, and fail all the same."""
        experiment = await self.upload(transport, **arguments)
        self.left -= 1
        if self.left >= 0:
            raise ConnectionFailed("the connection broke")
        return experiment


async def test_an_upload_whose_answer_is_lost_is_not_repeated(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked what it has; every run is there once."""
    lost = Lost(1)
    monkeypatch.setattr(FlightTransport, "upload_runs", lambda self, **arguments: lost(self, **arguments))
    experiment, frame = await client.experiments.run(name="lost", dataset=dataset.id, task=answer)
    assert lost.left == 0
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


async def test_an_upload_that_breaks_off_is_made_again(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing had been stored, so everything is sent a second time."""
    upload, attempts = FlightTransport.upload_runs, 0

    async def broken(self: FlightTransport, **arguments: Any) -> str:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionFailed("the connection broke")
        return await upload(self, **arguments)

    monkeypatch.setattr(FlightTransport, "upload_runs", broken)
    experiment, frame = await client.experiments.run(name="broken", dataset=dataset.id, task=answer)
    assert attempts == 3
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


class Broken:
    """Appending that fails, whether it was carried out or not."""

    def __init__(self, error: ArizeError, *, carried_out: bool, times: int = 100) -> None:
        """Fail so often."""
        self._append = ExperimentsResource.append_runs
        self._error, self._carried_out, self._left = error, carried_out, times
        self.calls = 0

    async def __call__(self, resource: ExperimentsResource, **arguments: Any) -> Any:
        """Append, or do not, and fail."""
        self.calls += 1
        self._left -= 1
        answer = await self._append(resource, **arguments) if self._carried_out or self._left < 0 else None
        if self._left < 0:
            return answer
        raise self._error


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("error", [RequestTimeout("late"), InvalidResponse("gibberish"), ServerError("oh", status=502)])
async def test_appending_whose_outcome_is_unknown_goes_on_where_it_was(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, carried_out: bool, error: ArizeError
) -> None:
    """REST sends several requests; the server is asked what it has of them, and only the others are sent again."""
    broken = Broken(error, carried_out=carried_out, times=1)
    monkeypatch.setattr(ExperimentsResource, "append_runs", lambda self, **arguments: broken(self, **arguments))
    arguments: dict[str, Any] = {"name": "parts", "dataset": dataset.id, "repetitions": 120, "force_http": True}
    experiment, frame = await client.experiments.run(**arguments, task=answer, concurrency=50)
    assert frame.height == 1200
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


async def test_appending_that_is_refused_goes_on_in_another_run(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server has by then is not sent again."""
    broken = Broken(Forbidden("not you", status=403), carried_out=False)
    arguments: dict[str, Any] = {"name": "parts", "dataset": dataset.id, "repetitions": 120, "force_http": True}
    with monkeypatch.context() as patched:
        patched.setattr(ExperimentsResource, "append_runs", lambda self, **arguments: broken(self, **arguments))
        with pytest.raises(UploadFailed, match="resume=True") as raised:
            await client.experiments.run(**arguments, task=answer, concurrency=50)
    result: Any = raised.value.result
    experiment, frame = await client.experiments.run(**arguments, task=answer, resume=True)
    assert broken.calls == 1
    assert result.frame.height == frame.height == 1200
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


async def test_a_create_that_arrives_when_nobody_waits_any_more_is_ours(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the name between the look at the server and the repetition: the runs are there, once."""
    create, late = ExperimentsResource.create, list[dict[str, Any]]()

    async def slow(self: ExperimentsResource, **arguments: Any) -> Any:
        if not late:
            late.append(arguments)
            raise RequestTimeout("no answer in time")
        await create(self, **late[0])
        return await create(self, **arguments)

    monkeypatch.setattr(ExperimentsResource, "create", slow)
    experiment, frame = await client.experiments.run(name="l", dataset=dataset.id, task=answer, force_http=True)
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


async def test_a_server_that_acknowledges_and_forgets_is_found_out(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says how many runs are there, and resume=True sends the others."""
    upload = FlightTransport.upload_runs

    async def forgetful(self: FlightTransport, *, data: pa.RecordBatchReader, **arguments: Any) -> str:
        kept = await asyncio.to_thread(lambda: data.read_all().slice(0, 4))
        return await upload(self, data=kept, **arguments)

    with monkeypatch.context() as patched:
        patched.setattr(FlightTransport, "upload_runs", forgetful)
        with pytest.raises(UploadFailed, match=r"has acknowledged 10 runs and shows 4 of them.*resume=True"):
            await client.experiments.run(name="forgotten", dataset=dataset.id, task=answer)
    experiment, frame = await client.experiments.run(name="forgotten", dataset=dataset.id, task=answer, resume=True)
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


async def test_a_request_that_arrives_late_is_found_out(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the network carried out twice is told; once the experiment is deleted, the runs are sent once."""
    upload = FlightTransport.upload_runs

    async def twice(self: FlightTransport, *, data: pa.RecordBatchReader, **arguments: Any) -> str:
        table = await asyncio.to_thread(data.read_all)
        await upload(self, data=table, **arguments)
        return await upload(self, data=table, **arguments)

    with monkeypatch.context() as patched:
        patched.setattr(FlightTransport, "upload_runs", twice)
        with pytest.raises(UploadFailed, match=r"has 20 runs where 10 were sent.*delete the experiment"):
            await client.experiments.run(name="late", dataset=dataset.id, task=answer)
    with pytest.raises(UploadFailed, match="20 runs"):
        await client.experiments.run(name="late", dataset=dataset.id, task=answer, resume=True)
    await client.experiments.delete(experiment="late", dataset=dataset.id)
    experiment, frame = await client.experiments.run(name="late", dataset=dataset.id, task=answer, resume=True)
    assert await ids_on_server(client, experiment) == sorted(frame["example_id"])


async def test_all_runs_of_a_doubtful_upload_are_counted(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: what an attempt that failed has sent may arrive after all, and after its repetition."""
    upload, tables = FlightTransport.upload_runs, list[Any]()

    async def late(self: FlightTransport, *, data: pa.RecordBatchReader, **arguments: Any) -> str:
        tables.append(await asyncio.to_thread(data.read_all))
        if len(tables) == 1:
            raise RequestTimeout("nothing was heard")
        await upload(self, data=tables[1], **arguments)
        return await upload(self, data=tables[0], **arguments)

    monkeypatch.setattr("arize_async.runs.upload.MOST_VERIFIED", 5)
    monkeypatch.setattr(FlightTransport, "upload_runs", late)
    with pytest.raises(UploadFailed, match="has 20 runs where 10 were sent"):
        await client.experiments.run(name="doubtful", dataset=dataset.id, task=answer)


async def test_what_could_not_be_sent_is_sent_by_its_journal(
    dataset: Dataset, client: ArizeClient, monkeypatch: pytest.MonkeyPatch, directory: Path
) -> None:
    """The error says where it is; the file is private to it and complete."""

    async def dead(self: FlightTransport, **arguments: Any) -> str:
        del self, arguments
        raise ConnectionFailed("nobody answers")

    with monkeypatch.context() as patched:
        patched.setattr(FlightTransport, "upload_runs", dead)
        with pytest.raises(UploadFailed, match="nobody answers") as raised:
            await client.experiments.run(name="later", dataset=dataset.id, task=answer)
    result: Any = raised.value.result
    assert str(result.journal) in str(raised.value)
    assert result.journal.parent == directory / "journals"
    journal = await asyncio.to_thread(opened, result.journal)
    assert (journal.held.complete, journal.header.state) == (10, "uploading")
    sent = await client.experiments.upload_journal(journal=result.journal)
    assert await ids_on_server(client, sent.experiment) == sorted(result.frame["example_id"])
    assert [file.uploaded for file in await asyncio.to_thread(JournalFolder(directory).list)] == [True]


def test_the_policy_has_several_attempts() -> None:
    """The tests above count on it."""
    assert RetryPolicy().attempts == 4
