"""What a column of a filter is in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import TYPE_CHECKING

import pyarrow as pa
from attrs import frozen

from arize_async.server.storage.columns import Column
from arize_async.server.storage.refusals import unprocessable

if TYPE_CHECKING:
    from arize_async.server.storage.filters.syntax import Name


@frozen
class Fragment:
    """A piece of SQL, written here, and the values of its marks, from outside."""

    sql: str
    parameters: tuple[object, ...] = ()


class Kind(Enum):
    """What a column holds; the value says it in a message."""

    TEXT = "text"
    NUMBER = "numbers"
    BOOLEAN = "true and false"
    MOMENT = "moments"
    ANY = "values of any type"


@frozen
class Field:
    """A column: its kind, its value in that kind, its value as text, and for mixed columns the JSON type."""

    kind: Kind
    value: Fragment
    text: Fragment
    json_type: Fragment | None = None
    json: Fragment | None = None


@frozen
class Scope:
    """What the names of a filter mean.

    Attributes:
        texts: Fixed columns of text.
        moments: Fixed columns of moments, and the columns that store them.
        columns: The open columns.
        annotated: Number of the experiment or dataset whose annotations count.
        annotations: Names of the annotation configs of the space.
    """

    texts: AbstractSet[str]
    moments: Mapping[str, str]
    columns: Sequence[Column]
    annotated: int
    annotations: AbstractSet[str]

    def field(self, name: Name) -> Field:
        """Return what a name means.

        Raises:
            UnprocessableEntity: It means nothing; the message names the position and the columns that exist.
        """
        if name.text in self.texts:
            column = Fragment(f"t.{name.text}")
            return Field(Kind.TEXT, column, column)
        if name.text in self.moments:
            column = Fragment(f"t.{self.moments[name.text]}")
            return Field(Kind.MOMENT, column, Fragment(f"CAST({column.sql} AS VARCHAR)"))
        return self._annotation(name.text) or self._open(name.text) or self._refuse(name)

    def _annotation(self, name: str) -> Field | None:
        head, _, part = name.rpartition(".")
        annotation = head.removeprefix("annotation.")
        if part not in {"score", "label", "text"} or annotation == head or annotation not in self.annotations:
            return None
        value = Fragment(
            f"(SELECT a.{part} FROM annotations a WHERE a.owner_no = ? AND a.record_id = t.id AND a.name = ?)",  # noqa: S608 - one of three words
            (self.annotated, annotation),
        )
        text = Fragment(f"CAST({value.sql} AS VARCHAR)", value.parameters)
        return Field(Kind.NUMBER, value, text) if part == "score" else Field(Kind.TEXT, value, value)

    def _open(self, name: str) -> Field | None:
        known = {column.name: column for column in self.columns}
        if name in known:
            return _of_column(known[name])
        head, dot, tail = name, ".", ""
        while dot:
            head, dot, part = head.rpartition(".")
            tail = f"{part}.{tail}" if tail else part
            if head in known:
                return _inside(head, tail)
        return None

    def _refuse(self, name: Name) -> Field:
        names = [*sorted(self.texts), *self.moments, *(column.name for column in self.columns)]
        names += [f"annotation.{annotation}.*" for annotation in sorted(self.annotations)]
        raise unprocessable(f"filter, position {name.position}: no column {name.text!r}; columns: {', '.join(names)}")


def _of_column(column: Column) -> Field:
    steps = (pointer(column.name),)
    text = Fragment("json_extract_string(t.doc, ?)", steps)
    json = Fragment("json_extract(t.doc, ?)", steps)
    kind = column.kind
    if column.mixed or pa.types.is_null(kind):
        return Field(Kind.ANY, text, text, Fragment("json_type(t.doc, ?)", steps), json)
    if pa.types.is_integer(kind):
        return Field(Kind.NUMBER, _cast(json, "HUGEINT"), text)
    if pa.types.is_floating(kind):
        return Field(Kind.NUMBER, _cast(json, "DOUBLE"), text)
    if pa.types.is_boolean(kind):
        return Field(Kind.BOOLEAN, _cast(json, "BOOLEAN"), text)
    return Field(Kind.TEXT, text, text)


def _inside(column: str, path: str) -> Field:
    # the column may be an object, or text that is the JSON of one
    whole = "CASE WHEN json_valid(json_extract_string(t.doc, ?)) THEN json_extract_string(t.doc, ?)::JSON END"
    parameters = (pointer(column), pointer(column), pointer(*path.split(".")))
    return Field(
        Kind.ANY,
        Fragment(f"json_extract_string({whole}, ?)", parameters),
        Fragment(f"json_extract_string({whole}, ?)", parameters),
        Fragment(f"json_type({whole}, ?)", parameters),
        Fragment(f"json_extract({whole}, ?)", parameters),
    )


def pointer(*steps: str) -> str:
    """Return a JSON pointer (RFC 6901).

    >>> pointer("a/b", "c~d")
    '/a~1b/c~0d'
    """
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _cast(fragment: Fragment, kind: str) -> Fragment:
    return Fragment(f"TRY_CAST({fragment.sql} AS {kind})", fragment.parameters)
