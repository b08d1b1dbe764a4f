"""What a user reads twice, with a client that keeps things on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import running

if TYPE_CHECKING:
    from script import Step


def session(client: Any, step: Step) -> None:
    """Read examples and runs, and run, each of them twice."""
    rows = [{"attributes.input.value": f"q{n}", "n": n} for n in range(3)]
    dataset = client.datasets.create(name="kept", space="default", examples=rows).id
    with step("datasets.list_examples, all=True, twice with the cache"):
        for _ in range(2):
            client.datasets.list_examples(dataset=dataset, all=True)
    with step("experiments.run with the cache"):
        made, _ = client.experiments.run(name="kept", dataset=dataset, task=running.answer, concurrency=1)
    with step("experiments.list_runs, all=True, twice with the cache"):
        for _ in range(2):
            client.experiments.list_runs(experiment=made.id, all=True)
