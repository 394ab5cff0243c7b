"""Caps and floors: P(t) = min(A(t), max(C(t), P(t-1))), window by window, and what is made up to a floor
(docs/language.md#caps-and-floors). The clause `f` is a share of 10%, so that sales of 600 accrue 60."""

import pytest

from settling import HEAD, Row, limits, lines, paid, shown, span, statement

SHARE = "f: royalty A->B 10% of s1"


def quarterly(*amounts: str, year: int = 2024) -> list[Row]:
    """Sales in the middle of each quarter."""
    return [Row(f"{year}-{3 * index + 2:02}-15", amount) for index, amount in enumerate(amounts)]


def amounts(text: str, *rows: Row, through: str = "2024-12-31") -> list[str]:
    """What is payable, period by period."""
    return [amount.removesuffix(" USD") for _, amount in paid(statement(text + "\n", *rows, through=through), "f")]


# --- one cap ----------------------------------------------------------------------------------------------------------


def test_a_cap_withholds_and_the_next_window_begins_anew() -> None:
    """100 USD a year of 60, 60 and 10 are 60, 40 and nothing; 20 and 10 are withheld. 2025 counts by itself. A period
    says what its cap did: the window, A(t), P(t-1) and P(t)."""
    found = statement(f"{SHARE} cap 100 USD per year\n", *quarterly("600", "600", "100"),
                      *quarterly("300", year=2025), through="2025-12-31")  # fmt: skip
    assert [(str(p.accrued), str(p.withheld), str(p.amount), str(p.total)) for p in found.of("f")] == [
        ("60.00 USD", "0.00 USD", "60.00 USD", "60.00 USD"),
        ("60.00 USD", "20.00 USD", "40.00 USD", "100.00 USD"),
        ("10.00 USD", "10.00 USD", "0.00 USD", "100.00 USD"),
        ("30.00 USD", "0.00 USD", "30.00 USD", "130.00 USD"),
    ]
    year, next_year = "2024-01-01 2024-12-31", "2025-01-01 2025-12-31"
    assert [limits(payment) for payment in found.of("f")] == [
        [(year, "60.00 USD", "0.00 USD", "60.00 USD")],
        [(year, "120.00 USD", "60.00 USD", "100.00 USD")],
        [(year, "130.00 USD", "100.00 USD", "100.00 USD")],
        [(next_year, "30.00 USD", "0.00 USD", "30.00 USD")],
    ]
    assert {shown(limit.cap, limit.value, limit.running) for p in found.of("f") for limit in p.limits} == {
        ("100 USD", (100, 100), text) for text in ("60.00 USD", "100.00 USD", "30.00 USD")
    }


def test_a_lowered_cap_claws_nothing_back_and_a_raised_cap_releases() -> None:
    """60 and 40 of 120 are paid under 100. Lowered to 50, nothing is paid and nothing taken back in Q3, where 30 more
    accrue; raised to 130 it releases 30 in Q4 without any sale, and 20 of the 150 stay withheld."""
    text = f"""{SHARE} cap 100 USD
amend low "low" signed 2024-07-01
  set f cap 50 USD counting from 2024-01-01
amend high "high" signed 2024-10-01
  set f cap 130 USD counting from 2024-01-01
"""
    found = statement(text, *quarterly("600", "600", "300"))
    assert [(str(p.accrued), str(p.withheld), str(p.amount)) for p in found.of("f")] == [
        ("60.00 USD", "0.00 USD", "60.00 USD"),
        ("60.00 USD", "20.00 USD", "40.00 USD"),
        ("30.00 USD", "30.00 USD", "0.00 USD"),
        ("0.00 USD", "-30.00 USD", "30.00 USD"),
    ]
    assert found.of("f")[3].lines == ()
    assert [limits(payment)[0][1:] for payment in found.of("f")] == [
        ("60.00 USD", "0.00 USD", "60.00 USD"),
        ("120.00 USD", "60.00 USD", "100.00 USD"),
        ("150.00 USD", "100.00 USD", "100.00 USD"),
        ("150.00 USD", "100.00 USD", "130.00 USD"),
    ]


