"""Evaluators under their official paths."""
