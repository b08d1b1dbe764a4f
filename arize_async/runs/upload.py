"""Send the results of a run until the server has each of them once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pyarrow as pa

from arize_async.errors import (
    ApiError,
    ArizeError,
    Conflict,
    ConnectionFailed,
    IncompleteWrite,
    InvalidResponse,
    RequestFailed,
)
from arize_async.runs.sink import TRACE_ID, Stored
from arize_async.transport.retry import Timing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arize_async.config import RetryPolicy
    from arize_async.journal.journal import Journal
    from arize_async.models.experiment import Experiment
    from arize_async.results.table import ResultTable
    from arize_async.runs.sink import Batches, RunBatches, Sink

MOST_VERIFIED = 1_000
"""So many runs are counted on the server after their upload; of more only when an attempt of it failed, and else it is
only seen that there are some."""

_PASSING = frozenset({429, 500, 502, 503, 504})
log = logging.getLogger("arize_async.runs")


class Without:
    """The batches of a run without the runs that the server has.

    Attributes:
        schema: The schema of all batches.
    """

    def __init__(self, batches: Batches, stored: frozenset[str]) -> None:
        """Take the batches and the trace ids of the runs that are stored."""
        self._batches = batches
        self._stored = stored
        self.schema = batches.schema

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches."""
        for batch in self._batches:
            # Arrow's own is_in would hash all that are stored for every batch
            is_missing = (run not in self._stored for run in batch.column(TRACE_ID).to_pylist())
            missing = batch.filter(pa.array(is_missing, pa.bool_()))
            if missing.num_rows:
                yield missing


class Delivery:
    """Uploads one run, again and again until the server has it.

    What comes back from a failed attempt does not always tell whether the server has stored the runs. So before every
    attempt but the first it is asked which of them it has, and after the last one whether it has all.
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
            InvalidResponse: The server does not have the runs that it has acknowledged, or has some twice.
            ArizeError: The server refused, or no attempt went through.
        """
        is_doubtful = self._journal.header.state == "uploading"
        batches = await asyncio.to_thread(self._begun)  # in one go: threads are woken slowly at the end of a run
        is_doubtful = await self._send(batches, is_doubtful=is_doubtful)
        if not self._sink.stores:
            return None
        experiment = await self._sink.experiment()
        await self._verify(batches.rows, whole=is_doubtful or batches.rows <= MOST_VERIFIED)
        return experiment

    def _begun(self) -> RunBatches:
        self._journal.note_here("uploading")
        return self._table.batches()

    async def _send(self, batches: RunBatches, *, is_doubtful: bool) -> bool:
        """Send what the server lacks; whether something may have come that nobody knows of."""
        failure: Exception | None = None
        made = 0
        while True:
            was_taken = False
            try:
                rest = await self._rest(batches) if is_doubtful else batches
                if rest is None:
                    return True
                if failure is None or made < self._retry.attempts:
                    was_taken = is_doubtful  # the name, by an attempt of ours that has arrived meanwhile
                    await self._sink.upload(rest)
                    return is_doubtful
            except (RequestFailed, IncompleteWrite) as error:
                failure, is_doubtful = error, True
                is_ours = was_taken and isinstance(error, Conflict)
                if made >= self._retry.attempts or not (is_ours or _may_pass(error)):
                    raise
            else:
                raise failure
            made += 1
            await self._pause(made, "the upload failed; what the server has of it is asked in %.1f s: %s", failure)

    async def _rest(self, batches: RunBatches) -> Batches | None:
        """Return the runs that the server lacks; None when it has all."""
        stored = await self._settled()
        if not stored.rows:
            return batches
        rest = Without(batches, stored.traces)
        missing, total = await asyncio.to_thread(_count, rest), batches.rows
        if missing == total:
            raise Conflict(
                "the experiment of this name holds runs of somebody else; delete it, then send these with resume=True",
                status=409,
                title="Resource conflict",
            )
        log.info("the server has %d of %d runs already", total - missing, total)
        return rest if missing else None

    async def _settled(self) -> Stored:
        """Ask until two answers are the same: what was on its way when its answer was lost may still arrive."""
        found = await self._sink.stored()
        for made in range(1, self._retry.attempts):
            await self._pause(made)
            before, found = found, await self._sink.stored()
            if before == found:
                break
        return found

    async def _verify(self, sent: int, *, whole: bool) -> None:
        """Compare what the server has with what it was sent.

        Raises:
            InvalidResponse: It does not have what it has acknowledged, or has some runs twice.
        """
        expected = sent if whole else 1
        try:
            rows = await self._shown(expected, whole=whole)
        except ArizeError as error:
            log.warning("the server has acknowledged %d runs; whether it has them is not known: %s", sent, error)
            return
        if rows < expected:
            raise InvalidResponse(f"the server has acknowledged {sent} runs and shows {rows} of them")
        if rows > expected:
            raise InvalidResponse(
                f"the server has {rows} runs where {sent} were sent: a request whose answer was lost has arrived as"
                " well as its repetition; delete the experiment, then resume=True sends them once"
            )

    async def _shown(self, expected: int, *, whole: bool) -> int:
        """Ask how many runs there are, until there are enough: a server may need a moment to show them."""
        for made in range(1, self._retry.attempts + 1):
            rows = (await self._sink.stored()).rows if whole else await self._sink.any_stored()
            if rows >= expected or made == self._retry.attempts:
                return rows
            await self._pause(made, "asking again in %.1f s: the server shows %d runs of %d", rows, expected)
        return 0

    async def _pause(self, made: int, told: str = "", *arguments: object) -> None:
        """Wait as long as the policy says after so many attempts; ``told`` is logged with the seconds."""
        wait = self._timing.draw(0, min(self._retry.backoff * 2 ** (made - 1), self._retry.max_backoff))
        if told:
            log.warning(told, wait, *arguments)
        await self._timing.sleep(wait)


def _count(batches: Iterable[pa.RecordBatch]) -> int:
    return sum(batch.num_rows for batch in batches)


def _may_pass(error: Exception) -> bool:
    """Whether another attempt makes sense soon."""
    cause = error.__cause__ if isinstance(error, IncompleteWrite) else error
    if isinstance(cause, ConnectionFailed):
        return not cause.is_final
    return isinstance(cause, InvalidResponse) or (isinstance(cause, ApiError) and cause.status in _PASSING)
