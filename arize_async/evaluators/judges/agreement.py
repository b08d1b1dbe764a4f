"""How often a judge says what people say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, cast

import anyio
import anyio.to_thread
from attrs import frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.verdict import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.evaluators.judges.judge import LLMJudge

Row = dict[str, object]
_FOLDER = "labelled"
_COLUMNS = ("input", "output", "expected", "metadata")


@frozen
class Disagreement:
    """A row that a judge sees differently.

    Attributes:
        row: The row.
        label: What the judge said; None when there is an error.
        why: Its explanation, or the error.
    """

    row: Mapping[str, object]
    label: str | None
    why: str | None


@frozen
class Agreement:
    """How a judge did on labelled rows.

    Attributes:
        judge: Its name.
        rows: How many rows there are.
        agreed: How many it labelled as people did.
        disagreements: The others, in their order.
    """

    judge: str
    rows: int
    agreed: int
    disagreements: tuple[Disagreement, ...]

    @property
    def share(self) -> float:
        """The share of rows that it labelled as people did, 0 to 1."""
        return self.agreed / self.rows

    def __str__(self) -> str:
        """Say it in lines."""
        lines = [f"{self.judge}: {self.agreed} of {self.rows} as labelled ({self.share:.0%})"]
        for each in self.disagreements:
            said = each.label or "an error"
            lines.append(f"  {each.row['label']}, not {said}: {shown(each.row['output'])}: {each.why}")
        return "\n".join(lines)


def labelled(name: str) -> list[Row]:
    """Return the labelled rows that come along for a ready judge.

    Args:
        name: The judge's usual name, such as ``correctness``.

    Returns:
        Rows with ``output``, ``label``, and ``input``, ``expected`` or ``context`` where the judge needs them.

    Raises:
        InvalidEvaluator: There are none of that name; the message lists those that there are.

    Example:
        >>> sorted({row["label"] for row in labelled("toxicity")})
        ['harmless', 'toxic']
    """
    folder = resources.files("arize_async.evaluators.judges").joinpath(_FOLDER)
    known = sorted(path.name.removesuffix(".jsonl") for path in folder.iterdir() if path.name.endswith(".jsonl"))
    if name not in known:
        raise InvalidEvaluator(f"labelled rows exist for {', '.join(known)}; got {name!r}", path="name")
    lines = folder.joinpath(f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


async def agreement(
    judge: LLMJudge, rows: Iterable[Mapping[str, object]] | None = None, *, concurrency: int = 4
) -> Agreement:
    """Measure how often a judge says what people say.

    Args:
        judge: The judge.
        rows: Rows with a ``label``, an ``output`` and what else the judge's prompt takes (``input``, ``expected``,
            ``metadata``, columns); by default those that come along for a ready judge of this name.
        concurrency: Most rows at the same time.

    Returns:
        The share, and every row that it sees differently. An error of the judge counts as one of those.

    Raises:
        InvalidEvaluator: There is no row, a row has no label of the judge's, no rows come along for it, or
            ``concurrency`` is no number from 1 on.

    Example:
        >>> import asyncio
        >>> from arize_async.evaluators import Toxicity
        >>> def nobody_is_toxic(prompt):
        ...     return "harmless"
        >>> print(asyncio.run(agreement(Toxicity(nobody_is_toxic))).share)
        0.5
    """
    given = await anyio.to_thread.run_sync(labelled, judge.name) if rows is None else rows
    chosen = [dict(row) for row in given]
    possible = judge.outcomes
    for index, row in enumerate(chosen):
        if row.get("label") not in possible or "output" not in row:
            message = f"an output, and a label that is one of {', '.join(possible)}; got {shown(row)}"
            raise InvalidEvaluator(message, path=f"rows[{index}]")
    if not chosen:
        raise InvalidEvaluator("there is no row", path="rows")
    if concurrency < 1:
        raise InvalidEvaluator(f"a whole number from 1 on, got {concurrency!r}", path="concurrency")
    found: list[Disagreement | None] = [None] * len(chosen)
    limiter = anyio.CapacityLimiter(concurrency)

    async def judge_row(index: int) -> None:
        async with limiter:
            found[index] = await _judged(judge, chosen[index])

    async with anyio.create_task_group() as group:
        for index in range(len(chosen)):
            group.start_soon(judge_row, index)
    differing = tuple(each for each in found if each is not None)
    return Agreement(judge.name, len(chosen), len(chosen) - len(differing), differing)


async def _judged(judge: LLMJudge, row: Row) -> Disagreement | None:
    values = {name: row.get(name) for name in _COLUMNS}
    columns = {column: row.get(name) for name, column in judge.columns.items()}
    seen = {name: value for name, value in row.items() if name != "label"}
    try:
        result = await judge(**values, dataset_row=cast("Mapping[str, object]", {**columns, **seen}))
    except Exception as error:  # noqa: BLE001 - whatever a client raises is what the judge came to
        return Disagreement(row, None, f"{type(error).__name__}: {error}")
    return None if result.label == row["label"] else Disagreement(row, result.label, result.explanation)
