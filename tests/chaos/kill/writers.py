"""Threads that write until the server is gone, and a ledger of what they wrote."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa
from attrs import field, frozen
from pyarrow import flight

if TYPE_CHECKING:
    from clients import Client

Write = Callable[["Client", "Targets", str, int], None]
GONE = (OSError, http.client.HTTPException, flight.FlightError, pa.ArrowException)


@frozen
class Targets:
    """Where a round writes: a space, and a dataset and an experiment of its own."""

    space: str
    dataset: str
    experiment: str
    name: str


@attrs.define
class Written:
    """A write: how many rows it has, and whether the server said that it was stored."""

    rows: int
    acknowledged: bool = False


@frozen
class Ledger:
    """What was sent, by the kind of write and its name."""

    writes: dict[str, dict[str, Written]] = field(factory=dict)

    def of(self, *kinds: str) -> dict[str, Written]:
        """Return the writes of some kinds."""
        return {name: written for kind in kinds for name, written in self.writes.get(kind, {}).items()}


def _append_runs(client: Client, targets: Targets, name: str, rows: int) -> None:
    body = {"experiment_runs": _rows(name, rows)}
    client.send("POST", f"/v2/experiments/{targets.experiment}/runs", body)


def _insert_examples(client: Client, targets: Targets, name: str, rows: int) -> None:
    body = {"examples": [{"batch": name, "number": number} for number in range(rows)]}
    client.send("POST", f"/v2/datasets/{targets.dataset}/examples", body)


def _create_experiment(client: Client, targets: Targets, name: str, rows: int) -> None:
    body = {"name": name, "dataset_id": targets.dataset, "experiment_runs": _rows(name, rows)}
    client.send("POST", "/v2/experiments", body)


def _upload_runs(client: Client, targets: Targets, name: str, rows: int) -> None:
    table = pa.Table.from_pylist(_rows(name, rows * 10))
    names = {"space_id": targets.space, "dataset_id": targets.dataset, "experiment_name": targets.name}
    client.upload("post_experiment_data", table, rows, **names)


def _upload_dataset(client: Client, targets: Targets, name: str, rows: int) -> None:
    table = pa.table({"batch": [name] * rows * 10, "number": range(rows * 10)})
    names = {"space_id": targets.space, "dataset_name": name, "dataset_type": "GENERATIVE"}
    client.upload("create_dataset", table, rows, **names)


WRITES: dict[str, tuple[Write, int]] = {
    "append": (_append_runs, 1),
    "insert": (_insert_examples, 1),
    "create": (_create_experiment, 1),
    "upload": (_upload_runs, 10),
    "dataset": (_upload_dataset, 10),
}
"""Each kind of write, and how many batches of rows it sends."""


def start_writers(client: Client, targets: Targets, seed: str, ledger: Ledger) -> list[threading.Thread]:
    """Start one thread for each kind of write; they end when the server does."""
    threads: list[threading.Thread] = []
    for kind in WRITES:
        ledger.writes[kind] = {}
        arguments = (client, targets, kind, Random(f"{seed} {kind}"), ledger.writes[kind])  # noqa: S311 - no secret
        threads.append(threading.Thread(target=_write, args=arguments, name=kind))
        threads[-1].start()
    return threads


def _write(client: Client, targets: Targets, kind: str, random: Random, writes: dict[str, Written]) -> None:
    write, batches = WRITES[kind]
    while True:
        rows = random.randint(1, 300)
        name = f"{targets.name} {kind} {len(writes)}"
        written = writes[name] = Written(rows * batches)
        try:
            write(client, targets, name, rows)
        except GONE:
            return
        written.acknowledged = True


def _rows(name: str, rows: int) -> list[dict[str, Any]]:
    return [{"example_id": "e", "output": "o" * 50, "batch": name, "number": number} for number in range(rows)]
