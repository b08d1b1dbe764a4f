"""What a filter says, as a tree."""

from __future__ import annotations

from attrs import frozen

Value = str | int | float | bool


@frozen
class Name:
    """A column, and where it stands in the filter, counted from 1."""

    text: str
    position: int


@frozen
class Literal:
    """A value; None is ``null``."""

    value: Value | None
    position: int


@frozen
class Comparison:
    """A column and a value with one of ``= != < <= > >=`` between them."""

    column: Name
    operator: str
    literal: Literal


@frozen
class Membership:
    """A column that equals one of several values."""

    column: Name
    literals: tuple[Literal, ...]


@frozen
class TextMatch:
    """A column whose text contains a part, or is like a pattern."""

    column: Name
    like: bool
    text: str


@frozen
class NullCheck:
    """A column without a value."""

    column: Name


@frozen
class Not:
    """The opposite."""

    operand: Node


@frozen
class Junction:
    """Conditions of which all (``AND``) or some (``OR``) hold."""

    word: str
    operands: tuple[Node, ...]


Node = Comparison | Membership | TextMatch | NullCheck | Not | Junction
