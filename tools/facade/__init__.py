"""Writes the blocking package from the source of the asynchronous one and an explicit manifest."""
