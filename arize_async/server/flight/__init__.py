"""The Arrow Flight side (wire contract 4)."""
