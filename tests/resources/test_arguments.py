"""Every argument of every method, with values of types that it does not take."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import arize_sync
from arize_async import ArizeClient
from arize_async.config import RetryPolicy, Timeouts
from arize_async.errors import InvalidInput
from arize_async.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_async.spaces.types import PredefinedSpaceRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERVICES = ("annotation_configs", "datasets", "experiments", "spaces")
RUNS = {"run", "stream"}
"""Methods whose arguments make a plan, which checks them."""

NOWHERE: dict[str, Any] = {
    "api_key": "k",
    "api_scheme": "http",
    "api_host": "127.0.0.1",
    "api_port": 9,
    "retry": RetryPolicy(attempts=1),
    "timeouts": Timeouts(connect=1),
}
"""Settings that lead to no server: whatever is sent fails with another error than the one that is expected."""

ID = "RGF0YXNldDoxMTpBYkNk"
VALID: dict[str, object] = {
    "annotations": [{"record_id": "r", "values": [{"name": "n", "score": 1.0}]}],
    "examples": [{"id": "e", "q": 1}],
    "experiment_runs": [{"example_id": "e", "output": "o"}],
    "maximum_score": 1,
    "minimum_score": 0,
    "role": PredefinedSpaceRole(name="MEMBER"),
    "task_fields": ExperimentTaskFieldNames(output="output", example_id="example_id"),
    "values": [{"label": "a"}, {"label": "b"}],
}
"""Arguments that are no ids and no names."""


class Stranger:
    """What no argument takes, and a ``repr`` that is too long to show."""

    def __repr__(self) -> str:
        """Return a long text."""
        return "stranger" * 1000


def methods(client: object) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield every public method with the names of its service and its own."""
    for service in SERVICES:
        for name, method in inspect.getmembers(getattr(client, service), inspect.ismethod):
            if not name.startswith("_") and name not in RUNS:
                yield service, name, method


def arguments(method: Callable[..., Any]) -> dict[str, Any]:
    """Return arguments with which a method would send something."""
    needed = [name for name, each in inspect.signature(method).parameters.items() if each.default is each.empty]
    place = {"dataset": ID} if "task_fields" in needed else {}
    return {**place, **{name: VALID.get(name, ID) for name in needed}}


PLACES = [
    (service, name, parameter)
    for service, name, method in methods(ArizeClient(**NOWHERE))
    for parameter in inspect.signature(method).parameters
]


@pytest.mark.parametrize(("service", "name", "parameter"), PLACES)
async def test_wrong_types_are_refused_by_name(service: str, name: str, parameter: str) -> None:
    """The error names the argument, is short, and comes before anything is sent."""
    client = ArizeClient(**NOWHERE)
    method = getattr(getattr(client, service), name)
    for value in (Stranger(), 5 + 5j, b"bytes", int, float("nan"), "\ud800"):
        if value == "\ud800" and parameter in {"examples", "experiment_runs"}:
            continue  # the path of a file that may exist
        with pytest.raises(InvalidInput) as caught:
            await method(**{**arguments(method), parameter: value})
        assert parameter in str(caught.value)
        assert len(str(caught.value)) < 500
    await client.aclose()


@pytest.mark.parametrize(
    ("service", "name", "given"),
    [
        ("experiments", "list_runs", {"limit": "5"}),
        ("experiments", "list_runs", {"limit": True}),
        ("experiments", "list_runs", {"all": 1}),
        ("experiments", "list", {"cursor": 5}),
        ("experiments", "annotate_runs", {"annotations": "text"}),
        ("experiments", "create", {"task_fields": {"output": "output"}}),
        ("experiments", "create", {"evaluator_columns": {"e": "score"}}),
        ("experiments", "create", {"evaluator_columns": {5: EvaluationResultFieldNames(score="output")}}),
        ("experiments", "create", {"task_fields": ExperimentTaskFieldNames}),
        ("experiments", "export_to_parquet", {"path": "a\0b"}),
        ("datasets", "create", {"force_http": "yes"}),
        ("annotation_configs", "create_continuous", {"minimum_score": True}),
        ("annotation_configs", "create_continuous", {"maximum_score": float("inf")}),
        ("annotation_configs", "create_categorical", {"values": "ab"}),
    ],
)
def test_types_that_are_nearly_right_are_refused(service: str, name: str, given: dict[str, Any]) -> None:
    """Truth is no number, text is no list; the facade says the same."""
    with arize_sync.ArizeClient(**NOWHERE) as client:
        method = getattr(getattr(client, service), name)
        (parameter,) = given
        with pytest.raises(InvalidInput, match=parameter):
            method(**{**arguments(method), **given})


async def test_field_names_of_another_package_are_taken(tmp_path: Path) -> None:
    """Whoever still imports them from the official SDK need not change that."""

    class Fields:
        output, example_id = "output", "example_id"

    async with ArizeClient.local(tmp_path) as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"q": 1}])
        fields: Any = Fields()
        runs = [{"example_id": "e", "output": "o"}]
        made = await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=runs, task_fields=fields)
        assert made.name == "e"
        wrong: Any = dataset
        with pytest.raises(InvalidInput, match=r"dataset: expected text, got Dataset: .*; pass its \.id$"):
            await client.datasets.get(dataset=wrong)


async def test_names_that_look_like_base64_are_names() -> None:
    """Only what decodes to a word, a colon and more is an id."""
    async with ArizeClient.local(":memory:") as client:
        for name in ("Zm86", "OmE=", "YTog", "YTrDqQ=="):  # fo:  :a  a:(blank)  a:é
            made = await client.datasets.create(name=name, space="default", examples=[{"q": 1}])
            assert (await client.datasets.get(dataset=name, space="default")).id == made.id


async def test_an_error_about_many_values_names_the_first() -> None:
    """A list that is wrong throughout does not fill the screen."""
    client = ArizeClient(**NOWHERE)
    wrong: Any = [{"record_id": 5, "values": []}] * 1000
    with pytest.raises(InvalidInput, match=r"^annotations\[0\]\.record_id: .*; and 990 more$"):
        await client.experiments.annotate_runs(experiment=ID, annotations=wrong)
