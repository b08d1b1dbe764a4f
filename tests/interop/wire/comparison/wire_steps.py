"""A journal as steps: what each call of the session sent, with what differs between any two sessions made equal."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from wire_normal import Normal, escapes, style, styles

_IDS = (
    "dataset_id",
    "dataset_name",
    "dataset_version_id",
    "evaluator_kind",
    "example_id",
    "experiment_id",
    "run_id",
)


@dataclass(frozen=True)
class Exchange:
    """A request over REST, a call over Flight, an export of spans or a single span.

    Attributes:
        kind: ``REST request``, ``Flight call``, ``export`` or ``span`` with the first word of its name.
        line: What identifies it among those of its step: method, path and query, the name of a call or of a span.
        parts: What was sent, by its place.
    """

    kind: str
    line: str
    parts: dict[str, Any]


@dataclass
class Step:
    """What one step of the session sent.

    Attributes:
        exchanges: Requests and calls, in their order.
        exports: Exports of spans.
        spans: Their spans, sorted.
        raises: Whether the call of the SDK raised.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    exports: list[Exchange] = field(default_factory=list)
    spans: list[Exchange] = field(default_factory=list)
    raises: bool = False


def steps_of(journal: list[dict[str, Any]]) -> dict[str, Step]:
    """Return the steps by name; what is sent after one and before the next belongs to it."""
    steps: dict[str, Step] = {}
    current = Step()
    normal = session = Normal()
    exports: list[tuple[dict[str, Any], Normal, Step]] = []
    for entry in journal:
        match entry["kind"]:
            case "step":
                current, normal = steps.setdefault(entry["name"], Step()), session.of_step()
            case "outcome":
                current.raises = entry["raises"]
            case "rest":
                current.exchanges.append(_request(entry, normal))
                normal.text(entry["answer"])
            case "flight":
                current.exchanges.append(_call(entry, normal))
            case kind:
                assert kind == "otlp", kind
                exports.append((entry, normal, current))
    for entry, normal, step in exports:  # last: they come as calls end, and ids are numbered as they come
        _export(entry, normal, step)
    for step in steps.values():
        step.spans.sort(key=lambda span: (span.line, json.dumps(span.parts["attribute"], sort_keys=True)))
    return steps


def _request(entry: dict[str, Any], normal: Normal) -> Exchange:
    query = f"?{normal.query(entry['query'])}" if entry["query"] else ""
    parts: dict[str, Any] = {"header": normal.headers(entry["headers"])}
    if entry["body"]:
        body = json.loads(entry["body"])
        rows = next((name for name in ("experiment_runs", "examples") if name in body), "")
        parts["rows"] = normal.value(body.pop(rows, []))
        parts["body"] = normal.value(body)
        parts["spaces in JSON"] = style(entry["body"])
        parts["characters beyond ASCII"] = escapes(entry["body"])
        parts["spaces in JSON text inside"] = ", ".join(styles(json.loads(entry["body"])))
    return Exchange("REST request", f"{entry['method']} {normal.text(entry['path'])}{query}", parts)


def _call(entry: dict[str, Any], normal: Normal) -> Exchange:
    # the name of what is in a list says who wrote it: Parquet files have `element`, Arrow has `item`
    command = normal.text(entry["command"])
    (request,) = json.loads(command)
    parts: dict[str, Any] = {"header": normal.headers(entry["headers"]), "command": command}
    if "columns" in entry:
        cells = [normal.value(cells, name) for name, cells in entry["cells"].items()]
        parts["rows"] = [dict(zip(entry["cells"], row, strict=True)) for row in zip(*cells, strict=True)]
        parts["columns"] = [name for name, _ in entry["columns"]]
        parts["type"] = {name: kind.replace("<element: ", "<item: ") for name, kind in entry["columns"]}
        parts["metadata of the schema"] = entry["schema_metadata"]
        parts["rows of the batches"] = entry["batch_rows"]
        parts["spaces in JSON text inside"] = ", ".join(styles(entry["cells"]))
    return Exchange("Flight call", " ".join([entry["rpc"], entry.get("type", request)]), parts)


def _export(entry: dict[str, Any], normal: Normal, step: Step) -> None:
    spans: list[Exchange] = []
    for resource in entry["resources"]:
        facts = normal.value(_attributes(resource["resource"]))
        for scope in resource["scope_spans"]:
            spans += [_span(span, facts, scope["scope"], normal) for span in scope["spans"]]
    parts = {"metadata": normal.headers(entry["headers"]), "spans in an export": "one" if len(spans) == 1 else "many"}
    step.exports.append(Exchange("export", "Export", parts))
    step.spans += spans


def _span(span: dict[str, Any], resource: object, scope: dict[str, Any], normal: Normal) -> Exchange:
    name = normal.text(span["name"])
    events = [{"name": event["name"], **normal.value(_attributes(event))} for event in span.get("events", [])]
    attributes = _attributes(span)
    further = _further(attributes) if name.startswith("Evaluation") else ""
    parts = {
        "kind": span["kind"],
        "attribute": normal.value(attributes),
        "what it tells besides": further,
        "status": span.get("status", {}),
        "events": events,
        "links": len(span.get("links", [])),
        "has a parent": "parent_span_id" in span,
        "resource": resource,
        "scope": scope["name"] if "version" not in scope else f"{scope['name']} <version>",
        "spaces in JSON text inside": ", ".join(styles(attributes)),
    }
    return Exchange(f"span {name.partition(':')[0]}", name, parts)


def _further(attributes: dict[str, Any]) -> str:
    """Take out what only one of them says of an evaluation, so that the rest can be put side by side."""
    values = [attributes.pop(name) for name in list(attributes) if name.startswith(("input.", "output."))]
    facts = json.loads(attributes.get("metadata", "{}"))
    ids = [facts.pop(name) for name in _IDS if name in facts]
    if ids:
        attributes["metadata"] = json.dumps(facts)
    return ", ".join(what for what, has in (("values", values), ("ids", ids)) if has) or "nothing"


def _attributes(holder: dict[str, Any]) -> dict[str, Any]:
    return {pair["key"]: _plain(pair["value"]) for pair in holder.get("attributes", [])}


def _plain(value: dict[str, Any]) -> Any:
    ((kind, plain),) = value.items()
    if kind == "array_value":
        return [_plain(item) for item in plain.get("values", [])]
    return int(plain) if kind == "int_value" else plain
