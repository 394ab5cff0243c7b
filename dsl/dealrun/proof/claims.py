"""Claims: what is said to hold on every day of a period, and whether it does in a box of courses.

In: a text, and timelines. Out: a `Proposition`, and its truth from day to day. Guaranteed: a claim says what an
expectation can say; of a term, that its clause is in force and the term has the value.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from dealrun.model.claim import WrittenClaim
from dealrun.model.contract import Assertion
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.values import Value
from dealrun.state.answers import Life
from dealrun.state.change import Change
from dealrun.state.changes import clause_changes
from dealrun.state.expect import duty_as_expected, status_as_expected, term_as_expected
from dealrun.state.favour import favoured, gainers
from dealrun.state.reads import lives_on
from dealrun.state.standing import days_of_change, status_of
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState
from dealrun.time import NO, YES, Day, Truth, both, either, maybe, negate


@attrs.frozen
class Atom:
    """One thing that is said, as an expectation says it."""

    text: str
    assertion: Assertion


@attrs.frozen
class Not:
    """That something does not hold."""

    part: "Proposition"


@attrs.frozen
class And:
    """That several things hold."""

    parts: "tuple[Proposition, ...]"


@attrs.frozen
class Or:
    """That one of several things holds."""

    parts: "tuple[Proposition, ...]"


@attrs.frozen
class OneOf:
    """That a clause has one of several statuses, or has been ended by one of several causes."""

    key: Label
    statuses: frozenset[str | None]
    ended_by: frozenset[str] = frozenset()


@attrs.frozen
class TermStands:
    """That a term has one of some values, as they are written."""

    key: Label
    term: str
    options: tuple[Value | None, ...]


@attrs.frozen
class AsPresumed:
    """That a clause is in force, or a term of it is as good for those who gain by the clause, on each day on which the
    clause is in force in another course."""

    key: Label
    course: Timeline
    term: str | None = None
    _standing: dict[Day, bool] = attrs.field(init=False, factory=dict, eq=False, repr=False)

    def stands(self, day: Day) -> bool:
        """Whether the clause is in force in that course."""
        found = self._standing.get(day)
        if found is None:
            there = bool(self.course.answers.episodes(self.key))
            found = self._standing[day] = there and _whether_in_force(self.course, self.key, day).level == YES.level
        return found


@attrs.frozen
class DealGoesOn:
    """That a deal has not ended, on each day on which it has not in another course."""

    deal: str
    course: Timeline


Proposition: TypeAlias = Atom | Not | And | Or | OneOf | TermStands | AsPresumed | DealGoesOn


# --- as it is written -------------------------------------------------------------------------------------------------


def as_written(written: WrittenClaim, atoms: Mapping[str, Assertion]) -> Proposition:
    """A claim as it is written; `atoms` are its sayings, resolved."""
    parts = tuple(as_written(part, atoms) for part in written.parts)
    match written.word:
        case "not":
            return Not(parts[0])
        case "and":
            return And(parts)
        case "or":
            return Or(parts)
        case _:
            return Atom(written.text, atoms[written.text])


# --- its truth --------------------------------------------------------------------------------------------------------


def labels_of(claim: Proposition) -> Iterator[Label]:
    """The clauses of which a claim says anything."""
    match claim:
        case Atom(_, assertion):
            if not isinstance(assertion.key, DeclarationKey):
                yield assertion.key
        case OneOf(key) | AsPresumed(key) | TermStands(key):
            yield key
        case DealGoesOn(deal, course):
            yield from course.answers.lifelines(deal)
        case Not(part):
            yield from labels_of(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from labels_of(part)


def truth(claim: Proposition, timeline: Timeline, day: Day) -> Truth:
    """Whether a claim holds on a day."""
    match claim:
        case Atom(_, assertion):
            return _of_atom(assertion, timeline, day)
        case Not(part):
            return negate(truth(part, timeline, day))
        case And(parts):
            found = YES
            for part in parts:
                found = both(found, truth(part, timeline, day))
            return found
        case Or(parts):
            found = NO
            for part in _joined(parts):
                found = either(found, truth(part, timeline, day))
            return found
        case OneOf(key, statuses, ended_by):
            return _of_status(key, statuses, timeline, day, ended_by)
        case TermStands(key, term, options):
            view = timeline.clause(key, day).terms.get(term)
            if view is not None and view.contingent_on:
                return maybe(frozenset(view.contingent_on))
            return YES if view is not None and view.options == options else NO
        case AsPresumed():
            return _as_presumed(claim, timeline, day)
        case DealGoesOn(deal, course):
            over = timeline.answers.deal_end(deal).come.at(day)
            return YES if course.answers.deal_end(deal).come.at(day).level else negate(over)


def _joined(parts: "tuple[Proposition, ...]") -> "Iterator[Proposition]":
    """Alternatives, with the statuses of one clause taken together: that it is in force or dormant can be certain where
    neither is."""
    statuses: dict[Label, set[str | None]] = {}
    ended: dict[Label, set[str]] = {}
    for part in parts:
        match part:
            case Atom(_, Assertion(key=str() as key, status=str() as status, within=None, duty=None, ended_by=by)):
                found = statuses.setdefault(key, set())
                if by is None:
                    found.add(status)
                else:
                    ended.setdefault(key, set()).add(by)
            case _:
                yield part
    yield from (OneOf(key, frozenset(found), frozenset(ended.get(key, ()))) for key, found in statuses.items())


def _of_atom(assertion: Assertion, timeline: Timeline, day: Day) -> Truth:
    key = assertion.key
    assert not isinstance(key, DeclarationKey)
    if not timeline.answers.episodes(key):
        return YES if assertion.status == "not there" else NO
    state = timeline.clause(key, day)
    if assertion.duty is not None:
        open_ = frozenset().union(*(duty.contingent_on for duty in state.duties))
        if any(duty.status == "contingent" for duty in state.duties):
            return maybe(open_)
        return YES if duty_as_expected(assertion.duty, state) is None else NO
    if assertion.status is not None and assertion.within is None and assertion.ended_by is None:
        return _of_status(key, frozenset({assertion.status}), timeline, day)
    if assertion.status is not None:
        if state.status == "contingent":
            return maybe(frozenset(state.contingent_on))
        ends = [life.end for life in lives_on(timeline, key, day)[0]]
        if state.status == "ended" and assertion.ended_by is not None and not all(end.certain for end in ends):
            causes = {text for end in ends for text in end.cause}
            if not causes.issuperset(assertion.ended_by.split(" and ")):
                return NO
            if len(causes) > 1:  # it has ended; by which of them, is not known
                return maybe(frozenset().union(*(end.hangs_on for end in ends)))
        return YES if status_as_expected(assertion, state) is None else NO
    here = _in_force(state)
    return both(here, _of_term(assertion, state)) if here.level else here


def _as_presumed(claim: AsPresumed, timeline: Timeline, day: Day) -> Truth:
    key = claim.key
    if not timeline.answers.episodes(key) or not claim.stands(day):
        return YES
    here = _whether_in_force(timeline, key, day)
    if claim.term is None:
        return here
    if not here.level:
        return YES
    return either(negate(here), _as_good(claim.term, claim.course.clause(key, day), timeline.clause(key, day)))


def _whether_in_force(timeline: Timeline, key: Label, day: Day) -> Truth:
    lives, _ = lives_on(timeline, key, day)
    if len(lives) > 1:
        return _in_force(timeline.clause(key, day))
    status, hangs_on = status_of(lives[0], day)
    return maybe(hangs_on) if status == "contingent" else YES if status == "in force" else NO


def _as_good(term: str, stands: ClauseState, state: ClauseState) -> Truth:
    """Whether a term is as in another state of its clause, or better for those who gain by the clause."""
    mine, theirs = state.terms.get(term), stands.terms.get(term)
    if theirs is not None and theirs.contingent_on:  # nobody knows what would be worse
        return YES
    if mine is not None and theirs is not None and len(mine.options) == 1 and mine.options == theirs.options:
        return YES  # the same words, whichever day they come to
    if mine is not None and mine.contingent_on:
        return maybe(frozenset(mine.contingent_on))
    return YES if worsening(term, stands, state) is None else NO


def worsening(term: str, stands: ClauseState, state: ClauseState) -> Change | None:
    """The change of a term from one state of a clause to another, unless it is known to favour those who gain by it."""
    changes = clause_changes(stands, state, 0)
    change = next((each for each in changes if each.term == term), None)
    if change is None:
        return None
    better = favoured(change, stands, state)
    return None if better and better == gainers(state) else change


def _in_force(state: ClauseState) -> Truth:
    if state.status == "contingent":
        return maybe(frozenset(state.contingent_on))
    return YES if state.status == "in force" else NO


BY_CAUSE = "ended as claimed"
"""Stands for the status of what has been ended by a cause that is asked for."""


def _of_status(
    key: Label, wanted: frozenset[str | None], timeline: Timeline, day: Day, ended_by: frozenset[str] = frozenset()
) -> Truth:
    """Whether a clause has one of several statuses, or has been ended by one of several causes, as far as nothing else
    is possible."""
    may: set[str] = set()
    names: set[str] = set()
    lives, open_ = lives_on(timeline, key, day)
    names |= open_
    for life in lives:
        statuses, hangs_on = _possible(life, day)
        if ended_by and "ended" in statuses and "ended" not in wanted:
            statuses = (statuses - {"ended"}) | _ways_to_end(life, ended_by)
        may |= statuses
        names |= hangs_on
    wanted |= {BY_CAUSE}
    if may <= wanted:
        return YES
    return NO if may.isdisjoint(wanted) else maybe(frozenset(names))


def _ways_to_end(life: Life, ended_by: frozenset[str]) -> set[str]:
    """Whether what ends a clause is one of several causes, is none of them, or can be either."""
    causes = set(life.end.cause)
    if life.end.certain:
        return {BY_CAUSE} if " and ".join(life.end.cause) in ended_by else {"ended"}
    if len(causes) == 1 and causes <= ended_by:
        return {BY_CAUSE}
    asked = {part for each in ended_by for part in each.split(" and ")}
    return {"ended"} if causes and causes.isdisjoint(asked) else {BY_CAUSE, "ended"}


def _possible(life: Life, day: Day) -> tuple[set[str], frozenset[str]]:
    """Every status that a clause may have on a day, and what that hangs on."""
    episode = life.episode
    ended, started = life.end.come.at(day), episode.started.at(day)
    waived, holds = episode.waived.at(day), episode.holds.at(day)
    names = ended.hangs_on | started.hangs_on | waived.hangs_on | holds.hangs_on
    if ended.level == YES.level:
        return {"ended"}, names
    found = {"ended"} if ended.level else set()
    if started.level < YES.level:
        found.add("not yet")
    if started.level and waived.level:
        found.add("waived")
    if started.level and waived.level < YES.level:
        found |= (
            {"dormant"} if not holds.level else {"in force"} if holds.level == YES.level else {"dormant", "in force"}
        )
    return found, names


def _of_term(assertion: Assertion, state: ClauseState) -> Truth:
    view = state.terms.get(assertion.term or "")
    if view is not None and view.contingent_on:
        return maybe(frozenset(view.contingent_on))
    return YES if term_as_expected(assertion, state) is None else NO


def days(
    claim: Proposition, timeline: Timeline, first: Day, last: Day, fixed: Iterable[Day] | None = None
) -> list[Day]:  # fmt: skip
    """The days of a period on which the truth of a claim can change, its first included; `fixed` are those of the
    courses with which it compares, where they are known."""
    found = {first, *(days_compared(claim, first, last) if fixed is None else fixed)}
    _add_days(claim, timeline, found)
    return sorted(day for day in found if first <= day <= last)


def days_compared(claim: Proposition, first: Day, last: Day) -> set[Day]:
    """The days on which something changes in the courses with which a claim compares."""
    found: set[Day] = set()
    courses = {id(part.course): part.course for part in _parts(claim) if isinstance(part, AsPresumed | DealGoesOn)}
    for course in courses.values():
        _add_days(claim, course, found)
    return {day for day in found if first <= day <= last}


def _add_days(claim: Proposition, timeline: Timeline, found: set[Day]) -> None:
    keys: dict[Label, None] = {}
    for part in _parts(claim):
        if isinstance(part, DealGoesOn):  # what ends the deal changes it on no other days
            found.update(timeline.answers.deal_end(part.deal).come.starts)
        elif not isinstance(part, Not | And | Or):
            keys.update(dict.fromkeys(labels_of(part)))
    for key in keys:
        if timeline.answers.episodes(key):
            found.update(days_of_change(timeline.answers, key))


def _parts(claim: Proposition) -> Iterator[Proposition]:
    """A claim and everything that it is made of."""
    yield claim
    match claim:
        case Not(part):
            yield from _parts(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _parts(part)
