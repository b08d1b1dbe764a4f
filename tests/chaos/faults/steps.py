"""What is done under fire, each step with the truth about its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from arize_async import ArizeClient
from arize_async.errors import Conflict, IncompleteWrite, NotFound
from arize_async.experiments import ExperimentTaskFieldNames

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")
_DOUBT = "carried out"
_DONE = "was created"
_PART = 1000


@frozen
class Target:
    """What steps write to and read from; it was made without faults.

    Attributes:
        client: Its connections go through proxies.
        direct: Goes to the server itself.
        datasets: Ids by the number of their examples.
        experiments: Ids by the number of their runs.
        outputs: The outputs of those runs, in order.
    """

    client: ArizeClient
    direct: ArizeClient
    datasets: dict[int, str] = field(factory=dict)
    experiments: dict[int, str] = field(factory=dict)
    outputs: dict[int, list[str]] = field(factory=dict)

    async def prepare(self, lane: str) -> None:
        """Make the datasets and the experiments."""
        for size in (30, 1500):
            rows = [{"text": f"{lane} {number}"} for number in range(size)]
            made = await self.direct.datasets.create(name=f"{lane} {size}", space="default", examples=rows)
            self.datasets[size] = made.id
        for size in (1200, 5000):
            self.outputs[size] = [f"{lane} {number}" for number in range(size)]
            made_too = await self.direct.experiments.create(
                name=f"{lane} {size}",
                dataset=self.datasets[30],
                experiment_runs=run_rows(self.outputs[size]),
                task_fields=_FIELDS,
            )
            self.experiments[size] = made_too.id


def run_rows(outputs: Sequence[str]) -> list[dict[str, object]]:
    """Return rows of runs."""
    return [{"example_id": "e", "output": output, "kind": "k"} for output in outputs]


class Step:
    """Something that is done once, and then checked."""

    transports: tuple[int, int, int] = (8, 1, 1)
    """How often faults are for REST, Flight and OTLP."""
    large_over_flight = False

    def __init__(self, target: Target, name: str, *, is_large: bool) -> None:
        """Bind what is written to, and a name that nothing else has."""
        self.target = target
        self.name = name
        self.is_large = is_large
        if is_large and self.large_over_flight:
            self.transports = (3, 8, 0)

    async def prepare(self) -> None:
        """Make what has to be there before."""

    async def act(self) -> None:
        """Do it, through the proxies."""
        raise NotImplementedError

    async def wrong(self, error: Exception | None) -> list[str]:
        """Return what is not as it should be after success, or after an error of ours."""
        raise NotImplementedError


class CreateDataset(Step):
    """``datasets.create``: small over REST, large over Flight."""

    transports = (1, 0, 0)
    large_over_flight = True

    async def act(self) -> None:
        """Create it."""
        await self.target.client.datasets.create(name=self.name, space="default", examples=self._rows)

    async def wrong(self, error: Exception | None) -> list[str]:
        """It is there whole, or not at all; an error knows which, or says that it does not."""
        try:
            found = await self.target.direct.datasets.list_examples(dataset=self.name, space="default", all=True)
        except NotFound:
            return [] if error is not None and not isinstance(error, Conflict) else [f"lost, after {error!r}"]
        if found.to_df()["text"].to_list() != [row["text"] for row in self._rows]:
            return ["stored by halves, or twice"]
        return [] if error is None or _admits(error) else [f"it was created, and the error denies it: {error}"]

    @property
    def _rows(self) -> list[dict[str, object]]:
        return [{"text": f"{self.name} {number}"} for number in range(3000 if self.is_large else 50)]


class CreateExperiment(Step):
    """``experiments.create``: small over REST, large over Flight."""

    transports = (1, 0, 0)
    large_over_flight = True

    async def act(self) -> None:
        """Create it."""
        await self.target.client.experiments.create(
            name=self.name,
            dataset=self.target.datasets[30],
            experiment_runs=run_rows(self._outputs),
            task_fields=_FIELDS,
        )

    async def wrong(self, error: Exception | None) -> list[str]:
        """It is there whole, or not at all, or, where it was announced before, empty; the error admits it."""
        try:
            found = await self.target.direct.experiments.list_runs(
                experiment=self.name, dataset=self.target.datasets[30], all=True
            )
        except NotFound:
            return [] if error is not None and not isinstance(error, Conflict) else [f"lost, after {error!r}"]
        frame = found.to_df()
        outputs = frame["output"].to_list() if frame.height else []
        if outputs != self._outputs and (outputs or error is None):
            return [f"stored by halves, or twice: {len(outputs)} runs"]
        return [] if error is None or _admits(error) else [f"it was created, and the error denies it: {error}"]

    @property
    def _outputs(self) -> list[str]:
        return [f"{self.name} {number}" for number in range(3000 if self.is_large else 50)]


class Append(Step):
    """``append_runs``: one request, or several."""

    transports = (1, 0, 0)
    _experiment = ""

    async def act(self) -> None:
        """Append; the experiment is there before any fault."""
        await self.target.client.experiments.append_runs(
            experiment=self._experiment, experiment_runs=run_rows(self._outputs)
        )

    async def prepare(self) -> None:
        """Make the experiment."""
        made = await self.target.direct.experiments.create(
            name=self.name, dataset=self.target.datasets[30], experiment_runs=run_rows(["first"]), task_fields=_FIELDS
        )
        self._experiment = made.id

    async def wrong(self, error: Exception | None) -> list[str]:
        """What is there begins at the first row, ends with a request, and is what the error tells or leaves open."""
        found = await self.target.direct.experiments.list_runs(experiment=self._experiment, all=True)
        stored = found.to_df()["output"].to_list()[1:]
        if stored != self._outputs[: len(stored)]:
            return [f"{len(stored)} runs are stored, not in order or not once"]
        known = error.acknowledged if isinstance(error, IncompleteWrite) else 0
        if error is None:
            return [] if len(stored) == len(self._outputs) else [f"{len(stored)} of {len(self._outputs)} runs"]
        if len(stored) == known:
            return []
        whole = {min(known + _PART, len(self._outputs))}
        if len(stored) not in whole:
            return [f"{known} runs are acknowledged and {len(stored)} stored"]
        return [] if _admits(error) else [f"{len(stored)} runs are stored, and the error denies it: {error}"]

    @property
    def _outputs(self) -> list[str]:
        return [f"{self.name} {number}" for number in range(2500 if self.is_large else 20)]


class ListRuns(Step):
    """``list_runs`` in full: over Flight, or over REST with a filter."""

    transports = (2, 8, 0)
    over_flight = True
    _found: list[str]

    async def act(self) -> None:
        """List."""
        size = 5000 if self.is_large else 1200
        chosen: dict[str, Any] = {} if self.over_flight else {"filter": "kind = 'k'"}
        found = await self.target.client.experiments.list_runs(
            experiment=self.target.experiments[size], all=True, **chosen
        )
        self._found = found.to_df()["output"].to_list()

    async def wrong(self, error: Exception | None) -> list[str]:
        """All, in order, once."""
        expected = self.target.outputs[5000 if self.is_large else 1200]
        return [] if error is not None or self._found == expected else [f"{len(self._found)} of {len(expected)} runs"]


class SearchRuns(ListRuns):
    """The same over REST."""

    transports = (1, 0, 0)
    over_flight = False


def _admits(error: Exception) -> bool:
    return any(words in str(error) for words in (_DOUBT, _DONE))
