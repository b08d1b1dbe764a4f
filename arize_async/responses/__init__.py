"""Answers of list operations: pages that can be walked, and their frames."""
