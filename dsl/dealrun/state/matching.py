"""Which obligation a performance is of.

In: when obligations arise and fall due, until when each can still be performed, and the days of performances. Out: for
each performance the place of its obligation. Guaranteed: a performance is that of the earliest obligation that has
arisen and can still be performed in time; else of the earliest that is overdue; else of the one that arises next. An
obligation that was released on its due day (waived, excused, or not in force) cannot be performed any more
(docs/language.md#duties).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dealrun.budget import spend
from dealrun.time import Day, StepFunction, Truth


def match(
    arises: Sequence[Day], dues: Sequence[Day], standing: Sequence[StepFunction[Truth]], days: Sequence[Day]
) -> Iterator[int | None]:
    """For each performance, whose days ascend, the place of its obligation; None where none is left for it.

    `standing` says of each obligation on which days it can still be performed late.
    """
    in_order = all(one <= two for each in (arises, dues) for one, two in pairwise(each))
    return (_in_turn if in_order else _any_order)(arises, dues, standing, days)


def _any_order(
    arises: Sequence[Day], dues: Sequence[Day], standing: Sequence[StepFunction[Truth]], days: Sequence[Day]
) -> Iterator[int | None]:
    left = dict.fromkeys(range(len(dues)))
    for day in days:
        spend(len(left))
        arisen = [place for place in left if arises[place] <= day]
        timely = [place for place in arisen if dues[place] >= day]
        overdue = [place for place in arisen if standing[place].at(day).level]
        coming = [place for place in left if arises[place] > day]
        chosen = next(iter(timely or overdue or coming), None)
        yield chosen
        if chosen is not None:
            del left[chosen]


def _in_turn(
    arises: Sequence[Day], dues: Sequence[Day], standing: Sequence[StepFunction[Truth]], days: Sequence[Day]
) -> Iterator[int | None]:
    """As `_any_order`, of obligations that arise and fall due in their order: each place is passed once."""
    after = list(range(len(dues) + 1))
    """For each place the first from it on that is left; what is taken, or can be performed no more, points on."""

    def left(place: int) -> int:
        root = place
        while after[root] != root:
            root = after[root]
        while after[place] != root:
            after[place], place = root, after[place]
        return root

    for day in days:
        spend()
        coming = bisect_right(arises, day)
        chosen = left(bisect_left(dues, day))
        if chosen >= coming:  # none is in time: the first that is overdue and can still be performed
            chosen = left(0)
            while chosen < coming and not standing[chosen].at(day).level:
                after[chosen] = chosen + 1  # it is released, for good
                chosen = left(chosen)
            if chosen >= coming:
                chosen = left(coming)
        if chosen < len(dues):
            after[chosen] = chosen + 1
            yield chosen
        else:
            yield None
