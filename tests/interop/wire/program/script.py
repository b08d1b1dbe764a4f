"""What a user does with records: the same calls for both SDKs, every method in several forms."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    Step = Callable[..., AbstractContextManager[None]]

MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=dt.UTC)
USER = "VXNlcjoxOkFiQ2Q="
ROLE = "Um9sZToxOkFiQ2Q="
ORGANIZATION = "T3JnYW5pemF0aW9uOjE6QWJDZA=="
ROWS: list[dict[str, Any]] = [
    {"question": "ü?", "n": 1, "score": 0.5, "yes": True, "deep": {"a": [1, None]}, "none": None},
    {"question": 'say "hi"', "n": 2, "score": 2.0, "yes": False, "deep": {"a": []}, "none": None},
]


def session(client: Any, types: Any, step: Step, directory: Path) -> None:
    """Use every method of the four services but ``run``."""
    use_spaces(client, types, step)
    use_configs(client, types, step)
    use_datasets(client, step, directory)
    use_examples(client, types, step, directory)
    use_experiments(client, types, step, directory)
    use_runs(client, types, step, directory)
    remove(client, step)


def use_spaces(client: Any, types: Any, step: Step) -> None:
    """Make two spaces; the last one stays for what follows."""
    with step("spaces.create"):
        client.spaces.create(name="small", organization_id=ORGANIZATION)
    with step("spaces.create, all fields"):
        fields = {"description": "wörds", "is_private": True}
        made = client.spaces.create(name="space / of ü", organization_id=ORGANIZATION, **fields)
    with step("spaces.list"):
        client.spaces.list()
    with step("spaces.list, all arguments"):
        page = client.spaces.list(name="s", limit=1)
        client.spaces.list(name="s", limit=1, cursor=page.pagination.next_cursor)
        client.spaces.list(organization_id=made.organization_id, name="a & ü/?")
    with step("spaces.list, empty texts"):
        client.spaces.list(name="", organization_id="", cursor="")
    with step("spaces.get by id"):
        client.spaces.get(space=made.id)
    with step("spaces.get by name"):
        client.spaces.get(space="space / of ü")
    with step("spaces.add_user"):
        for role in (types.PredefinedSpaceRole(name="MEMBER"), types.CustomSpaceRole(id=ROLE)):
            client.spaces.add_user(space="small", user_id=USER, role=role)
    with step("spaces.remove_user"):
        client.spaces.remove_user(space="small", user_id=USER)
    with step("spaces.update"):
        client.spaces.update(space="small", name="smaller", description=None, is_private=False)
        client.spaces.update(space="smaller", gradient_start_color="#ffffff", ml_models_enabled=True)
        client.spaces.update(space=made.id, default_llm_integration=None, default_agent_runtime=None)
    with step("spaces.delete"):
        client.spaces.delete(space="smaller")
    with step("spaces.get of a name that is unknown", raises=True):
        client.spaces.get(space="no such space")


def use_configs(client: Any, types: Any, step: Step) -> None:
    """Make, change and remove annotation configs of each type."""
    configs, space = client.annotation_configs, "space / of ü"
    with step("annotation_configs.create_freeform"):
        configs.create_freeform(name="note", space=space)
    with step("annotation_configs.create_continuous"):
        configs.create_continuous(name="mark", space=space, minimum_score=0, maximum_score=1.5)
    with step("annotation_configs.create_categorical"):
        values = [types.CategoricalAnnotationValueRequest(label="good", score=1), {"label": "bad"}]
        direction = types.OptimizationDirection.MAXIMIZE
        made = configs.create_categorical(name="quality", space=space, values=values, optimization_direction=direction)
    with step("annotation_configs.list"):
        configs.list()
    with step("annotation_configs.list, all arguments"):
        page = configs.list(name="a", space=made.space_id, limit=1)
        configs.list(name="a", space=made.space_id, limit=1, cursor=page.pagination.next_cursor)
        configs.list(name="a & ü/?", space=space)
    with step("annotation_configs.get"):
        configs.get(annotation_config=made.id)
        configs.get(annotation_config="note", space=space)
    with step("annotation_configs.update_freeform"):
        configs.update_freeform(annotation_config="note", space=space, name="remark")
    with step("annotation_configs.update_continuous"):
        configs.update_continuous(annotation_config="mark", space=space, maximum_score=2, minimum_score=-1)
    with step("annotation_configs.update_categorical"):
        values = [{"label": "good", "score": 2}, {"label": "bad", "score": 0}]
        configs.update_categorical(annotation_config=made.id, values=values, optimization_direction="MINIMIZE")
    with step("annotation_configs.delete"):
        configs.delete(annotation_config="mark", space=space)


def use_datasets(client: Any, step: Step, directory: Path) -> None:
    """Make datasets of every form, and find, rename and remove them."""
    datasets, space = client.datasets, "space / of ü"
    with step("datasets.create of dicts"):
        made = datasets.create(name="set ü", space=space, examples=ROWS)
    with step("datasets.create of dicts of odd values"):
        odd: dict[str, Any] = {"gap": float("nan"), "far": float("inf"), "at": MOMENT, "pair": (1, "a"), "big": 2**60}
        numbers = {"number": np.float64(0.5), "whole": np.int64(3), "array": np.array([1, 2]), "time": pd.Timestamp(0)}
        datasets.create(name="odd", space=made.space_id, examples=[odd | numbers])
    with step("datasets.create of a frame with ids over Flight"):
        own = pd.DataFrame({"id": ["mine", None], "created_at": [1, 2], "metadata": [{"k": 1}, {"k": 2}]})
        own["filler"] = "x" * 80_000
        datasets.create(name="own", space=made.space_id, examples=own)
    with step("datasets.create of a frame"):
        datasets.create(name="framed", space=made.space_id, examples=pd.DataFrame(ROWS))
    with step("datasets.create of dicts over Flight"):
        large = [{**row, "filler": "x" * 80_000} for row in ROWS]
        datasets.create(name="large", space=made.space_id, examples=large)
    with step("datasets.create of a large body, force_http"):
        datasets.create(name="forced", space=made.space_id, examples=large, force_http=True)
    with step("datasets.create of 5,000 rows"):
        frame = pd.DataFrame({"n": range(5000), "half": [n / 2 for n in range(5000)], "text": ["ü"] * 5000})
        frame["at"] = pd.Timestamp("2026-01-02T03:04:05")
        frame["metadata"] = [{"k": n} for n in range(5000)]
        frame["yes"] = frame["n"] % 2 == 0
        datasets.create(name="many", space=made.space_id, examples=frame)
    with step("datasets.create of a file"):
        columns = {"n": [1, 2], "text": ["ü", None], "yes": [True, None], "none": pa.nulls(2), "at": [MOMENT, None]}
        nested = {"metadata": [{"k": 1}, None], "deep": [{"k": [1]}, None], "list": [["a"], []]}
        large = pa.array(["a", "ü"], pa.large_string())
        pq.write_table(pa.table(columns | nested | {"large": large}), directory / "rows.parquet")
        datasets.create(name="filed", space=made.space_id, examples=str(directory / "rows.parquet"))
    with step("datasets.list"):
        datasets.list()
    with step("datasets.list, all arguments"):
        page = datasets.list(name="a", space=made.space_id, limit=1)
        datasets.list(name="a", space=made.space_id, limit=1, cursor=page.pagination.next_cursor)
        datasets.list(name="a & ü/?", space=space)
    with step("datasets.list, empty texts"):
        datasets.list(name="", space="")
    with step("datasets.get by id"):
        datasets.get(dataset=made.id)
    with step("datasets.get by name"):
        datasets.get(dataset="set ü", space=made.space_id)
        datasets.get(dataset="set ü", space=space)
    with step("datasets.update"):
        datasets.update(dataset="framed", space=space, name="renamed")
    with step("datasets.delete"):
        datasets.delete(dataset="renamed", space=made.space_id)


def use_examples(client: Any, types: Any, step: Step, directory: Path) -> None:
    """Read, add, change, annotate and remove examples."""
    datasets, where = client.datasets, {"dataset": "set ü", "space": "space / of ü"}
    found = datasets.get(**where)
    version = found.versions[0].id
    with step("datasets.list_examples"):
        examples = datasets.list_examples(dataset=found.id).examples
    with step("datasets.list_examples, all arguments"):
        page = datasets.list_examples(dataset=found.id, dataset_version_id=version, filter="n < 5", limit=1)
        cursor = page.pagination.next_cursor
        datasets.list_examples(**where, dataset_version_id=version, filter="n < 5", limit=1, cursor=cursor)
    with step("datasets.list_examples, blank filter"):
        datasets.list_examples(dataset=found.id, filter=" ")
        datasets.list_examples(dataset=found.id, filter="", dataset_version_id="", cursor="")
    with step("datasets.list_examples, all=True"):
        datasets.list_examples(dataset=found.id, all=True)
        datasets.list_examples(**where, dataset_version_id=version, all=True)
    with step("datasets.append_examples of dicts"):
        datasets.append_examples(dataset=found.id, examples=[{"n": 3, "question": "?"}, {"n": None, "question": "!"}])
    with step("datasets.append_examples of a frame"):
        datasets.append_examples(**where, dataset_version_id=version, examples=pd.DataFrame({"n": [5], "score": [1.5]}))
    with step("datasets.update_examples"):
        datasets.update_examples(dataset=found.id, examples=[{"id": examples[0].id, "n": 7, "new": None}])
        changed = [{"id": examples[1].id, "n": 8}]
        datasets.update_examples(**where, dataset_version_id=version, examples=changed, new_version="second")
    with step("datasets.annotate_examples"):
        values = [
            types.AnnotationInput(name="quality", score=1, label="good"),
            types.AnnotationInput(name="remark", text="ü"),
        ]
        datasets.annotate_examples(
            **where, annotations=[types.AnnotateRecordInput(record_id=examples[0].id, values=values)]
        )
    with step("datasets.delete_examples"):
        datasets.delete_examples(**where, dataset_version_id=version, examples=[examples[1].id])
    with step("datasets.export_to_parquet"):
        datasets.export_to_parquet(dataset=found.id, path=str(directory / "examples.parquet"))
        datasets.export_to_parquet(**where, dataset_version_id=version, path=str(directory / "examples.parquet"))


def use_experiments(client: Any, types: Any, step: Step, directory: Path) -> None:
    """Record experiments of every form and find them."""
    service, where = client.experiments, {"dataset": "set ü", "space": "space / of ü"}
    dataset = client.datasets.get(**where)
    fields = types.ExperimentTaskFieldNames(output="answer", example_id="for")
    kept = types.ExperimentTaskFieldNames(output="output", example_id="example_id")
    evaluator = types.EvaluationResultFieldNames(
        score="grade", label="word", explanation="why", metadata={"by": None, "depth": "deep"}
    )
    columns = {"exact": evaluator}
    rows = [
        {
            "for": f"e{n}",
            "answer": f"ü{n}",
            "grade": n / 2,
            "word": "good",
            "why": "so",
            "by": "me",
            "n": n,
            "none": None,
        }
        | {"deep": {"k": n}}
        for n in range(3)
    ]
    with step("experiments.create of dicts"):
        service.create(name="dicts", dataset=dataset.id, experiment_runs=rows, task_fields=fields)
    with step("experiments.create with evaluators"):
        service.create(name="graded", **where, experiment_runs=rows, task_fields=fields, evaluator_columns=columns)
    with step("experiments.create of a frame"):
        frame = pd.DataFrame(rows).drop(columns=["none"])
        service.create(name="frame", dataset=dataset.id, experiment_runs=frame, task_fields=fields)
    with step("experiments.create of a frame of odd values"):
        odd = pd.DataFrame({"example_id": ["e1", "e2"], "output": ["a", "b"], "gap": [1.5, None], "yes": [True, False]})
        odd["at"] = pd.Series([MOMENT, None]).astype("datetime64[ns, UTC]")
        odd["list"] = [[1, 2], None]
        service.create(name="odd", dataset=dataset.id, experiment_runs=odd, task_fields=kept)
    with step("experiments.create of outputs that are objects"):
        objects = [{"example_id": "e1", "output": {"ü": [1, None]}}]
        service.create(name="objects", dataset=dataset.id, experiment_runs=objects, task_fields=kept)
    with step("experiments.create in a space"):
        standalone = types.ExperimentTaskFieldNames(output="output")
        alone = [{"output": "a", "n": 1}]
        service.create(name="alone", space="space / of ü", experiment_runs=alone, task_fields=standalone)
    with step("experiments.create over Flight"):
        large = [{**row, "yes": True, "at": MOMENT, "filler": "x" * 80_000} for row in rows]
        options = {"experiment_runs": large, "task_fields": fields, "evaluator_columns": columns}
        service.create(name="large", dataset=dataset.id, **options)
    with step("experiments.create of a large body, force_http"):
        service.create(name="forced", dataset=dataset.id, **options, force_http=True)
    with step("experiments.create of 5,000 rows"):
        many = pd.DataFrame({"n": range(5000), "output": [f"o{n}" for n in range(5000)]})
        many["example_id"] = [f"e{n}" for n in range(5000)]
        service.create(name="many", **where, experiment_runs=many, task_fields=kept)
    with step("experiments.create of a file"):
        runs = {"output": ["ü", None], "example_id": ["e1", "e2"], "n": [1, 2], "deep": [{"k": 1}, {"k": 2}]}
        pq.write_table(pa.table(runs), directory / "runs.parquet")
        file = str(directory / "runs.parquet")
        service.create(name="filed", dataset=dataset.id, experiment_runs=file, task_fields=kept)
    find_experiments(client, dataset, step)


def find_experiments(client: Any, dataset: Any, step: Step) -> None:
    """List experiments, and get them by name and by id."""
    service, where = client.experiments, {"dataset": "set ü", "space": "space / of ü"}
    with step("experiments.list"):
        service.list()
    with step("experiments.list, all arguments"):
        page = service.list(dataset=dataset.id, limit=2)
        service.list(**where, limit=2, cursor=page.pagination.next_cursor)
        service.list(space="space / of ü")
    with step("experiments.get by id"):
        service.get(experiment=page.experiments[0].id)
    with step("experiments.get by name in a dataset"):
        service.get(experiment="graded", **where)
    with step("experiments.get by name in a space"):
        service.get(experiment="alone", space="space / of ü")


def use_runs(client: Any, types: Any, step: Step, directory: Path) -> None:
    """Read, add, annotate and export runs."""
    service, where = client.experiments, {"dataset": "set ü", "space": "space / of ü"}
    found = service.list(**where, limit=100).experiments[-1].id
    with step("experiments.list_runs"):
        runs = service.list_runs(experiment=found).experiment_runs
    with step("experiments.list_runs, all arguments"):
        page = service.list_runs(experiment=found, filter="n < 5", limit=1)
        service.list_runs(experiment=found, filter="n < 5", limit=1, cursor=page.pagination.next_cursor)
        service.list_runs(experiment="graded", **where)
    with step("experiments.list_runs, blank filter", raises=True):
        service.list_runs(experiment=found, filter="")
    with step("experiments.list_runs, all=True"):
        service.list_runs(experiment=found, all=True)
    with step("experiments.append_runs of objects"):
        made = types.ExperimentRunInput(example_id="e9", output="o", additional_properties={"n": 9, "none": None})
        service.append_runs(experiment=found, experiment_runs=[made])
    with step("experiments.append_runs of dicts"):
        service.append_runs(experiment=found, experiment_runs=[{"example_id": "e9", "output": "ü", "n": 10}])
    with step("experiments.append_runs of a frame"):
        frame = pd.DataFrame({"example_id": ["e9"], "output": ["ü"], "n": [10], "score": [0.5]})
        service.append_runs(experiment="graded", **where, experiment_runs=frame)
    with step("experiments.annotate_runs"):
        values = [types.AnnotationInput(name="quality", score=1.0, label="good")]
        service.annotate_runs(
            experiment=found, annotations=[types.AnnotateRecordInput(record_id=runs[0].id, values=values)]
        )
    with step("experiments.export_to_parquet"):
        service.export_to_parquet(experiment="graded", **where, path=str(directory / "exported.parquet"))


def remove(client: Any, step: Step) -> None:
    """Delete by name and by id."""
    where = {"dataset": "set ü", "space": "space / of ü"}
    with step("experiments.delete"):
        client.experiments.delete(experiment="graded", **where)
        client.experiments.delete(experiment=client.experiments.list(**where, limit=1).experiments[0].id)
    with step("experiments.delete of an id that is unknown", raises=True):
        client.experiments.delete(experiment="RXhwZXJpbWVudDo5OTk5OkFiQ2Q=")
