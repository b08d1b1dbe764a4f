"""A Flight stream that goes on where it broke off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from arize_async.errors import ConnectionFailed, InvalidResponse, RequestTimeout

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    import pyarrow as pa
    from pyarrow.flight import FlightStreamReader

    from arize_async.transport.flight_connection import FlightConnection
    from arize_async.transport.retry import Retrier


class Call(Protocol):
    """Makes a blocking call on a worker thread; its errors are ours."""

    async def __call__(
        self, what: str, function: Callable[[FlightConnection], Any], *, cancel: Callable[[], None] | None = None
    ) -> Any:
        """Return what the function returns."""
        ...


class Reading:
    """Reads one stream, over as many connections as it takes.

    The protocol cannot ask for the rest of a stream. So a stream that broke is read anew, and the rows that were
    given on already are passed over; that it is the same stream is checked by its schema and by the last of them.
    """

    def __init__(self, what: str, ticket: bytes, call: Call, retrier: Retrier) -> None:
        """Take what to read and how to call; nothing is sent."""
        self._what = what
        self._ticket = ticket
        self._call = call
        self._retrier = retrier
        self._reader: FlightStreamReader | None = None
        self._schema: pa.Schema | None = None
        self._last: list[str] = []
        self._given = 0

    async def open(self) -> pa.Schema:
        """Start to read.

        Raises:
            ApiError: The server refused.
            ConnectionFailed: No attempt went through.
        """
        self._schema = await self._retrier.run(self._opened)
        return self._schema

    async def batches(self) -> AsyncGenerator[pa.RecordBatch]:
        """Yield the batches.

        Raises:
            ConnectionFailed: The stream broke again and again without any progress.
            InvalidResponse: It was another one after it broke.
        """
        rest: pa.RecordBatch | None = None
        broken = 0
        while True:
            try:
                batch, rest = rest if rest is not None else await self._following(), None
            except ConnectionFailed as error:
                broken += 1
                error.attempts = broken
                if broken >= self._retrier.policy.attempts or isinstance(error, RequestTimeout) or error.is_final:
                    raise
                await self._retrier.pause(broken)
                rest = await self._retrier.run(self._passed_over)
                continue
            if batch is None:
                return
            if batch.num_rows:
                broken = 0
                self._given += batch.num_rows
                self._last = _row(batch, batch.num_rows - 1)
            yield batch

    def cancel(self) -> None:
        """End the call on both sides."""
        if self._reader is not None:
            self._reader.cancel()

    async def _opened(self) -> pa.Schema:
        from arize_async.transport.flight_connection import batches, schema_of

        self.cancel()
        reader = await self._call(self._what, lambda link: link.open_reader(self._ticket))
        self._reader = reader
        self._next = batches(reader)
        return await self._call(self._what, lambda _: schema_of(reader), cancel=reader.cancel)

    async def _following(self) -> pa.RecordBatch | None:
        return await self._call(self._what, lambda _: self._next(), cancel=self.cancel)

    async def _passed_over(self) -> pa.RecordBatch | None:
        """Read anew up to the first row that was not given on, and return what is left of its batch.

        Raises:
            InvalidResponse: It is another stream now.
        """
        is_same = await self._opened() == self._schema
        left = self._given
        while is_same and left:
            batch = await self._following()
            if batch is None or batch.num_rows >= left:
                is_same = batch is not None and _row(batch, left - 1) == self._last
                if is_same and batch is not None and batch.num_rows > left:
                    return batch.slice(left)
                break
            left -= batch.num_rows
        if not is_same:
            raise InvalidResponse(
                "the stream broke, and was another one when it was read again: somebody changes the rows; start over",
                request=self._what,
            )
        return None


def _row(batch: pa.RecordBatch, place: int) -> list[str]:
    """Return a row as text, which knows no NaN that differs from itself."""
    return [str(column) for column in batch.slice(place, 1).columns]
