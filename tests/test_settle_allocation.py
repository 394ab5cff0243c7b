"""Payments back to the rows that earned them, and amounts as people read them.

A row gets its part of a payment by what it adds to the base, to the cent; what no rows earned stays by itself.
"""

from decimal import Decimal
from fractions import Fraction

import pytest

import dealrun
from dealrun.settle.allocation import allocate
from dealrun.settle.settle import settle_and_trace
from dealrun.settle.statement import Money, exact_text, figure, major, readable
from dealrun.time import iso, parse_day
from settling import HEAD, Row, sums

SHARE = "f: royalty A->B 10% of s1\n"


def allocated(text: str, *rows: Row, through: str = "2024-12-31") -> list[tuple[str, str, str, int]]:
    """What each day of sales gets of each payment: the clause, the end of the period, stream and day, minor units."""
    loaded = dealrun.loads(HEAD + text)
    found, takes = settle_and_trace(loaded.timeline(known=through), sums(*rows), parse_day(through))
    parts = allocate(found.payments, takes)
    assert {part.currency for part in parts} <= {"USD"}
    return [
        (
            each.label,
            iso(each.period[1]),
            f"{each.group.stream} {iso(each.group.day)}" if each.group else "",
            each.cents,
        )
        for each in parts
    ]


def test_a_payment_goes_to_the_rows_by_what_they_add_to_its_base() -> None:
    """10% of 100 and of 250 USD; a day that sold nothing gets nothing, and neither does one of another period."""
    rows = [Row("2024-02-01", "100"), Row("2024-02-02", "250"), Row("2024-02-03", "0"), Row("2024-05-01", "70")]
    assert allocated(SHARE, *rows) == [
        ("f", "2024-03-31", "s1 2024-02-01", 1000),
        ("f", "2024-03-31", "s1 2024-02-02", 2500),
        ("f", "2024-06-30", "s1 2024-05-01", 700),
    ]


def test_what_is_left_goes_to_the_largest_remainders() -> None:
    """10% of 3.33, 3.34 and 3.33 USD are 1.00 together: 33.3, 33.4 and 33.3 cents, of which the second gets the cent
    that is left."""
    rows = [Row("2024-02-01", "3.33"), Row("2024-02-02", "3.34"), Row("2024-02-03", "3.33")]
    assert [cents for *_, cents in allocated(SHARE, *rows)] == [33, 34, 33]


def test_what_is_withheld_or_recouped_is_taken_from_all_alike() -> None:
    """60 USD accrue, 10 from the first day and 50 from the second; under a cap 40 are paid, and with an advance of 20
    recouped 40 as well: a sixth and five sixths of 40 USD."""
    rows = [Row("2024-02-01", "100"), Row("2024-02-02", "500")]
    assert [cents for *_, cents in allocated(f"{SHARE.strip()} cap 40 USD\n", *rows)] == [667, 3333]
    advance = allocated(f"{SHARE}adv: advance A->B 20 USD against f\n", *rows)
    assert advance == [
        ("f", "2024-03-31", "s1 2024-02-01", 667),
        ("f", "2024-03-31", "s1 2024-02-02", 3333),
        ("adv", "2024-01-01", "", 2000),
    ]


def test_what_no_rows_earned_stands_by_itself() -> None:
    """A fee, and what is made up to a floor: 10 of the 30 USD of the last quarter were earned by a sale, 20 were
    not."""
    found = allocated("f: royalty A->B 10% of s1 floor 30 USD per year\ng: fee A->B 5 USD\n", Row("2024-11-01", "100"))
    assert found == [
        ("f", "2024-12-31", "s1 2024-11-01", 1000),
        ("f", "2024-12-31", "", 2000),
        ("g", "2024-01-01", "", 500),
    ]


def test_a_deduction_takes_from_the_payment() -> None:
    """10% of 100 less 30 that are deducted: 10 USD for the one, -3 for the other."""
    rows = [Row("2024-02-01", "100"), Row("2024-02-01", "30", "s2")]
    assert [part[2:] for part in allocated("f: royalty A->B 10% of s1 net of s2\n", *rows)] == [
        ("s1 2024-02-01", 1000),
        ("s2 2024-02-01", -300),
    ]


