"""Sockets: the only place that opens them."""
