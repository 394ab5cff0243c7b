"""A proof: whether a claim holds in every course of events, and if not, the shortest course in which it fails.

In: a contract and a claim. Out: `Proof`. Guaranteed: the course of a counterexample is evaluated before it is told, and
none of its happenings can be left out (docs/proof.md).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, TypeAlias

import attrs

from dealrun.answer import Answer
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.reading import shown
from dealrun.proof.boxes import USE, Box
from dealrun.proof.claims import Not, Or, Proposition, days, labels_of, truth
from dealrun.proof.search import SWITCHES, Failure, Search, Verdict
from dealrun.source import Span as Place
from dealrun.state.basis import Basis
from dealrun.state.changes import status_text
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, NEVER, YES, Day, iso, to_date

VerdictWord: TypeAlias = Literal["holds", "holds vacuously", "does not hold", "not decided"]


TURNS = (False, 50), (True, 100), (False, 400), (True, 1_600)
"""Whether the ends of deals are cut off from what brings them about, and how many evaluations are made so, in turns;
then what is left of the budget, as it is."""


@attrs.frozen
class Happening:
    """Something that happens in a course of events, or that does not although it falls due.

    >>> happening = deal.prove("ip in force", known="2025-01-01", through="2032-12-31").course[0]
    >>> happening.name, happening.what, happening.on, happening.by
    ('AGI', 'AGI', datetime.date(2025, 1, 2), ('BOARD',))
    """

    name: str
    """What `assume` calls it."""
    what: str
    """What happens, in words."""
    on: date | None
    """None for never, and for an unknown that is no day."""
    by: tuple[str, ...]
    """Who brings it about; nobody where it is not said."""


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
    >>> failed = deal.prove("ip in force", known="2025-01-01", through="2032-12-31")
    >>> failed.fails_on, len(failed.course), len(failed.differs), failed.replay
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
    basis: Basis = attrs.field(factory=Basis, eq=False, repr=False)
    """What it rests on beside its days."""

    @property
    def replay(self) -> dict[str, str] | None:
        """The course of the counterexample, as `Contract.timeline(assume=...)` takes it; None where it cannot say it: a
        performance that is left out, a condition that stops, an unknown."""
        if any(each.on is None or each.what not in {each.name, _used(each.name)} for each in self.course):
            return None
        return {each.name: iso(each.on) for each in self.course if each.on is not None}

    def __repr__(self) -> str:
        return f"Proof({self.claim!r}: {self.verdict})"


def _used(name: str) -> str:
    return name.replace("exercise of ", USE, 1)


def prove(timeline: Timeline, text: str, claim: Proposition, first: Day, last: Day, budget: int) -> Proof:
    """Whether a claim holds on every day of a period in every course of events."""
    search, found = _searched(timeline, claim, first, last, budget)
    proof = Proof(
        text, _word(timeline, claim, first, last, found, budget), date.fromordinal(first), date.fromordinal(last),
        timeline.known, found.cases, found.evaluations, open=tuple(sorted(found.open)), bounds=_bounds(search),
        basis=timeline.basis,
    )  # fmt: skip
    return _with_course(proof, search, found.found) if found.found is not None else proof


def _searched(timeline: Timeline, claim: Proposition, first: Day, last: Day, budget: int) -> tuple[Search, Verdict]:
    """The first search that decides the claim, else the last. With the ends cut off only what holds is decided."""
    spent = 0
    for cut, most in (*TURNS, (False, budget)):
        search = Search(timeline, claim, first, last, min(most, budget - spent), cut=cut)
        if cut and not search.cuts:
            continue
        found = search.run()
        spent += found.evaluations
        decided = found.holds if cut else found.holds is not None or (found.open and found.evaluations < search.budget)
        if decided or spent >= budget:
            break
    return search, attrs.evolve(found, evaluations=spent)


def _word(timeline: Timeline, claim: Proposition, first: Day, last: Day, found: Verdict, budget: int) -> VerdictWord:
    if found.holds is None:
        return "not decided"
    if not found.holds:
        return "does not hold"
    match claim:
        case Or((Not() as left, _)) if _searched(timeline, left, first, last, budget)[1].holds:
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


class _Courses:
    """Courses of events in which only what is said happens, beside what the calendar brings."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.base = search.base

    def timeline(self, box: Box) -> Timeline:
        """The contract in the course in which happenings lie on single days."""
        return Timeline(self.base.index, self.search.world(box), self.base).presumed

    def fails(self, box: Box) -> Day | None:
        """The first day on which the claim certainly fails."""
        timeline = self.timeline(box)
        search = self.search
        return next((day for day in days(search.claim, timeline, search.first, search.last)
                     if truth(search.claim, timeline, day).level == 0), None)  # fmt: skip


def _with_course(proof: Proof, search: Search, found: Failure) -> Proof:
    courses = _Courses(search)
    point: dict[str, tuple[Day, Day]] = {}
    for name, (lo, hi) in sorted(found.box.items()):
        day = NEVER if hi >= NEVER else lo
        point[name] = (day, day)
    if courses.fails(point) is None:  # what is open in the box matters in no course of it, so this cannot be
        point = dict(found.box)
    point = _least(courses, point)
    point = _earliest(courses, point)
    fails_on = courses.fails(point)
    day = found.day if fails_on is None else fails_on
    return attrs.evolve(
        proof, course=tuple(_happenings(search, point)), fails_on=date.fromordinal(day),
        differs=tuple(_differences(courses, point, day)),
    )  # fmt: skip


