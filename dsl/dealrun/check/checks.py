"""The ordered list of checks. A new check is a function and a line here."""

from collections.abc import Callable
from functools import cache

from dealrun.check import amendments, clauses, expectations, facts, instruments, records
from dealrun.check.context import Check, Context
from dealrun.diagnostics import Report
from dealrun.model.contract import Model
from dealrun.state.amend.index import Index
from dealrun.state.timeline import Timeline
from dealrun.time import Day

CHECKS: tuple[Check, ...] = (
    clauses.recurring,
    clauses.renewals,
    amendments.effective_days,
    amendments.signing_conflicts,
    amendments.operations,
    amendments.dropped,
    instruments.amended,
    instruments.waivers,
    clauses.schedules,
    clauses.lives,
    clauses.always_there,
    clauses.survivals,
    clauses.ended_by_their_start,
    clauses.windows,
    clauses.added_late,
    clauses.unsigned,
    facts.declarers,
    facts.doers,
    facts.contradictions,
    facts.cures,
    facts.bounds,
    facts.subjects,
    facts.occurrences,
    records.without_effect,
    records.twice,
    clauses.definitions,
    expectations.contradictions,
)


def run_checks(model: Model, index: Index, at: Callable[[Day | None], Timeline], report: Report) -> None:
    """Run every check; `at` makes the timeline of a day of knowledge, once references are known to run in no circle."""
    clauses.circles(index, index.edges, report)
    if any(d.code in {"DR208", "DR905"} for d in report.found):
        return
    context = Context(model, index, cache(at), report)
    for check in CHECKS:
        check(context)
