"""What recorded experiments came to, on their own and beside each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from arize_async.errors import InvalidInput
from arize_async.resources.experiments import ExperimentsResource
from arize_async.resources.operations import operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from arize_async.models.experiment import Experiment
    from arize_async.results.comparison import Comparison
    from arize_async.results.summary import Summary


class ComparingExperiments(ExperimentsResource):
    """Operations on recorded experiments that read all of their runs."""

    @operation()
    async def summary(self, *, experiment: str, dataset: str | None = None, space: str | None = None) -> Summary:
        """Sum up an experiment in a few numbers.

        Args:
            experiment: Id or name; a name needs ``dataset`` or ``space``.
            dataset: Id or name of the dataset that the name is looked up in.
            space: Id or name of the space that the name, or the dataset's name, is looked up in.

        Returns:
            For each evaluator the mean with the number of runs behind it, labels and failures; latency, tokens and
            cost.

        Raises:
            NotFound: There is none.
            ApiError: The server refused.

        Example:
            >>> summary = await client.experiments.summary(experiment="first", dataset="inventions")
            >>> summary.evaluators[0].name, summary.evaluators[0].mean, summary.evaluators[0].scored
            ('exactness', 0.5, 2)
        """
        found = await self.get(experiment=experiment, dataset=dataset, space=space)
        return await asyncio.to_thread(_summary, await self._frame(found))

    @operation()
    async def compare(
        self,
        *,
        baseline: str,
        candidates: Sequence[str],
        dataset: str | None = None,
        space: str | None = None,
        confidence: float = 0.95,
        lower_is_better: Sequence[str] = (),
        seed: int = 0,
    ) -> Comparison:
        """Compare experiments with a baseline on the examples that they share.

        Runs of one example count once, with the mean of its scores, however often it was repeated. Needs the extra
        ``stats``.

        Args:
            baseline: Id or name; a name needs ``dataset`` or ``space``.
            candidates: Ids or names.
            dataset: Id or name of the dataset that names are looked up in.
            space: Id or name of the space that names, or the dataset's name, are looked up in.
            confidence: Of the intervals; a difference is called one when its corrected p-value is below the rest to 1.
            lower_is_better: Evaluators whose scores are better when they are lower.
            seed: Of the bootstrap: the same runs give the same numbers.

        Returns:
            The differences of each evaluator in each candidate, and what they show.

        Raises:
            InvalidInput: There is no candidate, one is named twice, none has an evaluator of ``lower_is_better``, or an
                argument is out of bounds.
            MissingLibrary: SciPy is not installed: ``pip install 'arize-async[stats]'``.
            NotFound: There is no such experiment.
            ApiError: The server refused.

        Example:
            >>> def answer(dataset_row):
            ...     return "Alfred Nobel"
            >>> experiment, df = await client.experiments.run(
            ...     name="second", dataset="inventions", task=answer, evaluators={"exactness": lambda output: 1.0}
            ... )
            >>> comparison = await client.experiments.compare(
            ...     baseline="first", candidates=["second"], dataset="inventions"
            ... )
            >>> exactness = comparison.metric("exactness")
            >>> exactness.difference, exactness.improved, exactness.outcome.value
            (0.5, 1, 'no difference shown')
        """
        names = [candidates] if isinstance(candidates, str) else list(candidates)
        before, *found = [await self.get(experiment=name, dataset=dataset, space=space) for name in (baseline, *names)]
        if len({each.id for each in found}) < len(found):
            raise InvalidInput(f"an experiment is named twice: {', '.join(names)}", path="candidates")
        frames = {name: await self._frame(each) for name, each in _distinct(found).items()}
        lower = [lower_is_better] if isinstance(lower_is_better, str) else list(lower_is_better)

        def compare() -> Comparison:
            from arize_async.results.comparing import compare

            return compare(
                frame, frames, baseline_name=before.name, confidence=confidence, lower_is_better=lower, seed=seed
            )

        frame = await self._frame(before)
        return await asyncio.to_thread(compare)

    async def _frame(self, experiment: Experiment) -> pl.DataFrame:
        page = await self._all_runs(experiment)
        return await asyncio.to_thread(page.to_df)


def _distinct(experiments: list[Experiment]) -> dict[str, Experiment]:
    """Return experiments by their names, and by name and id where several have the same."""
    names = [each.name for each in experiments]
    return {each.name if names.count(each.name) == 1 else f"{each.name} ({each.id})": each for each in experiments}


def _summary(frame: pl.DataFrame) -> Summary:
    from arize_async.results.summary import Summary

    return Summary.of(frame)
