"""Whether a text that was written here says the same as the chain it was made from.

In: a text or a model, and a timeline. Out: the clauses of which they say something else. Guaranteed: nothing is
trusted because of how it was made: the text is read, checked and evaluated like any other.
"""

from collections.abc import Mapping
from datetime import date

from dealrun.check import run_checks
from dealrun.diagnostics import Report, Severity
from dealrun.errors import DealError
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.contract import Model
from dealrun.model.keys import EntryKey, Label
from dealrun.model.resolve import resolve
from dealrun.model.vocabulary import behaviour
from dealrun.settle.ledger.sums import Sums
from dealrun.settle.settle import settle
from dealrun.source import SourceText
from dealrun.state.amend.index import Index
from dealrun.state.knowledge import World, make_world
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.state.versions import uncounted
from dealrun.state.views import ClauseState
from dealrun.syntax import parse
from dealrun.time import Day, add
from dealrun.time.days import LAST

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


PAID_AHEAD = 3
"""Years in which the payments of a text are held against those of its chain."""


def payments_differ(timeline: Timeline, model: Model, day: Day, so_far: Mapping[Label, object]) -> set[EntryKey]:
    """The clauses under which another amount falls due in some period that ends after a day, as far as no ledger is
    needed; what counts from an amount that was given (`so_far`) is passed over."""
    if not any(behaviour(episode.word) in PAYMENTS for label in timeline.labels
               for episode in timeline.answers.episodes(label)):  # fmt: skip
        return set()
    last = min(add(day, PAID_AHEAD, "year"), LAST)
    sides = [_paid(each, day, last) for each in (timeline, Timeline(Index(model), timeline.world))]
    # What the chain cannot settle for a period that is over (its start may not be known), the text may.
    keys = {*sides[0], *(key for key in sides[1] if key[2].toordinal() > day)}
    return {key[0] for key in keys if sides[0].get(key) != sides[1].get(key) and key[0] not in so_far}


def _paid(timeline: Timeline, day: Day, last: Day) -> dict[tuple[Label, date, date], object]:
    """What falls due under each clause, by its period, for the periods that end after a day, and for those before it
    that are still to be paid; of an advance also what has been advanced so far, against which later payments go."""
    found = settle(timeline, Sums((), 2, 0, 0, None, ()), last)
    return {
        (payment.label, payment.period.first, payment.period.last):
            (payment.amount, payment.due, payment.total if behaviour(payment.verb) is Behaviour.ADVANCE else None)
        for payment in found.payments
        if payment.period.last.toordinal() > day or (payment.due is not None and payment.due.toordinal() >= day)
    }  # fmt: skip


def said(state: ClauseState) -> tuple[object, ...]:
    """What a state says that a restatement has to say too."""
    if state.status == "ended":
        return ("ended",)
    terms = {name: uncounted(view) for name, view in state.terms.items() if name not in LOOKS_BACK}
    hangs = {name: view.contingent_on for name, view in state.terms.items() if name not in LOOKS_BACK}
    instances = [(each.occurrence, each.status, each.until) for each in state.instances if each.status != "ended"]
    return state.status, state.contingent_on, dict(state.parties), terms, hangs, instances


def refused(model: Model) -> str:
    """What the checker says against a text that was written here; empty where it says nothing."""
    report = Report()
    index = Index(model)
    run_checks(model, index, lambda known: Timeline(index, make_world(index.recorded, known, (), {})), report)
    return next((found.message for found in report.sorted() if found.severity is Severity.ERROR), "")
