"""The runs of an experiment as Arrow data and as a frame, made when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from arize_async.results.frame import Shape, batch_of, frame_of, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import polars as pl
    import pyarrow as pa

    from arize_async.models.columns import RunColumns

SMALL = 16 * 1024 * 1024
"""Bytes of records that are read once and kept."""
PREPARED = 64 * 1024 * 1024
"""Bytes of records whose frame is made without being asked for."""


class Runs(Protocol):
    """Where the runs are."""

    @property
    def path(self) -> Path | None:
        """The file, if it has a name."""
        ...

    @property
    def bytes(self) -> int:
        """Size of what there is."""
        ...

    def columns(self) -> Iterator[RunColumns]:
        """Yield the runs in the order of the dataset; this blocks."""
        ...


class Batches:
    """Record batches of all runs that there are now, with a schema that is known before.

    What is small is in memory; all else is read again each time.

    Attributes:
        schema: The schema of all batches.
        rows: How many runs there are.
    """

    def __init__(self, runs: Runs, evaluators: Sequence[str], *, more_may_come: bool) -> None:
        """Look through the runs; this blocks."""
        pages = list(runs.columns()) if more_may_come or runs.bytes <= SMALL else None
        self._runs = runs
        self._shape = Shape.of(runs.columns() if pages is None else pages, evaluators)
        self.schema: pa.Schema = schema_of(self._shape)
        self.rows = self._shape.rows
        self._kept = None if pages is None else list(self._made(pages))

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches; this blocks."""
        return self._made(self._runs.columns()) if self._kept is None else iter(self._kept)

    def _made(self, pages: Iterable[RunColumns]) -> Iterator[pa.RecordBatch]:
        return (batch_of(page, self._shape, self.schema) for page in pages)


class ResultTable:
    """The runs of one experiment.

    Attributes:
        evaluators: Names of the evaluators.
    """

    def __init__(self, runs: Runs, evaluators: tuple[str, ...]) -> None:
        """Take where the runs are; nothing is read yet."""
        self.evaluators = evaluators
        self._runs = runs
        self._sealed = False
        self._batches: Batches | None = None
        self._frame: pl.DataFrame | None = None

    @property
    def path(self) -> Path | None:
        """The file of the runs, if it has a name."""
        return self._runs.path

    def seal(self) -> None:
        """Nothing more will come: what is read from now on is kept."""
        self._sealed = True

    def prepare(self) -> None:
        """Make the frame if that is soon done, so that nobody waits for it on an event loop; this blocks."""
        if self._runs.bytes <= PREPARED:
            self.frame()

    def batches(self) -> Batches:
        """Return the runs as record batches; this blocks."""
        if self._batches is None or not self._sealed:
            self._batches = Batches(self._runs, self.evaluators, more_may_come=not self._sealed)
        return self._batches

    def frame(self) -> pl.DataFrame:
        """Return one row a run, in dataset order; this blocks."""
        if self._frame is not None:
            return self._frame
        batches = self.batches()
        frame = frame_of(batches, batches.schema)
        if self._sealed:
            self._frame, self._batches = frame, None
        return frame