def test_a_price_is_earned_by_units() -> None:
    """2 USD for each of 3 copies and of 1, whatever they cost."""
    rows = [Row("2024-02-01", "5", units="3"), Row("2024-02-02", "500", units="1")]
    loaded = dealrun.loads(f"{HEAD}f: royalty A->B 2 USD per copies of s1\n")
    found, takes = settle_and_trace(loaded.timeline(known="2024-12-31"), sums(*rows), parse_day("2024-12-31"))
    assert [(part.cents, part.by_units) for part in allocate(found.payments, takes)] == [(600, True), (200, True)]
    assert [(take.label, take.payer, take.by_units) for take in takes] == [("f", "A", True)] * 2


def test_parts_of_a_period_go_to_their_own_days() -> None:
    """10% through February, 30% from March on: 10 USD for the sale of February, 30 for that of March."""
    text = f'{SHARE}amend a "a" signed 2024-03-01\n  set f 30%\n'
    rows = [Row("2024-02-29", "100"), Row("2024-03-01", "100")]
    assert [part[2:] for part in allocated(text, *rows)] == [("s1 2024-02-29", 1000), ("s1 2024-03-01", 3000)]


def test_what_is_booked_late_is_earned_by_its_rows_in_the_period_of_booking() -> None:
    """A sale of February that is booked in May is paid with Q2, and that part of it goes to its row."""
    rows = [Row("2024-02-01", "100"), Row("2024-02-01", "70", booked="2024-05-02"), Row("2024-05-01", "200")]
    assert allocated(SHARE, *rows) == [
        ("f", "2024-03-31", "s1 2024-02-01", 1000),
        ("f", "2024-06-30", "s1 2024-05-01", 2000),
        ("f", "2024-06-30", "s1 2024-02-01", 700),
    ]


def test_what_a_raised_cap_releases_was_earned_by_no_row_of_its_period() -> None:
    """40 of 60 USD were paid in Q1; the 20 that are released in Q3 accrued in no line of Q3."""
    text = f'{SHARE.strip()} cap 40 USD\namend a "a" signed 2024-07-01\n  set f cap 90 USD counting from 2024-01-01\n'
    assert allocated(text, Row("2024-02-01", "600")) == [
        ("f", "2024-03-31", "s1 2024-02-01", 4000),
        ("f", "2024-09-30", "", 2000),
    ]


def test_rows_of_another_payer_earn_another_payment() -> None:
    """Both ways: each sale earns the payment of the one who made it."""
    rows = [Row("2024-02-01", "100", payer="A"), Row("2024-02-02", "300", payer="B")]
    assert [part[1:] for part in allocated("f: royalty each->other 10% of s1\n", *rows)] == [
        ("2024-03-31", "s1 2024-02-01", 1000),
        ("2024-03-31", "s1 2024-02-02", 3000),
    ]


def test_parts_that_came_to_nothing_get_nothing() -> None:
    """A sale and its return in one part, a sale in the other, whichever comes first: the other has it all."""
    text = f'{SHARE}amend a "a" signed 2024-03-01\n  set f 30%\n'
    both = [Row("2024-02-01", "50"), Row("2024-02-02", "-50"), Row("2024-03-01", "100")]
    assert allocated(text, *both) == [("f", "2024-03-31", "s1 2024-03-01", 3000)]
    both = [Row("2024-02-01", "100"), Row("2024-03-01", "50"), Row("2024-03-02", "-50")]
    assert allocated(text, *both) == [("f", "2024-03-31", "s1 2024-02-01", 1000)]


def test_each_part_that_no_rows_earned_stands_by_itself() -> None:
    """Three months of a fee, in one payment; and 2 USD more for the sales of Q2, since a late sale of Q1 moved them to
    the upper tier: the row of Q1 earned 2, and no row that is booked in Q3 earned the others."""
    assert (
        allocated("f: fee A->B 31 USD per month paid quarterly\n", through="2024-03-31")
        == [("f", "2024-03-31", "", 3100)] * 3
    )
    rows = [Row("2024-02-15", "80"), Row("2024-05-15", "50"), Row("2024-03-01", "20", booked="2024-07-01")]
    assert allocated("f: royalty A->B 10% up to 100 USD then 20% of s1\n", *rows)[2:] == [
        ("f", "2024-09-30", "s1 2024-03-01", 200),
        ("f", "2024-09-30", "", 200),
    ]


