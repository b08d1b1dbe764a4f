"""A short form of the session ``fuzz``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture
def fuzzing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program beside this file: tests are no package."""
    spec = importlib.util.spec_from_file_location("fuzz", Path(__file__).with_name("fuzz.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "fuzz", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.timeout(300)
async def test_no_request_breaks_the_document(fuzzing: ModuleType) -> None:
    """Schemathesis finds no 5xx and no answer that the document does not allow, and gets each operation done."""
    report = await fuzzing.fuzz(fuzzing.Extent(examples=5, phases="coverage,fuzzing"))
    assert report.status == 0, report.text
    assert [name for name, count in report.accepted.items() if not count] == []
