"""The course of a counterexample: the fewest happenings with which a claim fails, each as early as it does.

In: a search, and a box in which the claim fails. Out: the days of the happenings. Guaranteed: every course was
evaluated, in a world in which nothing else happens; none of its happenings can be left out.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

import attrs

from dealrun.proof.boxes import Box, label_of, plain
from dealrun.proof.claims import days, truth
from dealrun.proof.search import Failure, Search
from dealrun.state.knowledge import PERFORMANCE_OF
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, NEVER, Day

DayPoint: TypeAlias = dict[str, tuple[Day, Day]]
"""By happening the single day on which it comes; `NEVER` for one that does not."""


class Played:
    """Courses of events in which only what is said happens, beside what the calendar brings."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.base = search.base

    def timeline(self, point: Box) -> Timeline:
        """The contract in the course in which happenings lie on single days."""
        world = self.search.world({**self.search.courses.standing, **self.search.courses.given, **point})
        found = Timeline(self.base.index, world, self.base)
        return found.presumed if self.search.courses.free is None else self.search.presumed(found)

    def fails(self, point: Box) -> Day | None:
        """The first day on which the claim certainly fails."""
        timeline = self.timeline(point)
        search = self.search
        return next((day for day in days(search.claim, timeline, search.first, search.last)
                     if truth(search.claim, timeline, day).level == 0), None)  # fmt: skip


def shortest(played: Played, found: Failure) -> DayPoint | None:
    """The course of a failure, without whatever can be left out, and as early as it fails; None where the course would
    need something to stay undone that is done in time."""
    point = _of_box(played, found)
    if played.fails(point) is None:  # what is open in the box matters in no course of it, so this cannot be
        point = dict(found.box)
    point = _soonest(played, point)
    late = any(day >= NEVER and label_of(name) in played.search.courses.timely
               for name, (day, _) in point.items() if name.startswith(PERFORMANCE_OF))  # fmt: skip
    return None if late else point


def _of_box(played: Played, found: Failure) -> DayPoint:
    """The simplest course of a box: what may never happen does not, everything else on its first day."""
    point: DayPoint = {}
    courses = played.search.courses
    for name, (lo, hi) in sorted(found.box.items()):
        if name not in courses.given and courses.standing.get(name) != (lo, hi):
            day = NEVER if hi >= NEVER else lo
            point[name] = (day, day)
    return point


def _least(played: Played, point: DayPoint) -> DayPoint:
    """The course without whatever can be left out, so that the claim still fails."""
    due = played.search.due
    groups: dict[str, list[str]] = {}
    for name in sorted(point, key=lambda each: (due.get(each, ALWAYS), each)):
        if " switch " not in name:
            groups.setdefault(plain(name), []).append(name)
    for _, names in sorted(groups.items(), key=lambda each: (point[each[1][0]][0] < NEVER, each[0])):
        fewer = _without(point, names)
        if played.fails(fewer) is not None:
            point = fewer
        elif len(names) > 1:
            point = _least_of(played, point, names)
    for condition in sorted({name.rpartition(" switch ")[0] for name in point if " switch " in name}):
        switches = sorted(name for name in point if name.startswith(f"{condition} switch "))
        days_ = sorted(point[name][0] for name in switches if point[name][0] < NEVER)
        for day in list(days_):
            rest = list(days_)
            rest.remove(day)
            changed = _switched(point, switches, rest)
            if played.fails(changed) is not None:
                days_, point = rest, changed
    return point


MOST = 200
"""So many evaluations are made for one try at an earlier failure."""


def _soonest(played: Played, point: DayPoint) -> DayPoint:
    """The course with the same happenings in which the claim fails first, without whatever can be left out."""
    search = played.search
    point = _earliest(played, _least(played, point))
    day = played.fails(point)
    if day is None or day <= search.first or not point:
        return point
    names = {plain(name) for name in point}
    if search.courses.free is None:
        courses = attrs.evolve(search.courses, free=_among(names))
        search = Search(search.base, search.claim, search.first, day, MOST, courses=courses, kept=search.kept)
    lo, hi, middle = search.first, day, day - 1  # mostly it is the first day already
    best = point
    while lo < hi:
        found = search.within(names, MOST, last=middle).run()
        new = None if found.found is None else _of_box(played, found.found)
        fails = None if new is None else played.fails(new)
        if new is None or fails is None or fails > middle or {plain(name) for name in new} - names:
            lo = middle + 1
        else:
            best, hi = new, fails
        middle = (lo + hi) // 2
    return point if best is point else _earliest(played, _least(played, best))


def _among(names: Collection[str]) -> Callable[[str, object], bool]:
    return lambda name, _: plain(name) in names


def _least_of(played: Played, point: DayPoint, names: Sequence[str]) -> DayPoint:
    """The course without those of one duty's performances that can be left out: the earlier are kept."""
    while len(names) > 1:
        half = len(names) // 2
        fewer = next(((rest, kept) for kept in (names[:half], names[half:])
                      if played.fails(rest := _without(point, set(names) - set(kept))) is not None), None)  # fmt: skip
        if fewer is None:
            break
        point, names = fewer
    for name in reversed(names if len(names) > 1 else ()):
        rest = _without(point, [name])
        if played.fails(rest) is not None:
            point = rest
    return point


def _without(point: DayPoint, names: Collection[str]) -> DayPoint:
    return {each: span for each, span in point.items() if each not in names}


def _switched(point: DayPoint, names: Sequence[str], on: Sequence[Day]) -> DayPoint:
    """A course with other switches of one condition; without any, as it stands."""
    others = {each: span for each, span in point.items() if each not in names}
    if not on:
        return others
    padded = [*on, *([NEVER] * (len(names) - len(on)))]
    return {**others, **{name: (day, day) for name, day in zip(names, padded, strict=True)}}


def _earliest(played: Played, point: DayPoint) -> DayPoint:
    """The course with everything as early as the claim still fails."""
    start = played.base.world.first_open
    dated = {name: day for name, (day, _) in point.items()
             if start < day < NEVER and played.search.kind_of(name) not in {"truth", "date"}}  # fmt: skip
    if len(dated) > 1:  # all of it together first
        by = min(dated.values()) - start
        moved = {**point, **{name: (day - by, day - by) for name, day in dated.items()}}
        if played.fails(moved) is not None:
            point = moved
    for name in sorted(point):
        span = point[name]
        if " switch " in name or not ALWAYS < span[0] < NEVER or played.search.kind_of(name) == "truth":
            continue
        start = max(played.search.span(name)[0], played.base.world.first_open)
        earlier = sorted(day for day in {start, *played.search.critical.days} if start <= day < span[0])
        for day in earlier[:40]:
            changed = {**point, name: (day, day)}
            if played.fails(changed) is not None:
                point = changed
                break
    return point
