"""An evaluator of the tools that a model calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, cast

from attrs import field, frozen

from arize_async.evaluators.json_values import differences
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import json_of, one_of, shown, wanted
from arize_async.models.evaluation import EvaluationResult

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class _ToolCall:
    """A tool's name and arguments; ``...`` for arguments that are no JSON."""

    name: str
    arguments: object

    def __str__(self) -> str:
        return f"{self.name}({'no JSON' if self.arguments is ... else shown(self.arguments)})"


@frozen(kw_only=True)
class ToolCallMatch:
    """Tell whether the output calls the expected tools with the expected arguments.

    Both are a message with ``tool_calls``, or a list of calls, or one call, as data or as JSON text. A call is
    ``{"function": {"name": ..., "arguments": ...}}`` or ``{"name": ..., "arguments": ...}``, its arguments an object or
    its JSON text. The score is the share of calls that match, of those expected or of those made, whichever are more;
    the label tells whether all do. A message without calls makes none, and so does no output. Arguments that are no
    JSON match nothing. An expected output that is none of these forms is an error.

    Attributes:
        ordered: Whether the calls have to be made in the order that is expected.
        arguments: ``"equal"``; ``"subset"`` when arguments beyond those expected are fine; ``"ignored"``.
        name: Name in columns.

    Example:
        >>> made = {"tool_calls": [{"function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}]}
        >>> ToolCallMatch()(made, [{"name": "weather", "arguments": {"city": "Oslo"}}]).label
        'True'
    """

    ordered: bool = False
    arguments: Literal["equal", "subset", "ignored"] = field(
        default="equal", validator=one_of("equal", "subset", "ignored")
    )
    name: str = "tool_calls"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: What is expected is no tool call.
        """
        right = _calls(wanted(expected))
        try:
            made = [] if output is None else _calls(output)
        except ValueError as error:
            made, problem = [], f"the output has no tool calls: {error}"
        else:
            problem = ""
        missing, extra = self._unmatched(right, made)
        most = max(len(right), len(made))
        told = [problem, *(f"missing: {call}" for call in missing), *(f"not expected: {call}" for call in extra)]
        matched = len(right) - len(missing)
        return EvaluationResult(
            matched / most if most else 1.0,
            str(not missing and not extra),
            "\n".join(each for each in told[:10] if each),
            {"matched": matched, "expected": len(right), "made": len(made)},
        )

    def _unmatched(self, right: list[_ToolCall], made: list[_ToolCall]) -> tuple[list[_ToolCall], list[_ToolCall]]:
        if self.ordered:
            pairs = list(zip(right, made, strict=False))
            wrong = [pair for pair in pairs if not self._is_match(*pair)]
            missing = [call for call, _ in wrong] + right[len(pairs) :]
            return missing, [call for _, call in wrong] + made[len(pairs) :]
        left, missing = list(made), list[_ToolCall]()
        for call in right:
            place = next((place for place, other in enumerate(left) if self._is_match(call, other)), None)
            if place is None:
                missing.append(call)
            else:
                del left[place]
        return missing, left

    def _is_match(self, expected: _ToolCall, made: _ToolCall) -> bool:
        if expected.name != made.name or self.arguments == "ignored":
            return expected.name == made.name
        if made.arguments is ...:
            return False
        found = differences(expected.arguments, made.arguments)
        return all(self.arguments == "subset" and right is ... for _, right, _ in found)


def _calls(value: object) -> list[_ToolCall]:
    data = json_of(value)
    if isinstance(data, dict):
        message = cast("dict[str, object]", data)
        if "tool_calls" in message or "role" in message:
            data = message.get("tool_calls") or []
    items = cast("list[object]", data) if isinstance(data, list) else [data]
    return [_call(item) for item in items]


def _call(item: object) -> _ToolCall:
    call = cast("Mapping[str, object]", item) if isinstance(item, dict) else {}
    inner = call.get("function")
    call = cast("Mapping[str, object]", inner) if isinstance(inner, dict) else call
    name, arguments = call.get("name"), call.get("arguments")
    if not isinstance(name, str):
        raise ValueError(f"no tool call: {shown(item)}")  # noqa: TRY004 - data, not an argument
    try:
        return _ToolCall(name, json_of(arguments or {}))
    except ValueError:
        return _ToolCall(name, ...)
