"""Worker processes: killed when they are late, replaced when they die, never in the way."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.executors.processes import ProcessExecutor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from arize_async.executors.call import Call

    MakeCall = Callable[..., Call[Any]]


@pytest.fixture
async def processes() -> AsyncIterator[ProcessExecutor]:
    """Open an executor of two processes and close it."""
    executor = ProcessExecutor(2, timeout=60)
    yield executor
    await executor.aclose()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """Make a pipe with a name: who opens one end waits for who opens the other."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


async def gone(pid: int) -> None:
    """Wait until there is no such process."""
    async with asyncio.timeout(30):
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                await asyncio.sleep(0.01)


async def in_state(processes: ProcessExecutor, state: str) -> None:
    """Wait until the executor is in a state."""
    async with asyncio.timeout(30):
        while repr(processes) != f"<ProcessExecutor {state}>":  # noqa: ASYNC110 - processes have their own time
            await asyncio.sleep(0.001)


def descriptors() -> int:
    """Count the descriptors that are open."""
    return len(list(Path("/dev/fd").iterdir()))


def opened(path: Path) -> bool:
    """Tell whether somebody waits for a pipe to be written to."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


async def pid_in(path: Path) -> int:
    """Wait for a process to write its number."""
    async with asyncio.timeout(30):
        while not path.exists() or not path.read_text().endswith("\n"):  # noqa: ASYNC110, ASYNC240 - a small file
            await asyncio.sleep(0.001)
    return int(path.read_text())  # noqa: ASYNC240 - as above


async def test_the_code_runs_elsewhere_and_its_value_is_converted_here(
    processes: ProcessExecutor, make_call: MakeCall
) -> None:
    """The outcome has the value and the times that the worker took."""
    before = time.time_ns()
    outcome = await processes.run(make_call(os.getpid, lambda pid: (pid, os.getpid())))
    assert outcome.value is not None
    assert outcome.value[0] != outcome.value[1] == os.getpid()
    assert before <= outcome.started_ns <= time.time_ns()
    assert 0 <= outcome.seconds < 60


async def test_a_conversion_that_fails_is_the_error(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """As it is everywhere else."""
    assert isinstance((await processes.run(make_call(lambda: "text", int))).error, ValueError)


async def test_calls_run_at_the_same_time(processes: ProcessExecutor, make_call: MakeCall, fifo: Path) -> None:
    """Two calls that wait for each other meet."""
    ends = [make_call(partial(os.open, str(fifo), flag)) for flag in (os.O_RDONLY, os.O_WRONLY)]
    assert [outcome.error for outcome in await asyncio.gather(*(processes.run(end) for end in ends))] == [None, None]
    await in_state(processes, "open [0 busy, 2 idle, 0 waiting]")


async def test_an_idle_process_is_used_again(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """Calls one after the other share a process, which keeps what a function has left in its globals."""
    seen: list[int] = []

    def call() -> tuple[int, int]:
        seen.append(1)
        return os.getpid(), len(seen)

    values: list[Any] = [(await processes.run(make_call(call))).value for _ in range(3)]
    assert len({pid for pid, _ in values}) == 1
    assert [count for _, count in values] == [1, 2, 3]
    assert not seen
    assert repr(processes) == "<ProcessExecutor open [0 busy, 1 idle, 0 waiting]>"


async def test_calls_beyond_the_processes_wait(make_call: MakeCall, fifo: Path) -> None:
    """Their time begins when they have a process."""
    processes = ProcessExecutor(1)
    async with asyncio.TaskGroup() as group:
        group.create_task(processes.run(make_call(partial(os.open, str(fifo), os.O_RDONLY))))
        second = group.create_task(processes.run(make_call(int)))
        await in_state(processes, "open [1 busy, 0 idle, 1 waiting]")
        released = time.time_ns()
        while not opened(fifo):  # noqa: ASYNC110 - there is no event for this
            await asyncio.sleep(0.001)
    assert second.result().started_ns > released
    await processes.aclose()


async def test_a_late_call_is_killed(make_call: MakeCall, tmp_path: Path) -> None:
    """So is what it has started; another call goes on, and the next has a fresh process."""
    processes = ProcessExecutor(2, timeout=0.5)
    children = tmp_path / "children"

    def hang() -> None:
        child = os.fork()
        if child:
            Path(children).write_text(f"{child}\n")
        while True:
            time.sleep(60)

    (first, hung) = await asyncio.gather(processes.run(make_call(os.getpid)), processes.run(make_call(hang)))
    assert repr(hung.error) == "TimeoutError('timed out after 0.5 s')"
    await gone(await pid_in(children))
    assert (await processes.run(make_call(os.getpid))).value == first.value
    assert repr(processes) == "<ProcessExecutor open [0 busy, 1 idle, 0 waiting]>"
    await processes.aclose()


async def test_a_wait_that_is_cancelled_kills_the_process(
    processes: ProcessExecutor, make_call: MakeCall, tmp_path: Path
) -> None:
    """The wait ends at once, and the slot is free."""
    where = tmp_path / "pid"

    def hang() -> None:
        Path(where).write_text(f"{os.getpid()}\n")
        time.sleep(600)

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(processes.run(make_call(hang)))
        pid = await pid_in(where)
        waiting.cancel()
    await gone(pid)
    assert repr(processes) == "<ProcessExecutor open [0 busy, 0 idle, 0 waiting]>"
    assert (await processes.run(make_call(int))).value == 0


async def test_a_wait_for_a_process_can_be_cancelled(make_call: MakeCall, fifo: Path) -> None:
    """The call that has the process goes on."""
    processes = ProcessExecutor(1)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(processes.run(make_call(partial(os.open, str(fifo), os.O_RDONLY))))
        second = group.create_task(processes.run(make_call(int)))
        await in_state(processes, "open [1 busy, 0 idle, 1 waiting]")
        second.cancel()
        while not opened(fifo):  # noqa: ASYNC110 - there is no event for this
            await asyncio.sleep(0.001)
    assert not first.result().failed
    await processes.aclose()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda: os._exit(3), "exited with code 3"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "was killed by SIGSEGV"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "was killed by SIGKILL: perhaps it ran out of memory"),
    ],
)
async def test_a_process_that_dies_is_an_error(
    processes: ProcessExecutor, make_call: MakeCall, code: Callable[[], None], words: str
) -> None:
    """The error says how; the next call has a fresh process."""
    outcome = await processes.run(make_call(code))
    assert repr(outcome.error) == f"WorkerDied('the worker process {words}')"
    assert (await processes.run(make_call(int))).value == 0


async def test_a_death_is_seen_while_a_child_holds_the_connection(
    processes: ProcessExecutor, make_call: MakeCall, tmp_path: Path
) -> None:
    """The forked child does not keep the call waiting, and ends as well."""
    children = tmp_path / "children"

    def code() -> None:
        child = os.fork()
        if not child:
            time.sleep(600)
        Path(children).write_text(f"{child}\n")
        os._exit(1)

    outcome = await processes.run(make_call(code))
    assert repr(outcome.error) == "WorkerDied('the worker process exited with code 1')"
    await gone(await pid_in(children))


async def test_a_fork_that_returns_answers_once(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """The child that comes back from user code ends; it would spoil the next answer."""
    assert (await processes.run(make_call(lambda: bool(os.fork())))).value is True
    assert (await processes.run(make_call(lambda: "next"))).value == "next"


async def test_a_process_that_died_while_idle_is_replaced(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """Nobody notices."""
    pid = (await processes.run(make_call(os.getpid))).value
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await gone(pid)
    outcome = await processes.run(make_call(os.getpid))
    assert outcome.error is None
    assert outcome.value != pid


async def test_large_values_cross(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """A hundred megabytes in and out, while the event loop goes on."""
    large = b"x" * 100_000_000
    outcome = await processes.run(make_call(partial(bytes.swapcase, large)))
    assert outcome.value is not None
    assert (len(outcome.value), outcome.value[-1:]) == (len(large), b"X")


async def test_little_is_loaded(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """A process is there fast because it imports what user code asks for, and nothing else."""
    loaded = (await processes.run(make_call(partial(eval, "set(__import__('sys').modules)")))).value
    assert loaded is not None
    assert not loaded & {"arize_async", "asyncio", "attr", "cloudpickle", "grpc", "polars", "pyarrow", "threading"}


async def test_an_interrupt_of_the_terminal_is_not_for_workers(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """They are no part of the group that gets it, and ignore one that is sent to them."""
    pid = (await processes.run(make_call(os.getpid))).value
    assert pid is not None
    assert os.getpgid(pid) == pid
    os.kill(pid, signal.SIGINT)
    assert (await processes.run(make_call(os.getpid))).value == pid


async def test_an_interrupt_that_user_code_raises_is_data(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """What it ends is not the executor's business."""

    def code() -> None:
        raise KeyboardInterrupt

    assert isinstance((await processes.run(make_call(code))).error, KeyboardInterrupt)
    assert (await processes.run(make_call(int))).value == 0


