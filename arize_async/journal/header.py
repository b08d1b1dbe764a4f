"""What a run was: enough to go on with it, and to refuse to go on with something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import attrs
from attrs import frozen
from cattrs import Converter

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["running", "finished", "uploading", "uploaded"]
_CONVERTER = Converter()


@frozen(kw_only=True)
class Header:
    """The first page of a journal.

    Attributes:
        host: Host of the server.
        account: Digest of host and API key.
        space_id: Id of the space.
        dataset_id: Id of the dataset.
        dataset_name: Its name.
        dataset_version: Id of its version.
        dataset_changed: When that version changed last.
        examples: Digest of the ids of the examples, in order.
        count: How many runs there will be.
        experiment: Name of the experiment.
        task: Name of the task.
        evaluators: Names of the evaluators, in order.
        repetitions: Runs an example.
        force_http: Whether everything goes over REST.
        created_ms: When the run was started, milliseconds since the epoch.
        state: How far it is.
        experiment_id: Id of the experiment, once it exists.
        project: The project that the spans belong to.
        experiment_version: The dataset version that the experiment is bound to.
    """

    host: str
    account: str
    space_id: str
    dataset_id: str
    dataset_name: str
    dataset_version: str | None
    dataset_changed: str | None
    examples: str
    count: int
    experiment: str
    task: str
    evaluators: tuple[str, ...]
    repetitions: int
    force_http: bool
    created_ms: int
    state: State = "running"
    experiment_id: str | None = None
    project: str | None = None
    experiment_version: str | None = None

    def to_text(self) -> str:
        """Return JSON text."""
        return json.dumps(attrs.asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Header:
        """Read JSON text.

        Raises:
            ValueError: It is no header.
        """
        try:
            return _CONVERTER.structure(json.loads(text), cls)
        except Exception as error:
            raise ValueError("no header") from error

    def differences(self, now: Header) -> list[str]:
        """Say what keeps a run that is asked for now from being the rest of this one."""
        return list(self._differences(now))

    def _differences(self, now: Header) -> Iterator[str]:
        if self.dataset_version != now.dataset_version:
            yield f"the dataset's version is {now.dataset_version} now and was {self.dataset_version}"
        elif (self.examples, self.count) != (now.examples, now.count):
            yield f"the dataset has other examples now ({now.count}, then {self.count})"
        elif self.dataset_changed != now.dataset_changed:
            yield f"the dataset was changed at {now.dataset_changed}"
        if self.task != now.task:
            yield f"the task is {now.task!r} now and was {self.task!r}"
        if self.evaluators != now.evaluators:
            yield f"the evaluators are {_listed(now.evaluators)} now and were {_listed(self.evaluators)}"
        if self.repetitions != now.repetitions:
            yield f"repetitions is {now.repetitions} now and was {self.repetitions}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names)) or "none"
