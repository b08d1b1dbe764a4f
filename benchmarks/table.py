"""The figures of one contender in one scenario, printed and written down."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from attrs import frozen

from lineup import TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineup import Measurement
    from scenarios import Scenario


@frozen
class Line:
    """What a contender took, as medians of its turns.

    Attributes:
        spread: The least and the most seconds: the noise of the machine.
        to_ideal: Ratio to the time that the tasks only wait; None when they do not wait.
        to_traced: Ratio to bare asyncio with OpenTelemetry, each turn with the same turn; None without that one.
        overhead: Microseconds an example beyond waiting.
        own: Microseconds of the processor an example, in the contender's process.
    """

    contender: str
    version: str
    scenario: str
    turns: int
    seconds: float
    spread: tuple[float, float]
    to_ideal: float | None
    to_traced: float | None
    overhead: float
    own: float

    @classmethod
    def of(
        cls,
        contender: str,
        version: str,
        scenario: Scenario,
        taken: Mapping[int, Measurement],
        traced: Mapping[int, Measurement],
    ) -> Line:
        """Work out a line from measurements by turn."""
        seconds = [each.seconds for each in taken.values()]
        middle = statistics.median(seconds)
        ratios = [each.seconds / traced[turn].seconds for turn, each in taken.items() if turn in traced]
        return cls(
            contender=contender,
            version=version,
            scenario=scenario.letter,
            turns=len(seconds),
            seconds=middle,
            spread=(min(seconds), max(seconds)),
            to_ideal=middle / scenario.ideal if scenario.ideal else None,
            to_traced=statistics.median(ratios) if ratios else None,
            overhead=(middle - scenario.ideal) / scenario.examples * 1e6,
            own=statistics.median(each.own for each in taken.values()) / scenario.examples * 1e6,
        )


def print_head(scenario: Scenario) -> None:
    """Print what the columns are."""
    print(f"\n{scenario.title}; ideal {scenario.ideal:.2f} s")
    columns = f"{'seconds':>9}{'min..max':>16}{'/ ideal':>9}{'/ traced':>9}{'us/example':>12}{'own CPU us':>12}"
    print(f"{'':<34}{columns}", flush=True)


def print_line(line: Line) -> None:
    """Print the figures."""
    name = f"{TITLES[line.contender]} {line.version}"
    low, high = line.spread
    spread = f"{low:.2f}..{high:.2f}" if line.turns > 1 else "once"
    ratios = f"{_ratio(line.to_ideal)}{_ratio(line.to_traced)}"
    print(f"{name:<34}{line.seconds:>9.2f}{spread:>16}{ratios}{line.overhead:>12,.0f}{line.own:>12,.0f}", flush=True)


def _ratio(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:>9.2f}"
