"""Interest on what is paid late, payments made, balances and totals (docs/language.md#payments-made-and-interest).

1,000 USD at 36.5% a year by actual-365 earn 1 USD a day, so that most of the amounts here are numbers of days.
"""

from fractions import Fraction

import pytest

from dealrun.settle.statement import Payment
from dealrun.time import iso
from settling import HEAD, Row, balance, figures, paid, span, statement, totals, unsettled

FEE = "g: fee A->B 1,000 USD by 2024-01-10\nrecord paid 1,000 USD under g on 2024-01-30\n"
"""Twenty days late: from 2024-01-11 through 2024-01-30."""


def interest(text: str, *, through: str = "2024-12-31", head: str = HEAD) -> list[tuple[str, str]]:
    """The lines of the clause `late`: their days, and the amount."""
    found = statement(text, through=through, head=head)
    assert not found.unsettled
    return [(span(payment.period), str(payment.amount)) for payment in found.of("late")]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("", "11,506.85"),
        ("actual-365", "11,506.85"),
        ("actual-360", "11,666.67"),
        ("thirty-360", "11,111.11"),
        ("actual-actual", "11,483.64"),
    ],
)
def test_day_counts(count: str, expected: str) -> None:
    """1,000,000 USD at 10% that was due on 2023-12-20 and paid on 2024-01-31 is 42 days late: 11 in 2023 and 31 in the
    leap year 2024. That is 100,000 USD times 42/365; 42/360; of months of thirty days 40/360 (from the 20th to the
    30th of the month after); 11/365 + 31/366."""
    head = HEAD.replace("2024-01-01", "2023-01-01")
    text = f"g: fee A->B 1m USD by 2023-12-20\nlate: interest A->B 10% per year on g {count}\n"
    text += "record paid 1m USD under g on 2024-01-31\n"
    assert interest(text, head=head) == [("2023-12-21 2024-01-31", f"{expected} USD")]


@pytest.mark.parametrize(
    ("since", "made", "expected"),
    [
        ("2024-02-28", "2024-03-01", "33.33"),  # the 28th to the 1st of a month of thirty days: 3 days
        ("2024-01-31", "2024-02-01", "11.11"),  # the 31st counts as the 30th: 1 day
        ("2024-01-30", "2024-01-31", "0.00"),  # and the 31st adds none
        ("2023-12-30", "2024-12-30", "4,000.00"),  # a year
    ],
)
def test_months_of_thirty_days(since: str, made: str, expected: str) -> None:
    """`thirty-360`: each month has thirty days and each year 360; 40,000 USD at 10% earn 4,000 USD a year."""
    head = HEAD.replace("2024-01-01", "2023-01-01")
    text = f"g: fee A->B 40,000 USD by {since}\nlate: interest A->B 10% per year on g thirty-360\n"
    text += f"record paid 40,000 USD under g on {made}\n"
    assert [amount for _, amount in interest(text, head=head)] == ([f"{expected} USD"] if expected != "0.00" else [])


def test_years_of_actual_actual_are_counted_each_by_itself() -> None:
    """From 2023-12-31 through 2025-01-01: one day of 365, all 366 of 366, one day of 365. 36,500 USD at 10% earn
    10 + 3,650 + 10 USD."""
    head = HEAD.replace("2024-01-01", "2023-01-01")
    text = "g: fee A->B 36,500 USD by 2023-12-30\nlate: interest A->B 10% per year on g actual-actual\n"
    text += "record paid 36,500 USD under g on 2025-01-01\n"
    found = interest(text, head=head, through="2025-12-31")
    assert found == [("2023-12-31 2025-01-01", "3,670.00 USD")]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("36.5% per year", "20.00"),
        ("9.125% per quarter", "20.00"),
        ("3% per month", "19.73"),
        ("0.7% per week", "19.95"),
        ("0.1% per day", "20.00"),
    ],
)
def test_a_rate_is_one_of_a_year(rate: str, expected: str) -> None:
    """A rate per quarter counts four times a year, per month 12 times (36%), per week 52 times (36.4%), per day 365
    times. 1,000 USD are 20 days late."""
    assert interest(f"{FEE}late: interest A->B {rate} on g\n") == [("2024-01-11 2024-01-30", f"{expected} USD")]


