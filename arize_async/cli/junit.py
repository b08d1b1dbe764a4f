"""Checks as a JUnit report, which systems for continuous integration know how to show."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from arize_async.models.unicode import valid_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from arize_async.results import Check, Result

_LOWEST, _HIGHEST = 0x20, 0xFFFD
_KEPT = "\t\n"


def junit(checks: Sequence[Check], *, failing: Collection[Result]) -> str:
    """Return the report.

    Args:
        checks: One test case each.
        failing: Which results count as failures.
    """
    failures = sum(check.result in failing for check in checks)
    counts = {"tests": str(len(checks)), "failures": str(failures), "errors": "0", "skipped": "0"}
    suite = ET.Element("testsuite", {"name": "arize-async compare", **counts})
    for check in checks:
        names = {"classname": _text(check.metric.candidate), "name": _text(str(check.condition))}
        case = ET.SubElement(suite, "testcase", names)
        if check.result in failing:
            failure = ET.SubElement(case, "failure", {"type": check.result.value, "message": _text(check.words)})
            failure.text = _text(check.metric.verdict)
        else:
            ET.SubElement(case, "system-out").text = _text(f"{check.words}\n{check.metric.verdict}")
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _text(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(
        each if each in _KEPT or _LOWEST <= ord(each) <= _HIGHEST or ord(each) > 0xFFFF else "\ufffd"  # noqa: PLR2004 - the last of 16 bits
        for each in valid_text(text)
    )
