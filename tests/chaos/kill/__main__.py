"""Kill the server at random moments while clients write, and check what a restart finds.

The seed decides the moments and the sizes of writes; how far the writes are at a moment is up to the machine.
"""
# ruff: noqa: T201 - it reports by printing

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from check import Verdict, check
from server import Server, kill, log_of, spawn
from writers import Ledger, Targets, start_writers

from clients import Client

_CHECKED_AGAIN = 10


def main() -> int:
    """Run the rounds; the status is 1 when something was lost, or stored by halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    options = parser.parse_args()
    print(f"{options.kills} kills, seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "data"
        wrong = _rounds(directory, options.kills, options.seed)
        if "Traceback" in log_of(directory).read_text():
            wrong.append(f"the server failed:\n{log_of(directory).read_text()[-4000:]}")
    print("\n".join(wrong) or "every acknowledged write was there, and every other one whole or not at all")
    return 1 if wrong else 0


def _rounds(directory: Path, kills: int, seed: int) -> list[str]:
    wrong: list[str] = []
    rounds: list[tuple[Targets, Ledger]] = []
    server = Server.start(directory)
    for number in range(kills):
        random = Random(f"{seed} {number}")  # noqa: S311 - no secret
        targets, ledger = _prepare(Client(server), f"round {number}"), Ledger()
        threads = start_writers(Client(server), targets, f"{seed} {number}", ledger)
        seconds = random.uniform(0.02, 1.0)
        time.sleep(seconds)
        server.kill()
        for thread in threads:
            thread.join()
        again = random.uniform(0.2, 2.0) if random.random() < 0.2 else None
        if again is not None:
            _kill_while_starting(directory, again)
        server = Server.start(directory)
        verdict = check(Client(server), targets, ledger)
        wrong += verdict.wrong + _left_over(directory)
        _report(number, seconds, again, verdict)
        rounds.append((targets, ledger))
    sample = Random(seed).sample(rounds, min(len(rounds), _CHECKED_AGAIN))  # noqa: S311 - no secret
    for targets, ledger in sample:  # what was there after its own round is there after all others
        wrong += check(Client(server), targets, ledger).wrong
    server.kill()
    return wrong


def _prepare(client: Client, name: str) -> Targets:
    (space,) = (found["id"] for found in client.walk("/v2/spaces", "spaces"))
    body: dict[str, object] = {"name": name, "space_id": space, "examples": [{"batch": None, "number": -1}]}
    dataset = client.send("POST", "/v2/datasets", body)["id"]
    runs = [{"example_id": "e", "output": "o", "batch": None, "number": -1}]
    body = {"name": name, "dataset_id": dataset, "experiment_runs": runs}
    return Targets(space, dataset, client.send("POST", "/v2/experiments", body)["id"], name)


def _kill_while_starting(directory: Path, seconds: float) -> None:
    process = spawn(directory)
    time.sleep(seconds)
    kill(process)


def _left_over(directory: Path) -> list[str]:
    return [f"{found.name} of an upload that broke off is still there" for found in directory.glob("upload-*")]


def _report(number: int, seconds: float, again: float | None, verdict: Verdict) -> None:
    print(
        f"kill {number + 1} after {seconds:.3f} s"
        + (f", and again {again:.3f} s into the restart" if again is not None else "")
        + f": {verdict.sent} writes sent, {verdict.acknowledged} acknowledged, {verdict.stored} found whole"
        f" ({verdict.rows} rows), {len(verdict.wrong)} wrong",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
