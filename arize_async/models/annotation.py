"""Human annotations of runs and examples."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from arize_async.models.base import Model, Request
from arize_async.models.rules import characters, entries


@frozen(kw_only=True, repr=False)
class Annotator(Model):
    """Who annotated."""

    id: str | None = None
    email: str | None = None


@frozen(kw_only=True, repr=False)
class Annotation(Model):
    """What one person said under one annotation config; absent parts were not given."""

    name: str
    score: float | None = None
    label: str | None = None
    text: str | None = None
    updated_at: datetime | None = None
    annotator: Annotator | None = None


@frozen(kw_only=True)
class AnnotationInput(Request):
    """An annotation to write; a part that is None stays as it is on the server.

    Attributes:
        name: Name of an annotation config in the space.
        score: A number.
        label: A short category.
        text: Free text.
    """

    name: str = field(validator=characters(1))
    score: float | None = None
    label: str | None = None
    text: str | None = None


@frozen(kw_only=True)
class AnnotateRecordInput(Request):
    """Annotations for one run or one example.

    Attributes:
        record_id: Id of the run or of the example.
        values: At least one annotation.
    """

    record_id: str = field(validator=characters(1))
    values: list[AnnotationInput] = field(validator=entries(1))
