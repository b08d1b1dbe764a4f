"""The program ``arize-async``."""

from arize_async.cli.program import main

__all__ = ["main"]
