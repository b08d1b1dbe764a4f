"""Request bodies; their bounds hold on both sides of the wire (wire contract 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sized

from attrs import field, frozen, validators

from arize_async.errors import InvalidInput
from arize_async.models.annotation import AnnotateRecordInput
from arize_async.models.base import Request

MAX_ROWS = 1000
MAX_NAME = 255


def _not_blank(instance: object, attribute: object, value: str) -> None:
    del instance, attribute
    if not value.strip() or len(value) > MAX_NAME:
        raise ValueError(f"a name has 1 to {MAX_NAME} characters that are not all blank, got {len(value)}")


def check_name(name: object) -> None:
    """Refuse names of experiments that the platform refuses.

    Raises:
        InvalidInput: No text, empty, longer than 255 characters, or with a double quote or a backslash.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
        raise InvalidInput(f"a name is text of 1 to {MAX_NAME} characters that are not all blank, got {name!r:.80}")
    if '"' in name or "\\" in name:
        raise InvalidInput(f"a name has no double quote and no backslash, got {name!r}")


def name_rule(instance: object, attribute: object, value: str) -> None:
    """Check the name of an experiment as an attrs validator."""
    del instance, attribute
    check_name(value)


def _rows(instance: object, attribute: object, value: Sized) -> None:
    del instance, attribute
    if not 1 <= len(value) <= MAX_ROWS:
        raise ValueError(f"1 to {MAX_ROWS} entries, got {len(value)}")


@frozen(kw_only=True)
class CreateExperiment(Request):
    """Body of ``POST /v2/experiments``; exactly one of dataset and space."""

    name: str = field(validator=name_rule)
    dataset_id: str | None = None
    space_id: str | None = None
    experiment_runs: list[Mapping[str, object]] = field(validator=_rows)

    def __attrs_post_init__(self) -> None:
        """Refuse both or neither of dataset and space."""
        if (self.dataset_id is None) == (self.space_id is None):
            raise ValueError("exactly one of dataset_id and space_id")


@frozen(kw_only=True)
class AppendRuns(Request):
    """Body of ``POST /v2/experiments/{id}/runs``."""

    experiment_runs: list[Mapping[str, object]] = field(validator=_rows)


@frozen(kw_only=True)
class SearchRuns(Request):
    """Body of ``POST /v2/experiments/{id}/runs/search``."""

    filter: str | None = None
    limit: int = field(default=50, validator=[validators.ge(1), validators.le(500)])
    cursor: str | None = None


@frozen(kw_only=True)
class SearchExamples(Request):
    """Body of ``POST /v2/datasets/{id}/examples/search``."""

    filter: str | None = None
    limit: int = field(default=50, validator=[validators.ge(1), validators.le(500)])
    cursor: str | None = None
    dataset_version_id: str | None = None


@frozen(kw_only=True)
class AnnotateRecords(Request):
    """Body of the annotate operations of runs and examples."""

    annotations: list[AnnotateRecordInput] = field(validator=_rows)


@frozen(kw_only=True)
class CreateDataset(Request):
    """Body of ``POST /v2/datasets``."""

    name: str = field(validator=_not_blank)
    space_id: str
    examples: list[Mapping[str, object]] = field(validator=_rows)


@frozen(kw_only=True)
class RenameDataset(Request):
    """Body of ``PATCH /v2/datasets/{id}``."""

    name: str = field(validator=_not_blank)


@frozen(kw_only=True)
class InsertExamples(Request):
    """Body of ``POST /v2/datasets/{id}/examples``."""

    examples: list[Mapping[str, object]] = field(validator=_rows)
