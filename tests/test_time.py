"""Days, functions of the day, three-valued truth, and days that may not be known, each against its plainest model.

A `Moment` is held against its concretisations: the days that each of its unknowns can take, one by one.
"""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealrun.time import (
    ALWAYS,
    MAYBE,
    NEVER,
    NO,
    YES,
    Day,
    Moment,
    StepFunction,
    Truth,
    add,
    both,
    earliest,
    either,
    iso,
    latest,
    maybe,
    negate,
    parse_day,
)
from dealrun.time.days import FIRST, LAST, Unit, month_end
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, first, latch

# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2023-01-31", 1, "month", "2023-02-28"),
        ("2024-01-31", 2, "month", "2024-03-31"),  # from the anchor, never step by step
        ("2024-01-31", 3, "month", "2024-04-30"),
        ("2024-01-31", 13, "month", "2025-02-28"),
        ("2024-02-29", 1, "month", "2024-03-29"),  # a month's last day is not kept a month's last day
        ("2024-03-31", -1, "month", "2024-02-29"),
        ("2023-03-31", -1, "month", "2023-02-28"),
        ("2024-01-15", -1, "month", "2023-12-15"),
        ("2024-12-31", 1, "month", "2025-01-31"),
        ("2024-11-30", 3, "month", "2025-02-28"),
        ("2024-11-30", 1, "quarter", "2025-02-28"),
        ("2024-01-31", 1, "quarter", "2024-04-30"),
        ("2024-05-31", -1, "quarter", "2024-02-29"),
        ("2024-05-31", 4, "quarter", "2025-05-31"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2024-02-29", 4, "year", "2028-02-29"),
        ("2024-02-29", -1, "year", "2023-02-28"),
        ("2096-02-29", 4, "year", "2100-02-28"),  # 2100 is no leap year
        ("1996-02-29", 4, "year", "2000-02-29"),  # 2000 is one
        ("2024-02-28", 1, "day", "2024-02-29"),
        ("2023-02-28", 1, "day", "2023-03-01"),
        ("2024-03-01", -1, "day", "2024-02-29"),
        ("2024-12-31", 1, "week", "2025-01-07"),
        ("2025-01-07", -1, "week", "2024-12-31"),
        ("2024-06-15", 0, "month", "2024-06-15"),
        ("2024-06-15", 0, "year", "2024-06-15"),
        ("2024-06-15", 0, "day", "2024-06-15"),
    ],
)  # fmt: skip
def test_durations_count_from_their_anchor(start: str, count: int, unit: Unit, end: str) -> None:
    assert iso(add(parse_day(start), count, unit)) == end


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2024-06-03", 1, "2024-06-04"),  # Monday
        ("2024-06-03", 4, "2024-06-07"),
        ("2024-06-03", 5, "2024-06-10"),
        ("2024-06-07", 1, "2024-06-10"),  # Friday, over the weekend
        ("2024-06-07", 5, "2024-06-14"),
        ("2024-06-07", 10, "2024-06-21"),
        ("2024-06-08", 1, "2024-06-10"),  # Saturday
        ("2024-06-09", 1, "2024-06-10"),  # Sunday
        ("2024-06-08", 5, "2024-06-14"),
        ("2024-06-09", 6, "2024-06-17"),
        ("2024-06-10", -1, "2024-06-07"),
        ("2024-06-08", -1, "2024-06-07"),
        ("2024-06-09", -1, "2024-06-07"),
        ("2024-06-09", -5, "2024-06-03"),
        ("2024-06-10", -5, "2024-06-03"),
        ("2024-06-10", -6, "2024-05-31"),
        ("2024-06-07", 0, "2024-06-07"),
        ("2024-06-08", 0, "2024-06-10"),  # zero rolls on to a business day
        ("2024-06-09", 0, "2024-06-10"),
        ("2024-06-10", 0, "2024-06-10"),
    ],
)
def test_business_days_leave_out_weekends_and_their_anchor(start: str, count: int, end: str) -> None:
    assert iso(add(parse_day(start), count, "business day")) == end


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-800, 800))
def test_business_days_are_counted_one_by_one(start: date, count: int) -> None:
    day, left = start, abs(count)
    while left or day.weekday() >= 5:
        day += timedelta(days=-1 if count < 0 else 1)
        left -= bool(left) and day.weekday() < 5
    assert add(start.toordinal(), count, "business day") == day.toordinal()


