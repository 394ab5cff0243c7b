"""A proof: whether a claim holds in every course of events, and if not, the shortest course in which it fails.

In: a contract and a claim. Out: `Proof`. Guaranteed: the course of a counterexample is evaluated before it is told, and
none of its happenings can be left out (docs/proof.md).
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

import attrs

from dealrun.answer import Answer
from dealrun.model.keys import Label
from dealrun.proof.boxes import Box, label_of, plain
from dealrun.proof.claims import Not, Or, Proposition, labels_of, truth
from dealrun.proof.counterexample import Played, shortest
from dealrun.proof.days import Critical
from dealrun.proof.happenings import Happening, happenings, in_hand_of
from dealrun.proof.replay import Replay, replay_of
from dealrun.proof.search import SWITCHES, Courses, Failure, Search, Verdict
from dealrun.source import Span as Place
from dealrun.state.basis import Basis
from dealrun.state.changes import status_text
from dealrun.state.timeline import Timeline
from dealrun.time import Day

VerdictWord: TypeAlias = Literal["holds", "holds vacuously", "does not hold", "not decided"]


TURNS = (False, 50), (True, 100), (False, 400), (True, 1_600)
"""Whether the ends of deals are cut off from what brings them about, and how many evaluations are made so, in turns;
then what is left of the budget, as it is."""

FEW_FIRST = 2
"""Before this turn, happenings are tried by themselves, and two by two."""
EACH_OF_FEW, MOST_FOR_FEW = 40, 400
"""So many evaluations are made for one or two happenings, and for all of them."""


@attrs.frozen
class CourseState:
    """A clause of the claim in the course of a counterexample: how it stands, and how it would stand otherwise.

    >>> difference = deal.prove("ip in force", known="2025-01-01", through="2032-12-31").differs[0]
    >>> difference.label, difference.found, difference.otherwise
    ('ip', 'ended by AGI', 'in force')
    """

    label: Label
    found: str
    otherwise: str
    span: Place | None = attrs.field(eq=False, repr=False)
    """Where the clause is written."""


@attrs.frozen
class Proof(Answer):
    """Whether a claim holds in every course of events.

    >>> proof = deal.prove("ip in force", known="2026-04-27", through="2032-12-31")
    >>> proof, proof.verdict, proof.cases, proof.evaluations
    (Proof('ip in force': holds), 'holds', 1, 1)
    >>> proof.claim, proof.since, proof.through, proof.known, proof.open, proof.bounds
    ('ip in force', datetime.date(2026, 4, 28), datetime.date(2032, 12, 31), datetime.date(2026, 4, 27), (), ())
    >>> proof.by, proof.keeps
    ((), ())
    >>> failed = deal.prove("ip in force", known="2025-01-01", through="2032-12-31")
    >>> failed.fails_on, len(failed.course), len(failed.differs), failed.replay.assume
    (datetime.date(2025, 1, 2), 1, 1, {'AGI': '2025-01-02'})
    """

    claim: str
    verdict: VerdictWord
    since: date
    through: date
    known: date | None
    cases: int
    """How many cases were distinguished, each of many courses."""
    evaluations: int
    """How often the contract was evaluated for it."""
    course: tuple[Happening, ...] = ()
    """The counterexample: what happens, by day. Nothing need happen where it is empty."""
    fails_on: date | None = None
    """The first day on which the claim fails in that course."""
    differs: tuple[CourseState, ...] = ()
    """What the claim is about, on that day."""
    open: tuple[str, ...] = ()
    """Where it is not decided, what was left open."""
    bounds: tuple[str, ...] = ()
    """What the answer looks at no further than that."""
    by: tuple[str, ...] = ()
    """Beside the calendar, only what these have in hand happens; everything, where there are none."""
    keeps: tuple[str, ...] = ()
    """These do everything in time."""
    replay: Replay | None = None
    """The course of the counterexample as suppositions; None where nothing need happen, and in the rare case that they
    cannot say it."""
    basis: Basis = attrs.field(factory=Basis, eq=False, repr=False)
    """What it rests on beside its days."""

    def __repr__(self) -> str:
        return f"Proof({self.claim!r}: {self.verdict})"


Supposing: TypeAlias = Callable[[Mapping[str, str], Mapping[str, str]], Timeline]
"""Evaluates the contract anew, under suppositions and with values for unknowns."""


def prove(
    timeline: Timeline, text: str, claim: Proposition, first: Day, last: Day, budget: int, *,
    by: frozenset[str] = frozenset(), keeps: frozenset[str] = frozenset(), supposing: Supposing | None = None,
) -> Proof:  # fmt: skip
    """Whether a claim holds on every day of a period in every course of events.

    With `by`, only what one of these parties has in hand happens, beside the calendar; `keeps` do everything in time.
    A counterexample is replayed with `supposing` before it is told.
    """
    courses = courses_of(timeline, by, keeps)
    search, found = _searched(timeline, claim, first, last, budget, courses)
    word = _word(timeline, claim, first, last, found, budget, courses)
    proof = Proof(
        text, word, date.fromordinal(first), date.fromordinal(last), timeline.known, found.cases, found.evaluations,
        open=tuple(sorted(found.open)), bounds=_bounds(search), by=tuple(sorted(by)), keeps=tuple(sorted(keeps)),
        basis=timeline.basis,
    )  # fmt: skip
    return _with_course(proof, search, found.found, supposing) if found.found is not None else proof


def courses_of(timeline: Timeline, by: frozenset[str], keeps: frozenset[str]) -> Courses:
    """The courses in which only what some parties have in hand happens, and others do everything in time."""

    def free(name: str, kind: str | None) -> bool:
        return not by.isdisjoint(in_hand_of(timeline, name, kind))

    timely = frozenset(
        label for label in timeline.index.labels
        if not keeps.isdisjoint(in_hand_of(timeline, f"performance of {label}", "performance"))
    )  # fmt: skip
    return Courses(free if by else None, timely)


def _searched(
    timeline: Timeline, claim: Proposition, first: Day, last: Day, budget: int, courses: Courses
) -> tuple[Search, Verdict]:
    """The first search that decides the claim, else the last. With the ends cut off only what holds is decided."""
    spent = 0
    kept: dict[object, Critical] = {}
    for turn, (cut, most) in enumerate((*TURNS, (False, budget))):
        if turn == FEW_FIRST:
            few = _few(timeline, claim, first, last, courses, kept)
            spent += few.evaluations
            if few.found is not None:
                return few.search, attrs.evolve(few.found, evaluations=spent)
        search = Search(timeline, claim, first, last, min(most, budget - spent), cut=cut, courses=courses, kept=kept)
        if cut and not search.cuts:
            continue
        found = search.run()
        spent += found.evaluations
        decided = found.holds if cut else found.holds is not None or (found.open and found.evaluations < search.budget)
        if decided or found.exhausted or spent >= budget:
            break
    return search, attrs.evolve(found, evaluations=spent)


class _Few(NamedTuple):
    """A failure by few happenings, if there is one."""

    search: Search
    found: Verdict | None
    evaluations: int


def _few(
    timeline: Timeline, claim: Proposition, first: Day, last: Day, courses: Courses, kept: dict[object, Critical]
) -> _Few:
    """A failure by one happening, or by two, where everything else is as in the presumptive course."""
    free = courses.free or (lambda *_: True)
    search = Search(timeline, claim, first, last, courses=attrs.evolve(courses, free=free), kept=kept)
    names = sorted({plain(name) for name in search.pool})
    spent = 1
    for size in (1, 2):
        for chosen in itertools.combinations(names, size):
            if spent >= MOST_FOR_FEW:
                break
            within = search.within(chosen, EACH_OF_FEW)
            found = within.run()
            spent += found.evaluations
            if found.holds is False:
                return _Few(within, found, spent)
    return _Few(search, None, spent)


def _word(
    timeline: Timeline, claim: Proposition, first: Day, last: Day, found: Verdict, budget: int, courses: Courses
) -> VerdictWord:
    if found.holds is None:
        return "not decided"
    if not found.holds:
        return "does not hold"
    match claim:
        case Or((Not() as left, _)) if _searched(timeline, left, first, last, budget, courses)[1].holds:
            return "holds vacuously"
    return "holds"


def _bounds(search: Search) -> tuple[str, ...]:
    """How far the search looked, as far as it matters for what it read."""
    found = []
    if any(" switch " in name for name in search.split):
        found.append(f"each condition may begin or stop to hold {SWITCHES} times")
    again = sorted(name for name in search.split if search.recurs(name))
    if again:
        found.append(f"once more {', '.join(again)}")
    return tuple(found)


# --- the course of a counterexample -----------------------------------------------------------------------------------


def _with_course(proof: Proof, search: Search, found: Failure, supposing: Supposing | None) -> Proof:
    played = Played(search)
    point = shortest(played, found)
    if point is None:
        late = tuple(sorted(name for name in found.box if label_of(name) in search.courses.timely))
        return attrs.evolve(proof, verdict="not decided", open=late)
    fails_on = played.fails(point)
    day = found.day if fails_on is None else fails_on
    return attrs.evolve(
        proof, course=tuple(happenings(search, point)), fails_on=date.fromordinal(day),
        differs=tuple(_differences(played, point, day)),
        replay=None if supposing is None else _replayed(search, point, day, supposing),
    )  # fmt: skip


def _replayed(search: Search, point: Box, day: Day, supposing: Supposing) -> Replay | None:
    """The course as suppositions, if the claim fails under them on its day."""
    for noticed in (False, True) if any(search.kind_of(name) == "use" for name in point) else (False,):
        found = replay_of(search, point, noticed=noticed)
        if found is None or not point:
            return None
        if truth(search.claim, supposing(found.assume, found.bind).presumed, day).level == 0:
            return found
    return None


def _differences(played: Played, point: Box, day: Day) -> Iterable[CourseState]:
    """How the clauses of the claim stand on a day of a course, and how they would otherwise."""
    found, otherwise = played.timeline(point), played.timeline({})
    for label in dict.fromkeys(labels_of(played.search.claim)):
        if found.answers.episodes(label):
            mine, theirs = found.clause(label, day), otherwise.clause(label, day)
            yield CourseState(label, status_text(mine), status_text(theirs), played.base.index.span_of(label))
