"""Simulate experiments whose truth is known: how often intervals hold it, and how often tests find what is not there.

The first table has the share of 95 % intervals that hold the true difference of two experiments, or the true mean of
one. The second has the share of families of tests (four evaluators, three candidates, no difference in any) in which
one is below 5 % after the correction. Each share has its Monte Carlo error.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import asdict, frozen

from arize_async.results.statistics.bootstrap import distances
from arize_async.results.statistics.holm import holm
from arize_async.results.statistics.intervals import UNIT, interval_of_mean, reaching
from arize_async.results.statistics.paired import Pairs, interval, resampled_p_value, test
from simulate_scores import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulate_scores import Numbers

    Repetitions = tuple[int, int]

LEVEL = 0.05
CONFIDENCE = 0.95
EVALUATORS, CANDIDATES = 4, 3
BATCH = 250
REPETITIONS: dict[str, Repetitions] = {"1": (1, 1), "3": (3, 3), "1 and 3": (1, 3)}
"""How often each example is run before and after."""


@frozen
class Cell:
    """How often something was met in a number of samples."""

    what: str
    kind: str
    repetitions: str
    examples: int
    samples: int
    met: int

    def __str__(self) -> str:
        """Return the share and its Monte Carlo error, in percent."""
        share = self.met / self.samples
        error = (share * (1 - share) / self.samples) ** 0.5
        return f"{100 * share:.1f} ± {100 * error:.1f}"


def covered(kind: Kind, repetitions: Repetitions, n: int, random: np.random.Generator, seed: int) -> int:
    """Return how many intervals of one batch hold the true difference."""
    examples = random.standard_normal((BATCH, n))
    before, after = (
        scores.draw(random, examples, count)
        for scores, count in zip((kind.before, kind.after), repetitions, strict=True)
    )
    truth = kind.after.mean - kind.before.mean
    differences = np.round(after - before, 12)
    if kind.is_pass_fail and repetitions == (1, 1):
        found = [
            interval(pairs(kind, repetitions, *each), CONFIDENCE, seed) for each in zip(before, after, strict=True)
        ]
        return _hold(truth, [each[0] for each in found if each])
    limits = (-1.0, 1.0) if kind.has_limits else None

    def alone(place: int) -> tuple[float, float] | None:
        each = interval(pairs(kind, repetitions, before[place], after[place]), CONFIDENCE, seed)
        return each[0] if each else None

    return _hold(truth, _bootstrapped(differences, limits, seed, alone))


def covered_alone(kind: Kind, repetitions: Repetitions, n: int, random: np.random.Generator, seed: int) -> int:
    """Return how many intervals of the mean of one experiment in a batch hold the true mean."""
    count = repetitions[0]
    values = kind.before.draw(random, random.standard_normal((BATCH, n)), count)
    is_pass_fail, truth = kind.is_pass_fail and count == 1, kind.before.mean

    def alone(place: int) -> tuple[float, float]:
        span = UNIT if kind.has_limits else (0.0, float(values[place].max()))
        return interval_of_mean(values[place], is_pass_fail=is_pass_fail, span=span, confidence=CONFIDENCE, seed=seed)[
            0
        ]

    if is_pass_fail:
        return _hold(truth, [alone(place) for place in range(BATCH)])
    return _hold(truth, _bootstrapped(values, UNIT if kind.has_limits else None, seed, alone))


def found(kind: Kind, repetitions: Repetitions, n: int, random: np.random.Generator, seed: int) -> int:
    """Return how many families of a batch have a corrected p-value below 5 %, with the same scores on all sides."""
    families = np.empty((BATCH, EVALUATORS * CANDIDATES))
    examples = random.standard_normal((BATCH, n))
    for evaluator in range(EVALUATORS):
        before = kind.before.draw(random, examples, repetitions[0])
        for candidate in range(CANDIDATES):
            after = kind.before.draw(random, examples, repetitions[1])
            families[:, evaluator * CANDIDATES + candidate] = _p_values(kind, repetitions, before, after, seed)
    return sum(min(holm(family)) < LEVEL for family in families.tolist())


def pairs(kind: Kind, repetitions: Repetitions, before: Numbers, after: Numbers) -> Pairs:
    """Return the pairs of one sample."""
    span = UNIT if kind.has_limits else (0.0, float(max(before.max(), after.max())))
    counts, is_balanced = tuple(sorted(set(repetitions))), repetitions[0] == repetitions[1]
    return Pairs(before, after, np.round(after - before, 12), counts, kind.is_pass_fail, span, is_balanced)


def _bootstrapped(
    values: Numbers,
    limits: tuple[float, float] | None,
    seed: int,
    alone: Callable[[int], tuple[float, float] | None],
) -> list[tuple[float, float]]:
    """Return the intervals of all samples, resampled together; those in which nothing varies are made alone."""
    varies = np.ptp(values, axis=1) > 0
    away = iter(distances(values[varies], seed))
    some = [reaching(each, next(away), CONFIDENCE, limits)[0] for each in values[varies]]
    first = alone(int(np.argmax(varies)))
    assert first is not None
    assert np.allclose(first, some[0]), "together they are what each is alone"
    return some + [each for place in np.flatnonzero(~varies) if (each := alone(int(place)))]


def _p_values(kind: Kind, repetitions: Repetitions, before: Numbers, after: Numbers, seed: int) -> Sequence[float]:
    samples = [pairs(kind, repetitions, *each) for each in zip(before, after, strict=True)]
    differences = np.array([sample.differences for sample in samples])
    if samples[0].is_balanced or not np.ptp(differences, axis=1).all():
        return [test(sample, seed)[0] for sample in samples]
    return [resampled_p_value(*each) for each in zip(differences, distances(differences, seed), strict=True)]


def _hold(truth: float, limits: Iterable[tuple[float, float]]) -> int:
    return sum(low - 1e-12 <= truth <= high + 1e-12 for low, high in limits)


PARTS = {"difference": covered, "mean": covered_alone, "found": found}


def simulate(what: str, kind: str, repetitions: str, examples: int, samples: int) -> Cell:
    """Draw samples and count; the same arguments give the same count."""
    random = np.random.default_rng([list(KINDS).index(kind), list(REPETITIONS).index(repetitions), examples])
    batches = -(-samples // BATCH)
    met = sum(PARTS[what](KINDS[kind], REPETITIONS[repetitions], examples, random, seed) for seed in range(batches))
    return Cell(what, kind, repetitions, examples, batches * BATCH, met)


def main() -> None:
    """Read the arguments, simulate, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=4000, help="of each cell (default: %(default)s)")
    parser.add_argument("--families", type=int, default=1000, help="of each cell of tests (default: %(default)s)")
    parser.add_argument("--examples", type=int, nargs="+", default=[20, 50, 100, 300], help="in a sample")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), metavar="KIND", help="of scores; all by default")
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS), help="all by default")
    parser.add_argument("--json", type=Path, help="write the cells to this file as well")
    options = parser.parse_args()
    cells: list[Cell] = []
    for what in options.parts:
        heads = [f"{examples:,} examples" for examples in options.examples]
        print(f"\n| {what} | repetitions | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 2)}")
        for kind in options.kinds:
            for repetitions in REPETITIONS:
                if what == "mean" and repetitions == "1 and 3":
                    continue
                samples = options.families if what == "found" else options.samples
                row = [simulate(what, kind, repetitions, examples, samples) for examples in options.examples]
                cells += row
                print(f"| {kind} | {repetitions} | {' | '.join(map(str, row))} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(cell) for cell in cells]), "utf-8")


if __name__ == "__main__":
    main()
