"""Which calls are warned of, where, and how that is silenced."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

import arize_async
import arize_sync
from arize_async import ArizeClient, PreReleaseWarning
from arize_async.pre_releases import STAGES, Stage
from arize_async.resources.annotation_configs import AnnotationConfigsClient
from arize_async.resources.datasets import DatasetsClient
from arize_sync import ArizeClient as SyncArizeClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arize_sync.server import LocalServer

LOG = "arize_async.pre_releases"
Shown = list[warnings.WarningMessage]


@pytest.fixture(autouse=True)
def shown() -> Iterator[Shown]:
    """Undo what keeps the other tests quiet, and collect what would be shown."""
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("default", PreReleaseWarning)
        yield recorded


def line() -> int:
    """Return the line where this is called."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def places(shown: Shown) -> list[tuple[str, str, int]]:
    """Return method, file and line of each warning."""
    assert all(found.category is PreReleaseWarning for found in shown)
    return [(str(found.message).split()[0], found.filename, found.lineno) for found in shown]


async def test_the_first_call_of_a_method_is_warned_of_where_it_is_made(server: LocalServer, shown: Shown) -> None:
    """Once per method and not per client, with its stage, in the file and the line of the call."""
    start = line()
    for _ in range(2):
        async with ArizeClient(**server.client_options) as client:
            dataset = (await client.datasets.list()).datasets[0]
            await client.datasets.list()
            await client.experiments.list_runs(experiment="e", dataset=dataset.id)
    assert places(shown) == [
        ("client.datasets.list", __file__, start + 3),
        ("client.experiments.list_runs", __file__, start + 5),
    ]
    texts = [str(found.message) for found in shown]
    assert "a beta API" in texts[0]
    assert "an alpha API" in texts[1]
    assert all("ARIZE_PRE_RELEASE_WARNINGS=false" in text for text in texts)


async def test_the_line_is_that_of_the_call_also_in_a_task(server: LocalServer, shown: Shown) -> None:
    """Whoever awaits the coroutine."""
    async with ArizeClient(**server.client_options) as client:
        start = line()
        await asyncio.gather(client.spaces.list(), client.spaces.list())
    assert places(shown) == [("client.spaces.list", __file__, start + 1)]


def test_the_facade_warns_where_it_is_called(server: LocalServer, shown: Shown) -> None:
    """In the file and the line of the call, on the thread of the caller, and once for both packages."""
    with SyncArizeClient(**server.client_options) as client:
        start = line()
        client.spaces.list()
        client.spaces.list()
        thread = threading.Thread(target=lambda: client.datasets.list())
        thread.start()
        thread.join()
        asyncio.run(list_spaces(server))
    assert places(shown) == [
        ("client.spaces.list", __file__, start + 1),
        ("client.datasets.list", __file__, start + 3),
    ]


async def list_spaces(server: LocalServer) -> None:
    """Call the asynchronous package."""
    async with ArizeClient(**server.client_options) as client:
        await client.spaces.list()


def test_what_a_method_calls_itself_is_not_warned_of(server: LocalServer, shown: Shown) -> None:
    """Neither a run nor a read of everything mentions the calls that it makes; nor do further pages."""
    with SyncArizeClient(**server.client_options) as client:
        client.experiments.run(name="silent", dataset="d", task=lambda row: 1, progress=False)
        client.experiments.run(name="dry", dataset="d", task=lambda row: 1, dry_run=True, progress=False)
        client.datasets.list_examples(dataset="d", all=True)
        assert len(list(client.datasets.list_examples(dataset="d", limit=1))) == 2
        client.experiments.list_runs(experiment="e", dataset="d", all=True)
        with client.experiments.stream(name="s", dataset="d", task=lambda row: 1, dry_run=True) as runs:
            assert len(list(runs)) == 2
    assert [method for method, _, _ in places(shown)] == [
        "client.experiments.run",
        "client.datasets.list_examples",
        "client.experiments.list_runs",
    ]


def test_what_is_final_is_not_warned_of(server: LocalServer, shown: Shown, tmp_path: Any) -> None:
    """Exports and annotation configs."""
    with SyncArizeClient(**server.client_options) as client:
        client.annotation_configs.list()
        client.datasets.export_to_parquet(dataset="d", path=tmp_path / "d.parquet")
        client.experiments.export_to_parquet(experiment="e", dataset="d", path=tmp_path / "e.parquet")
    assert shown == []


def test_the_embedded_server_of_a_client_is_not_warned_of(shown: Shown) -> None:
    """It changes only when this package does."""
    with SyncArizeClient.local(":memory:") as client:
        client.spaces.list()
    assert shown == []


