"""``arize-async experiments``: what is recorded on a server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from arize_async.cli import annotate
from arize_async.cli.connection import open_client
from arize_async.cli.exports import WRITERS, export, target
from arize_async.cli.pages import print_items, take
from arize_async.cli.parsers import add_action, add_json, add_limit, describe
from arize_async.cli.removal import remove
from arize_async.cli.summaries import print_summary
from arize_async.cli.tables import moment, print_facts, print_json
from arize_async.models.unicode import short

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from arize_async.client import ArizeClient
    from arize_async.models.experiment import Experiment
    from arize_async.models.run import ExperimentRun
    from arize_async.results.summary import Summary

_MOST_PAGE, _MOST_RUNS = 100, 500


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    describe(parser, "List, show, export, annotate and delete experiments.", ("list --dataset questions", "the newest"))
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    shown = add_action(actions, "list", _list, "list experiments, the newest first", ("--dataset questions", "of one"))
    one = add_action(
        actions, "get", _get, "show an experiment in short", ("v2 --dataset questions", "means, failures, latency")
    )
    runs = add_action(
        actions,
        "runs",
        _runs,
        "list the runs of an experiment",
        ('v2 --dataset questions \\\n      --filter "eval.correct.score < 1"', "the runs that were not correct"),
    )
    export_ = add_action(
        actions, "export", _export, "write all runs to a file", ("v2 runs.csv --dataset questions", "for a spreadsheet")
    )
    note = add_action(
        actions,
        "annotate",
        annotate.run,
        "write human annotations of runs",
        ("v2 --dataset questions --run ID \\\n      --name quality --label good", "says of a run that it is good"),
    )
    gone = add_action(
        actions,
        "delete",
        _delete,
        "delete experiments with their runs, for good",
        ("v1 v2 --dataset questions", "asks"),
    )
    for action in (one, runs, export_, note):
        action.add_argument("experiment", metavar="EXPERIMENT", help="id or name; names need --dataset or --space")
    annotate.configure(note)
    export_.add_argument(
        "file", metavar="FILE", type=target, help=f"its ending says in which form: {', '.join(WRITERS)}"
    )
    gone.add_argument("names", metavar="EXPERIMENT", nargs="+", help="id or name")
    gone.add_argument("--yes", action="store_true", help="do not ask")
    runs.add_argument("--filter", metavar="CONDITION", help="only those for which it holds")
    for action in (shown, runs):
        add_limit(action)
    for action in (shown, one, runs, export_, note, gone):
        action.add_argument("--dataset", metavar="NAME", help="id or name of the dataset")
        action.add_argument("--space", metavar="NAME", help="id or name of the space")
        add_json(action)


def _place(options: argparse.Namespace) -> dict[str, Any]:
    return {"dataset": options.dataset, "space": options.space}


def _list(options: argparse.Namespace) -> None:
    async def read() -> tuple[list[Experiment], bool]:
        async with open_client(options) as client:
            page = await client.experiments.list(**_place(options), limit=min(options.limit, _MOST_PAGE))
            return await take(page, options.limit)

    def row(each: Experiment) -> Sequence[object]:
        return each.name, each.id, each.dataset_id, moment(each.created_at)

    columns = ("NAME", "ID", "DATASET", "CREATED")
    print_items("experiments", asyncio.run(read()), columns, row, as_json=options.json)


def _get(options: argparse.Namespace) -> None:
    async def read() -> tuple[Experiment, Summary]:
        async with open_client(options) as client:
            found = await client.experiments.get(experiment=options.experiment, **_place(options))
            return found, await client.experiments.summary(experiment=found.id)

    experiment, summary = asyncio.run(read())
    if options.json:
        print_json({"experiment": experiment.to_dict(), "summary": summary.to_dict()})
        return
    print_facts(
        (
            ("name", experiment.name),
            ("id", experiment.id),
            ("dataset", experiment.dataset_id),
            ("version", experiment.dataset_version_id),
            ("created", moment(experiment.created_at)),
        )
    )
    print_summary(summary)


def _runs(options: argparse.Namespace) -> None:
    async def read() -> tuple[list[ExperimentRun], bool]:
        async with open_client(options) as client:
            page = await client.experiments.list_runs(
                experiment=options.experiment,
                **_place(options),
                filter=options.filter,
                limit=min(options.limit, _MOST_RUNS),
            )
            return await take(page, options.limit)

    found = asyncio.run(read())
    names = list(dict.fromkeys(name for each in found[0] for name in _evaluators(each)))

    def row(each: ExperimentRun) -> Sequence[object]:
        output = each.output if each.error is None else f"failed: {each.error}"
        return each.id, each.example_id, *(_result(each, name) for name in names), short(output)

    columns = ("ID", "EXAMPLE", *(short(name, 30) for name in names), "OUTPUT")
    print_items("experiment_runs", found, columns, row, as_json=options.json)


def _evaluators(run: ExperimentRun) -> list[str]:
    columns = (
        column.removeprefix("eval.").rpartition(".") for column in run.additional_properties if "eval." in column
    )
    return [name for name, _, part in columns if part in {"score", "label"}]


def _result(run: ExperimentRun, name: str) -> object:
    score, label = (run.additional_properties.get(f"eval.{name}.{part}") for part in ("score", "label"))
    return short(label if score is None else f"{score:.4g}" if isinstance(score, float) else score, 30)


def _export(options: argparse.Namespace) -> None:
    async def fetch(path: Path) -> None:
        async with open_client(options) as client:
            await client.experiments.export_to_parquet(experiment=options.experiment, **_place(options), path=path)

    rows = export(options.file, fetch)
    if options.json:
        print_json({"file": str(options.file), "rows": rows})
    else:
        print(f"{rows} runs are in {options.file}")


def _delete(options: argparse.Namespace) -> None:
    async def find(client: ArizeClient, name: str) -> Experiment:
        return await client.experiments.get(experiment=name, **_place(options))

    async def delete(client: ArizeClient, found: str) -> None:
        await client.experiments.delete(experiment=found)

    remove(options, "experiment", find, delete)
