"""The process of one contender: reads a workload a line, answers each with what the run took.

It runs in the environment of its contender, so it loads nothing but the standard library, that contender and what
stands beside this file. The first line tells where the server is and is answered with the version of what is measured.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import sys
import time
from typing import Any, Protocol

from scenarios import Scenario


class Contender(Protocol):
    """Something that can run a workload."""

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run a workload, over a dataset of the server if that is where it reads; return the number of scored runs."""
        ...


def measure(contender: Contender, scenario: Scenario, dataset: str) -> dict[str, float]:
    """Return the seconds of one run by the clock and of this process, and how many runs were scored."""
    start, used = time.perf_counter(), time.process_time()
    scored = contender.run(scenario, dataset)
    return {
        "seconds": time.perf_counter() - start,
        "own": time.process_time() - used,
        "scored": scored,
    }


def main() -> None:
    """Answer until the input ends."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what the packages print is no answer

        def answer(**values: object) -> None:
            print(json.dumps(values), file=answers, flush=True)

        module: Any = importlib.import_module(f"contenders.run_{sys.argv[1]}")
        contender: Contender = module.Contender(json.loads(sys.stdin.readline()))
        answer(version=importlib.metadata.version(module.PACKAGE) if module.PACKAGE else "")
        for line in sys.stdin:
            request = json.loads(line)
            answer(**measure(contender, Scenario(**request["scenario"]), request["dataset"]))


if __name__ == "__main__":
    main()
