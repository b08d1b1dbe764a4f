"""A plot of the table: how many times the wall time of bare asyncio with OpenTelemetry each contender takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygal  # pyright: ignore[reportMissingTypeStubs]
from pygal.style import Style  # pyright: ignore[reportMissingTypeStubs]

from lineup import TITLES
from scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from table import Line

STEPS = (1, 2, 5, 10, 20, 50, 100, 200)
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")  # told apart by colour-blind readers, too


def draw(lines: Sequence[Line], path: Path) -> None:
    """Write an SVG file with a row for each contender and a bar for each scenario, on a logarithmic scale.

    Only what is slower than the reference has a bar.
    """
    names = [name for name in TITLES if name != "bare" and any(line.contender == name for line in lines)]
    ratios = {(line.contender, line.scenario): line.to_traced for line in lines}
    most = max([2.0, *(ratio for ratio in ratios.values() if ratio)])
    chart = pygal.HorizontalBar(
        title="Wall time / bare asyncio with OpenTelemetry (logarithmic, shorter is better)",
        style=Style(
            background="white", plot_background="white", font_family="sans-serif", title_font_size=15, colors=COLORS
        ),
        logarithmic=True,
        range=(1, most),
        x_labels=[TITLES[name] for name in reversed(names)],
        y_labels=[step for step in STEPS if step <= most],
        legend_at_bottom=True,
        legend_at_bottom_columns=1,
        height=120 + 55 * len(names),
        js=[],  # a picture that loads nothing
        disable_xml_declaration=True,
    )
    for scenario in SCENARIOS.values():
        if any(line.scenario == scenario.letter for line in lines):
            values = [ratios.get((name, scenario.letter)) for name in reversed(names)]
            chart.add(scenario.title, [value and max(value, 1.0) for value in values], formatter=lambda x: f"{x:.2f}")
    chart.render_to_file(str(path))
