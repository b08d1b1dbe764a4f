"""Run and record LLM experiments, asynchronously."""

from arize_async._version import __version__

__all__ = ["__version__"]
