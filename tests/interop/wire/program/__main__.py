"""Runs the session with one SDK: ``program PACKAGE OPTIONS DIRECTORY``, with the options of a client as JSON."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import cached
import running
import script

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager


def main(package: str, options: dict[str, Any], directory: Path) -> None:
    """Make clients of the package and do everything with them."""
    types = SimpleNamespace()
    for module in ("experiments.types", "experiments", "spaces.types", "annotation_configs.types"):
        vars(types).update(vars(importlib.import_module(f"{package}.{module}")))
    own = {"arize_directory": str(directory), "default_headers": {"x-tenant": "blue"}}
    own |= {"max_http_payload_size_mb": 0.1, "pyarrow_max_chunksize": 2000}
    make = importlib.import_module(package).ArizeClient
    client = make(**options, **own, enable_caching=False)
    step = steps(f"http://127.0.0.1:{options['api_port']}")
    script.session(client, types, step, directory)
    running.session(client, types, step)
    cached.session(make(**options, **own), step)


def steps(recorder: str) -> Callable[..., AbstractContextManager[None]]:
    """Return what tells the recorder where each step begins and how it ends."""

    @contextmanager
    def step(name: str, *, raises: bool = False) -> Generator[None]:
        tell(f"{recorder}/step", name=name)
        try:
            yield
        except Exception as error:
            if not raises:
                raise RuntimeError(name) from error
            traceback.print_exc()
        else:
            assert not raises, f"{name} raises nothing"
        tell(f"{recorder}/outcome", raises=raises)

    return step


def tell(url: str, **fields: object) -> None:
    """Say something to the recorder itself."""
    with urlopen(Request(url, json.dumps(fields).encode(), method="POST"), timeout=60):  # noqa: S310 - a URL of ours
        pass


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3]))
