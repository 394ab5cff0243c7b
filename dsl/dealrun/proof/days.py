"""Critical days: the days on which the order of what happens and of what is written can change.

In: dates, and durations. Out: the days. Guaranteed: between two neighbouring critical days nothing that is written down
begins, ends or falls due, nor does anything that is a sum of written durations away from it
(docs/proof.md#critical-days).
"""

from collections.abc import Iterable, Iterator

from dealrun.budget import spend
from dealrun.model.values import Duration, OnDate
from dealrun.time import ALWAYS, NEVER, Day, to_date
from dealrun.time.days import FIRST, LAST

RIGID = frozenset({"day", "week"})
"""The units in which every duration is so many days."""
MONTHLY = frozenset({"month", "quarter", "year"})
MOST_DAYS = 40_000
"""So many critical days are kept; beyond, no day stands for others."""


_SLACK = 5
"""So many days more a duration may take at another time of the year."""


def parts_of(value: object, kinds: tuple[type, ...], seen: set[int]) -> Iterator[object]:
    """What is of some kinds within a value of the model."""
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, kinds):
            yield each
        if isinstance(each, tuple | list | frozenset | set):
            todo.extend(each)
        elif isinstance(each, dict):
            todo.extend(each.values())
        elif hasattr(each, "__attrs_attrs__") and id(each) not in seen:
            seen.add(id(each))
            todo.extend(getattr(each, field.name) for field in each.__attrs_attrs__ if field.name != "span")


class Critical:
    """The critical days of a claim, and what a day that is chosen later adds to them."""

    def __init__(self, dates: Iterable[Day], durations: Iterable[Duration], last: Day, *, chain: int) -> None:
        """`dates` are written or computed from what is written; so many durations may follow one another (`chain`).
        `last` is the last day that is asked about."""
        lengths = list(dict.fromkeys(each for each in durations if each.redacted is None))
        self.exact = all(each.unit in RIGID or each.unit in MONTHLY for each in lengths)
        """Whether a day between two critical days stands for all of them."""
        self._monthly = any(each.unit in MONTHLY for each in lengths)
        self._lengths = lengths
        back = max((abs(last - each.after(last, -1)) for each in lengths), default=0)
        self.last = min(last + chain * (back + _SLACK) + 1, LAST)
        """The last day on which something can happen that decides what is asked: what counts back from it does."""
        self._moves = 2 * chain
        """Two happenings meet where one, moved by a chain of durations, is the other, moved by another chain."""
        self._beside: dict[Day, frozenset[Day]] = {}
        self.days = self._closed(dates)

    def _closed(self, dates: Iterable[Day]) -> frozenset[Day]:
        found = {day for day in dates if ALWAYS < day < NEVER}
        if self._monthly and found:
            found |= set(_month_ends(min(found), self.last))
        found = {day + by for day in found for by in (0, 1)}
        new = set(found)
        for _ in range(self._moves):
            new = {moved for day in new for length in self._lengths for moved in self._moved(day, length)} - found
            found |= new
            spend(len(new))
            if len(found) > MOST_DAYS:
                self.exact = False
                break
        return frozenset(day for day in found if FIRST <= day <= min(self.last + 1, LAST))

    def _moved(self, day: Day, length: Duration) -> Iterator[Day]:
        """A day moved by a duration, both ways, with the day after; of months also the days that come to it."""
        for times in (1, -1):
            moved = length.after(day, times)
            if not ALWAYS < moved < NEVER:
                continue
            around = range(moved - 3, moved + 5) if length.unit not in RIGID else range(moved, moved + 2)
            yield from around

    def beside(self, day: Day) -> frozenset[Day]:
        """The days that become critical when something happens on a day."""
        if day not in self._beside:
            self._beside[day] = self._closed({day})
        return self._beside[day]


def _month_ends(first: Day, last: Day) -> Iterator[Day]:
    """The days about the ends of months: between them a month more is so many days more for each."""
    for day in range(max(first, FIRST), min(last, LAST) + 1):
        date = to_date(day)
        if date is not None and (date.day >= 28 or date.day == 1):
            yield day


def written(value: object) -> tuple[set[Day], list[Duration]]:
    """The dates and the durations in a value of the model."""
    dates: set[Day] = set()
    durations: list[Duration] = []
    for each in parts_of(value, (OnDate, Duration), set()):
        if isinstance(each, OnDate):
            dates.update((each.first, each.last, each.last + 1))
        elif isinstance(each, Duration):
            durations.append(each)
    return dates, durations
