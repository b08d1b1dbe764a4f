"""What crosses between processes, and what becomes of what does not."""

from __future__ import annotations

import os
import sys
import threading
import time
import types
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.executors.crossing import CannotCross
from arize_async.executors.processes import ProcessExecutor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from arize_async.executors.call import Call

    MakeCall = Callable[..., Call[Any]]


@pytest.fixture
async def processes() -> AsyncIterator[ProcessExecutor]:
    """Open an executor of one process and close it."""
    executor = ProcessExecutor(1, timeout=60)
    yield executor
    await executor.aclose()


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad", 1),
        KeyError("k"),
        SystemExit(3),
        FileNotFoundError(2, "missing", "file"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
        ExceptionGroup("several", [ValueError("one"), TypeError("two")]),
        TimeoutError("the user's own"),
        GeneratorExit(),
        StopIteration(1),
        ValueError("\ud800 lone"),
    ],
)
async def test_an_error_crosses(processes: ProcessExecutor, make_call: MakeCall, error: BaseException) -> None:
    """It is of the same class and looks the same, and says where it was raised."""

    def raise_it() -> None:
        raise error

    outcome = await processes.run(make_call(raise_it))
    assert type(outcome.error) is type(error)
    assert outcome.error is not None
    assert repr(outcome.error) == repr(error)
    assert "in raise_it" in str(outcome.error.__cause__)


