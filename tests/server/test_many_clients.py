"""Many clients at once, on all transports: what is answered is stored, and pages stay right meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from attrs import define, field

from arize_async import ArizeClient
from arize_async.experiments import ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLIENTS = 24
ROUNDS = 1
FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")


@define
class Ledger:
    """What the server has acknowledged, by the name of the resource."""

    runs: list[str] = field(factory=list)
    examples: list[str] = field(factory=list)
    notes: dict[str, str] = field(factory=dict)
    own: dict[str, int] = field(factory=dict)
    rows: dict[str, list[int]] = field(factory=dict)


@define
class Shared:
    """What all clients write to: a dataset with some examples that stay, and an experiment on it."""

    dataset: str
    version: str
    experiment: str
    stay: frozenset[str]


async def prepare(client: ArizeClient) -> Shared:
    """Make what is shared."""
    made = await client.datasets.create(name="shared", space="default", examples=[{"n": n} for n in range(40)])
    examples = [found async for found in await client.datasets.list_examples(dataset=made.id)]
    run = {"example_id": examples[0].id, "output": "first"}
    experiment = await client.experiments.create(
        name="shared", dataset=made.id, experiment_runs=[run], task_fields=FIELDS
    )
    await client.annotation_configs.create_freeform(name="note", space="default")
    (version,) = (await client.datasets.get(dataset=made.id)).versions or []
    return Shared(made.id, version.id, experiment.id, frozenset(found.id for found in examples))


async def append_and_annotate(client: ArizeClient, number: int, turn: int, shared: Shared, ledger: Ledger) -> None:
    """Add runs and examples, annotate a run, and take an example away again."""
    rows = [{"example_id": f"{number}", "output": f"{number} {turn} {row}"} for row in range(5)]
    made = await client.experiments.append_runs(experiment=shared.experiment, experiment_runs=rows)
    ledger.runs += made.run_ids
    note = AnnotateRecordInput(record_id=made.run_ids[0], values=[AnnotationInput(name="note", text=f"{number}")])
    await client.experiments.annotate_runs(experiment=shared.experiment, annotations=[note])
    ledger.notes[made.run_ids[0]] = f"{number}"
    more = await client.datasets.append_examples(dataset=shared.dataset, examples=[{"n": number, "turn": turn}] * 3)
    gone, *kept = more.example_ids
    await client.datasets.delete_examples(dataset=shared.dataset, dataset_version_id=shared.version, examples=[gone])
    ledger.examples += kept


async def read_meanwhile(client: ArizeClient, shared: Shared, ledger: Ledger) -> None:
    """Walk lists page by page while rows come and go: nothing is there twice, nothing that stays is left out."""
    runs, examples = set(ledger.runs), set(ledger.examples) | shared.stay
    found = [run.id async for run in await client.experiments.list_runs(experiment=shared.experiment, limit=250)]
    assert found == sorted(set(found))
    assert runs <= set(found)
    listed = [row.id async for row in await client.datasets.list_examples(dataset=shared.dataset, limit=100)]
    assert len(listed) == len(set(listed))
    assert examples <= set(listed)


async def work_alone(client: ArizeClient, number: int, turn: int, ledger: Ledger) -> None:
    """Upload a dataset over Flight and read it back; run an experiment with spans, also over Flight, on another."""
    name = f"{number} {turn}"
    if number % 2:
        rows = list(range(number, number + 1200))
        made = await client.datasets.create(name=name, space="default", examples=pa.table({"n": rows}))
        ledger.rows[made.id] = rows
    else:
        made = await client.datasets.create(name=name, space="default", examples=[{"n": n} for n in range(3)])
        experiment, _ = await client.experiments.run(name=name, dataset=made.id, task=lambda row: row["n"])
        assert experiment
        ledger.own[experiment.id] = 3


async def client_of(server: LocalServer, number: int, shared: Shared, ledger: Ledger) -> None:
    """Do all of it, some times over."""
    async with ArizeClient(**server.client_options) as client:
        for turn in range(ROUNDS):
            await append_and_annotate(client, number, turn, shared, ledger)
            await read_meanwhile(client, shared, ledger)
        await work_alone(client, number, 0, ledger)


async def check(client: ArizeClient, server: LocalServer, shared: Shared, ledger: Ledger) -> None:
    """Find everything that was acknowledged, and nothing else."""
    runs = [run async for run in await client.experiments.list_runs(experiment=shared.experiment, limit=500)]
    assert Counter(run.id for run in runs[1:]) == Counter(ledger.runs)
    assert {run.id: run.annotations[0].text for run in runs if run.annotations} == ledger.notes
    examples = (await client.datasets.list_examples(dataset=shared.dataset, all=True)).examples
    assert Counter(row.id for row in examples) == Counter([*ledger.examples, *shared.stay])
    for dataset, rows in ledger.rows.items():
        found = (await client.datasets.list_examples(dataset=dataset, all=True)).examples
        assert [row.additional_properties["n"] for row in found] == rows
    for experiment, count in ledger.own.items():
        found = (await client.experiments.list_runs(experiment=experiment, all=True)).experiment_runs
        assert len(found) == count
    assert server._running
    spans: Sequence[Any] = server._running.store.read_here(lambda read: read.all("SELECT count(*) FROM spans"))
    assert spans == [(sum(ledger.own.values()),)]


@pytest.mark.timeout(300)  # a real database, and as many clients as one machine has
async def test_two_dozen_clients_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Every acknowledged write is there, no answer is a failure of the server, and cursors stay right."""
    caplog.set_level(logging.DEBUG, "arize_async.server.calls")
    ledger = Ledger()
    async with LocalServer(tmp_path) as server, ArizeClient(**server.client_options) as client:
        shared = await prepare(client)
        async with asyncio.TaskGroup() as tasks:
            for number in range(CLIENTS):
                tasks.create_task(client_of(server, number, shared, ledger))
        await check(client, server, shared, ledger)
    assert len(ledger.runs) == CLIENTS * ROUNDS * 5
    calls = [record.args[0] for record in caplog.records if record.name == "arize_async.server.calls" and record.args]
    assert len(calls) > CLIENTS * ROUNDS * 6
    assert [call for call in calls if call.status >= 400] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
