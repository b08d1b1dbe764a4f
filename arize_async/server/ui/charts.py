"""Geometry of the plots; templates draw it as SVG, so that no style has to be written into a page."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl
from attrs import frozen

_BINS = 24
_FEW = 8
"""Up to so many different values get a bar each."""


@frozen
class Bar:
    """A bar of a histogram; places and sizes are in percent of the plot.

    Attributes:
        low: Where its values begin; for a bar of one value that value.
        high: Where they end.
    """

    x: float
    width: float
    height: float
    count: int
    low: float
    high: float


@frozen
class Histogram:
    """How numbers are spread.

    Attributes:
        name: Of what.
        bars: From small to large.
        mean: Of all numbers.
        mean_x: Where the mean stands, in percent.
        count: How many numbers.
        missing: How many rows have none.
        is_logarithmic: Whether each bar is as many times wider as the one before it.
    """

    name: str
    bars: Sequence[Bar]
    mean: float
    mean_x: float
    count: int
    missing: int
    is_logarithmic: bool = False

    @property
    def low(self) -> float:
        """The smallest number."""
        return self.bars[0].low

    @property
    def high(self) -> float:
        """The largest number."""
        return self.bars[-1].high


def histogram(name: str, values: pl.Series) -> Histogram | None:
    """Count numbers; None when there are none."""
    numbers = values.cast(pl.Float64).drop_nulls()
    numbers = numbers.filter(numbers.is_finite())
    mean = numbers.mean()
    if not isinstance(mean, float):
        return None
    missing = len(values) - len(numbers)
    different = numbers.value_counts().sort(numbers.name) if numbers.n_unique() <= _FEW else None
    if different is not None:
        return _by_value(name, different.rows(), mean, missing)
    return _by_bin(name, numbers, mean, missing)


def _by_value(name: str, counted: Sequence[tuple[float, int]], mean: float, missing: int) -> Histogram:
    low, high = counted[0][0], counted[-1][0]
    most, slot = max(count for _, count in counted), 100 / len(counted)
    bars = [
        Bar(place * slot + slot * 0.1, slot * 0.8, 100 * count / most, count, value, value)
        for place, (value, count) in enumerate(counted)
    ]
    # between the middles of the first and the last bar
    share = (mean - low) / (high - low) if high > low else 0.5
    centre = slot / 2 + share * (100 - slot) if high > low else 50.0
    return Histogram(name, bars, mean, centre, sum(count for _, count in counted), missing)


def _by_bin(name: str, numbers: pl.Series, mean: float, missing: int) -> Histogram:
    low, median, high = (float(numbers.quantile(share) or 0) for share in (0.0, 0.5, 1.0))
    # a long tail, as latencies have it, would press everything else into the first bar
    is_logarithmic = low > 0 and high > 8 * median
    scaled, mean_place = (numbers.log(), math.log(mean)) if is_logarithmic else (numbers, mean)
    start, end = (math.log(low), math.log(high)) if is_logarithmic else (low, high)
    width = (end - start) / _BINS
    places = ((scaled - start) / width).floor().clip(0, _BINS - 1).cast(pl.Int32).alias("place")
    counts = dict(places.value_counts().iter_rows())
    most = max(counts.values())
    edges = [start + width * place for place in range(_BINS)] + [end]
    edges = [math.exp(edge) for edge in edges] if is_logarithmic else edges
    slot = 100 / _BINS
    bars = [
        Bar(
            place * slot,
            slot * 0.9,
            100 * counts.get(place, 0) / most,
            counts.get(place, 0),
            edges[place],
            edges[place + 1],
        )
        for place in range(_BINS)
    ]
    return Histogram(
        name, bars, mean, 100 * (mean_place - start) / (end - start), len(numbers), missing, is_logarithmic
    )
