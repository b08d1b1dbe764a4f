"""Calls the official SDK on behalf of a test: one JSON object a line comes in, one goes out.

A value of the form ``{"$call": "module.name", "args": [...], "kwargs": {...}}`` is the result of that call, and
``{"$name": "module.name"}`` the thing itself; names that begin with ``client.`` belong to the client.
"""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import inspect
import json
import math
import os
import pkgutil
import sys
from enum import Enum
from functools import reduce
from typing import TYPE_CHECKING, Any

import arize
import pandas as pd
from arize._generated.api_client import TagsApi
from pydantic import BaseModel

if TYPE_CHECKING:
    from types import ModuleType


class Session:
    """The client that calls go to."""

    def __init__(self) -> None:
        """Have no client yet."""
        self.client: Any = None

    def connect(self, **options: Any) -> None:
        """Make a new client."""
        self.client = arize.ArizeClient(**options)

    def methods(self, *services: str) -> list[str]:
        """Name the public methods of some of the client's services, the operations of the API below each, and tags."""
        names: list[str] = []
        for service in services:
            found = getattr(self.client, service)
            names += [f"{service}.{name}" for name in _public(found)]
            names += [f"{service}._api.{name}" for name in _public(found._api)]
        return [*names, *(f"tags._api.{name}" for name in _public(self.tags))]

    @property
    def tags(self) -> TagsApi:
        """The operations on tags, which no service of the client has."""
        return TagsApi(self.client.spaces._api.api_client)

    def modules(self, *packages: str) -> list[str]:
        """Name some packages and all modules in them."""
        inside = [
            module.name
            for package in packages
            for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        ]
        return [*packages, *inside]

    def names(self, *modules: str) -> list[str]:
        """Name what modules define or list in ``__all__``, with full paths."""
        return [f"{name}.{own}" for name in modules for own in _defined(importlib.import_module(name))]

    def build(self, value: Any) -> Any:
        """Turn JSON into what it stands for."""
        if isinstance(value, list):
            return [self.build(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$name" in value:
            return self.find(value["$name"])
        built = {key: self.build(item) for key, item in value.items() if key != "$call"}
        if "$call" not in value:
            return built
        return self.find(value["$call"])(*built.get("args", []), **built.get("kwargs", {}))

    def find(self, name: str) -> Any:
        """Find something by its dotted name."""
        first, *rest = name.split(".")
        if first in {"client", "session"}:
            return reduce(getattr, rest, self.client if first == "client" else self)
        for end in range(name.count(".") + 1, 0, -1):
            parts = name.split(".")
            try:
                module = importlib.import_module(".".join(parts[:end]))
            except ModuleNotFoundError:
                continue
            return reduce(getattr, parts[end:], module)
        raise LookupError(name)


def _public(service: object) -> list[str]:
    hidden = ("_", "batch_")
    copies = ("_with_http_info", "_without_preload_content")
    names = [name for name, _ in inspect.getmembers(type(service), inspect.isfunction)]
    return [name for name in names if not name.startswith(hidden) and not name.endswith(copies)]


def _defined(module: ModuleType) -> set[str]:
    """Return the public names that a module makes itself, read from its source: constants have no module."""
    defined: set[str] = set(getattr(module, "__all__", ()))
    for node in ast.parse(inspect.getsource(module)).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                defined.add(name)
            case ast.Assign(targets=targets):
                defined |= {target.id for target in targets if isinstance(target, ast.Name)}
            case _:
                pass
    return {name for name in defined if not name.startswith("_") or name == "__version__"}


def plain(value: Any) -> Any:
    """Turn a result into JSON; additional properties move to the top level."""
    if isinstance(value, pd.DataFrame):
        rows = [[plain(cell) for cell in row] for row in value.itertuples(index=False, name=None)]
        return {"columns": list(value.columns), "dtypes": [str(kind) for kind in value.dtypes], "rows": rows}
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if isinstance(value, dict):
        extra = value.get("additional_properties") or {}
        fixed = {key: item for key, item in value.items() if key != "additional_properties"}
        return {key: plain(item) for key, item in {**fixed, **extra}.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return plain(value.tolist()) if hasattr(value, "tolist") else leaf(value)


def leaf(value: Any) -> Any:
    """Turn a value that holds no others into JSON."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def describe(error: BaseException) -> dict[str, Any]:
    """Say what an exception is."""
    return {
        "classes": [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__],
        "message": str(error),
        "status": getattr(error, "status", None),
        "data": plain(getattr(error, "data", None)),
    }


def main() -> None:
    """Answer until there is no more input."""
    # the official SDK logs to standard output, so the answers get a descriptor of their own
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    session = Session()
    for line in sys.stdin:
        try:
            answer = {"value": plain(session.build(json.loads(line)))}
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what the test asks for
            answer = {"raised": describe(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
