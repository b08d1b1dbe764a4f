"""``arize-async compare``: experiments beside each other, and a gate for continuous integration."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from arize_async.cli.connection import add_connection, open_client
from arize_async.cli.statuses import Status
from arize_async.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from arize_async.results import Check, Comparison, Condition, Result

_DESCRIPTION = """\
Compare recorded experiments with a baseline on the examples that they share.

Needs the extra "stats".
"""
_EPILOG = """\
exit status:
  0  compared, and every condition is ruled out
  1  it could not be done
  2  the arguments are wrong
  3  a condition of --fail-if holds: there is a regression
  4  a condition is neither shown nor ruled out (0 with --unclear pass)

examples:
  %(prog)s "prompt v1" "prompt v2" --dataset questions
      what is better and what is worse, in words
  %(prog)s main branch --dataset questions \\
      --fail-if "correct < -0.02" --junit report.xml
      fails unless the scores of "correct" fall by no more than 0.02
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("baseline", metavar="BASELINE", help="id or name of an experiment; names need --dataset")
    parser.add_argument("candidates", metavar="CANDIDATE", nargs="+", help="id or name")
    parser.add_argument("--dataset", metavar="NAME", help="id or name of the dataset that names are looked up in")
    parser.add_argument("--space", metavar="NAME", help="id or name of the space")
    add_connection(parser)
    parser.add_argument("--confidence", type=_confidence, default=0.95, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--lower-is-better", action="append", default=[], metavar="EVALUATOR", help="can be given several times"
    )
    parser.add_argument(
        "--fail-if",
        action="append",
        default=[],
        type=_condition,
        metavar="CONDITION",
        help='what the difference of an evaluator must not be, such as "correct < -0.02"; can be given several times,'
        " and is checked for every candidate",
    )
    parser.add_argument(
        "--unclear",
        choices=("fail", "pass"),
        default="fail",
        help="what becomes of a condition that is neither shown nor ruled out (default: %(default)s)",
    )
    output = parser.add_argument_group("output", "the verdicts are written to standard output")
    output.add_argument("--json", action="store_true", help="write all numbers as JSON instead")
    output.add_argument("--markdown", metavar="FILE", type=Path, help="write a report in Markdown")
    output.add_argument("--junit", metavar="FILE", type=Path, help="write the conditions as a JUnit report")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare, write the reports, and return the exit status.

    Raises:
        ArizeError: It could not be done.
    """
    from arize_async.models.json_text import json_text
    from arize_async.results import Result, judge

    if options.junit and not options.fail_if:
        options.refuse("a JUnit report has one test for each --fail-if; there is none")
    comparison = asyncio.run(_compare(options))
    checks = [
        judge(comparison, condition, candidate=each.name)
        for each in comparison.candidates
        for condition in options.fail_if
    ]
    failing = (Result.FAILED, Result.UNCLEAR) if options.unclear == "fail" else (Result.FAILED,)
    _write_reports(options, comparison, checks, failing)
    if options.json:
        print(json_text({**comparison.to_dict(), "checks": [check.to_dict() for check in checks]}))
    else:
        print("\n".join([str(comparison), *map(str, checks)]))
    results = {check.result for check in checks}
    return Status.CONDITION if Result.FAILED in results else Status.UNCLEAR if results.intersection(failing) else 0


async def _compare(options: argparse.Namespace) -> Comparison:
    async with open_client(options) as client:
        return await client.experiments.compare(
            baseline=options.baseline,
            candidates=options.candidates,
            dataset=options.dataset,
            space=options.space,
            confidence=options.confidence,
            lower_is_better=options.lower_is_better,
        )


def _write_reports(
    options: argparse.Namespace, comparison: Comparison, checks: Sequence[Check], failing: Collection[Result]
) -> None:
    from arize_async.cli.junit import junit

    texts: dict[Path | None, str] = {options.junit: junit(checks, failing=failing)}
    texts[options.markdown] = comparison.to_markdown() + _checked(checks)
    for path, text in texts.items():
        if path is not None:
            try:
                path.write_text(text, "utf-8")
            except OSError as error:
                raise InvalidInput(f"{path} cannot be written: {error.strerror or error}") from error


def _checked(checks: Sequence[Check]) -> str:
    from arize_async.results.reports import plain

    lines = [f"- {plain(check.metric.candidate)}: {plain(check.words)}" for check in checks]
    return "\n".join(["\n## Checks\n", *lines, ""]) if lines else ""


def _condition(text: str) -> Condition:
    from arize_async.results import Condition

    try:
        return Condition.parse(text)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _confidence(text: str) -> float:
    try:
        confidence = float(text)
    except ValueError:
        confidence = 0.0
    if not 0 < confidence < 1:
        raise argparse.ArgumentTypeError(f"expected a number between 0 and 1, such as 0.95, got {text!r:.40}")
    return confidence
