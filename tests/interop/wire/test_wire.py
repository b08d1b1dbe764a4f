"""What this package sends is what the official SDK sends, but for what the documentation lists."""

# the folder `comparison` is on the path by `conftest.py`
# pyright: reportMissingImports=false
from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wire_differences import differences
from wire_page import as_rows, documented
from wire_steps import steps_of

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(300)  # the official runner waits for a second again and again
INTEROP = Path(__file__).parents[3] / "docs" / "interop.md"
METHOD = re.compile(r"^\| `(?P<method>\w+\.\w+)` \| .+ \| works \|$", re.MULTILINE)


def test_differences_are_those_of_the_page(theirs: Any, mine: Any) -> None:
    """No difference is missing on the page, and none stands there without being one."""
    found, listed = differences(steps_of(theirs), steps_of(mine)), documented()
    assert found == listed, f"not on the page:\n{as_rows(found - listed)}\nno longer:\n{as_rows(listed - found)}"


def test_the_session_has_every_method(mine: Any) -> None:
    """Every method of the official SDK that works with the server is a step, and every step sends something."""
    steps = steps_of(mine)
    methods = set(METHOD.findall(INTEROP.read_text("utf-8")))
    assert len(methods) > 30
    assert methods <= {re.match(r"[\w.]+", name)[0] for name in steps}  # pyright: ignore[reportOptionalSubscript]
    assert [name for name, step in steps.items() if not step.exchanges] == []


@pytest.fixture(scope="session")
def excerpt(mine: Any) -> list[dict[str, Any]]:
    """Return what this package sends, without the uploads of thousands of rows."""
    return [entry for entry in mine if sum(entry.get("batch_rows", [])) < 1000]


def test_nothing_differs_from_itself(mine: Any) -> None:
    """Two looks at one session agree, so that what is found is not made by looking."""
    assert differences(steps_of(mine), steps_of(deepcopy(mine))) == set()


def changed(kind: str, **conditions: str) -> Callable[[list[dict[str, Any]]], dict[str, Any]]:
    """Find the first entry of a kind that fulfils conditions."""

    def find(journal: list[dict[str, Any]]) -> dict[str, Any]:
        return next(
            entry
            for entry in journal
            if entry["kind"] == kind and all(entry[name] == value for name, value in conditions.items())
        )

    return find


def span_of(journal: list[dict[str, Any]]) -> dict[str, Any]:
    """Find the first span."""
    return changed("otlp")(journal)["resources"][0]["scope_spans"][0]["spans"][0]


FAULTS: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "method": lambda journal: changed("rest")(journal).update(method="PUT"),
    "path": lambda journal: changed("rest")(journal).update(path="/v2/space"),
    "encoding of the path": lambda journal: changed("rest", method="PATCH")(journal).update(path="/v2/spaces/a="),
    "query": lambda journal: changed("rest", method="GET")(journal).update(query="limit=51"),
    "body": lambda journal: changed("rest", method="POST")(journal).update(body='{"name":"other"}'),
    "type in the body": lambda journal: changed("rest", method="POST")(journal).update(body='{"name":1}'),
    "body that is left out": lambda journal: changed("rest", method="POST")(journal).update(body=None),
    "header": lambda journal: changed("rest")(journal)["headers"].append(["x-new", "1"]),
    "value of a header": lambda journal: changed("rest")(journal)["headers"].append(["accept", "text/html"]),
    "request that is left out": lambda journal: journal.remove(changed("rest")(journal)),
    "request that is made twice": lambda journal: journal.insert(1, changed("rest")(journal)),
    "command": lambda journal: changed("flight", rpc="DoGet")(journal).update(command='{"getDataset": {}}'),
    "bytes of a command": lambda journal: changed("flight")(journal).update(
        command=changed("flight")(journal)["command"].replace("  ", "")
    ),
    "action": lambda journal: changed("flight", rpc="DoAction")(journal).update(type="other"),
    "metadata": lambda journal: changed("flight")(journal)["headers"].pop(),
    "type of a column": lambda journal: changed("flight", rpc="DoPut")(journal)["columns"][0].__setitem__(1, "float"),
    "order of columns": lambda journal: changed("flight", rpc="DoPut")(journal)["columns"].reverse(),
    "cell": lambda journal: changed("flight", rpc="DoPut")(journal)["cells"]["metadata"].reverse(),
    "batches": lambda journal: changed("flight", rpc="DoPut")(journal).update(batch_rows=[1, 1]),
    "metadata of an export": lambda journal: changed("otlp")(journal)["headers"].pop(),
    "name of a span": lambda journal: span_of(journal).update(name="Task: other"),
    "attribute of a span": lambda journal: span_of(journal)["attributes"].pop(),
    "status of a span": lambda journal: span_of(journal).update(status={}),
    "links of a span": lambda journal: span_of(journal).update(links=[{}, {}, {}]),
    "project": lambda journal: changed("otlp")(journal)["resources"][0]["resource"]["attributes"].clear(),
    "outcome": lambda journal: changed("outcome")(journal).update(raises=True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(excerpt: list[dict[str, Any]], fault: Callable[[list[dict[str, Any]]], object]) -> None:
    """Whatever part of what is sent changes, it is a difference."""
    other = deepcopy(excerpt)
    fault(other)
    assert differences(steps_of(excerpt), steps_of(other))
