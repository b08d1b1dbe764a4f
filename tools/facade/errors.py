"""What the generator cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from pathlib import Path


class Untranslatable(Exception):
    """The source and the manifest do not fit together; the message names file and line."""

    def __init__(self, path: Path, node: ast.AST | int, message: str) -> None:
        """Say where and what."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        super().__init__(f"{path.as_posix()}:{line}: {message}")
