"""The process that is killed: one experiment, from the start or the rest of it.

It is called with the form, ``async`` or ``facade``, and a JSON object. It prints ``ready``, ``evaluated`` when every
evaluation has ended, and the result.
"""
# ruff: noqa: T201 - its parent reads what it prints

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from calls import Calls, found

import arize_async
import arize_sync


async def run(options: dict[str, Any], arguments: dict[str, Any]) -> Any:
    """Run it in asynchronous code."""
    async with arize_async.ArizeClient(**options) as client:
        return await client.experiments.run(**arguments)


def main(form: str, facts: dict[str, Any]) -> None:
    """Run it."""
    calls = Calls(facts["notes"], facts["start"], facts["examples"], lambda: print("evaluated", flush=True))
    print("ready", flush=True)
    blocking = form == "facade"
    arguments = calls.arguments(facts["name"], facts["dataset"], facts["concurrency"], blocking=blocking)
    if blocking:
        with arize_sync.ArizeClient(**facts["options"]) as client:
            result: Any = client.experiments.run(**arguments)
            print(json.dumps(found(result)), flush=True)
    else:
        print(json.dumps(found(asyncio.run(run(facts["options"], arguments)))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
