"""What is measured: a number of examples, a time that each one waits, and how many wait at once."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True)  # of the standard library: this file is loaded in environments that hold a peer and no attrs
class Scenario:
    """One workload.

    Attributes:
        latency: Seconds that the task waits; it stands for a call of a model.
        blocking: The task is a synchronous function that sleeps in its thread.
    """

    letter: str
    examples: int
    concurrency: int
    latency: float
    blocking: bool = False

    @property
    def ideal(self) -> float:
        """Seconds that the waiting alone takes."""
        return self.examples * self.latency / self.concurrency

    @property
    def title(self) -> str:
        """The workload in a few words."""
        kind = "sync" if self.blocking else "async"
        return f"{self.letter}: {self.examples:,} x {self.latency * 1000:g} ms, {self.concurrency} at once, {kind}"

    @property
    def task(self) -> Callable[[Mapping[str, Any]], Any]:
        """The function that every contender calls with a row."""
        return self.block if self.blocking else self.wait

    def block(self, dataset_row: Mapping[str, Any]) -> str:
        """Answer after a wait that holds the thread."""
        time.sleep(self.latency)
        return str(dataset_row["question"])

    async def wait(self, dataset_row: Mapping[str, Any]) -> str:
        """Answer after a wait that lets others work."""
        if self.latency:
            await asyncio.sleep(self.latency)
        return str(dataset_row["question"])


def score(output: str) -> float:
    """Give every output the same score."""
    return float(bool(output))


def make_rows(count: int) -> Iterator[dict[str, str]]:
    """Yield rows of one question each."""
    return ({"question": f"question {number}"} for number in range(count))


SCENARIOS = {
    scenario.letter: scenario
    for scenario in (
        Scenario("A", examples=500, concurrency=10, latency=0.01),
        Scenario("B", examples=2_000, concurrency=200, latency=0.1),
        Scenario("C", examples=4_000, concurrency=1_000, latency=0.5),
        Scenario("D", examples=5_000, concurrency=50, latency=0),
        Scenario("E", examples=200, concurrency=20, latency=0.05, blocking=True),
    )
}
WARM_UP = Scenario("warm-up", examples=20, concurrency=10, latency=0)
