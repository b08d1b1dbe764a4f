"""A judge of two answers."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import cast

from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.judges.judge import Labels, LLMJudge, labels_of
from arize_async.models.evaluation import EvaluationResult
from arize_async.models.json_text import json_text

_SIDES = frozenset({"first", "second"})
_MANAGED = frozenset({"id", "created_at", "updated_at", "annotations"})


def _outcomes(scores: object) -> dict[str, float | None]:
    found = labels_of(scores)
    if set(found) != {"output", "baseline", "tie"}:
        raise InvalidEvaluator(f"scores for output, baseline and tie; got {', '.join(found)}", path="scores")
    return found


@frozen(eq=False)
class PairwisePreference(LLMJudge):
    """Ask a model which of two answers is better: the output, or another one to the same question.

    Models prefer the place of an answer as well as the answer, so which one stands first is drawn for each example,
    the same way each time with the same ``seed``. Labels: ``output`` (1), ``tie`` (0.5) and ``baseline`` (0);
    ``metadata.first`` says which one the model saw first. Its explanation speaks of the first and the second answer.

    Attributes:
        against: Where the other answer is: ``expected``, or a column of the dataset.
        seed: Draws the order.
        scores: Scores of the labels ``output``, ``tie`` and ``baseline``.
    """

    template: str = field(
        kw_only=True,
        repr=False,
        default="""Which of two answers to the question serves the one who asked better?

Look first at whether they are right and reply to all that is asked, then at whether they can be understood. Neither
length, nor style, nor the order in which they are shown is a merit. Say first or second for the better one, and tie
when neither is better in anything that matters.

<question>
{input}
</question>
<first_answer>
{first}
</first_answer>
<second_answer>
{second}
</second_answer>""",
    )
    labels: Labels = field(default=("first", "second", "tie"), init=False, repr=False)
    against: str = field(default="expected", kw_only=True)
    seed: int | str = field(default=0, kw_only=True)
    scores: Mapping[str, float | None] = field(
        factory=lambda: {"output": 1.0, "tie": 0.5, "baseline": 0.0}, converter=_outcomes, kw_only=True
    )
    name: str = field(default="preference", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse a prompt that does not show both answers."""
        super().__attrs_post_init__()
        if not self._prompt.names >= _SIDES:
            raise InvalidEvaluator("the prompt needs the placeholders {first} and {second}", path="template")

    @property
    def placeholders(self) -> frozenset[str]:
        """What the prompt takes from the example."""
        return (self._prompt.names - _SIDES) | {self.against}

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The labels that results can have."""
        return tuple(self.scores)

    async def _judged(self, given: Mapping[str, object]) -> EvaluationResult:
        row = cast("Mapping[str, object]", given["dataset_row"] or {})
        told = {name: value for name, value in row.items() if name not in _MANAGED}
        output_first = self._draw([given["input"], given["expected"], told])
        names = ("output", self.against) if output_first else (self.against, "output")
        shown: dict[str, str] = dict(zip(("first", "second"), names, strict=True))
        verdict = await self._verdict(self._prompt.filled(lambda name: self._text(shown.get(name, name), given)))
        winner = shown.get(verdict.label, "tie")
        label = "baseline" if winner == self.against else winner
        first = "output" if output_first else "baseline"
        return EvaluationResult(self.scores[label], label, verdict.explanation, {"first": first})

    def _draw(self, example: object) -> bool:
        """Tell whether the output of an example comes first."""
        text = json_text([self.seed, example])
        return sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 0
