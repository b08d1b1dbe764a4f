"""What goes over the wire (wire contract 2, appendix B)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import InvalidInput, InvalidResponse
from arize_async.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput, ExperimentRunInput
from arize_async.spaces.types import CustomSpaceRole, PredefinedSpaceRole

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from arize_async import ArizeClient

SPACE = "U3BhY2U6MTpBYkNk"
DATASET = "RGF0YXNldDoxMTpBYkNk"
EXPERIMENT = "RXhwZXJpbWVudDoxMzpBYkNk"
USER = "VXNlcjoxOmxQZzI="
ROLE = "Um9sZToxOlY0S2E="
CONFIG = "QW5ub3RhdGlvbkNvbmZpZzo2OkFiQ2Q="
CONFIG_PATH = "/v2/annotation-configs/QW5ub3RhdGlvbkNvbmZpZzo2OkFiQ2Q%3D"
END = {"has_more": False}
FIELDS = ExperimentTaskFieldNames(output="answer", example_id="example")
EXPERIMENT_BODY = {"id": EXPERIMENT, "name": "e", "space_id": SPACE, "dataset_id": DATASET}
DATASET_BODY = {"id": DATASET, "name": "d", "space_id": SPACE}
SPACE_BODY = {"id": SPACE, "name": "s"}
MEMBER = {"type": "PREDEFINED", "name": "MEMBER"}
MEMBERSHIP = {"id": "m", "user_id": USER, "space_id": SPACE}
CHANGED = {**DATASET_BODY, "dataset_version_id": "v", "example_ids": ["x"]}
RUNS = [{"example": "e1", "answer": {"a": 1}, "points": 1.0, "verdict": "good", "why": [1, 2], "model": "m"}]
VALUES = [AnnotationInput(name="q", score=1.0), AnnotationInput(name="n", text="t")]
ANNOTATIONS = [AnnotateRecordInput(record_id="r1", values=VALUES), {"record_id": "r2", "values": [{"name": "q"}]}]
ANNOTATED = {
    "annotations": [
        {"record_id": "r1", "values": [{"name": "q", "score": 1.0}, {"name": "n", "text": "t"}]},
        {"record_id": "r2", "values": [{"name": "q"}]},
    ]
}
ANNOTATION_CONFIG = {"id": CONFIG, "name": "q", "space_id": SPACE}
CONTINUOUS = {**ANNOTATION_CONFIG, "type": "CONTINUOUS", "minimum_score": 0, "maximum_score": 1}
CATEGORICAL = {**ANNOTATION_CONFIG, "type": "CATEGORICAL", "values": [{"label": "good", "score": 1}]}
FREEFORM = {**ANNOTATION_CONFIG, "type": "FREEFORM"}

Case = tuple["Callable[[ArizeClient], Awaitable[object]]", str, int, Any, Any]

CASES: dict[str, Case] = {
    "experiments.list": (
        lambda c: c.experiments.list(dataset=DATASET, space="ignored", limit=2, cursor="abc=="),
        f"GET /v2/experiments?dataset_id={DATASET}&limit=2&cursor=abc%3D%3D",
        200,
        {"experiments": [EXPERIMENT_BODY], "pagination": END},
        None,
    ),
    "experiments.create": (
        lambda c: c.experiments.create(
            name="e",
            dataset=DATASET,
            experiment_runs=RUNS,
            task_fields=FIELDS,
            evaluator_columns={
                "Correct": EvaluationResultFieldNames(score="points", label="verdict", metadata={"why": None})
            },
        ),
        "POST /v2/experiments",
        201,
        EXPERIMENT_BODY,
        {
            "name": "e",
            "dataset_id": DATASET,
            "experiment_runs": [
                {
                    "model": "m",
                    "example_id": "e1",
                    "output": '{"a":1}',
                    "eval.Correct.score": 1.0,
                    "eval.Correct.label": "good",
                    "eval.Correct.metadata.why": "[1,2]",
                }
            ],
        },
    ),
    "experiments.create standalone": (
        lambda c: c.experiments.create(
            name="e", space=SPACE, experiment_runs=[{"o": None}, {"o": 2}], task_fields=ExperimentTaskFieldNames("o")
        ),
        "POST /v2/experiments",
        201,
        EXPERIMENT_BODY,
        {"name": "e", "space_id": SPACE, "experiment_runs": [{"output": ""}, {"output": "2"}]},
    ),
    "experiments.get": (
        lambda c: c.experiments.get(experiment=EXPERIMENT),
        f"GET /v2/experiments/{EXPERIMENT}",
        200,
        EXPERIMENT_BODY,
        None,
    ),
    "experiments.delete": (
        lambda c: c.experiments.delete(experiment="RXhwZXJpbWVudDo5OTk6QWJDZA=="),
        "DELETE /v2/experiments/RXhwZXJpbWVudDo5OTk6QWJDZA%3D%3D",
        204,
        None,
        None,
    ),
    "experiments.list_runs": (
        lambda c: c.experiments.list_runs(
            experiment=EXPERIMENT, filter="eval.quality.score < 0.5", limit=500, cursor="c"
        ),
        f"POST /v2/experiments/{EXPERIMENT}/runs/search",
        200,
        {"experiment_runs": [], "pagination": END},
        {"filter": "eval.quality.score < 0.5", "limit": 500, "cursor": "c"},
    ),
    "experiments.append_runs": (
        lambda c: c.experiments.append_runs(
            experiment=EXPERIMENT,
            experiment_runs=[
                ExperimentRunInput(output="o", example_id="e1", additional_properties={"model": "gpt"}),
                ExperimentRunInput(output="p", example_id="e2"),
            ],
        ),
        f"POST /v2/experiments/{EXPERIMENT}/runs",
        201,
        {**EXPERIMENT_BODY, "run_ids": ["1", "2"]},
        {
            "experiment_runs": [
                {"model": "gpt", "example_id": "e1", "output": "o"},
                {"model": None, "example_id": "e2", "output": "p"},
            ]
        },
    ),
    "experiments.annotate_runs": (
        lambda c: c.experiments.annotate_runs(experiment=EXPERIMENT, annotations=ANNOTATIONS),
        f"POST /v2/experiments/{EXPERIMENT}/runs/annotate",
        202,
        None,
        ANNOTATED,
    ),
    "datasets.list": (
        lambda c: c.datasets.list(space="team a/b", name="ds two"),
        "GET /v2/datasets?space_name=team%20a/b&name=ds%20two&limit=50",
        200,
        {"datasets": [], "pagination": END},
        None,
    ),
    "datasets.create": (
        lambda c: c.datasets.create(name="d", space=SPACE, examples=[{"q": "ü", "n": None}]),
        "POST /v2/datasets",
        201,
        DATASET_BODY,
        {"name": "d", "space_id": SPACE, "examples": [{"q": "ü", "n": None}]},
    ),
    "datasets.update": (
        lambda c: c.datasets.update(dataset=DATASET, name="new"),
        f"PATCH /v2/datasets/{DATASET}",
        200,
        DATASET_BODY,
        {"name": "new"},
    ),
    "datasets.list_examples": (
        lambda c: c.datasets.list_examples(dataset=DATASET, filter="  ", limit=500, cursor="c", dataset_version_id="v"),
        f"POST /v2/datasets/{DATASET}/examples/search",
        200,
        {"examples": [], "pagination": END},
        {"limit": 500, "cursor": "c", "dataset_version_id": "v"},
    ),
    "datasets.append_examples": (
        lambda c: c.datasets.append_examples(dataset=DATASET, examples=[{"q": "x"}]),
        f"POST /v2/datasets/{DATASET}/examples?dataset_version_id=",
        201,
        CHANGED,
        {"examples": [{"q": "x"}]},
    ),
    "datasets.update_examples": (
        lambda c: c.datasets.update_examples(dataset=DATASET, examples=[{"id": "x", "q": "y"}], new_version="v2"),
        f"PATCH /v2/datasets/{DATASET}/examples?dataset_version_id=",
        200,
        CHANGED,
        {"examples": [{"id": "x", "q": "y"}], "new_version": "v2"},
    ),
    "datasets.delete_examples": (
        lambda c: c.datasets.delete_examples(dataset=DATASET, dataset_version_id="v", examples=["x", "y"]),
        f"DELETE /v2/datasets/{DATASET}/examples",
        200,
        {"completed": True, "deleted_example_ids": ["x"], "not_deleted_example_ids": ["y"]},
        {"dataset_version_id": "v", "example_ids": ["x", "y"]},
    ),
    "datasets.annotate_examples": (
        lambda c: c.datasets.annotate_examples(dataset=DATASET, annotations=ANNOTATIONS),
        f"POST /v2/datasets/{DATASET}/examples/annotate",
        202,
        None,
        ANNOTATED,
    ),
    "datasets.delete": (
        lambda c: c.datasets.delete(dataset=DATASET),
        f"DELETE /v2/datasets/{DATASET}",
        204,
        None,
        None,
    ),
    "spaces.list": (
        lambda c: c.spaces.list(organization_id="o", name="s"),
        "GET /v2/spaces?org_id=o&name=s&limit=50",
        200,
        {"spaces": [SPACE_BODY], "pagination": END},
        None,
    ),
    "spaces.create": (
        lambda c: c.spaces.create(name="s", organization_id="o", is_private=False),
        "POST /v2/spaces",
        201,
        SPACE_BODY,
        {"name": "s", "organization_id": "o", "is_private": False},
    ),
    "spaces.update": (
        lambda c: c.spaces.update(space=SPACE, name=None, description=None, is_private=None, ml_models_enabled=False),
        f"PATCH /v2/spaces/{SPACE}",
        200,
        SPACE_BODY,
        {"description": None, "ml_models_enabled": False},
    ),
    "spaces.delete": (lambda c: c.spaces.delete(space=SPACE), f"DELETE /v2/spaces/{SPACE}", 204, None, None),
    "spaces.add_user": (
        lambda c: c.spaces.add_user(space=SPACE, user_id=USER, role=PredefinedSpaceRole(name="MEMBER")),
        f"POST /v2/spaces/{SPACE}/users",
        200,
        {**MEMBERSHIP, "role": MEMBER},
        {"user_id": USER, "role": MEMBER},
    ),
    "spaces.add_user with a custom role": (
        lambda c: c.spaces.add_user(space=SPACE, user_id=USER, role=CustomSpaceRole(id=ROLE, name="not sent")),
        f"POST /v2/spaces/{SPACE}/users",
        200,
        {**MEMBERSHIP, "role": {"type": "CUSTOM", "id": ROLE, "name": "reviewer"}},
        {"user_id": USER, "role": {"type": "CUSTOM", "id": ROLE}},
    ),
    "spaces.remove_user": (
        lambda c: c.spaces.remove_user(space=SPACE, user_id=USER),
        f"DELETE /v2/spaces/{SPACE}/users/VXNlcjoxOmxQZzI%3D",
        204,
        None,
        None,
    ),
    "annotation_configs.list": (
        lambda c: c.annotation_configs.list(space=SPACE, name="quality", limit=100),
        f"GET /v2/annotation-configs?space_id={SPACE}&name=quality&limit=100",
        200,
        {"annotation_configs": [CONTINUOUS, FREEFORM], "pagination": END},
        None,
    ),
    "annotation_configs.get": (
        lambda c: c.annotation_configs.get(annotation_config=CONFIG),
        f"GET {CONFIG_PATH}",
        200,
        CATEGORICAL,
        None,
    ),
    "annotation_configs.create_continuous": (
        lambda c: c.annotation_configs.create_continuous(
            name="q",
            space=SPACE,
            minimum_score=0,
            maximum_score=1,
            optimization_direction="MAXIMIZE",  # type: ignore[arg-type]
        ),
        "POST /v2/annotation-configs",
        201,
        CONTINUOUS,
        {
            "annotation_config_type": "CONTINUOUS",
            "name": "q",
            "minimum_score": 0,
            "maximum_score": 1,
            "optimization_direction": "MAXIMIZE",
            "space_id": SPACE,
        },
    ),
    "annotation_configs.create_categorical": (
        lambda c: c.annotation_configs.create_categorical(
            name="q", space=SPACE, values=[{"label": "good", "score": 1}]
        ),
        "POST /v2/annotation-configs",
        201,
        CATEGORICAL,
        {
            "annotation_config_type": "CATEGORICAL",
            "name": "q",
            "values": [{"label": "good", "score": 1}],
            "space_id": SPACE,
        },
    ),
    "annotation_configs.create_freeform": (
        lambda c: c.annotation_configs.create_freeform(name="q", space=SPACE),
        "POST /v2/annotation-configs",
        201,
        FREEFORM,
        {"annotation_config_type": "FREEFORM", "name": "q", "space_id": SPACE},
    ),
    "annotation_configs.update_continuous": (
        lambda c: c.annotation_configs.update_continuous(annotation_config=CONFIG, maximum_score=5),
        f"PATCH {CONFIG_PATH}",
        200,
        CONTINUOUS,
        {"annotation_config_type": "CONTINUOUS", "maximum_score": 5},
    ),
    "annotation_configs.update_categorical": (
        lambda c: c.annotation_configs.update_categorical(annotation_config=CONFIG, name="p", values=[{"label": "x"}]),
        f"PATCH {CONFIG_PATH}",
        200,
        CATEGORICAL,
        {"annotation_config_type": "CATEGORICAL", "name": "p", "values": [{"label": "x"}]},
    ),
    "annotation_configs.update_freeform": (
        lambda c: c.annotation_configs.update_freeform(annotation_config=CONFIG, name="p"),
        f"PATCH {CONFIG_PATH}",
        200,
        FREEFORM,
        {"annotation_config_type": "FREEFORM", "name": "p"},
    ),
    "annotation_configs.delete": (
        lambda c: c.annotation_configs.delete(annotation_config=CONFIG),
        f"DELETE {CONFIG_PATH}",
        204,
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_an_operation_is_one_request(listener: Any, name: str) -> None:
    """Request line and body are those of the contract; an id is not looked up."""
    listening, client = listener
    call, line, status, answer, body = CASES[name]
    listening.answers[""] = (status, answer)
    await call(client)
    assert listening.lines == [line]
    assert listening.bodies == [body]


REFUSED: dict[str, Callable[[ArizeClient], Awaitable[object]]] = {
    "limit": lambda c: c.experiments.list(limit=101),
    "limit of runs": lambda c: c.experiments.list_runs(experiment=EXPERIMENT, limit=501),
    "nowhere": lambda c: c.experiments.create(name="e", experiment_runs=RUNS, task_fields=FIELDS),
    "name with quote": lambda c: c.experiments.create(name='"', space=SPACE, experiment_runs=RUNS, task_fields=FIELDS),
    "missing column": lambda c: c.experiments.create(
        name="e", dataset=DATASET, experiment_runs=[{"answer": "a"}], task_fields=FIELDS
    ),
    "missing example id": lambda c: c.experiments.create(
        name="e", dataset=DATASET, experiment_runs=[{"answer": "a", "example": None}], task_fields=FIELDS
    ),
    "no example ids at all": lambda c: c.experiments.create(
        name="e", dataset=DATASET, experiment_runs=RUNS, task_fields=ExperimentTaskFieldNames("answer")
    ),
    "no rows": lambda c: c.datasets.create(name="d", space=SPACE, examples=[]),
    "mixed rows": lambda c: c.datasets.create(name="d", space=SPACE, examples=[{"a": 1}, "file.parquet"]),  # type: ignore[list-item]
    "not rows": lambda c: c.datasets.create(name="d", space=SPACE, examples=5),  # type: ignore[arg-type]
    "other file": lambda c: c.datasets.create(name="d", space=SPACE, examples=__file__),
    "blank name": lambda c: c.datasets.create(name=" ", space=SPACE, examples=[{"a": 1}]),
    "forced and too many": lambda c: c.datasets.create(
        name="d", space=SPACE, examples=[{"a": 1}] * 1001, force_http=True
    ),
    "standalone and too many": lambda c: c.experiments.create(
        name="e", space=SPACE, experiment_runs=[{"o": "x"}] * 1001, task_fields=ExperimentTaskFieldNames("o")
    ),
    "appended without output": lambda c: c.experiments.append_runs(
        experiment=EXPERIMENT, experiment_runs=[{"example_id": "e"}]
    ),
    "no annotations": lambda c: c.experiments.annotate_runs(experiment=EXPERIMENT, annotations=[]),
    "annotation without values": lambda c: c.experiments.annotate_runs(
        experiment=EXPERIMENT, annotations=[{"record_id": "r", "values": []}]
    ),
    "annotation with a typing error": lambda c: c.experiments.annotate_runs(
        experiment=EXPERIMENT, annotations=[{"record_id": "r", "values": [{"name": "q", "socre": 1}]}]
    ),
    "empty path": lambda c: c.datasets.create(name="d", space=SPACE, examples=""),
    "bytes in a row": lambda c: c.datasets.create(name="d", space=SPACE, examples=[{"raw": b"x"}]),
    "a key that is no text": lambda c: c.datasets.create(name="d", space=SPACE, examples=[{1: "x"}]),  # type: ignore[dict-item]
    "rows without columns": lambda c: c.datasets.create(name="d", space=SPACE, examples=[{}] * 1001),
    "no ids to delete": lambda c: c.datasets.delete_examples(dataset=DATASET, dataset_version_id="v", examples=[]),
    "examples without id": lambda c: c.datasets.update_examples(dataset=DATASET, examples=[{"q": 1}]),
    "an example twice": lambda c: c.datasets.delete_examples(
        dataset=DATASET, dataset_version_id="v", examples=["x", "x"]
    ),
    "nothing to update": lambda c: c.spaces.update(space=SPACE),
    "blank user": lambda c: c.spaces.remove_user(space=SPACE, user_id=" "),
    "user that is no text": lambda c: c.spaces.add_user(space=SPACE, user_id=5, role=CustomSpaceRole(id=ROLE)),  # type: ignore[arg-type]
    "role that is a name": lambda c: c.spaces.add_user(space=SPACE, user_id=USER, role="ADMIN"),  # type: ignore[arg-type]
    "no change of a config": lambda c: c.annotation_configs.update_freeform(annotation_config=CONFIG),
    "directory for a file": lambda c: c.experiments.export_to_parquet(experiment=EXPERIMENT, path="/tmp"),  # noqa: S108
    "file in no directory": lambda c: c.datasets.export_to_parquet(dataset=DATASET, path="/no/such/file.parquet"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_used_is_refused_before_anything_is_sent(listener: Any, name: str) -> None:
    """The error is an InvalidInput, which is a ValueError, and the server has heard nothing."""
    listening, client = listener
    with pytest.raises(InvalidInput):
        await REFUSED[name](client)
    assert listening.lines == []


async def test_a_missing_file_is_not_found(listener: Any) -> None:
    """As everywhere in Python."""
    _, client = listener
    with pytest.raises(FileNotFoundError, match="nowhere"):
        await client.datasets.create(name="d", space=SPACE, examples="/nowhere.parquet")


async def test_an_answer_that_is_no_experiment_is_refused_with_the_path(listener: Any) -> None:
    """The error says where the answer is wrong."""
    listening, client = listener
    listening.answers[""] = (200, {**EXPERIMENT_BODY, "name": 5})
    with pytest.raises(InvalidResponse, match=r"expected a string, got a number @ \$\.name"):
        await client.experiments.get(experiment=EXPERIMENT)


@pytest.mark.parametrize("role", [{"type": "OTHER", "id": "x"}, {"type": "PREDEFINED", "name": "OWNER"}, "ADMIN", {}])
async def test_an_answer_with_an_unknown_role_is_refused(listener: Any, role: object) -> None:
    """The error names what was expected."""
    listening, client = listener
    listening.answers[""] = (200, {**MEMBERSHIP, "role": role})
    with pytest.raises(InvalidResponse, match=r"SpaceMembership: expected .* @ \$\.role"):
        await client.spaces.add_user(space=SPACE, user_id=USER, role=CustomSpaceRole(id=ROLE))
