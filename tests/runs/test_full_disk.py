"""Disks that are full or take nothing, as a process can have them: by a bound of files, and by special folders."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from arize_async import ArizeClient
from arize_async.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
    import resource
    from arize_sync import ArizeClient, JournalFailed

    calls = []

    def answer(input):
        calls.append(input)
        return input * 10_000

    with ArizeClient.local(":memory:") as client:
        examples = [{"attributes.input.value": "abcdefgh"[n % 8]} for n in range(100)]
        dataset = client.datasets.create(name="d", space="default", examples=examples)
        arguments = {"name": "full", "dataset": dataset.id, "task": answer, "evaluators": {"size": len}}
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
        try:
            client.experiments.run(**arguments)
        except JournalFailed as error:
            kept = error.result.frame.height
            print(0 < kept < 100, f"The {kept} of 100 runs" in str(error), "resume=True" in str(error))
            repeated = len(calls) - kept
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        experiment, frame = client.experiments.run(**arguments, resume=True)
        runs = client.experiments.list_runs(experiment=experiment.id, all=True).experiment_runs
        print(frame.height, len(runs), frame["eval.size.score"].null_count(), len(calls) - 100 <= repeated <= 3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bound")
def test_what_is_on_a_full_disk_is_not_called_again(tmp_path: Path) -> None:
    """The run says how many runs are kept; with space again it goes on, and repeats what was in flight at most."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.splitlines() == ["True True True", "100 100 0 True"], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="these folders are Linux's")
@pytest.mark.parametrize("folder", ["/sys/arize", "/proc/arize", "/dev/null/arize"])
async def test_a_disk_that_takes_nothing_is_told_before_anything_happens(folder: str) -> None:
    """Nothing is called and nothing created, and the error says what to do; a dry run, which keeps nothing, goes on."""
    calls: list[object] = []
    async with ArizeClient.local(":memory:", arize_directory=folder) as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"attributes.input.value": "q"}])
        with pytest.raises(JournalError, match=f"cannot be kept in {folder}.* Choose a directory"):
            await client.experiments.run(name="e", dataset=dataset.id, task=calls.append)
        assert not calls
        assert not (await client.experiments.list()).experiments
        _, frame = await client.experiments.run(name="e", dataset=dataset.id, task=lambda input: input, dry_run=True)
    assert frame["output"].to_list() == ["q"]
