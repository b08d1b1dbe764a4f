"""What every test shares."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest
from blockbuster import blockbuster_ctx
from leaks import leaks, nothing_leaks, pytest_runtest_makereport

from arize_async.pre_releases import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["leaks", "nothing_leaks", "pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio: the engine is built on its task groups."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def files_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the caches and data of tests out of the home folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ARIZE_DIRECTORY", str(tmp_path_factory.mktemp("arize")))
        yield


@pytest.fixture(autouse=True)
def nothing_blocks_the_loop() -> Iterator[None]:
    """Fail a test in which code of the package blocks an event loop."""
    with blockbuster_ctx("arize_async") as blockbuster:
        # what measures the coverage has a lock between threads
        blockbuster.functions["threading.Lock.acquire"].can_block_in("coverage/collector.py", "lock_data")
        # a commit of the journal takes less than handing it to a thread; what is slow is handed over
        for name in ("sqlite3.Connection.execute", "sqlite3.Cursor.fetchone", "os.stat"):
            if name in blockbuster.functions:
                blockbuster.functions[name].can_block_in("journal/writer.py", "_commit_at_once")
        yield


@pytest.fixture
def nothing_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget which methods other tests of this process called: each announces itself once."""
    classes = {
        "experiments": ("arize_async.experiments.client", "ExperimentsClient"),
        "datasets": ("arize_async.resources.datasets", "DatasetsClient"),
        "spaces": ("arize_async.resources.spaces", "SpacesClient"),
    }
    for key in STAGES:
        noun, _, name = key.partition(".")
        module, service = classes[noun]
        method = getattr(getattr(importlib.import_module(module), service), name)
        monkeypatch.setattr(method.announcement, "_is_made", False)
