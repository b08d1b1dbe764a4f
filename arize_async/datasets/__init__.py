"""Datasets and their examples: types, errors, and the class of ``client.datasets``."""
