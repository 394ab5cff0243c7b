"""Whether a text that was written here says the same as the chain it was made from.

In: a text or a model, and a timeline. Out: the clauses of which they say something else. Guaranteed: nothing is
trusted because of how it was made: the text is read, checked and evaluated like any other.
"""

import attrs

from dealrun.check import run_checks
from dealrun.diagnostics import Report, Severity
from dealrun.errors import DealError
from dealrun.model.contract import Model
from dealrun.model.keys import EntryKey
from dealrun.model.resolve import resolve
from dealrun.model.values import Amount
from dealrun.source import SourceText
from dealrun.state.amend.index import Index
from dealrun.state.knowledge import World, make_world
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState
from dealrun.syntax import parse
from dealrun.time import Day

LOOKS_BACK = frozenset({"from", "until", "due", "when"})
"""Terms that a restatement may write in another way."""


class RestateError(DealError):
    """Why a contract has no consolidated text on a day.

    >>> issubclass(dealrun.RestateError, dealrun.DealError)
    True
    """


def read(text: str, name: str) -> Model:
    """The model of a text that was written here; RestateError where it has none."""
    report = Report()
    model = resolve([parse(SourceText("<text>", text), report)], report, name)
    if report.has_errors:
        raise RestateError(report.sorted()[0].message)
    return model


def disagreements(timeline: Timeline, model: Model, world: World, day: Day, *, extra: bool = False) -> set[EntryKey]:
    """The clauses of which a model says something else than a timeline, on some day from `day` on.

    What only the model has is passed over, unless `extra`: then it must have ended.
    """
    restated = Timeline(Index(model), world)
    differing: set[EntryKey] = set()
    for key in timeline.labels:
        if key not in restated.labels:
            if timeline.clause(key, day).status != "ended":
                differing.add(key)
            continue
        days = {d for each in (timeline, restated) for d in days_of_change(each.answers, key) if d > day}
        if any(said(timeline.clause(key, d)) != said(restated.clause(key, d)) for d in (day, *days)):
            differing.add(key)
    for key in restated.labels if extra else ():
        days = {d for d in days_of_change(restated.answers, key) if d > day}
        if key not in timeline.labels and any(restated.clause(key, d).status != "ended" for d in (day, *days)):
            differing.add(key)
    return differing


def said(state: ClauseState) -> tuple[object, ...]:
    """What a state says that a restatement has to say too."""
    if state.status == "ended":
        return ("ended",)
    terms = {
        name: tuple(attrs.evolve(v, counting_from=None, so_far=None) if isinstance(v, Amount) else v
                    for v in view.options)
        for name, view in state.terms.items()
        if name not in LOOKS_BACK
    }  # fmt: skip
    hangs = {name: view.contingent_on for name, view in state.terms.items() if name not in LOOKS_BACK}
    return state.status, state.contingent_on, dict(state.parties), terms, hangs


def refused(model: Model) -> str:
    """What the checker says against a text that was written here; empty where it says nothing."""
    report = Report()
    index = Index(model)
    run_checks(model, index, lambda known: Timeline(index, make_world(index.recorded, known, (), {})), report)
    return next((found.message for found in report.sorted() if found.severity is Severity.ERROR), "")
