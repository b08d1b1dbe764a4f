"""Draw the progress bars of the README: ``python docs/pictures.py``.

A run against a simulated provider, which refuses calls that come too fast, is
stopped in time for the picture: what the bars show at that moment is drawn.
"""

from __future__ import annotations

import asyncio
import io
import random
import re
import time
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from arize_async import ArizeClient
from arize_async.experiments.types import Event, RunEvaluated
from arize_async.runs.bars import Bars

TARGET = Path(__file__).parent / "_static" / "progress.svg"
EXAMPLES, SHOWN, WIDTH = 3000, 1900, 112
RATE, BURST = 300.0, 60
# Fonts from elsewhere are not loaded in pictures.
FORMAT = re.sub(
    r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL
)


class TooManyRequests(Exception):
    """What a client library raises for the status 429."""

    status = 429


class Provider:
    """Answers some hundred calls a second, and refuses those beyond."""

    def __init__(self) -> None:
        """Begin with a full bucket."""
        self._chance = random.Random(7)  # noqa: S311 - latencies are no secret
        self._tokens = float(BURST)
        self._at = time.monotonic()

    async def answer(self, dataset_row: dict[str, int]) -> str:
        """Wait as long as a short answer takes; fail now and then."""
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._at) * RATE)
        self._at = now
        if self._tokens < 1:
            raise TooManyRequests
        self._tokens -= 1
        await asyncio.sleep(self._chance.uniform(0.1, 0.6))
        if dataset_row["n"] % 250 == 0:
            raise ValueError("the answer has no number in it")
        return str(dataset_row["n"])


class Photographer:
    """Draws bars, and keeps what they show after so many evaluations."""

    def __init__(self) -> None:
        """Draw into a console that nobody sees."""
        self._bars = Bars(Console(file=io.StringIO(), width=WIDTH))
        self._evaluated = 0
        self.console = Console(record=True, file=io.StringIO(), width=WIDTH)

    def notify(self, event: Event) -> None:
        """Pass the event on; take the picture when the time has come."""
        self._bars.notify(event)
        self._evaluated += isinstance(event, RunEvaluated)
        if isinstance(event, RunEvaluated) and self._evaluated == SHOWN:
            self._bars._draw()  # noqa: SLF001 - the counts of this moment
            self.console.print(self._bars._progress)  # noqa: SLF001 - as it is


def is_even(output: str) -> bool:
    """Score an output."""
    return int(output) % 2 == 0


async def main() -> None:
    """Run, and save the picture."""
    photographer = Photographer()
    async with ArizeClient.local(":memory:") as client:
        dataset = await client.datasets.create(
            name="numbers",
            space="default",
            examples=[{"n": n} for n in range(EXAMPLES)],
        )
        await client.experiments.run(
            name="prompt v2",
            dataset=dataset.id,
            task=Provider().answer,
            evaluators=[is_even],
            concurrency=200,
            progress=photographer,
        )
    svg = photographer.console.export_svg(
        title="python evaluate.py", code_format=FORMAT
    )
    TARGET.write_text(re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE), "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
