"""Bodies that only the server builds from JSON (wire contract 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeVar

from attrs import field, frozen

from arize_async.models.annotation_config import OptimizationDirection
from arize_async.models.base import NOT_NULL, Request
from arize_async.models.example import MANAGED
from arize_async.models.rules import MAX_ROWS, NAME, characters, distinct_ids, entries
from arize_async.server.storage.refusals import malformed
from arize_async.wire.codec import decode

T = TypeVar("T")
MAX_LABELS = 500

_DESCRIPTION = characters(0, 1000).optional
_CHANGES = entries(
    1,
    MAX_ROWS,
    of={
        "type": "object",
        "properties": {"id": {"type": "string", "minLength": 1}},
        "required": ["id"],
        "propertyNames": {"not": {"enum": [name for name in MANAGED if name != "id"]}},
    },
)


@frozen(kw_only=True)
class CreateSpace(Request):
    """Body of ``POST /v2/spaces``."""

    name: str = field(validator=NAME)
    organization_id: str | None = None
    description: str | None = field(default=None, validator=_DESCRIPTION)
    is_private: bool | None = None


@frozen(kw_only=True)
class DefaultLLMIntegrationRequest(Request):
    """The model that a space is to ask by default."""

    integration_id: str
    model_name: str


@frozen(kw_only=True)
class DefaultAgentRuntimeRequest(Request):
    """Where a space is to run agents by default."""

    integration_id: str


@frozen(kw_only=True)
class UpdateSpace(Request):
    """Body of ``PATCH /v2/spaces/{id}``; null clears the description, the integration and the runtime."""

    schema: ClassVar[Mapping[str, object]] = {"minProperties": 1}
    name: str | None = field(default=None, validator=NAME.optional, metadata=NOT_NULL)
    description: str | None = field(default=None, validator=_DESCRIPTION)
    is_private: bool | None = field(default=None, metadata=NOT_NULL)
    default_llm_integration: DefaultLLMIntegrationRequest | None = None
    ml_models_enabled: bool | None = None
    gradient_start_color: str | None = None
    gradient_end_color: str | None = None
    default_agent_runtime: DefaultAgentRuntimeRequest | None = None


@frozen(kw_only=True)
class UpdateExamples(Request):
    """Body of ``PATCH /v2/datasets/{id}/examples``."""

    examples: list[Mapping[str, object]] = field(validator=_CHANGES)
    new_version: str | None = None


@frozen(kw_only=True)
class DeleteExamples(Request):
    """Body of ``DELETE /v2/datasets/{id}/examples``."""

    dataset_version_id: str
    example_ids: list[str] = field(validator=distinct_ids(MAX_ROWS))


@frozen(kw_only=True)
class CategoricalAnnotationValueRequest(Request):
    """A label of a categorical config and its score."""

    label: str
    score: float | None = None


@frozen(kw_only=True)
class _CreateConfig(Request):
    name: str = field(validator=NAME)
    space_id: str


@frozen(kw_only=True)
class CreateContinuous(_CreateConfig):
    """A config of scores between bounds."""

    annotation_config_type: Literal["CONTINUOUS"]
    minimum_score: float
    maximum_score: float
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True)
class CreateCategorical(_CreateConfig):
    """A config of labels."""

    annotation_config_type: Literal["CATEGORICAL"]
    values: list[CategoricalAnnotationValueRequest] = field(validator=entries(1, MAX_LABELS))
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True)
class CreateFreeform(_CreateConfig):
    """A config of texts."""

    annotation_config_type: Literal["FREEFORM"]


@frozen(kw_only=True)
class UpdateContinuous(Request):
    """A change of a config of scores."""

    annotation_config_type: Literal["CONTINUOUS"]
    name: str | None = field(default=None, validator=NAME.optional)
    minimum_score: float | None = None
    maximum_score: float | None = None
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True)
class UpdateCategorical(Request):
    """A change of a config of labels; values replace those of before."""

    annotation_config_type: Literal["CATEGORICAL"]
    name: str | None = field(default=None, validator=NAME.optional)
    values: list[CategoricalAnnotationValueRequest] | None = field(
        default=None, validator=entries(2, MAX_LABELS).optional
    )
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True)
class UpdateFreeform(Request):
    """A change of a config of texts."""

    annotation_config_type: Literal["FREEFORM"]
    name: str | None = field(default=None, validator=NAME.optional)


_UPDATES: dict[object, type[UpdateContinuous | UpdateCategorical | UpdateFreeform]] = {
    "CONTINUOUS": UpdateContinuous,
    "CATEGORICAL": UpdateCategorical,
    "FREEFORM": UpdateFreeform,
}
_KINDS: dict[object, type[CreateContinuous | CreateCategorical | CreateFreeform]] = {
    "CONTINUOUS": CreateContinuous,
    "CATEGORICAL": CreateCategorical,
    "FREEFORM": CreateFreeform,
}


def decode_create_config(body: dict[str, object]) -> CreateContinuous | CreateCategorical | CreateFreeform:
    """Build the body of ``POST /v2/annotation-configs`` by its type.

    Raises:
        BadRequest: The type is not known, or a field is wrong.
    """
    return _decode_by_type(_KINDS, body)


def decode_update_config(body: dict[str, object]) -> UpdateContinuous | UpdateCategorical | UpdateFreeform:
    """Build the body of ``PATCH /v2/annotation-configs/{id}`` by its type.

    Raises:
        BadRequest: The type is not known, or a field is wrong.
    """
    return _decode_by_type(_UPDATES, body)


def _decode_by_type(kinds: Mapping[object, type[T]], body: dict[str, object]) -> T:
    kind = body.get("annotation_config_type")
    known = kinds.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise malformed(f"$.annotation_config_type: expected one of {', '.join(map(str, kinds))}")
    try:
        return decode(known, body)
    except ValueError as error:
        raise malformed(str(error)) from None
