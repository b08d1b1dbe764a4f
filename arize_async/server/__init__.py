"""The embedded server: the platform's protocol on this machine, with a database in one file."""

from arize_async.server.embedded import LocalServer
from arize_async.server.options import ClientOptions

__all__ = ["ClientOptions", "LocalServer"]
