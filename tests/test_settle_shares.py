"""What a clause accrues: shares, tiers, unit prices, fees that accrue by the day, corrections, rounding
(docs/language.md#shares-tiers-and-unit-prices, #fees-milestones-investments, #rounding-and-splits)."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

import dealrun
from dealrun.settle.rounding import apportion, floor_minor, split, to_minor
from dealrun.settle.statement import Line
from settling import HEAD, Row, lines, paid, shown, span, statement


def quarterly(*amounts: str, units: Sequence[str] = (), year: int = 2024) -> list[Row]:
    """Sales in the middle of each quarter."""
    return [
        Row(f"{year}-{3 * index + 2:02}-15", amount, units=units[index] if units else "0")
        for index, amount in enumerate(amounts)
    ]


def amounts(text: str, *rows: Row, through: str = "2024-12-31", head: str = HEAD) -> list[str]:
    """What is payable, period by period."""
    found = statement(text + "\n", *rows, through=through, head=head)
    assert not found.unsettled
    return [amount.partition(" ")[0] for _, amount in paid(found, "f")]


def tiers(line: Line) -> list[tuple[object, ...]]:
    """What each tier adds to a line of one part: above which base, the base in it, the rate, the share."""
    (part,) = line.parts
    return [(tier.over, tier.base, tier.rate, tier.share) for tier in part.tiers]


# --- shares -----------------------------------------------------------------------------------------------------------


def test_a_share_of_what_is_left_after_deductions() -> None:
    """10% of 1,000 USD in s1, less 150 that are deducted in s2: 85 USD. The part says all of it."""
    found = statement(
        "f: royalty A->B 10% of s1 net of s2\n",
        Row("2024-02-15", "1000", units="5"),
        Row("2024-02-16", "150", "s2", "2"),
    )
    ((part,),) = ([*line.parts] for line in found.of("f")[0].lines)
    assert shown(part.base, part.units, part.deducted, part.share) == (1000, 3, 150, (85, 85))
    assert str(part.amount) == "85.00 USD"
    assert span((part.first, part.last)) == "2024-01-01 2024-03-31"
    assert (part.rate, part.instrument, part.tiers, part.forecast, part.contingent_on) == ("10%", "d", (), False, ())


def test_an_amendment_within_a_period_makes_parts() -> None:
    """10% through February, 20% from March on: one line of two parts, each under its own terms, that add up to it."""
    text = 'f: royalty A->B 10% of s1\namend a "a" signed 2024-03-01\n  set f 20%\n'
    found = statement(text, Row("2024-02-29", "100"), Row("2024-03-01", "100"), Row("2024-01-01", "50"))
    (line,) = found.of("f")[0].lines
    assert [shown(span((p.first, p.last)), p.base, p.rate, str(p.amount), p.instrument) for p in line.parts] == [
        ("2024-01-01 2024-02-29", 150, "10%", "15.00 USD", "d"),
        ("2024-03-01 2024-03-31", 100, "20%", "20.00 USD", "a"),
    ]
    assert (line.kind, str(line.amount)) == ("share", "35.00 USD")
    assert found.of("f")[0].instrument == "a"


def test_a_line_is_rounded_once_and_its_parts_add_up_to_it() -> None:
    """0.333 and 0.333 are 0.67 together (0.666): each part rounded down is 0.33, and the cent that is left goes to the
    larger remainder, the earlier first. Of 0.334 and 0.333 it goes to the first, of 0.333 and 0.334 to the second."""
    text = 'f: royalty A->B 10% of s1\namend a "a" signed 2024-03-01\n  set f 10% net of s2\n'
    for one, other, expected in (("3.33", "3.33", ["0.34", "0.33"]), ("3.34", "3.33", ["0.34", "0.33"]),
                                 ("3.33", "3.34", ["0.33", "0.34"])):  # fmt: skip
        found = statement(text, Row("2024-02-01", one), Row("2024-03-01", other))
        (line,) = found.of("f")[0].lines
        assert str(line.amount) == "0.67 USD"
        assert [str(part.amount).removesuffix(" USD") for part in line.parts] == expected


def test_what_is_booked_later_is_a_correction_of_its_period() -> None:
    """Sales of Q1 booked in Q3 earn by the terms of Q1, and are paid in Q3, each earlier period in a line of its own
    behind that of the period itself."""
    text = 'f: royalty A->B 10% of s1\namend a "a" signed 2024-07-01\n  set f 20%\n'
    rows = [Row("2024-02-01", "100", booked="2024-07-05"), Row("2024-05-01", "200", booked="2024-07-05"),
            Row("2024-07-04", "50"), Row("2024-02-01", "10")]  # fmt: skip
    found = statement(text, *rows)
    (late,) = found.of("f")[1].lines[1].parts  # what the correction adds, not what the part has come to
    assert shown(late.base, late.units, late.deducted, late.share, late.rate) == (100, 0, 0, (10, 10), "10%")
    assert lines(found, "f") == [
        ("2024-03-31", "share", "2024-01-01 2024-03-31", "1.00 USD"),
        ("2024-09-30", "share", "2024-07-01 2024-09-30", "10.00 USD"),
        ("2024-09-30", "correction", "2024-01-01 2024-03-31", "10.00 USD"),
        ("2024-09-30", "correction", "2024-04-01 2024-06-30", "20.00 USD"),
    ]


def test_a_correction_says_what_was_booked_late() -> None:
    """The part of a correction holds what was booked for it: 40 USD and 4 copies, less 10 USD and 1 copy."""
    rows = [Row("2024-02-01", "100", units="7"), Row("2024-02-02", "30", "s2", "2"),
            Row("2024-02-03", "40", units="4", booked="2024-04-02"),
            Row("2024-02-04", "10", "s2", "1", booked="2024-04-02")]  # fmt: skip
    found = statement("f: royalty A->B 10% of s1 net of s2\n", *rows)
    (part,) = found.of("f")[1].lines[0].parts
    assert shown(part.base, part.units, part.deducted, part.share) == (40, 3, 10, (3, 3))


def test_parts_have_the_digits_of_their_currency() -> None:
    """60 and 6.6 yen are 67 together, of which the parts are 60 and 7."""
    text = 'f: royalty A->B 10% of s1\namend a "a" signed 2024-03-01\n  set f 10% net of s2\n'
    found = statement(text, Row("2024-02-01", "600"), Row("2024-03-01", "66"), head=HEAD.replace("USD", "JPY"))
    assert [str(part.amount) for part in found.of("f")[0].lines[0].parts] == ["60 JPY", "7 JPY"]


def test_a_forecast_marks_what_depends_on_it() -> None:
    """The payment, the line and the part of an expected sale are marked, those of another period are not."""
    found = statement("f: royalty A->B 10% of s1\n", *quarterly("100"), Row("2024-05-15", "70", forecast=True))
    marks = [(p.forecast, p.lines[0].forecast, p.lines[0].parts[0].forecast) for p in found.of("f")]
    assert marks == [(False, False, False), (True, True, True)]


# --- tiers ------------------------------------------------------------------------------------------------------------

TIERS = "f: royalty A->B 10% up to 100 USD then 20% up to 150 USD then 50%"


def test_each_rate_applies_to_what_lies_in_its_tier() -> None:
    """80: 8. 50 more: 20 at 10% and 30 at 20%: 8. 40 more: 20 at 20% and 20 at 50%: 14."""
    found = statement(f"{TIERS} of s1\n", *quarterly("80", "50", "40"))
    assert [amount for _, amount in paid(found, "f")] == ["8.00 USD", "8.00 USD", "14.00 USD"]
    assert [tiers(payment.lines[0]) for payment in found.of("f")] == [
        [(0, 80, "10%", 8)],
        [(0, 20, "10%", 2), (100, 30, "20%", 6)],
        [(100, 20, "20%", 4), (150, 20, "50%", 10)],
    ]


def test_a_threshold_belongs_to_the_tier_below_it() -> None:
    """100 USD lie in the first tier, all of them; the next dollar does not."""
    assert amounts(f"{TIERS} of s1", *quarterly("100", "1")) == ["10.00", "0.20"]
    whole = f"{TIERS} of s1 all-units"
    assert amounts(whole, *quarterly("100")) == ["10.00"]
    assert amounts(whole, *quarterly("101")) == ["20.20"]


def test_a_base_that_falls_gives_back_what_it_had_earned() -> None:
    """130 earned 10 + 6. A return of 40 takes back 30 at 20% and 10 at 10%; a return behind which less than nothing is
    left lies in the lowest tier."""
    assert amounts(f"{TIERS} of s1", *quarterly("130", "-40", "-100", "20")) == ["16.00", "-7.00", "-10.00", "2.00"]


def test_a_refund_in_the_period_of_a_sale_counts_by_its_day() -> None:
    """Within a period it is the sum that counts: 130 and -40 are 90 at 10%."""
    assert amounts(f"{TIERS} of s1", Row("2024-01-05", "130"), Row("2024-02-05", "-40")) == ["9.00"]


def test_all_units_applies_the_tier_that_is_reached_to_everything() -> None:
    """80 at 10%. With 50 more, 130 are at 20%: 10 for the 50, and 8 more for the 80 of before. With 40 more, 170 at
    50%: 20 for the 40, and 30% more of 130. A return of 40 leads back to 130 at 20%."""
    found = statement(f"{TIERS} of s1 all-units\n", *quarterly("80", "50", "40", "-40"))
    assert [amount for _, amount in paid(found, "f")] == ["8.00 USD", "18.00 USD", "59.00 USD", "-59.00 USD"]
    assert [tiers(payment.lines[0]) for payment in found.of("f")] == [
        [(0, 80, "10%", 8)],
        [(100, 50, "20%", 10), (100, 80, "20% instead of 10%", 8)],
        [(150, 40, "50%", 20), (150, 130, "50% instead of 20%", 39)],
        [(100, -40, "20%", -8), (100, 170, "20% instead of 50%", -51)],
    ]


def test_within_a_tier_all_units_changes_nothing_of_before() -> None:
    """80 and 10 lie in the first tier: the second adds its own share and nothing else."""
    for text, units in ((f"{TIERS} of s1 all-units\n", []), (f"{UNITS} all-units\n", ["8", "1"])):
        found = statement(text, *quarterly("80", "10", units=units))
        assert [tiers(payment.lines[0]) for payment in found.of("f")] == [[(0, 80, "10%", 8)], [(0, 10, "10%", 1)]]


def test_tiers_count_what_is_left_after_deductions() -> None:
    """120 less 30 in Q1 are 90 at 10%. Of 20 in Q2, 10 lie below the threshold: 1 + 2."""
    text = "f: royalty A->B 10% up to 100 USD then 20% of s1 net of s2"
    assert amounts(text, *quarterly("120", "20"), Row("2024-02-15", "30", "s2")) == ["9.00", "3.00"]


def test_tiers_by_day_and_nothing_so_far() -> None:
    """100 USD a day, of which 60 were counted on the first: 40 of 50 at 10%, 10 at 20%; on the next day all 50 at 10%.
    `so far 0 USD` was nothing."""
    rows = [Row("2024-01-01", "50"), Row("2024-01-02", "50")]
    assert amounts("f: royalty A->B 10% up to 100 USD per day so far 60 USD then 20% of s1", *rows) == ["11.00"]
    assert amounts("f: royalty A->B 10% up to 100 USD so far 0 USD then 20% of s1", *rows) == ["10.00"]


def test_late_sales_move_what_lies_behind_them() -> None:
    """80 in Q1 and 50 in Q2: 8 and 8. Another 20 of Q1, booked in Q3, fill the first tier before Q2 begins: 2 for Q1,
    and the 50 of Q2 are at 20% now, 2 more."""
    rows = [*quarterly("80", "50"), Row("2024-03-01", "20", booked="2024-07-01")]
    assert lines(statement(f"{TIERS} of s1\n", *rows), "f")[2:] == [
        ("2024-09-30", "correction", "2024-01-01 2024-03-31", "2.00 USD"),
        ("2024-09-30", "correction", "2024-04-01 2024-06-30", "2.00 USD"),
    ]


UNITS = "f: royalty A->B 10% up to 10 copies then 20% of s1"


def test_money_is_divided_as_its_units_are() -> None:
    """Thresholds in copies, shares of money: 8 copies for 80 USD at 10%. Of 4 copies for 60 USD two are the ninth and
    the tenth: 30 USD at 10%, 30 at 20%."""
    rows = [Row("2024-02-01", "80", units="8"), Row("2024-02-02", "60", units="4")]
    found = statement(f"{UNITS}\n", *rows)
    assert amounts(UNITS, *rows) == ["17.00"]
    assert tiers(found.of("f")[0].lines[0]) == [(0, 110, "10%", 11), (10, 30, "20%", 6)]
    assert amounts(UNITS, rows[0], Row("2024-05-02", "60", units="4")) == ["8.00", "9.00"]


def test_three_tiers_of_units() -> None:
    """Up to 10 copies, up to 20, above: 8 copies for 80 USD at 10% are 8. Of 20 copies for 200 USD two lie in the first
    tier, ten in the second and eight in the third: 2 + 20 + 40. Two more for 20 USD lie in the third: 10."""
    text = "f: royalty A->B 10% up to 10 copies then 20% up to 20 copies then 50% of s1"
    rows = [
        Row("2024-02-01", "80", units="8"),
        Row("2024-02-02", "200", units="20"),
        Row("2024-02-03", "20", units="2"),
    ]
    assert amounts(text, *rows) == ["80.00"]
    assert amounts(text, *quarterly("80", "200", "20", units=["8", "20", "2"])) == ["8.00", "62.00", "10.00"]


def test_fewer_units_than_none_lie_in_the_lowest_tier() -> None:
    """A return of 2 copies for 20 USD before anything is sold gives back 2 at 10%; 4 copies for 40 USD then lead from
    -2 to 2, all of it in the lowest tier; 9 for 90 USD, to 11, leave one above ten."""
    rows = quarterly("-20", "40", "90", units=["-2", "4", "9"])
    assert amounts(UNITS, *rows) == ["-2.00", "4.00", "10.00"]


def test_sales_of_a_day_are_counted_together() -> None:
    """Two streams on one day: 12 copies for 140 USD, ten of them at 10% and two at 20%: 11.667 + 4.667."""
    rows = [Row("2024-02-01", "80", units="8"), Row("2024-02-01", "60", "s2", "4")]
    assert amounts("f: royalty A->B 10% up to 10 copies then 20% of s1, s2", *rows) == ["16.33"]


@pytest.mark.parametrize(("units", "expected"), [("10", "8.00"), ("11", "10.55"), ("0", "8.00")])
def test_money_of_a_day_without_units_goes_where_the_count_stands(units: str, expected: str) -> None:
    """60 USD of sales, then a day of 20 USD without units. With ten copies counted the count stands in the first tier:
    10% of 80. With eleven it stands in the second: 60 USD for eleven copies are 10/11 at 10% and 1/11 at 20% (6.5454),
    and 4 for the 20. With none it stands in the first."""
    assert amounts(UNITS, Row("2024-02-01", "60", units=units), Row("2024-02-02", "20")) == [expected]


def test_all_units_by_units() -> None:
    """8 copies for 80 USD: 8. With 4 more for 60 USD, 12 copies are at 20%: 12, and 8 more for the 80 of before. A
    return of 4 copies for 60 USD leads back to 8 copies at 10%."""
    rows = quarterly("80", "60", "-60", units=["8", "4", "-4"])
    found = statement(f"{UNITS} all-units\n", *rows)
    assert [amount for _, amount in paid(found, "f")] == ["8.00 USD", "20.00 USD", "-20.00 USD"]
    assert [tiers(payment.lines[0]) for payment in found.of("f")] == [
        [(0, 80, "10%", 8)],
        [(10, 60, "20%", 12), (10, 80, "20% instead of 10%", 8)],
        [(0, -60, "10%", -6), (0, 140, "10% instead of 20%", -14)],
    ]


def test_tiers_of_money_for_a_price_per_unit() -> None:
    """The other way round: 1 USD a copy up to 100 USD of sales, then 2. 8 copies for 80 USD: 8. Of 4 copies for 40 USD
    two lie below the threshold: 2 + 4."""
    text = "f: royalty A->B 1 USD per copies up to 100 USD then 2 USD per copies of s1"
    assert amounts(text, *quarterly("80", "40", units=["8", "4"])) == ["8.00", "6.00"]


def test_all_units_of_money_for_a_price_per_unit() -> None:
    """1 USD a copy up to 100 USD of sales, then 2 for all: 8 copies for 80 USD are 8. With 4 for 40 USD, 120 USD are
    reached: 8 for the four, and 1 more for each of the eight of before."""
    text = "f: royalty A->B 1 USD per copies up to 100 USD then 2 USD per copies of s1 all-units"
    assert amounts(text, *quarterly("80", "40", units=["8", "4"])) == ["8.00", "16.00"]


def test_tiers_of_units_for_a_price_per_unit() -> None:
    """Ten copies at 1 USD, each further one at 2: 8 copies are 8 USD; of 4, two at 1 and two at 2. A return of one
    gives back 2."""
    text = "f: royalty A->B 1 USD per copies up to 10 copies then 2 USD per copies of s1"
    found = statement(text + "\n", *quarterly("1", "1", "1", units=["8", "4", "-1"]))
    assert [amount for _, amount in paid(found, "f")] == ["8.00 USD", "6.00 USD", "-2.00 USD"]
    assert tiers(found.of("f")[1].lines[0]) == [(0, 2, "1 USD", 2), (10, 2, "2 USD", 4)]


def test_tiers_begin_anew_with_each_window() -> None:
    """100 USD per year: in 2025 the count begins with nothing. `so far 60 USD` was counted before in the window in
    which counting begins."""
    text = "f: royalty A->B 10% up to 100 USD per year{} then 20% of s1"
    rows = [*quarterly("90", "20"), *quarterly("100", year=2025)]
    assert amounts(text.format(""), *rows, through="2025-03-31") == ["9.00", "3.00", "10.00"]
    assert amounts(text.format(" so far 60 USD"), *rows, through="2025-03-31") == ["14.00", "4.00", "10.00"]


def test_before_counting_begins_the_first_rate_applies() -> None:
    """`counting from 2024-04-01`: the 500 of Q1 are not counted, and have the first rate; the first 100 behind it
    too."""
    text = "f: royalty A->B 10% up to 100 USD counting from 2024-04-01 then 20% of s1"
    assert amounts(text, *quarterly("500", "100", "10")) == ["50.00", "10.00", "2.00"]


def test_tiers_that_an_amendment_gives_count_anew() -> None:
    """80 of 100 USD are counted when new tiers are set from July on: they count from there."""
    text = 'f: royalty A->B 10% up to 100 USD then 20% of s1\namend a "a" signed 2024-07-01\n'
    text += "  set f 10% up to 100 USD then 50%"
    assert amounts(text, *quarterly("80", "50", "60", "60")) == ["8.00", "8.00", "6.00", "14.00"]


# --- unit prices ------------------------------------------------------------------------------------------------------


def test_a_price_for_each_unit() -> None:
    """2.50 USD for each copy, less the copies of the stream that is deducted; money decides nothing."""
    text = "f: royalty A->B 2.50 USD per copies of s1 net of s2"
    assert amounts(text, *quarterly("1000", units=["7"]), Row("2024-02-01", "9", "s2", "3")) == ["10.00"]
    assert amounts("f: fee A->B 2.50 USD per copies of s1", *quarterly("1000", "5", units=["7", "1"])) == [
        "17.50",
        "2.50",
    ]


# --- fees -------------------------------------------------------------------------------------------------------------


def test_a_fee_accrues_evenly_over_the_days_of_its_window() -> None:
    """3,100 USD a month from 2024-01-16 on: 16 of 31 days of January, all of February. A line is a `fee`."""
    found = statement("f: fee A->B 3,100 USD per month from 2024-01-16\n", through="2024-02-29")
    assert lines(found, "f") == [
        ("2024-01-31", "fee", "2024-01-01 2024-01-31", "1,600.00 USD"),
        ("2024-02-29", "fee", "2024-02-01 2024-02-29", "3,100.00 USD"),
    ]


def test_a_frequency_without_a_window_makes_an_amount_per_period() -> None:
    """`paid quarterly` of 910 USD: 60 of the 91 days of Q1 2024 are 600; an amendment leaves the last 31 at 1,820 a
    quarter, 620. Q2 has 91 days, too."""
    text = 'f: fee A->B 910 USD paid quarterly\namend a "a" signed 2024-03-01\n  set f 1,820 USD'
    assert amounts(text, through="2024-06-30") == ["1,220.00", "1,820.00"]


def test_an_amount_is_spread_over_a_duration_from_its_start() -> None:
    """`over 2 years` from 2024-01-01: 731 days, 1 USD each; 91, 91, 92, 92 in the quarters of 2024, and nothing behind
    2025-12-31."""
    found = amounts("f: fee A->B 731 USD over 2 years paid quarterly", through="2026-12-31")
    assert found == ["91.00", "91.00", "92.00", "92.00", "90.00", "91.00", "92.00", "92.00"]


def test_the_last_day_of_a_spread_counts() -> None:
    """15 USD over 15 days from a Monday on, paid weekly: 7, 7, and 1 for the last day; none behind it."""
    found = statement("f: fee A->B 15 USD over 15 days paid weekly\n", through="2024-02-29")
    assert paid(found, "f") == [("2024-01-07", "7.00 USD"), ("2024-01-14", "7.00 USD"), ("2024-01-21", "1.00 USD")]


def test_windows_of_a_fee_are_parts_of_a_payment() -> None:
    """310 USD a month, paid quarterly: a line of three parts, one for each month."""
    found = statement("f: fee A->B 310 USD per month paid quarterly\n", through="2024-03-31")
    (line,) = found.of("f")[0].lines
    assert [(span((p.first, p.last)), str(p.amount)) for p in line.parts] == [
        ("2024-01-01 2024-01-31", "310.00 USD"), ("2024-02-01 2024-02-29", "310.00 USD"),
        ("2024-03-01 2024-03-31", "310.00 USD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "clause", ["fee A->B 731 USD over 2 years paid annually", "invest A->B 731 USD over 2 years paid annually",
               "damages A->B 366 USD per year"],
)  # fmt: skip
def test_what_accrues_by_the_day(clause: str) -> None:
    """Fees, investments and damages alike accrue over the days of their window, as lines of that kind."""
    found = statement(f"f: {clause}\n")
    assert [(line.kind, str(line.amount)) for payment in found.of("f") for line in payment.lines] == [
        ("fee", "366.00 USD")
    ]


def test_an_escalation_applies_on_each_anniversary() -> None:
    """3% on each anniversary of 2024-02-15, compounding: in the year that begins there, 1,000 USD a month; 1,030 and
    1,060.90 in the next. March, from which no anniversary cuts anything, is whole."""
    found = statement("f: fee A->B 1,000 USD per month escalation 3% per year from 2024-02-15\n", through="2026-03-31")
    by_month = {end[:7]: amount for end, amount in paid(found, "f")}
    assert [by_month[month] for month in ("2024-03", "2025-01", "2025-03", "2026-03")] == [
        "1,000.00 USD", "1,000.00 USD", "1,030.00 USD", "1,060.90 USD",
    ]  # fmt: skip
    # 14 of 28 days of February 2025 at 1,000, 14 at 1,030.
    assert by_month["2025-02"] == "1,015.00 USD"
    (payment,) = [p for p in found.of("f") if span(p.period) == "2025-02-01 2025-02-28"]
    assert [(span((p.first, p.last)), str(p.amount)) for p in payment.lines[0].parts] == [
        ("2025-02-01 2025-02-14", "500.00 USD"), ("2025-02-15 2025-02-28", "515.00 USD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("per month", "110 121 133.10 146.41"),
        ("per quarter", "100 100 110 110"),
        ("per 2 months", "100 110 110 121"),
    ],
)
def test_an_escalation_has_its_own_step(every: str, expected: str) -> None:
    """10% each month, each quarter, every two months: what a month from February through May costs."""
    found = statement(f"f: fee A->B 100 USD per month escalation 10% {every}\n", through="2024-05-31")
    assert [Fraction(p.amount.value) for p in found.of("f")][1:] == [Fraction(each) for each in expected.split()]


# --- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("half-even", [0, 0, 0, 1, 2, 2, 2, 3, 4, 4]),
        ("half-up", [0, 0, 1, 1, 2, 2, 3, 3, 4, 5]),
        ("down", [0, 0, 0, 0, 1, 2, 2, 2, 3, 4]),
        ("up", [0, 1, 1, 1, 2, 2, 3, 3, 4, 5]),
    ],
)
def test_rules_of_rounding(rule: str, expected: list[int]) -> None:
    """0, 0.4, 0.5, 0.6, 1.5, 2, 2.5, 2.6, 3.5 and 4.5 cents by each rule. Amounts below nothing are rounded like those
    above."""
    cents = [Fraction(each) for each in ("0", "0.4", "0.5", "0.6", "1.5", "2", "2.5", "2.6", "3.5", "4.5")]
    assert [to_minor(each / 100, "USD", rule) for each in cents] == expected
    assert [to_minor(-each / 100, "USD", rule) for each in cents] == [-each for each in expected]


def test_a_limit_is_rounded_down_in_its_currency() -> None:
    """The greatest whole number of minor units that is not more: 2 digits of a dollar, none of a yen, 3 of a dinar."""
    value = Fraction("1.2349")
    assert [floor_minor(value, currency) for currency in ("USD", "JPY", "KWD")] == [123, 1, 1234]
    assert floor_minor(Fraction(2), "USD") == 200


@pytest.mark.parametrize(
    ("total", "exact", "expected"),
    [
        (10, ["3.4", "3.3", "3.3"], [4, 3, 3]),
        (10, ["3.3", "3.4", "3.3"], [3, 4, 3]),
        (2, ["0.5", "0.5", "0.5"], [1, 1, 0]),  # the earlier first among equals
        (3, ["0", "1.4", "1.4"], [0, 2, 1]),  # nothing gets nothing
        (1, ["0", "0"], [1, 0]),  # unless all are
        (2, ["1.9", "1.2"], [1, 1]),
        (2, ["2.2", "1.9"], [1, 1]),  # one too many: one less of the smallest remainder
        (1, ["2", "2"], [1, 0]),  # three too many: from the last, and round again
        (4, ["2", "2", "2"], [2, 1, 1]),
        (7, ["1.5", "1.2"], [4, 3]),  # five too few: round and round
        (-3, ["-1.4", "-1.6"], [-1, -2]),
        (0, [], []),
    ],
)
def test_what_was_rounded_is_divided(total: int, exact: list[str], expected: list[int]) -> None:
    """Each part is rounded down, and what is left goes to the largest remainders, the earlier first; where too much was
    given, it comes from the smallest. Nothing is lost."""
    found = apportion(total, [Fraction(each) for each in exact])
    assert sum(found) == total
    assert found == expected


@pytest.mark.parametrize(
    ("total", "remainder", "expected"),
    [
        (100, 0, [34, 33, 33]),
        (100, 2, [33, 33, 34]),
        (-100, 0, [-34, -33, -33]),
        (-100, 1, [-33, -34, -33]),
        (0, 0, [0, 0, 0]),
    ],
)
def test_a_payment_is_split(total: int, remainder: int, expected: list[int]) -> None:
    """Shares are rounded towards zero, what is left goes to the first payee or to the one that is named; a credit is
    divided as a payment is."""
    assert split(total, [Fraction(1, 3)] * 3, remainder) == expected


def test_a_running_total_is_rounded_instead() -> None:
    """Lines of 0.333 USD: 0.33, 0.34 (0.666 is 0.67), 0.33 (0.999 is 1.00), 0.33 (1.332 is 1.33)."""
    head = HEAD.replace("currency USD", "currency USD rounding half-up, running")
    rows = quarterly("3.33", "3.33", "3.33", "3.33")
    assert amounts("f: royalty A->B 10% of s1", *rows, head=head) == ["0.33", "0.34", "0.33", "0.33"]
    assert amounts("f: royalty A->B 10% of s1", *rows) == ["0.33", "0.33", "0.33", "0.33"]


@pytest.mark.parametrize(
    ("rule", "currency", "expected"),
    [
        ("half-up", "USD", "0.13 0.12 0.13 0.12"),  # of 0.125, 0.25, 0.375, 0.5
        ("half-even", "USD", "0.12 0.13 0.13 0.12"),
        ("down", "USD", "0.12 0.13 0.12 0.13"),
        ("half-up", "KWD", "0.125 0.125 0.125 0.125"),
        ("half-up", "JPY", "0 0 0 1"),
    ],
)
def test_a_running_total_is_rounded_by_the_rule_of_the_deal(rule: str, currency: str, expected: str) -> None:
    """Four lines of 0.125, of which each pays what the rounded total has grown by."""
    head = HEAD.replace("currency USD", f"currency {currency} rounding {rule}, running")
    found = amounts("f: royalty A->B 10% of s1", *quarterly("1.25", "1.25", "1.25", "1.25"), head=head)
    assert found == expected.split()


@pytest.mark.parametrize(
    ("rows", "periods"),
    [
        ((), 1),
        (("2024-05-01,s,0.04,USD", "2024-05-02,s,-0.04,USD"), 1),
        (("2024-05-01,s,0.04,USD", "2024-05-01,ret,0.04,USD"), 1),
        (("2024-05-01,s,0.08,USD",), 2),
    ],
)
def test_what_a_running_total_owes_waits_for_a_period_that_takes_something(rows: tuple[str, ...], periods: int) -> None:
    """A cent that a true-up left open makes no line of a period whose sales, returns and deductions are nothing."""
    loaded = dealrun.loads(
        'deal d "D" signed 2024-01-01 currency USD rounding half-up, running fiscal-year February\n'
        'party A "A"\nparty B "B"\nstream s "sales"\nstream ret "returns"\n'
        "c: royalty A->B 12.5% of s net of ret floor 3 USD per fiscal-year\n"
    )
    first = ["2024-01-01,s,0.32,USD", "2024-01-01,ret,0.36,USD"]
    ledger = "\n".join(["date,stream,amount,currency", *first, *rows]) + "\n"
    found = loaded.settle({"a.csv": ledger}, through="2024-09-30")
    assert [str(payment.amount) for payment in found.payments] == ["3.00 USD", "0.02 USD"][:periods]
