"""Methods that have not been called yet, and a server that is no ``ArizeClient.local()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def announced_again(nothing_announced: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let every method announce itself, in an environment that says nothing of it."""
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path / "arize"))
    monkeypatch.delenv("ARIZE_PRE_RELEASE_WARNINGS", raising=False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server with a dataset of two examples and an experiment of two runs, made by a client that warns of nothing."""
    from arize_sync import ArizeClient
    from arize_sync.experiments import ExperimentTaskFieldNames

    path = tmp_path_factory.mktemp("data")
    with ArizeClient.local(path) as client:
        dataset = client.datasets.create(name="d", space="default", examples=[{"n": 1}, {"n": 2}])
        ids = [example.id for example in client.datasets.list_examples(dataset=dataset.id)]
        client.experiments.create(
            name="e",
            dataset=dataset.id,
            experiment_runs=[{"example_id": example, "output": "o"} for example in ids],
            task_fields=ExperimentTaskFieldNames(example_id="example_id", output="output"),
        )
    with LocalServer(path) as server:
        yield server
