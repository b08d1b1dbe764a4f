"""The studentised bootstrap of a mean: how far means of resampled examples lie from it, in standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RESAMPLES = 2_000
FEW_VALUES = 64
"""Up to so many different values their counts are drawn, which takes no longer for a million examples."""
_CELLS = 2_000_000
"""Draws that are in memory at once."""


def distances(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return how many of its own standard errors the mean of each resample is away from the mean of the values.

    Args:
        values: One for each example; shape ``(n,)``, at least two different ones.
        seed: Of the random numbers; the same seed gives the same distances.

    Returns:
        Without sign, shape ``(RESAMPLES,)``; infinite for resamples in which nothing varies.
    """
    n, mean = len(values), values.mean()
    parts = [_moments(values - mean, size, generator) for generator, size in _portions(values, seed)]
    means = np.concatenate([part[0] for part in parts])
    variances = np.concatenate([part[1] for part in parts])
    errors = np.sqrt(np.maximum(variances, 0.0) / (n - 1))
    noise = 1e-9 * float(np.abs(values - mean).max())
    varies = errors > noise / n**0.5
    found = np.full(len(means), np.inf)
    np.divide(np.abs(means), errors, out=found, where=varies)
    return found


def _portions(values: NDArray[np.float64], seed: int) -> Iterator[tuple[np.random.Generator, int]]:
    generator = np.random.default_rng(seed)
    size = max(1, min(RESAMPLES, _CELLS // len(values)))
    for start in range(0, RESAMPLES, size):
        yield generator, min(size, RESAMPLES - start)


def _moments(
    centred: NDArray[np.float64], size: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance of each of ``size`` resamples."""
    n = len(centred)
    different, counts = np.unique(centred, return_counts=True)
    if len(different) <= FEW_VALUES:
        drawn = generator.multinomial(n, counts / n, size=size)
        means = drawn @ different / n
        return means, drawn @ (different * different) / n - means * means
    resampled = centred[generator.integers(0, n, (size, n), dtype=np.int32)]
    return resampled.mean(axis=1), resampled.var(axis=1)