async def test_closing_lets_idle_processes_finish(make_call: MakeCall, tmp_path: Path) -> None:
    """What user code has registered for the exit is done; the executor then refuses calls."""
    processes = ProcessExecutor(1)
    left = tmp_path / "left"

    def code() -> None:
        import atexit

        atexit.register(Path(left).write_text, "exported")

    assert (await processes.run(make_call(code))).error is None
    await processes.aclose()
    assert left.read_text() == "exported"
    assert repr(processes) == "<ProcessExecutor closed [0 busy, 0 idle, 0 waiting]>"
    with pytest.raises(RuntimeError, match="closed"):
        await processes.run(make_call(int))


async def test_closing_kills_busy_processes(make_call: MakeCall, tmp_path: Path) -> None:
    """Who waits for them is told that the executor is closed."""
    processes = ProcessExecutor(1)
    where = tmp_path / "pid"

    def hang() -> None:
        Path(where).write_text(f"{os.getpid()}\n")
        time.sleep(600)

    async def wait() -> None:
        with pytest.raises(RuntimeError, match="closed"):
            await processes.run(make_call(hang))

    async with asyncio.TaskGroup() as group:
        group.create_task(wait())
        pid = await pid_in(where)
        await processes.aclose()
    await gone(pid)


async def test_a_process_that_cannot_be_started_is_an_error(
    processes: ProcessExecutor, make_call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call fails; a later one has another chance."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/no/such/python")
        assert "No such file" in repr((await processes.run(make_call(int))).error)
    assert (await processes.run(make_call(int))).value == 0


async def test_nothing_is_left_behind(make_call: MakeCall) -> None:
    """Whatever calls do to their processes: every call has its answer, and no process and no descriptor stays."""
    before = descriptors()
    processes = ProcessExecutor(3, timeout=0.5)

    def kill_me() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def fail() -> None:
        raise ValueError

    def hang() -> None:
        time.sleep(600)

    async def cancelled() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await processes.run(make_call(hang))

    async with asyncio.TaskGroup() as group:
        codes: list[Callable[[], Any]] = [int, hang, kill_me, fail] * 4
        calls = [group.create_task(processes.run(make_call(code))) for code in codes]
        for _ in range(4):
            group.create_task(cancelled())
    errors = [type(call.result().error).__name__ for call in calls]
    assert errors == ["NoneType", "TimeoutError", "WorkerDied", "ValueError"] * 4
    await processes.aclose()
    async with asyncio.timeout(30):
        while descriptors() > before:  # noqa: ASYNC110 - processes have their own time
            await asyncio.sleep(0.01)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # noqa: ASYNC222 - does not wait
