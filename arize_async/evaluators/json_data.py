"""Evaluators of outputs that should be JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.json_values import differences, leaves
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import json_of, library, one_of, shown, verdict, wanted, without_fence

if TYPE_CHECKING:
    from arize_async.models.evaluation import EvaluationResult

_SHOWN = 10
_TYPES: Mapping[str, type] = {"object": dict, "array": list}


def _read(output: object, *, fenced: bool) -> tuple[object, str | None]:
    """Return the value of an output, or why there is none."""
    if output is None:
        return None, "there is no output"
    try:
        return json_of(without_fence(output) if fenced and isinstance(output, str) else output), None
    except ValueError as error:
        return None, f"no JSON: {error}"


@frozen(kw_only=True)
class JSONValid:
    """Tell whether the output is JSON (RFC 8259): text that can be parsed, or data.

    No output scores 0, and so do NaN and Infinity, which JSON does not have.

    Attributes:
        kind_of_value: ``"object"`` or ``"array"`` when it has to be one; None for any value.
        fenced: Whether JSON in a Markdown code block counts.
        name: Name in columns.

    Example:
        >>> JSONValid()('{"a": 1}').score, JSONValid()("{'a': 1}").score, JSONValid(kind_of_value="object")("[1]").score
        (1.0, 0.0, 0.0)
    """

    kind_of_value: Literal["object", "array"] | None = field(default=None, validator=one_of("object", "array", None))
    fenced: bool = False
    name: str = "json_valid"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object) -> EvaluationResult:
        """Parse."""
        value, why = _read(output, fenced=self.fenced)
        if why is None and self.kind_of_value and not isinstance(value, _TYPES[self.kind_of_value]):
            why = f"no {self.kind_of_value}: {shown(value)}"
        return verdict(right=why is None, why=why)


@frozen
class JSONSchema:
    """Tell whether the output is JSON that a schema allows (drafts 4 to 2020-12; nothing is fetched).

    Output that is no JSON scores 0. Patterns in the schema are matched within a bound; one that backtracks beyond it
    makes the value invalid and says so. Needs ``arize-async[evaluators]``.

    Attributes:
        schema: The schema; its ``$schema`` says the draft, 2020-12 otherwise.
        fenced: Whether JSON in a Markdown code block counts.
        formats: Whether ``format`` is checked, too.
        name: Name in columns.

    Raises:
        InvalidEvaluator: The schema is none, or refers to another one that it does not contain.

    Example:
        >>> is_person = JSONSchema({"type": "object", "required": ["name"]})
        >>> is_person('{"name": "Alfred"}').score, is_person("[]").explanation
        (1.0, '$: [] is not of type "object"')
    """

    schema: Mapping[str, object] | bool
    fenced: bool = field(default=False, kw_only=True)
    formats: bool = field(default=False, kw_only=True)
    name: str = field(default="json_schema", kw_only=True)
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE
    _validator: Any = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the schema."""
        object.__setattr__(self, "_validator", self._check())

    def _check(self) -> object:
        jsonschema = library("jsonschema_rs")
        schema = dict(self.schema) if isinstance(self.schema, Mapping) else self.schema
        try:
            return jsonschema.validator_for(schema, offline=True, validate_formats=self.formats)
        except (ValueError, TypeError, RecursionError) as error:
            text = str(error).partition("\n")[0]
            raise InvalidEvaluator(f"this is no JSON schema: {text}", path="schema") from None

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle without the validator, which is native code."""
        return _schema, (self.schema, self.fenced, self.formats, self.name)

    def __call__(self, output: object) -> EvaluationResult:
        """Validate; the explanation has the first errors with their paths."""
        value, why = _read(output, fenced=self.fenced)
        if why is None:
            try:
                errors = list(islice(self._validator.iter_errors(value), _SHOWN))
            except ValueError as error:  # text that is not valid Unicode
                return verdict(right=False, why=f"no JSON: {error}")
            why = "\n".join(f"{_path(error.instance_path)}: {error.message}" for error in errors) or None
        return verdict(right=why is None, why=why)


def _schema(schema: Any, fenced: bool, formats: bool, name: str) -> JSONSchema:  # noqa: FBT001 - called by pickle
    return JSONSchema(schema, fenced=fenced, formats=formats, name=name)


def _path(parts: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


@frozen(kw_only=True)
class JSONFields:
    """Compare the output with the expected JSON value field by field.

    The score is the share of fields that are the same, of all that either has; a field is a value that holds no
    others. The label tells whether all are. The explanation lists the differences. Output that is no JSON scores 0;
    an expected output that is none is an error.

    Attributes:
        fields: The keys of the object that are compared; None for all.
        ignore_extra: Whether fields that are not expected count for nothing.
        fenced: Whether JSON in a Markdown code block counts.
        name: Name in columns.

    Example:
        >>> result = JSONFields()('{"name": "Alfred", "year": 1866}', {"name": "Alfred", "year": 1867})
        >>> result.score, result.explanation
        (0.5, '$.year: expected 1867, got 1866')
    """

    fields: tuple[str, ...] | None = field(default=None, converter=lambda each: each and tuple(each))
    ignore_extra: bool = False
    fenced: bool = False
    name: str = "json_fields"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: What is expected is no JSON.
        """
        right, problem = _read(wanted(expected), fenced=False)
        if problem:
            raise ValueError(f"the expected output is {problem}")
        value, why = _read(output, fenced=self.fenced)
        if why:
            return verdict(right=False, why=why)
        right, value = self._chosen(right), self._chosen(value)
        found = [each for each in differences(right, value) if not (self.ignore_extra and each[1] is ...)]
        wrong = sum(leaves(value if right is ... else right) for _, right, value in found)
        extra = sum(leaves(value) for _, right, value in found if right is ...)
        total = leaves(right) + extra
        result = verdict(right=not found, why="\n".join(_told(*each) for each in found[:_SHOWN]) or None)
        return type(result)(
            max(0.0, 1 - wrong / total), result.label, result.explanation, {"differences": len(found), "fields": total}
        )

    def _chosen(self, value: object) -> object:
        if self.fields is None or not isinstance(value, dict):
            return value
        return {key: item for key, item in cast("dict[str, object]", value).items() if key in self.fields}


def _told(path: str, expected: object, output: object) -> str:
    if expected is ...:
        return f"{path}: not expected, got {shown(output)}"
    return f"{path}: expected {shown(expected)}, got {'nothing' if output is ... else shown(output)}"
