"""Evaluators that look at the text of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.json_values import same
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import library, one_of, shown, text_of, verdict, wanted, wanted_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.models.evaluation import EvaluationResult


@frozen(kw_only=True)
class ExactMatch:
    """Tell whether the output is what is expected: the same text, or the same JSON value.

    ``1`` and ``1.0`` are the same number; ``"1"``, ``1`` and ``true`` are three values. No output scores 0; an
    example without an expected output is an error.

    Attributes:
        ignore_case: Whether letters of either case are the same, in texts.
        strip: Whether white space around texts counts for nothing.
        name: Name in columns.

    Example:
        >>> ExactMatch(ignore_case=True)("alfred nobel", "Alfred Nobel").label
        'True'
    """

    ignore_case: bool = False
    strip: bool = False
    name: str = "exact_match"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare."""
        is_same = same(self._plain(output), self._plain(wanted(expected)))
        return verdict(right=is_same, why=None if is_same else f"expected {shown(expected)}, got {shown(output)}")

    def _plain(self, value: object) -> object:
        if isinstance(value, str):
            value = value.strip() if self.strip else value
            value = value.casefold() if self.ignore_case else value
        return value


def _texts(value: str | Sequence[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    found = (value,) if isinstance(value, str) else tuple(value)
    if not found or not all(isinstance(each, str) and each for each in cast("tuple[object, ...]", found)):
        raise InvalidEvaluator(f"text, or several, none of them empty; got {value!r}", path="text")
    return found


@frozen
class Contains:
    """Tell whether the output contains a text.

    An output that is no text is looked at as the JSON text that it is stored as. No output scores 0; an example
    without an expected output, or with an empty one, is an error when no text is given.

    Attributes:
        text: What to look for, one or several; by default what is expected, which may be a list of texts.
        of: Whether ``"all"`` of several texts have to be there, or ``"any"`` of them.
        ignore_case: Whether letters of either case are the same.
        name: Name in columns.

    Raises:
        InvalidEvaluator: A text is empty.

    Example:
        >>> Contains()("It was Alfred Nobel.", "Alfred Nobel").score
        1.0
        >>> Contains(["Nobel", "Edison"])("It was Alfred Nobel.").explanation
        'missing: "Edison"'
    """

    text: tuple[str, ...] | None = field(default=None, converter=_texts)
    of: Literal["all", "any"] = field(default="all", kw_only=True, validator=one_of("all", "any"))
    ignore_case: bool = field(default=False, kw_only=True)
    name: str = field(default="contains", kw_only=True)
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object = None) -> EvaluationResult:
        """Look for each text."""
        parts = _parts(expected) if self.text is None else self.text
        if output is None:
            return verdict(right=False, why="there is no output")
        text = self._plain(cast("str", text_of(output)))
        missing = [part for part in parts if self._plain(part) not in text]
        right = not missing if self.of == "all" else len(missing) < len(parts)
        return verdict(right=right, why=f"missing: {', '.join(map(shown, missing))}" if missing else None)

    def _plain(self, text: str) -> str:
        return text.casefold() if self.ignore_case else text


def _parts(expected: object) -> list[str]:
    items = cast("list[object]", expected) if isinstance(expected, list) else [expected]
    parts = [wanted_text(item) for item in items]
    if not parts or not all(parts):
        raise ValueError("the expected output is empty, and everything contains that")
    return parts


def _compiled(pattern: object) -> Any:
    regex = library("regex")
    try:
        return regex.compile(pattern)
    except (TypeError, ValueError, OverflowError, RecursionError, regex.error) as error:
        raise InvalidEvaluator(f"{shown(str(pattern))} is no regular expression: {error}", path="pattern") from error


@frozen
class Regex:
    """Tell whether a regular expression matches the output, in bounded time.

    The syntax is that of the ``regex`` package, which knows all of ``re``; flags stand in the pattern, as in
    ``(?i)nobel``. An output that is no text is looked at as its JSON text; no output scores 0. A match that takes
    longer than ``timeout`` is an error: it backtracks without end. Other code goes on meanwhile. Needs
    ``arize-async[evaluators]``.

    Attributes:
        pattern: What to look for.
        full: Whether the whole output has to match.
        timeout: Seconds of processor time, of all threads of this process, that may pass during a match.
        name: Name in columns.

    Raises:
        InvalidEvaluator: It is no regular expression.

    Example:
        >>> Regex(r"in (?P<year>1[0-9]{3})")("Dynamite was invented in 1867.").metadata
        {'year': '1867'}
    """

    pattern: Any = field(converter=_compiled)
    full: bool = field(default=False, kw_only=True)
    timeout: float = field(default=1.0, kw_only=True)
    name: str = field(default="regex", kw_only=True)
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object) -> EvaluationResult:
        """Search; named groups become metadata.

        Raises:
            TimeoutError: It takes too long.
        """
        text = text_of(output)
        if text is None:
            return verdict(right=False, why="there is no output")
        match = self.pattern.fullmatch if self.full else self.pattern.search
        try:
            found = match(text, timeout=self.timeout, concurrent=True)
        except TimeoutError:
            raise TimeoutError(
                f"the pattern took more than {self.timeout:g} s of processor time on {len(text):,} characters"
            ) from None
        if found is None:
            return verdict(right=False, why="it does not match")
        groups = {key: value for key, value in found.groupdict().items() if value is not None}
        return verdict(right=True, why=f"matched {shown(found[0])}", metadata=groups)
