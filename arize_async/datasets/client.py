"""``client.datasets``."""

from arize_async.resources.datasets import DatasetsClient

__all__ = ["DatasetsClient"]
