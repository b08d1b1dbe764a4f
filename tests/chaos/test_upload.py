"""A server that is gone when results are to be sent, and a second command that sends them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import arize_async
from arize_sync import ArizeClient
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = 20
RUN = """
import json, sys
from pathlib import Path
from arize_sync import ArizeClient, RetryPolicy, Timeouts

options, dataset, folder = json.loads(sys.argv[1]), sys.argv[2], Path(sys.argv[3])

def task(dataset_row):
    with (folder / "calls").open("a") as calls:
        calls.write("task\\n")
    return dataset_row["number"]

def same(output):
    with (folder / "calls").open("a") as calls:
        calls.write("same\\n")
    if output == 19 and "resume" not in sys.argv:
        print("last", flush=True)
        sys.stdin.readline()  # until the server is gone
    return output

patience = {"retry": RetryPolicy(attempts=2, backoff=0.1), "timeouts": Timeouts(export=1, close=1)}
with ArizeClient(**options, **patience) as client:
    experiment, frame = client.experiments.run(name="late", dataset=dataset, task=task, evaluators=[same],
        concurrency=4, progress=False, resume="resume" in sys.argv)
    print(experiment.id, frame.height)
"""


def environment(folder: Path, options: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of a process, its client's settings included."""
    return {
        **os.environ,
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
        "ARIZE_DIRECTORY": str(folder / "arize"),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
        **{f"ARIZE_{name.upper()}": str(value) for name, value in options.items()},
    }


@pytest.mark.timeout(300)  # several processes, on a machine that may be busy
@pytest.mark.parametrize("how", ["upload", "resume"])
def test_results_that_could_not_be_sent_are_sent_by_a_second_command(tmp_path: Path, how: str) -> None:
    """The first process ends with an error that says how to go on; the second one calls neither task nor evaluator."""
    with LocalServer(tmp_path / "data") as first:
        options: dict[str, Any] = {**first.client_options}
        with ArizeClient(**options) as client:
            rows = [{"number": number} for number in range(EXAMPLES)]
            dataset = client.datasets.create(name="numbers", space="default", examples=rows).id
        command = [sys.executable, "-c", RUN, json.dumps(options), dataset, str(tmp_path)]
        variables = environment(tmp_path, options)
        process = subprocess.Popen(
            command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "last\n", process.communicate()[1]
    _, errors = process.communicate("go on\n", timeout=120)
    assert process.returncode == 1, errors
    assert "UploadFailed" in errors
    assert "run it again with resume=True" in errors
    calls = (tmp_path / "calls").read_text()
    assert (calls.count("task"), calls.count("same")) == (EXAMPLES, EXAMPLES)
    with LocalServer(tmp_path / "data", api_key=options["api_key"]) as second:
        options = {**second.client_options}
        if how == "upload":
            again = [sys.executable, "-m", "arize_async", "journals", "upload", "late"]
        else:
            again = [sys.executable, "-c", RUN, json.dumps(options), dataset, str(tmp_path), "resume"]
        variables = environment(tmp_path, options)
        done = subprocess.run(again, env=variables, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        with ArizeClient(**options) as client:
            (experiment,) = client.experiments.list(dataset=dataset).experiments
            runs = client.experiments.list_runs(experiment=experiment.id, all=True).to_df()
    assert sorted(runs["eval.same.score"].to_list()) == list(range(EXAMPLES))
    assert (tmp_path / "calls").read_text() == calls
