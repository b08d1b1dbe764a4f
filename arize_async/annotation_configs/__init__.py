"""Annotation configs: types, and the class of ``client.annotation_configs``."""
