"""``client.annotation_configs``."""

from arize_async.resources.annotation_configs import AnnotationConfigsClient

__all__ = ["AnnotationConfigsClient"]
