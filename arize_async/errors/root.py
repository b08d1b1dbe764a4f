"""The root of the tree."""

from __future__ import annotations


class ArizeError(Exception):
    """Root of every error that this package raises."""
