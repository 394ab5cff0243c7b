"""A settlement as a whole: currencies that are converted, clauses that need others, what is left out and counted
(docs/language.md#ledgers, #what-is-not-known)."""

from datetime import date
from fractions import Fraction

import pytest

import dealrun
from dealrun.settle.allocation import allocate
from dealrun.settle.ledger.sums import LedgerError, Problem
from dealrun.settle.settle import settle, settle_and_trace
from dealrun.time import iso, parse_day
from dealrun.time.days import Day
from settling import HEAD, Row, figures, lines, paid, shown, statement, sums, unsettled

SHARE = "f: royalty A->B 10% of s1\n"
SALE = Row("2024-02-15", "1000")


def rates(booked: str, currency: str, day: Day) -> Fraction:
    """A euro is 1.25 dollars in February and 1.50 in March; there are no other rates."""
    return {("EUR", "USD", 2): Fraction(5, 4), ("EUR", "USD", 3): Fraction(3, 2)}[booked, currency, int(iso(day)[5:7])]


def test_a_row_converts_at_the_rate_of_its_day() -> None:
    """100 EUR are 125 USD in February and 150 in March: 12.50 and 15 USD, and 10 of 100 USD, which need no rate. The
    rows have earned as much of the payment."""
    rows = [Row("2024-02-15", "100", currency="EUR"), Row("2024-03-15", "100", currency="EUR"),
            Row("2024-03-16", "100", currency="USD")]  # fmt: skip
    found = statement(SHARE, *rows, convert=rates)
    assert paid(found, "f") == [("2024-03-31", "37.50 USD")]
    assert shown(found.of("f")[0].lines[0].parts[0].base) == (375,)
    loaded = dealrun.loads(HEAD + SHARE)
    timeline, day = loaded.timeline(known="2024-12-31"), parse_day("2024-12-31")
    traced, takes = settle_and_trace(timeline, sums(*rows), day, convert=rates)
    assert [part.cents for part in allocate(traced.payments, takes)] == [1250, 1500, 1000]
    plain = settle(timeline, sums(*rows), day, convert=rates)  # quarterly, where nothing is asked for
    assert plain == found == traced


def test_rows_that_cannot_be_converted_are_counted_by_clause_and_currency() -> None:
    """Without a rate of the day the ledger is refused: for each clause and currency, how many rows."""
    rows = [Row("2024-04-15", "100", currency="EUR"), Row("2024-04-15", "5", currency="EUR"),
            Row("2024-05-15", "5", currency="EUR"), Row("2024-02-15", "100", currency="GBP"), SALE]  # fmt: skip
    help_ = 'a clause has one currency; declare a table of rates (`rates NAME "file.csv"`) to convert'
    for convert in (rates, None):
        with pytest.raises(LedgerError) as refused:
            statement(SHARE, *rows, convert=convert)
        assert refused.value.problems == tuple(
            Problem(
                "DR705", f"{count} rows in {currency} count for `f`, which is in USD", "the ledger", (), count, help_
            )
            for currency, count in (("GBP", 1), ("EUR", 3))
        )


def test_a_statement_says_what_it_rests_on() -> None:
    """Its last day, what was known, and from which tables its rows come."""
    found = statement(SHARE, SALE, through="2024-06-30", known="2024-12-31")
    assert (found.through, found.known) == (date(2024, 6, 30), date(2024, 12, 31))
    assert (found.sources, found.rows, found.later_rows) == (("rows",), 1, 0)


def test_rows_of_a_period_that_has_not_ended_are_later_ones() -> None:
    """Also a row of the last day itself; and a row that is booked behind it, whatever comes after it in the ledger."""
    assert statement(SHARE, SALE, through="2024-02-15").later_rows == 1
    rows = [Row("2024-02-01", "70", booked="2025-02-01"), SALE, Row("2024-12-31", "100")]
    found = statement(SHARE, *rows)
    assert paid(found, "f") == [("2024-03-31", "100.00 USD"), ("2024-12-31", "10.00 USD")]
    assert found.later_rows == 1