@given(st.dates(date(2010, 1, 1), date(2090, 1, 1)), st.integers(-400, 400), st.sampled_from(["month", "quarter"]))
def test_months_keep_the_day_or_take_the_last_of_the_month(start: date, count: int, unit: Unit) -> None:
    found = date.fromordinal(add(start.toordinal(), count, unit))
    months = count * (3 if unit == "quarter" else 1)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == min(start.day, date.fromordinal(month_end(found.year, found.month)).day)


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.integers(-5000, 5000),
    st.sampled_from(["day", "business day", "week", "month", "quarter", "year"]),
)
def test_durations_never_reverse_two_days_and_stay_within_the_horizon(
    left: date, right: date, count: int, unit: Unit
) -> None:
    early, late = sorted((left.toordinal(), right.toordinal()))
    moved = add(early, count, unit), add(late, count, unit)
    assert moved[0] <= moved[1]
    assert all(day in {ALWAYS, NEVER} or FIRST <= day <= LAST for day in moved)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        (FIRST, 0, "day", FIRST),
        (FIRST, -1, "day", ALWAYS),
        (FIRST, -1, "month", ALWAYS),
        (FIRST, -1, "business day", ALWAYS),
        (FIRST + 1, -1, "day", FIRST),
        (LAST, 0, "day", LAST),
        (LAST, 1, "day", NEVER),
        (LAST, 1, "week", NEVER),
        (LAST, 1, "month", NEVER),
        (LAST, 1, "business day", NEVER),
        (LAST - 1, 1, "day", LAST),
        (parse_day("2199-11-30"), 1, "month", parse_day("2199-12-30")),
        (parse_day("2198-12-31"), 1, "year", LAST),
        (parse_day("1900-01-31"), -10_000, "year", ALWAYS),
        (parse_day("2199-12-31"), 10_000, "year", NEVER),
        (ALWAYS, 10_000, "year", ALWAYS),
        (NEVER, -10_000, "year", NEVER),
        (ALWAYS, 5, "day", ALWAYS),
        (NEVER, -5, "business day", NEVER),
    ],
)
def test_beyond_the_horizon_is_always_or_never(start: Day, count: int, unit: Unit, end: Day) -> None:
    assert add(start, count, unit) == end


@pytest.mark.parametrize(
    "text",
    [
        "2026", "2026-4-27", "26-04-27", "2026-04-27 ", " 2026-04-27", "2026-04-27T00:00", "2026-02-29", "2026-04-31",
        "2026-13-01", "2026-00-10", "2026-01-00", "1899-12-31", "2200-01-01", "0000-01-01", "9999-12-31", "",
        "2026/04/27", "today", "٢٠٢٦-٠٤-٢٧", "2026-04-27\n", "-026-04-27",
    ],
)  # fmt: skip
def test_what_is_no_date_within_the_horizon_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="`"):
        parse_day(text)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_dates_are_read_as_they_are_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day.toordinal()
    assert iso(day.toordinal()) == day.isoformat()


def test_the_two_ends_have_names() -> None:
    assert (iso(ALWAYS), iso(NEVER)) == ("always", "never")
    assert (iso(FIRST), iso(LAST)) == ("1900-01-01", "2199-12-31")
    assert (iso(month_end(2024, 2)), iso(month_end(2100, 2)), iso(month_end(2024, 12))) == (
        "2024-02-29", "2100-02-28", "2024-12-31",
    )  # fmt: skip


# --- functions of the day ---------------------------------------------------------------------------------------------

RANGE = range(ALWAYS, 40)

pieces = st.lists(st.tuples(st.integers(1, 35), st.integers(0, 3)), max_size=6).map(
    lambda found: sorted(found, key=lambda piece: piece[0])
)
steps_and_days = st.tuples(st.integers(0, 3), pieces).map(lambda t: [(ALWAYS, t[0]), *t[1]])


