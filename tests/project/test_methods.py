"""The example of each method, run against the embedded server, in both packages."""

from __future__ import annotations

import ast
import doctest
import inspect
import io
from contextlib import redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

import arize_async
from arize_sync import ArizeClient
from arize_sync.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import CodeType

SERVICES = {
    "annotation_configs": "AnnotationConfigsClient",
    "datasets": "DatasetsClient",
    "experiments": "ExperimentsClient",
    "spaces": "SpacesClient",
}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
EXAMPLES = [
    {"question": "Who invented dynamite?", "attributes.output.value": "Alfred Nobel"},
    {"question": "Who invented the piano?", "attributes.output.value": "Bartolomeo Cristofori"},
]


def methods(package: str) -> list[Any]:
    """Return the public methods of the services of a package."""
    return [
        pytest.param(getattr(owner, name), id=f"{service}.{name}")
        for service, kind in SERVICES.items()
        for owner in [getattr(import_module(f"{package}.{service}.client"), kind)]
        for name in sorted(dir(owner))
        if not name.startswith("_")
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """Start a server that keeps nothing."""
    with LocalServer(":memory:") as server:
        yield server


@pytest.fixture
def client(server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ArizeClient]:
    """Empty the server, then make the dataset, the experiment and the annotation configs that the examples name."""
    monkeypatch.chdir(tmp_path)
    with ArizeClient(**server.client_options) as client:
        for space in list(client.spaces.list()):
            client.spaces.delete(space=space.id)
        space = client.spaces.create(name="default").id
        client.annotation_configs.create_continuous(name="quality", space=space, minimum_score=0, maximum_score=1)
        labels = [{"label": "good"}, {"label": "bad"}]
        client.annotation_configs.create_categorical(name="verdict", space=space, values=labels)
        client.annotation_configs.create_freeform(name="note", space=space)
        dataset = client.datasets.create(name="inventions", space=space, examples=EXAMPLES).id
        outputs = zip(client.datasets.list_examples(dataset=dataset).examples, ("Alfred Nobel", "Pianist"), strict=True)
        client.experiments.create(
            name="first",
            dataset=dataset,
            experiment_runs=[{"id": e.id, "output": o, "right": float(o != "Pianist")} for e, o in outputs],
            task_fields=ExperimentTaskFieldNames(example_id="id", output="output"),
            evaluator_columns={"exactness": EvaluationResultFieldNames(score="right")},
        )
        yield client


def examples(method: Any) -> list[doctest.Example]:
    """Return the examples in a docstring; there is one."""
    found = doctest.DocTestParser().get_examples(inspect.getdoc(method) or "")
    assert found, "the docstring has no example"
    return found


def compiled(example: doctest.Example) -> CodeType:
    """Compile an example; ``await`` is allowed outside of functions, as in ``python -m asyncio``."""
    return compile(example.source, "<example>", "single", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def check(example: doctest.Example, printed: str) -> None:
    """Compare what an example printed with what the docstring says."""
    checker = doctest.OutputChecker()
    assert checker.check_output(example.want, printed, FLAGS), checker.output_difference(example, printed, FLAGS)


@pytest.mark.parametrize("method", methods("arize_sync"))
def test_example_blocks(client: ArizeClient, method: Any) -> None:
    """The example of a facade's method runs as it stands, without an event loop."""
    namespace: dict[str, Any] = {"client": client}
    for example in examples(method):
        with redirect_stdout(io.StringIO()) as printed:
            eval(compiled(example), namespace)  # noqa: S307 - the docstring is our own
        check(example, printed.getvalue())


@pytest.mark.parametrize("method", methods("arize_async"))
async def test_example_is_awaited(client: ArizeClient, server: LocalServer, method: Any) -> None:
    """The example of a coroutine method runs on an event loop."""
    assert client
    async with arize_async.ArizeClient(**server.client_options) as awaited:
        namespace: dict[str, Any] = {"client": awaited}
        for example in examples(method):
            code = compiled(example)
            with redirect_stdout(io.StringIO()) as printed:
                result = eval(code, namespace)  # noqa: S307 - the docstring is our own
                if code.co_flags & inspect.CO_COROUTINE:
                    await result
            check(example, printed.getvalue())
