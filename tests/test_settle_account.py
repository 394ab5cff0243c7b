"""A clause as settlement sees it: what its amount is, its windows, its periods and parties (docs/language.md#windows,
#payment-periods-due-days-and-parts)."""

import pytest

from settling import HEAD, Row, lines, paid, shown, span, statement, unsettled

SALE = Row("2024-02-15", "1000")
UNKNOWNS = 'unknown R percentage "r" between 5% and 5%\nunknown X amount "x" between 8 USD and 8 USD\n'


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("5%", "50.00"),
        ("R", "50.00"),
        ("5% + 2%", "70.00"),
        ("R + 2%", "70.00"),
        ("lower of 5%, 7%", "50.00"),
        ("greater of R, 7%", "70.00"),
        ("1/2 * 5%", "25.00"),
        ("1/2 * R", "25.00"),
        ("5 USD", "5.00"),
        ("X", "8.00"),
        ("5 USD + 2 USD", "7.00"),
        ("lower of X, 7 USD", "7.00"),
        ("1/2 * X", "4.00"),
        ("5% * 100 USD", "5.00"),
    ],
)
def test_a_fee_is_a_share_where_its_amount_is_a_percentage(amount: str, expected: str) -> None:
    """A percentage, known or not, alone or computed with, is a share of the 1,000 USD of sales; money is an amount per
    quarter."""
    found = statement(f"{UNKNOWNS}f: fee A->B {amount} of s1 paid quarterly until 2024-03-31\n", SALE)
    assert paid(found, "f") == [("2024-03-31", f"{expected} USD")]


def test_an_unknown_of_no_kind_that_is_a_percentage() -> None:
    """Nothing is known of R but that it is a percentage: a share of the sales, without a limit."""
    found = statement('unknown R percentage "r"\nf: fee A->B R of s1 paid quarterly\n', SALE, through="2024-06-30")
    assert paid(found, "f") == [("2024-03-31", "0.00 to unknown USD")]


@pytest.mark.parametrize("verb", ["fee", "damages"])
def test_damages_may_be_a_share_or_a_price_too(verb: str) -> None:
    """Of the sales, or for each copy."""
    sale = Row("2024-02-15", "1000", units="3")
    assert paid(statement(f"f: {verb} A->B 5% of s1 paid quarterly\n", sale), "f") == [("2024-03-31", "50.00 USD")]
    assert paid(statement(f"f: {verb} A->B 2 USD per copies of s1\n", sale), "f") == [("2024-03-31", "6.00 USD")]


def test_the_currency_of_a_computed_amount() -> None:
    """That of the amounts that it is computed from."""
    head = HEAD.replace(" currency USD", "")
    for amount in ("50 EUR + 10 EUR", "lower of 60 EUR, 70 EUR", "2 * 30 EUR"):
        assert paid(statement(f"f: fee A->B {amount}\n", head=head), "f") == [("2024-01-01", "60.00 EUR")]


# --- windows ----------------------------------------------------------------------------------------------------------


def test_windows_of_a_duration_are_payment_periods() -> None:
    """31 USD per 2 months from 2024-01-15: through 03-14, 05-14, and so on. A commitment for half a year has windows of
    half a year, and one without a window lasts as long as its clause."""
    found = statement("f: fee A->B 31 USD per 2 months from 2024-01-15\n", through="2024-05-31")
    assert [span(payment.period) for payment in found.of("f")] == ["2024-01-15 2024-03-14", "2024-03-15 2024-05-14"]
    assert [str(payment.amount) for payment in found.of("f")] == ["31.00 USD"] * 2
    found = statement("f: commit A->B 100 USD over 6 months shortfall 100% of s1\n", SALE, through="2024-12-31")
    assert lines(found, "f")[0] == ("2024-06-30", "shortfall", "2024-01-01 2024-06-30", "0.00 USD")
    found = statement("f: commit A->B 5,000 USD of s1 shortfall 100% until 2024-05-31\n", SALE)
    assert lines(found, "f") == [("2024-05-31", "shortfall", "2024-01-01 2024-05-31", "4,000.00 USD")]


