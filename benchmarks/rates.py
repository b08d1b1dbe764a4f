"""Run an experiment against a provider that limits requests a minute and allows more half way.

``python benchmarks/rates.py`` prints what was attained of what the provider allowed, how soon the higher limit was
used, and the latency in the frame beside the provider's own, which is a server in another process. ``--simulate``
prints what is attained with providers of many kinds in virtual time instead.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from attrs import asdict, frozen

from arize_async import ArizeClient

if TYPE_CHECKING:
    from collections.abc import Generator

SPAN = 1.0
"""Seconds in which nine tenths of the higher rate have to be seen."""


@frozen
class Rates:
    """What came of it.

    Attributes:
        before: What was taken of what was allowed until the limit was raised.
        after: The same from then on, until the last request began.
        follows: Seconds until nine tenths of the higher rate were used; None when that was not seen.
        refused: Requests that were refused for each that was taken.
        latency: The median and the 99th percentile in the frame, in milliseconds.
        service: The same of the provider's own.
        waits: Seconds that all workers waited together, which ``latency`` leaves out.
        to_own: What is in the frame, divided by what the task measured of its calls that were taken.
    """

    finished: int
    failed: int
    seconds: float
    before: float
    after: float
    follows: float | None
    refused: int
    latency: tuple[float, float]
    service: tuple[float, float]
    waits: float
    to_own: float

    def __str__(self) -> str:
        """Return the figures as lines of text."""
        follows = "not seen" if self.follows is None else f"{self.follows:.1f} s"
        lines = {
            "finished": f"{self.finished:,} of {self.finished + self.failed:,} in {self.seconds:.1f} s",
            "of the first limit": f"{self.before:.1%}",
            "of the second limit": f"{self.after:.1%}",
            "nine tenths of it after": follows,
            "refused (429)": f"{self.refused:,}",
            "latency, p50 and p99": f"{self.latency[0]:.0f} and {self.latency[1]:.0f} ms",
            "the provider's own": f"{self.service[0]:.0f} and {self.service[1]:.0f} ms",
            "waiting, all together": f"{self.waits:,.0f} s",
        }
        return "\n".join(f"{name:<26}{value}" for name, value in lines.items())


@contextmanager
def provider(rate: float, raised: float, after: int, service: float) -> Generator[str]:
    """Serve from another process; give the address."""
    command = [sys.executable, str(Path(__file__).with_name("provider.py")), str(rate), str(raised), str(after)]
    arguments = [*command, "--service", str(service)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


async def measure(address: str, rate: float, raised: float, examples: int, callers: int) -> Rates:
    """Run an experiment, and put together what both sides saw."""
    measured: list[float] = []
    timeout = aiohttp.ClientTimeout(total=60)
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(address, connector=connector, timeout=timeout) as session,
        ArizeClient.local(":memory:") as client,
    ):

        async def answer(dataset_row: dict[str, Any]) -> str:
            body = {"model": "any", "messages": [{"role": "user", "content": dataset_row["question"]}]}
            began = time.monotonic()
            async with session.post("/v1/chat/completions", json=body, raise_for_status=True) as response:
                said = await response.json()
            measured.append(time.monotonic() - began)
            return str(said["choices"][0]["message"]["content"])

        rows = [{"question": f"What is {n} + {4 - n}?"} for n in range(examples)]
        dataset = await client.datasets.create(name="sums", space="default", examples=rows)
        began = time.monotonic()
        _, frame = await client.experiments.run(name="limited", dataset=dataset.id, task=answer, concurrency=callers)
        seconds = time.monotonic() - began
        async with session.get("/calls") as response:
            calls: dict[str, Any] = await response.json()
    done = frame["execution_status"].to_list().count("COMPLETED")
    latencies = sorted(frame["latency"].to_list())
    services = sorted(1000 * each for each in calls["services"])
    return Rates(
        finished=done,
        failed=examples - done,
        seconds=seconds,
        **_attained(calls["taken"], calls["raised_at"], rate / 60, raised / 60),
        refused=len(calls["refused"]),
        latency=(_quantile(latencies, 0.5), _quantile(latencies, 0.99)),
        service=(_quantile(services, 0.5), _quantile(services, 0.99)),
        waits=callers * seconds - sum(latencies) / 1000,
        to_own=sum(latencies) / 1000 / sum(measured),
    )


def _attained(taken: list[float], raised_at: float, rate: float, raised: float) -> dict[str, Any]:
    """Compare what was taken with what the bucket allowed, which was full at first."""
    first = bisect.bisect_left(taken, raised_at)
    end = taken[-1]
    starts = [raised_at + tenth / 10 for tenth in range(int(10 * (end - raised_at - SPAN)) + 1)]
    used = (start for start in starts if _count(taken, start, start + SPAN) >= 0.9 * raised * SPAN)
    follows = next(used, None)
    return {
        "before": first / (rate + rate * raised_at),
        "after": (len(taken) - first) / (raised * (end - raised_at)),
        "follows": None if follows is None else follows - raised_at,
    }


def _count(times: list[float], start: float, end: float) -> int:
    return bisect.bisect_left(times, end) - bisect.bisect_left(times, start)


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure runs against a provider that limits rates.")
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=2000, help="requests a minute (default: %(default)s)")
    parser.add_argument("--raised", type=float, default=3600, help="after half of them (default: %(default)s)")
    parser.add_argument("--callers", type=int, default=50, help="the concurrency (default: %(default)s)")
    parser.add_argument("--service", type=float, default=0.2, help="seconds of a request (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--simulate", action="store_true", help="simulate many kinds of providers instead")
    options = parser.parse_args()
    if options.simulate:
        from rates_simulated import simulate_all

        simulate_all()
        return
    with provider(options.rate, options.raised, options.examples // 2, options.service) as address:
        rates = asyncio.run(measure(address, options.rate, options.raised, options.examples, options.callers))
    print(rates)
    if options.json:
        options.json.write_text(json.dumps(asdict(rates)), "utf-8")


if __name__ == "__main__":
    main()
