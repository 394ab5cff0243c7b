"""The certain answer where intervals cannot give it: what stands the same in every course of events.

In: a state. Out: the state in which a status and a term are certain where every course agrees. Guaranteed: what is
certain in every course is so in the presumptive one, so that only its answer is tried; what is not decided within a
budget stays contingent.
"""

from collections.abc import Collection
from typing import cast

import attrs

from dealrun.errors import LimitError
from dealrun.proof.claims import OneOf, Proposition, TermStands
from dealrun.proof.search import Search
from dealrun.state.day import State
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState, TermView
from dealrun.time import Day

EACH, ALL = 200, 5_000
"""So many evaluations are made for one answer, and for all of a state."""


class _Prover:
    """Tries the presumptive answers of a day, as long as evaluations are left."""

    def __init__(self, timeline: Timeline, day: Day) -> None:
        self.timeline, self.day = timeline, day
        self.left = ALL
        self.settled: list[str] = []
        self.undecided: list[str] = []

    def holds(self, name: str, claim: Proposition) -> bool:
        """Whether every course agrees; notes what is settled, and what is not decided."""
        found = None
        if self.left > 0:
            try:
                search = Search(self.timeline, claim, self.day, self.day, min(EACH, self.left))
                verdict = search.run()
                self.left -= verdict.evaluations
                found = verdict.holds
            except LimitError:
                self.left = 0
        if found is None:
            self.undecided.append(name)
        elif found:
            self.settled.append(name)
        return bool(found)

    def clause(self, certain: ClauseState, presumed: ClauseState) -> ClauseState:
        """A clause with what is certain in every course."""
        status = OneOf(certain.label, frozenset({presumed.status}))
        if presumed.status == "contingent":  # on what nobody knows: there is no course to compare with
            self.undecided.append(certain.label)
        elif certain.status == "contingent" and self.holds(certain.label, status):
            until = certain.until if presumed.status != "ended" else presumed.until
            by = certain.ended_by if presumed.status != "ended" else presumed.ended_by
            certain = attrs.evolve(certain, status=presumed.status, contingent_on=(), until=until, ended_by=by)
        terms = {name: self._term(certain, name, view, presumed) for name, view in certain.terms.items()}
        return attrs.evolve(certain, terms=terms)

    def _term(self, certain: ClauseState, name: str, view: TermView, presumed: ClauseState) -> TermView:
        other = presumed.terms.get(name)
        if not view.contingent_on or len(view.options) < 2 or other is None or len(other.options) != 1:
            return view
        holds = self.holds(f"{certain.label}.{name}", TermStands(certain.label, name, other.options))
        return other if holds else view


def exact(state: State) -> State:
    """A state in which a status or a term is certain where every course of events agrees."""
    timeline = cast("Timeline", state.timeline)
    prover = _Prover(timeline, state.on.toordinal())
    presumed = state.presumed
    clauses = {label: prover.clause(clause, presumed[label]) for label, clause in state.items()}
    unknowns = tuple(
        attrs.evolve(each, affects=affects) for each in state.unknowns
        if (affects := _without(each.affects, prover.settled))
    )  # fmt: skip
    return attrs.evolve(
        state, clauses=clauses, unknowns=unknowns, settled=tuple(prover.settled), undecided=tuple(prover.undecided)
    )


def _without(names: Collection[str], settled: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in settled)