def test_windows_that_count_from_a_day_are_payment_periods() -> None:
    """310 USD a month counted from the 10th: windows from the 10th to the 9th, and nothing before the first."""
    found = statement("f: fee A->B 310 USD per month counting from 2024-01-10\n", through="2024-03-31")
    assert [(span(payment.period), str(payment.amount)) for payment in found.of("f")] == [
        ("2024-01-10 2024-02-09", "310.00 USD"),
        ("2024-02-10 2024-03-09", "310.00 USD"),
    ]


def test_a_floor_and_tiers_that_count_from_a_day_within_a_period() -> None:
    """From 2024-02-15 on: the 50 USD of 02-14 are no part of the minimum of 30, and 02-15 is: 20 of 30 accrue and 10
    are made up. Of tiers, 100 USD from that day on have the first rate, and so has what lies before."""
    rows = [Row("2024-02-14", "500"), Row("2024-02-15", "200")]
    text = "f: royalty A->B 10% of s1 floor 30 USD per month counting from 2024-02-15 until 2024-03-14\n"
    assert lines(statement(text, *rows), "f")[0][3] == "70.00 USD"
    assert lines(statement(text, *rows), "f")[1][2:] == ("2024-02-15 2024-03-14", "10.00 USD")
    text = "f: royalty A->B 10% up to 100 USD counting from 2024-02-15 then 20% of s1\n"
    assert paid(statement(text, *rows), "f") == [("2024-03-31", "80.00 USD")]


def test_a_window_that_counts_from_a_day_that_is_not_known() -> None:
    """E may happen any day: the clause cannot be settled, and says why. Once it has happened the cap counts from it."""
    text = 'event E "it happens"\nevent D "too"\nf: royalty A->B 10% of s1 cap 5 USD counting from later of E, D\n'
    found = statement(text, SALE, known="2024-01-01")
    assert unsettled(found) == {"f": "it counts from a day that is not known: D, E"}
    found = statement(text + "record E on 2024-02-01\nrecord D on 2024-01-05\n", SALE, Row("2024-01-31", "100"))
    assert paid(found, "f") == [("2024-03-31", "15.00 USD")]


def test_contract_years_of_a_cap_that_an_amendment_gives() -> None:
    """A contract year counts from the start of the clause, 2024-05-15, also where the cap comes in July: what is sold
    in June is not counted; 5 USD by 2025-05-14, 5 from then on."""
    text = 'f: royalty A->B 10% of s1 from 2024-05-15\namend a "a" signed 2024-07-01\n'
    text += "  set f cap 5 USD per contract-year\n"
    rows = [Row("2024-06-15", "100"), Row("2024-08-15", "100"), Row("2025-05-14", "100"), Row("2025-05-15", "100")]
    assert [amount for _, amount in paid(statement(text, *rows, through="2025-06-30"), "f")] == [
        "10.00 USD", "5.00 USD", "5.00 USD",
    ]  # fmt: skip


# --- periods and parties ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        'amend w "w" signed 2024-05-01 effective 2024-06-01\n  waive f until 2024-06-30\n',
        'event E "e"\namend w "w" signed 2024-05-01\n  set f until E\n',
    ],
)
def test_a_clause_that_is_only_waived_or_may_go_on_has_not_ended(more: str) -> None:
    """Through 2024-05-31: the next day the clause is waived for a month, or may have ended. Its year is not over, and
    nothing is made up to the floor."""
    found = statement(
        "f: royalty A->B 10% of s1 floor 200 USD per year paid monthly\n" + more, SALE, through="2024-05-31"
    )
    assert lines(found, "f") == [("2024-02-29", "share", "2024-02-01 2024-02-29", "100.00 USD")]


