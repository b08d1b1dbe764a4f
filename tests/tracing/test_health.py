"""When a collector counts as dead."""

from __future__ import annotations

import math

import pytest

from arize_async.tracing.health import BUSY_SECONDS, LATE_SECONDS, SILENT_SECONDS, Answer, Health


class Clock:
    """Tells the time that it is set to."""

    now = 0.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    """A collector of which nothing is known."""
    return Health(clock)


def ask(health: Health, answer: Answer) -> None:
    """Offer something and meet an answer."""
    health.prepare()
    health.begin()
    health.met(answer)


def test_a_collector_that_nobody_asks_is_alive(health: Health, clock: Clock) -> None:
    """However long that takes."""
    clock.now = 1e6
    assert (health.is_dead, health.patience) == (False, math.inf)


def test_one_that_was_never_there_is_dead_at_once(health: Health) -> None:
    """Nobody listens at its port; the next try does not make it alive before it is taken."""
    ask(health, "absent")
    assert health.is_dead
    health.prepare()
    health.begin()
    assert health.is_dead
    health.met("taken")
    assert not health.is_dead


@pytest.mark.parametrize("answer", ["silence", "busy"])
def test_one_that_never_took_anything_has_five_seconds(health: Health, clock: Clock, answer: Answer) -> None:
    """They begin with the first request, whether that is answered or not."""
    health.begin()
    assert health.patience == SILENT_SECONDS
    clock.now = 3.0
    health.met(answer)
    assert health.patience == SILENT_SECONDS - 3
    clock.now = SILENT_SECONDS
    assert health.is_dead


@pytest.mark.parametrize(
    ("answer", "seconds"), [("absent", SILENT_SECONDS), ("silence", LATE_SECONDS), ("busy", BUSY_SECONDS)]
)
def test_one_that_was_there_is_given_time(health: Health, clock: Clock, answer: Answer, seconds: float) -> None:
    """It is waited for while it restarts, and longer when it asks for patience."""
    ask(health, "taken")
    clock.now = 100.0
    health.begin()
    assert health.patience == math.inf
    health.met(answer)
    assert health.patience == seconds
    clock.now += seconds
    assert health.is_dead
    assert repr(health) == "<Health dead>"
