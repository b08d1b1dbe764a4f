"""Annotation configs: what may be said about runs and examples of a space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from arize_async.models.annotation_config import (
    AnnotationConfig,
    CategoricalAnnotationConfig,
    ContinuousAnnotationConfig,
    FreeformAnnotationConfig,
)
from arize_async.server.storage import spaces
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.moments import to_datetime
from arize_async.server.storage.pages import Page, PageRequest, newest_first
from arize_async.server.storage.refusals import missing, taken, unprocessable
from arize_async.wire.codec import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.models.annotation import AnnotationInput
    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = (
    "SELECT t.no, t.id, t.name, s.id, t.body, t.created_us FROM annotation_configs t JOIN spaces s ON s.no = t.space_no"
)
_KINDS: dict[str, type[AnnotationConfig]] = {
    "CONTINUOUS": ContinuousAnnotationConfig,
    "CATEGORICAL": CategoricalAnnotationConfig,
    "FREEFORM": FreeformAnnotationConfig,
}


def page(
    transaction: Transaction,
    request: PageRequest,
    *,
    space_id: str | None = None,
    space_name: str | None = None,
    name: str | None = None,
) -> Page[AnnotationConfig]:
    """Return annotation configs, the newest first; names are parts of names in any case."""
    space = spaces.number_of(transaction, space_id) if space_id else None
    conditions = [
        ("t.space_no = ?", space),
        ("contains(lower(s.name), lower(?))", space_name or None),
        ("contains(lower(t.name), lower(?))", name or None),
    ]
    return newest_first(transaction, _SELECT, conditions, request, scope="annotation-configs", build=_build)


def get(transaction: Transaction, config_id: str) -> AnnotationConfig:
    """Return an annotation config by id.

    Raises:
        NotFound: No config has this id.
    """
    row = transaction.one(f"{_SELECT} WHERE t.id = ?", config_id)
    if row is None:
        raise missing(f"annotation config {config_id!r}")
    return _build(row)


def create(transaction: Transaction, space_id: str, name: str, body: Mapping[str, object]) -> AnnotationConfig:
    """Make an annotation config; ``body`` has its ``type`` and the fields of that type.

    Raises:
        NotFound: The space is not known.
        Conflict: A config of the space has this name.
        UnprocessableEntity: The bounds have nothing between them.
    """
    _require_order(body)
    space = spaces.number_of(transaction, space_id)
    _require_free_name(transaction, space, name)
    number = transaction.take("number")
    config_id = new_resource_id("AnnotationConfig", number)
    transaction.insert(
        "annotation_configs",
        no=number,
        id=config_id,
        space_no=space,
        name=name,
        body=orjson.dumps(body).decode(),
        created_us=transaction.now,
    )
    return get(transaction, config_id)


def update(transaction: Transaction, config_id: str, changes: Mapping[str, object]) -> AnnotationConfig:
    """Change an annotation config; annotations that were made with it stay as they are.

    Raises:
        NotFound: No config has this id.
        Conflict: Another config of the space has the new name.
        UnprocessableEntity: The type is another one, or the bounds have nothing between them.
    """
    row = transaction.one("SELECT space_no, name, body FROM annotation_configs WHERE id = ?", config_id)
    if row is None:
        raise missing(f"annotation config {config_id!r}")
    space, name, body = row[0], row[1], orjson.loads(row[2])
    if changes["type"] != body["type"]:
        raise unprocessable(f"$.annotation_config_type: the config is {body['type']}, and its type cannot change")
    new_name = str(changes.get("name", name))
    if new_name != name:
        _require_free_name(transaction, space, new_name)
    body |= {key: value for key, value in changes.items() if key != "name"}
    _require_order(body)
    sql = "UPDATE annotation_configs SET name = ?, body = ? WHERE id = ?"
    transaction.run(sql, new_name, orjson.dumps(body).decode(), config_id)
    return get(transaction, config_id)


def delete(transaction: Transaction, config_id: str) -> None:
    """Delete an annotation config; annotations that were made with it stay.

    Raises:
        NotFound: No config has this id.
    """
    row = transaction.one("SELECT no FROM annotation_configs WHERE id = ?", config_id)
    if row is None:
        raise missing(f"annotation config {config_id!r}")
    transaction.run("DELETE FROM resource_tags WHERE owner_no = ?", row[0])
    transaction.run("DELETE FROM annotation_configs WHERE no = ?", row[0])


def by_name(transaction: Transaction, space: int) -> dict[str, AnnotationConfig]:
    """Return the annotation configs of a space by name."""
    configs = [_build(row) for row in transaction.all(f"{_SELECT} WHERE t.space_no = ?", space)]
    return {config.name: config for config in configs}


def names(transaction: Transaction, space: int) -> set[str]:
    """Return the names of the annotation configs of a space."""
    return {row[0] for row in transaction.all("SELECT name FROM annotation_configs WHERE space_no = ?", space)}


def check(configs: Mapping[str, AnnotationConfig], value: AnnotationInput, path: str) -> None:
    """Refuse an annotation that does not fit its config.

    Raises:
        UnprocessableEntity: The name is not known, the label is not in the list or the score is out of bounds.
    """
    config = configs.get(value.name)
    if config is None:
        known = ", ".join(sorted(configs)) or "none"
        raise unprocessable(f"{path}.name: no annotation config named {value.name!r} in the space; it has: {known}")
    if isinstance(config, CategoricalAnnotationConfig) and value.label is not None:
        labels = [entry.label for entry in config.values]
        if value.label not in labels:
            raise unprocessable(f"{path}.label: {value.label!r} is not a label of {value.name!r}: {', '.join(labels)}")
    if isinstance(config, ContinuousAnnotationConfig) and value.score is not None:
        low, high = config.minimum_score, config.maximum_score
        if not low <= value.score <= high:
            raise unprocessable(
                f"{path}.score: {value.score} is not between {low} and {high}, the bounds of {value.name!r}"
            )


def _require_free_name(transaction: Transaction, space: int, name: str) -> None:
    if transaction.one("SELECT 1 FROM annotation_configs WHERE space_no = ? AND name = ?", space, name):
        raise taken("annotation config", name)


def _require_order(body: Mapping[str, Any]) -> None:
    if "minimum_score" in body and body["minimum_score"] > body["maximum_score"]:
        raise unprocessable("minimum_score is above maximum_score")


def _build(row: Row) -> AnnotationConfig:
    _, config_id, name, space_id, body, created = row
    fields = orjson.loads(body)
    known = {"id": config_id, "name": name, "space_id": space_id, "created_at": to_datetime(created)}
    return decode(_KINDS[fields["type"]], {**fields, **known})
