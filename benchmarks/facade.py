"""Measure what the facade adds to a call: the same cheap calls by ``arize_async`` and by ``arize_sync``.

``python benchmarks/facade.py`` prints microseconds a call, of one that only looks at an empty folder and of one that
asks the embedded server, in another process, for a space. The packages take turns; what the work itself costs is in
both figures, so the difference is the facade's.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

import arize_async
import arize_sync
from servers import running_server

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLS = {"clear an empty cache": "clear_cache", "get a space": "get_space"}


class Async:
    """Calls, awaited in a running loop."""

    def __init__(self, options: Mapping[str, Any], calls: int) -> None:
        """Keep what a turn takes."""
        self._options, self._calls = options, calls

    def measure(self, what: str) -> float:
        """Return microseconds a call."""
        return asyncio.run(self._measure(what))

    async def _measure(self, what: str) -> float:
        async with arize_async.ArizeClient(**self._options) as client:
            call = client.clear_cache if what == "clear_cache" else lambda: client.spaces.get(space="default")
            await call()
            start = time.perf_counter()
            for _ in range(self._calls):
                await call()
            return (time.perf_counter() - start) / self._calls * 1e6


class Sync(Async):
    """The same calls, made by a thread without a loop."""

    def measure(self, what: str) -> float:
        """Return microseconds a call."""
        with arize_sync.ArizeClient(**self._options) as client:
            call = client.clear_cache if what == "clear_cache" else lambda: client.spaces.get(space="default")
            call()
            start = time.perf_counter()
            for _ in range(self._calls):
                call()
            return (time.perf_counter() - start) / self._calls * 1e6


def print_line(name: str, costs: list[float]) -> None:
    """Print the median and the spread."""
    print(f"{name:<34}{statistics.median(costs):>9.0f}{f'{min(costs):.0f}..{max(costs):.0f}':>16}", flush=True)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure the facade.")
    parser.add_argument("--calls", type=int, default=500, help="calls of each turn")
    parser.add_argument("--repetitions", type=int, default=7, help="turns of each, of which the median is printed")
    arguments = parser.parse_args()
    print(f"{'':<34}{'us/call':>9}{'min..max':>16}")
    with tempfile.TemporaryDirectory() as directory, running_server() as options:
        options["arize_directory"] = directory
        own, sync = Async(options, arguments.calls), Sync(options, arguments.calls)
        for name, what in CALLS.items():
            pairs = [(own.measure(what), sync.measure(what)) for _ in range(arguments.repetitions)]
            print_line(f"{name}, arize_async", [pair[0] for pair in pairs])
            print_line(f"{name}, arize_sync", [pair[1] for pair in pairs])
            print_line("    the facade adds", [pair[1] - pair[0] for pair in pairs])


if __name__ == "__main__":
    main()