def test_a_rate_of_another_window_is_named() -> None:
    """Interest is stated by the year or by the month; by a contract year it says nothing that could be counted."""
    found = statement(f"{FEE}late: interest A->B 36.5% per contract-year on g\n")
    assert unsettled(found) == {
        "late": "interest per contract-year is not defined; write it per year, quarter, month, week or day"
    }
    assert found.of("late") == ()


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2024-01-10", 40), ("2024-01-11", 39), ("2024-01-20", 30), ("2024-01-29", 21), ("2024-01-30", 20)],
)
def test_a_rate_that_changes_counts_on_its_days(until: str, expected: int) -> None:
    """Twenty days late: 1 USD for each day through the last one of the first rate, 2 USD for each day behind it."""
    text = f"{FEE}late: interest A->B 36.5% per year until {until} then 73% per year on g\n"
    assert interest(text) == [("2024-01-11 2024-01-30", f"{expected}.00 USD")]


def test_days_without_interest_earn_none() -> None:
    """A rate of nothing through the 20th leaves the ten days behind it; a waiver of the interest from the 15th through
    the 20th leaves the 11th to the 14th, and the 21st to the 30th."""
    assert (
        interest(f"{FEE}late: interest A->B 0% per year until 2024-01-20 then 36.5% per year on g\n")[0][1]
        == "10.00 USD"
    )
    waived = 'amend w "w" signed 2024-01-15\n  waive late until 2024-01-20\n'
    assert interest(f"{FEE}late: interest A->B 36.5% per year on g\n{waived}")[0][1] == "14.00 USD"


def test_it_is_rounded_by_the_rule_of_the_deal() -> None:
    """1.50 USD at 36.5% earn 0.0015 USD a day, 0.03 USD in twenty days; 1.25 USD earn 0.025 USD, a half that `down`
    leaves at 0.02 and `up` makes 0.03."""
    text = "g: fee A->B 1.25 USD by 2024-01-10\nrecord paid 1.25 USD under g on 2024-01-30\n"
    text += "late: interest A->B 36.5% per year on g\n"
    for rule, expected in (("half-even", "0.02"), ("down", "0.02"), ("up", "0.03"), ("half-up", "0.03")):
        head = HEAD.replace("currency USD", f"currency USD rounding {rule}")
        assert interest(text, head=head) == [("2024-01-11 2024-01-30", f"{expected} USD")]


@pytest.mark.parametrize(("currency", "expected"), [("JPY", "21 JPY"), ("KWD", "20.500 KWD"), ("USD", "20.50 USD")])
def test_it_is_whole_in_the_minor_unit_of_its_currency(currency: str, expected: str) -> None:
    """1,025 of any currency at 36.5% earn 1.025 a day, 20.5 in twenty days; a yen has no smaller part, and a half goes
    to the whole number next to it by the rule `up`."""
    head = HEAD.replace("currency USD", f"currency {currency} rounding up")
    text = f"g: fee A->B 1,025 {currency} by 2024-01-10\nrecord paid 1,025 {currency} under g on 2024-01-30\n"
    assert interest(f"{text}late: interest A->B 36.5% per year on g\n", head=head)[0][1] == expected
    owed = {"JPY": "1,025", "KWD": "1,025.000", "USD": "1,025.00"}[currency]
    found = statement(f"{text}late: interest A->B 36.5% per year on g\n", head=head)
    assert dict(found.of("late")[0].lines[0].figures)["overdue"] == f"{owed} {currency}"
    unpaid = text.partition("record")[0]
    found = statement(f"{unpaid}late: interest A->B 36.5% per year on g\n", head=head, through="2024-01-30")
    assert figures(found, "late") == {"accruing on what is overdue": expected}


