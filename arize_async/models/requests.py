"""Request bodies; their bounds hold on both sides of the wire (wire contract 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import field, frozen

from arize_async.models.annotation import AnnotateRecordInput
from arize_async.models.base import Request
from arize_async.models.example import MANAGED
from arize_async.models.rules import MAX_ROWS, NAME, NOT_BLANK, VISIBLE, Rule, between, entries
from arize_async.models.run import ExperimentRunInput

_RUNS = entries(1, MAX_ROWS, of=ExperimentRunInput)
_EXAMPLES = entries(
    1, MAX_ROWS, of={"type": "object", "minProperties": 1, "propertyNames": {"not": {"enum": list(MANAGED)}}}
)
MAX_PAGE = 500
"""The most rows of a page of runs or examples."""
_PAGE_SIZE = between(1, MAX_PAGE)
_FILTER = Rule({"pattern": VISIBLE}, lambda _: None)  # the server reads filters, and says what is wrong with one


@frozen(kw_only=True)
class CreateExperiment(Request):
    """Body of ``POST /v2/experiments``; exactly one of dataset and space."""

    schema: ClassVar[Mapping[str, object]] = {
        "oneOf": [
            {
                "properties": {"dataset_id": {"type": "string"}, "space_id": {"type": "null"}},
                "required": ["dataset_id"],
            },
            {"properties": {"dataset_id": {"type": "null"}, "space_id": {"type": "string"}}, "required": ["space_id"]},
        ]
    }
    name: str = field(validator=NAME)
    dataset_id: str | None = None
    space_id: str | None = None
    experiment_runs: list[Mapping[str, object]] = field(validator=_RUNS)

    def __attrs_post_init__(self) -> None:
        """Refuse both or neither of dataset and space."""
        if (self.dataset_id is None) == (self.space_id is None):
            raise ValueError("exactly one of dataset_id and space_id")


@frozen(kw_only=True)
class AppendRuns(Request):
    """Body of ``POST /v2/experiments/{id}/runs``."""

    experiment_runs: list[Mapping[str, object]] = field(validator=_RUNS)


@frozen(kw_only=True)
class SearchRuns(Request):
    """Body of ``POST /v2/experiments/{id}/runs/search``."""

    filter: str | None = field(default=None, validator=_FILTER)
    limit: int = field(default=50, validator=_PAGE_SIZE)
    cursor: str | None = None


@frozen(kw_only=True)
class SearchExamples(Request):
    """Body of ``POST /v2/datasets/{id}/examples/search``."""

    filter: str | None = field(default=None, validator=_FILTER)
    limit: int = field(default=50, validator=_PAGE_SIZE)
    cursor: str | None = None
    dataset_version_id: str | None = None


@frozen(kw_only=True)
class AnnotateRecords(Request):
    """Body of the annotate operations of runs and examples."""

    annotations: list[AnnotateRecordInput] = field(validator=entries(1, MAX_ROWS))


@frozen(kw_only=True)
class CreateDataset(Request):
    """Body of ``POST /v2/datasets``."""

    name: str = field(validator=NOT_BLANK)
    space_id: str
    examples: list[Mapping[str, object]] = field(validator=_EXAMPLES)


@frozen(kw_only=True)
class RenameDataset(Request):
    """Body of ``PATCH /v2/datasets/{id}``."""

    name: str = field(validator=NOT_BLANK)


@frozen(kw_only=True)
class InsertExamples(Request):
    """Body of ``POST /v2/datasets/{id}/examples``."""

    examples: list[Mapping[str, object]] = field(validator=_EXAMPLES)
