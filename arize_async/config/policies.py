"""Value objects for options that travel together."""

from __future__ import annotations

from attrs import field, frozen, validators


def _seconds(default: float) -> float:
    value: float = field(default=default, validator=validators.gt(0))
    return value


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

    Attributes:
        attempts: How often at most, the first one included.
        backoff: Upper bound of the first wait, in seconds.
        max_backoff: Upper bound of every wait, in seconds.
    """

    attempts: int = field(default=4, validator=[validators.instance_of(int), validators.ge(1)])
    backoff: float = field(default=0.5, validator=validators.ge(0))
    max_backoff: float = field(default=20.0, validator=validators.ge(0))


@frozen(kw_only=True)
class Limits:
    """Bounds on the work in flight of one run, beside its ``concurrency``.

    Attributes:
        evaluators: Evaluations at the same time; by default as many as ``concurrency``.
    """

    evaluators: int | None = field(
        default=None, validator=validators.optional([validators.instance_of(int), validators.ge(1)])
    )
