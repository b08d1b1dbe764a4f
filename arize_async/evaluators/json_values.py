"""JSON values, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


def same(left: object, right: object) -> bool:
    """Tell whether two JSON values are the same, whatever the order of keys; true is not 1.

    >>> same({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}), same(True, 1), same("1", 1)
    (True, False, False)
    """
    return next(differences(left, right), None) is None


def differences(expected: object, output: object) -> Iterator[tuple[str, object, object]]:
    """Yield path, expected and found value of each place where two JSON values differ; ``...`` is no value.

    >>> list(differences({"a": 1, "b": [2, 3]}, {"b": [2, 4], "c": 5}))
    [('$.a', 1, Ellipsis), ('$.b[1]', 3, 4), ('$.c', Ellipsis, 5)]
    """
    waiting: list[tuple[str, object, object]] = [("$", expected, output)]
    while waiting:  # not recursive: what a model writes may nest deeper than the stack
        path, left, right = waiting.pop()
        inner = _inner(path, left, right)
        if inner is not None:
            waiting.extend(reversed(inner))
        elif not _equal(left, right):
            yield path, left, right


def leaves(value: object) -> int:
    """Return how many values there are that hold no others; empty lists and objects are some."""
    count, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        if each and isinstance(each, dict):
            waiting.extend(cast("dict[str, object]", each).values())
        elif each and isinstance(each, list):
            waiting.extend(cast("list[object]", each))
        else:
            count += 1
    return count


def _inner(path: str, left: object, right: object) -> list[tuple[str, object, object]] | None:
    if isinstance(left, dict) and isinstance(right, dict):
        ours, theirs = cast("dict[str, object]", left), cast("dict[str, object]", right)
        keys = [*ours, *(key for key in theirs if key not in ours)]
        return [(f"{path}.{key}", ours.get(key, ...), theirs.get(key, ...)) for key in keys]
    if isinstance(left, list) and isinstance(right, list):
        first, second = cast("list[object]", left), cast("list[object]", right)
        return [
            (
                f"{path}[{index}]",
                first[index] if index < len(first) else ...,
                second[index] if index < len(second) else ...,
            )
            for index in range(max(len(first), len(second)))
        ]
    return None


def _equal(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right or (left != left and right != right)  # noqa: PLR0124 - NaN stands for itself