def test_what_is_not_known_or_nothing_is_not_allocated() -> None:
    """A range cannot be divided; and a payment of nothing has no parts: 100 USD and a return of them."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1\n'
    assert allocated(text, Row("2024-02-01", "100")) == []
    assert allocated(SHARE, Row("2024-02-01", "100"), Row("2024-02-02", "-100")) == []


# --- as people read them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "currency", "text", "exact"),
    [
        (123450, "USD", "1,234.50", "1234.50"),
        (-5, "USD", "-0.05", "-0.05"),
        (0, "USD", "0.00", "0.00"),
        (1234, "JPY", "1,234", "1234"),
        (-1234567, "KWD", "-1,234.567", "-1234.567"),
        (1200, "XYZ", "12.00", "12.00"),  # a currency that is on no list has two digits
        (10**20 + 1, "USD", "1,000,000,000,000,000,000.01", "1000000000000000000.01"),
    ],
)
def test_minor_units_are_figures(minor: int, currency: str, text: str, exact: str) -> None:
    """With separators and all the digits of the currency; as a decimal without any rounding."""
    assert figure(minor, currency) == text
    assert str(major(minor, currency)) == exact
    assert Money.of(minor, currency).value == Decimal(exact)
    assert str(Money.of(minor, currency)) == f"{text} {currency}"


def test_a_range_is_shown_by_its_bounds() -> None:
    """From the least to the greatest; what has no bound is unknown. Its value cannot be asked for."""
    assert [str(Money(low, high, "USD")) for low, high in ((100, 250), (None, 250), (100, None), (None, None))] == [
        "1.00 to 2.50 USD",
        "unknown to 2.50 USD",
        "1.00 to unknown USD",
        "unknown to unknown USD",
    ]
    assert str(Money(1, 2, "JPY")) == "1 to 2 JPY"
    assert [Money(low, high, "USD").exact for low, high in ((100, 250), (100, 100), (None, None))] == [
        False,
        True,
        False,
    ]
    for money in (Money(100, 250, "USD"), Money(None, None, "USD")):
        with pytest.raises(ValueError, match=rf"^the amount is not known: {money}$"):
            _ = money.value


def test_ranges_are_added_and_turned_around() -> None:
    """The least of a sum is the sum of the least; what is not bounded on one side bounds no sum there. The least of
    what is taken away is the greatest of what there was."""
    known, low, high = Money(100, 250, "USD"), Money(10, None, "USD"), Money(None, 20, "USD")
    assert [known + known, known + low, known + high, low + high] == [
        Money(200, 500, "USD"),
        Money(110, None, "USD"),
        Money(None, 270, "USD"),
        Money(None, None, "USD"),
    ]
    assert [-known, -low, -high] == [Money(-250, -100, "USD"), Money(None, -10, "USD"), Money(-20, None, "USD")]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("1234.5", "USD", "1,234.50 USD"),
        ("1234.567", "USD", "1,234.567 USD"),
        ("1/3", "USD", "0.333333… USD"),
        ("-4000/3", "USD", "-1,333.333333… USD"),
        ("200001/100000", "USD", "2.00001 USD"),
        ("12.5", "copies", "12.5 copies"),
        ("1000000", "copies", "1,000,000 copies"),
        ("12", "", "12"),
        ("2.5", "JPY", "2.5 JPY"),
        ("1/700000", "", "0.000001…"),
        ("2", "KWD", "2.000 KWD"),
    ],
)
def test_exact_amounts_are_texts(value: str, unit: str, text: str) -> None:
    """With the digits of the currency where they say it all, else with those that it has; what no decimal ends is cut
    after six digits, and says so."""
    assert exact_text(Fraction(value), unit) == text


def test_a_number_may_have_at_least_so_many_digits() -> None:
    """Zeros are added, digits never cut."""
    assert [readable(Fraction(each), 2) for each in ("1", "1.5", "1.234", "-0.5", "1234")] == [
        "1.00", "1.50", "1.234", "-0.50", "1,234.00",
    ]  # fmt: skip
    assert readable(Fraction(3)) == "3"
