"""A value for every day: the one data structure of evaluation.

`StepFunction` is an immutable, piecewise constant function of the day. The value of a day is found by bisection.
Neighbouring pieces differ, so that the starts of the pieces are exactly the days on which something changes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Generic, TypeVar

from dealrun.budget import spend
from dealrun.time.days import ALWAYS, NEVER, Day

FEW: Final = 16
"""Pieces that are not worth counting: what has few costs little more than the text that says them."""

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")


class StepFunction(Generic[T]):
    """Pieces `[starts[i], starts[i + 1])`, the first from `ALWAYS` on, the last without end."""

    __slots__ = ("starts", "values")

    starts: tuple[Day, ...]
    values: tuple[T, ...]

    def __init__(self, pieces: Iterable[tuple[Day, T]]) -> None:
        """Take (start, value) pairs in ascending order of start; pieces that begin together keep the last."""
        starts: list[Day] = []
        values: list[T] = []
        for start, value in pieces:
            if starts and starts[-1] >= start:
                starts.pop()
                values.pop()
            if not values or values[-1] != value:
                starts.append(max(start, ALWAYS) if starts else ALWAYS)
                values.append(value)
        if len(starts) > FEW:
            spend(len(starts))
        self.starts = tuple(starts)
        self.values = tuple(values)

    @staticmethod
    def always(value: U) -> "StepFunction[U]":
        """The same value on every day."""
        return StepFunction(((ALWAYS, value),))

    def at(self, day: Day) -> T:
        """The value of a day, in the logarithm of the number of pieces."""
        return self.values[bisect_right(self.starts, day) - 1]

    def __iter__(self) -> Iterator[tuple[Day, T]]:
        return iter(zip(self.starts, self.values, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StepFunction) and self.starts == other.starts and self.values == other.values

    def __hash__(self) -> int:
        return hash((self.starts, self.values))

    def __repr__(self) -> str:
        return f"StepFunction({list(self)!r})"

    def pieces(self) -> Iterator[tuple[Day, Day, T]]:
        """(start, end exclusive, value) of every piece."""
        return zip(self.starts, (*self.starts[1:], NEVER), self.values, strict=True)

    def then(self, day: Day, value: T) -> "StepFunction[T]":
        """The same up to a day after the last start, and a value from it on."""
        if value == self.values[-1] or day >= NEVER:
            return self
        found: StepFunction[T] = StepFunction.__new__(StepFunction)
        found.starts = (*self.starts, day)
        found.values = (*self.values, value)
        return found

    def next_change(self, day: Day) -> Day:
        """The first day after `day` with another value, or `NEVER`."""
        index = bisect_right(self.starts, day)
        return self.starts[index] if index < len(self.starts) else NEVER

    def parts_from(self, other: "StepFunction[T]") -> Day:
        """The first day on which the values may differ; `NEVER` where all are equal."""
        same, most = 0, min(len(self.starts), len(other.starts))
        if self.starts[:most] == other.starts[:most] and self.values[:most] == other.values[:most]:
            same = most
        low, high = same, most
        while low < high:  # the greatest common length
            middle = (low + high + 1) // 2
            alike = self.starts[low:middle] == other.starts[low:middle]
            if alike and self.values[low:middle] == other.values[low:middle]:
                low = middle
            else:
                high = middle - 1
        return min((each.starts[low] for each in (self, other) if low < len(each.starts)), default=NEVER)

    def map(self, function: Callable[[T], R]) -> "StepFunction[R]":
        """The function of every value."""
        if len(self.starts) > FEW:
            spend(len(self.starts))
        return StepFunction((start, function(value)) for start, value in self)

    def zip(self, other: "StepFunction[U]", function: Callable[[T, U], R]) -> "StepFunction[R]":
        """The function of both values, day by day."""
        if len(self.starts) == 1:
            mine = self.values[0]
            return other.map(lambda value: function(mine, value))
        if len(other.starts) == 1:
            theirs = other.values[0]
            return self.map(lambda value: function(value, theirs))
        days = sorted({*self.starts, *other.starts})
        if len(days) > FEW:
            spend(len(days))
        return StepFunction((day, function(self.at(day), other.at(day))) for day in days)
