"""An evaluator that runs Python code."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import python_process
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import wanted_text, without_fence
from arize_async.models.evaluation import EvaluationResult

if TYPE_CHECKING:
    from attrs import Attribute

_MEGABYTE = 1024 * 1024


def _positive(_: object, attribute: Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise InvalidEvaluator(f"a finite number above 0, got {value!r}", path=attribute.name)


@frozen
class PythonCode:
    r"""Run the output, Python code that a model wrote, and then tests; tell whether both run to their end.

    The code is the first Markdown code block of the output, or all of it. It runs in an interpreter of its own with an
    empty folder, without the environment variables of this process, and is killed with what it started. Bounded are
    its time, memory (not on Windows and macOS), what it prints, and the size of files. On Linux systems that let users
    make namespaces it has no network and sees no other process; metadata ``apart`` tells whether that was so.

    This keeps mistakes from doing harm; it is no prison for code that means harm, which can read what this user can
    read, and can forge its verdict. Run that in a container or a virtual machine.

    No output, or an output that is no text, scores 0. Without ``tests``, those are the expected output, and an example
    without one is an error.

    Attributes:
        tests: Code that raises when the other code is wrong, with ``assert`` for example; it sees its names.
        timeout: Seconds for both.
        memory_mb: Megabytes of address space.
        output_kb: Kilobytes that may be printed.
        name: Name in columns.

    Raises:
        InvalidEvaluator: A bound is not above 0, or the tests are no Python code.

    Example:
        >>> result = PythonCode("assert double(4) == 8")("def double(x):\n    return x * x")
        >>> result.label, result.explanation
        ('False', 'AssertionError')
    """

    tests: str | None = None
    timeout: float = field(default=10.0, kw_only=True, validator=_positive)
    memory_mb: float = field(default=512, kw_only=True, validator=_positive)
    output_kb: float = field(default=1024, kw_only=True, validator=_positive)
    name: str = field(default="python_code", kw_only=True)
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Refuse tests that cannot run."""
        if self.tests is not None:
            try:
                compile(self.tests, "<tests>", "exec")
            except (SyntaxError, ValueError, TypeError) as error:
                raise InvalidEvaluator(f"this is no Python code: {error}", path="tests") from None

    def __call__(self, output: object, expected: object = None) -> EvaluationResult:
        """Run it.

        Raises:
            ValueError: There are no tests.
            OSError: No process can be started.
        """
        tests = wanted_text(expected) if self.tests is None else self.tests
        if not isinstance(output, str):
            return EvaluationResult(0.0, "False", "the output is no text")
        limits = python_process.Limits(
            self.timeout, int(self.memory_mb * _MEGABYTE), max(1, int(self.output_kb * 1024))
        )
        ended = python_process.run(without_fence(output), tests, limits)
        facts = {"apart": ended.apart, **({"printed": ended.printed} if ended.printed else {})}
        return EvaluationResult(float(ended.passed), str(ended.passed), ended.reason, facts)
