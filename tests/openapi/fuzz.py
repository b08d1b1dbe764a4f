"""Schemathesis against an embedded server, over the OpenAPI document that it publishes.

``python fuzz.py --examples 100 --seed 1`` prints what was found and ends with status 1 when that is anything, or when
an operation was never carried out: then its values were all refused, and nothing of it was tried.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
from attrs import frozen

from arize_async.server import LocalServer

SETTINGS = Path(__file__).with_name("fuzz.toml")
SEED = 20240229
_FILTERS = [
    "output = 'o1'",
    "eval.x.score > 0.2 AND NOT output contains 'z'",
    "number in (1, 2) or question is null",
    '"question" != null',
    "annotation.quality.score >= 0.5",
    "annotation.verdict.label = 'good'",
    "created_at > '2020-01-01'",
    "id = ''",
    "(((number < 1e308)))",
    "output = 'unfinished",
    "no_such_column = 1",
]


@frozen
class Extent:
    """How much is tried; ``phases`` are schemathesis's."""

    examples: int
    phases: str = "examples,coverage,fuzzing,stateful"
    seed: int = SEED


@frozen
class Report:
    """What schemathesis said.

    Attributes:
        status: 0 when it found nothing.
        text: For people.
        accepted: How many requests each operation carried out.
    """

    status: int
    text: str
    accepted: dict[str, int]


class Seeds:
    """Makes resources for the dictionaries of values that requests are made with."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Use a session with the key."""
        self._session = session
        self.found: dict[str, list[str]] = {"filters": _FILTERS, "annotations": ["quality", "verdict", "note"]}
        self.found |= {"labels": ["good", "bad"], "cursors": [""]}

    async def make(self) -> None:
        """Make one of everything that stays, and some that may be deleted."""
        space = (await self._get("/v2/spaces"))["spaces"][0]["id"]
        self.found["spaces"] = [space]
        self.found["configs"] = [await self._config(space, name) for name in self.found["annotations"]]
        dataset = await self._post("/v2/datasets", name="three", space_id=space, examples=self._examples())
        self.found["datasets"] = [dataset["id"]]
        self.found["versions"] = ["", dataset["versions"][0]["id"]]
        examples = (await self._get(f"/v2/datasets/{dataset['id']}/examples"))["examples"]
        runs = [{"example_id": item["id"], "output": f"o{n}", "eval.x.score": n / 2} for n, item in enumerate(examples)]
        experiment = await self._post("/v2/experiments", name="e", dataset_id=dataset["id"], experiment_runs=runs)
        self.found["experiments"] = [experiment["id"]]
        runs = (await self._get(f"/v2/experiments/{experiment['id']}/runs"))["experiment_runs"]
        self.found["records"] = [item["id"] for item in (*examples, *runs)]
        await self._add_cursors()
        self.found["tags"] = [await self._tag(space, f"tag {number}") for number in range(3)]
        self.found["users"] = [await self._user(space, number) for number in range(8)]
        await self._add_doomed(space)

    async def _add_cursors(self) -> None:
        dataset, experiment = self.found["datasets"][0], self.found["experiments"][0]
        for path in (f"/v2/datasets/{dataset}/examples", f"/v2/experiments/{experiment}/runs"):
            page = await self._get(f"{path}?limit=1")
            self.found["cursors"].append(page["pagination"]["next_cursor"])

    async def _add_doomed(self, space: str) -> None:
        """Make what may be deleted, some of each kind: nothing else needs it."""
        runs = [{"output": "o"}]
        for number in range(6):
            made = {
                "spaces": (await self._post("/v2/spaces", name=f"space {number}"))["id"],
                "datasets": (
                    await self._post("/v2/datasets", name=f"d{number}", space_id=space, examples=self._examples())
                )["id"],
                "experiments": (
                    await self._post("/v2/experiments", name=f"e{number}", space_id=space, experiment_runs=runs)
                )["id"],
                "configs": await self._config(space, f"config {number}"),
                "tags": await self._tag(space, f"doomed {number}"),
            }
            for kind, doomed in made.items():
                self.found.setdefault(f"doomed_{kind}", []).append(doomed)

    async def _config(self, space: str, name: str) -> str:
        kinds: dict[str, dict[str, Any]] = {
            "quality": {"annotation_config_type": "CONTINUOUS", "minimum_score": -1e9, "maximum_score": 1e9},
            "verdict": {
                "annotation_config_type": "CATEGORICAL",
                "values": [{"label": "good", "score": 1}, {"label": "bad"}],
            },
        }
        kind = kinds.get(name, {"annotation_config_type": "FREEFORM"})
        return (await self._post("/v2/annotation-configs", name=name, space_id=space, **kind))["id"]

    async def _tag(self, space: str, name: str) -> str:
        return (await self._post("/v2/tags", name=name, space_id=space))["id"]

    async def _user(self, space: str, number: int) -> str:
        user = base64.b64encode(f"User:{number}:AbCd".encode()).decode()
        body = {"user_id": user, "role": {"type": "PREDEFINED", "name": "MEMBER"}}
        async with self._session.post(f"/v2/spaces/{space}/users", json=body) as response:
            assert response.status == 200, await response.text()
        return user

    @staticmethod
    def _examples() -> list[dict[str, Any]]:
        return [{"question": f"q{number}", "number": number} for number in range(3)]

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._session.get(path) as response:
            return await response.json()

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        async with self._session.post(path, json=body) as response:
            assert response.status == 201, await response.text()
            return await response.json()


def settings(found: dict[str, list[str]]) -> str:
    """Return the configuration with its dictionaries."""
    dictionaries = (f"[dictionaries.{name}]\nvalues = {json.dumps(values)}" for name, values in found.items())
    return "\n\n".join((SETTINGS.read_text("utf-8"), *dictionaries))


async def fuzz(extent: Extent) -> Report:
    """Try everything against a server that keeps nothing."""
    async with LocalServer(":memory:") as server:
        headers = {"Authorization": f"Bearer {server.api_key}"}
        async with aiohttp.ClientSession(server.url, headers=headers, timeout=aiohttp.ClientTimeout(60)) as session:
            seeds = Seeds(session)
            await seeds.make()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "schemathesis.toml")
            await asyncio.to_thread(file.write_text, settings(seeds.found), "utf-8")
            return await _schemathesis(server, file, extent)


async def _schemathesis(server: LocalServer, file: Path, extent: Extent) -> Report:
    program = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
    arguments = [
        *("-c", program, "--config-file", str(file), "run", f"{server.url}/openapi.json"),
        *("--header", f"Authorization: Bearer {server.api_key}", "--request-timeout", "60"),
        *("--max-examples", str(extent.examples), "--phases", extent.phases, "--seed", str(extent.seed)),
        *("--generation-database", "none", "--no-color", "--warnings", "off"),
        *("--report", "json", "--report-json-path", "report.json"),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=file.parent, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    report = await asyncio.to_thread(file.with_name("report.json").read_text, "utf-8")
    rates = json.loads(report)["valid_rates"]
    accepted = {name: sum(phase["accepted"] for phase in phases.values()) for name, phases in rates.items()}
    return Report(process.returncode or 0, output.decode(), accepted)


def main() -> int:
    """Read the arguments, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=60)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    write(f"seed {options.seed}, at most {options.examples} examples an operation")
    report = asyncio.run(fuzz(Extent(options.examples, seed=options.seed)))
    write(report.text)
    never = sorted(name for name, count in report.accepted.items() if not count)
    write(f"never carried out: {', '.join(never) or 'none'}")
    return 1 if report.status or never else 0


def write(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