def naive(written: list[tuple[Day, int]]) -> dict[Day, int]:
    """The value of every day of the range: the last piece that has begun."""
    return {day: [value for start, value in written if start <= day][-1] for day in RANGE}


@given(steps_and_days)
def test_the_value_of_a_day_is_that_of_the_last_piece_begun(written: list[tuple[Day, int]]) -> None:
    steps, expected = StepFunction(written), naive(written)
    assert {day: steps.at(day) for day in RANGE} == expected


@given(steps_and_days)
def test_neighbouring_pieces_differ_and_cover_every_day(written: list[tuple[Day, int]]) -> None:
    steps, expected = StepFunction(written), naive(written)
    assert steps.starts[0] == ALWAYS
    assert list(steps.starts) == sorted(set(steps.starts))
    assert all(a != b for a, b in zip(steps.values, steps.values[1:], strict=False))
    changes = [day for day in RANGE if day > ALWAYS and expected[day] != expected[day - 1]]
    assert list(steps.starts[1:]) == changes
    found = list(steps.pieces())
    assert [start for start, _, _ in found] == list(steps.starts)
    assert [end for _, end, _ in found] == [*steps.starts[1:], NEVER]
    for day in RANGE:
        assert steps.next_change(day) == next((change for change in changes if change > day), NEVER)


