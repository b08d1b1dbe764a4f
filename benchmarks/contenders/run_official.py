"""A whole run of the official SDK on the same server."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from arize import ArizeClient

from scenarios import score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = "arize"


class Contender:
    """The official SDK with everything on."""

    def __init__(self, setup: Mapping[str, Any]) -> None:
        """Make its client."""
        self._client = ArizeClient(**setup["options"], arize_directory=setup["directory"])

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run the scenario as an experiment."""
        _, df = self._client.experiments.run(
            name=uuid4().hex,
            dataset=dataset,
            task=scenario.task,
            evaluators=[score],
            concurrency=scenario.concurrency,
        )
        return int(df["eval.score.score"].count())