def test_a_clause_that_ends_with_the_last_day_is_made_up_then() -> None:
    """Through 2024-05-31, the last day of the clause: its window ends with it."""
    found = statement(
        "f: royalty A->B 10% of s1 floor 200 USD per year paid monthly until 2024-05-31\n", SALE, through="2024-05-31"
    )
    assert lines(found, "f")[1:] == [("2024-05-31", "true-up", "2024-01-01 2024-05-31", "100.00 USD")]


def test_a_sketch_may_say_when_its_clause_starts() -> None:
    """From its own start, whatever is sold before; and where it says none, from the first row on."""
    rows = [Row("2024-01-15", "100", "sales"), Row("2024-03-15", "100", "sales")]
    found = statement("f: royalty A->B 10% of sales from 2024-02-01\n", *rows, head="")
    assert paid(found, "f") == [("2024-03-31", "10.00 USD")]
    assert paid(statement("f: royalty A->B 10% of sales\n", *rows, head=""), "f") == [("2024-03-31", "20.00 USD")]


def test_several_payers_are_one() -> None:
    """Two who pay together have one account, under both their names."""
    (payment,) = statement("f: fee A, C->B 100 USD\n").of("f")
    assert (payment.payer, payment.payees) == ("A and C", ("B",))
    text = 'f: royalty A, C->B 10% of s1\namend a "a" signed 2024-04-01\n  replace f: royalty A->B 10% of s1\n'
    found = statement(text, SALE, Row("2024-05-15", "100"))
    assert [(p.payer, str(p.amount)) for p in found.of("f")] == [("A and C", "100.00 USD"), ("A", "10.00 USD")]


def test_a_split_that_an_amendment_leaves_without_a_payee_is_named() -> None:
    """Three shares for two payees cannot be paid."""
    text = 'f: royalty A->B, C 10% of s1 split 50%, 50%\namend a "a" signed 2024-04-01\n  set f split 50%, 30%, 20%\n'
    assert unsettled(statement(text, SALE)) == {"f": "it is split in 3 shares, and has 2 payees"}


def test_a_revenue_share_settles_as_a_royalty() -> None:
    """Two words for a share of the sales."""
    assert paid(statement("f: revshare A->B 10% of s1\n", SALE), "f") == [("2024-03-31", "100.00 USD")]


def test_windows_of_a_duration_count_from_the_amendment_that_gives_them() -> None:
    """5 USD per 6 months from 2024-03-01 on: through 08-31, and from 09-01."""
    text = 'f: royalty A->B 10% of s1 paid monthly\namend a "a" signed 2024-03-01\n  set f cap 5 USD per 6 months\n'
    rows = [Row(f"2024-{month}-15", "100") for month in ("02", "03", "08", "09")]
    assert [amount for _, amount in paid(statement(text, *rows), "f")] == [
        "10.00 USD",
        "5.00 USD",
        "0.00 USD",
        "5.00 USD",
    ]


@pytest.mark.parametrize("verb", ["fee", "damages", "invest"])
def test_each_window_of_an_amount_is_whole(verb: str) -> None:
    """310 USD for each month, whatever its length, paid quarterly."""
    found = statement(f"f: {verb} A->B 310 USD per month paid quarterly\n", through="2024-03-31")
    assert paid(found, "f") == [("2024-03-31", "930.00 USD")]


def test_a_fee_per_fiscal_quarter_is_paid_by_fiscal_quarter() -> None:
    """The fiscal year begins in November: its quarters begin in November, February, May and August."""
    head = HEAD.replace("currency USD", "currency USD fiscal-year November")
    found = statement("f: fee A->B 92 USD per fiscal-quarter from 2024-02-01\n", head=head, through="2024-07-31")
    assert [span(payment.period) for payment in found.of("f")] == ["2024-02-01 2024-04-30", "2024-05-01 2024-07-31"]


