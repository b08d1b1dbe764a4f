"""What goes wrong: faults drawn from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from random import Random

BYTES = ("reset", "stall", "truncate", "corrupt", "slow", "half-close", "delay")
"""Faults of any connection, at a byte of the request or of the answer."""
REQUESTS = ("refuse", "replace", "duplicate")
"""Faults of an HTTP request: it is answered without being carried out, carried out and answered wrongly, or sent
twice."""
ANSWERS = ("429", "429 later", "500", "502", "503", "503 later", "html", "html 200", "empty 200", "nothing")
_ON_THE_WAY = ("500", "502", "503", "html", "html 200", "empty 200", "nothing")
_MOST_BYTES = {False: 4_000, True: 200_000}


@frozen
class Fault:
    """One fault.

    Attributes:
        kind: One of the names above, or ``restart``.
        side: ``request`` or ``answer``: whose bytes are counted.
        at: At which byte, or at which request, it happens.
        answer: What is answered in the server's place.
        times: How often it happens; a later attempt may meet it again.
    """

    kind: str
    side: str = "answer"
    at: int = 0
    answer: str = ""
    times: int = 1

    def __str__(self) -> str:
        """Say it in a few words."""
        what = f"{self.kind} {self.answer}".strip()
        place = f"request {self.at + 1}" if self.kind in REQUESTS else f"byte {self.at} of the {self.side}"
        return f"{what} at {place}, {self.times} times"


def draw(random: Random, *, over_http: bool, is_large: bool) -> Fault:
    """Draw a fault; those of HTTP requests only where the transport is REST."""
    times = random.choice((1, 1, 1, 2, 100))
    at = int(_MOST_BYTES[is_large] ** random.random())
    if random.random() < 0.04:
        return Fault("restart", random.choice(("request", "answer")), at)
    if over_http and random.random() < 0.5:
        kind = random.choice(REQUESTS)
        answer = random.choice(ANSWERS if kind == "refuse" else _ON_THE_WAY) if kind != "duplicate" else ""
        return Fault(kind, "request", random.choice((0, 0, 0, 1, 2)), answer, times)
    return Fault(random.choice(BYTES), random.choice(("request", "answer")), at, times=times)
