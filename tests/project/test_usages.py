"""The files of usages that type checkers judge leave no method out."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

USAGES = Path(__file__).parents[1] / "typing"
SERVICES = {
    "annotation_configs": "AnnotationConfigsClient",
    "datasets": "DatasetsClient",
    "experiments": "ExperimentsClient",
    "spaces": "SpacesClient",
}


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_method_is_used(service: str, kind: str) -> None:
    """Each public method of a service is called where its types are checked."""
    owner = getattr(import_module(f"arize_{kind}.{service}.client"), SERVICES[service])
    text = (USAGES / f"methods_{kind}.py").read_text("utf-8")
    used = set(re.findall(rf"\bclient\.{service}\.(\w+)\(", text))
    assert used == {name for name in dir(owner) if not name.startswith("_")}