def test_a_credit_under_a_cap() -> None:
    """120 accrued, 100 paid. A return of 100 takes A to 110: nothing comes back. Another of 500 takes it to 60: 40 of
    the hundred come back."""
    assert amounts(f"{SHARE} cap 100 USD", *quarterly("1200", "-100", "-500", "200")) == [
        "100.00",
        "0.00",
        "-40.00",
        "20.00",
    ]


def test_a_cap_is_the_one_of_the_last_day_of_the_period() -> None:
    """C(t) is the cap on the last day of the period: 50 USD until 2024-06-29 and 70 from then on are 70 for Q2; until
    the 30th they are 50, and the other 20 come with Q3."""
    for day, expected in (("2024-06-29", ["50.00", "20.00"]), ("2024-06-30", ["50.00", "0.00", "20.00"])):
        text = f"{SHARE} cap 50 USD until {day} then 70 USD"
        assert amounts(text, *quarterly("600", "300")) == expected


def test_a_cap_is_the_one_of_the_last_day_of_the_window_where_that_is_earlier() -> None:
    """Of a window that has ended, C stays what it was on its last day: 100 USD for 2024, whatever the cap is in 2025.
    What is booked for 2024 in 2025 finds the 100 used up, and 2025 has 300."""
    text = f"{SHARE} cap 100 USD per year until 2024-12-31 then 300 USD per year"
    rows = [*quarterly("1100"), Row("2024-12-15", "500", booked="2025-01-20"), *quarterly("2000", year=2025)]
    found = statement(text + "\n", *rows, through="2025-03-31")
    assert amounts(text, *rows, through="2025-03-31") == ["100.00", "200.00"]
    assert lines(found, "f")[1:] == [
        ("2025-03-31", "share", "2025-01-01 2025-03-31", "200.00 USD"),
        ("2025-03-31", "correction", "2024-10-01 2024-12-31", "50.00 USD"),
    ]
    assert [limit[1:] for limit in limits(found.of("f")[1])] == [
        ("160.00 USD", "100.00 USD", "100.00 USD"), ("200.00 USD", "0.00 USD", "200.00 USD"),
    ]  # fmt: skip


def test_windows_within_a_period_each_have_their_cap() -> None:
    """20 USD a month of 30, 10 and 50 are 20, 10 and 20. The next quarter has three windows of its own."""
    rows = [Row("2024-01-31", "300"), Row("2024-02-01", "100"), Row("2024-03-01", "500"), Row("2024-04-01", "900")]
    found = statement(f"{SHARE} cap 20 USD per month\n", *rows)
    assert amounts(f"{SHARE} cap 20 USD per month", *rows) == ["50.00", "20.00"]
    assert limits(found.of("f")[0]) == [
        ("2024-01-01 2024-01-31", "30.00 USD", "0.00 USD", "20.00 USD"),
        ("2024-02-01 2024-02-29", "10.00 USD", "0.00 USD", "10.00 USD"),
        ("2024-03-01 2024-03-31", "50.00 USD", "0.00 USD", "20.00 USD"),
    ]


def test_what_is_booked_late_counts_in_the_window_of_its_sale() -> None:
    """December's 300, booked in January, accrue 30 in 2024, where 10 of the 100 USD are left; 2025 is untouched."""
    rows = [Row("2024-05-01", "900"), Row("2024-12-01", "300", booked="2025-01-05"), Row("2025-01-06", "200")]
    found = statement(f"{SHARE} cap 100 USD per year\n", *rows, through="2025-03-31")
    assert [amount for _, amount in paid(found, "f")] == ["90.00 USD", "30.00 USD"]
    assert limits(found.of("f")[1]) == [
        ("2024-01-01 2024-12-31", "120.00 USD", "90.00 USD", "100.00 USD"),
        ("2025-01-01 2025-12-31", "20.00 USD", "0.00 USD", "20.00 USD"),
    ]


def test_a_period_in_which_a_window_does_not_change_says_nothing_of_it() -> None:
    """2024 withheld 20 USD and stays as it is: the periods of 2025 tell of 2025 alone."""
    found = statement(f"{SHARE} cap 100 USD per year\n", *quarterly("1200"), *quarterly("100", "100", year=2025),
                      through="2025-06-30")  # fmt: skip
    assert [[window for window, *_ in limits(payment)] for payment in found.of("f")] == [
        ["2024-01-01 2024-12-31"], ["2025-01-01 2025-12-31"], ["2025-01-01 2025-12-31"],
    ]  # fmt: skip


