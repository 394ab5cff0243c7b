"""Windows of time: months, fiscal years, contract years, and how a frequency cuts them.

In: the name of a window as a clause says it, and the day from which it counts. Out: first and last day of the window
in which a day lies. Guaranteed: windows follow one another without a gap, and count from their anchor, never step by
step (docs/language.md#windows).
"""

from datetime import date
from typing import Final

import attrs

from dealrun.model import write
from dealrun.time.days import FIRST, LAST, MONTHS, Day, Unit, add, iso, month_end

DayRange = tuple[Day, Day]

FREQUENCIES: Final = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "semiannually": "half-year",
    "annually": "year",
    "fiscal-quarterly": "fiscal-quarter",
    "fiscal-annually": "fiscal-year",
    "contract-annually": "contract-year",
    "once": "life",
}
"""The window that each frequency is for."""

MONTHS_OF_THE_YEAR: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""In the language's own words, whatever the locale."""

NAMED: Final = frozenset(
    {"day", "week", "month", "quarter", "half-year", "year", "fiscal-quarter", "fiscal-year", "contract-year", "life"}
)


@attrs.frozen
class Window:
    """Windows of one name, counted from `anchor`; `stated` where the clause itself says from when."""

    name: str
    anchor: Day
    stated: bool
    fiscal_month: int

    def of(self, day: Day) -> DayRange | None:
        """The window in which a day lies; None before the first."""
        if self.stated and day < self.anchor:
            return None
        length = self._length()
        if length is not None:
            return _anchored(self.anchor, day, *length)
        match self.name:
            case "life":
                return (self.anchor, LAST)
            case "day":
                return (day, day)
            case "week":
                monday = day - (day - 1) % 7
                return (monday, monday + 6)
            case name:
                months = {"month": 1, "quarter": 3, "half-year": 6, "year": 12, "fiscal-quarter": 3}.get(name, 12)
                return _calendar(day, months, self.fiscal_month if name.startswith("fiscal") else 1)

    def _length(self) -> tuple[int, Unit] | None:
        """How long a window is that counts from the anchor; None for one of the calendar."""
        if self.name == "contract-year":
            return (1, "year")
        if self.name in NAMED:
            if not self.stated or self.name in {"life", "day"} or self.name.startswith("fiscal"):
                return None
            return {"week": (1, "week"), "month": (1, "month"), "quarter": (1, "quarter"),
                    "half-year": (2, "quarter")}.get(self.name, (1, "year"))  # type: ignore[return-value]  # fmt: skip
        count, _, unit = self.name.partition(" ")
        return int(count), unit.removesuffix("s")  # type: ignore[return-value]


def fiscal_month(name: str) -> int:
    """The number of a month's name."""
    return MONTHS_OF_THE_YEAR.index(name) + 1


def is_window(name: str) -> bool:
    """Whether a word behind `per` is a window of time, not a unit."""
    return name in NAMED or name[:1].isdigit()


def _calendar(day: Day, months: int, begins: int) -> DayRange:
    at = date.fromordinal(day)
    index = (at.year * 12 + at.month - begins) // months * months + begins - 1
    first = date(index // 12, index % 12 + 1, 1).toordinal()
    last = index + months - 1
    return (first, month_end(last // 12, last % 12 + 1))


def _anchored(anchor: Day, day: Day, count: int, unit: Unit) -> DayRange:
    """The n-th window of a length, each counted from the anchor."""
    if unit == "week":
        size = 7 * count
        number = (day - anchor) // size
        return (anchor + number * size, anchor + (number + 1) * size - 1)
    if unit in {"day", "business day"}:
        number = (day - anchor) // count
        return (anchor + number * count, anchor + (number + 1) * count - 1)
    months = count * MONTHS[unit]
    begin, at = date.fromordinal(anchor), date.fromordinal(day)
    number = ((at.year - begin.year) * 12 + at.month - begin.month) // months
    while add(anchor, number * months, "month") > day:  # within its month, the anchor's day may still be to come
        number -= 1
    while add(anchor, (number + 1) * months, "month") <= day:
        number += 1
    return (
        max(add(anchor, number * months, "month"), FIRST),
        min(add(anchor, (number + 1) * months, "month") - 1, LAST),
    )


def span_text(span: DayRange | tuple[date, date]) -> str:
    """Days as they are written: a month, a quarter or a year by its name."""
    first, last = (day.toordinal() if isinstance(day, date) else day for day in span)
    if last >= LAST:
        return f"from {iso(first)}"
    try:
        return write.period(first, last)
    except ValueError:
        pass
    begin, end = date.fromordinal(first), date.fromordinal(last)
    for half, days in (("H1", (1, 1, 6, 30)), ("H2", (7, 1, 12, 31))):
        if (begin.month, begin.day, end.month, end.day) == days and begin.year == end.year:
            return f"{half} {begin.year}"
    return f"{iso(first)} to {iso(last)}"
