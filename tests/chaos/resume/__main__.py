"""End a running experiment by signals at random moments, resume it until it is complete, and check it.

Nothing may be lost or doubled, and no call may be repeated that was not in flight. The seed decides the moments, as
progress of the experiment; the order in which its calls end is up to the machine.
"""
# ruff: noqa: T201 - it reports by printing

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from rounds import Rounds
from tally import Tally

from arize_sync.server import LocalServer

_KILLS_A_ROUND = 10


def main() -> int:
    """Run experiments until there were enough kills; the status is 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--signal", choices=["KILL", "TERM", "INT"], default="KILL")
    parser.add_argument("--form", choices=["async", "facade", "notebook"], default="async", help="who runs it")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no further experiment after these")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    options = parser.parse_args()
    number = signal.Signals[f"SIG{options.signal}"]
    print(
        f"{options.kills} kills by {number.name}, {options.form}, {options.examples} examples, seed {options.seed}",
        flush=True,
    )
    tally, begun, played = Tally(), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, LocalServer(":memory:") as server:
        rounds = Rounds(Path(folder), server, options.examples)
        while not tally.wrong and tally.kills < options.kills and time.monotonic() - begun < options.seconds:
            played += 1
            random = Random(f"{options.seed} {played}")  # noqa: S311 - no secret
            kills = min(_KILLS_A_ROUND, options.kills - tally.kills)
            wrong = len(tally.wrong)
            rounds.play(f"experiment {played}", options.form, number, kills, random, tally)
            print(tally, *tally.wrong[wrong:], sep="\n", flush=True)
    if not tally.wrong:
        print("every example has one run and all its evaluations, on the server and in the frame")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
