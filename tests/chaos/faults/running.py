"""Experiments that run under fire, and are resumed when they could not be uploaded."""

from __future__ import annotations

from collections import Counter

from steps import Step

from arize_async.errors import Conflict, RequestTimeout, RunError, UploadFailed


class Run(Step):
    """``experiments.run``: its results reach the server at the latest with the second call."""

    transports = (3, 6, 2)
    force_http = False

    async def act(self) -> None:
        """Run, through the proxies."""
        await self._run(resume=False)

    async def prepare(self) -> None:
        """Call nothing yet."""
        self._calls: Counter[str] = Counter()
        self._traces: list[str] = []

    async def wrong(self, error: Exception | None) -> list[str]:
        """Every example was called once and has one run on the server, if need be after a resume."""
        problems: list[str] = []
        if error is not None:
            if self._calls and not isinstance(error, RunError):
                problems.append(f"the task was called and the error has no results: {error!r}")
            try:
                await self._resume()
            except Conflict:
                problems += await self._conflict(error)
        size = 1500 if self.is_large else 30
        if len(self._calls) != size or set(self._calls.values()) != {1}:
            problems.append(f"{len(self._calls)} of {size} examples were called, {self._calls.total()} times")
        found = await self.target.direct.experiments.list_runs(
            experiment=self.name, dataset=self.target.datasets[size], all=True
        )
        stored = found.to_df()["result.trace.id"].to_list()
        if Counter(stored) != Counter(self._traces):
            problems.append(f"{len(self._traces)} runs were made, {len(stored)} are stored, {len(set(stored))} once")
        return problems

    async def _resume(self) -> None:
        """Go on until it succeeds: on a machine that is busy the short deadlines of the tests are met."""
        for left in (2, 1, 0):
            try:
                return await self._run(resume=True)
            except (RequestTimeout, UploadFailed) as error:
                is_late = isinstance(error, RequestTimeout) or isinstance(error.__cause__, RequestTimeout)
                if not left or not is_late:
                    raise
        return None

    async def _conflict(self, error: Exception) -> list[str]:
        """An announcement whose answer was lost has taken the name; its error has said that this may be."""
        size = 1500 if self.is_large else 30
        dataset = self.target.datasets[size]
        left = await self.target.direct.experiments.list_runs(experiment=self.name, dataset=dataset)
        if left.experiment_runs or "carried out" not in str(error):
            return [f"the name was taken, and the error denies it: {error}"]
        await self.target.direct.experiments.delete(experiment=self.name, dataset=dataset)
        await self._resume()
        return []

    async def _run(self, *, resume: bool) -> None:
        def task(dataset_row: dict[str, object]) -> str:
            text = str(dataset_row["text"])
            self._calls[text] += 1
            return text

        _, frame = await self.target.client.experiments.run(
            name=self.name,
            dataset=self.target.datasets[1500 if self.is_large else 30],
            task=task,
            concurrency=8,
            progress=False,
            resume=resume,
            force_http=self.force_http,
        )
        self._traces = frame["result.trace.id"].to_list()


class RunOverRest(Run):
    """The same with ``force_http``."""

    transports = (8, 0, 2)
    force_http = True
