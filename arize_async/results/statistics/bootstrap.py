"""The studentised bootstrap of a mean: how far means of resampled examples lie from it, in standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MANY = 2_000
"""Examples beyond which only values of few sizes are resampled: means of others are normal for all that matters."""
FEW_VALUES = 64
"""Up to so many different values their counts are drawn, which takes no longer for a million examples."""
_RESAMPLES = (2_000, 5_000)
"""Fewest and most; the more examples, the fewer."""
_DRAWS = 1_000_000
"""Draws that are made in all, unless that gives too few or too many resamples, and that are in memory at once."""
_NOISE = 1e-7
"""Smallest spread of a resample, in parts of the largest deviation, that is not made of rounding."""


def distances(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return how many of its own standard errors the mean of each resample is away from the mean of the values.

    Args:
        values: One for each example, of one sample or of many; shape ``(..., n)``, in each at least two different
            ones. Beyond ``MANY`` examples, of one sample with few values.
        seed: Of the random numbers; the same seed draws the same examples.

    Returns:
        Signed; shape ``(..., resamples)``, with 2,000 to 5,000 of them. Infinite where nothing varies in a resample.
    """
    n = values.shape[-1]
    centred = values - values.mean(axis=-1, keepdims=True)
    largest = np.abs(centred).max(axis=-1, keepdims=True)
    scaled, shares = centred / largest, np.full(n, 1 / n)
    if n > MANY:
        scaled, counts = np.unique(scaled, return_counts=True)
        shares = counts / n
    parts = [(scaled @ drawn.T / n, scaled * scaled @ drawn.T / n) for drawn in _counts(n, shares, seed)]
    means = np.concatenate([mean for mean, _ in parts], axis=-1)
    spreads = np.sqrt(np.maximum(np.concatenate([square for _, square in parts], axis=-1) - means * means, 0.0))
    found = np.copysign(np.inf, means)
    np.divide(means * (n - 1) ** 0.5, spreads, out=found, where=spreads > _NOISE)
    return found


def _counts(n: int, shares: NDArray[np.float64], seed: int) -> Iterator[NDArray[np.float64]]:
    """Yield how often each value is in each resample, some resamples at a time."""
    generator, (fewest, most) = np.random.default_rng(seed), _RESAMPLES
    wanted, size = min(max(_DRAWS // n, fewest), most), max(1, _DRAWS // len(shares))
    for start in range(0, wanted, size):
        some = min(size, wanted - start)
        if len(shares) < n:
            yield generator.multinomial(n, shares, size=some).astype(np.float64)
            continue
        places = generator.integers(0, n, (some, n)) + n * np.arange(some)[:, np.newaxis]
        yield np.bincount(places.ravel(), minlength=some * n).reshape(some, n).astype(np.float64)