def _least(courses: _Courses, point: dict[str, tuple[Day, Day]]) -> dict[str, tuple[Day, Day]]:
    """The course without whatever can be left out, so that the claim still fails."""
    for name in sorted(point, key=lambda each: (point[each][0] < NEVER, each)):
        if " switch " in name:
            continue
        fewer = {each: span for each, span in point.items() if each != name}
        if courses.fails(fewer) is not None:
            point = fewer
    for condition in sorted({name.rpartition(" switch ")[0] for name in point if " switch " in name}):
        switches = sorted(name for name in point if name.startswith(f"{condition} switch "))
        days_ = sorted(point[name][0] for name in switches if point[name][0] < NEVER)
        for day in list(days_):
            rest = list(days_)
            rest.remove(day)
            changed = _switched(point, switches, rest)
            if courses.fails(changed) is not None:
                days_, point = rest, changed
    return point


def _switched(point: dict[str, tuple[Day, Day]], names: Sequence[str], on: Sequence[Day]) -> dict[str, tuple[Day, Day]]:
    """A course with other switches of one condition; without any, as it stands."""
    others = {each: span for each, span in point.items() if each not in names}
    if not on:
        return others
    padded = [*on, *([NEVER] * (len(names) - len(on)))]
    return {**others, **{name: (day, day) for name, day in zip(names, padded, strict=True)}}


def _earliest(courses: _Courses, point: dict[str, tuple[Day, Day]]) -> dict[str, tuple[Day, Day]]:
    """The course with everything as early as the claim still fails."""
    start = courses.base.world.first_open
    dated = {name: day for name, (day, _) in point.items()
             if start < day < NEVER and courses.search.kinds.get(name) not in {"truth", "date"}}  # fmt: skip
    if len(dated) > 1:  # all of it together first
        by = min(dated.values()) - start
        moved = {**point, **{name: (day - by, day - by) for name, day in dated.items()}}
        if courses.fails(moved) is not None:
            point = moved
    for name in sorted(point):
        span = point[name]
        if " switch " in name or not ALWAYS < span[0] < NEVER or courses.search.kinds.get(name) == "truth":
            continue
        start = max(courses.search.span(name)[0], courses.base.world.first_open)
        earlier = sorted(day for day in {start, *courses.search.critical.days} if start <= day < span[0])
        for day in earlier[:40]:
            changed = {**point, name: (day, day)}
            if courses.fails(changed) is not None:
                point = changed
                break
    return point


# --- in words ---------------------------------------------------------------------------------------------------------


def _happenings(search: Search, point: Box) -> list[Happening]:
    """What happens in a course, by day; what falls due and is not done first."""
    found: list[tuple[Day, Happening]] = []
    for name, (day, _) in sorted(point.items()):
        told = _switch(search, name, day) if " switch " in name else _happening(search, name, day)
        if told is not None:
            found.append((day if day < NEVER else ALWAYS, told))
    return [happening for _, happening in sorted(found, key=lambda each: (each[0], each[1].name))]


def _switch(search: Search, name: str, day: Day) -> Happening | None:
    condition, _, number = name.rpartition(" switch ")
    if day >= NEVER:
        return None
    held = search.base.world.holds(condition).at(search.base.world.first_open - 1).level == YES.level
    word = "begins" if (int(number) % 2 == 1) != held else "stops"
    return Happening(condition, f"{condition} {word} to hold", to_date(day), ())


def _happening(search: Search, name: str, day: Day) -> Happening | None:
    timeline, kind = search.base, search.kinds[name]
    on = to_date(day) if ALWAYS < day < NEVER else None
    label = name.partition(" of ")[2]
    if kind == "truth":
        return Happening(name, f"{name} is {'yes' if day else 'no'}", None, ())
    if kind == "event":
        return None if on is None else Happening(name, name, on, _declarer(timeline, name, day))
    if kind == "date":
        return Happening(name, f"{name} is the day", on, ())
    by = _holder(timeline, label)
    if kind == "use":
        return None if on is None else Happening(f"exercise of {label}", name, on, by)
    if on is None:
        return Happening(name, f"no {name}", None, by) if kind == "performance" else None
    return Happening(name, name, on, by)


def _holder(timeline: Timeline, label: Label) -> tuple[str, ...]:
    """Whoever has a right or a duty."""
    if not timeline.answers.episodes(label):
        return ()
    parties = timeline.clause(label, max(timeline.world.first_open, 1)).parties
    return next(iter(parties.values()), ())


def _declarer(timeline: Timeline, event: str, day: Day) -> tuple[str, ...]:
    """Whoever declares that an event has happened, where that is written."""
    key = DeclarationKey("event", event)
    if not timeline.answers.episodes(key):
        return ()
    view = shown(timeline.declaration(key, day).terms, "declared by")
    return () if view is None else tuple(part.strip() for part in view.text.replace(" or ", ", ").split(","))


def _differences(courses: _Courses, point: Box, day: Day) -> Iterable[CourseState]:
    """How the clauses of the claim stand on a day of a course, and how they would otherwise."""
    found, otherwise = courses.timeline(point), courses.timeline({})
    for label in dict.fromkeys(labels_of(courses.search.claim)):
        if found.answers.episodes(label):
            mine, theirs = found.clause(label, day), otherwise.clause(label, day)
            yield CourseState(label, status_text(mine), status_text(theirs), courses.base.index.span_of(label))
