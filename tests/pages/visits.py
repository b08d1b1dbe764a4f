"""A browser of plain HTTP, and what it looks at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from arize_async.models.annotation import AnnotateRecordInput, AnnotationInput
from arize_async.server.storage import annotation_configs, datasets, examples, experiments, runs, spaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e{{7*7}}"


@attrs.frozen
class Shown:
    """Status, headers and HTML of a page."""

    status: int
    headers: Any
    html: str
    url: str


class Visitor:
    """Follows links as a browser does, with cookies."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Use a session."""
        self.session = session

    async def get(self, path: str, **options: Any) -> Shown:
        """Open a page."""
        async with self.session.get(path, **options) as answer:
            return Shown(answer.status, answer.headers, await answer.text(), str(answer.url))

    async def post(self, path: str, fields: Mapping[str, str], **options: Any) -> Shown:
        """Send a form."""
        async with self.session.post(path, data=fields, **options) as answer:
            return Shown(answer.status, answer.headers, await answer.text(), str(answer.url))

    async def form_token(self, path: str) -> str:
        """Return the token in the forms of a page."""
        found = re.search(r'name="form_token" value="(\w+)"', (await self.get(path)).html)
        assert found
        return found[1]


@attrs.frozen
class Filled:
    """Ids of what is in the store."""

    space: str
    dataset: str
    experiments: Sequence[str]
    runs: Sequence[Sequence[str]]


async def fill(store: Store, word: str) -> Filled:
    """Make two experiments of three examples, with a word in every name and text.

    The second experiment is worse at the first example and better at the last.
    """
    return await store.write(_fill, [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]], word)


def _fill(transaction: Transaction, scores: Sequence[Sequence[float]], word: str) -> Filled:
    space = spaces.create(transaction, f"{word} space").space.id
    dataset = datasets.create(transaction, space, f"{word} dataset")
    rows = [
        {"attributes.input.value": f"{word} input {n}", "attributes.output.value": f"{word} expected", word: word}
        for n in range(3)
    ]
    ids = examples.add_rows(transaction, datasets.version(transaction, dataset), rows)
    values = [{"label": f"{word} good", "score": 1.0}, {"label": f"{word} bad", "score": 0.0}]
    annotation_configs.create(transaction, space, f"{word} quality", {"type": "CATEGORICAL", "values": values})
    bounds = {"type": "CONTINUOUS", "minimum_score": 0.0, "maximum_score": 5.0}
    annotation_configs.create(transaction, space, f"{word} stars", bounds)
    annotation_configs.create(transaction, space, f"{word} remark", {"type": "FREEFORM"})
    made: list[str] = []
    run_ids: list[list[str]] = []
    for place, of_one in enumerate(scores):
        experiment = experiments.create_on_dataset(transaction, dataset, f"{word} experiment {place}")
        made.append(experiment.experiment.id)
        given = [_run(word, example, score) for example, score in zip(ids, of_one, strict=True)]
        run_ids.append(runs.add_rows(transaction, experiment, given))
        note = AnnotationInput(name=f"{word} remark", text=f"{word} said")
        runs.annotate(transaction, experiment, [AnnotateRecordInput(record_id=run_ids[-1][0], values=[note])])
    return Filled(space, dataset.dataset.id, made, run_ids)


def _run(word: str, example: str, score: float) -> dict[str, object]:
    return {
        "example_id": example,
        "output": f"{word} output {score}",
        "error": None,
        "latency": 12.5 + score,
        "token_count": 7,
        "execution_status": "COMPLETED",
        "result.trace.id": "ab" * 16,
        "eval.right.score": score,
        "eval.right.label": str(score == 1.0),
        f"eval.{word}.label": f"{word} label",
        f"eval.{word}.explanation": f"{word} because",
        f"eval.{word}.metadata.{word}": word,
        f"{word} column": word,
    }


async def fill_many(store: Store, count: int) -> Filled:
    """Make two experiments of very many runs, straight in the store."""
    return await store.write(_fill_many, count)


def _fill_many(transaction: Transaction, count: int) -> Filled:
    space = spaces.create(transaction, "many").space.id
    dataset = datasets.create(transaction, space, "many")
    version = datasets.version(transaction, dataset)
    examples.add_rows(transaction, version, [{"input": "first"}])
    transaction.run(
        "INSERT INTO examples SELECT owner_no, seq + n, 'e' || n, created_us, updated_us,"
        " json_object('input', 'question ' || n) FROM examples, range(1, ?) AS numbers(n) WHERE owner_no = ?",
        count,
        version.number,
    )
    transaction.run("UPDATE examples SET id = 'e0' WHERE id NOT LIKE 'e%' OR length(id) > 20")
    transaction.take("row", count)
    made: list[str] = []
    for place in range(2):
        experiment = experiments.create_on_dataset(transaction, dataset, f"many {place}")
        made.append(experiment.experiment.id)
        row = _run("plain", "e0", 0.5)
        run_ids = runs.add_rows(transaction, experiment, [row])
        transaction.run(
            "INSERT INTO runs SELECT owner_no, seq + n, left(id, 24) || printf('%012x', n), 'e' || n, 'answer ' || n,"
            " NULL, json_merge_patch(doc, json_object('latency', (n * 7919) % 10007 / 7.0,"
            " 'eval.right.score', CAST((n * 31 + n // 7 + ?) % 3 = 0 AS DOUBLE))) FROM runs, range(1, ?) AS numbers(n)"
            " WHERE id = ?",
            place,
            count,
            run_ids[0],
        )
        transaction.take("row", count)
    return Filled(space, dataset.dataset.id, made, [])