MANY = """g: fee A->B 1,000 USD by 2024-01-10
h: fee A->B 2,000 USD by 2024-01-10
i: fee A->C 4,000 USD by 2024-01-10
j: fee B->A 8,000 USD by 2024-01-10
k: fee A->B, C 16,000 USD by 2024-01-10
record paid 1,000 USD under g on 2024-01-11
record paid 2,000 USD under h on 2024-01-11
record paid 4,000 USD under i on 2024-01-11
record paid 8,000 USD under j on 2024-01-11
record paid 16,000 USD under k on 2024-01-11
"""


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("A->B 36.5% per year", {"g": "1.00", "h": "2.00"}),
        ("A->C 36.5% per year", {"i": "4.00"}),
        ("B->A 36.5% per year", {"j": "8.00"}),
        ("A->B, C 36.5% per year", {"g": "1.00", "h": "2.00", "i": "4.00", "k": "16.00"}),
        ("A->B 36.5% per year on g", {"g": "1.00"}),
        ("A->B 36.5% per year on g, i", {"g": "1.00", "i": "4.00"}),
        ("A->B 36.5% per year on g, j", {"g": "1.00"}),
    ],
)
def test_what_interest_is_on(clause: str, expected: dict[str, str]) -> None:
    """On what is overdue under the clauses that it names, as far as its payer owes them; where it names none, on all
    that the payer owes the payee. Each of the five payments is one day late, and earns a thousandth."""
    found = statement(f"{MANY}late: interest {clause}\n").of("late")
    assert {dict(p.lines[0].figures)["late under"]: str(p.amount) for p in found} == {
        label: f"{amount} USD" for label, amount in expected.items()
    }


def test_a_line_of_interest_says_what_was_late() -> None:
    """Each line is one part of a payment that was late: under which clause, when it was due, how much, how long. It is
    all interest, paid to whom the late payment was due, and cites the clause."""
    found = statement(f'source MSA "the agreement"\n{FEE}late: interest A->B 36.5% per year on g [MSA 4.2]\n')
    (payment,) = found.of("late")
    (line,) = payment.lines
    assert dict(line.figures) == {
        "late under": "g", "due": "2024-01-10", "overdue": "1,000.00 USD", "days": "20",
    }  # fmt: skip
    assert (line.kind, line.period, line.parts, str(line.amount)) == ("interest", payment.period, (), "20.00 USD")
    assert (payment.label, payment.deal, payment.verb, payment.payer, payment.payees) == (
        "late", "d", "interest", "A", ("B",),
    )  # fmt: skip
    assert [str(each) for each in (payment.accrued, payment.withheld, payment.recouped, payment.total)] == [
        "20.00 USD", "0.00 USD", "0.00 USD", "20.00 USD",
    ]  # fmt: skip
    assert [(payee, str(money)) for payee, money in payment.split] == [("B", "20.00 USD")]
    assert (payment.due, payment.due_text, payment.limits, payment.contingent_on) == (None, "", (), ())
    assert (payment.instrument, payment.forecast) == ("d", False)
    assert [(cite.source, cite.locator) for cite in payment.cites] == [("MSA", "4.2")]


def test_parts_of_a_payment_are_late_each_by_itself() -> None:
    """Of 1,000 USD due on 2024-01-10, 400 were paid on the due day, 100 after one day, 500 after ten: 0.10 USD and
    5.00 USD, and the running total of the interest is 5.10 USD."""
    text = "g: fee A->B 1,000 USD by 2024-01-10\nlate: interest A->B 36.5% per year on g\n"
    for amount, day in ((400, "10"), (500, "20"), (100, "11")):
        text += f"record paid {amount} USD under g on 2024-01-{day}\n"
    found = statement(text)
    assert [(span(p.period), str(p.amount), str(p.total)) for p in found.of("late")] == [
        ("2024-01-11 2024-01-11", "0.10 USD", "0.10 USD"),
        ("2024-01-11 2024-01-20", "5.00 USD", "5.10 USD"),
    ]
    assert balance(found, "late") == ("5.10 USD", "0.00 USD", "5.10 USD", "0.00 USD")
    assert balance(found, "g") == ("1,000.00 USD", "1,000.00 USD", "0.00 USD", "0.00 USD")
    assert totals(found) == {"A": ("1,005.10 USD", "0.00 USD"), "B": ("0.00 USD", "1,005.10 USD")}


