"""The embedded server: the platform's protocol on this machine, with a database in one file."""

from arize_async.server.embedded import LocalServer

__all__ = ["LocalServer"]
