"""What each route takes and answers (wire contract 2.1 to 2.5); the values themselves say the rest."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from arize_async.models.annotation_config import AnnotationConfig
from arize_async.models.dataset import Dataset, DatasetVersionWithExampleIds, DeleteDatasetExamplesResponse
from arize_async.models.example import DatasetExample
from arize_async.models.experiment import Experiment, ExperimentWithRunIds
from arize_async.models.membership import SpaceMembership
from arize_async.models.requests import (
    AnnotateRecords,
    AppendRuns,
    CreateDataset,
    CreateExperiment,
    InsertExamples,
    RenameDataset,
    SearchExamples,
    SearchRuns,
)
from arize_async.models.rules import MAX_NAME
from arize_async.models.run import ExperimentRun
from arize_async.models.space import Space
from arize_async.models.tag import RemoveTagsResponse, Tag
from arize_async.server.rest.member_requests import AddSpaceUser
from arize_async.server.rest.requests import (
    CreateCategorical,
    CreateContinuous,
    CreateFreeform,
    CreateSpace,
    DeleteExamples,
    UpdateCategorical,
    UpdateContinuous,
    UpdateExamples,
    UpdateFreeform,
    UpdateSpace,
)
from arize_async.server.rest.tag_requests import CreateTag, TagIds, UpdateTag
from arize_async.wire import paths

_READ = (400, 401, 404, 429)
_LIST = (400, 401, 403, 404, 429)
_DELETE = _LIST
_CHANGE = (400, 401, 403, 404, 422, 429)
_NAME = (400, 401, 403, 404, 409, 422, 429)
_TEXT: dict[str, object] = {"type": "string"}


@frozen
class Operation:
    """What a route takes and answers.

    Attributes:
        name: The operation's id.
        errors: Statuses of refusals, each with a problem.
        status: Status of success.
        answer: What is sent then; None sends no body.
        items: Name of the list in a page; ``answer`` is what it holds.
        body: What is received; None takes no body.
        query: Query parameters with their schemas.
    """

    name: str
    errors: tuple[int, ...]
    status: int = 200
    answer: Any = None
    items: str | None = None
    body: Any = None
    query: tuple[tuple[str, dict[str, object]], ...] = ()


def _page(largest: int, *names: str) -> tuple[tuple[str, dict[str, object]], ...]:
    limit: dict[str, object] = {"type": "integer", "minimum": 1, "maximum": largest, "default": 50}
    texts = [(name, {**_TEXT, "maxLength": MAX_NAME} if name.endswith("name") else _TEXT) for name in names]
    return (*texts, ("limit", limit), ("cursor", _TEXT))


_VERSION: tuple[tuple[str, dict[str, object]], ...] = (("dataset_version_id", _TEXT),)
_CREATE_CONFIG = CreateContinuous | CreateCategorical | CreateFreeform
_UPDATE_CONFIG = UpdateContinuous | UpdateCategorical | UpdateFreeform

_EXPERIMENTS = {
    ("GET", paths.EXPERIMENTS): Operation(
        "experiments_list",
        _LIST,
        answer=Experiment,
        items="experiments",
        query=_page(100, "dataset_id", "space_id", "name"),
    ),
    ("POST", paths.EXPERIMENTS): Operation("experiments_create", _NAME, 201, Experiment, body=CreateExperiment),
    ("GET", paths.EXPERIMENT): Operation("experiments_get", _READ, answer=Experiment),
    ("DELETE", paths.EXPERIMENT): Operation("experiments_delete", _DELETE, 204),
    ("GET", paths.EXPERIMENT_RUNS): Operation(
        "runs_list", _LIST, answer=ExperimentRun, items="experiment_runs", query=_page(500)
    ),
    ("POST", paths.EXPERIMENT_RUNS_SEARCH): Operation(
        "runs_search", _CHANGE, answer=ExperimentRun, items="experiment_runs", body=SearchRuns
    ),
    ("POST", paths.EXPERIMENT_RUNS): Operation("runs_append", _CHANGE, 201, ExperimentWithRunIds, body=AppendRuns),
    ("POST", paths.EXPERIMENT_RUNS_ANNOTATE): Operation("runs_annotate", _CHANGE, 202, body=AnnotateRecords),
    ("GET", paths.EXPERIMENT_TAGS): Operation("experiments_tags_list", _READ, answer=Tag, items="tags"),
    ("POST", paths.EXPERIMENT_TAGS): Operation("experiments_tags_add", _CHANGE, answer=Tag, items="tags", body=TagIds),
}

_DATASETS = {
    ("GET", paths.DATASETS): Operation(
        "datasets_list", _LIST, answer=Dataset, items="datasets", query=_page(100, "space_id", "space_name", "name")
    ),
    ("POST", paths.DATASETS): Operation("datasets_create", _NAME, 201, Dataset, body=CreateDataset),
    ("GET", paths.DATASET): Operation("datasets_get", _READ, answer=Dataset),
    ("PATCH", paths.DATASET): Operation("datasets_rename", _NAME, answer=Dataset, body=RenameDataset),
    ("DELETE", paths.DATASET): Operation("datasets_delete", _DELETE, 204),
    ("GET", paths.DATASET_EXAMPLES): Operation(
        "examples_list", _LIST, answer=DatasetExample, items="examples", query=_VERSION + _page(500)
    ),
    ("POST", paths.DATASET_EXAMPLES_SEARCH): Operation(
        "examples_search", _CHANGE, answer=DatasetExample, items="examples", body=SearchExamples
    ),
    ("POST", paths.DATASET_EXAMPLES): Operation(
        "examples_insert", _CHANGE, 201, DatasetVersionWithExampleIds, body=InsertExamples, query=_VERSION
    ),
    ("PATCH", paths.DATASET_EXAMPLES): Operation(
        "examples_update", _NAME, answer=DatasetVersionWithExampleIds, body=UpdateExamples, query=_VERSION
    ),
    ("DELETE", paths.DATASET_EXAMPLES): Operation(
        "examples_delete", (*_CHANGE, 503), answer=DeleteDatasetExamplesResponse, body=DeleteExamples
    ),
    ("POST", paths.DATASET_EXAMPLES_ANNOTATE): Operation("examples_annotate", _CHANGE, 202, body=AnnotateRecords),
    ("GET", paths.DATASET_TAGS): Operation("datasets_tags_list", _READ, answer=Tag, items="tags"),
    ("POST", paths.DATASET_TAGS): Operation("datasets_tags_add", _CHANGE, answer=Tag, items="tags", body=TagIds),
    ("DELETE", paths.DATASET_TAGS): Operation("datasets_tags_remove", _CHANGE, answer=RemoveTagsResponse, body=TagIds),
}

_SPACES = {
    ("GET", paths.SPACES): Operation(
        "spaces_list", _READ, answer=Space, items="spaces", query=_page(100, "org_id", "name")
    ),
    ("POST", paths.SPACES): Operation("spaces_create", _NAME, 201, Space, body=CreateSpace),
    ("GET", paths.SPACE): Operation("spaces_get", _READ, answer=Space),
    ("PATCH", paths.SPACE): Operation("spaces_update", _NAME, answer=Space, body=UpdateSpace),
    ("DELETE", paths.SPACE): Operation("spaces_delete", _DELETE, 204),
    ("POST", paths.SPACE_USERS): Operation("spaces_users_add", _CHANGE, answer=SpaceMembership, body=AddSpaceUser),
    ("DELETE", paths.SPACE_USER): Operation("spaces_users_remove", _DELETE, 204),
}

_CONFIGS = {
    ("GET", paths.ANNOTATION_CONFIGS): Operation(
        "annotation_configs_list",
        _LIST,
        answer=AnnotationConfig,
        items="annotation_configs",
        query=_page(100, "space_id", "space_name", "name"),
    ),
    ("POST", paths.ANNOTATION_CONFIGS): Operation(
        "annotation_configs_create", _NAME, 201, AnnotationConfig, body=_CREATE_CONFIG
    ),
    ("GET", paths.ANNOTATION_CONFIG): Operation("annotation_configs_get", _READ, answer=AnnotationConfig),
    ("PATCH", paths.ANNOTATION_CONFIG): Operation(
        "annotation_configs_update", _NAME, answer=AnnotationConfig, body=_UPDATE_CONFIG
    ),
    ("DELETE", paths.ANNOTATION_CONFIG): Operation("annotation_configs_delete", (400, 401, 403, 404, 409, 429), 204),
    ("GET", paths.ANNOTATION_CONFIG_TAGS): Operation("annotation_configs_tags_list", _READ, answer=Tag, items="tags"),
    ("POST", paths.ANNOTATION_CONFIG_TAGS): Operation(
        "annotation_configs_tags_add", _CHANGE, answer=Tag, items="tags", body=TagIds
    ),
}

_TAGS = {
    ("GET", paths.TAGS): Operation(
        "tags_list", _LIST, answer=Tag, items="tags", query=_page(100, "space_id", "space_name", "name")
    ),
    ("POST", paths.TAGS): Operation("tags_create", _NAME, 201, Tag, body=CreateTag),
    ("PATCH", paths.TAG): Operation("tags_update", _NAME, answer=Tag, body=UpdateTag),
    ("DELETE", paths.TAG): Operation("tags_delete", _DELETE, 204),
}

OPERATIONS = {**_EXPERIMENTS, **_DATASETS, **_SPACES, **_CONFIGS, **_TAGS}
"""Operations by method and path."""