def test_a_longer_frequency_begins_where_the_shorter_one_ended() -> None:
    """Monthly until 2024-05-14, then quarterly: the rest of the quarter is one period."""
    text = 'f: royalty A->B 10% of s1 paid monthly\namend a "a" signed 2024-05-15\n  set f paid quarterly\n'
    rows = [Row("2024-04-15", "10"), Row("2024-05-14", "20"), Row("2024-05-15", "40"), Row("2024-08-15", "80")]
    assert [(span(p.period), str(p.amount)) for p in statement(text, *rows).of("f")] == [
        ("2024-04-01 2024-04-30", "1.00 USD"),
        ("2024-05-01 2024-05-14", "2.00 USD"),
        ("2024-05-15 2024-06-30", "4.00 USD"),
        ("2024-07-01 2024-09-30", "8.00 USD"),
    ]


def test_a_life_of_one_day() -> None:
    """`paid once`, and the clause is in force on one day: that day is the period."""
    found = statement("f: royalty A->B 10% of s1 paid once from 2024-02-15 until 2024-02-15\n", SALE)
    assert [span(payment.period) for payment in found.of("f")] == ["2024-02-15 2024-02-15"]


@pytest.mark.parametrize(
    ("every", "expected"),
    [("", ["120.00", "132.00"]), (" per year", ["120.00", "132.00"]), (" per contract-year", ["120.00", "132.00"])],
)
def test_an_escalation_is_one_of_each_year(every: str, expected: list[str]) -> None:
    """10% on each anniversary of the clause's start, where nothing else is said."""
    found = statement(f"f: fee A->B 10 USD per month escalation 10%{every} paid annually\n", through="2025-12-31")
    assert [amount for _, amount in paid(found, "f")] == [f"{each} USD" for each in expected]


def test_windows_of_a_fee_that_an_amendment_gives_count_from_it_where_they_are_a_duration() -> None:
    """31 USD per 2 months from 2024-03-15 on: through 05-14, and 07-14. Months of the calendar stay what they are."""
    text = 'f: fee A->B 10 USD per month\namend a "a" signed 2024-03-15\n  set f 31 USD per 2 months\n'
    found = statement(text, through="2024-07-31")
    assert [span(payment.period) for payment in found.of("f")] == [
        "2024-01-01 2024-01-31", "2024-02-01 2024-02-29", "2024-03-01 2024-03-14", "2024-03-15 2024-05-14",
        "2024-05-15 2024-07-14",
    ]  # fmt: skip
    assert [amount for _, amount in paid(found, "f")][3:] == ["31.00 USD", "31.00 USD"]
    found = statement(text.replace("2 months", "quarter"), through="2024-07-31")
    assert span(found.of("f")[3].period) == "2024-03-15 2024-03-31"


def test_a_fee_per_contract_year_is_paid_by_contract_years() -> None:
    """They begin with the clause, and on its anniversaries, also where an amendment gives the amount."""
    text = "f: fee A->B 366 USD per contract-year from 2024-02-15\n"
    found = statement(text, through="2026-03-31")
    assert [span(payment.period) for payment in found.of("f")] == ["2024-02-15 2025-02-14", "2025-02-15 2026-02-14"]
    text += 'amend a "a" signed 2024-06-01\n  set f 732 USD per contract-year\n'
    found = statement(text, through="2025-03-31")
    assert [span(payment.period) for payment in found.of("f")] == ["2024-02-15 2025-02-14"]


def test_contract_years_begin_with_the_clause_also_where_it_sleeps_at_first() -> None:
    """In force from 2024-01-01, and dormant until March: its years begin in January."""
    text = 'condition OPEN "open"\nrecord OPEN holds from 2024-03-01 until 2025-12-31\n'
    text += "f: royalty A->B 10% of s1 cap 5 USD per contract-year while OPEN\n"
    rows = [Row("2024-03-15", "100"), Row("2025-01-15", "100"), Row("2025-03-15", "100")]
    assert paid(statement(text, *rows, through="2025-06-30"), "f") == [
        ("2024-03-31", "5.00 USD"), ("2025-03-31", "5.00 USD"),
    ]  # fmt: skip


