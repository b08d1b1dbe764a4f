"""Finished runs as columns: what a frame is made of, some rows at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen


@frozen(eq=False)
class EvaluationColumns:
    """One evaluator over some runs; None where there is nothing.

    Attributes:
        scores: Numbers.
        labels: Texts.
        explanations: Texts.
        metadata: Further facts by key.
        errors: Why there is no result.
        trace_ids: 32 hexadecimal digits.
        started_ms: Start, milliseconds since the epoch.
        token_counts: Tokens, where they are known.
        total_costs: US dollars, where they are known.
    """

    scores: Sequence[float | None]
    labels: Sequence[str | None]
    explanations: Sequence[str | None]
    metadata: Sequence[Mapping[str, object] | None]
    errors: Sequence[str | None]
    trace_ids: Sequence[str | None]
    started_ms: Sequence[int | None]
    token_counts: Sequence[int | None]
    total_costs: Sequence[float | None]


@frozen(eq=False)
class RunColumns:
    """Some runs, in the order of the dataset.

    Attributes:
        example_ids: Ids of the examples.
        outputs: Outputs as they are stored: text, JSON where they were not text.
        errors: What tasks raised.
        trace_ids: 32 hexadecimal digits.
        started_ms: Start, milliseconds since the epoch.
        latencies: Milliseconds.
        token_counts: Tokens, where they are known.
        total_costs: US dollars, where they are known.
        repetitions: Which execution of its example each is, from 1.
        attempts: How often the task was called.
        evaluations: One for each evaluator.
    """

    example_ids: Sequence[str]
    outputs: Sequence[str | None]
    errors: Sequence[str | None]
    trace_ids: Sequence[str]
    started_ms: Sequence[int]
    latencies: Sequence[float]
    token_counts: Sequence[int | None]
    total_costs: Sequence[float | None]
    repetitions: Sequence[int]
    attempts: Sequence[int]
    evaluations: Sequence[EvaluationColumns]
