"""What of ``client.experiments`` needs the engine of runs, and sends what an earlier run has left."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from arize_async.experiments.comparing import ComparingExperiments
from arize_async.resources.operations import operation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from arize_async.cache.examples import ExampleReader
    from arize_async.config import Config
    from arize_async.resources.datasets import DatasetsClient
    from arize_async.resources.names import Names
    from arize_async.results.result import ExperimentResult
    from arize_async.runs.plan import Plan
    from arize_async.runs.runner import ExperimentRunner
    from arize_async.transport.flight import FlightTransport
    from arize_async.transport.http import HttpTransport


class JournaledExperiments(ComparingExperiments):
    """Experiments whose runs are in journals."""

    def __init__(
        self,
        http: HttpTransport,
        flight: FlightTransport,
        names: Names,
        *,
        datasets: DatasetsClient,
        examples: ExampleReader,
        settings: Callable[[], Awaitable[Config]],
    ) -> None:
        """Share the transports, the datasets, their cached examples and the final settings of a client."""
        super().__init__(http, flight, names)
        self._datasets = datasets
        self._examples = examples
        self._settings = settings

    @operation()
    async def upload_journal(self, *, journal: str | os.PathLike[str]) -> ExperimentResult:
        """Upload the runs of a journal: of an experiment whose runs all finished and whose upload failed.

        Nothing is called again. ``run(..., resume=True)`` does the same, and what is left to do as well.

        Args:
            journal: Its path, as ``result.journal`` and the error tell it, or its id, as ``arize-async journals list``
                shows it.

        Returns:
            The pair of the experiment and its frame.

        Raises:
            NotFound: There is no such journal, or its dataset is gone.
            JournalError: It cannot be used, another run has it, it is uploaded, or runs are left to do.
            ResumeRefused: It belongs to another API key or server.
            UploadFailed: The runs could not be sent.

        Example:
            >>> async def answer(dataset_row):
            ...     return "Alfred Nobel"
            >>> try:
            ...     async with client.experiments.stream(name="second", dataset="inventions", task=answer) as runs:
            ...         async for run in runs:
            ...             pass
            ...         raise RuntimeError("just before the upload")
            ... except RuntimeError:
            ...     experiment, df = await client.experiments.upload_journal(journal=runs.result.journal)
            >>> experiment.name, df.height
            ('second', 2)
        """
        _, runner_class = await asyncio.to_thread(load_runs)
        config = await self._settings()
        path = await asyncio.to_thread(_find_journal, config, os.fspath(journal))
        return await self._runner(runner_class, config).send(path)

    def _runner(self, runner_class: type[ExperimentRunner], config: Config) -> ExperimentRunner:
        return runner_class(
            config, flight=self._flight, datasets=self._datasets, examples=self._examples, experiments=self
        )


def _find_journal(config: Config, name: str) -> Path:
    from arize_async.journal.folder import JournalFolder

    return JournalFolder(config.directory).find(name).path


def load_runs() -> tuple[Callable[..., Plan], type[ExperimentRunner]]:
    """Load the libraries behind a run."""
    from arize_async.runs.plan import make_plan
    from arize_async.runs.runner import ExperimentRunner

    return make_plan, ExperimentRunner
