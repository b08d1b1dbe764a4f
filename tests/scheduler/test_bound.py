"""How many calls may be in flight."""

from __future__ import annotations

import math

from arize_async.scheduler.bound import Bound


def answer(bound: Bound, first: int, calls: int) -> int:
    """Let calls begin and be answered one after the other; return the next number."""
    for number in range(first, first + calls):
        bound.begin(number, 0.0)
        bound.succeed(number)
        bound.end(number)
    return first + calls


def refuse_a_second(bound: Bound, first: int) -> int:
    """Let a call begin beside another one and be refused; return the next number."""
    bound.begin(first, 0.0)
    bound.begin(first + 1, 0.0)
    bound.refuse(first + 1, first + 1, is_paced=True)
    bound.end(first + 1)
    bound.succeed(first)
    bound.end(first)
    return first + 2


def bounded() -> tuple[Bound, int]:
    """Return a bound of one call, and the next number."""
    bound, number = Bound(), 1
    for _ in range(3):
        number = refuse_a_second(bound, answer(bound, number, 30))
    assert bound.limit == 1
    return bound, number


def test_a_bound_is_set_when_three_refusals_speak_for_it() -> None:
    """Each was refused while more calls were in flight than with any that was taken."""
    bound, number = Bound(), 1
    for _ in range(2):
        number = refuse_a_second(bound, answer(bound, number, 30))
        assert bound.limit == math.inf
    refuse_a_second(bound, answer(bound, number, 30))
    assert bound.limit == 1


def test_refusals_that_have_nothing_to_do_with_calls_in_flight_set_none() -> None:
    """As many were in flight with calls that were taken."""
    bound, number = Bound(), 1
    for _ in range(20):
        number = answer(bound, number, 30)
        bound.begin(number, 0.0)
        assert not bound.refuse(number, number, is_paced=True)
        bound.end(number)
        number += 1
    assert bound.limit == math.inf


def test_a_bound_grows_ever_faster() -> None:
    """By one, two and four, as long as calls that need it are answered."""
    bound, number = bounded()
    limits: list[float] = []
    while len(limits) < 4:
        running = range(number, number + int(bound.limit))
        for each in running:
            bound.begin(each, 0.0)
        for each in running:
            bound.succeed(each)
            bound.end(each)
        number = running.stop
        if not limits or bound.limit != limits[-1]:
            limits.append(bound.limit)
    assert limits == [1, 2, 4, 8]


def test_one_decrease_for_all_calls_that_began_before() -> None:
    """What is refused after a decision and began before it changes nothing."""
    bound, number = bounded()
    bound.limit = 40
    for each in range(number, number + 40):
        bound.begin(each, 0.0)
    for each in range(number, number + 40):
        assert bound.refuse(each, number + 39, is_paced=False)
    assert bound.limit == 36


def test_a_bound_that_is_no_help_is_given_up() -> None:
    """A few refusals at a time, though it has not grown, and something else is limited."""
    bound, number = bounded()
    for _ in range(4):
        assert bound.limit == 1
        bound.begin(number, 0.0)
        bound.refuse(number, number, is_paced=False)
        bound.end(number)
        number = answer(bound, number + 1, 1)
    assert bound.limit == math.inf


def test_a_call_that_hangs_holds_up_no_other_for_more_than_a_minute() -> None:
    """Each minute one may begin."""
    bound, number = bounded()
    for minute in range(5):
        now = 100.0 + 60 * minute
        bound.begin(number + minute, now)
        assert now < bound.opens(now + 1) <= now + 60
        assert bound.opens(now + 60) <= now + 60
    assert bound.opens(-1e9) <= -1e9 + 60