def test_what_was_counted_before_uses_up_the_cap() -> None:
    """`so far 70 USD`: 30 of 100 are left in the window in which counting begins, and 100 in the next. A(t) and P(t)
    count what was before."""
    rows = [*quarterly("200", "200"), *quarterly("2000", year=2025)]
    found = statement(f"{SHARE} cap 100 USD per year so far 70 USD\n", *rows, through="2025-03-31")
    assert [amount for _, amount in paid(found, "f")] == ["20.00 USD", "10.00 USD", "100.00 USD"]
    assert [limits(payment)[0][1:] for payment in found.of("f")] == [
        ("90.00 USD", "70.00 USD", "90.00 USD"),
        ("110.00 USD", "90.00 USD", "100.00 USD"),
        ("200.00 USD", "0.00 USD", "100.00 USD"),
    ]
    assert amounts(f"{SHARE} cap 100 USD so far 0.125 USD", *quarterly("2000")) == ["99.88"]  # 0.12: a half to the even


@pytest.mark.parametrize(
    ("currency", "cap", "expected"),
    [("USD", "33.339", "33.33"), ("JPY", "33.339", "33"), ("KWD", "33.339", "33.339"), ("USD", "0.009", "0.00")],
)
def test_no_more_than_a_cap_is_paid(currency: str, cap: str, expected: str) -> None:
    """A cap is a limit: what is paid under it is the greatest number of minor units that is not more."""
    head = HEAD.replace("USD", currency)
    found = statement(f"{SHARE} cap {cap} {currency}\n", *quarterly("600"), head=head)
    assert [amount for _, amount in paid(found, "f")] == [f"{expected} {currency}"]


# --- several caps -----------------------------------------------------------------------------------------------------


def test_a_cap_that_counts_from_a_day_leaves_what_lies_before() -> None:
    """50 USD from 2024-02-15 on: the 100 of January are not counted and not limited; of 90 on the 15th and 30 in March
    50 are paid. The share of Q1 is one line."""
    rows = [Row("2024-02-14", "1000"), Row("2024-02-15", "900"), Row("2024-03-01", "300")]
    found = statement(f"{SHARE} cap 50 USD counting from 2024-02-15\n", *rows)
    assert [(str(p.accrued), str(p.withheld), str(p.amount)) for p in found.of("f")] == [
        ("220.00 USD", "70.00 USD", "150.00 USD")
    ]
    (window,) = limits(found.of("f")[0])
    assert window[0].startswith("2024-02-15 ")
    assert window[1:] == ("120.00 USD", "0.00 USD", "50.00 USD")
    assert [span((part.first, part.last)) for part in found.of("f")[0].lines[0].parts] == [
        "2024-01-01 2024-02-14", "2024-02-15 2024-03-31",
    ]  # fmt: skip


def test_a_cap_that_an_amendment_gives_counts_anew() -> None:
    """100 USD of 120 were paid by 2024-06-30. The new cap of 40 USD counts from its effective day: 40 of the 60 of Q3
    are paid; the 20 of before stay withheld."""
    text = f'{SHARE} cap 100 USD\namend a "a" signed 2024-07-01\n  set f cap 40 USD\n'
    assert amounts(text, *quarterly("600", "600", "600", "100")) == ["60.00", "40.00", "40.00", "0.00"]


def test_each_day_is_limited_by_the_last_cap_that_counts_it() -> None:
    """100 USD for life: 80 of Q1 and 20 of the 80 of Q2 are paid. From July on a cap of 50 USD counts from 2024-04-01:
    of the 80 of Q2 that window has had 20, and 30 more are released in Q3; Q1 stays with the cap of 100. The sales of
    Q4 find nothing left."""
    text = f'{SHARE} cap 100 USD\namend a "a" signed 2024-07-01\n  set f cap 50 USD counting from 2024-04-01\n'
    found = statement(text, *quarterly("800", "800"), Row("2024-11-15", "900"))
    assert [amount for _, amount in paid(found, "f")] == ["80.00 USD", "20.00 USD", "30.00 USD", "0.00 USD"]
    assert limits(found.of("f")[2])[-1][1:] == ("80.00 USD", "20.00 USD", "50.00 USD")
    assert limits(found.of("f")[3]) == [(limits(found.of("f")[2])[-1][0], "170.00 USD", "50.00 USD", "50.00 USD")]


