"""Calls that are repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

from arize_async.config import RetryPolicy
from arize_async.executors.call import Outcome
from arize_async.scheduler.attempts import Attempts, Timing
from arize_async.scheduler.limiter import Limiter

if TYPE_CHECKING:
    from arize_async.models.finished import Attempt


@define
class World:
    """A clock, waits that pass at once, and a function that takes a second and fails as it is told."""

    errors: list[Exception | None]
    now: float = 100.0
    waits: list[float] = field(factory=list)
    told: list[tuple[str | None, float]] = field(factory=list)

    def now_ns(self) -> int:
        """Return the time in nanoseconds."""
        return int(self.now * 1e9)

    def monotonic(self) -> float:
        """Return the time in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.waits.append(seconds)
        self.now += seconds

    async def begin(self) -> Outcome[str]:
        """Take a second, and fail or not."""
        self.now += 1
        error = self.errors.pop(0)
        return Outcome(None if error else "value", error, 0, 1.0)

    def failed(self, attempt: Attempt, wait: float) -> None:
        """Note what is told."""
        self.told.append((attempt.error, wait))


def attempts(world: World, policy: RetryPolicy | None = None, limiter: Limiter | None = None) -> Attempts:
    """Return attempts that draw the longest wait."""
    timing = Timing(world.sleep, lambda _, high: high)
    return Attempts(limiter or Limiter(world, adaptive=False), world, policy, limited=True, timing=timing)


def rate_limit(**attributes: Any) -> Exception:
    """Return an error with the status 429."""
    error = RuntimeError("slow down")
    error.__dict__.update(status_code=429, **attributes)
    return error


async def test_a_success_is_one_attempt() -> None:
    """Nothing waits."""
    world = World([None])
    attempted = await attempts(world).run(world.begin, world.failed)
    assert attempted.outcome.value == "value"
    assert [(each.queued, each.seconds, each.error) for each in attempted.attempts] == [(0, 1, None)]


async def test_errors_are_not_repeated_without_a_policy() -> None:
    """The first error is the outcome."""
    world = World([ValueError("bad")])
    attempted = await attempts(world).run(world.begin, world.failed)
    assert repr(attempted.outcome.error) == "ValueError('bad')"
    assert world.told == []


async def test_a_rate_limit_is_repeated_after_the_wait_that_it_asks_for() -> None:
    """Waiting is queue time of the next attempt and not part of its duration."""
    world = World([rate_limit(retry_after=7), rate_limit(), rate_limit(), None])
    attempted = await attempts(world).run(world.begin, world.failed)
    assert attempted.outcome.value == "value"
    assert world.waits == [7, 1.0, 2.0]
    assert [(each.queued, each.seconds) for each in attempted.attempts] == [(0, 1), (7, 1), (1, 1), (2, 1)]
    assert world.told[0] == ("RuntimeError('slow down')", 7)


async def test_patience_ends_the_repetition_of_rate_limits() -> None:
    """The last error is the outcome."""
    world = World([rate_limit(retry_after=30)] * 10)
    attempted = await attempts(world, RetryPolicy(patience=100)).run(world.begin, world.failed)
    assert attempted.outcome.failed
    assert len(attempted.attempts) == 4


async def test_a_policy_repeats_errors() -> None:
    """The waits double up to their bound; rate limits do not use up attempts."""
    world = World([ValueError(), rate_limit(retry_after=1), ValueError(), ValueError(), None])
    policy = RetryPolicy(attempts=4, backoff=1, max_backoff=5)
    attempted = await attempts(world, policy).run(world.begin, world.failed)
    assert attempted.outcome.value == "value"
    assert world.waits == [1, 1, 4, 5]


async def test_a_policy_ends() -> None:
    """The error of the last attempt is the outcome."""
    world = World([ValueError("1"), ValueError("2"), ValueError("3")])
    attempted = await attempts(world, RetryPolicy(attempts=2)).run(world.begin, world.failed)
    assert [each.error for each in attempted.attempts] == ["ValueError('1')", "ValueError('2')"]


async def test_only_named_errors_are_repeated_and_are_congestion() -> None:
    """Naming an error says that the other side is overloaded."""
    world = World([OSError(), ValueError()])
    limiter = Limiter(world)
    for _ in range(60):
        limiter.begin(world.now)
    world.now += 1
    policy = RetryPolicy(on=OSError)
    attempted = await attempts(world, policy, limiter).run(world.begin, world.failed)
    assert isinstance(attempted.outcome.error, ValueError)
    assert limiter.history[0].requests_per_minute == pytest.approx(60 * 60, rel=0.05)


@pytest.mark.parametrize("on", [5, [5], "Error", [int]])
def test_a_policy_names_exceptions(on: Any) -> None:
    """Anything else is refused when the policy is made."""
    with pytest.raises(TypeError, match="classes of exceptions"):
        RetryPolicy(on=on)


async def test_a_function_without_limits_has_them_from_its_first_rate_limit_on() -> None:
    """A code evaluator takes no turn until a provider complains to it."""
    world = World([None, rate_limit(), None])
    limiter = Limiter(world)
    own = Attempts(limiter, world, limited=False, timing=Timing(world.sleep, lambda low, _: low))
    await own.run(world.begin, world.failed)
    assert repr(limiter).startswith("<Limiter [0 begun")
    await own.run(world.begin, world.failed)
    assert repr(limiter).startswith("<Limiter [2 begun")
