"""Annotations of runs and of examples: one entry per record and annotation config."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import pyarrow as pa

from arize_async.models.annotation import Annotation
from arize_async.server.storage import annotation_configs
from arize_async.server.storage.moments import to_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.models.annotation import AnnotateRecordInput, AnnotationInput
    from arize_async.server.storage.transaction import Transaction

_PARTS = ("score", "label", "text")


def of_records(transaction: Transaction, owner: int, records: Sequence[str]) -> dict[str, list[Annotation]]:
    """Return the annotations of some records of an owner by record id."""
    sql = (
        "SELECT record_id, name, score, label, text, updated_us FROM annotations"
        " WHERE owner_no = ? AND list_contains(?::VARCHAR[], record_id)"
    )
    found: dict[str, list[Annotation]] = {}
    rows = transaction.all(sql, owner, list(records))
    for record, name, score, label, text, updated in sorted(rows, key=itemgetter(1)):
        annotation = Annotation(name=name, score=score, label=label, text=text, updated_at=to_datetime(updated))
        found.setdefault(record, []).append(annotation)
    return found


def parts_used(transaction: Transaction, owner: int) -> list[tuple[str, str]]:
    """Return names of annotations that records of an owner have, each with a part of it that is not always null."""
    sql = "SELECT name, count(score), count(label), count(text) FROM annotations WHERE owner_no = ? GROUP BY name"
    counted = sorted(transaction.all(sql, owner))
    return [(name, part) for name, *counts in counted for part, count in zip(_PARTS, counts, strict=True) if count]


def annotate(
    transaction: Transaction, space: int, owner: int, inputs: Sequence[AnnotateRecordInput], known: set[str]
) -> bool:
    """Write annotations of records that exist; parts that are not given stay as they are.

    Args:
        transaction: Where to write.
        space: The space whose annotation configs count.
        owner: The number of the experiment or dataset.
        inputs: What to write; unknown records are ignored.
        known: The ids among them that exist.

    Returns:
        Whether anything was written.

    Raises:
        UnprocessableEntity: A name is no annotation config of the space, or a value does not fit the config.
    """
    configs = annotation_configs.by_name(transaction, space)
    for index, record in enumerate(inputs):
        for place, value in enumerate(record.values):
            annotation_configs.check(configs, value, f"$.annotations[{index}].values[{place}]")
    existing = of_records(transaction, owner, sorted(known))
    merged: dict[tuple[str, str], Annotation | AnnotationInput] = {
        (record, annotation.name): annotation for record, notes in existing.items() for annotation in notes
    }
    changed: dict[tuple[str, str], tuple[float | None, str | None, str | None]] = {}
    for record in inputs:
        for value in record.values if record.record_id in known else []:
            key = (record.record_id, value.name)
            score, label, text = changed.get(key) or _parts(merged.get(key))
            changed[key] = (
                score if value.score is None else value.score,
                label if value.label is None else value.label,
                text if value.text is None else value.text,
            )
    _replace(transaction, owner, changed)
    return bool(changed)


def _parts(note: Annotation | AnnotationInput | None) -> tuple[float | None, str | None, str | None]:
    return (note.score, note.label, note.text) if note else (None, None, None)


def _replace(
    transaction: Transaction, owner: int, changed: dict[tuple[str, str], tuple[float | None, str | None, str | None]]
) -> None:
    if not changed:
        return
    data = pa.table(
        {
            "record_id": pa.array([record for record, _ in changed], pa.string()),
            "name": pa.array([name for _, name in changed], pa.string()),
            "score": pa.array([score for score, _, _ in changed.values()], pa.float64()),
            "label": pa.array([label for _, label, _ in changed.values()], pa.string()),
            "text": pa.array([text for _, _, text in changed.values()], pa.string()),
        }
    )
    transaction.receive(data)
    transaction.run(
        "DELETE FROM annotations WHERE owner_no = ? AND (record_id, name) IN (SELECT (record_id, name) FROM incoming)",
        owner,
    )
    transaction.run(
        "INSERT INTO annotations SELECT ?, record_id, name, score, label, text, ? FROM incoming",
        owner,
        transaction.now,
    )
