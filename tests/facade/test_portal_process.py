"""Signals, forks and the end of the interpreter: each in an interpreter of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PRELUDE = """
import asyncio, os, signal, sys, threading, time
import anyio
from arize_sync._portal import Portal

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())  # whole lines, whatever thread says them

async def farewell():
    await asyncio.sleep(0)
    say("farewell")

async def work(*, stubborn=False):
    say("working")
    try:
        await anyio.sleep_forever()
    finally:
        if stubborn:
            say("stubborn")
            await asyncio.sleep(3600)
        await asyncio.sleep(0)
        say("cleaned up")

portal = Portal(farewell)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and fork")


class Program:
    """A script in an interpreter of its own, whose lines are read as it prints them."""

    def __init__(self, script: str) -> None:
        """Start the script."""
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PRELUDE + textwrap.dedent(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read(self) -> str:
        """Return the next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> tuple[list[str], str, int]:
        """Return the other lines, standard error and the exit status."""
        out, err = self.process.communicate(timeout=60)
        return out.splitlines(), err, self.process.returncode


@pytest.fixture
def run() -> Iterator[type[Program]]:
    """Start programs, and leave none behind."""
    started: list[Program] = []

    class Kept(Program):
        def __init__(self, script: str) -> None:
            super().__init__(script)
            started.append(self)

    yield Kept
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
        program.process.communicate()


def test_interrupt_cancels_and_waits_for_cleanup(run: type[Program]) -> None:
    """Ctrl-C ends the call after its cleanup as KeyboardInterrupt, and the portal goes on."""
    program = run("""
        try:
            portal.call(work)
        except KeyboardInterrupt:
            say("interrupted")
        say(portal.call(asyncio.sleep, 0, "next call"))
        portal.close()
    """)
    assert program.read() == "working"
    program.interrupt()
    out, err, status = program.finish()
    assert out == ["cleaned up", "interrupted", "next call", "farewell"]
    assert (err, status) == ("", 0)


def test_interrupt_of_a_wait_that_sleeps_through_signals(run: type[Program]) -> None:
    """A library may install a signal handler that restarts system calls; Ctrl-C still ends the wait."""
    program = run("""
        signal.siginterrupt(signal.SIGINT, False)
        try:
            portal.call(work)
        except KeyboardInterrupt:
            say("interrupted")
        portal.close()
    """)
    assert program.read() == "working"
    program.interrupt()
    assert program.finish() == (["cleaned up", "interrupted", "farewell"], "", 0)


def test_second_interrupt_gives_up_at_once(run: type[Program]) -> None:
    """A cleanup that hangs keeps nobody who presses Ctrl-C again."""
    program = run("""
        try:
            portal.call(lambda: work(stubborn=True))
        except KeyboardInterrupt:
            say("interrupted")
        os._exit(0)
    """)
    assert program.read() == "working"
    program.interrupt()
    assert program.read() == "stubborn"
    program.interrupt()
    assert program.finish() == (["interrupted"], "", 0)


def test_cleanup_that_hangs_is_left_behind(run: type[Program]) -> None:
    """After the time for cleanup KeyboardInterrupt goes on, and a warning tells of it."""
    program = run("""
        import arize_sync._loop as module
        module.GRACE = 0.05
        try:
            portal.call(lambda: work(stubborn=True))
        except KeyboardInterrupt:
            say("interrupted")
        os._exit(0)
    """)
    assert program.read() == "working"
    program.interrupt()
    out, err, _ = program.finish()
    assert out == ["stubborn", "interrupted"]
    assert "did not clean up within 0.05 seconds" in err


def test_interrupt_of_an_iterator(run: type[Program]) -> None:
    """Ctrl-C while the next item is awaited ends the wait; what comes later can still be had."""
    program = run("""
        from arize_sync._portal import Stream
        class Source:
            ready, asked = 0, 0
            async def __anext__(self):
                self.asked += 1
                if self.asked == 2:
                    await work()
                return self.asked
        stream = Stream(Source(), portal)
        try:
            for item in stream:
                say(item)
        except KeyboardInterrupt:
            say("interrupted")
        say(next(stream))
        portal.close()
    """)
    assert [program.read(), program.read()] == ["1", "working"]
    program.interrupt()
    assert program.finish() == (["cleaned up", "interrupted", "3", "farewell"], "", 0)


def test_interrupt_of_a_body(run: type[Program]) -> None:
    """Ctrl-C in the body of a context manager leaves it with KeyboardInterrupt."""
    program = run("""
        from contextlib import asynccontextmanager
        @asynccontextmanager
        async def manager():
            try:
                yield
            except BaseException as error:
                say(type(error).__name__)
                raise
        try:
            with portal.enter(manager(), lambda value, portal: value):
                say("in the body")
                time.sleep(60)
        except KeyboardInterrupt:
            say("interrupted")
        portal.close()
    """)
    assert program.read() == "in the body"
    program.interrupt()
    assert program.finish() == (["KeyboardInterrupt", "interrupted", "farewell"], "", 0)


def test_unhandled_interrupt_ends_the_program(run: type[Program]) -> None:
    """A script that does not care dies of Ctrl-C as any other, and what it opened is closed."""
    program = run("portal.call(work)")
    assert program.read() == "working"
    program.interrupt()
    out, err, status = program.finish()
    assert out == ["cleaned up", "farewell"]
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert status == -signal.SIGINT


def test_unclosed_client_does_not_hold_the_exit(run: type[Program]) -> None:
    """A program that forgot to close ends silently, and what it opened is closed."""
    program = run("""
        portal.call(asyncio.sleep, 0)
        say("end")
    """)
    assert program.finish() == (["end", "farewell"], "", 0)


@pytest.mark.skipif((3, 12) <= sys.version_info < (3, 12, 2), reason="starts no thread at the exit: CPython #113964")
def test_farewell_at_the_exit_may_use_threads(run: type[Program]) -> None:
    """Closing at the exit of the interpreter works as it does before: executors still take work."""
    program = run("""
        async def thorough_farewell():
            say(await asyncio.to_thread(lambda: "farewell from a thread"))
        portal = Portal(thorough_farewell)
        portal.call(asyncio.sleep, 0)
    """)
    assert program.finish() == (["farewell from a thread"], "", 0)


def test_running_call_of_a_daemon_thread_does_not_hold_the_exit(run: type[Program]) -> None:
    """A call that nobody waits for is cancelled when the program ends."""
    program = run("""
        def background():
            try:
                portal.call(work)
            except Exception:
                pass
        threading.Thread(target=background, daemon=True).start()
        while repr(portal) != "<Portal [1 running]>":
            time.sleep(0.01)
    """)
    out, err, status = program.finish()
    assert out == ["working", "cleaned up", "farewell"]
    assert (err, status) == ("", 0)


def test_entered_context_manager_does_not_hold_the_exit(run: type[Program]) -> None:
    """A stream in a global variable that was never left is no reason to hang or to complain."""
    program = run("""
        from contextlib import asynccontextmanager
        @asynccontextmanager
        async def manager():
            try:
                yield "entered"
            finally:
                say("left")
        kept = portal.enter(manager(), lambda value, portal: value)
        say(kept.__enter__())
    """)
    assert program.finish() == (["entered", "left", "farewell"], "", 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_child_of_a_fork_gets_a_loop_of_its_own(run: type[Program]) -> None:
    """Parent and child both go on calling; each says its own farewell."""
    program = run("""
        async def loop_of():
            return os.getpid()
        portal.call(asyncio.sleep, 0)
        child = os.fork()
        if child == 0:
            say("child", portal.call(loop_of) == os.getpid())
            portal.close()
            sys.exit(0)
        say("status", os.waitpid(child, 0)[1])
        say("parent", portal.call(loop_of) == os.getpid())
        portal.close()
    """)
    out, err, status = program.finish()
    assert out == ["child True", "farewell", "status 0", "parent True", "farewell"]
    assert (err, status) == ("", 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_child_that_never_calls_closes_nothing(run: type[Program]) -> None:
    """What the parent opened stays open when a child closes, collects or ends."""
    program = run("""
        from contextlib import asynccontextmanager
        @asynccontextmanager
        async def manager():
            yield
            say("left")
        kept = portal.enter(manager(), lambda value, portal: value)
        kept.__enter__()
        def leave():
            try:
                kept.__exit__(None, None, None)
            except Exception as error:
                say(error)
        for act in (portal.close, lambda: globals().pop("kept"), leave, lambda: None):
            child = os.fork()
            if child == 0:
                act()
                sys.exit(0)
            say("status", os.waitpid(child, 0)[1])
        kept.__exit__(None, None, None)
        portal.close()
    """)
    out, err, status = program.finish()
    refused = "This was opened by the parent process, which alone can close it"
    assert out == ["status 0", "status 0", refused, "status 0", "status 0", "left", "farewell"]
    assert (err, status) == ("", 0)
