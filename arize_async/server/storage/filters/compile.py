"""From a tree to SQL with parameters; no text of a filter ever becomes SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from arize_async.server.storage.filters.fields import Field, Fragment, Kind
from arize_async.server.storage.filters.syntax import (
    Comparison,
    Junction,
    Literal,
    Membership,
    Node,
    Not,
    NullCheck,
    TextMatch,
)
from arize_async.server.storage.refusals import unprocessable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.server.storage.filters.fields import Scope

_NUMBERS = "('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')"
_JSON_TYPES = {Kind.TEXT: "('VARCHAR')", Kind.NUMBER: _NUMBERS, Kind.BOOLEAN: "('BOOLEAN')"}
_ADVICE = {
    Kind.TEXT: "write a text in single quotes",
    Kind.NUMBER: "write a number without quotes",
    Kind.BOOLEAN: "write true or false without quotes",
    Kind.MOMENT: "write an RFC 3339 text or milliseconds since the epoch",
}


def compile_filter(node: Node, scope: Scope) -> Fragment:
    """Return the condition of a tree on rows ``t``.

    Raises:
        UnprocessableEntity: A column is not known, or is compared with a value of another type.
    """
    if isinstance(node, Junction):
        parts = [compile_filter(operand, scope) for operand in node.operands]
        sql = f" {node.word} ".join(part.sql for part in parts)
        return Fragment(f"({sql})", tuple(value for part in parts for value in part.parameters))
    if isinstance(node, Not):
        inner = compile_filter(node.operand, scope)
        return Fragment(f"(NOT {inner.sql})", inner.parameters)
    field = scope.field(node.column)
    if isinstance(node, NullCheck):
        return Fragment(f"({field.text.sql} IS NULL)", field.text.parameters)
    if isinstance(node, TextMatch):
        sql = f"({field.text.sql} LIKE ?)" if node.like else f"contains({field.text.sql}, ?)"
        return Fragment(sql, (*field.text.parameters, node.text))
    return _compare(field, node) if isinstance(node, Comparison) else _member(field, node)


def _compare(field: Field, node: Comparison) -> Fragment:
    kind = _kind(node.literal)
    if kind is Kind.BOOLEAN and node.operator not in {"=", "!="}:
        raise unprocessable(f"filter, position {node.literal.position}: true and false are only compared by = and !=")
    if field.kind is Kind.ANY:
        # a value of another type is different, and neither smaller nor larger
        other = {"=": "FALSE", "!=": "TRUE"}.get(node.operator, "NULL")
        return _if_type(field, kind, f"{_as(field, kind).sql} {node.operator} ?", (node.literal.value,), other)
    value = _fit(field, node.literal, kind)
    return Fragment(f"({field.value.sql} {node.operator} ?)", (*field.value.parameters, value))


def _member(field: Field, node: Membership) -> Fragment:
    if field.kind is not Kind.ANY:
        values = [_fit(field, literal, _kind(literal)) for literal in node.literals]
        return Fragment(f"({field.value.sql} IN ({_marks(values)}))", (*field.value.parameters, *values))
    parts: list[Fragment] = []
    for kind in _JSON_TYPES:
        values = [literal.value for literal in node.literals if _kind(literal) is kind]
        if values:
            parts.append(_if_type(field, kind, f"{_as(field, kind).sql} IN ({_marks(values)})", values, "FALSE"))
    sql = " OR ".join(part.sql for part in parts)
    return Fragment(f"({sql})", tuple(value for part in parts for value in part.parameters))


def _if_type(field: Field, kind: Kind, condition: str, values: Sequence[object], other: str) -> Fragment:
    assert field.json_type is not None
    json_type = field.json_type
    sql = (
        f"(CASE WHEN {json_type.sql} IN {_JSON_TYPES[kind]} THEN {condition}"
        f" WHEN coalesce({json_type.sql}, 'NULL') <> 'NULL' THEN {other} END)"
    )
    return Fragment(sql, (*json_type.parameters, *_as(field, kind).parameters, *values, *json_type.parameters))


def _as(field: Field, kind: Kind) -> Fragment:
    assert field.json is not None
    if kind is Kind.TEXT:
        return field.text
    target = "DOUBLE" if kind is Kind.NUMBER else "BOOLEAN"
    return Fragment(f"TRY_CAST({field.json.sql} AS {target})", field.json.parameters)


def _kind(literal: Literal) -> Kind:
    if isinstance(literal.value, bool):
        return Kind.BOOLEAN
    return Kind.TEXT if isinstance(literal.value, str) else Kind.NUMBER


def _fit(field: Field, literal: Literal, kind: Kind) -> object:
    value = _moment(literal.value) if field.kind is Kind.MOMENT else literal.value
    if value is None or field.kind not in {kind, Kind.MOMENT}:
        advice = _ADVICE[field.kind]
        raise unprocessable(f"filter, position {literal.position}: the column holds {field.kind.value}; {advice}")
    return value


def _moment(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return int(value * 1000)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1_000_000)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
