"""What is attained with providers that limit their callers in one way or another, in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scheduler.providers import Bucket, Fixed, InFlight, Log
from tests.scheduler.simulation import Callers, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scheduler.providers import Rated
    from tests.scheduler.simulation import Simulated

RATE = 10.0
PROVIDERS: dict[str, Callable[[], Rated]] = {
    "bucket of a second": lambda: Bucket(RATE, RATE),
    "bucket of ten seconds": lambda: Bucket(RATE, 10 * RATE),
    "window of a second": lambda: Fixed(RATE, 1),
    "window of ten seconds": lambda: Fixed(RATE, 10),
    "any second": lambda: Log(RATE, 1),
    "any ten seconds": lambda: Log(RATE, 10),
}
CALLERS = [
    Callers(10, 0.02, "rounded"),
    Callers(100, 0.02, "exact"),
    Callers(50, 0.5, "none"),
    Callers(200, 2, "rounded"),
]


def _name(value: object) -> str | None:
    return f"{value.number} x {value.latency} s, {value.header}" if isinstance(value, Callers) else None


@pytest.mark.parametrize("callers", CALLERS, ids=_name)
@pytest.mark.parametrize("name", PROVIDERS)
def test_nearly_all_that_a_provider_allows_is_used(name: str, callers: Callers) -> None:
    """Nine tenths at least, and of nine calls one is refused at most, once the rate is found.

    A provider that looks back over any window has no moment at which it is empty: a little less is used of it.
    """
    done = simulate(PROVIDERS[name](), callers, 120)
    assert done.rate(60, 120) >= (0.8 if name.startswith("any") else 0.9) * RATE
    assert done.refusals(60, 120) <= 0.125


@pytest.mark.parametrize(
    ("provider", "callers", "attained", "refused"),
    [
        # One call at a time, and the way to the provider takes now longer, now shorter: even calls come too early.
        (lambda: Bucket(RATE, 1), Callers(100, 0.5, "none"), 0.85, 0.1),
        (lambda: Log(1, 1), Callers(10, 0.5, "rounded"), 0.8, 0.1),
        # Who waits for whole seconds after a window of one second misses what is left of the next one.
        (lambda: Fixed(100, 1), Callers(10, 0.02, "rounded"), 0.7, 0.1),
        # Nobody can tell a window of a minute from another one until it is over.
        (lambda: Fixed(1, 60), Callers(10, 0.5, "none"), 0.8, 1.0),
        (lambda: Log(1, 60), Callers(10, 0.5, "none"), 0.8, 1.0),
    ],
    ids=["bucket of one", "one in any second", "rounded wait", "window of a minute", "any minute"],
)
def test_some_providers_are_used_less(
    provider: Callable[[], Rated], callers: Callers, attained: float, refused: float
) -> None:
    """Where the reason is in the provider, not much less."""
    made, seconds = provider(), 360 if callers.header == "none" else 120
    done = simulate(made, callers, seconds)
    assert done.rate(seconds / 3, seconds) >= attained * made.rate
    assert done.refusals(seconds / 3, seconds) <= refused


@pytest.mark.parametrize("factor", [2.0, 0.5])
@pytest.mark.parametrize("name", ["bucket of a second", "window of a second", "any second"])
@pytest.mark.parametrize("callers", CALLERS[1:3], ids=_name)
def test_a_provider_that_changes_its_rate_is_followed(name: str, factor: float, callers: Callers) -> None:
    """Twice or half of it is attained ten seconds later."""
    provider = PROVIDERS[name]()
    done = simulate(provider, callers, 80, lambda _: provider.change(factor))
    assert done.rate(50, 80) >= 0.85 * factor * RATE
    assert done.refusals(50, 80) <= 0.15


@pytest.mark.parametrize(
    ("calls", "callers"),
    [
        (8, Callers(16, 0.5, "rounded")),
        (8, Callers(100, 0.5, "none")),
        (8, Callers(200, 2, "rounded")),
        (50, Callers(200, 2, "rounded")),
    ],
)
def test_a_provider_that_counts_calls_in_flight_is_filled(calls: int, callers: Callers) -> None:
    """Nine tenths of its places are taken, and one call of fifteen is refused."""
    done = simulate(InFlight(calls), callers, 240)
    assert done.rate(120, 240) >= 0.9 * calls / callers.latency
    assert done.refusals(120, 240) <= 1 / 15
    assert done.limiter.in_flight is not None
    assert 0.8 * calls <= done.limiter.in_flight <= 1.2 * calls + 1


def test_a_provider_of_one_place_is_used_all_the_same() -> None:
    """Six tenths at least: it takes long to see from a call a second that it is not a rate."""
    done = simulate(InFlight(1), Callers(20, 0.5, "rounded"), 240)
    assert done.rate(120, 240) >= 0.6 / 0.5
    assert done.refusals(120, 240) <= 0.2


@pytest.mark.parametrize("factor", [2.0, 0.5])
@pytest.mark.parametrize("what", ["places", "latency"])
def test_calls_in_flight_follow_the_provider(what: str, factor: float) -> None:
    """Within fifteen seconds they are twice or half as many, or take twice or half as long."""
    provider, callers = InFlight(8), Callers(100, 0.5, "rounded")
    rate = 16 * (factor if what == "places" else 1 / factor)

    def change(done: Simulated) -> None:
        if what == "places":
            provider.change(factor)
        else:
            done.latency = factor

    done = simulate(provider, callers, 160, change)
    assert done.rate(95, 160) >= 0.85 * rate
    assert done.refusals(95, 160) <= 0.1
