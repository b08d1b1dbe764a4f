"""Send the results of a run until the server has each of them once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from arize_async.errors import ApiError, Conflict, ConnectionFailed, IncompleteWrite, RequestTimeout
from arize_async.results.frame import FAILED
from arize_async.transport.retry import Timing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arize_async.config import RetryPolicy
    from arize_async.journal.journal import Journal
    from arize_async.models.experiment import Experiment
    from arize_async.results.table import ResultTable
    from arize_async.runs.sinks import Sink

NULL_OUTPUT = "null"
"""REST takes no null output (wire contract 2.1): a task that returned None is sent as JSON null."""
TRACE_ID = "result.trace.id"
"""What no two runs share."""

_PASSING = frozenset({429, 500, 502, 503, 504})
_CHUNK_ROWS = 500
log = logging.getLogger("arize_async.runs")


class RunBatches(Protocol):
    """Record batches, as often as they are asked for; iterating blocks."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of all of them."""
        ...

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield them."""
        ...


class Without:
    """The batches of a run without the runs that the server has.

    Attributes:
        schema: The schema of all batches.
    """

    def __init__(self, batches: RunBatches, stored: set[str]) -> None:
        """Take the batches and the trace ids of the runs that are stored."""
        self._batches = batches
        self._stored = pa.array(stored, pa.string())
        self.schema = batches.schema

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches."""
        for batch in self._batches:
            missing = batch.filter(pc.invert(pc.is_in(batch.column(TRACE_ID), value_set=self._stored)))
            if missing.num_rows:
                yield missing

    def count(self) -> int:
        """Return how many rows there are; this blocks."""
        return _count(self)


class Delivery:
    """Uploads one run, again and again until the server has it.

    What comes back from a failed attempt does not always tell whether the server has stored the runs. So before every
    attempt but the first it is asked which of them it has.
    """

    def __init__(
        self,
        sink: Sink,
        table: ResultTable,
        journal: Journal,
        retry: RetryPolicy,
        timing: Timing | None = None,
    ) -> None:
        """Take where the runs are and where they go."""
        self._sink = sink
        self._table = table
        self._journal = journal
        self._retry = retry
        self._timing = timing or Timing()

    async def run(self) -> Experiment | None:
        """Send what the server lacks and return the experiment.

        Raises:
            Conflict: The experiment holds runs that are not of this run.
            ArizeError: The server refused, or no attempt went through.
        """
        doubtful = self._journal.header.state == "uploading"
        await self._journal.note("uploading")
        batches = await asyncio.to_thread(self._table.batches)
        made = 0
        while True:
            made += 1
            try:
                return await self._attempt(batches, doubtful=doubtful)
            except (ApiError, ConnectionFailed, IncompleteWrite) as error:
                if made >= self._retry.attempts or not _may_pass(error):
                    raise
                wait = self._timing.draw(0, min(self._retry.backoff * 2 ** (made - 1), self._retry.max_backoff))
                log.warning("the upload failed and is tried again in %.1f s: %s", wait, error)
                doubtful = True
                await self._timing.sleep(wait)

    async def _attempt(self, batches: RunBatches, *, doubtful: bool) -> Experiment | None:
        stored = await self._sink.stored() if doubtful else set[str]()
        if not stored:
            return await self._sink.upload(batches)
        rest = Without(batches, stored)
        missing, total = await asyncio.to_thread(lambda: (rest.count(), _count(batches)))
        if missing == total:
            raise Conflict(
                "the experiment of this name holds runs of somebody else; delete it, then send these with resume=True",
                status=409,
                title="Resource conflict",
            )
        log.info("the server has %d of %d runs already", total - missing, total)
        return await self._sink.upload(rest) if missing else await self._sink.experiment()


def upload_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[list[dict[str, object]]]:
    """Yield rows for REST: ``output`` is always text; iterating blocks."""
    for batch in batches:
        for start in range(0, batch.num_rows, _CHUNK_ROWS):
            rows = batch.slice(start, _CHUNK_ROWS).to_pylist()
            for row in rows:
                if row["output"] is None:
                    row["output"] = "" if row["execution_status"] == FAILED else NULL_OUTPUT
            yield rows


def _count(batches: Iterable[pa.RecordBatch]) -> int:
    return sum(batch.num_rows for batch in batches)


def _may_pass(error: Exception) -> bool:
    """Whether another attempt makes sense soon; one that has waited for minutes does not."""
    cause = error.__cause__ if isinstance(error, IncompleteWrite) else error
    if isinstance(cause, ConnectionFailed):
        return cause.nothing_sent or not (cause.is_final or isinstance(cause, RequestTimeout))
    return isinstance(cause, ApiError) and cause.status in _PASSING
