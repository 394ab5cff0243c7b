"""Days and periods as people write them.

In: texts. Out: dates, or ArgumentError.
"""

import re
from datetime import date

from dealrun.arguments import checked
from dealrun.errors import ArgumentError
from dealrun.time import DateLike, add, to_day
from dealrun.time.days import FIRST, LAST, Unit


@checked
def day(date_: DateLike) -> date:
    """A day as a date; ArgumentError for a text that is no date (`YYYY-MM-DD`), or one that is out of range.

    >>> dealrun.day("2028-05-01")
    datetime.date(2028, 5, 1)
    """
    return date.fromordinal(to_day(date_))


def day_after(day_: date, count: int, unit: Unit) -> date:
    """So many calendar units after a day, before it where the count is negative: a month after 31 January is the last
    day of February. ArgumentError where that is outside the horizon.

    >>> dealrun.day_after(dealrun.day("2027-01-31"), 1, "month")
    datetime.date(2027, 2, 28)
    """
    found = add(to_day(day_), count, unit)
    if not FIRST <= found <= LAST:
        raise ArgumentError(f"{count} {unit}s after {day_} is outside the horizon")
    return date.fromordinal(found)


@checked
def days_of(text: str) -> tuple[date, date]:
    """The first and last day of a period: `2027`, `2027Q2` (or `Q2 2027`), `2027-04` or `2027-04-30`; ArgumentError for
    another.

    >>> dealrun.days_of("2027Q2")
    (datetime.date(2027, 4, 1), datetime.date(2027, 6, 30))
    """
    from dealrun.model.resolve import literals  # noqa: PLC0415 - few questions need it
    from dealrun.model.values import OnDate  # noqa: PLC0415 - likewise

    text = re.sub(r"^Q(\d) (\d{4})$", r"\2Q\1", text.strip())
    quarter = re.fullmatch(r"(\d{4})-?Q(\d)", text)
    kind = "QUARTER" if quarter else {4: "YEAR", 7: "MONTH"}.get(len(text), "DATE")
    if quarter or re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        found = literals.calendar_date(kind, f"Q{quarter[2]} {quarter[1]}" if quarter else text)
        if isinstance(found, OnDate):
            return date.fromordinal(found.first), date.fromordinal(found.last)
    raise ArgumentError(f"`{text}` is no period; write 2027Q2, 2027-04, 2027 or 2027-04-30")