def test_a_clause_may_begin_to_take_rows() -> None:
    """A fee of 30 USD a month through March, a price for each copy from April on: the copies of January decide nothing,
    those of May do."""
    text = "f: fee A->B 30 USD per month paid quarterly\n"
    text += 'amend a "a" signed 2024-04-01\n  replace f: fee A->B 2 USD per copies of s1 paid quarterly\n'
    found = statement(text, Row("2024-01-15", "1", units="9"), Row("2024-05-15", "1", units="7"))
    assert lines(found, "f") == [
        ("2024-03-31", "fee", "2024-01-01 2024-03-31", "90.00 USD"),
        ("2024-06-30", "share", "2024-04-01 2024-06-30", "14.00 USD"),
    ]


def test_a_clause_that_needs_two_others_is_settled_behind_both() -> None:
    """400 of 500 USD accrue, since `g` pays 100 by 2024-03-31; the cap is 1,000 USD less the 900 of `h`, whichever is
    written first."""
    text = "f: fee A->B 500 USD - paid under g by 2024-03-31 cap 1,000 USD - paid under h\n"
    text += "k: fee A->B 1,000 USD - paid under h by 2024-03-31 cap 500 USD - paid under g\n"
    found = statement(f"{text}g: royalty A->B 10% of s1\nh: fee A->B 900 USD\n", SALE)
    assert [str(each) for each in (found.of("f")[0].accrued, found.of("f")[0].amount)] == ["400.00 USD", "100.00 USD"]
    assert str(found.of("k")[0].accrued) == "100.00 USD"


def test_a_clause_waits_for_what_its_own_needs_need() -> None:
    """`g` pays 50 USD and what `i` pays, 100 in all; so `f` comes behind `g`, although its other need, `h`, is ready
    before that. 400 of 500 USD accrue, 100 of 1,000 are left by the cap; with both turned around 100 accrue."""
    text = "f: fee A->B 500 USD - paid under g cap 1,000 USD - paid under h\n"
    text += "k: fee A->B 1,000 USD - paid under h cap 500 USD - paid under g\n"
    found = statement(text + "g: fee A->B 50 USD + paid under i\ni: fee A->B 50 USD\nh: fee A->B 900 USD\n")
    assert [str(found.of(label)[0].accrued) for label in "fk"] == ["400.00 USD", "100.00 USD"]
    assert [str(found.of(label)[0].amount) for label in "fk"] == ["100.00 USD", "100.00 USD"]


def test_interest_goes_to_whom_it_is_owed_on_its_days() -> None:
    """To B until May, to C from then on: each gets a day's interest on what was due to them."""
    text = """late: interest A->B 36.5% per year
g: fee A->B 1,000 USD by 2024-01-10
h: fee A->C 2,000 USD by 2024-06-10
record paid 1,000 USD under g on 2024-01-11
record paid 2,000 USD under h on 2024-06-11
amend a "a" signed 2024-05-01
  replace late: interest A->C 36.5% per year
"""
    found = statement(text)
    assert [(payment.payees, str(payment.amount)) for payment in found.of("late")] == [
        (("B",), "1.00 USD"), (("C",), "2.00 USD"),
    ]  # fmt: skip


def test_what_was_due_before_it_became_uncertain_is_paid() -> None:
    """A fee that is due on its start, of a clause that may end later, has come due."""
    found = statement('event E "e"\nf: fee A->B 500 USD until E\n', known="2024-03-31")
    assert (paid(found, "f"), unsettled(found)) == ([("2024-01-01", "500.00 USD")], {})


def test_nothing_is_paid_under_a_clause_that_has_not_begun() -> None:
    """`h` begins in 2025: nothing of 100 USD is taken off. In yen, which have no smaller part, 30 of 100 are."""
    text = "f: fee A->B 100 USD - paid under h by 2024-03-31\nh: fee A->B 30 USD{}\n"
    assert paid(statement(text.format(" from 2025-01-01")), "f") == [("2024-01-01", "100.00 USD")]
    yen = statement(text.format("").replace("USD", "JPY"), head=HEAD.replace("USD", "JPY"))
    assert paid(yen, "f") == [("2024-01-01", "70 JPY")]


