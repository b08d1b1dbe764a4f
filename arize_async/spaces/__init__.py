"""Spaces: types, and the class of ``client.spaces``."""
