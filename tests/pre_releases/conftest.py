"""Methods that have not been called yet, and a server that is no ``ArizeClient.local()``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from arize_async import pre_releases
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLASSES = {
    "experiments": ("arize_async.experiments.client", "ExperimentsClient"),
    "datasets": ("arize_async.resources.datasets", "DatasetsClient"),
    "spaces": ("arize_async.resources.spaces", "SpacesClient"),
}


@pytest.fixture(autouse=True)
def nothing_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Forget what other tests called in this process."""
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path / "arize"))
    monkeypatch.delenv("ARIZE_PRE_RELEASE_WARNINGS", raising=False)
    for key in pre_releases.STAGES:
        noun, _, name = key.partition(".")
        module, service = CLASSES[noun]
        method = getattr(getattr(importlib.import_module(module), service), name)
        monkeypatch.setattr(method.announcement, "_is_made", False)


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
