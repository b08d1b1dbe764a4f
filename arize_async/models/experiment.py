"""Experiments."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from arize_async.models.base import NULLABLE, Model


@frozen(kw_only=True, repr=False)
class Experiment(Model):
    """An experiment (wire contract 2.1).

    Attributes:
        dataset_id: None for a standalone experiment.
        experiment_traces_project_id: The project that holds the traces, when there is one.
    """

    id: str
    name: str
    space_id: str
    dataset_id: str | None = field(default=None, metadata=NULLABLE)
    dataset_version_id: str | None = field(default=None, metadata=NULLABLE)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    experiment_traces_project_id: str | None = None
    integration_id: str | None = field(default=None, metadata=NULLABLE)


@frozen(kw_only=True, repr=False)
class ExperimentWithRunIds(Experiment):
    """An experiment after runs were appended, with their ids in the order of the input."""

    run_ids: list[str]
