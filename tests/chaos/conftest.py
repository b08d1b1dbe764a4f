"""Faults that no test of a single part would find."""

collect_ignore = ["faults", "kill", "resume"]
