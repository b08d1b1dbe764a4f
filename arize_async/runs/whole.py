"""Evaluators of a whole experiment: they judge all of its runs together, once every one of them is finished."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from arize_async.journal.reading import kept
from arize_async.models.finished import FinishedEvaluation
from arize_async.models.jsonable import safe_repr
from arize_async.results.summary import Summary
from arize_async.runs.values import assembled
from arize_async.wire.text import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from arize_async.evaluators.named import NamedEvaluator
    from arize_async.journal.journal import Journal
    from arize_async.models.example import Example
    from arize_async.models.finished import FinishedRun
    from arize_async.runs.examples import Examples
    from arize_async.runs.stream import Engine


async def judge_whole(engine: Engine, examples: Examples) -> Mapping[str, FinishedEvaluation]:
    """Call the evaluators of all runs, one after the other: each may take a lot of memory.

    Whatever they do is data, as it is with evaluators of one run.
    """
    return {evaluator.name: await _judged(evaluator, engine, examples) for evaluator in engine.plan.run_evaluators}


async def _judged(evaluator: NamedEvaluator, engine: Engine, examples: Examples) -> FinishedEvaluation:
    try:
        values = await _values(evaluator.binding.names, engine, examples)
    except Exception as error:  # noqa: BLE001 - runs that cannot be read fail the upload, which keeps them
        return FinishedEvaluation(evaluator.name, None, safe_repr(error))
    return await engine.invoker.judge(evaluator)(lambda: values, None)


async def _values(names: frozenset[str], engine: Engine, examples: Examples) -> dict[str, object]:
    """Return what is asked for, and nothing else: lists have one item a run, in the order of the frame."""
    found: dict[str, object] = {}
    if names & {"frame", "summary"}:
        table = engine.record.table
        table.seal()
        found["frame"] = frame = await asyncio.to_thread(table.frame)
        found["summary"] = await asyncio.to_thread(Summary.of, frame, table.evaluators)
    if names & {"runs", "outputs"}:
        runs = await asyncio.to_thread(_runs, engine.record.journal)
        found["runs"], found["outputs"] = runs, [run.output for run in runs]
    for name in names & _OF_EXAMPLE.keys():
        part = _OF_EXAMPLE[name]
        found[name] = [
            copied(part(example)) async for chunk in examples.chunks(engine.plan.repetitions) for example in chunk
        ]
    return {name: found[name] for name in names}


def _runs(journal: Journal) -> list[FinishedRun]:
    names = journal.header.evaluators
    return [
        assembled(record.position, what.task, what.evaluations, names)
        for records in journal.records()
        for record in records
        if (what := kept(record, names, successes_only=False)).task is not None
    ]


_OF_EXAMPLE: dict[str, Callable[[Example], object]] = {
    "inputs": lambda example: example.input,
    "expected": lambda example: example.output,
    "metadata": lambda example: example.metadata,
    "dataset_rows": lambda example: example.dataset_row.copy(),
}
