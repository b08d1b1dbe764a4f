"""Value objects for options that travel together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from attrs import Attribute, field, frozen, validators

if TYPE_CHECKING:
    from collections.abc import Iterable


def _seconds(default: float) -> float:
    value: float = field(default=default, validator=validators.gt(0))
    return value


def _positive(_: object, attribute: Attribute[float], value: float) -> None:
    if isinstance(value, bool) or not 0 < value < math.inf:
        raise ValueError(f"{attribute.name} is a number above 0, got {value!r}")


def _classes(classes: object) -> tuple[type[BaseException], ...]:
    several = isinstance(classes, (tuple, list, set, frozenset))
    found = tuple(cast("Iterable[object]", classes)) if several else (classes,)
    for each in found:
        if not (isinstance(each, type) and issubclass(each, BaseException)):
            raise TypeError(f"`on` names classes of exceptions, got {each!r}")
    return cast("tuple[type[BaseException], ...]", found)


@frozen(kw_only=True)
class Timeouts:
    """Bounds on what crosses a socket, in seconds.

    Attributes:
        connect: Until a connection stands, name lookup and TLS included.
        read: Between two pieces of an answer.
        total: For one REST request, all attempts and waits included.
        stream: For one Flight call from its first byte to its last.
        export: For one batch of spans.
        close: For everything that is still open when the client closes.
    """

    connect: float = _seconds(10.0)
    read: float = _seconds(60.0)
    total: float = _seconds(120.0)
    stream: float = _seconds(600.0)
    export: float = _seconds(10.0)
    close: float = _seconds(10.0)


@frozen(kw_only=True)
class RetryPolicy:
    """How often a call is tried and how long it waits in between.

    The wait before attempt ``n + 1`` is drawn between 0 and ``min(backoff * 2 ** (n - 1), max_backoff)`` seconds;
    a ``Retry-After`` of the server takes its place.

    The client repeats requests by this policy. ``run(retry=...)`` repeats calls of the task and of evaluators: those
    that raised one of ``on``. Calls that met a rate limit are repeated with or without a policy, as long as
    ``patience`` lasts, and do not use up ``attempts``.

    Attributes:
        attempts: How often at most, the first one included.
        backoff: Upper bound of the first wait, in seconds.
        max_backoff: Upper bound of every wait, in seconds.
        on: The exceptions of user code that are worth another attempt. Naming some of them says that the other side
            is overloaded, as a rate limit does: fewer calls are made at a time.
        patience: Seconds from the first attempt of a rate-limited call to its last.
    """

    attempts: int = field(default=4, validator=[validators.instance_of(int), validators.ge(1)])
    backoff: float = field(default=0.5, validator=validators.ge(0))
    max_backoff: float = field(default=20.0, validator=validators.ge(0))
    on: tuple[type[BaseException], ...] = field(default=(Exception,), converter=_classes)
    patience: float = field(default=600.0, validator=validators.ge(0))


@frozen(kw_only=True, eq=False)
class Limits:
    """Bounds on the work in flight, beside the ``concurrency`` of a run.

    Runs that are given the same object, also at the same time and by several clients, share what it allows: one rate
    that is given, and what is learned. Only calls that go to a provider count: tasks, evaluators of the kind
    ``LLM``, and other evaluators from their first rate limit on.

    Attributes:
        evaluators: Evaluations at the same time; by default as many as ``concurrency``.
        requests_per_minute: Calls that begin in a minute, evenly spaced.
        adaptive: Whether calls begin more slowly after a rate limit, at the rate that the provider is seen to take, or
            only as many at a time as it takes.
    """

    evaluators: int | None = field(
        default=None, validator=validators.optional([validators.instance_of(int), validators.ge(1)])
    )
    requests_per_minute: float | None = field(default=None, validator=validators.optional(_positive))
    adaptive: bool = True
    shared: dict[str, object] = field(factory=dict, init=False, repr=False)
    """What runs with these limits keep between them."""


@frozen(kw_only=True)
class Budget:
    """What a run may use up; when it is crossed no further example is begun and those under way are finished.

    Attributes:
        errors: Runs that fail, or that an evaluator fails on: a whole number, or a fraction of all examples.
        seconds: Time since the start of the first task.
        tokens: Tokens of traced LLM calls.
        cost_usd: Their cost in US dollars.
    """

    errors: float | None = field(default=None, validator=validators.optional(validators.ge(0)))
    seconds: float | None = field(default=None, validator=validators.optional(_positive))
    tokens: int | None = field(default=None, validator=validators.optional(validators.ge(0)))
    cost_usd: float | None = field(default=None, validator=validators.optional(validators.ge(0)))
