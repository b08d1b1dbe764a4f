"""What ``run`` returns."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Self

from arize_async.models.html import MOST_ROWS, html_table

if TYPE_CHECKING:
    import polars as pl
    from typing_extensions import TypeVar

    from arize_async.models.experiment import Experiment
    from arize_async.results.summary import Summary

    # the default, which makes a bare ExperimentResult complete, is not in the typing of Python 3.11
    E_co = TypeVar("E_co", bound=Experiment | None, default=Experiment | None, covariant=True)
else:
    from typing import TypeVar

    E_co = TypeVar("E_co", covariant=True)


class ExperimentResult(tuple[E_co, "pl.DataFrame"]):  # noqa: SLOT001 - it carries the names too
    """A run that ended: the pair ``experiment, frame``, with views on it.

    ``ExperimentResult[Experiment]`` is a run that was recorded, ``ExperimentResult[None]`` a dry run.

    Attributes:
        evaluators: Names of the evaluators.
    """

    evaluators: tuple[str, ...]

    def __new__(cls, experiment: E_co, frame: pl.DataFrame, evaluators: tuple[str, ...]) -> Self:
        """Pair an experiment with its result frame."""
        pair = super().__new__(cls, (experiment, frame))
        pair.evaluators = evaluators
        return pair

    def __getnewargs__(self) -> tuple[E_co, pl.DataFrame, tuple[str, ...]]:
        """Pickle and copy by the constructor's arguments."""
        return (self[0], self[1], self.evaluators)

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
        return self[0]

    @property
    def frame(self) -> pl.DataFrame:
        """One row a run, in dataset order."""
        return self[1]

    @property
    def summary(self) -> Summary:
        """The run in a few numbers."""
        from arize_async.results.summary import summarize

        return summarize(self.frame, self.evaluators)

    @property
    def failures(self) -> pl.DataFrame:
        """The rows whose task failed or that lack an evaluation."""
        from arize_async.results.frame import failures

        return failures(self.frame, self.evaluators)