def test_what_is_paid_without_a_limit_may_leave_nothing() -> None:
    """Nothing is known of the share of `g`: of 1,000 USD it leaves all, or less."""
    text = 'unknown R percentage "r"\nf: fee A->B 1,000 USD - paid under g by 2024-03-31\ng: royalty A->B R of s1\n'
    (payment,) = statement(text, SALE).of("f")
    assert (payment.amount.minor_most, payment.contingent_on) == (100000, ("paid under g",))


def test_an_unknown_is_a_range_in_the_digits_of_its_currency() -> None:
    """10% to 20% of 1,005 yen: 100.5 and 201, by `half-even` 100 and 201."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1\n'
    found = statement(text, Row("2024-02-15", "1005"), head=HEAD.replace("USD", "JPY"))
    assert paid(found, "f") == [("2024-03-31", "100 to 201 JPY")]
    assert unsettled(found) == {}
    fee = statement('unknown X amount "x" between 1 USD and 2 USD\nf: fee A->B X\n')
    assert (paid(fee, "f"), unsettled(fee)) == ([("2024-01-01", "1.00 to 2.00 USD")], {})


def test_an_unknown_that_decides_nothing_is_no_matter() -> None:
    """A threshold between 100 and 200 USD, and 300 sold on one day: it was reached that day, whatever it is."""
    text = 'unknown X amount "x" between 100 USD and 200 USD\nf: milestone A->B 5 USD reaching X of s1\n'
    found = statement(text, Row("2024-02-15", "300"))
    assert (paid(found, "f"), unsettled(found)) == ([("2024-03-31", "5.00 USD")], {})
    assert found.of("f")[0].contingent_on == ()


def test_what_is_left_of_a_commitment_has_the_digits_of_its_currency() -> None:
    """0.875 of 1 dinar are bought."""
    text = "f: commit A->B 1 KWD per year of s1 shortfall 100% paid monthly\n"
    found = statement(text, Row("2024-02-15", "0.875"), head=HEAD.replace("USD", "KWD"), through="2024-06-30")
    assert figures(found, "f") == {"commitment left": "0.125"}


def test_clauses_behind_interest_and_holdings_are_settled_too() -> None:
    """The order of the file decides nothing: interest comes last, each clause with its own; a holding pays nothing."""
    text = """own: stake A->B 10%
one: interest A->B 36.5% per year on g
two: interest A->B 73% per year on h
g: fee A->B 1,000 USD by 2024-01-10
h: fee A->B 1,000 USD by 2024-01-10
record paid 1,000 USD under g on 2024-01-11
record paid 1,000 USD under h on 2024-01-11
"""
    found = statement(text)
    assert [(payment.label, str(payment.amount)) for payment in found.payments] == [
        ("one", "1.00 USD"), ("two", "2.00 USD"), ("g", "1,000.00 USD"), ("h", "1,000.00 USD"),
    ]  # fmt: skip
    assert unsettled(found) == {}


def test_a_sketch_without_rows_is_settled() -> None:
    """Nothing was sold, nothing is paid; the statement says whose rows are missing."""
    found = statement("f: royalty A->B 10% of sales\n", head="")
    assert (found.payments, found.notes) == ((), ("no ledger is given: f would take its rows",))


def test_a_share_that_is_paid_over_a_time_says_so() -> None:
    """A `revshare` as a `royalty`: the due days do not show it."""
    found = statement("f: revshare A->B 10% of s1 over 3 months\n", SALE)
    assert found.notes == ("f is paid over 3 months; the due days do not show that",)


def test_everything_that_a_fee_waits_for_is_named() -> None:
    """Due when E happens, if T holds: neither is known."""
    text = 'event E "e"\nunknown T truth "t"\nf: fee A->B 5 USD when E while T\n'
    (reason,) = unsettled(statement(text, known="2024-01-01")).values()
    assert reason in {"it hangs on E, T", "it hangs on T, E"}