def test_what_is_sold_while_a_clause_sleeps_is_not_its_own() -> None:
    """Dormant in February: its row is counted and named, and the quarter is paid in two parts."""
    text = 'condition OPEN "open"\nrecord OPEN holds from 2024-01-01 until 2024-01-31\n'
    text += "record OPEN holds from 2024-03-01 until 2024-12-31\nf: royalty A->B 10% of s1 while OPEN\n"
    rows = [Row("2024-01-15", "100"), Row("2024-02-15", "200"), Row("2024-03-15", "400")]
    found = statement(text, *rows, through="2024-06-30")
    assert paid(found, "f") == [("2024-03-31", "50.00 USD")]
    (payment,) = found.of("f")
    assert [span((part.first, part.last)) for line in payment.lines for part in line.parts] == [
        "2024-01-01 2024-01-31", "2024-03-01 2024-03-31",
    ]  # fmt: skip
    (left,) = found.unclaimed
    assert shown(left.amount, left.reason) == (200, "no clause that takes it is in force that day")


@pytest.mark.parametrize("how", ["replace f: {}", 'drop f\namend b "b" signed 2024-04-01\n  add f: {}'])
def test_a_clause_that_was_no_payment_before_begins_when_it_becomes_one(how: str) -> None:
    """A duty until April, a royalty from then on: its contract years begin in April."""
    clause = "royalty A->B 10% of s1 cap 5 USD per contract-year"
    text = f'f: require A->B "x"\namend a "a" signed 2024-04-01\n  {how.format(clause)}\n'
    rows = [Row("2024-03-15", "700"), Row("2024-05-01", "100"), Row("2025-03-15", "100"), Row("2025-04-01", "100")]
    assert paid(statement(text, *rows, through="2025-06-30"), "f") == [
        ("2024-06-30", "5.00 USD"), ("2025-03-31", "0.00 USD"), ("2025-06-30", "5.00 USD"),
    ]  # fmt: skip


def test_an_escalation_that_an_amendment_changes_counts_from_the_start() -> None:
    """10% on each quarter's anniversary through April; from May on 1% on each month's: the fourth on 2024-05-01."""
    text = "f: fee A->B 100 USD per month escalation 10% per quarter paid monthly\n"
    text += 'amend a "a" signed 2024-05-01\n  set f escalation 1% per month\n'
    assert [amount for _, amount in paid(statement(text, through="2024-07-31"), "f")] == [
        "100.00 USD", "100.00 USD", "100.00 USD", "110.00 USD", "104.06 USD", "105.10 USD", "106.15 USD",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "more"),
    [
        ("", " until 2024-06-01"),
        (
            (
                'condition OPEN "open"\nrecord OPEN holds from 2024-01-01 until 2024-05-31\n'
                "record OPEN holds from 2024-07-01 until 2024-12-31\n"
            ),
            " while OPEN",
        ),
    ],
)
def test_a_clause_that_ends_a_day_later_or_sleeps_then_has_not_ended(head: str, more: str) -> None:
    """Through 2024-05-31: its last day is the next one, or it is dormant on it. Nothing is made up to the floor yet."""
    text = f"{head}f: royalty A->B 10% of s1 floor 200 USD per year paid monthly{more}\n"
    found = statement(text, SALE, through="2024-05-31", known="2024-12-31")
    assert lines(found, "f") == [("2024-02-29", "share", "2024-02-01 2024-02-29", "100.00 USD")]


def test_a_frequency_may_change_on_the_last_day_of_a_period() -> None:
    """Quarterly through 2024-03-30, and monthly from the 31st on: that day is a period of its own."""
    text = 'f: royalty A->B 10% of s1\namend a "a" signed 2024-03-31\n  set f paid monthly\n'
    rows = [Row("2024-03-30", "100"), Row("2024-03-31", "200"), Row("2024-04-01", "400")]
    assert [(span(p.period), str(p.amount)) for p in statement(text, *rows).of("f")] == [
        ("2024-01-01 2024-03-30", "10.00 USD"),
        ("2024-03-31 2024-03-31", "20.00 USD"),
        ("2024-04-01 2024-04-30", "40.00 USD"),
    ]
