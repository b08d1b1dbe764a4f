"""What is attained with providers of many kinds, in virtual time."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what the tests simulate with; the package stays the installed one

from tests.scheduler.providers import Bucket, Fixed, InFlight, Log
from tests.scheduler.simulation import HEADERS, Callers, simulate

RATES = (1.0, 10.0, 100.0)
CALLERS = ((10, 0.02), (50, 0.5), (200, 0.5), (200, 2.0))
PLACES = (1, 8, 50)
SECONDS = 120.0


def simulate_all() -> None:
    """Print a line for each kind of provider, rate, callers and header; ``used`` and ``refused`` in the second half."""
    print(f"{'provider':<22}{'allows':>8}{'callers':>9}{'latency':>9}  {'header':<9}{'used':>7}{'refused':>9}")
    for rate in RATES:
        kinds = {
            "bucket of one": lambda rate=rate: Bucket(rate, 1),
            "bucket of a second": lambda rate=rate: Bucket(rate, rate),
            "bucket of a minute": lambda rate=rate: Bucket(rate, 60 * rate),
            "window of a second": lambda rate=rate: Fixed(rate, 1),
            "window of 10 seconds": lambda rate=rate: Fixed(rate, 10),
            "window of a minute": lambda rate=rate: Fixed(rate, 60),
            "any second": lambda rate=rate: Log(rate, 1),
            "any 10 seconds": lambda rate=rate: Log(rate, 10),
            "any minute": lambda rate=rate: Log(rate, 60),
        }
        for name, make in kinds.items():
            seconds = 4 * SECONDS if "minute" in name else SECONDS
            for number, latency in CALLERS:
                if number / latency > 1.2 * rate:
                    for header in HEADERS:
                        done = simulate(make(), Callers(number, latency, header), seconds)
                        used = done.rate(seconds / 2, seconds) / rate
                        refused = done.refusals(seconds / 2, seconds)
                        _print(name, f"{rate:g}/s", Callers(number, latency, header), used, refused)
    for places in PLACES:
        for number, latency in CALLERS:
            if number > places:
                for header in ("rounded", "none"):
                    callers = Callers(number, latency, header)
                    done = simulate(InFlight(places), callers, 2 * SECONDS)
                    used = done.rate(SECONDS, 2 * SECONDS) * latency / places
                    _print("calls in flight", str(places), callers, used, done.refusals(SECONDS, 2 * SECONDS))


def _print(name: str, allows: str, callers: Callers, used: float, refused: float) -> None:
    who = f"{allows:>8}{callers.number:>9}{callers.latency:>8} s  {callers.header:<9}"
    print(f"{name:<22}{who}{used:>7.0%}{refused:>9.0%}", flush=True)