def test_the_log_has_it_too(server: LocalServer, shown: Shown, caplog: pytest.LogCaptureFixture) -> None:
    """Once, at the level of a warning."""
    with SyncArizeClient(**server.client_options) as client:
        client.spaces.list()
        client.spaces.list()
    (record,) = [found for found in caplog.records if found.name == LOG]
    assert record.levelno == logging.WARNING
    assert "client.spaces.list is a beta API" in record.getMessage()
    assert len(shown) == 1


def test_a_log_that_takes_warnings_has_it_once(server: LocalServer, caplog: pytest.LogCaptureFixture) -> None:
    """After ``logging.captureWarnings(True)`` the warning itself is the record."""
    logging.captureWarnings(True)
    try:
        with SyncArizeClient(**server.client_options) as client:
            client.spaces.list()
    finally:
        logging.captureWarnings(False)
    assert [found.name for found in caplog.records if "spaces.list" in found.getMessage()] == ["py.warnings"]


def test_a_filter_silences_both(server: LocalServer, shown: Shown, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever ignores the category finds nothing in the log either."""
    warnings.filterwarnings("ignore", category=arize_sync.PreReleaseWarning)
    with SyncArizeClient(**server.client_options) as client:
        client.spaces.list()
    assert shown == []
    assert not caplog.records


def test_a_filter_for_one_method(server: LocalServer, shown: Shown, caplog: pytest.LogCaptureFixture) -> None:
    """The text of the warning can be matched."""
    warnings.filterwarnings("ignore", message=r"client\.spaces", category=PreReleaseWarning)
    with SyncArizeClient(**server.client_options) as client:
        client.spaces.list()
        client.datasets.list()
    assert [method for method, _, _ in places(shown)] == ["client.datasets.list"]
    (record,) = [found for found in caplog.records if found.name == LOG]
    assert "datasets.list" in record.getMessage()


def test_the_variable_silences_both(
    server: LocalServer,
    shown: Shown,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is read when a client is made; another client still warns."""
    monkeypatch.setenv("ARIZE_PRE_RELEASE_WARNINGS", "false")
    with SyncArizeClient(**server.client_options) as client:
        client.spaces.list()
    assert shown == []
    assert not caplog.records
    monkeypatch.delenv("ARIZE_PRE_RELEASE_WARNINGS")
    with SyncArizeClient(**server.client_options) as client:
        client.spaces.list()
    assert len(shown) == 1


def test_as_an_error_it_comes_before_the_call(server: LocalServer) -> None:
    """Each time, in both packages, and nothing is sent; the coroutine does not even exist."""
    warnings.simplefilter("error", PreReleaseWarning)
    with SyncArizeClient(**server.client_options) as client:
        for _ in range(2):
            with pytest.raises(PreReleaseWarning, match=r"spaces\.create"):
                client.spaces.create(name="never", organization_id="O")
    with pytest.raises(PreReleaseWarning, match=r"spaces\.list"):
        asyncio.run(list_spaces(server))


PROGRAM = """\
import json, logging, sys
from arize_sync import ArizeClient

if sys.argv[2] == "log":
    logging.basicConfig(stream=sys.stdout)
with ArizeClient(**json.loads(sys.argv[1])) as client:
    for _ in range(2):
        client.spaces.list()
"""


@pytest.mark.parametrize("log", ["log", "none"])
def test_a_program_shows_it_once_by_itself(server: LocalServer, tmp_path: Path, log: str) -> None:
    """On standard error with file, line and source; a log gets it where the program has one, and nowhere else."""
    script = tmp_path / "script.py"
    script.write_text(PROGRAM, "utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHONWARNINGS")}
    environment = {**own, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    command = [sys.executable, str(script), json.dumps(server.client_options), log]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{script}:8: PreReleaseWarning: client.spaces.list is a beta API")
    assert second.strip() == "client.spaces.list()"
    assert done.stdout.count("client.spaces.list is a beta API") == (log == "log")


def test_the_class_is_the_same_everywhere() -> None:
    """A filter for the one package holds for the other, and pytest finds the class by its name."""
    assert arize_sync.PreReleaseWarning is arize_async.PreReleaseWarning
    assert issubclass(PreReleaseWarning, FutureWarning)


def test_the_methods_are_those_of_the_platform() -> None:
    """Listing runs is in alpha, all others are in beta; exports and annotation configs are final."""
    assert [key for key, stage in STAGES.items() if stage is Stage.ALPHA] == ["experiments.list_runs"]
    assert len(STAGES) == 25
    assert not any("export" in key or "annotation_configs" in key for key in STAGES)
    assert not any(hasattr(member, "announcement") for member in vars(AnnotationConfigsClient).values())


def test_methods_still_count_as_coroutine_functions() -> None:
    """For the mocks that users make of a client."""
    assert isinstance(mock.create_autospec(DatasetsClient).list, mock.AsyncMock)
    assert inspect.signature(DatasetsClient.list).return_annotation == "ListDatasetsResponse"