async def test_an_error_with_a_constructor_of_its_own_crosses(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """Errors of HTTP clients take more than a message; class, text and attributes arrive, as far as they can."""

    class Refused(Exception):
        def __init__(self, status_code: int, *, response: object) -> None:
            self.status_code = status_code
            self.response = response
            self.body = {"retry": 3}
            super().__init__(f"status {status_code}")

    def code() -> None:
        import threading

        raise Refused(429, response=threading.Lock())

    error = (await processes.run(make_call(code))).error
    assert isinstance(error, Refused)
    assert repr(error) == "Refused('status 429')"
    assert (error.status_code, error.body) == (429, {"retry": 3})
    assert "lock" in str(error.response)


async def test_an_error_of_a_real_client_crosses(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """Its status and headers tell whether and when to try again, although the headers cannot be pickled."""

    def code() -> None:
        import aiohttp
        from multidict import CIMultiDict, CIMultiDictProxy
        from yarl import URL

        headers = CIMultiDictProxy(CIMultiDict({"Retry-After": "7"}))
        url = URL("https://api.example.com")
        request = aiohttp.RequestInfo(url, "POST", headers, url)
        raise aiohttp.ClientResponseError(request, (), status=429, message="slow down", headers=headers)

    error: Any = (await processes.run(make_call(code))).error
    assert str(error) == "429, message='slow down', url='https://api.example.com'"
    assert repr(error).startswith("ClientResponseError(RequestInfo(url=URL('https://api.example.com')")
    assert (error.status, error.headers["retry-after"]) == (429, "7")


async def test_an_argument_of_an_error_that_cannot_cross_is_shown(
    processes: ProcessExecutor, make_call: MakeCall
) -> None:
    """The error itself arrives."""

    def code() -> None:
        raise LookupError("locked", (each for each in ()))

    error = (await processes.run(make_call(code))).error
    assert isinstance(error, LookupError)
    assert error.args[0] == "locked"
    assert "<generator object" in error.args[1]


async def test_a_hostile_error_is_named(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """Neither a repr that raises nor a pickle that fails at either end breaks anything."""

    class NoRepr(Exception):
        def __repr__(self) -> str:
            raise SystemExit(1)

    class NoPickle(Exception):
        def __init_subclass__(cls) -> None: ...

        def __reduce_ex__(self, protocol: Any) -> Any:
            raise RuntimeError("never")

    here = os.getpid()

    class NoNew(Exception):
        def __new__(cls, *args: object) -> Any:
            if os.getpid() == here:
                raise RuntimeError("not here")
            return super().__new__(cls, *args)

    for error_class in (NoRepr, NoPickle, NoNew):

        def code(error_class: Any = error_class) -> None:
            raise error_class(1)

        outcome = await processes.run(make_call(code))
        assert error_class.__name__ in f"{type(outcome.error).__name__} {outcome.error}"
    assert (await processes.run(make_call(int))).value == 0


VALUES: list[tuple[Callable[[], object], str]] = [
    (lambda: (each for each in ()), "it returned a generator, which cannot leave a worker process"),
    (lambda: __import__("threading").Lock(), "it returned a lock, which cannot leave a worker process"),
]


@pytest.mark.parametrize(("code", "words"), VALUES)
async def test_a_value_that_cannot_leave_is_an_error(
    processes: ProcessExecutor, make_call: MakeCall, code: Callable[[], object], words: str
) -> None:
    """The error names its type; the process goes on."""
    outcome = await processes.run(make_call(code))
    assert isinstance(outcome.error, CannotCross)
    assert words in str(outcome.error)
    assert (await processes.run(make_call(os.getpid))).error is None


async def test_values_that_pickle_badly_are_errors(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """Whatever pickling runs, at either end."""

    class Unreadable:
        def __reduce__(self) -> Any:
            return (int, ("not a number",))

    class Exits:
        def __reduce__(self) -> Any:
            raise SystemExit(1)

    class Deep:
        def __init__(self) -> None:
            self.inside: Any = None

    def deep() -> Any:
        top = here = Deep()
        for _ in range(100_000):
            here.inside = here = Deep()
        return top

    unreadable, exits, nested = [await processes.run(make_call(code)) for code in (Unreadable, Exits, deep)]
    assert "it returned a Unreadable, which cannot be read back: ValueError" in str(unreadable.error)
    assert "it returned a Exits, which cannot leave a worker process: SystemExit(1)" in str(exits.error)
    assert "deep recursion" in str(nested.error)


async def test_reading_a_value_back_is_bounded(make_call: MakeCall) -> None:
    """Its class is user code, which runs here."""
    processes = ProcessExecutor(1, timeout=0.5)
    here = os.getpid()

    class Waits:
        def __setstate__(self, state: object) -> None:
            if os.getpid() == here:
                time.sleep(3)

        def __getstate__(self) -> object:
            return {"a": 1}

    assert repr((await processes.run(make_call(Waits))).error) == "TimeoutError('timed out after 0.5 s')"
    await processes.aclose()


async def test_a_coroutine_is_not_awaited_elsewhere(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """The error says what to do, and nothing warns of it."""

    async def ask() -> None: ...

    error = (await processes.run(make_call(lambda: ask()))).error
    assert "it returned an awaitable (coroutine)" in str(error)
    assert "async def" in str(error)


async def test_classes_of_no_module_cross(processes: ProcessExecutor, make_call: MakeCall) -> None:
    """A value is an instance of the very class that the caller knows."""

    class Answer:
        def __init__(self, text: str) -> None:
            self.text = text

    outcome = await processes.run(make_call(partial(Answer, "yes")))
    assert isinstance(outcome.value, Answer)
    assert outcome.value.text == "yes"


@pytest.mark.parametrize("code", [threading.Lock().acquire, partial(print, threading.Lock())])
async def test_a_function_or_argument_that_cannot_be_pickled_is_an_error(
    processes: ProcessExecutor, make_call: MakeCall, code: Callable[[], object]
) -> None:
    """No process is started for it."""
    outcome = await processes.run(make_call(code))
    assert "it cannot be pickled: TypeError(\"cannot pickle '_thread.lock' object\")" in str(outcome.error)
    assert repr(processes) == "<ProcessExecutor open [0 busy, 1 idle, 0 waiting]>"


async def test_a_function_of_a_module_that_is_not_there_is_an_error(
    processes: ProcessExecutor, make_call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module exists in this process only."""
    module = types.ModuleType("made_here")
    monkeypatch.setitem(sys.modules, "made_here", module)
    exec("def task(): return 1", vars(module))  # noqa: S102 - a function of that module
    error = (await processes.run(make_call(module.task))).error
    assert "could not load the function or its arguments: ModuleNotFoundError" in str(error)
    assert (await processes.run(make_call(int))).value == 0
