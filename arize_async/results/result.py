"""What ``run`` returns."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, cast

from arize_async.models.html import MOST_ROWS, html_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl
    from typing_extensions import TypeVar

    from arize_async.models.experiment import Experiment
    from arize_async.models.finished import FinishedEvaluation
    from arize_async.results.summary import Summary
    from arize_async.results.table import ResultTable
    from arize_async.scheduler.limiter import LimitChange

    # the default, which makes a bare ExperimentResult complete, is not in the typing of Python 3.11
    E_co = TypeVar("E_co", bound=Experiment | None, default=Experiment | None, covariant=True)
else:
    from typing import TypeVar

    E_co = TypeVar("E_co", covariant=True)


class ExperimentResult(tuple[E_co, "pl.DataFrame"]):  # noqa: SLOT001 - it carries the names too
    """A run that ended: the pair ``experiment, frame``, with views on it.

    The runs are on disk; the frame is made when somebody asks for it, and then kept.

    ``ExperimentResult[Experiment]`` is a run that was recorded, ``ExperimentResult[None]`` a dry run.

    Attributes:
        evaluators: Names of the evaluators.
        run_evaluations: What the evaluators of all runs found, by their names.
        lost_spans: How many spans could not be delivered.
        limits: How what the provider takes has changed, as far as it limited the run; the last 1,000 changes.
    """

    evaluators: tuple[str, ...]
    run_evaluations: Mapping[str, FinishedEvaluation]
    lost_spans: int
    limits: tuple[LimitChange, ...]
    _table: ResultTable | None

    def __new__(
        cls,
        experiment: E_co,
        frame: pl.DataFrame,
        evaluators: tuple[str, ...],
        run_evaluations: Mapping[str, FinishedEvaluation] | None = None,
        lost_spans: int = 0,
        limits: Iterable[LimitChange] = (),
    ) -> Self:
        """Pair an experiment with its result frame."""
        pair = super().__new__(cls, (experiment, frame))
        pair.evaluators = evaluators
        pair.run_evaluations = run_evaluations or {}
        pair.lost_spans = lost_spans
        pair.limits = tuple(limits)
        pair._table = None
        return pair

    @staticmethod
    def of_table(
        experiment: Experiment | None,
        table: ResultTable,
        run_evaluations: Mapping[str, FinishedEvaluation] | None = None,
        lost_spans: int = 0,
        limits: Iterable[LimitChange] = (),
    ) -> ExperimentResult:
        """Pair an experiment with runs that are read when they are asked for."""
        frame = cast("pl.DataFrame", None)
        pair = ExperimentResult(experiment, frame, table.evaluators, run_evaluations, lost_spans, limits)
        pair._table = table
        return pair

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy by the constructor's arguments."""
        found = (self.run_evaluations, self.lost_spans, self.limits)
        return type(self), (self.experiment, self.frame, self.evaluators, *found)

    def __iter__(self) -> Iterator[Any]:
        """Yield the experiment and the frame."""
        yield self.experiment
        yield self.frame

    def __getitem__(self, index: SupportsIndex | slice) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - the overloads of tuple
        """Return the experiment, the frame, or a part of the pair."""
        if isinstance(index, slice):
            return (self.experiment, self.frame)[index]
        is_frame = index.__index__() in {1, -1}
        return self.frame if is_frame else super().__getitem__(index)

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same object: frames have no truth value."""
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        """Show the experiment and the size of the result."""
        experiment = self.experiment
        name = None if experiment is None else experiment.name
        return f"<ExperimentResult experiment={name!r} [{self.frame.height} runs, {self.failures.height} failures]>"

    def _repr_html_(self) -> str:
        """Show the summary and the first runs, in notebooks."""
        runs = html_table(repr(self), self.frame.columns, self.frame.head(MOST_ROWS + 1).rows())
        return f"{runs}<pre>{escape(str(self.summary))}</pre>"

    @property
    def experiment(self) -> E_co:
        """The experiment on the server; None for a dry run or when nothing was uploaded."""
        return cast("E_co", super().__getitem__(0))

    @property
    def frame(self) -> pl.DataFrame:
        """One row a run, in dataset order.

        The runs are read from disk at the first time, which blocks when they are many.

        Raises:
            JournalError: The file cannot be read.
        """
        return cast("pl.DataFrame", super().__getitem__(1)) if self._table is None else self._table.frame()

    @property
    def journal(self) -> Path | None:
        """The file that has the runs; None for a dry run, and when it was removed."""
        return None if self._table is None else self._table.path

    @property
    def summary(self) -> Summary:
        """The run in a few numbers."""
        from arize_async.results.summary import Summary

        return Summary.of(self.frame, self.evaluators, self.run_evaluations, self.lost_spans)

    @property
    def failures(self) -> pl.DataFrame:
        """The rows whose task failed or that lack an evaluation."""
        from arize_async.results.frame import failures

        return failures(self.frame, self.evaluators)
