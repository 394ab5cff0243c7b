"""A day that may not be known: an interval of days, and what it hangs on.

An unknown date is the interval of its bounds; an event that has not happened by the day of knowledge lies from the
next day to never (docs/language.md#unknowns). Every function here is monotonic, so that intervals stay exact.
"""

from collections.abc import Callable, Iterable, Sequence

import attrs

from dealrun.time.days import ALWAYS, NEVER, Day
from dealrun.time.steps import Steps
from dealrun.time.truth import MAYBE, NO, YES, Truth


@attrs.frozen
class Moment:
    """A day from `lo` to `hi`, both inclusive; `hi` may be `NEVER`.

    `hangs_on` names the unknowns while `lo < hi`, and is empty when the day is certain. `cause` is the text of the
    limb that gives the day: one, all of them on a tie, or every candidate while it is not known.
    """

    lo: Day
    hi: Day
    hangs_on: frozenset[str] = frozenset()
    cause: tuple[str, ...] = ()

    @staticmethod
    def on(day: Day, *cause: str) -> "Moment":
        """A certain day."""
        return Moment(day, day, frozenset(), cause)

    @property
    def certain(self) -> bool:
        """Whether the day is known."""
        return self.lo == self.hi

    def shift(self, move: Callable[[Day], Day]) -> "Moment":
        """The moment moved by a monotonic function."""
        return moment(move(self.lo), move(self.hi), self.hangs_on, self.cause)

    def not_before(self, day: Day) -> "Moment":
        """The moment, or `day` where that is later."""
        return moment(max(self.lo, day), max(self.hi, day), self.hangs_on, self.cause)

    def reached(self) -> Steps[Truth]:
        """For each day, whether the moment has come by the start of that day."""
        if self.lo == self.hi:
            return Steps(((ALWAYS, NO), (self.lo, YES))) if self.lo < NEVER else Steps.always(NO)
        pieces: list[tuple[Day, Truth]] = [(ALWAYS, NO), (self.lo, Truth(MAYBE, self.hangs_on))]
        if self.hi < NEVER:
            pieces.append((self.hi, YES))
        return Steps(pieces)


NEVER_COMES = Moment.on(NEVER)
ALWAYS_WAS = Moment.on(ALWAYS)


def moment(lo: Day, hi: Day, hangs_on: frozenset[str], cause: tuple[str, ...]) -> Moment:
    """A moment that hangs on nothing once it is certain."""
    return Moment(lo, hi, hangs_on if lo < hi else frozenset(), cause)


def earliest(moments: Sequence[Moment]) -> Moment:
    """The first of several; its cause is the limb that fires, all of them on a tie."""
    return _limb(moments, min, lambda m, lo, hi: m.lo <= hi if lo < hi else m.certain and m.lo == lo)


def latest(moments: Sequence[Moment]) -> Moment:
    """The last of several; its cause is the limb that fires, all of them on a tie."""
    return _limb(moments, max, lambda m, lo, hi: m.hi >= lo if lo < hi else m.certain and m.hi == hi)


def _limb(
    moments: Sequence[Moment],
    pick: Callable[[Iterable[Day]], Day],
    counts: Callable[[Moment, Day, Day], bool],
) -> Moment:
    lo = pick(m.lo for m in moments)
    hi = pick(m.hi for m in moments)
    candidates = [m for m in moments if counts(m, lo, hi) and m.lo < NEVER] or list(moments)
    cause = tuple(dict.fromkeys(text for m in candidates for text in m.cause))
    return moment(lo, hi, frozenset().union(*(m.hangs_on for m in candidates)), cause)


def first(truth: Steps[Truth], cause: tuple[str, ...] = ()) -> Moment:
    """The first day on which a truth holds: from the first maybe to the first yes."""
    lo = hi = NEVER
    names: frozenset[str] = frozenset()
    for start, value in truth:
        if value.level == 2:
            lo, hi = min(lo, start), start
            break
        if value.level == MAYBE:
            lo = min(lo, start)
            names |= value.hangs_on
    return moment(lo, hi, names, cause)


def latch(truth: Steps[Truth]) -> Steps[Truth]:
    """For each day, whether the truth has held on it or on any day before."""
    return first(truth).reached()
