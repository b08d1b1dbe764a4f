"""From text to a tree."""

from __future__ import annotations

from typing import Any, cast

import lark

from arize_async.server.storage.filters.syntax import (
    Comparison,
    Junction,
    Literal,
    Membership,
    Name,
    Node,
    Not,
    NullCheck,
    TextMatch,
)
from arize_async.server.storage.refusals import malformed, unprocessable

MAX_LENGTH = 10_000
MAX_DEPTH = 50
_GRAMMAR = r"""
    start: disjunction
    ?disjunction: conjunction (_OR conjunction)*
    ?conjunction: negation (_AND negation)*
    ?negation: _NOT negation -> negate
        | "(" disjunction ")"
        | condition
    ?condition: column OPERATOR literal -> comparison
        | column _IN literals -> member
        | column _NOT _IN literals -> not_member
        | column _CONTAINS text -> contains
        | column _NOT _CONTAINS text -> not_contains
        | column _LIKE text -> like
        | column _NOT _LIKE text -> not_like
        | column _IS NULL -> is_null
        | column _IS _NOT NULL -> is_not_null
    literals: "(" literal ("," literal)* ")"
    column: NAME | QUOTED
    text: STRING
    literal: STRING | NUMBER | TRUE | FALSE | NULL

    OPERATOR: "==" | "=" | "!=" | "<>" | "<=" | ">=" | "<" | ">"
    _OR.2: /or(?![\w.\-])/i
    _AND.2: /and(?![\w.\-])/i
    _NOT.2: /not(?![\w.\-])/i
    _IN.2: /in(?![\w.\-])/i
    _IS.2: /is(?![\w.\-])/i
    _LIKE.2: /like(?![\w.\-])/i
    _CONTAINS.2: /contains(?![\w.\-])/i
    NULL.2: /null(?![\w.\-])/i
    TRUE.2: /true(?![\w.\-])/i
    FALSE.2: /false(?![\w.\-])/i
    NAME: /[^\W\d]\w*(?:[.\-]\w+)*/
    QUOTED: /"(?:[^"]|"")+"/
    STRING: /'(?:[^']|'')*'/
    NUMBER: /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/
    %ignore /\s+/
"""
_PARSER = lark.Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)
_WORDS = {
    "$END": "the end",
    "_OR": "OR",
    "_AND": "AND",
    "_NOT": "NOT",
    "_IN": "IN",
    "_IS": "IS",
    "_LIKE": "LIKE",
    "_CONTAINS": "CONTAINS",
    "NULL": "null",
    "TRUE": "true",
    "FALSE": "false",
    "NAME": "a column",
    "QUOTED": "a column in double quotes",
    "STRING": "a text in single quotes",
    "NUMBER": "a number",
    "OPERATOR": "an operator such as =",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
}


def parse(text: str) -> Node:
    """Return the tree of a filter.

    Raises:
        BadRequest: The filter is blank.
        UnprocessableEntity: It is no filter; the message names the position.
    """
    if not text.strip():
        raise malformed("filter: blank; leave it out to get everything")
    if len(text) > MAX_LENGTH:
        raise unprocessable(f"filter: longer than {MAX_LENGTH} characters")
    try:
        return cast("Node", _Builder().transform(_PARSER.parse(text)))
    except lark.exceptions.UnexpectedInput as error:
        raise unprocessable(_explain(text, error)) from None
    except lark.exceptions.VisitError as error:
        raise error.orig_exc from None
    except RecursionError:
        raise unprocessable(f"filter: nested more than {MAX_DEPTH} deep") from None


def depth(node: Node) -> int:
    """Return how deep a tree is nested."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        current, level = waiting.pop()
        deepest = max(deepest, level)
        inner = current.operands if isinstance(current, Junction) else ()
        waiting += [(operand, level + 1) for operand in inner]
        if isinstance(current, Not):
            waiting.append((current.operand, level + 1))
    return deepest


def _explain(text: str, error: lark.exceptions.UnexpectedInput) -> str:
    names: set[str] = getattr(error, "accepts", None) or getattr(error, "allowed", None) or set()
    expected = ", ".join(sorted(_WORDS.get(name, name) for name in names))
    position = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else len(text)
    if isinstance(error, lark.exceptions.UnexpectedToken) and error.token.type == "$END":
        position = len(text)
    found = repr(text[position : position + 20]) if position < len(text) else "the end"
    return f"filter, position {position + 1}: found {found}" + (f", expected {expected}" if expected else "")


class _Builder(lark.Transformer[lark.Token, Any]):
    """Turns each rule of the grammar into its value; the methods are named like the rules."""

    def start(self, children: list[Node]) -> Node:
        if depth(children[0]) > MAX_DEPTH:
            raise unprocessable(f"filter: nested more than {MAX_DEPTH} deep")
        return children[0]

    def column(self, children: list[lark.Token]) -> Name:
        (token,) = children
        text = token[1:-1].replace('""', '"') if token.type == "QUOTED" else str(token)
        return Name(text, _position(token))

    def text(self, children: list[lark.Token]) -> str:
        return _unquote(children[0])

    def literal(self, children: list[lark.Token]) -> Literal:
        (token,) = children
        return Literal(_VALUES[token.type](token), _position(token))

    def literals(self, children: list[Literal]) -> tuple[Literal, ...]:
        return tuple(children)

    def comparison(self, children: list[Any]) -> Node:
        column, token, literal = children
        operator = {"==": "=", "<>": "!="}.get(str(token), str(token))
        if literal.value is not None:
            return Comparison(column, operator, literal)
        if operator not in {"=", "!="}:
            raise unprocessable(
                f"filter, position {literal.position}: null is neither smaller nor larger than anything"
            )
        return NullCheck(column) if operator == "=" else Not(NullCheck(column))

    def member(self, children: list[Any]) -> Node:
        column, literals = children
        for literal in literals:
            if literal.value is None:
                raise unprocessable(f"filter, position {literal.position}: null is in no list; add OR ... IS NULL")
        return Membership(column, literals)

    def not_member(self, children: list[Any]) -> Node:
        return Not(self.member(children))

    def contains(self, children: list[Any]) -> Node:
        return TextMatch(children[0], like=False, text=children[1])

    def not_contains(self, children: list[Any]) -> Node:
        return Not(self.contains(children))

    def like(self, children: list[Any]) -> Node:
        return TextMatch(children[0], like=True, text=children[1])

    def not_like(self, children: list[Any]) -> Node:
        return Not(self.like(children))

    def is_null(self, children: list[Any]) -> Node:
        return NullCheck(children[0])

    def is_not_null(self, children: list[Any]) -> Node:
        return Not(NullCheck(children[0]))

    def negate(self, children: list[Node]) -> Node:
        return Not(children[0])

    def conjunction(self, children: list[Node]) -> Node:
        return Junction("AND", tuple(children))

    def disjunction(self, children: list[Node]) -> Node:
        return Junction("OR", tuple(children))


def _position(token: lark.Token) -> int:
    return (token.start_pos or 0) + 1


def _unquote(token: str) -> str:
    return token[1:-1].replace("''", "'")


def _number(token: str) -> int | float:
    try:
        return int(token)
    except ValueError:
        return float(token)


_VALUES: dict[str, Any] = {
    "STRING": _unquote,
    "NUMBER": _number,
    "TRUE": lambda _: True,
    "FALSE": lambda _: False,
    "NULL": lambda _: None,
}
