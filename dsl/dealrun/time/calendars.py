"""Business days: the holidays of the calendars that a deal names.

In: names of calendars. Out: whether a day is a business day, and the day to which a due day rolls. Guaranteed: holidays
come from the `holidays` library alone, whose version the statement prints; `weekdays` needs none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container
from datetime import date
from functools import lru_cache
from typing import Final

import attrs

from dealrun.extras import MissingExtraError, need
from dealrun.limits import FIRST_YEAR, LAST_YEAR
from dealrun.time.days import ALWAYS, FIRST, LAST, NEVER, Day, Unit, add


@attrs.frozen
class Calendar:
    """One or several calendars: a business day is one of each."""

    names: tuple[str, ...]

    @property
    def version(self) -> str:
        """Where its holidays come from; empty for weekdays."""
        if self.names == ("weekdays",):
            return ""
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        return f"holidays {version('holidays')}: {', '.join(self.names)}"

    def is_business_day(self, day: Day) -> bool:
        """Neither a weekend nor a holiday."""
        return (day - 1) % 7 < 5 and not any(date.fromordinal(day) in _holidays(name) for name in self.names)

    def add(self, day: Day, count: int, unit: Unit) -> Day:
        """A number of units after a day; of business days, those of the calendar."""
        if unit != "business day":
            return add(day, count, unit)
        if not FIRST <= day <= LAST:
            return day
        year = date.fromordinal(day).year
        days = _business_days(self.names, year)
        # The day itself is not counted; of none, the first from it on that is one.
        at = bisect_right(days, day) + count - 1 if count > 0 else bisect_left(days, day) + count
        while at >= len(days) and year < LAST_YEAR:
            at, year = at - len(days), year + 1
            days = _business_days(self.names, year)
        while at < 0 and year > FIRST_YEAR:
            year -= 1
            days = _business_days(self.names, year)
            at += len(days)
        return ALWAYS if at < 0 else days[at] if at < len(days) else NEVER

    def roll(self, day: Day, rule: str) -> Day:
        """A due day moved to a business day; `modified-following` stays within the month."""
        if rule == "preceding":
            return self._next(day, -1)
        moved = self._next(day, 1)
        if rule == "modified-following" and date.fromordinal(moved).month != date.fromordinal(day).month:
            return self._next(day, -1)
        return moved

    def _next(self, day: Day, step: int) -> Day:
        while not self.is_business_day(day):
            day += step
        return day


@lru_cache(maxsize=1024)
def _business_days(names: tuple[str, ...], year: int) -> tuple[Day, ...]:
    """The business days of a year."""
    calendar = Calendar(names)
    begin = date(year, 1, 1).toordinal()
    return tuple(day for day in range(begin, date(year, 12, 31).toordinal() + 1) if calendar.is_business_day(day))


class UnknownCalendarError(ValueError):
    """A calendar that the library does not have."""


@lru_cache(maxsize=64)
def is_unknown(name: str) -> bool:
    """Whether the library is there and has no such calendar; without it, nobody can say."""
    try:
        _holidays(name)
    except UnknownCalendarError:
        return True
    except MissingExtraError:
        return False
    return False


@lru_cache(maxsize=64)
def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a country that have other holidays than the whole of it has, such as England; empty where none has,
    and where the library is not there."""
    try:
        holidays = need("holidays")
    except MissingExtraError:
        return ()
    if "-" in name or name == "weekdays" or name in holidays.list_supported_financial():
        return ()
    whole = frozenset(holidays.country_holidays(name, years=_SAMPLE))
    parts = holidays.list_supported_countries().get(name, ())
    return tuple(sorted(
        part for part in parts if frozenset(holidays.country_holidays(name, subdiv=part, years=_SAMPLE)) != whole
    ))  # fmt: skip


_SAMPLE: Final = (2024, 2025)
"""Years whose holidays are compared."""


@lru_cache(maxsize=64)
def _holidays(name: str) -> Container[date]:
    if name == "weekdays":
        return frozenset()
    holidays = need("holidays")
    country, _, subdivision = name.partition("-")
    try:
        if not subdivision and country in holidays.list_supported_financial():
            found: Container[date] = holidays.financial_holidays(country)
        else:
            found = holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        raise UnknownCalendarError(f"the library `holidays` has no calendar `{name}`") from None
    return found
