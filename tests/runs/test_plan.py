"""What is judged before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from arize_async.config import Limits
from arize_async.errors import InvalidEvaluator, InvalidInput, InvalidTask
from arize_async.runs.plan import make_plan


def task(row: Any) -> str:
    """Answer."""
    return "a"


async def coroutine_task(row: Any) -> str:
    """Answer, on the loop."""
    return "a"


def test_defaults_are_those_of_the_official_sdk() -> None:
    """Three at a time, two minutes a call, ten examples of a dry run, as many evaluations as tasks."""
    plan = make_plan(name="n", task=task)
    assert (plan.concurrency, plan.evaluations, plan.timeout, plan.examples) == (3, 3, 120, None)
    assert make_plan(name="n", task=task, dry_run=True).examples == 10
    assert make_plan(name="n", task=task, concurrency=7).evaluations == 7
    assert make_plan(name="n", task=task, limits=Limits(evaluators=2)).evaluations == 2
    assert make_plan(name="n", task=task, timeout=None).timeout is None
    assert make_plan(name="n", task=task, timeout=float("inf")).timeout is None
    assert make_plan(name="n", task=coroutine_task).task_is_async


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"task": lambda: 1}, InvalidTask, "takes no parameter"),
        ({"task": lambda first, second: 1}, InvalidTask, "first, second"),
        ({"task": None}, InvalidTask, "got NoneType"),
        ({"task": "task"}, InvalidTask, "got str"),
        ({"evaluators": [task, task]}, InvalidEvaluator, "same name: 'task'"),
        ({"concurrency": 0}, InvalidInput, "concurrency: a whole number of at least 1, got 0"),
        ({"concurrency": -1}, InvalidInput, "concurrency"),
        ({"concurrency": True}, InvalidInput, "concurrency"),
        ({"concurrency": 2.0}, InvalidInput, "concurrency"),
        ({"concurrency": "3"}, InvalidInput, "concurrency"),
        ({"concurrency": None}, InvalidInput, "concurrency"),
        ({"dry_run": True, "dry_run_count": 0}, InvalidInput, "dry_run_count"),
        ({"timeout": 0}, InvalidInput, "timeout"),
        ({"timeout": -1}, InvalidInput, "timeout"),
        ({"timeout": float("nan")}, InvalidInput, "timeout"),
        ({"timeout": "10"}, InvalidInput, "timeout"),
        ({"isolation": "fiber"}, InvalidInput, "isolation is 'thread' or 'process', got 'fiber'"),
        ({"isolation": None}, InvalidInput, "isolation"),
        ({"isolation": ["process"]}, InvalidInput, "isolation"),
        ({"metadata": ["a"]}, InvalidInput, "metadata"),
        ({"name": ""}, InvalidInput, "name"),
        ({"name": "a" * 256}, InvalidInput, "name"),
        ({"name": 'a"b'}, InvalidInput, "double quote"),
        ({"name": None}, InvalidInput, "name"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    """Each message says which argument, what it got and what it takes."""
    good: dict[str, Any] = {"name": "n", "task": task}
    with pytest.raises(error, match=words):
        make_plan(**(good | arguments))


def test_a_coroutine_in_place_of_a_function_is_explained() -> None:
    """The common slip of calling the task gets its own hint."""
    coroutine: Any = coroutine_task({})
    with pytest.raises(InvalidTask, match="without calling it"):
        make_plan(name="n", task=coroutine)
    coroutine.close()