def test_a_window_that_had_ended_before_a_cap_came_stays_with_the_earlier_one() -> None:
    """200 accrued in 2024, 100 paid. From 2025 on 150 USD per year, counted from 2024-01-01: the window of 2024 had
    ended, so that nothing of it is released, neither at once nor with another 10 that are booked late."""
    text = f'{SHARE} cap 100 USD per year\namend a "a" signed 2025-01-01\n'
    text += "  set f cap 150 USD per year counting from 2024-01-01\n"
    rows = [*quarterly("2000"), Row("2024-11-01", "100", booked="2025-02-01"), *quarterly("1000", "1000", year=2025)]
    assert amounts(text, *rows, through="2025-12-31") == ["100.00", "100.00", "50.00"]
    life = text.replace(
        "cap 150 USD per year counting", "cap 150 USD per life counting"
    )  # one window that holds 2024 too
    assert amounts(life, *rows, through="2025-12-31") == ["100.00", "50.00", "0.00"]


def test_a_cap_that_is_taken_away_stays_with_its_days() -> None:
    """100 USD of 200 were paid by 2024-06-30, when the cap goes: what is sold then is paid whole, what was withheld
    stays withheld, and what is booked late for Q1 is still limited."""
    text = f'{SHARE} cap 100 USD\namend a "a" signed 2024-07-01\n  unset f cap\n'
    rows = [*quarterly("2000"), Row("2024-08-15", "700"), Row("2024-03-01", "50", booked="2024-08-01")]
    assert amounts(text, *rows) == ["100.00", "70.00"]


def test_a_cap_that_comes_later_and_counts_what_was_before() -> None:
    """Without a cap 60 and 60 are paid. From July on 90 USD, counted from 2024-01-01: 120 were paid, more than the cap,
    and stay paid (P(t-1)); nothing more comes."""
    text = f'{SHARE}\namend a "a" signed 2024-07-01\n  set f cap 90 USD counting from 2024-01-01\n'
    found = statement(text, *quarterly("600", "600", "100"))
    assert [amount for _, amount in paid(found, "f")] == ["60.00 USD", "60.00 USD", "0.00 USD"]
    assert limits(found.of("f")[0]) == []
    assert [limit[1:] for limit in limits(found.of("f")[2])] == [("130.00 USD", "120.00 USD", "120.00 USD")]


def test_what_a_cap_releases_of_a_forecast_is_marked() -> None:
    """A payment that depends on a forecast is marked, so is what a raised cap releases of it; and one that does not is
    not."""
    text = f'{SHARE} cap 50 USD\namend a "a" signed 2024-07-01\n  set f cap 80 USD counting from 2024-01-01\n'
    expected = Row("2024-02-15", "1000", forecast=True)
    assert [p.forecast for p in statement(text, expected).of("f")] == [True, True]
    assert [p.forecast for p in statement(text, *quarterly("1000")).of("f")] == [False, False]


def test_what_a_cap_lets_through_goes_to_the_earliest_days() -> None:
    """50 in each of three quarters under 120 USD: of Q3 20 are paid. From October on 60 USD count from 2024-07-01: of
    the 50 of Q3 that window has had 20, so that 30 are released in Q4."""
    text = f'{SHARE} cap 120 USD\namend a "a" signed 2024-10-01\n  set f cap 60 USD counting from 2024-07-01'
    found = statement(text + "\n", *quarterly("500", "500", "500"))
    assert amounts(text, *quarterly("500", "500", "500")) == ["50.00", "50.00", "20.00", "30.00"]
    assert limits(found.of("f")[3])[-1][1:] == ("50.00 USD", "20.00 USD", "50.00 USD")
    # Of four quarters of 50 in a year that allows 170, the last had 20, and a cap that counts from October has them.
    text = f'{SHARE} cap 170 USD per year\namend a "a" signed 2025-01-01\n'
    text += "  set f cap 60 USD per life counting from 2024-10-01\n"
    found = statement(text, *quarterly("500", "500", "500", "500"), through="2025-03-31")
    assert limits(found.of("f")[4])[-1][1:] == ("50.00 USD", "20.00 USD", "50.00 USD")


