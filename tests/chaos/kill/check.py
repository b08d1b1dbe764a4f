"""What has to hold after a restart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from writers import Ledger, Targets, Written

    from clients import Client


@frozen
class Verdict:
    """How many writes were sent, acknowledged and found, how many rows were found, and what is wrong."""

    sent: int
    acknowledged: int
    stored: int
    rows: int
    wrong: list[str]


def check(client: Client, targets: Targets, ledger: Ledger) -> Verdict:
    """Compare what is stored with what was written.

    Every acknowledged write is there, every other one is there whole or not at all, and nothing is there twice.
    """
    groups = (
        (ledger.of("append", "upload"), client.download("get_experiment", experiment_id=targets.experiment)),
        (ledger.of("insert"), client.download("get_dataset", dataset_id=targets.dataset)),
        (ledger.of("create"), _rows_of_experiments(client, targets)),
        (ledger.of("dataset"), _rows_of_datasets(client, targets)),
    )
    everything = ledger.of(*ledger.writes)
    wrong: list[str] = []
    stored = rows = 0
    for writes, found in groups:
        by_name = Counter(row["batch"] for row in found if row["batch"] is not None)
        numbers = Counter((row["batch"], row["number"]) for row in found if row["batch"] is not None)
        wrong += _compare(writes, by_name)
        wrong += [f"row {key} is there {count} times" for key, count in numbers.items() if count > 1]
        stored += len(by_name)
        rows += by_name.total()
    return Verdict(len(everything), sum(written.acknowledged for written in everything.values()), stored, rows, wrong)


def _compare(writes: Mapping[str, Written], found: Mapping[str, int]) -> Iterable[str]:
    for name, written in writes.items():
        rows = found.get(name, 0)
        if written.acknowledged and rows == 0:
            yield f"{name} was acknowledged and is lost"
        elif rows not in {0, written.rows}:
            yield f"{name} has {rows} of {written.rows} rows"
    yield from (f"{name} was never written" for name in found if name not in writes)


def _rows_of_experiments(client: Client, targets: Targets) -> list[dict[str, Any]]:
    found = client.walk("/v2/experiments", "experiments", f"{targets.name} create ")
    return [
        row
        for experiment in found
        for row in _of(experiment["name"], client.download("get_experiment", experiment_id=experiment["id"]))
    ]


def _rows_of_datasets(client: Client, targets: Targets) -> list[dict[str, Any]]:
    found = client.walk("/v2/datasets", "datasets", f"{targets.name} dataset ")
    return [
        row
        for dataset in found
        for row in _of(dataset["name"], client.download("get_dataset", dataset_id=dataset["id"]))
    ]


def _of(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # one that holds nothing counts as a row too many, so that it is not taken for one that is not there
    return rows or [{"batch": name, "number": -1}]