def test_lines_of_several_clauses_come_by_their_days() -> None:
    """The interest on two clauses in the order of the days that it is for, whichever clause comes first in the file;
    each adds to the running total."""
    text = """g: fee A->B 1,000 USD by 2024-03-10
h: fee A->B 1,000 USD by 2024-01-10
late: interest A->B 36.5% per year
record paid 1,000 USD under g on 2024-03-12
record paid 1,000 USD under h on 2024-01-13
"""
    found = statement(text)
    assert [(span(p.period), str(p.amount), str(p.total)) for p in found.of("late")] == [
        ("2024-01-11 2024-01-13", "3.00 USD", "3.00 USD"),
        ("2024-03-11 2024-03-12", "2.00 USD", "5.00 USD"),
    ]


QUARTERS = "g: fee A->B 900 USD per quarter paid quarterly within 10 days\n"
"""900 USD, due on 2024-04-10, 2024-07-10, 2024-10-10 and 2025-01-10."""


def test_payments_settle_what_fell_due_first() -> None:
    """1,000 USD paid on 2024-08-09: 900 are the first quarter's, 121 days late (from 04-11), 100 the second's, 30 days
    late; 800 of the second and all of the third are open on 12-31, and the fourth is not due yet."""
    text = f"{QUARTERS}late: interest A->B 36.5% per year on g\nrecord paid 1,000 USD under g on 2024-08-09\n"
    found = statement(text)
    assert [(span(p.period), str(p.amount)) for p in found.of("late")] == [
        ("2024-04-11 2024-08-09", "108.90 USD"),
        ("2024-07-11 2024-08-09", "3.00 USD"),
    ]
    assert balance(found, "g") == ("3,600.00 USD", "1,000.00 USD", "2,600.00 USD", "1,700.00 USD")
    # 800 USD for 174 days (from 07-11), 900 for 82 (from 10-11): 139.20 + 73.80.
    assert figures(found, "late") == {"accruing on what is overdue": "213.00 USD"}
    assert totals(found)["B"] == ("0.00 USD", "3,711.90 USD")


def test_a_payment_counts_from_the_day_on_which_it_was_made() -> None:
    """What is paid on the last day of the statement counts, what is paid the day after does not; and what fell due on
    the last day itself is overdue, but has not yet earned interest."""
    text = "g: fee A->B 1,000 USD by 2024-01-10\nlate: interest A->B 36.5% per year on g\n"
    text += "record paid 300 USD under g on 2024-01-12\nrecord paid 700 USD under g on 2024-01-13\n"
    found = statement(text, through="2024-01-12")
    assert balance(found, "g") == ("1,000.00 USD", "300.00 USD", "700.00 USD", "700.00 USD")
    assert paid(found, "late") == [("2024-01-12", "0.60 USD")]
    assert figures(found, "late") == {"accruing on what is overdue": "1.40 USD"}
    on_the_day = statement(text, through="2024-01-10")
    assert balance(on_the_day, "g") == ("1,000.00 USD", "0.00 USD", "1,000.00 USD", "1,000.00 USD")
    assert on_the_day.of("late") == ()
    assert [each.label for each in on_the_day.balances] == ["g"]
    before = statement(text, through="2024-01-09")
    assert balance(before, "g") == ("1,000.00 USD", "0.00 USD", "1,000.00 USD", "0.00 USD")


def test_too_much_paid_is_below_nothing() -> None:
    """Outstanding is payable less paid. 1,500 USD were paid of 1,000; of two payments the second was made when nothing
    was left to settle."""
    text = "g: fee A->B 1,000 USD by 2024-01-10\nrecord paid 1,200 USD under g on 2024-01-05\n"
    text += "record paid 300 USD under g on 2024-02-05\nlate: interest A->B 36.5% per year on g\n"
    found = statement(text)
    assert balance(found, "g") == ("1,000.00 USD", "1,500.00 USD", "-500.00 USD", "0.00 USD")
    assert found.of("late") == ()


def test_a_payment_in_another_currency_is_not_counted_and_named() -> None:
    """A clause has one currency; what was paid in another settles nothing of it."""
    text = "g: fee A->B 1,000 USD by 2024-01-10\nrecord paid 100 EUR under g on 2024-01-05\n"
    found = statement(f"{text}record paid 250 USD under g on 2024-01-06\nrecord paid 50 USD under g on 2024-01-04\n")
    assert balance(found, "g") == ("1,000.00 USD", "300.00 USD", "700.00 USD", "700.00 USD")
    assert unsettled(found) == {"g": "a payment of 2024-01-05 in EUR is not counted"}