def test_a_cap_that_grows_releases_what_it_withheld() -> None:
    """A cap of what was paid under another clause: C(t) is what `g` has paid by the end of the period. `f` accrues 100
    in Q1 alone, `g` pays 40, 30 and 50: 40, then 30, then the 30 that are left."""
    text = f"{SHARE} cap paid under g\ng: royalty A->B 10% of s2"
    rows = [*quarterly("1000"), *(Row(f"2024-{month}-15", amount, "s2") for month, amount in
                                  (("02", "400"), ("05", "300"), ("08", "500")))]  # fmt: skip
    assert amounts(text, *rows) == ["40.00", "30.00", "30.00"]


def test_a_window_of_one_day_and_nothing_so_far() -> None:
    """10 USD a day, 4 of which were counted on the first one: 6 of 10 are left there, 10 on the next day. `so far 0
    USD` uses nothing up."""
    rows = [Row("2024-01-01", "100"), Row("2024-01-02", "200")]
    assert amounts(f"{SHARE} cap 10 USD per day so far 4 USD", *rows) == ["16.00"]
    assert amounts(f"{SHARE} cap 10 USD so far 0 USD", *rows) == ["10.00"]


def test_what_was_counted_before_has_the_digits_of_its_currency() -> None:
    """0.125 dinars have been counted of 10: 9.875 are left."""
    found = statement(f"{SHARE} cap 10 KWD so far 0.125 KWD\n", *quarterly("200"), head=HEAD.replace("USD", "KWD"))
    assert [amount for _, amount in paid(found, "f")] == ["9.875 KWD"]


def test_parts_that_differ_in_nothing_are_shown_as_one() -> None:
    """A cap that comes in July and counts from 2024-02-15 will cut Q1 there; while it has not come, the two differ in
    nothing, and are one part, with the sums of both: 160 USD and 5 copies left, 20 deducted, and what each tier adds.
    In July the window holds what accrued from that day on."""
    text = "f: royalty A->B 10% up to 100 USD then 20% of s1 net of s2 cap 500 USD\n"
    text += 'amend a "a" signed 2024-07-01\n  set f cap 5 USD counting from 2024-02-15\n'
    rows = [Row("2024-02-01", "90", units="3"), Row("2024-02-02", "10", "s2", "1"), Row("2024-03-01", "70", units="5"),
            Row("2024-03-02", "10", "s2", "2"), Row("2024-07-02", "10")]  # fmt: skip
    found = statement(text, *rows)
    (part,) = found.of("f")[0].lines[0].parts
    # 80 by 02-14, all at 10%: 8. Then 60: 20 at 10% and 40 at 20%: 10.
    assert shown(part.base, part.units, part.deducted, part.share) == (160, 5, 20, (18, 18))
    assert str(part.amount) == "18.00 USD"
    assert [shown(tier.over, tier.base, tier.rate, tier.share) for tier in part.tiers] == [
        (0, 100, "10%", 10), (100, 40, "20%", 8),
    ]  # fmt: skip
    # The window of the new cap: the 10 of March, paid before it came, and the 2 of July, which it withholds.
    assert limits(found.of("f")[1])[-1][1:] == ("12.00 USD", "10.00 USD", "10.00 USD")
    assert [amount for _, amount in paid(found, "f")] == ["18.00 USD", "0.00 USD"]


# --- floors -----------------------------------------------------------------------------------------------------------


def test_a_floor_makes_up_what_is_missing_when_its_window_ends() -> None:
    """60 of 100 USD accrued in 2024: 40 are made up with the last period, as a line of its own for the whole window.
    80 and 30 in 2025 are more than the floor, and nothing is made up, never before the window ends."""
    rows = [*quarterly("600"), *quarterly("800", "300", year=2025)]
    found = statement(f"{SHARE} floor 100 USD per year\n", *rows, through="2025-12-31")
    assert lines(found, "f") == [
        ("2024-03-31", "share", "2024-01-01 2024-03-31", "60.00 USD"),
        ("2024-12-31", "true-up", "2024-01-01 2024-12-31", "40.00 USD"),
        ("2025-03-31", "share", "2025-01-01 2025-03-31", "80.00 USD"),
        ("2025-06-30", "share", "2025-04-01 2025-06-30", "30.00 USD"),
    ]
    line = found.of("f")[1].lines[0]
    assert line.figures == (("minimum", "100.00 USD"),)
    (part,) = line.parts
    assert shown(part.base, part.units, part.deducted, part.tiers, part.share, str(part.amount)) == (
        0, 0, 0, (), (40, 40), "40.00 USD",
    )  # fmt: skip
    assert (span((part.first, part.last)), part.rate) == ("2024-10-01 2024-12-31", "10%")


