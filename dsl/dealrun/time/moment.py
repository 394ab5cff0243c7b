"""A day that may not be known, as the one question that matters of it: has it come by day d?

A `Moment` is a function of the day that goes from no, through maybe, to yes, and never back: an unknown date is maybe
within its bounds; an event that has not happened by the day of knowledge is maybe from the next day on, for good
(docs/language.md#unknowns-and-three-values). So moments combine like truths, and what one hangs on is known for each
day: `earlier of` is *or*, `later of` is *and*, and a duration after it moves the steps.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import attrs

from dealrun.time.days import ALWAYS, NEVER, Day
from dealrun.time.step_function import StepFunction
from dealrun.time.truth import NO, YES, Truth, both, either, maybe


@attrs.frozen
class Moment:
    """`lo` is the first day on which it may have come, `hi` the first on which it certainly has (or `NEVER`).

    `cause` is the text of the limb that gives the day: one, all of them on a tie, or every candidate while it is not
    known.
    """

    come: StepFunction[Truth]
    lo: Day
    hi: Day
    cause: tuple[str, ...] = ()

    @staticmethod
    def on(day: Day, *cause: str) -> "Moment":
        """A certain day."""
        return Moment(_on(day), day, day, cause)

    @staticmethod
    def between(lo: Day, hi: Day, name: str) -> "Moment":
        """An unknown day, from `lo` to `hi`, both inclusive; `hi` may be `NEVER`."""
        if lo >= hi:
            return Moment.on(lo, name)
        return Moment(_between(lo, hi, name), lo, hi, (name,))

    @property
    def certain(self) -> bool:
        """Whether the day is known."""
        return self.lo == self.hi

    @property
    def hangs_on(self) -> frozenset[str]:
        """Everything that it hangs on."""
        return frozenset().union(*(truth.hangs_on for truth in self.come.values))

    def caused(self, *cause: str) -> "Moment":
        """The same moment by another name."""
        return Moment(self.come, self.lo, self.hi, cause)

    def shift(self, move: Callable[[Day], Day]) -> "Moment":
        """The moment moved by a function that never reverses two days."""
        if self.lo == self.hi:
            return Moment.on(move(self.lo), *self.cause)
        pieces = [(ALWAYS, NO)]
        pieces += [(move(start), truth) for start, truth in self.come if truth.level]
        if self.come.values[0].level:
            pieces[0] = (ALWAYS, self.come.values[0])
        return made(StepFunction(piece for piece in pieces if piece[0] < NEVER), self.cause)

    def some_time_after(self, name: str) -> "Moment":
        """A moment that follows this one, nobody knows by how long; `name` is what it hangs on."""
        if self.certain and not ALWAYS < self.lo < NEVER:
            return self
        pieces = [(start, maybe(truth.hangs_on | {name}) if truth.level else truth) for start, truth in self.come]
        return made(StepFunction(pieces), self.cause)

    def some_time_before(self, name: str) -> "Moment":
        """A moment that precedes this one, nobody knows by how long."""
        if self.lo >= NEVER or self.hi <= ALWAYS:
            return self
        names = self.hangs_on | {name}
        pieces = [(start, truth if truth.level == YES.level else maybe(names)) for start, truth in self.come]
        return made(StepFunction(pieces), self.cause)


@lru_cache(maxsize=4096)
def _on(day: Day) -> StepFunction[Truth]:
    if day >= NEVER:
        return StepFunction.always(NO)
    return StepFunction(((ALWAYS, NO), (day, YES))) if day > ALWAYS else StepFunction.always(YES)


@lru_cache(maxsize=1024)
def _between(lo: Day, hi: Day, name: str) -> StepFunction[Truth]:
    pieces = [(ALWAYS, NO), (lo, maybe({name}))]
    return StepFunction(pieces if hi >= NEVER else [*pieces, (hi, YES)])


ALWAYS_WAS = Moment.on(ALWAYS)
NEVER_COMES = Moment.on(NEVER)


def made(come: StepFunction[Truth], cause: tuple[str, ...] = ()) -> Moment:
    """The moment of which `come` says, for every day, whether it has come."""
    lo = hi = NEVER
    for start, truth in come:
        if truth.level:
            lo = min(lo, start)
        if truth.level == 2:
            hi = start
            break
    return Moment(come, lo, hi, cause)


def latch(truth: StepFunction[Truth]) -> StepFunction[Truth]:
    """For each day, whether a truth has held on it or on any day before."""
    if len(truth.starts) == 1:
        return truth
    so_far = NO
    pieces: list[tuple[Day, Truth]] = []
    for start, value in truth:
        so_far = either(so_far, value)
        pieces.append((start, so_far))
    return StepFunction(pieces)


def first(truth: StepFunction[Truth], cause: tuple[str, ...] = ()) -> Moment:
    """The first day on which a truth holds."""
    return made(latch(truth), cause)


def next_day(moment: Moment) -> Moment:
    """The day after."""
    return moment.shift(lambda day: day + 1 if ALWAYS < day < NEVER else day)


def day_before(moment: Moment) -> Moment:
    """The day before."""
    return moment.shift(lambda day: day - 1 if ALWAYS < day < NEVER else day)


def earliest(moments: Sequence[Moment]) -> Moment:
    """The first of several; its cause is the limb that fires, all of them on a tie."""
    return _limb(moments, either, lambda m, lo, hi: m.lo <= hi if lo < hi else m.certain and m.lo == lo)


def latest(moments: Sequence[Moment]) -> Moment:
    """The last of several; its cause is the limb that fires, all of them on a tie."""
    return _limb(moments, both, lambda m, lo, hi: m.hi >= lo if lo < hi else m.certain and m.hi == hi)


def _limb(
    moments: Sequence[Moment],
    combine: Callable[[Truth, Truth], Truth],
    counts: Callable[[Moment, Day, Day], bool],
) -> Moment:
    if combine is either:  # what never comes cannot come first
        moments = [m for m in moments if m.lo < NEVER] or moments[:1]
    if len(moments) == 1:
        return moments[0]
    come = moments[0].come
    for other in moments[1:]:
        come = come.zip(other.come, combine)
    found = made(come)
    candidates = [m for m in moments if counts(m, found.lo, found.hi) and m.lo < NEVER] or list(moments)
    cause = tuple(dict.fromkeys(text for m in candidates for text in m.cause))
    return Moment(come, found.lo, found.hi, cause)
