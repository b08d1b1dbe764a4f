"""Journals with runs in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.journal.header import Header
from arize_async.journal.journal import Journal
from arize_async.journal.reading import Survey
from arize_async.journal.records import encode
from arize_async.journal.store import Store
from arize_async.models.finished import SKIPPED, STOPPED, FinishedTask
from arize_async.results.table import ResultTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from arize_async.models.finished import FinishedRun


def header(evaluators: Iterable[str] = (), count: int = 0) -> Header:
    """Make a header."""
    return Header(
        host="h",
        account="a",
        space_id="s",
        dataset_id="d",
        dataset_name="dataset",
        dataset_version="v",
        dataset_changed=None,
        examples="digest",
        count=count,
        experiment="e",
        task="t",
        evaluators=tuple(evaluators),
        repetitions=1,
        force_http=False,
        created_ms=0,
    )


def task_of(run: FinishedRun) -> FinishedTask:
    """Return the task of a run."""
    return FinishedTask(
        example_id=run.example_id,
        output=run.output,
        error=run.error,
        trace_id=run.trace_id,
        span_id="2" * 16,
        started_ms=run.started_ms,
        latency=run.latency,
        token_count=run.token_count,
        total_cost=run.total_cost,
        attempts=run.attempts,
        repetition=run.repetition,
    )


def journal_of(runs: Iterable[FinishedRun], evaluators: Iterable[str]) -> Journal:
    """Write runs as the engine does, in the order that they are given in."""
    store, names = Store(None), tuple(evaluators)
    store.set_header(header(names))
    for run in runs:
        first = run.index * (len(names) + 1)
        store.put([(first, encode(first, task_of(run)))])
        for place, evaluation in enumerate(run.evaluations, first + 1):
            if evaluation.error not in {SKIPPED, STOPPED}:
                store.put([(place, encode(place, evaluation))])
    return Journal(store, store.header(), Survey())


def result_frame(runs: Iterable[FinishedRun], evaluators: Iterable[str]) -> pl.DataFrame:
    """Return the frame of runs that were written and read back."""
    names = tuple(evaluators)
    return ResultTable(journal_of(runs, names), names).frame()
