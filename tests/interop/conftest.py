"""The official SDK in a process and an environment of its own, and this package beside it on the same server."""

from __future__ import annotations

import json
import os
import subprocess
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from arize_sync import ArizeClient
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

collect_ignore = ["driver"]
VARIABLE = "ARIZE_OFFICIAL_PYTHON"
PROGRAM = Path(__file__).parent / "driver"


class Raised(Exception):
    """What the official SDK raised.

    Attributes:
        classes: Its class and the bases of that, with their modules.
        status: The HTTP status, where there is one.
        data: The problem, where the SDK knows the status.
    """

    def __init__(self, described: Mapping[str, Any]) -> None:
        """Take over what the driver says."""
        super().__init__(described["message"])
        self.classes: list[str] = described["classes"]
        self.status: int | None = described["status"]
        self.data: dict[str, Any] | None = described["data"]

    @property
    def name(self) -> str:
        """The name of the class alone."""
        return self.classes[0].rpartition(".")[2]


class Official:
    """The official SDK in a process of its own."""

    def __init__(self, directory: Path, variables: Mapping[str, str] | None = None) -> None:
        """Start the process; its only ``ARIZE_*`` variables are these."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ARIZE_", "PYTHON"))}
        environment = {**clean, "ARIZE_DIRECTORY": str(directory), "HOME": str(directory), **(variables or {})}
        command = [os.environ[VARIABLE], str(PROGRAM)]
        with (directory / "official.log").open("a") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )

    def __call__(self, name: str, /, *args: object, **kwargs: object) -> Any:
        """Call a method of the client, or of the session, by its dotted name.

        Raises:
            Raised: The official SDK raised.
        """
        first = name.partition(".")[0]
        answer = self._exchange(made(name if first == "session" else f"client.{name}", *args, **kwargs))
        if "raised" in answer:
            raise Raised(answer["raised"])
        return answer["value"]

    def refusal(self, name: str, /, *args: object, **kwargs: object) -> Raised:
        """Do the same with a call that has to fail, and return what was raised."""
        with pytest.raises(Raised) as caught:
            self(name, *args, **kwargs)
        return caught.value

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)

    def _exchange(self, request: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def made(name: str, /, *args: object, **kwargs: object) -> dict[str, object]:
    """Stand for the result of a call in the official SDK's process."""
    return {"$call": name, "args": list(args), "kwargs": kwargs}


def named(name: str) -> dict[str, object]:
    """Stand for something in the official SDK's process."""
    return {"$name": name}


def without_nulls(value: Any) -> Any:
    """Leave out what is null, wherever it is: the two SDKs differ in which nulls they keep."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def make() -> Callable[..., dict[str, object]]:
    """Stand for the result of a call in the official SDK's process."""
    return made


@pytest.fixture(scope="session")
def refer() -> Callable[[str], dict[str, object]]:
    """Stand for something in the official SDK's process."""
    return named


@pytest.fixture(scope="session")
def agree() -> Callable[[Any, Any], None]:
    """Check that a value of the official SDK and one of this package say the same in every field."""

    def check(theirs: Any, mine: Any) -> None:
        found = [json.loads(item.to_json()) for item in mine] if isinstance(mine, list) else json.loads(mine.to_json())
        assert without_nulls(theirs) == without_nulls(found)

    return check


@pytest.fixture(scope="session")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Official]]:
    """Start the official SDK in further processes."""
    if VARIABLE not in os.environ:
        pytest.skip(f"the session `interop` installs the official SDK and sets {VARIABLE}")
    started: list[Official] = []

    def start(variables: Mapping[str, str] | None = None) -> Official:
        started.append(Official(tmp_path_factory.mktemp("official"), variables))
        return started[-1]

    yield start
    for process in started:
        process.close()


@pytest.fixture(scope="session")
def server() -> Iterator[LocalServer]:
    """Start a server that keeps nothing."""
    with LocalServer(":memory:") as server:
        yield server


@pytest.fixture(scope="session")
def official(launch: Callable[..., Official], server: LocalServer) -> Official:
    """Open the official client on the server."""
    started = launch()
    started("session.connect", **server.client_options)
    return started


@pytest.fixture(scope="session")
def ours(server: LocalServer) -> Iterator[ArizeClient]:
    """Open a client of this package on the same server."""
    with ArizeClient(**server.client_options) as client:
        yield client


@pytest.fixture(scope="session")
def fresh() -> Callable[[str], str]:
    """Make names that no other test has."""
    numbers = count()
    return lambda stem: f"{stem} {next(numbers)}"


@pytest.fixture
def space(ours: ArizeClient, fresh: Callable[[str], str]) -> Any:
    """Make a space for one test."""
    return ours.spaces.create(name=fresh("space"))


@pytest.fixture
def dataset(ours: ArizeClient, space: Any) -> Any:
    """Make a dataset of four questions."""
    rows = [{"attributes.input.value": f"q{n}", "attributes.output.value": f"a{n}", "n": n} for n in range(4)]
    return ours.datasets.create(name="questions", space=space.id, examples=rows)


@pytest.fixture
def experiment(ours: ArizeClient, dataset: Any) -> Any:
    """Make an experiment of three runs."""
    examples = list(ours.datasets.list_examples(dataset=dataset.id))[:3]
    rows = [
        {"example_id": example.id, "output": f"o{n}", "n": n, "eval.x.score": n / 2}
        for n, example in enumerate(examples)
    ]
    from arize_sync.experiments import ExperimentTaskFieldNames

    fields = ExperimentTaskFieldNames(example_id="example_id", output="output")
    return ours.experiments.create(name="first", dataset=dataset.id, experiment_runs=rows, task_fields=fields)
