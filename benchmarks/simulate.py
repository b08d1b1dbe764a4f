"""Simulate experiments whose truth is known: how often intervals hold it, and how often tests find what is not there.

Every row is one kind of scores: ``covered`` is the share of 95 % intervals that hold the true difference, ``found`` the
share of families (three evaluators, two candidates, no difference in any) in which the corrected tests find one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import asdict, frozen
from scipy import special

from arize_async.results.statistics.holm import holm
from arize_async.results.statistics.paired import Pairs, interval, test

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Draw = Callable[[np.random.Generator, Numbers, int, int], Numbers]

FAMILY = 6
LEVEL = 0.05
CONFIDENCE = 0.95


def pass_fail(*chances: float) -> Draw:
    """Return scores of 0 and 1: how likely a pass is on either side, on an example of middle difficulty."""

    def draw(random: np.random.Generator, difficulty: Numbers, repetitions: int, side: int) -> Numbers:
        chance = special.expit(special.logit(chances[side]) - 1.5 * difficulty)
        return random.binomial(repetitions, chance) / repetitions

    return draw


def graded(random: np.random.Generator, difficulty: Numbers, repetitions: int, side: int) -> Numbers:
    """Return grades from 0 to 1 that are mostly near 1, on the new side more so."""
    return random.beta((1.8, 1.9)[side], (0.2, 0.1)[side], (repetitions, len(difficulty))).mean(axis=0)


def mostly_zero(random: np.random.Generator, difficulty: Numbers, repetitions: int, side: int) -> Numbers:
    """Return scores that are 0 in nine or eight of ten runs and far above it in the others."""
    hits = random.random((repetitions, len(difficulty))) < (0.1, 0.2)[side]
    return (hits * random.exponential(1, hits.shape)).mean(axis=0)


def heavy(random: np.random.Generator, difficulty: Numbers, repetitions: int, side: int) -> Numbers:
    """Return scores without a bound, some of them very high."""
    noise = random.normal(0, 1, (repetitions, len(difficulty)))
    return np.exp((0.0, 0.3)[side] + 0.5 * difficulty + noise).mean(axis=0)


KINDS: dict[str, Draw] = {
    "pass/fail, 35 to 56 %": pass_fail(0.35, 0.56),
    "pass/fail, 90 to 95 %": pass_fail(0.9, 0.95),
    "grades near 1": graded,
    "mostly 0": mostly_zero,
    "heavy tail": heavy,
}


@frozen
class Row:
    """One kind of scores, and what was found."""

    kind: str
    repetitions: int
    examples: int
    covered: float
    found: float


def simulate(kind: str, repetitions: int, examples: int, samples: int) -> Row:
    """Draw samples and count."""
    random = np.random.default_rng([list(KINDS).index(kind), repetitions, examples])
    truth = sum(_pairs(random, kind, 100_000, repetitions).differences.mean() for _ in range(40)) / 40
    covered = 0
    for sample in range(samples):
        found = interval(_pairs(random, kind, examples, repetitions), CONFIDENCE, sample)
        covered += found is not None and found[0][0] <= truth <= found[0][1]
    families = [
        holm([test(_pairs(random, kind, examples, repetitions, same=True))[0] for _ in range(FAMILY)])
        for _ in range(samples // 2)
    ]
    wrong = sum(min(family) < LEVEL for family in families)
    return Row(kind, repetitions, examples, covered / samples, wrong / len(families))


def _pairs(random: np.random.Generator, kind: str, n: int, repetitions: int, *, same: bool = False) -> Pairs:
    difficulty = random.normal(size=n)
    before, after = (KINDS[kind](random, difficulty, repetitions, side) for side in (0, 0 if same else 1))
    span = (0.0, max(1.0, float(before.max()), float(after.max())))
    is_pass_fail = kind.startswith("pass")
    return Pairs(before, after, np.round(after - before, 12), (repetitions,), is_pass_fail, span)


def main() -> None:
    """Read the arguments, simulate, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--samples", type=int, default=4000, help="of each row, half as many families (default: %(default)s)"
    )
    parser.add_argument("--examples", type=int, nargs="+", default=[50, 200], help="in a sample")
    parser.add_argument("--json", type=Path, help="write the rows to this file as well")
    options = parser.parse_args()
    print("| scores | repetitions | examples | covered | found |\n|---|---|---|---|---|")
    rows: list[Row] = []
    for kind in KINDS:
        for repetitions in (1, 3):
            for examples in options.examples:
                row = simulate(kind, repetitions, examples, options.samples)
                rows.append(row)
                shares = f"{100 * row.covered:.1f} % | {100 * row.found:.1f} %"
                print(f"| {kind} | {repetitions} | {examples:,} | {shares} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows]), "utf-8")


if __name__ == "__main__":
    main()
