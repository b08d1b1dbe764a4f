"""LangSmith: ``upload_results=False``, and what it sends even so is taken at once.

Plain functions go through its synchronous ``evaluate``.
"""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests
from langsmith import Client, aevaluate, evaluate, schemas
from requests.adapters import BaseAdapter

import scenarios

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = "langsmith"
ADDRESS = "http://127.0.0.1:9"


def score(outputs: Mapping[str, str]) -> dict[str, object]:
    """Give the score in its form."""
    return {"key": "score", "score": scenarios.score(outputs["answer"])}


class Take(BaseAdapter):
    """Takes what is sent and keeps nothing."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        """Answer at once."""
        response = requests.Response()
        response.status_code, response.url, response.request = 202, str(request.url), request
        response._content = b"{}"  # noqa: SLF001 - as its own tests do
        return response

    def close(self) -> None:
        """Hold nothing."""


def make_client() -> Client:
    """Return a client whose back end does nothing."""
    session = requests.Session()
    session.mount(ADDRESS, Take())
    return Client(api_url=ADDRESS, api_key="none", session=session, info={})


class Contender:
    """Its evaluation, without a back end."""

    def __init__(self, setup: Mapping[str, object]) -> None:  # noqa: ARG002 - it reads nothing from the server
        """Make its client."""
        self._client = make_client()

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - the data are in memory
        """Run the scenario as an evaluation."""
        of = uuid4()
        options = {
            "data": [
                schemas.Example(id=uuid4(), inputs=row, dataset_id=of) for row in scenarios.make_rows(scenario.examples)
            ],
            "evaluators": [score],
            "max_concurrency": scenario.concurrency,
            "upload_results": False,
            "client": self._client,
        }
        results = _block(scenario, options) if scenario.blocking else asyncio.run(_wait(scenario, options))
        return sum(row["evaluation_results"]["results"][0].score is not None for row in results)


async def _wait(scenario: Scenario, options: dict[str, Any]) -> list[Any]:
    async def target(inputs: dict[str, str]) -> dict[str, str]:
        return {"answer": await scenario.wait(inputs)}

    return [row async for row in await aevaluate(target, **options)]


def _block(scenario: Scenario, options: dict[str, Any]) -> list[Any]:
    def target(inputs: dict[str, str]) -> dict[str, str]:
        return {"answer": scenario.block(inputs)}

    return list(evaluate(target, **options))
