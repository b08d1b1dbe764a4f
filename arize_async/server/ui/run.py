"""The page of a run: what came in and out, what was said of it, and its trace."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web
from attrs import frozen

from arize_async.errors import BadRequest, UnprocessableEntity
from arize_async.models.annotation import AnnotateRecordInput, AnnotationInput
from arize_async.server.storage import annotation_configs, experiments, record_annotations, runs, selections, traces
from arize_async.server.storage.refusals import malformed
from arize_async.server.ui import examples
from arize_async.server.ui.answers import elsewhere
from arize_async.server.ui.experiment import View, around, neighbours, read_view
from arize_async.server.ui.rendering import link, render
from arize_async.server.ui.run_cache import FACTS, evaluators
from arize_async.server.ui.sign_in import FIELDS
from arize_async.server.ui.waterfall import Row, waterfall

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.selections import ShownRun
    from arize_async.server.storage.transaction import Transaction
    from arize_async.server.ui.site import Site, Visit

_CHARACTERS = 20_000
_EVERYTHING = 2**31 - 1
_SPANS = 500
_PARTS = ("score", "label", "explanation", "error")
_MAX_TEXT = 100_000


@frozen
class Evaluation:
    """What an evaluator found."""

    name: str
    score: object
    label: object
    explanation: object
    error: object
    metadata: Mapping[str, object]


@frozen
class Trace:
    """A trace of the run."""

    title: str
    rows: Sequence[Row]


class RunPages:
    """Handlers of the page and of its annotations."""

    def __init__(self, site: Site) -> None:
        """Show a site."""
        self._site = site

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        path = "/experiments/{experiment_id}/runs/{run_id}"
        return (web.get(path, self.show), web.post(f"{path}/annotate", self.annotate))

    async def show(self, request: web.Request) -> web.Response:
        """Show a run."""
        return await self._show(request, status=200)

    async def annotate(self, request: web.Request) -> web.Response:
        """Write an annotation, and show the run again."""
        experiment_id, run_id = request.match_info["experiment_id"], request.match_info["run_id"]
        fields = request[FIELDS]
        try:
            record = AnnotateRecordInput(record_id=run_id, values=[_annotation(fields)])
            await self._site.store.write(_annotate, experiment_id, record)
        except (BadRequest, UnprocessableEntity, ValueError) as error:
            return await self._show(request, status=422, complaint=str(getattr(error, "detail", error)))
        view = read_view(request)
        goal = link("experiments", experiment_id, "runs", run_id, **view.query(), saved=fields.get("name"))
        return elsewhere(f"{goal}#annotations")

    async def _show(self, request: web.Request, *, status: int, complaint: str = "") -> web.Response:
        view, run_id = read_view(request), request.match_info["run_id"]
        characters = _EVERYTHING if request.query.get("whole") == "1" else _CHARACTERS
        saved = request.query.get("saved", "")
        return await self._site.show(
            request,
            lambda visit: _page(visit, view, run_id, characters=characters, saved=saved, complaint=complaint),
            status,
        )


def _page(visit: Visit, view: View, run_id: str, *, characters: int, saved: str, complaint: str) -> str:
    transaction = visit.transaction
    experiment = experiments.get(transaction, view.experiment_id)
    run = selections.run(transaction, experiment, run_id, characters)
    before, behind = neighbours(visit, experiment, view, run)
    configs = annotation_configs.by_name(transaction, experiment.space_number)
    notes = record_annotations.of_records(transaction, experiment.number, [run.id]).get(run.id, [])
    found = traces.of_traces(transaction, experiment.space_number, [trace for _, trace in _trace_ids(run)], _SPANS)
    return render(
        "run.html",
        **around(visit, experiment),
        view=view,
        run=run,
        example=examples.of_runs(transaction, experiment, [run.example_id]).get(run.example_id),
        limit=characters,
        before=before,
        behind=behind,
        evaluations=_evaluations(run),
        facts={name: run.columns[name] for name in FACTS if run.columns.get(name) is not None},
        others=_others(run),
        configs=[configs[name] for name in sorted(configs)],
        notes={note.name: note for note in notes},
        saved=saved,
        complaint=complaint,
        traces=[
            Trace(title, waterfall(span for span in found if span.trace_id == trace))
            for title, trace in _trace_ids(run)
        ],
    )


def _trace_ids(run: ShownRun) -> list[tuple[str, str]]:
    names = [("Task", "result.trace.id"), *((name, f"eval.{name}.trace.id") for name in evaluators(run.columns))]
    return [(title, str(run.columns[name])) for title, name in names if run.columns.get(name)]


def _evaluations(run: ShownRun) -> list[Evaluation]:
    made: list[Evaluation] = []
    for name in evaluators(run.columns):
        score, label, explanation, error = (run.columns.get(f"eval.{name}.{part}") for part in _PARTS)
        prefix = f"eval.{name}.metadata."
        facts = {key.removeprefix(prefix): value for key, value in run.columns.items() if key.startswith(prefix)}
        made.append(Evaluation(name, score, label, explanation, error, facts))
    return made


def _others(run: ShownRun) -> dict[str, object]:
    return {
        name: value
        for name, value in run.columns.items()
        if value not in (None, "") and name not in FACTS and not name.startswith("eval.")
    }


def _annotation(fields: Mapping[str, str]) -> AnnotationInput:
    given = fields.get("score", "").strip()
    label, text = fields.get("label") or None, fields.get("text", "").replace("\r\n", "\n") or None
    score = _number(given) if given else None
    if score is None and label is None and text is None:
        raise malformed("choose a label, give a score, or write a text")
    if text is not None and len(text) > _MAX_TEXT:
        raise malformed(f"text: at most {_MAX_TEXT:,} characters")
    return AnnotationInput(name=fields.get("name", ""), score=score, label=label, text=text)


def _number(given: str) -> float:
    try:
        score = float(given)
    except ValueError:
        raise malformed(f"score: {given[:20]!r} is not a number") from None
    if not math.isfinite(score):
        raise malformed(f"score: {given[:20]!r} is not a finite number")
    return score


def _annotate(transaction: Transaction, experiment_id: str, record: AnnotateRecordInput) -> None:
    experiment: StoredExperiment = experiments.get(transaction, experiment_id)
    selections.run(transaction, experiment, record.record_id, 1)
    values: list[Any] = [
        _with_score(annotation_configs.by_name(transaction, experiment.space_number), record.values[0])
    ]
    runs.annotate(transaction, experiment, [AnnotateRecordInput(record_id=record.record_id, values=values)])


def _with_score(configs: Mapping[str, object], value: AnnotationInput) -> AnnotationInput:
    """Add the score that the config gives the label."""
    config = configs.get(value.name)
    for entry in getattr(config, "values", ()):
        if entry.label == value.label and value.score is None:
            return AnnotationInput(name=value.name, label=value.label, score=entry.score, text=value.text)
    return value
