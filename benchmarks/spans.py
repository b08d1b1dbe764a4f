"""Measure what spans cost a run, and whether they arrive: ``python benchmarks/spans.py``.

Each example is one call of the real openai client, which its instrumentor traces, and two evaluations. The spans go to
the embedded server, whose store is counted, to a collector that takes 50 ms a batch, and to four that take nothing.
They take turns; printed are medians, and their ratio to the runs with the embedded server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import duckdb
import openai

from arize_async import ArizeClient
from servers import running_server

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

STORED = """
    WITH found AS (SELECT spans.*, projects.name AS project FROM spans JOIN projects ON owner_no = projects.no)
    SELECT project,
        count(*) FILTER (name LIKE 'Task: %'), count(*) FILTER (name LIKE 'Evaluation: %'),
        count(*) FILTER (EXISTS (SELECT 1 FROM found AS above WHERE above.span_id = found.parent_id
            AND above.trace_id = found.trace_id AND above.project = found.project AND above.name LIKE 'Task: %')),
        sum(CAST(json_extract_string(attributes, '$."llm.token_count.total"') AS BIGINT))
    FROM found GROUP BY project ORDER BY project
"""


def short(output: str) -> float:
    """Score the length."""
    return 1 / (1 + len(output))


def right(output: str) -> float:
    """Score the answer."""
    return float(output == "four")


class Measured:
    """Runs with one collector after another."""

    def __init__(self, options: Mapping[str, Any], others: Mapping[str, Any], examples: int, concurrency: int) -> None:
        """Take the embedded server's options, and where everybody else listens."""
        self._options, self._others = options, others
        self._examples, self._concurrency = examples, concurrency
        self.seconds: dict[str, list[float]] = {}
        self.lost: dict[str, int] = {}
        self.tokens: list[int] = []
        self.late = 0

    async def run(self, name: str, number: int) -> None:
        """Run one experiment on a data set, and so with a project, of its own."""
        ports = self._others["collectors"]
        options = {**self._options, **({"otlp_port": ports[name]} if name in ports else {})}
        rows = [{"number": number} for number in range(self._examples)]
        url = self._others["model"]
        async with (
            ArizeClient(**options) as client,
            openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0) as llm,
        ):

            async def ask(dataset_row: Mapping[str, Any]) -> str:
                message: Any = {"role": "user", "content": f"question {dataset_row['number']}"}
                answer = await llm.chat.completions.create(model="m", messages=[message])
                return answer.choices[0].message.content or ""

            made = await client.datasets.create(name=f"{name} {number}", space="default", examples=rows)
            began = time.perf_counter()
            result = await client.experiments.run(
                name="e",
                dataset=made.id,
                task=ask,
                evaluators=[short, right],
                concurrency=self._concurrency,
                progress=False,
            )
            self.seconds.setdefault(name, []).append(time.perf_counter() - began)
        async with aiohttp.ClientSession() as session, session.get(f"{url}/counts") as answer:
            counts = await answer.json()
        summary = result.summary
        self.lost[name] = self.lost.get(name, 0) + summary.lost_spans
        if name == "server":
            self.tokens.append(counts["tokens"])
        if name == "slow":
            self.late += counts["spans"]


@contextmanager
def counterparts(latency: float) -> Generator[dict[str, Any]]:
    """Start the model and the collectors in a process of their own and yield where they listen."""
    command = [sys.executable, str(Path(__file__).with_name("counterparts.py")), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("the counterparts have no output")
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate(timeout=30)


def stored(folder: str) -> list[tuple[str, int, int, int, int]]:
    """Return what the embedded server has of each project: tasks, evaluations, calls below tasks, their tokens."""
    (path,) = Path(folder).glob("*.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(STORED).fetchall()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure what spans cost, and whether they arrive.")
    parser.add_argument("--examples", type=int, default=1000, help="how many of them each run has")
    parser.add_argument("--concurrency", type=int, default=100, help="how many tasks at once")
    parser.add_argument("--latency", type=float, default=0.5, help="seconds that the model takes")
    parser.add_argument("--repetitions", type=int, default=3, help="runs with each collector")
    parser.add_argument("--only", nargs="*", default=["slow", "dead", "silent", "429", "503"], help="collectors")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with running_server(folder) as options, counterparts(arguments.latency) as others:
            measured = Measured(options, others, arguments.examples, arguments.concurrency)
            for number in range(arguments.repetitions + 1):  # the first loads what there is to load
                for name in ["server", *arguments.only]:
                    asyncio.run(measured.run(name, number))
        projects = stored(folder)
    middle = statistics.median(measured.seconds["server"][1:])
    print(f"{'collector':<10}{'seconds':>10}{'ratio':>8}{'lost':>8}")
    for name, seconds in measured.seconds.items():
        ours = statistics.median(seconds[1:])
        print(f"{name:<10}{ours:>10.2f}{ours / middle:>8.3f}{measured.lost[name]:>8}")
    print(f"slow took {measured.late} spans of {4 * arguments.examples * (arguments.repetitions + 1)}")
    for (name, tasks, evaluations, calls, tokens), told in zip(projects, measured.tokens, strict=True):
        print(f"{name}: {tasks} tasks, {evaluations} evaluations, {calls} calls, {tokens} tokens of {told}")


if __name__ == "__main__":
    main()
