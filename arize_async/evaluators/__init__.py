"""What scores an output: the protocol, coercion of results, and the base classes."""
