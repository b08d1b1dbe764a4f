"""Evaluators, as a run calls them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture(scope="session")
def solutions() -> Sequence[dict[str, Any]]:
    """Read the published solutions of GSM8K, ``example_model_solutions.jsonl`` of openai/grade-school-math."""
    path = os.environ.get("ARIZE_GSM8K_SOLUTIONS")
    if not path:
        pytest.skip("set ARIZE_GSM8K_SOLUTIONS to the file of published solutions")
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
