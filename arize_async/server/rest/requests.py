"""Bodies of spaces and annotation configs (wire contract 2.3 and 2.4)."""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen, validators

from arize_async.models.annotation_config import CategoricalAnnotationValue, OptimizationDirection
from arize_async.models.base import Request
from arize_async.models.requests import name_rule
from arize_async.server.storage.refusals import malformed
from arize_async.wire.codec import decode

MAX_LABELS = 500


@frozen(kw_only=True)
class CreateSpace(Request):
    """Body of ``POST /v2/spaces``."""

    name: str = field(validator=name_rule)
    organization_id: str | None = None
    description: str | None = field(default=None, validator=validators.optional(validators.max_len(1000)))
    is_private: bool | None = None


@frozen(kw_only=True)
class _CreateConfig(Request):
    name: str = field(validator=name_rule)
    space_id: str


@frozen(kw_only=True)
class CreateContinuous(_CreateConfig):
    """A config of scores between bounds."""

    annotation_config_type: Literal["CONTINUOUS"]
    minimum_score: float
    maximum_score: float
    optimization_direction: OptimizationDirection | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse bounds that nothing is between."""
        if self.minimum_score > self.maximum_score:
            raise ValueError("minimum_score is above maximum_score")


@frozen(kw_only=True)
class CreateCategorical(_CreateConfig):
    """A config of labels."""

    annotation_config_type: Literal["CATEGORICAL"]
    values: list[CategoricalAnnotationValue] = field(validator=[validators.min_len(1), validators.max_len(MAX_LABELS)])
    optimization_direction: OptimizationDirection | None = None


@frozen(kw_only=True)
class CreateFreeform(_CreateConfig):
    """A config of texts."""

    annotation_config_type: Literal["FREEFORM"]


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
    kind = body.get("annotation_config_type")
    known = _KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise malformed(f"$.annotation_config_type: expected one of {', '.join(map(str, _KINDS))}")
    try:
        return decode(known, body)
    except ValueError as error:
        raise malformed(str(error)) from None
