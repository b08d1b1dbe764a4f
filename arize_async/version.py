"""The version of this package."""

from arize_async._version import __version__

__all__ = ["__version__"]