@given(steps_and_days, steps_and_days)
def test_zip_and_map_work_day_by_day(left: list[tuple[Day, int]], right: list[tuple[Day, int]]) -> None:
    mine, theirs = naive(left), naive(right)

    def combine(a: int, b: int) -> int:
        return min(a, b) * 10 + (a > b)  # neither symmetric nor one to one, so that pieces merge

    zipped = StepFunction(left).zip(StepFunction(right), combine)
    assert {day: zipped.at(day) for day in RANGE} == {day: combine(mine[day], theirs[day]) for day in RANGE}
    mapped = StepFunction(left).map(lambda value: value // 2)
    assert {day: mapped.at(day) for day in RANGE} == {day: mine[day] // 2 for day in RANGE}
    for steps in (zipped, mapped):
        assert all(a != b for a, b in zip(steps.values, steps.values[1:], strict=False))


@given(steps_and_days, steps_and_days)
def test_steps_are_equal_where_every_day_is(left: list[tuple[Day, int]], right: list[tuple[Day, int]]) -> None:
    equal = naive(left) == naive(right)
    assert (StepFunction(left) == StepFunction(right)) is equal
    if equal:
        assert hash(StepFunction(left)) == hash(StepFunction(right))


def test_the_same_value_always() -> None:
    assert StepFunction.always("x").at(ALWAYS) == "x"
    assert StepFunction.always("x").at(NEVER) == "x"
    assert list(StepFunction.always("x")) == [(ALWAYS, "x")]
    assert StepFunction.always("x").next_change(ALWAYS) == NEVER
    assert StepFunction.always("x") != "x"


# --- truth ------------------------------------------------------------------------------------------------------------

LEFT, RIGHT = maybe({"a"}), maybe({"b"})
TRUTHS = {"no": NO, "maybe": LEFT, "yes": YES}
OTHERS = {"no": NO, "maybe": RIGHT, "yes": YES}
EITHER_NAME = maybe({"a", "b"})

AND = {
    ("no", "no"): NO, ("no", "maybe"): NO, ("no", "yes"): NO,
    ("maybe", "no"): NO, ("maybe", "maybe"): EITHER_NAME, ("maybe", "yes"): LEFT,
    ("yes", "no"): NO, ("yes", "maybe"): RIGHT, ("yes", "yes"): YES,
}  # fmt: skip
OR = {
    ("no", "no"): NO, ("no", "maybe"): RIGHT, ("no", "yes"): YES,
    ("maybe", "no"): LEFT, ("maybe", "maybe"): EITHER_NAME, ("maybe", "yes"): YES,
    ("yes", "no"): YES, ("yes", "maybe"): YES, ("yes", "yes"): YES,
}  # fmt: skip


@pytest.mark.parametrize(("left", "right"), list(product(TRUTHS, OTHERS)))
def test_and_and_or_are_kleenes_and_name_what_counts(left: str, right: str) -> None:
    assert both(TRUTHS[left], OTHERS[right]) == AND[left, right]
    assert either(TRUTHS[left], OTHERS[right]) == OR[left, right]


def test_not_keeps_what_a_maybe_hangs_on() -> None:
    assert [negate(truth) for truth in (NO, LEFT, YES)] == [YES, LEFT, NO]


truths = st.one_of(st.just(NO), st.just(YES), st.sets(st.sampled_from("abc"), min_size=1).map(maybe))


@given(truths, truths, truths)
def test_the_laws_of_kleenes_logic(a: Truth, b: Truth, c: Truth) -> None:
    assert both(a, b) == both(b, a)
    assert either(a, b) == either(b, a)
    assert both(a, both(b, c)) == both(both(a, b), c)
    assert either(a, either(b, c)) == either(either(a, b), c)
    assert negate(both(a, b)) == either(negate(a), negate(b))
    assert negate(negate(a)) == a
    for found in (both(a, b), either(a, b), negate(a)):
        assert bool(found.hangs_on) is (found.level == MAYBE)


# --- moments ----------------------------------------------------------------------------------------------------------

BASE = parse_day("2024-02-20")
SPAN = 12
TIMES = range(BASE - 2, BASE + SPAN + 4)


@st.composite
def moments(draw: st.DrawFn, name: str) -> Moment:
    """A certain day, an interval, an open one, or an end of time."""
    kind = draw(st.integers(0, 6))
    lo = BASE + draw(st.integers(0, SPAN))
    if kind < 2:
        return Moment.on(lo, name)
    if kind < 5:
        return Moment.between(lo, lo + draw(st.integers(0, 4)), name)
    if kind == 5:
        return Moment.between(lo, NEVER, name)
    return (NEVER_COMES if draw(st.booleans()) else ALWAYS_WAS).caused(name)


def concretisations(moment: Moment) -> list[Day]:
    """Every day that it can be; of an open one, the days of the range and never."""
    if moment.certain:
        return [moment.lo]
    if moment.hi >= NEVER:
        return [*range(moment.lo, BASE + SPAN + 3), NEVER]
    return list(range(moment.lo, moment.hi + 1))


def held_by(moment: Moment, day: Day) -> None:
    """A day is one of a moment's: within its bounds, and against it on no day is the answer certain."""
    assert moment.lo <= day <= moment.hi
    for probe in (*TIMES, ALWAYS + 1, LAST):
        come = moment.come.at(probe)
        if come.level != MAYBE:
            assert (come.level == 2) is (day <= probe), probe


several = st.integers(1, 3).flatmap(lambda count: st.tuples(*(moments(name) for name in "xyz"[:count])))


@given(several)
def test_earlier_of_and_later_of_hold_every_course_of_events(found: tuple[Moment, ...]) -> None:
    firsts, lasts = earliest(found), latest(found)
    courses = list(product(*(concretisations(moment) for moment in found)))
    for course in courses:
        held_by(firsts, min(course))
        held_by(lasts, max(course))
    # And no wider than need be: each bound is the day of some course.
    assert {firsts.lo, firsts.hi} <= {min(course) for course in courses}
    assert {lasts.lo, lasts.hi} <= {max(course) for course in courses}


@given(several)
def test_the_cause_is_the_limb_that_fires_and_all_of_them_on_a_tie(found: tuple[Moment, ...]) -> None:
    cases: list[tuple[Callable[..., Moment], Callable[..., Day]]] = [(earliest, min), (latest, max)]
    for combine, pick in cases:
        moment = combine(found)
        fires = {
            name
            for course in product(*(concretisations(each) for each in found))
            if pick(course) not in {NEVER, ALWAYS}
            for each, day in zip(found, course, strict=True)
            if day == pick(course)
            for name in each.cause
        }
        if moment.certain and moment.lo not in {NEVER, ALWAYS}:
            certain = {name for each in found if each.certain and each.lo == moment.lo for name in each.cause}
            assert certain <= set(moment.cause) <= fires
        else:
            assert fires <= set(moment.cause) or not fires
        assert moment.hangs_on <= frozenset().union(*(each.hangs_on for each in found))
        assert bool(moment.hangs_on) is not moment.certain


def test_ties_name_every_limb() -> None:
    tie = Moment.on(BASE, "a"), Moment.on(BASE, "b"), Moment.on(BASE + 1, "c")
    assert earliest(tie).cause == ("a", "b")
    assert latest(tie).cause == ("c",)
    assert latest(tie[:2]).cause == ("a", "b")
    never = Moment.on(NEVER, "never")
    assert earliest((never, tie[2])).cause == ("c",)
    assert latest((never, tie[2])).lo == NEVER


def test_a_limb_that_comes_too_late_is_no_cause() -> None:
    open_ = Moment.between(BASE + 5, NEVER, "open")
    sure = Moment.on(BASE + 2, "sure")
    assert earliest((open_, sure)).cause == ("sure",)
    assert earliest((open_, sure)).certain
    assert set(latest((open_, sure)).cause) == {"open"}
    wide = Moment.between(BASE, BASE + 9, "wide")
    assert set(earliest((wide, sure)).cause) == {"wide", "sure"}
    assert (earliest((wide, sure)).lo, earliest((wide, sure)).hi) == (BASE, BASE + 2)


@given(
    moments("x"),
    st.integers(-3, 3),
    st.sampled_from(["day", "business day", "week", "month", "quarter", "year"]),
)
def test_a_shifted_moment_holds_every_shifted_day(moment: Moment, count: int, unit: Unit) -> None:
    shifted = moment.shift(lambda day: add(day, count, unit))
    days = [add(day, count, unit) for day in concretisations(moment)]
    for day in days:
        assert shifted.lo <= day <= shifted.hi
        for probe in (*TIMES, *(near for near in (day - 1, day, day + 1) if ALWAYS < near < NEVER)):
            come = shifted.come.at(probe)
            if come.level != MAYBE:
                assert (come.level == 2) is (day <= probe)
    assert (shifted.lo, shifted.hi) == (min(days), max(days))
    assert shifted.cause == moment.cause
    assert shifted.hangs_on <= moment.hangs_on


def test_a_shift_past_the_horizon_never_comes() -> None:
    late = Moment.between(LAST - 1, LAST, "x").shift(lambda day: add(day, 5, "day"))
    assert (late.lo, late.hi) == (NEVER, NEVER)
    half = Moment.between(LAST - 9, LAST, "x").shift(lambda day: add(day, 5, "day"))
    assert (half.lo, half.hi) == (LAST - 4, NEVER)
    early = Moment.between(FIRST, FIRST + 9, "x").shift(lambda day: add(day, -5, "day"))
    assert (early.lo, early.hi) == (ALWAYS, FIRST + 4)


def test_an_interval_of_one_day_is_that_day() -> None:
    assert Moment.between(BASE, BASE, "x") == Moment.on(BASE, "x")
    assert Moment.between(BASE + 1, BASE, "x").certain
    assert Moment.between(BASE, NEVER, "x").hi == NEVER
    assert not Moment.between(BASE, NEVER, "x").certain


@given(st.lists(st.tuples(st.sampled_from(list(TIMES)), truths), max_size=6), truths)
def test_latch_is_whether_it_ever_held_and_first_the_day_it_did(written: list[tuple[Day, Truth]], start: Truth) -> None:
    truth = StepFunction([(ALWAYS, start), *sorted(written, key=lambda piece: piece[0])])
    found, moment = latch(truth), first(truth, ("x",))
    so_far = truth.at(ALWAYS)
    for day in TIMES:
        so_far = either(so_far, truth.at(day))
        assert found.at(day).level == so_far.level
        assert moment.come.at(day).level == so_far.level
    levels = {day: found.at(day).level for day in (ALWAYS, *TIMES)}
    assert moment.lo == next((day for day, level in levels.items() if level), NEVER)
    assert moment.hi == next((day for day, level in levels.items() if level == 2), NEVER)
    assert moment.cause == ("x",)
