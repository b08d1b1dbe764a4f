"""Code of models in an interpreter of its own: what is wrong, what is hostile, and what is left of it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import EvaluationResult, PythonCode, python_process

if TYPE_CHECKING:
    from collections.abc import Callable

DOUBLE = "def double(x):\n    return 2 * x\n"
TESTS = "assert double(4) == 8\nassert double('a') == 'aa'"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is Linux that bounds this")


def judged(code: Any, tests: str = TESTS, **options: Any) -> EvaluationResult:
    """Run code with its tests."""
    return PythonCode(tests, **options)(code)


@pytest.mark.parametrize("code", [DOUBLE, f"Here:\n```python\n{DOUBLE}```\nDone.", f"```\n{DOUBLE}```"])
def test_code_that_is_right(code: str) -> None:
    """With and without a Markdown block around it."""
    result = judged(code)
    assert (result.score, result.label, result.explanation) == (1.0, "True", None)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def double(x):\n    return x * x", "AssertionError"),
        ("def double(x)\n    return x", "SyntaxError: expected ':'"),
        ("", "NameError: name 'double' is not defined"),
        ("raise SystemExit(0)", "it ended before the tests were through"),
        ("import os; os._exit(0)", "it ended before the tests were through"),
        ("import os; os._exit(3)", "it ended with status 3"),
        ("import sys; sys.exit('over')", "over"),
        ("import sys; sys.stdin.read(); raise ValueError('no \\ud800')", "no"),
        ("def double(x): return double(x)", "RecursionError: maximum recursion depth exceeded"),
        ("import ctypes; ctypes.string_at(0)", "it ended with status"),
        ("\0", "SyntaxError|ValueError"),
        ("x = '\ud800'", "Error"),
        (None, "the output is no text"),
        (5, "the output is no text"),
        ({"code": DOUBLE}, "the output is no text"),
    ],
)
def test_code_that_is_wrong(code: Any, told: str) -> None:
    """It scores 0, and the explanation is the last thing that it said."""
    result = judged(code)
    assert (result.score, result.label) == (0.0, "False")
    assert result.explanation is not None
    assert any(each in result.explanation for each in told.split("|"))


def test_the_expected_output_can_be_the_tests() -> None:
    """An example without one is an error."""
    assert PythonCode()(DOUBLE, TESTS).score == 1.0
    assert PythonCode()(DOUBLE, "assert double(1) == 3").score == 0.0
    with pytest.raises(ValueError, match="no expected output"):
        PythonCode()(DOUBLE, None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PythonCode("assert ("),
        lambda: PythonCode("\0"),
        lambda: PythonCode(5),  # type: ignore[arg-type]
        lambda: PythonCode(timeout=0),
        lambda: PythonCode(memory_mb=float("nan")),
        lambda: PythonCode(output_kb=-1),
        lambda: PythonCode(timeout=True),
    ],
)
def test_bad_arguments_are_refused(make: Callable[[], object]) -> None:
    """When the evaluator is made."""
    with pytest.raises(InvalidEvaluator):
        make()


def is_gone(marker: str) -> bool:
    """Wait until the processes whose command line has a text have ended; killed ones take their time."""
    end = time.monotonic() + 30
    while alive(marker):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(marker: str) -> list[int]:
    """Return the processes whose command line has a text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time; time.sleep(3600)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(3600) # MARKER'])",
    ],
)
def test_code_that_does_not_end_is_killed(code: str) -> None:
    """With the processes that it started."""
    marker = f"m{os.getpid()}x{time.monotonic_ns()}"
    result = judged(code.replace("MARKER", marker), timeout=1.0)
    assert result.explanation == "timed out after 1 s"
    assert not sys.platform.startswith("linux") or is_gone(marker)


@LINUX
def test_processes_that_leave_the_group_go_as_well() -> None:
    """Where the code has its own world of processes; there is always a kill of the group."""
    marker = f"m{os.getpid()}x{time.monotonic_ns()}"
    code = (
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600) # {marker}'],"
    )
    result = judged(f"{code} start_new_session=True)\n{DOUBLE}")
    assert result.score == 1.0
    if not result.metadata["apart"]:
        pytest.skip("this system lets no user make namespaces")
    assert is_gone(marker)


@LINUX
def test_memory_is_bounded() -> None:
    """More of it is an error of the code."""
    result = judged("x = bytearray(1024 ** 3)", memory_mb=256)
    assert "MemoryError" in (result.explanation or "")


def test_output_is_bounded() -> None:
    """What prints without end is ended; the end of what was printed is kept."""
    result = judged("while True: print('spam' * 100)", output_kb=64, timeout=20)
    assert result.explanation == "printed more than 65,536 bytes"
    assert len(str(result.metadata["printed"])) <= 2000
    assert judged("print('x' * 99_999)", output_kb=64).explanation == "printed more than 65,536 bytes"
    assert judged(f"print('hello')\n{DOUBLE}").metadata["printed"] == "hello"


@LINUX
def test_the_network_is_out_of_reach() -> None:
    """Where Linux lets us; the metadata tells whether it did."""
    result = judged("import socket; socket.create_connection(('127.0.0.1', 9), 1)")
    if not result.metadata["apart"]:
        pytest.skip("this system lets no user make namespaces")
    assert "unreachable" in (result.explanation or "")


def test_it_sees_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment variables, no working folder, no module of the tests."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    tests = """
import os
assert os.listdir() == []
assert 'secret' not in str(os.environ)
assert os.environ['HOME'] == os.getcwd()
"""
    result = judged("", tests)
    assert (result.score, result.explanation) == (1.0, None)


def test_code_that_writes_files_leaves_none() -> None:
    """Its folder goes with it."""
    result = judged("import os; open('file', 'w').write('x'); print(os.getcwd())", "assert os.path.exists('file')")
    assert result.score == 1.0
    assert not Path(str(result.metadata["printed"])).exists()


def test_it_runs_where_resource_limits_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: without the module ``resource``, and without namespaces."""
    child = tmp_path / "child.py"
    source = python_process.CHILD.read_text("utf-8")
    assert "import resource" in source
    assert "def separate() -> bool:" in source
    source = source.replace("import resource", "import a_module_that_is_nowhere")
    child.write_text(source.replace('startswith("linux")', 'startswith("elsewhere")'), "utf-8")
    monkeypatch.setattr(python_process, "CHILD", child)
    result = judged(DOUBLE)
    assert (result.score, result.metadata) == (1.0, {"apart": False})
    assert judged("while True: pass", timeout=1.0).explanation == "timed out after 1 s"
    printed = judged("while True: print('spam' * 100)", output_kb=64, timeout=30)
    assert printed.explanation == "printed more than 65,536 bytes"