def test_what_is_booked_late_changes_what_was_missing() -> None:
    """40 were made up for 2024. 250 more of it, booked in 2025, accrue 25: a correction, and 25 less to make up.
    Another 200 accrue 20, of which 15 take the rest of the true-up back, no more."""
    rows = [
        *quarterly("600"),
        Row("2024-06-01", "250", booked="2025-02-01"),
        Row("2024-06-01", "200", booked="2025-05-01"),
    ]
    found = statement(f"{SHARE} floor 100 USD per year\n", *rows, through="2025-06-30")
    assert lines(found, "f")[2:] == [
        ("2025-03-31", "correction", "2024-04-01 2024-06-30", "25.00 USD"),
        ("2025-03-31", "true-up", "2024-01-01 2024-12-31", "-25.00 USD"),
        ("2025-06-30", "correction", "2024-04-01 2024-06-30", "20.00 USD"),
        ("2025-06-30", "true-up", "2024-01-01 2024-12-31", "-15.00 USD"),
    ]


def test_what_is_booked_late_changes_it_again_and_again() -> None:
    """40 made up; 25 USD more accrue late and take 25 back, 5 more take 5 back: 10 stay made up."""
    rows = [
        *quarterly("600"),
        Row("2024-06-01", "250", booked="2025-02-01"),
        Row("2024-06-01", "50", booked="2025-05-01"),
    ]
    found = statement(f"{SHARE} floor 100 USD per year\n", *rows, through="2025-06-30")
    assert [line[3] for line in lines(found, "f") if line[1] == "true-up"] == ["40.00 USD", "-25.00 USD", "-5.00 USD"]


def test_a_floor_has_the_digits_of_its_currency() -> None:
    """0.333 of one dinar accrue: 0.667 are missing."""
    found = statement(f"{SHARE} floor 1 KWD per year\n", *quarterly("3.33"), head=HEAD.replace("USD", "KWD"))
    assert [amount for _, amount in paid(found, "f")] == ["0.333 KWD", "0.667 KWD"]


def test_a_window_cut_short_keeps_the_floor_unless_it_is_prorated() -> None:
    """366 USD per year, a dollar for each day of 2024. From July on (184 days) or through June (182 days) the window
    keeps all of it, or its days' part; the true-up comes when the clause ends."""
    for when, cut, first, last in (("from 2024-07-01", "184.00", "2024-07-01", "2024-12-31"),
                                   ("until 2024-06-30", "182.00", "2024-01-01", "2024-06-30")):  # fmt: skip
        whole = statement(f"{SHARE} floor 366 USD per year {when}\n")
        assert lines(whole, "f") == [(last, "true-up", f"{first} {last}", "366.00 USD")]
        part = statement(f"{SHARE} floor 366 USD per year prorated {when}\n")
        assert lines(part, "f") == [(last, "true-up", f"{first} {last}", f"{cut} USD")]
        assert part.of("f")[0].lines[0].figures == (("minimum", f"{cut} USD"),)


def test_a_floor_that_changes_in_its_window() -> None:
    """The floor of a window is that of its last day: 732 USD; prorated, 182 days of 366 and 184 of 732 a year are
    182 + 368."""
    text = "f: royalty A->B 10% of s1 floor 366 USD per year until 2024-06-30 then 732 USD per year{}\n"
    assert [amount for _, amount in paid(statement(text.format("")), "f")] == ["732.00 USD"]
    assert [amount for _, amount in paid(statement(text.format(" prorated")), "f")] == ["550.00 USD"]


