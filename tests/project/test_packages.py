"""What can be said of the two packages without a server."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import arize_async

HEAVY = ("polars", "pyarrow", "duckdb", "grpc", "pandas", "opentelemetry")
TWINS = ("", ".experiments", ".experiments.types", ".errors", ".config", ".server")


def run_fresh(code: str) -> str:
    """Run code in an interpreter of its own and return what it prints."""
    environment = os.environ | {"PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=environment
    )
    return done.stdout.strip()


@pytest.mark.parametrize("package", ["arize_async", "arize_sync"])
def test_import_is_light(package: str) -> None:
    """Importing a package loads none of the heavy libraries that it can use later."""
    loaded = run_fresh(f"import sys, {package}; print(*[name for name in {HEAVY} if name in sys.modules])")
    assert loaded == ""


@pytest.mark.parametrize("package", ["arize_async", "arize_sync"])
def test_importing_the_client_is_light(package: str) -> None:
    """Building a client for the cloud opens nothing and loads none of the heavy libraries."""
    code = f"import sys; from {package} import ArizeClient; ArizeClient(api_key='key')"
    assert run_fresh(f"{code}; print(*[name for name in {HEAVY} if name in sys.modules])") == ""


def test_version_is_one() -> None:
    """Both packages and the distribution have the same version."""
    versions = {importlib.import_module(name).__version__ for name in ("arize_async", "arize_sync")}
    with suppress(PackageNotFoundError):  # a checkout that is not installed has no distribution
        versions.add(version("arize-async"))
    assert len(versions) == 1


@pytest.mark.parametrize("module", TWINS)
def test_public_names_are_the_same(module: str) -> None:
    """A module of one package exports exactly the names of its twin, sorted, and each of them exists."""
    asynchronous = importlib.import_module(f"arize_async{module}")
    synchronous = importlib.import_module(f"arize_sync{module}")
    assert sorted(asynchronous.__all__) == sorted(synchronous.__all__)
    for name in asynchronous.__all__:
        assert hasattr(asynchronous, name)
        assert hasattr(synchronous, name)


def test_values_are_shared() -> None:
    """A value type is the same class in both packages, so that either can use what the other made."""
    asynchronous, synchronous = (
        importlib.import_module(f"{name}.experiments") for name in ("arize_async", "arize_sync")
    )
    for name in ("EvaluationResult", "EvaluationResultFieldNames", "Evaluator", "ExperimentTaskFieldNames"):
        assert getattr(asynchronous, name) is getattr(synchronous, name)
