"""Bytes to values and back: the protocol, shared by the client and the embedded server."""
