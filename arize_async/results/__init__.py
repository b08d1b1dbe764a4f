"""Frames and summaries of a run."""
