"""Reading the examples of datasets: from the cache where it has them, else over Flight."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import anyio

from arize_async.transport.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    import pyarrow as pa

    from arize_async.cache.folder import Bounds, CacheFolder, Partial, Slot
    from arize_async.cache.sealed import SealedReader
    from arize_async.config import Config
    from arize_async.models.dataset import Dataset
    from arize_async.transport.flight import FlightTransport, RecordBatches

T = TypeVar("T")
log = logging.getLogger("arize_async.cache")

_PATIENCE = 60.0  # seconds for one operation on the disk, which may be a network's
_GRACE = 10.0


class ExampleReader:
    """Reads the examples of datasets, and keeps them on disk for the next time.

    What the cache cannot do is left out: a full disk, a folder that cannot be written to and a damaged file only mean
    a download. The first such trouble of a client is logged.
    """

    def __init__(
        self, flight: FlightTransport, settings: Callable[[], Awaitable[Config]], bounds: Bounds | None = None
    ) -> None:
        """Share the transport and the final settings of a client; ``bounds`` say how much is kept."""
        self._flight = flight
        self._settings = settings
        self._bounds = bounds
        self._has_told = False

    @asynccontextmanager
    async def open(self, dataset: Dataset, version: str = "") -> AsyncGenerator[RecordBatches]:
        """Open the examples as a stream of record batches.

        Args:
            dataset: As the server just described it; what is kept from before its last change does not count.
            version: Id of a version; by default the latest.
        """
        slot = await self._slot(dataset, version)
        stored = slot and await self._attempt(slot.open)
        if stored:
            async with _streaming(stored.schema, _stored(stored), stored.close) as stream:
                yield stream
            return
        reading = self._flight.read_dataset(space_id=dataset.space_id, dataset_id=dataset.id, version=version)
        async with reading as stream:
            partial = slot and await self._attempt(lambda: slot.start(stream.schema))
            if not partial:
                yield stream
                return
            async with _streaming(stream.schema, self._keeping(stream, partial), partial.discard) as kept:
                yield kept

    async def table(self, dataset: Dataset, version: str = "") -> pa.Table:
        """Read all examples at once."""
        from arize_async.transport.flight_connection import table_of

        async with self.open(dataset, version) as stream:
            return table_of([batch async for batch in stream], stream.schema)

    async def _keeping(self, stream: RecordBatches, partial: Partial) -> AsyncGenerator[pa.RecordBatch]:
        """Write each batch before it is given on; the file counts when the last one was read."""
        is_whole = True
        async for batch in stream:
            if is_whole and not await self._succeeds(lambda batch=batch: partial.add(batch)):
                is_whole = False
                await self._succeeds(partial.discard)
            yield batch
        if is_whole:
            await self._succeeds(partial.finish)

    async def _slot(self, dataset: Dataset, version: str) -> Slot | None:
        config = await self._settings()

        def find() -> Slot | None:
            from arize_async.cache.folder import Slot
            from arize_async.cache.keys import key_of

            key = key_of(config, dataset, version)
            return key and Slot(cache_folder(config, self._bounds), key)

        return await self._attempt(find) if config.enable_caching else None

    async def _succeeds(self, function: Callable[[], None]) -> bool:
        return await self._attempt(lambda: function() is None) or False

    async def _attempt(self, function: Callable[[], T]) -> T | None:
        """Return what a function gives, or None when the disk refuses."""
        try:
            return await _off_loop(function)
        except Exception as error:  # noqa: BLE001 - whatever it is, a download does without the cache
            self._tell(error)
            return None

    def _tell(self, error: Exception) -> None:
        level = logging.DEBUG if self._has_told else logging.WARNING
        self._has_told = True
        log.log(level, "examples are downloaded without the cache: %s: %s", type(error).__name__, error)


def cache_folder(config: Config, bounds: Bounds | None = None) -> CacheFolder:
    """Return where the examples of datasets are kept."""
    from arize_async.cache.folder import Bounds, CacheFolder

    return CacheFolder(config.directory / "cache" / "examples", bounds or Bounds())


async def clear(config: Config) -> None:
    """Remove what is kept, of all hosts and accounts.

    Raises:
        OSError: A file cannot be removed.
    """
    await _off_loop(lambda: cache_folder(config).clear())


@asynccontextmanager
async def _streaming(
    schema: pa.Schema, following: AsyncGenerator[pa.RecordBatch], close: Callable[[], None]
) -> AsyncGenerator[RecordBatches]:
    from arize_async.transport.flight import RecordBatches

    try:
        async with aclosing(following):
            yield RecordBatches(schema, following)
    finally:
        with anyio.CancelScope(shield=True), suppress(TimeoutError):
            await _off_loop(close)


async def _stored(stored: SealedReader) -> AsyncGenerator[pa.RecordBatch]:
    while (batch := await _off_loop(stored.following)) is not None:
        yield batch


async def _off_loop(function: Callable[[], T]) -> T:
    async with asyncio.timeout(_PATIENCE):
        return await in_thread(function, name="arize-cache", grace=_GRACE)
