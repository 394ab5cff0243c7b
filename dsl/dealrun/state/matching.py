"""Which obligation a performance is of.

In: when obligations open, arise and fall due, until when each can still be performed, and the performances. Out: for
each performance the place of its obligation. Guaranteed: a performance is that of the obligation which it names; else
of the earliest that has arisen and is still in time; else of the earliest overdue one of which books were kept; else of
the next to arise; else of the last, late. None is performed before it opens, or after it was released on its due day
(docs/language.md#duties).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

import attrs

from dealrun.budget import spend
from dealrun.state.answers import Performance
from dealrun.time import Day, StepFunction, Truth


@attrs.frozen
class Open:
    """An obligation, as far as it decides which performance it takes."""

    opens: Day
    arises: Day
    due: Day
    booked: bool
    standing: StepFunction[Truth]
    """On which days it can still be performed late."""
    counted: Day
    """The day by which a performance names it."""


class _Left:
    """Places that are left, each passed over once: what is taken points on to the next."""

    def __init__(self, places: Iterable[bool]) -> None:
        there = list(places)
        self._after = list(range(len(there) + 1))
        for place, is_there in enumerate(there):
            if not is_there:
                self.take(place)

    def at(self, place: int) -> int:
        """The first place from one on that is left."""
        root = place
        while self._after[root] != root:
            root = self._after[root]
        while self._after[place] != root:
            self._after[place], place = root, self._after[place]
        return root

    def take(self, place: int) -> None:
        """Take a place."""
        self._after[place] = place + 1


def match(claims: Sequence[Open], performances: Sequence[Performance]) -> list[int | None]:
    """For each performance, whose days ascend, the place of its obligation; None where none is left for it."""
    chosen: list[int | None] = [None] * len(performances)
    in_order = all(one.arises <= two.arises and one.due <= two.due and one.opens <= two.opens
                   for one, two in pairwise(claims))  # fmt: skip
    left: _InTurn | _AnyOrder = _InTurn(claims) if in_order else _AnyOrder(claims)
    order = sorted(range(len(performances)), key=lambda n: (performances[n].moment.lo, performances[n].within is None))
    for number in order:
        day, within = performances[number].moment.lo, performances[number].within
        if within is None:
            chosen[number] = left.choose(day)
            continue
        spend(1 + len(claims) // 16)
        named = (place for place, claim in enumerate(claims) if claim.opens <= day and _can(claim, day)
                 and within[0] <= claim.counted <= within[1] and left.has(place))  # fmt: skip
        place = next(named, None)
        if place is not None:
            left.take(place)
            chosen[number] = place
    return chosen


def _can(claim: Open, day: Day) -> bool:
    """Whether an obligation can be performed on a day: in time, or late if it was not released."""
    return day <= claim.due or claim.standing.at(day).level > 0


class _AnyOrder:
    """Obligations that arise and fall due in no order."""

    def __init__(self, claims: Sequence[Open]) -> None:
        self._claims = claims
        self._left = list(range(len(claims)))

    def has(self, place: int) -> bool:
        """Whether a place is left."""
        return place in self._left

    def take(self, place: int) -> None:
        """Take a place."""
        self._left.remove(place)

    def choose(self, day: Day) -> int | None:
        """The place of the obligation that a performance on a day is of."""
        claims = self._claims
        spend(len(self._left))
        open_ = [place for place in self._left if claims[place].opens <= day]
        arisen = [place for place in open_ if claims[place].arises <= day]
        timely = [place for place in arisen if claims[place].due >= day]
        late = [place for place in arisen if claims[place].due < day and claims[place].standing.at(day).level]
        booked = [place for place in late if claims[place].booked]
        coming = [place for place in open_ if claims[place].arises > day]
        last = max((place for place, claim in enumerate(claims) if claim.arises <= day), default=-1)
        chosen = next(iter(timely or booked or coming or [place for place in late if place == last]), None)
        if chosen is not None:
            self.take(chosen)
        return chosen


class _InTurn:
    """As `_AnyOrder`, of obligations that open, arise and fall due in their order: each place is passed once."""

    def __init__(self, claims: Sequence[Open]) -> None:
        self._claims = claims
        self._opens = [claim.opens for claim in claims]
        self._arises = [claim.arises for claim in claims]
        self._dues = [claim.due for claim in claims]
        self._left = _Left(True for _ in claims)
        self._booked = _Left(claim.booked for claim in claims)

    def has(self, place: int) -> bool:
        """Whether a place is left."""
        return self._left.at(place) == place

    def take(self, place: int) -> None:
        """Take a place."""
        self._left.take(place)
        self._booked.take(place)

    def choose(self, day: Day) -> int | None:
        """The place of the obligation that a performance on a day is of."""
        spend()
        arisen = bisect_right(self._arises, day)
        open_ = bisect_right(self._opens, day)
        chosen = self._left.at(bisect_left(self._dues, day))
        if chosen >= arisen:  # none is in time
            chosen = self._overdue(arisen, day)
            if chosen >= arisen:
                chosen = self._left.at(arisen)
                if chosen >= open_:
                    chosen = arisen - 1
                    if chosen < 0 or self._left.at(chosen) != chosen or not self._claims[chosen].standing.at(day).level:
                        return None
        if chosen >= len(self._claims):
            return None
        self.take(chosen)
        return chosen

    def _overdue(self, arisen: int, day: Day) -> int:
        """The first that is overdue, of which books were kept, and that can still be performed."""
        chosen = self._booked.at(0)
        while chosen < arisen and not self._claims[chosen].standing.at(day).level:
            self._booked.take(chosen)  # it is released, for good
            chosen = self._booked.at(chosen)
        return chosen
