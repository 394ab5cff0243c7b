"""Business days and holidays, at every edge; the days are those of the calendars themselves."""

import sys

import pytest

import dealrun
from dealrun.time import NEVER, iso, parse_day
from dealrun.time.calendars import Calendar, UnknownCalendarError, is_unknown
from either import either

ADDED = [
    # calendar, from, business days, to
    (("US",), "2026-07-02", 1, "2026-07-06"),  # Independence Day is a Saturday, observed on Friday
    (("US",), "2026-07-06", -1, "2026-07-02"),
    (("US",), "2026-07-03", 0, "2026-07-06"),  # on a holiday, nothing counted rolls on
    (("US",), "2025-12-24", 1, "2025-12-26"),
    (("GB",), "2025-12-24", 1, "2025-12-29"),  # Boxing Day, then a weekend
    (("US", "GB"), "2026-05-22", 1, "2026-05-26"),  # Memorial Day and the Spring Bank Holiday, the same Monday
    (("US", "GB-ENG"), "2026-04-02", 1, "2026-04-07"),  # Good Friday and Easter Monday in one of them
    (("NYSE",), "2026-04-02", 1, "2026-04-06"),  # the exchange closes on Good Friday
    (("DE-BY",), "2026-01-05", 1, "2026-01-07"),  # Epiphany is a holiday in Bavaria
    (("DE-BE",), "2026-01-05", 1, "2026-01-06"),  # and not in Berlin
    (("weekdays",), "2028-02-28", 1, "2028-02-29"),  # a leap day is a day
    (("weekdays",), "2026-02-27", 1, "2026-03-02"),
    (("US",), "2026-01-02", 252, "2027-01-06"),  # through a year's holidays
]

ROLLED = [
    # calendar, rule, from, to
    (("US",), "following", "2026-07-03", "2026-07-06"),
    (("US",), "preceding", "2026-07-03", "2026-07-02"),
    (("US",), "modified-following", "2026-05-30", "2026-05-29"),  # into June it may not go
    (("US",), "modified-following", "2026-05-25", "2026-05-26"),
    (("US",), "following", "2026-05-30", "2026-06-01"),
    (("US",), "following", "2026-05-29", "2026-05-29"),
]


@pytest.mark.parametrize(("names", "day", "count", "expected"), ADDED)
def test_business_days_are_counted_around_holidays(names: tuple[str, ...], day: str, count: int, expected: str) -> None:
    assert iso(Calendar(names).add(parse_day(day), count, "business day")) == expected


@pytest.mark.parametrize(("names", "rule", "day", "expected"), ROLLED)
def test_a_due_day_rolls(names: tuple[str, ...], rule: str, day: str, expected: str) -> None:
    assert iso(Calendar(names).roll(parse_day(day), rule)) == expected


def test_other_units_know_no_holidays() -> None:
    assert iso(Calendar(("US",)).add(parse_day("2026-01-31"), 1, "month")) == "2026-02-28"


def test_counting_ends_at_the_horizon() -> None:
    assert Calendar(("US",)).add(parse_day("2199-12-30"), 10, "business day") == NEVER


def test_a_calendar_that_is_none_is_an_error_with_its_place() -> None:
    assert is_unknown("QQ")
    loaded = either('deal d "D" signed 2026-01-01 calendar QQ\nparty A "A"\n')
    assert isinstance(loaded, dealrun.Diagnostics)
    assert {found.code for found in loaded} == {"DR301"}
    with pytest.raises(UnknownCalendarError):
        Calendar(("QQ",)).is_business_day(parse_day("2026-01-01"))


def test_due_days_of_a_deal_know_its_calendar() -> None:
    text = (
        'deal d "D" signed 2026-07-01{calendar}\nparty A "A"\nparty B "B"\n'
        'act: require A->B "deliver" within 2 business days of start of act\n'
        "expect on 2026-07-02: act within 2 business days\n"
    )
    due = []
    for calendar in ("", " calendar US"):
        loaded = dealrun.loads(text.format(calendar=calendar).replace(" of start of act", ""))
        day = loaded.timeline().clause("act", parse_day("2026-07-02")).terms["due"].day
        due.append("" if day is None else iso(day))
    assert due == ["2026-07-03", "2026-07-06"]


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "holidays"]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(dealrun.MissingExtraError, match=r"pip install 'dealrun\[calendars\]'"):
        Calendar(("LU",)).is_business_day(parse_day("2026-01-01"))
