"""One line a record: a task that ended, or an evaluation that ended.

A line is ``key:checksum:[...]``, the values as a JSON list. The key numbers the records so that those of a run stand
together and runs stand in the order of the dataset; the checksum finds what a disk has changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast
from zlib import crc32

import orjson

from arize_async.models.evaluation import EvaluationResult
from arize_async.models.finished import Attempt, FinishedEvaluation, FinishedTask
from arize_async.wire.text import json_bytes, output_text

if TYPE_CHECKING:
    from collections.abc import Mapping

Values = list[object]
_TEXT, _DATA, _NOT_FINITE = 0, 1, 2


class Damaged(Exception):
    """A line is not what was written."""


def encode(key: int, record: FinishedTask | FinishedEvaluation) -> bytes:
    """Return the line of a record."""
    values = _of_task(record) if isinstance(record, FinishedTask) else _of_evaluation(record)
    head, body = b"%d:" % key, json_bytes(values)
    return b"%b%08x:%b" % (head, crc32(body, crc32(head)), body)


def decode(line: bytes) -> tuple[int, Values]:
    """Return key and values of a line.

    Raises:
        Damaged: The line is not what was written.
    """
    try:
        key, checksum, body = line.split(b":", 2)
        if checksum != b"%08x" % crc32(body, crc32(key + b":")):
            raise Damaged
        return int(key), orjson.loads(body)
    except ValueError as error:  # parts are missing, or are no numbers
        raise Damaged from error


def task_of(values: Values) -> FinishedTask:
    """Return the task that a record is of."""
    kind, output, *others, attempts, repetition = values
    data = output if kind == _TEXT else json.loads(cast("str", output))
    example_id, error, trace_id, span_id, started_ms, latency, tokens, cost = cast("list[str]", others)
    return FinishedTask(
        example_id=example_id,
        output=data,
        error=error,
        trace_id=trace_id,
        span_id=span_id,
        started_ms=cast("int", started_ms),
        latency=cast("float", latency),
        token_count=cast("int | None", tokens),
        total_cost=cast("float | None", cost),
        attempts=tuple(Attempt(*each) for each in cast("list[tuple[float, float, str | None]]", attempts)),
        repetition=cast("int", repetition),
    )


def output_of(values: Values) -> str | None:
    """Return the output of a task's record as the frame has it."""
    kind, output, *_ = values
    text = cast("str | None", output)
    return output_text(json.loads(text)) if kind == _NOT_FINITE and text is not None else text


def evaluation_of(name: str, values: Values) -> FinishedEvaluation:
    """Return the evaluation that a record is of."""
    score, label, explanation, metadata, error, trace_id, started_ms = cast("list[str | None]", values[:7])
    tokens, cost = values[7:] or (None, None)
    result = None
    if error is None:
        number = cast("float | None", score)
        result = EvaluationResult(number, label, explanation, metadata_of(metadata) or {})
    began, used = cast("int | None", started_ms), cast("int | None", tokens)
    return FinishedEvaluation(name, result, error, trace_id, began, used, cast("float | None", cost))


def metadata_of(text: str | None) -> Mapping[str, object] | None:
    """Return the further facts of an evaluation."""
    return None if text is None else json.loads(text)


def _of_task(task: FinishedTask) -> Values:
    return [
        *_of_output(task.output),
        task.example_id,
        task.error,
        task.trace_id,
        task.span_id,
        task.started_ms,
        task.latency,
        task.token_count,
        task.total_cost,
        [[attempt.queued, attempt.seconds, attempt.error] for attempt in task.attempts],
        task.repetition,
    ]


def _of_output(output: object) -> tuple[int, str | None]:
    """Return the text of an output: as the frame has it, unless that lacks a NaN that evaluators are to see again."""
    if output is None or type(output) is str:
        return _TEXT, output
    text = output_text(output)
    if text is not None and "null" in text:
        try:
            json.dumps(output, allow_nan=False)
        except ValueError:
            return _NOT_FINITE, json.dumps(output)
    return _DATA, text


def _of_evaluation(evaluation: FinishedEvaluation) -> Values:
    result, used = evaluation.result, (evaluation.token_count, evaluation.total_cost)
    usage = [] if used == (None, None) else used  # most evaluators call no model
    if result is None:
        return [None, None, None, None, evaluation.error or "", evaluation.trace_id, evaluation.started_ms, *usage]
    score = result.score
    if isinstance(score, int) and score.bit_length() > 53:  # noqa: PLR2004 - what a float holds exactly
        score = float(score)
    metadata = json.dumps(dict(result.metadata)) if result.metadata else None
    return [score, result.label, result.explanation, metadata, None, evaluation.trace_id, evaluation.started_ms, *usage]