def test_what_has_no_due_day_is_not_late() -> None:
    """A share that says no due day is owed, and is neither overdue nor late, whenever it is paid; a payment under it is
    counted from the end of its period on."""
    text = (
        "g: royalty A->B 10% of s1\nlate: interest A->B 36.5% per year on g\nrecord paid 4 USD under g on 2024-09-30\n"
    )
    found = statement(text, Row("2024-02-01", "100"), Row("2024-05-01", "50"))
    assert balance(found, "g") == ("15.00 USD", "4.00 USD", "11.00 USD", "0.00 USD")
    assert found.of("late") == ()


def test_what_has_no_due_day_is_settled_by_the_end_of_its_period() -> None:
    """Q1 says no due day and counts as of 03-31, Q2 is due on 07-10: 10 USD paid on 07-20 settle the first, and 5 more
    the second, ten days late. A credit without a due day counts from the end of its period as well."""
    text = 'g: royalty A->B 10% of s1\nlate: interest A->B 36.5% per year on g\namend a "a" signed 2024-04-01\n'
    text += "  set g within 10 days\nrecord paid 1,500 USD under g on 2024-07-20\n"
    found = statement(text, Row("2024-02-01", "10000"), Row("2024-05-01", "5000"))
    assert paid(found, "late") == [("2024-07-20", "5.00 USD")]
    text = "g: royalty A->B 10% of s1\nrecord paid 40 USD under g on 2024-07-20\n"
    found = statement(text, Row("2024-02-01", "1000"), Row("2024-05-01", "-600"))
    assert balance(found, "g") == ("40.00 USD", "40.00 USD", "0.00 USD", "0.00 USD")


def test_a_cent_is_owed_too() -> None:
    """The least that can be owed, and the least credit."""
    assert balance(statement("g: fee A->B 0.01 USD by 2024-01-10\n"), "g") == (
        "0.01 USD", "0.00 USD", "0.01 USD", "0.01 USD",
    )  # fmt: skip
    found = statement("g: royalty A->B 10% of s1\n", Row("2024-02-01", "-0.10"))
    assert balance(found, "g") == ("-0.01 USD", "0.00 USD", "-0.01 USD", "0.00 USD")


def test_a_credit_is_a_payment_on_its_due_day() -> None:
    """10% of sales, due 10 days behind each quarter: 100 USD for Q1, due 04-10, and -60 USD for Q2, whose due day is
    07-10. The credit settles 60 of the hundred on 07-10, 91 days late; the rest is paid on 07-20, 101 days late:
    60 * 91 / 1000 = 5.46 USD and 40 * 101 / 1000 = 4.04 USD."""
    text = "g: royalty A->B 10% of s1 within 10 days\nlate: interest A->B 36.5% per year on g\n"
    text += "record paid 40 USD under g on 2024-07-20\n"
    found = statement(text, Row("2024-02-01", "1000"), Row("2024-05-01", "-600"))
    assert paid(found, "g") == [("2024-03-31", "100.00 USD"), ("2024-06-30", "-60.00 USD")]
    assert [(span(p.period), str(p.amount)) for p in found.of("late")] == [
        ("2024-04-11 2024-07-10", "5.46 USD"),
        ("2024-04-11 2024-07-20", "4.04 USD"),
    ]
    assert balance(found, "g") == ("40.00 USD", "40.00 USD", "0.00 USD", "0.00 USD")


def test_totals_are_what_each_party_pays_and_receives() -> None:
    """Every payment is paid by one party and received by others: 100 USD from A to B, 30 USD to B and C in halves,
    7 USD from B to A; and C, who pays nothing, pays nothing."""
    text = "f: fee A->B 100 USD\ng: fee A->B, C 30 USD\nh: fee B->A 7 USD\n"
    assert totals(statement(text)) == {
        "A": ("130.00 USD", "7.00 USD"), "B": ("7.00 USD", "115.00 USD"), "C": ("0.00 USD", "15.00 USD"),
    }  # fmt: skip