def test_a_floor_that_an_amendment_replaces_within_its_window_is_gone() -> None:
    """100 USD a year until October, then 30 a quarter, counted from October: nothing is made up for the year, 30 for
    Q4. A floor that is unset is gone as well; one that is changed from the next window on is not."""
    text = f'{SHARE} floor 100 USD per year\namend a "a" signed 2024-10-01\n  set f floor 30 USD per quarter\n'
    assert lines(statement(text), "f") == [("2024-12-31", "true-up", "2024-10-01 2024-12-31", "30.00 USD")]
    last_day = text.replace("2024-10-01", "2024-12-31").replace("per quarter", "per day")
    assert lines(statement(last_day), "f") == [("2024-12-31", "true-up", "2024-12-31 2024-12-31", "30.00 USD")]
    unset = text.replace("set f floor 30 USD per quarter", "unset f floor")
    assert statement(unset).of("f") == ()
    later = text.replace("2024-10-01", "2025-01-01")
    assert lines(statement(later, through="2025-03-31"), "f") == [
        ("2024-12-31", "true-up", "2024-01-01 2024-12-31", "100.00 USD"),
        ("2025-03-31", "true-up", "2025-01-01 2025-03-31", "30.00 USD"),
    ]


def test_a_floor_counts_what_was_before_and_from_a_day() -> None:
    """`so far 35 USD` is part of the minimum of the first window, and of no other; `counting from` begins the window on
    that day, and what was earned before does not help."""
    rows = quarterly("100", "200")
    found = statement(f"{SHARE} floor 100 USD per year so far 35 USD\n", *rows, through="2025-12-31")
    assert lines(found, "f")[2:] == [
        ("2024-12-31", "true-up", "2024-01-01 2024-12-31", "35.00 USD"),
        ("2025-12-31", "true-up", "2025-01-01 2025-12-31", "100.00 USD"),
    ]
    found = statement(f"{SHARE} floor 100 USD per year counting from 2024-04-01\n", *rows, through="2025-03-31")
    assert lines(found, "f")[2:] == [("2025-03-31", "true-up", "2024-04-01 2025-03-31", "80.00 USD")]


def test_what_is_made_up_counts_from_the_rounded_lines() -> None:
    """What has accrued counts as it was rounded: two lines of 0.125 USD are 0.12 each by `half-even`, so that 0.76 of a
    floor of 1 USD are missing, not 0.75; by `up` they are 0.13 each, and 0.74 are missing."""
    rows = quarterly("1.25", "1.25")
    assert amounts(f"{SHARE} floor 1 USD per year", *rows) == ["0.12", "0.12", "0.76"]
    head = HEAD.replace("currency USD", "currency USD rounding up")
    found = statement(f"{SHARE} floor 1 USD per year\n", *rows, head=head)
    assert [amount for _, amount in paid(found, "f")] == ["0.13 USD", "0.13 USD", "0.74 USD"]


def test_several_windows_of_a_floor_close_in_one_period() -> None:
    """10 USD a month, paid quarterly: 4, 12 and nothing accrue in the months of Q1, and 6 and 10 are made up."""
    rows = [Row("2024-01-10", "40"), Row("2024-02-10", "120")]
    found = statement(f"{SHARE} floor 10 USD per month\n", *rows, through="2024-03-31")
    assert lines(found, "f") == [
        ("2024-03-31", "share", "2024-01-01 2024-03-31", "16.00 USD"),
        ("2024-03-31", "true-up", "2024-01-01 2024-01-31", "6.00 USD"),
        ("2024-03-31", "true-up", "2024-03-01 2024-03-31", "10.00 USD"),
    ]


def test_a_true_up_is_capped() -> None:
    """Floors come before caps: 100 are made up to, and 70 let through."""
    found = statement(f"{SHARE} floor 100 USD per year cap 70 USD per year\n", *quarterly("300"))
    assert [(str(p.accrued), str(p.withheld), str(p.amount)) for p in found.of("f")] == [
        ("30.00 USD", "0.00 USD", "30.00 USD"), ("70.00 USD", "30.00 USD", "40.00 USD"),
    ]  # fmt: skip


def test_a_floor_of_days_that_are_waived() -> None:
    """A waived day is none of the clause: with the floor prorated it bears no part of it. 366 USD per year, 30 days of
    June waived: 336."""
    text = f'{SHARE} floor 366 USD per year{{}}\namend w "w" signed 2024-06-01\n  waive f until 2024-06-30\n'
    assert [amount for _, amount in paid(statement(text.format(" prorated")), "f")] == ["336.00 USD"]
    assert [amount for _, amount in paid(statement(text.format("")), "f")] == ["366.00 USD"]
