"""Do seeded faults to the connections between a client and a server, and check every outcome.

An outcome is the right result, or an error of ours that is true; nothing is lost, stored twice or hangs. The seed
decides the steps and the faults; at which moment of a step a fault is met is up to the machine.
"""
# ruff: noqa: T201 - it reports by printing

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from attrs import define, field
from plan import draw
from proxy import Proxy
from running import Run, RunOverRest
from server import KEY, Server
from steps import Append, CreateDataset, CreateExperiment, ListRuns, SearchRuns, Step, Target

from arize_async import ArizeClient
from arize_async.config import RetryPolicy, Timeouts
from arize_async.errors import ArizeError

if TYPE_CHECKING:
    from collections.abc import Sequence

STEPS: Sequence[type[Step]] = (CreateDataset, CreateExperiment, Append, Run, RunOverRest, ListRuns, SearchRuns)
_SECONDS = 60.0
_TIMEOUTS = Timeouts(connect=2, read=2, total=6, stream=4, export=1, close=2)
_RETRY = RetryPolicy(attempts=4, backoff=0.1, max_backoff=1)


@define
class Numbers:
    """What all steps came to.

    Attributes:
        faults: Steps in which a fault happened.
        steps: All steps.
        outcomes: How each step with a fault ended.
        kinds: How often each kind of fault happened.
        wrong: What is lost, doubled, untrue, or hung.
    """

    faults: int = 0
    steps: int = 0
    outcomes: Counter[str] = field(factory=Counter)
    kinds: Counter[str] = field(factory=Counter)
    wrong: list[str] = field(factory=list)


async def main(options: argparse.Namespace) -> int:
    """Do faults until there were enough; the status is 1 when something is wrong."""
    numbers = Numbers()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ARIZE_DIRECTORY"] = str(Path(folder) / "arize")
        server = Server(Path(folder))
        await server.start()
        try:
            async with AsyncExitStack() as stack:
                proxies = [
                    await stack.enter_async_context(Proxy(port, server.restart).running()) for port in server.ports
                ]
                client = await stack.enter_async_context(_client([proxy.port for proxy in proxies], _TIMEOUTS))
                direct = await stack.enter_async_context(_client(server.ports, Timeouts()))
                target = Target(client, direct)
                await target.prepare("prepared")
                number = options.first
                while numbers.faults < options.faults and time.monotonic() - began < options.seconds:
                    await _step(number, options.seed, target, proxies, server, numbers)
                    number += 1
        finally:
            await server.kill()
        log = (Path(folder) / "log").read_text()
        if "Traceback" in log:
            place = log.index("Traceback")
            numbers.wrong.append(f"the server failed:\n{log[max(0, place - 500) : place + 3500]}")
    _report(numbers, server, time.monotonic() - began)
    return 1 if numbers.wrong else 0


async def _step(
    number: int, seed: int, target: Target, proxies: Sequence[Proxy], server: Server, numbers: Numbers
) -> None:
    random = Random(f"{seed} {number}")  # noqa: S311 - no secret
    step = random.choice(STEPS)(target, f"step {number}", is_large=random.random() < 0.4)
    which = random.choices((0, 1, 2), step.transports)[0]
    fault = draw(random, over_http=which == 0, is_large=step.is_large)
    await step.prepare()
    proxies[which].arm(fault)
    began = time.monotonic()
    outcome, error, problems = "right", None, list[str]()
    try:
        async with asyncio.timeout(_SECONDS):
            await step.act()
    except ArizeError as caught:
        outcome, error = type(caught).__name__, caught
        if KEY in f"{caught} {caught!r} {caught.__cause__!r}":
            problems.append("the error tells the key")
    except TimeoutError:
        problems.append(f"hung for {_SECONDS:g} s")
    except Exception as caught:  # noqa: BLE001 - whatever it is, it is no error of ours
        problems.append(f"an error that is not ours: {caught!r}")
    happened = proxies[which].happened
    for proxy in proxies:
        proxy.arm(None)
    seconds = time.monotonic() - began
    await server.settled()
    if not problems:
        problems = await _checked(step, error)
    numbers.steps += 1
    numbers.faults += happened > 0
    if happened:
        numbers.outcomes[outcome] += 1
        numbers.kinds[fault.kind] += 1
    name = f"{number}: {type(step).__name__}{' large' if step.is_large else ''}, {('REST', 'Flight', 'OTLP')[which]}"
    told = f"{fault}, happened {happened} times" if happened else "not met"
    print(
        f"{name}: {told}: {outcome} in {seconds:.1f} s", *(f"\n  WRONG {problem}" for problem in problems), flush=True
    )
    numbers.wrong += [f"{name}, {fault}: {problem}" for problem in problems]


async def _checked(step: Step, error: Exception | None) -> list[str]:
    try:
        async with asyncio.timeout(_SECONDS):
            return await step.wrong(error)
    except Exception as caught:  # noqa: BLE001 - without faults nothing may fail
        return [f"the check after {error!r} failed: {caught!r}"]


def _client(ports: Sequence[int], timeouts: Timeouts) -> ArizeClient:
    options: dict[str, Any] = {}
    for name, scheme, port in zip(("api", "flight", "otlp"), ("http", "grpc+tcp", "http"), ports, strict=True):
        options |= {f"{name}_scheme": scheme, f"{name}_host": "127.0.0.1", f"{name}_port": port}
    return ArizeClient(api_key=KEY, timeouts=timeouts, retry=_RETRY, enable_caching=False, **options)


def _report(numbers: Numbers, server: Server, seconds: float) -> None:
    print(f"{numbers.faults} faults in {numbers.steps} steps, {server.restarts} restarts, {seconds:.0f} s")
    print("faults:", ", ".join(f"{kind} {count}" for kind, count in numbers.kinds.most_common()))
    print("outcomes:", ", ".join(f"{name} {count}" for name, count in numbers.outcomes.most_common()))
    print("\n".join(numbers.wrong) or "every outcome was the right result or an error that is true")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no further step after these")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--first", type=int, default=0, help="the step to begin with")
    chosen = parser.parse_args()
    print(f"{chosen.faults} faults, seed {chosen.seed}", flush=True)
    sys.exit(asyncio.run(main(chosen)))
