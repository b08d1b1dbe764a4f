"""Clients in forked children: what the parent opened stays the parent's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from arize_sync.server import LocalServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

PRELUDE = """
import json, os, sys
from arize_sync import ArizeClient, ArizeError

def in_child(act):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        act()
        sys.exit(0)
    print("status", os.waitpid(child, 0)[1])

def say(call):
    try:
        print(len(list(call())))
    except ArizeError as error:
        print(type(error).__name__)
"""


def run(script: str, *arguments: str) -> list[str]:
    """Return the lines that a script prints; it says nothing else and ends well."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PRELUDE + textwrap.dedent(script), *arguments]
    environment = {
        **os.environ,
        "ARIZE_ENABLE_CACHING": "false",  # what was downloaded once is downloaded again
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
        "GRPC_VERBOSITY": "NONE",  # it tells on standard error that threads were left behind
    }
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=environment)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


def test_child_uses_the_client() -> None:
    """REST works in the child, which closes its own connections; the parent goes on with its own."""
    with LocalServer(":memory:") as server:
        lines = run(
            """
            client = ArizeClient(**json.loads(sys.argv[1]))
            say(client.spaces.list)
            def act():
                say(client.spaces.list)
                client.close()
            in_child(act)
            in_child(lambda: say(client.spaces.list))
            say(client.spaces.list)
            client.close()
            """,
            json.dumps(server.client_options),
        )
    assert lines == ["1", "1", "status 0", "1", "status 0", "1"]


def test_child_of_a_client_that_used_flight() -> None:
    """A Flight connection does not survive a fork: using it is an error, leaving it alone is fine."""
    with LocalServer(":memory:") as server:
        lines = run(
            """
            client = ArizeClient(**json.loads(sys.argv[1]))
            client.datasets.create(name="numbers", space="default", examples=[{"n": n} for n in range(5)])
            def read():
                return client.datasets.list_examples(dataset="numbers", all=True)
            say(read)
            in_child(lambda: say(client.spaces.list))
            in_child(lambda: say(read))
            say(read)
            client.close()
            """,
            json.dumps(server.client_options),
        )
    assert lines == ["5", "1", "status 0", "ConnectionFailed", "status 0", "5"]


def test_child_of_a_client_with_an_embedded_server() -> None:
    """The server runs in the parent: the child says so, and stops nothing."""
    lines = run(
        """
        client = ArizeClient.local(":memory:")
        say(client.spaces.list)
        def act():
            say(client.spaces.list)
            client.close()
            sys.stdout.flush()
            os._exit(0)  # as multiprocessing does: the server's libraries survive no more of the exit than this
        in_child(act)
        say(client.spaces.list)
        client.close()
        """
    )
    assert lines == ["1", "ServerFailed", "status 0", "1"]
