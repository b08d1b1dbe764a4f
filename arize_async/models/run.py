"""Runs: one task execution each."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from arize_async.models.annotation import Annotation
from arize_async.models.base import NULLABLE, Model


@frozen(kw_only=True, repr=False)
class ExperimentRun(Model):
    """A run as the server has it; evaluations and other columns are the ``additional_properties``.

    Attributes:
        output: Text, or None when the task failed.
        error: What the task raised, or None.
    """

    id: str
    example_id: str | None = field(default=None, metadata=NULLABLE)
    output: str | None = field(default=None, metadata=NULLABLE)
    error: str | None = field(default=None, metadata=NULLABLE)
    annotations: list[Annotation] | None = None


@frozen(kw_only=True, repr=False)
class ExperimentRunInput(Model):
    """A run to record; further columns go into ``additional_properties``.

    Attributes:
        output: Text.
        example_id: Required in an experiment on a dataset.
        error: What the task raised, or None.
    """

    output: str = field(metadata=NULLABLE)
    example_id: str | None = None
    error: str | None = None


@frozen
class ExperimentTaskFieldNames:
    """Which columns of a frame hold the example id and the output.

    Attributes:
        output: Column of the output.
        example_id: Column of the example id; None for a standalone experiment.
    """

    output: str
    example_id: str | None = None


ExperimentMetadata = Mapping[str, object]
"""Facts about an experiment that are put on every task span."""