def test_totals_of_two_currencies_are_two() -> None:
    """Amounts of different currencies are not added."""
    found = statement("f: fee A->B 100 USD\ng: fee A->B 50 EUR\n")
    assert [(t.party, str(t.pays), str(t.receives)) for t in found.totals] == [
        ("A", "50.00 EUR", "0.00 EUR"), ("A", "100.00 USD", "0.00 USD"),
        ("B", "0.00 EUR", "50.00 EUR"), ("B", "0.00 USD", "100.00 USD"),
    ]  # fmt: skip


def test_a_balance_is_in_the_currency_of_its_clause() -> None:
    """A clause in euros of a deal in dollars; and one of which nothing is payable yet, in the currency of the deal, or
    in dollars where the deal names none."""
    assert balance(statement("f: fee A->B 50 EUR\n"), "f")[0] == "50.00 EUR"
    commit = "f: commit A->B 100 {} per year of s1 shortfall 100% paid monthly\n"
    for currency, head in (("EUR", HEAD.replace("USD", "EUR")), ("USD", HEAD.replace(" currency USD", ""))):
        found = statement(commit.format(currency), head=head, through="2024-06-30")
        assert balance(found, "f") == (f"0.00 {currency}",) * 4


def test_what_goes_to_nobody_is_received_by_somebody_unnamed() -> None:
    """A clause that names its payer alone gives to somebody who is not named."""
    found = statement("f: fee A 100 USD\n")
    assert totals(found) == {"A": ("100.00 USD", "0.00 USD"), "(not named)": ("0.00 USD", "100.00 USD")}
    (payment,) = found.of("f")
    assert [(payee, str(money)) for payee, money in payment.split] == [("", "100.00 USD")]
    late = statement(
        "g: fee A 1,000 USD by 2024-01-10\nrecord paid 1,000 USD under g on 2024-01-11\n"
        "late: interest A 36.5% per year\n"
    )
    assert [(payee, str(money)) for payee, money in late.of("late")[0].split] == [("", "1.00 USD")]


def one(found: tuple[Payment, ...]) -> Payment:
    """The only payment."""
    (payment,) = found
    return payment


def test_an_unknown_amount_may_all_be_overdue() -> None:
    """Between 100 and 300 USD are due on 2024-01-10, and 50 were paid: between 50 and 250 are outstanding. Where
    nothing was paid, all of it may be overdue, from its due day on and not before; and what has no limit may be overdue
    without a limit."""
    text = 'unknown X amount "x" between 100 USD and 300 USD\nf: fee A->B X by 2024-01-10\n'
    found = statement(text + "record paid 50 USD under f on 2024-01-05\n")
    assert balance(found, "f")[:3] == ("100.00 to 300.00 USD", "50.00 USD", "50.00 to 250.00 USD")
    assert one(found.of("f")).contingent_on == ("X",)
    assert totals(found)["A"] == ("100.00 to 300.00 USD", "0.00 USD")
    overdue = [statement(text, through=f"2024-01-{day}").balances[0].overdue.minor_most for day in ("09", "10", "11")]
    assert overdue == [0, 30000, 30000]
    assert statement(text).balances[0].overdue.currency == "USD"
    credit = 'unknown X amount "x" between 0 USD and 50 USD\nf: fee A->B X - 100 USD by 2024-01-10\n'
    assert balance(statement(credit), "f")[3] == "0.00 USD"  # it is the payee who owes it
    without_end = statement(text.replace(" between 100 USD and 300 USD", ""))
    assert balance(without_end, "f") == (
        "0.00 to unknown USD", "0.00 USD", "0.00 to unknown USD", "0.00 to unknown USD",
    )  # fmt: skip


def test_the_share_of_a_year_is_exact() -> None:
    """A third of a cent is kept until the line is rounded: 10 USD at 1/3 of 36.5% for 3 days are 0.01 USD."""
    assert Fraction(10) * Fraction("0.365") / 3 * 3 / 365 == Fraction(1, 100)
    text = "g: fee A->B 10 USD by 2024-01-10\nrecord paid 10 USD under g on 2024-01-13\n"
    assert interest(f"{text}late: interest A->B 1/3 * 36.5% per year on g\n") == [("2024-01-11 2024-01-13", "0.01 USD")]
    assert iso(one(statement(text).of("g")).due or 0) == "2024-01-10"
