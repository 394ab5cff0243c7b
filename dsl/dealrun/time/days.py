"""Calendar days as numbers, and the arithmetic of durations.

A `Day` is the proleptic Gregorian ordinal of a date. `ALWAYS` stands before and `NEVER` after every day that can be
written (docs/language.md#days). Months count from their anchor, never step by step; a day that does not exist becomes
the month's last. A computed day outside the horizon becomes `ALWAYS` or `NEVER`.
"""

import re
from calendar import monthrange
from datetime import date
from typing import Final, Literal, TypeAlias

from dealrun.errors import ArgumentError, ArgumentTypeError
from dealrun.limits import FIRST_YEAR, LAST_YEAR

Day: TypeAlias = int
Unit: TypeAlias = Literal["day", "business day", "week", "month", "quarter", "year"]

ALWAYS: Final[Day] = 0
FIRST: Final[Day] = date(FIRST_YEAR, 1, 1).toordinal()
LAST: Final[Day] = date(LAST_YEAR, 12, 31).toordinal()
NEVER: Final[Day] = LAST + 1

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def parse_day(text: str) -> Day:
    """The day of an ISO date within the horizon; ValueError otherwise."""
    match = _ISO.fullmatch(text)
    if not match or not text.isascii():
        raise ArgumentError(f"`{text}` is not a date of the form YYYY-MM-DD")
    try:
        day = date(*map(int, match.groups())).toordinal()
    except ValueError:
        raise ArgumentError(f"`{text}` is a date that does not exist") from None
    if not FIRST <= day <= LAST:
        raise ArgumentError(f"`{text}` is outside the horizon, {FIRST_YEAR} to {LAST_YEAR}")
    return day


DateLike: TypeAlias = date | str | Day
"""A day as callers give it: a `datetime.date`, text of the form YYYY-MM-DD, or a `Day`."""


def to_day(value: DateLike) -> Day:
    """The day; ArgumentError where it is not one within the horizon, ArgumentTypeError where it is none at all."""
    if not isinstance(value, date | str | int) or isinstance(value, bool):
        raise ArgumentTypeError(f"a day is a date, or text of the form YYYY-MM-DD, not {type(value).__name__}")
    if isinstance(value, int):
        if not FIRST <= value <= LAST:
            raise ArgumentError(f"day {value} is outside the horizon, {FIRST_YEAR} to {LAST_YEAR}")
        return value
    return parse_day(value.isoformat() if isinstance(value, date) else value)


def to_date(day: Day | None) -> date | None:
    """The date of a day; None for none, and for what is always or never there."""
    return None if day is None or not ALWAYS < day < NEVER else date.fromordinal(day)


def iso(day: Day | date) -> str:
    """The ISO date of a day; `always` and `never` for the two ends."""
    if isinstance(day, date):
        return day.isoformat()
    if day <= ALWAYS:
        return "always"
    if day >= NEVER:
        return "never"
    return date.fromordinal(day).isoformat()


def month_end(year: int, month: int) -> Day:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1]).toordinal()


def add(day: Day, count: int, unit: Unit) -> Day:
    """`count` units after (negative: before) a day; within the horizon, or `ALWAYS`, or `NEVER`."""
    if day <= ALWAYS or day >= NEVER:
        return day
    if unit == "day":
        moved = day + count
    elif unit == "week":
        moved = day + 7 * count
    elif unit == "business day":
        moved = _add_business_days(day, count)
    else:
        anchor = date.fromordinal(day)
        months = anchor.year * 12 + anchor.month - 1 + count * MONTHS[unit]
        year, month = divmod(months, 12)
        if year < FIRST_YEAR:
            return ALWAYS
        if year > LAST_YEAR:
            return NEVER
        moved = date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1])).toordinal()
    if moved < FIRST:
        return ALWAYS
    return moved if moved <= LAST else NEVER


def _add_business_days(day: Day, count: int) -> Day:
    """Monday to Friday, counted from the day itself, which is not counted; zero rolls on to a business day."""
    if count == 0:
        return day if _weekday(day) < 5 else day + 7 - _weekday(day)
    step = 1 if count > 0 else -1
    # Onto the business day from which whole weeks can be counted, then the rest one by one.
    while _weekday(day) >= 5:
        day -= step
    weeks, rest = divmod(abs(count), 5)
    day += step * 7 * weeks
    while rest:
        day += step
        rest -= _weekday(day) < 5
    return day


def _weekday(day: Day) -> int:
    """Monday is 0."""
    return (day - 1) % 7
